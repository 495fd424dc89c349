"""What an OAuth login left: kept for its owner alone, replaced in one step, and never lost half-way."""

from __future__ import annotations

import asyncio
import os
import random
import signal
import stat
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import keyring
import keyring.backend
import keyring.core
import keyring.errors
import pytest

from mailer.errors import AccountTrouble
from mailer.model.grant import GrantStore
from mailer.model.places import OAuthApp, OAuthProvider, Secret
from mailer.secrets import grants_of
from tests.edge.logins import a_grant

KILLS = 30


def app_in(folder: Path, *, keyring_entry: str = "") -> OAuthApp:
    return OAuthApp(
        provider=OAuthProvider.OTHER,
        client_id="mailer-of-petra",
        client_secret=None,
        authorize_url="https://login.example.org/authorize",
        token_url="https://login.example.org/token",
        device_url="",
        scopes=("imap",),
        tokens_file=folder / "tokens" / "main.json",
        tokens_keyring=keyring_entry,
    )


@pytest.fixture
def store(tmp_path: Path) -> GrantStore:
    """A store with a grant in it."""
    store = grants_of(app_in(tmp_path))
    with store.replacing() as keep:
        keep(a_grant())
    return store


def file_of(store: GrantStore) -> Path:
    return Path(store.place)


def test_a_grant_is_read_as_it_was_kept(store: GrantStore) -> None:
    whole = replace(a_grant(access="at-9", refresh=None), ended="invalid_grant: gone", lifetime=timedelta(seconds=3599))

    with store.replacing() as keep:
        keep(whole)

    assert store.read() == whole


def test_before_the_first_login_there_is_none(tmp_path: Path) -> None:
    assert grants_of(app_in(tmp_path)).read() is None
    assert list(tmp_path.iterdir()) == []


def test_only_its_owner_can_read_it(store: GrantStore) -> None:
    file = file_of(store)

    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert stat.S_IMODE(file.parent.stat().st_mode) == 0o700


def test_a_folder_that_others_could_read_is_closed(tmp_path: Path) -> None:
    (tmp_path / "tokens").mkdir(mode=0o755)

    with grants_of(app_in(tmp_path)).replacing() as keep:
        keep(a_grant())

    assert stat.S_IMODE((tmp_path / "tokens").stat().st_mode) == 0o700


def test_one_that_others_can_read_is_not_used(store: GrantStore) -> None:
    file_of(store).chmod(0o640)

    with pytest.raises(AccountTrouble) as caught:
        store.read()

    assert caught.value.needs_person
    assert str(caught.value) == (
        f"the OAuth login cannot be read: others can read {store.place} (mode 0640); run chmod 600 {store.place}"
    )


GOOD = (
    '{"version": 1, "login": "first", "address": "a@example.org", "client_id": "c", "access_token": "at-1", '
    '"got_at": "2027-03-01T09:00:00+00:00", "lifetime_seconds": 3600, "refresh_token": "rt-1", "ended": ""}'
)
DAMAGED = [
    "",
    "{",
    "[]",
    "null",
    '"at-1"',
    "{}",
    "\0" * 100,
    "[" * 10_000,
    GOOD.replace('"version": 1', '"version": 2'),
    GOOD.replace("2027-03-01T09:00:00+00:00", "yesterday"),
    GOOD.replace("+00:00", ""),
    GOOD.replace("3600", '"long"'),
    GOOD.replace("3600", "1e400"),
    GOOD.replace("3600", "null"),
    GOOD.replace('"at-1"', "7"),
    GOOD.replace('"rt-1"', "{}"),
    GOOD.replace('"ended": ""', '"finished": ""'),
]


def test_the_good_one_of_the_damaged_ones_is_good(store: GrantStore) -> None:
    file_of(store).write_text(GOOD)

    assert store.read() is not None


@pytest.mark.parametrize("text", DAMAGED, ids=range(len(DAMAGED)))
def test_a_damaged_one_is_told_with_its_place(store: GrantStore, text: str) -> None:
    file_of(store).write_text(text)

    with pytest.raises(AccountTrouble) as caught:
        store.read()

    assert caught.value.needs_person
    assert str(caught.value) == f"{store.place}: what stands there is no OAuth login; run `mailer login` again"


def test_what_cannot_be_replaced_is_told_before_anything_is_asked_for(store: GrantStore) -> None:
    file = file_of(store)
    file.with_name(f".{file.name}.new").mkdir()
    came_in = False

    with pytest.raises(AccountTrouble) as caught, store.replacing():
        came_in = True

    assert not came_in
    assert not caught.value.needs_person
    assert str(caught.value).startswith(f"{store.place}: a new OAuth token cannot be kept: ")
    assert store.read() == a_grant()


def test_a_replacement_that_is_given_up_leaves_what_was_there_and_nothing_else(store: GrantStore) -> None:
    with pytest.raises(RuntimeError), store.replacing():
        raise RuntimeError("the server is away")

    assert store.read() == a_grant()
    assert [one.name for one in file_of(store).parent.iterdir()] == ["main.json"]


REPLACER = """
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from mailer.model.grant import Grant
from mailer.model.places import OAuthApp, OAuthProvider, Secret
from mailer.secrets import grants_of

file, number = Path(sys.argv[1]), int(sys.argv[2])
urls = {name: "" for name in ("authorize_url", "token_url", "device_url", "client_id")}
app = OAuthApp(provider=OAuthProvider.OTHER, client_secret=None, scopes=(), tokens_file=file, **urls)
about = {"login": "first", "address": "", "client_id": "", "got_at": datetime.now(UTC), "lifetime": timedelta(hours=1)}
print("ready", flush=True)
while True:
    number += 1
    with grants_of(app).replacing() as keep:
        keep(Grant(access=Secret(f"at-{number}" * 200), refresh=Secret(f"rt-{number}" * 100), **about))
    print(number, flush=True)
"""


def test_a_process_killed_at_any_moment_leaves_the_old_grant_or_the_new_one(tmp_path: Path) -> None:
    dice = random.Random(2027)
    store = grants_of(app_in(tmp_path))
    number = 0

    for _ in range(KILLS):
        said = _killed(tmp_path, number, after=dice.randrange(1, 40), moment=dice.randrange(4_000))
        grant = store.read()

        assert grant is not None
        assert grant.refresh is not None
        [now] = {int(one) for one in grant.refresh.reveal().split("rt-")[1:]}
        assert grant.access == Secret(f"at-{now}" * 200)
        assert now in (said, said + 1)
        number = now

    leftovers = {one.name for one in (tmp_path / "tokens").iterdir()}
    assert leftovers <= {"main.json", ".main.json.new"}
    with store.replacing() as keep:
        keep(a_grant())
    assert [one.name for one in (tmp_path / "tokens").iterdir()] == ["main.json"]


def _killed(folder: Path, number: int, *, after: int, moment: int) -> int:
    """Starts a process that replaces without end, kills it some moments after so many times; the last it told of."""
    process = subprocess.Popen(
        [sys.executable, "-c", REPLACER, str(folder / "tokens" / "main.json"), str(number)],
        stdout=subprocess.PIPE,
        text=True,
        cwd=Path(__file__).parents[1],
    )
    assert process.stdout is not None
    with process:
        assert process.stdout.readline() == "ready\n"
        for _ in range(after):
            process.stdout.readline()
        for _ in range(moment):
            os.getpid()
        process.send_signal(signal.SIGKILL)
        rest = process.stdout.read().splitlines()
    told = [int(one) for one in rest if one.isdecimal()]
    return told[-1] if told else number + after


async def test_one_at_a_time_holds_the_lock_within_a_process_and_without(store: GrantStore) -> None:
    inside = most = 0

    async def hold() -> None:
        nonlocal inside, most
        async with store.locked():
            inside += 1
            most = max(most, inside)
            await asyncio.sleep(0)
            inside -= 1

    await asyncio.gather(*(hold() for _ in range(5)))
    assert most == 1


def test_the_lock_of_a_process_that_was_killed_is_free(tmp_path: Path, store: GrantStore) -> None:
    script = (
        "import asyncio, sys\nfrom pathlib import Path\nfrom mailer.secrets import grants_of\n"
        "from tests.test_grants import app_in\n"
        "async def hold():\n"
        "    async with grants_of(app_in(Path(sys.argv[1]))).locked():\n"
        "        print('held', flush=True)\n        await asyncio.Event().wait()\n"
        "asyncio.run(hold())\n"
    )
    root = Path(__file__).parents[1]
    process = subprocess.Popen([sys.executable, "-c", script, str(tmp_path)], stdout=subprocess.PIPE, cwd=root)
    with process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"held\n"
        asyncio.run(_find_shut_then(process.kill, store))


async def _find_shut_then(end: Callable[[], None], store: GrantStore) -> None:
    """Waits for the lock, which must be shut until its holder's `end`."""

    async def take() -> None:
        async with store.locked():
            pass

    waiting = asyncio.create_task(take())
    await asyncio.sleep(0)
    assert not waiting.done()
    end()
    async with asyncio.timeout(10):
        await waiting


class Drawer(keyring.backend.KeyringBackend):
    """A keyring in memory; one that is `shut` opens for nobody."""

    priority = 1.0

    def __init__(self) -> None:
        self.entries: dict[tuple[str, str], str] = {}
        self.shut = False

    def get_password(self, service: str, username: str) -> str | None:
        if self.shut:
            raise keyring.errors.KeyringLocked
        return self.entries.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        if self.shut:
            raise keyring.errors.PasswordSetError
        self.entries[service, username] = password


@pytest.fixture
def drawer() -> Iterator[Drawer]:
    """The system's keyring, empty."""
    before, made = keyring.get_keyring(), Drawer()
    keyring.set_keyring(made)
    yield made
    keyring.set_keyring(before)


def test_a_grant_may_be_kept_in_the_keyring_and_leaves_no_file(tmp_path: Path, drawer: Drawer) -> None:
    store = grants_of(app_in(tmp_path, keyring_entry="between-sessions/token"))
    assert store.read() is None

    with store.replacing() as keep:
        keep(a_grant())

    assert store.read() == a_grant()
    assert list(drawer.entries) == [("between-sessions", "token")]
    assert list(tmp_path.iterdir()) == []
    assert store.place == "the keyring's entry between-sessions/token"


def test_a_keyring_that_does_not_open_is_told(tmp_path: Path, drawer: Drawer) -> None:
    store = grants_of(app_in(tmp_path, keyring_entry="between-sessions/token"))
    drawer.shut = True

    with pytest.raises(AccountTrouble) as reading:
        store.read()
    with pytest.raises(AccountTrouble) as keeping, store.replacing() as keep:
        keep(a_grant())

    assert str(reading.value) == (
        "the OAuth login cannot be read: the keyring does not open: KeyringLocked; unlock it or use a file"
    )
    assert str(keeping.value) == (
        "a new OAuth token cannot be kept: the keyring takes nothing: PasswordSetError; unlock it or use a file"
    )


def test_a_machine_without_a_keyring_is_told(tmp_path: Path, drawer: Drawer) -> None:
    keyring.set_keyring(keyring.core.load_keyring("keyring.backends.fail.Keyring"))
    store = grants_of(app_in(tmp_path, keyring_entry="between-sessions/token"))

    with pytest.raises(AccountTrouble, match="this machine has no keyring, as is usual for servers"):
        store.read()
