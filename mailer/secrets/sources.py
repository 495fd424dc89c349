"""Where does a secret come from? From the environment, a file only its owner can read, or the system's keyring."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from mailer.model.places import Secret
from mailer.secrets.drawer import DrawerShut, entry_of, from_keyring
from mailer.secrets.private_file import NotPrivate, read_private
from mailer.tomlfile import KeyProblem, path_beside

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


def _from_env(name: str, *, env: Mapping[str, str], key: str) -> str:
    if not _VARIABLE.fullmatch(name):  # the text itself is not shown: it may be the password, written in its place
        raise KeyProblem(key, "this is no variable's name; write the name of the variable that holds the secret")
    if name not in env:
        raise KeyProblem(key, f"the environment variable {name} is not set; set it where the program is started")
    return env[name]


def _from_file(path: Path, *, key: str, hint: str) -> str:
    try:
        return read_private(path, hint=hint)
    except NotPrivate as trouble:
        raise KeyProblem(key, str(trouble)) from None


def _from_keyring(entry: str, *, key: str) -> str:
    try:
        value = from_keyring(entry)
        service, user = entry_of(entry)
    except DrawerShut as trouble:
        raise KeyProblem(key, str(trouble)) from None
    if value is None:
        raise KeyProblem(key, f"the keyring has no entry {entry}; run keyring set {service} {user}")
    return value
