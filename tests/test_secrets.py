"""Secrets: three places they may come from, and how each can be wrong."""

from __future__ import annotations

import base64
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import keyring
import keyring.backend
import keyring.core
import pytest

from mailer.model.places import Secret
from mailer.secrets import SecretSource, load_master_key, master_bytes, read_secret, write_master_key
from mailer.tomlfile import KeyProblem

KEY = bytes(range(32))


class Drawer(keyring.backend.KeyringBackend):
    """A keyring in memory."""

    priority = 1.0

    def __init__(self) -> None:
        self.entries = {("between/sessions", "petra"): "from the drawer"}

    def set_password(self, service: str, username: str, password: str) -> None:
        self.entries[service, username] = password

    def get_password(self, service: str, username: str) -> str | None:
        return self.entries.get((service, username))


@pytest.fixture
def drawer() -> Iterator[None]:
    before = keyring.get_keyring()
    keyring.set_keyring(Drawer())
    yield
    keyring.set_keyring(before)


@pytest.fixture
def no_keyring() -> Iterator[None]:
    before = keyring.get_keyring()
    keyring.set_keyring(keyring.core.load_keyring("keyring.backends.fail.Keyring"))
    yield
    keyring.set_keyring(before)


def secret_file(folder: Path, content: str | bytes, *, mode: int = 0o600) -> Path:
    file = folder / "secret"
    file.write_bytes(content if isinstance(content, bytes) else content.encode())
    file.chmod(mode)
    return file


def refusal(source: SecretSource, folder: Path, env: dict[str, str] | None = None) -> tuple[str, str]:
    """The key that is blamed and what is said of it."""
    with pytest.raises(KeyProblem) as caught:
        read_secret(source, folder=folder, env=env or {})
    return caught.value.key, str(caught.value)


def password(*, env: str | None = None, file: str | None = None, keyring: str | None = None) -> SecretSource:
    return SecretSource(name="password", env=env, file=file, keyring=keyring)


def test_a_secret_comes_from_a_named_variable(tmp_path: Path) -> None:
    assert read_secret(password(env="PW"), folder=tmp_path, env={"PW": "täst word\n"}) == Secret("täst word")


@pytest.mark.parametrize("mode", [0o600, 0o400])
def test_a_secret_comes_from_a_file_beside_the_configuration(tmp_path: Path, mode: int) -> None:
    secret_file(tmp_path, "hush\r\n", mode=mode)

    assert read_secret(password(file="secret"), folder=tmp_path, env={}) == Secret("hush")


def test_a_secret_comes_from_the_keyring(tmp_path: Path, drawer: None) -> None:
    source = password(keyring="between/sessions/petra")

    assert read_secret(source, folder=tmp_path, env={}) == Secret("from the drawer")


def test_a_variable_that_is_not_set_is_named(tmp_path: Path) -> None:
    key, said = refusal(password(env="PW"), tmp_path)

    assert key == "password_env"
    assert "the environment variable PW is not set" in said


def test_a_password_written_in_place_of_a_variable_is_not_repeated(tmp_path: Path) -> None:
    _, said = refusal(password(env="hunter-2!"), tmp_path)

    assert "no variable's name" in said
    assert "hunter" not in said


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o644, 0o660, 0o777])
def test_a_file_that_others_can_read_is_refused_with_the_command_that_mends_it(tmp_path: Path, mode: int) -> None:
    file = secret_file(tmp_path, "hush", mode=mode)

    key, said = refusal(password(file="secret"), tmp_path)

    assert key == "password_file"
    assert said == f"others can read {file} (mode {mode:04o}); run chmod 600 {file}"


def test_a_file_that_is_missing_a_folder_or_a_pipe_is_refused_without_hanging(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe", 0o600)

    assert "there is no file" in refusal(password(file="none"), tmp_path)[1]
    assert "is not a file" in refusal(password(file="."), tmp_path)[1]
    assert "is not a file" in refusal(password(file="pipe"), tmp_path)[1]


UNFIT = [
    ("", "is empty"),
    ("\n\n", "is empty"),
    ("   ", "is empty"),
    ("two\nlines", "several lines or invisible characters"),
    ("no\u00a0break", "several lines or invisible characters"),
    ("nul\0", "several lines or invisible characters"),
    (b"\xff\xfe", "is not UTF-8 text"),
    (b"x" * 70_000, "too large"),
]


@pytest.mark.parametrize(("content", "said"), UNFIT)
def test_a_file_with_no_usable_secret_in_it_is_refused_without_showing_it(
    tmp_path: Path, content: str | bytes, said: str
) -> None:
    secret_file(tmp_path, content)

    assert said in refusal(password(file="secret"), tmp_path)[1]


def test_two_sources_are_one_too_many(tmp_path: Path) -> None:
    key, said = refusal(password(env="PW", file="secret"), tmp_path, {"PW": "x"})

    assert key == "password_file"
    assert "keep one of password_env, password_file" in said


def test_no_source_is_answered_with_the_three_ways(tmp_path: Path) -> None:
    _, said = refusal(password(), tmp_path)

    assert all(f"password_{kind} = " in said for kind in ("env", "file", "keyring"))


def test_a_keyring_entry_that_is_not_there_or_not_well_written_is_named(tmp_path: Path, drawer: None) -> None:
    assert "run keyring set mail ana" in refusal(password(keyring="mail/ana"), tmp_path)[1]
    assert '"service/user"' in refusal(password(keyring="mail"), tmp_path)[1]


def test_a_machine_without_a_keyring_is_told_so(tmp_path: Path, no_keyring: None) -> None:
    assert "this machine has no keyring" in refusal(password(keyring="mail/ana"), tmp_path)[1]


def test_a_missing_keyring_package_is_told_with_how_to_install_it() -> None:
    program = (
        "import sys; from pathlib import Path; sys.modules['keyring'] = None\n"
        "from mailer.secrets import SecretSource, read_secret\n"
        "try: read_secret(SecretSource(name='password', keyring='a/b'), folder=Path(), env={})\n"
        "except ValueError as error: print(error)\n"
    )

    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)

    assert 'pip install "between-sessions[keyring]"' in done.stdout


def test_a_new_master_key_is_for_its_owner_only_and_reads_back(tmp_path: Path) -> None:
    write_master_key(tmp_path / "master.key", KEY)

    secret = load_master_key(SecretSource(name="master", file="master.key"), folder=tmp_path, env={})

    assert (tmp_path / "master.key").stat().st_mode & 0o777 == 0o600
    assert master_bytes(secret) == KEY


def test_a_master_key_is_never_replaced(tmp_path: Path) -> None:
    write_master_key(tmp_path / "master.key", KEY)

    with pytest.raises(FileExistsError):
        write_master_key(tmp_path / "master.key", bytes(32))

    assert master_bytes(Secret((tmp_path / "master.key").read_text())) == KEY


@pytest.mark.parametrize("encode", [base64.urlsafe_b64encode, base64.standard_b64encode])
def test_a_master_key_is_read_in_either_base64_alphabet(encode: object) -> None:
    key = b"\xfb\xff" * 16
    text = base64.urlsafe_b64encode(key) if encode is base64.urlsafe_b64encode else base64.standard_b64encode(key)

    assert master_bytes(Secret(text.decode())) == key
    assert master_bytes(Secret(text.decode().rstrip("="))) == key


@pytest.mark.parametrize(("text", "said"), [("c2hvcnQ=", "5 bytes instead of 32"), ("not base64!", "not base64")])
def test_a_master_key_of_another_kind_is_refused_without_showing_it(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(KeyProblem) as caught:
        load_master_key(SecretSource(name="master", env="KEY"), folder=tmp_path, env={"KEY": text})

    assert said in str(caught.value)
    assert text not in str(caught.value)


def test_a_missing_master_key_file_is_answered_with_the_command_that_makes_one(tmp_path: Path) -> None:
    with pytest.raises(KeyProblem, match="`mailer init` makes one"):
        load_master_key(SecretSource(name="master", file="master.key"), folder=tmp_path, env={})


def test_no_repr_shows_a_secret(tmp_path: Path) -> None:
    secret = read_secret(password(env="PW"), folder=tmp_path, env={"PW": "hunter2"})

    assert "hunter2" not in f"{secret!r} {secret} {[secret]}"
