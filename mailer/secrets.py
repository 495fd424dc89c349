"""Where does a secret come from? From the environment, a file only its owner can read, or the system's keyring.

Never from config.toml, which is shown, copied and put under version control. The one home of keyring, which is an
optional package: headless servers have no backend for it.
"""

from __future__ import annotations

import base64
import binascii
import importlib
import os
import re
import stat
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from mailer.model.places import Secret
from mailer.tomlfile import KeyProblem, path_beside

MASTER_KEY_BYTES = 32
_LARGEST_SECRET = 64 * 1024
_VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


@dataclass(frozen=True, slots=True, kw_only=True)
class SecretSource:
    """The three keys that can name a secret: password_env, password_file and password_keyring for "password"."""

    name: str
    env: str | None = None
    file: str | None = None
    keyring: str | None = None
    hint: str = "write the secret into it, for your eyes only (chmod 600)"  # for a file that is not there

    def given(self) -> list[str]:
        """The keys that are set."""
        kinds = {"env": self.env, "file": self.file, "keyring": self.keyring}
        return [f"{self.name}_{kind}" for kind, value in kinds.items() if value is not None]


def three_ways(name: str) -> str:
    """How a secret can be named, for messages."""
    return f'{name}_env = "VARIABLE", {name}_file = "path" or {name}_keyring = "service/user"'


def read_secret(source: SecretSource, *, folder: Path, env: Mapping[str, str]) -> Secret:
    """The secret a source names; KeyProblem says what is wrong with which key. Paths start at `folder`."""
    given = source.given()
    if len(given) > 1:
        raise KeyProblem(given[1], f"a secret has one source, not {len(given)}; keep one of {', '.join(given)}")
    if source.env is not None:
        value = _from_env(source.env, env=env, key=given[0])
    elif source.file is not None:
        value = _from_file(path_beside(folder, source.file), key=given[0], hint=source.hint)
    elif source.keyring is not None:
        value = _from_keyring(source.keyring, key=given[0])
    else:
        raise KeyProblem(f"{source.name}_env", f"no {source.name} is named; write {three_ways(source.name)}")
    value = value.rstrip("\r\n")
    if not value.strip():
        raise KeyProblem(given[0], f"the {source.name} found there is empty")
    if not value.isprintable():
        raise KeyProblem(given[0], f"the {source.name} found there has several lines or invisible characters in it")
    return Secret(value)


def load_master_key(source: SecretSource, *, folder: Path, env: Mapping[str, str]) -> Secret:
    """The master key, proven to be 32 bytes in base64; `master_bytes` opens it."""
    source = replace(source, hint="`mailer init` makes one; after a move, put back the one this data was written with")
    secret = read_secret(source, folder=folder, env=env)
    try:
        master_bytes(secret)
    except ValueError as error:
        raise KeyProblem(source.given()[0], f"{error}; `mailer init` makes one") from error
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


def _from_env(name: str, *, env: Mapping[str, str], key: str) -> str:
    if not _VARIABLE.fullmatch(name):  # the text itself is not shown: it may be the password, written in its place
        raise KeyProblem(key, "this is no variable's name; write the name of the variable that holds the secret")
    if name not in env:
        raise KeyProblem(key, f"the environment variable {name} is not set; set it where the program is started")
    return env[name]


def _from_file(path: Path, *, key: str, hint: str) -> str:
    """Checks and reads through one descriptor, so that nothing can be exchanged in between."""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    except FileNotFoundError:
        raise KeyProblem(key, f"there is no file {path}; {hint}") from None
    except OSError as error:
        raise KeyProblem(key, f"the file {path} cannot be read: {error.strerror}") from None
    try:
        _check_private(path, os.fstat(descriptor), key=key)
        content = os.read(descriptor, _LARGEST_SECRET + 1)
    finally:
        os.close(descriptor)
    if len(content) > _LARGEST_SECRET:
        raise KeyProblem(key, f"{path} is too large for a secret")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise KeyProblem(key, f"{path} is not UTF-8 text") from None


def _check_private(path: Path, state: os.stat_result, *, key: str) -> None:
    if not stat.S_ISREG(state.st_mode):
        raise KeyProblem(key, f"{path} is not a file")
    if state.st_uid != os.geteuid():
        raise KeyProblem(key, f"{path} belongs to another user; run chown {os.geteuid()} {path}")
    if state.st_mode & 0o077:
        mode = stat.S_IMODE(state.st_mode)
        raise KeyProblem(key, f"others can read {path} (mode {mode:04o}); run chmod 600 {path}")


def _from_keyring(entry: str, *, key: str) -> str:
    service, slash, user = entry.rpartition("/")
    if not slash or not service or not user:
        raise KeyProblem(key, 'a keyring entry is written "service/user"')
    try:
        keyring = importlib.import_module("keyring")
        errors = importlib.import_module("keyring.errors")
    except ImportError:
        said = 'the package keyring is not installed; pip install "between-sessions[keyring]", or use a file'
        raise KeyProblem(key, said) from None
    try:
        value: str | None = keyring.get_password(service, user)
    except errors.NoKeyringError:
        said = "this machine has no keyring, as is usual for servers; use a file or an environment variable"
        raise KeyProblem(key, said) from None
    except errors.KeyringError as error:
        raise KeyProblem(key, f"the keyring does not open: {type(error).__name__}; unlock it or use a file") from None
    if value is None:
        raise KeyProblem(key, f"the keyring has no entry {entry}; run keyring set {service} {user}")
    return value
