"""The master key, which opens the keys that the letters are sealed with."""

from __future__ import annotations

import base64
import binascii
import os
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from mailer.model.places import Secret
from mailer.secrets.sources import SecretSource, read_secret
from mailer.tomlfile import KeyProblem

MASTER_KEY_BYTES = 32
_PUT_BACK = "put back the one this data was written with"


def load_master_key(source: SecretSource, *, folder: Path, env: Mapping[str, str]) -> Secret:
    """The master key, proven to be 32 bytes in base64; `master_bytes` opens it."""
    source = replace(source, hint=f"`mailer init` makes one; after a move, {_PUT_BACK}")
    secret = read_secret(source, folder=folder, env=env)
    try:
        master_bytes(secret)
    except ValueError as error:
        raise KeyProblem(source.given()[0], f"{error}; {_PUT_BACK}") from error
    return secret


def master_bytes(secret: Secret) -> bytes:
    """The 32 bytes of a master key."""
    text = secret.reveal().strip().replace("-", "+").replace("_", "/")
    try:
        key = base64.b64decode(text + "=" * (-len(text) % 4), validate=True)
    except (binascii.Error, ValueError):
        raise ValueError("the master key is not base64") from None
    if len(key) != MASTER_KEY_BYTES:
        raise ValueError(f"the master key has {len(key)} bytes instead of {MASTER_KEY_BYTES}")
    return key


def write_master_key(path: Path, key: bytes) -> None:
    """Writes a new master key for its owner only; FileExistsError where there is one: it is never replaced."""
    if len(key) != MASTER_KEY_BYTES:
        raise ValueError(f"a master key has {MASTER_KEY_BYTES} bytes")
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(base64.urlsafe_b64encode(key) + b"\n")
        file.flush()
        os.fsync(file.fileno())
