"""How is an entry of the system's keyring read and written? The one home of keyring, which is an optional package.

Headless servers have no backend for it.
"""

from __future__ import annotations

import importlib
from typing import Any


class DrawerShut(ValueError):
    """What keeps an entry from being read or written, as a sentence with its remedy."""


def entry_of(name: str) -> tuple[str, str]:
    """Service and user of an entry that is written "service/user"."""
    service, slash, user = name.rpartition("/")
    if not slash or not service or not user:
        raise DrawerShut('a keyring entry is written "service/user"')
    return service, user


def from_keyring(name: str) -> str | None:
    """What an entry holds, None where there is none."""
    service, user = entry_of(name)
    keyring, errors = _keyring()
    try:
        value: str | None = keyring.get_password(service, user)
    except errors.NoKeyringError:
        raise _none() from None
    except errors.KeyringError as error:
        raise DrawerShut(f"the keyring does not open: {type(error).__name__}; unlock it or use a file") from None
    return value


def into_keyring(name: str, value: str) -> None:
    """Makes or replaces an entry."""
    service, user = entry_of(name)
    keyring, errors = _keyring()
    try:
        keyring.set_password(service, user, value)
    except errors.NoKeyringError:
        raise _none() from None
    except errors.KeyringError as error:
        raise DrawerShut(f"the keyring takes nothing: {type(error).__name__}; unlock it or use a file") from None


def _keyring() -> tuple[Any, Any]:
    try:
        return importlib.import_module("keyring"), importlib.import_module("keyring.errors")
    except ImportError:
        said = 'the package keyring is not installed; pip install "between-sessions[keyring]", or use a file'
        raise DrawerShut(said) from None


def _none() -> DrawerShut:
    return DrawerShut("this machine has no keyring, as is usual for servers; use a file or an environment variable")
