"""Several connections at once: each with one letter at a time, and what they write down is written together."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from random import Random

import pytest
from sqlalchemy import create_engine, text

from mailer.edge.smtp import SmtpTransport
from mailer.engine.once import Post
from mailer.engine.post import Watch
from mailer.errors import TemporaryFailure
from mailer.flow.deliver import Sender, deliver_some, retry_after
from mailer.flow.deliver_commits import Commits
from mailer.flow.enqueue import plan_some, take_in_book
from mailer.flow.health import health
from mailer.flow.office import Office
from mailer.model.outgoing import ClaimedLetter, Deferred, OutboxState, Sent
from mailer.store import accounts, outbox_view, schema
from mailer.store.outbox_view import OutboxRow
from mailer.store.schema import AccountEnd
from mailer.store.settlement import Attempt
from tests.house import MONDAY, House, running_house
from tests.servers.dovecot import Box
from tests.servers.scripted_smtp import At, ScriptedSmtp, Then, Twist
from tests.servers.smtp import SmtpServer
from tests.store.letters import OWNER, claim, fix, rows_of, want_notice
from tests.stores import NOW, Store, Templates

FRIDAY = datetime(2026, 3, 6, 8, 30, tzinfo=UTC)


@asynccontextmanager
async def through(house: House, *twists: Twist, connections: int) -> AsyncIterator[ScriptedSmtp]:
    """The house sends through so many connections to a scripted server while the block runs."""
    account = replace(house.office.accounts["vogl"], connections=connections)
    house.office.accounts = {"vogl": account}
    async with ScriptedSmtp(*twists) as server:
        transport = SmtpTransport(server.account())
        house.post = Post(transports={"main": transport})
        yield server
        await transport.close()


async def due(house: House, clients: int) -> None:
    """So many clients whose prompts are queued on Friday."""
    for number in range(clients):
        house.add_client(f"client{number}")
    await take_in_book(house.office, now=MONDAY)
    await plan_some(house.office, now=MONDAY)
    await plan_some(house.office, now=FRIDAY)
    house.now = FRIDAY


def sender(house: House, **more: object) -> Sender:
    return Sender(
        account=house.office.accounts["vogl"], transport=house.post.transports["main"], owner="test",
        clock=house.clock, **more,  # type: ignore[arg-type]
    )  # fmt: skip


def prompts(house: House) -> list[OutboxRow]:
    return house.store.db.read(outbox_view.rows, house.store.vault, everything=True)


async def test_letters_leave_by_several_connections_each_once(sqlite_house: House) -> None:
    house = sqlite_house
    await due(house, 30)

    async with through(house, connections=4) as server:
        assert await deliver_some(house.office, sender(house))

    assert len({taken.rcpt for taken in server.letters}) == len(server.letters) == 30
    assert server.connections == 4
    assert {row.state for row in prompts(house)} == {OutboxState.SENT}


async def test_no_connection_has_more_than_one_letter_under_way(sqlite_house: House) -> None:
    house = sqlite_house
    await due(house, 12)

    async with through(house, Twist(at=At.DOT, then=Then.AWAIT_TEST), connections=3) as server:
        sending = asyncio.create_task(deliver_some(house.office, sender(house)))
        await server.fell_silent.wait()
        async with asyncio.timeout(5):
            while len(server.letters) < 3:  # noqa: ASYNC110 - the server says so only by having them
                await asyncio.sleep(0.01)
        under_way = [row.state for row in prompts(house)]
        server.let_go.set()
        await sending

    assert under_way.count(OutboxState.SENDING) == 3
    assert under_way.count(OutboxState.CLAIMED) == 9
    assert {row.state for row in prompts(house)} == {OutboxState.SENT}


async def test_a_login_that_is_refused_is_refused_once_and_not_by_each_connection(sqlite_house: House) -> None:
    house = sqlite_house
    await due(house, 12)

    refused = Twist(at=At.MAIL, say=b"530 5.7.0 Authentication required\r\n")
    async with through(house, refused, connections=4) as server:
        await deliver_some(house.office, sender(house))

    assert server.times("MAIL") == server.connections == 1
    assert {row.state for row in prompts(house)} == {OutboxState.QUEUED}
    assert not house.store.db.read(accounts.end_state, "main", AccountEnd.SMTP).is_open(FRIDAY)


async def test_a_server_that_takes_fewer_connections_than_we_open_gets_all_letters_by_those(
    sqlite_house: House,
) -> None:
    house = sqlite_house
    await due(house, 12)

    crowded = Twist(at=At.GREETING, say=b"421 4.7.0 too many connections\r\n", then=Then.CLOSE, on=(2, 3, 4, 5, 6))
    async with through(house, crowded, connections=4) as server:
        while await deliver_some(house.office, sender(house)):
            pass

    assert len({taken.rcpt for taken in server.letters}) == len(server.letters) == 12
    assert {row.state for row in prompts(house)} == {OutboxState.SENT}
    assert house.store.db.read(accounts.end_state, "main", AccountEnd.SMTP).is_open(FRIDAY)


async def test_a_used_up_day_is_waited_out_until_the_letters_of_that_day_are_a_day_old(sqlite_house: House) -> None:
    house = sqlite_house
    await due(house, 6)

    used_up = Twist(at=At.DOT, say=b"550 5.4.5 Daily user sending limit exceeded\r\n", turn=3)
    async with through(house, used_up, connections=1):
        await deliver_some(house.office, sender(house))
    state = house.store.db.read(accounts.end_state, "main", AccountEnd.SMTP)

    assert [row.state for row in prompts(house)].count(OutboxState.QUEUED) == 4
    assert state.paused_until == FRIDAY + timedelta(hours=24)
    assert "allowance" in state.reason


async def test_status_says_when_letters_wait_for_tomorrows_allowance(sqlite_house: House) -> None:
    house = sqlite_house
    await due(house, 12)

    async with through(house, connections=2) as server:
        account = replace(house.office.accounts["vogl"], letters_per_day=10)
        house.office.accounts = {"vogl": account}
        while await deliver_some(house.office, sender(house)):
            pass

    said = "account main: 9 of 10 letters of 24 hours are used up and 3 wait; sessions, promises and digests go first"
    assert len(server.letters) == 9
    assert said in health(house.office, now=house.now).alarms


@pytest.mark.parametrize(("attempts", "least", "most"), [(0, 5, 6), (1, 15, 18), (2, 30, 36), (3, 60, 72), (9, 60, 72)])
def test_a_letter_is_left_alone_longer_each_time_and_never_all_at_the_same_second(
    attempts: int, least: int, most: int
) -> None:
    later = Deferred(code=451, status="4.7.1", reply="later")

    waits = {retry_after(later, attempts=attempts, random=Random(seed)) for seed in range(50)}

    assert len(waits) == 50
    assert all(timedelta(minutes=least) <= wait <= timedelta(minutes=most) for wait in waits)


def test_a_server_that_says_when_is_taken_at_its_word() -> None:
    said = Deferred(code=450, status="4.7.1", reply="in 5 minutes", retry_seconds=300)

    assert retry_after(said, attempts=4, random=Random(1)) == timedelta(minutes=5)


async def test_a_stop_finishes_the_letters_under_way_and_gives_the_rest_back(sqlite_house: House) -> None:
    house = sqlite_house
    await due(house, 12)
    stopped: list[bool] = []

    async with through(house, Twist(at=At.DOT, then=Then.AWAIT_TEST), connections=3) as server:
        sending = asyncio.create_task(deliver_some(house.office, sender(house, stopping=lambda: bool(stopped))))
        await server.fell_silent.wait()
        stopped.append(True)
        server.let_go.set()
        await sending

    states = [row.state for row in prompts(house)]
    assert 1 <= states.count(OutboxState.SENT) == len(server.letters) <= 3
    assert states.count(OutboxState.QUEUED) == 12 - len(server.letters)


async def test_what_is_cut_off_after_its_final_dot_is_unknown_and_the_rest_is_given_back(sqlite_house: House) -> None:
    house = sqlite_house
    await due(house, 12)

    async with through(house, Twist(at=At.DOT, then=Then.STAY_SILENT), connections=3) as server:
        sending = asyncio.create_task(deliver_some(house.office, sender(house)))
        await server.fell_silent.wait()
        async with asyncio.timeout(5):
            while len(server.letters) < 3:  # noqa: ASYNC110 - as above
                await asyncio.sleep(0.01)
        sending.cancel()
        with pytest.raises(asyncio.CancelledError):
            await sending

    states = [row.state for row in prompts(house)]
    assert (states.count(OutboxState.UNKNOWN), states.count(OutboxState.QUEUED)) == (3, 9)


# Writing down together


def letters_with_bytes(store: Store, number: int) -> list[ClaimedLetter]:
    for one in range(number):
        want_notice(store, f"notice:{one}")
    letters = claim(store)
    for letter in letters:
        fix(store, letter)
    return letters


def commits(office: Office) -> Commits:
    """Whose every transaction has a time of its own."""
    seconds = count()
    return Commits(office, owner=OWNER, clock=lambda: NOW + timedelta(seconds=next(seconds)), sending_seconds=600)


async def test_connections_that_say_something_at_once_share_a_transaction(sqlite_house: House) -> None:
    store = sqlite_house.store
    letters = letters_with_bytes(store, 8)

    async with commits(sqlite_house.office) as together:
        together.connections = 8
        begun = await asyncio.gather(*(together.sending(letter.id) for letter in letters))

    assert begun == [True] * 8
    assert len({row.lease_until for row in rows_of(store, schema.outbox)}) == 1


async def test_a_letter_that_cannot_be_written_down_fails_alone(sqlite_house: House) -> None:
    store = sqlite_house.store
    letters = letters_with_bytes(store, 3)
    want_notice(store, "notice:blank")
    (blank,) = claim(store)

    async with commits(sqlite_house.office) as together:
        together.connections = 4
        answers = await asyncio.gather(
            *(together.sending(letter.id) for letter in (letters[0], blank, *letters[1:])), return_exceptions=True
        )

    assert [answers[0], *answers[2:]] == [True, True, True]
    assert "bytes_fixed" in str(answers[1])


async def test_what_is_handed_in_is_written_even_if_nobody_waits_for_it(sqlite_house: House) -> None:
    store = sqlite_house.store
    letters = letters_with_bytes(store, 3)

    async with commits(sqlite_house.office) as together:
        for letter in letters:
            await together.sending(letter.id)
            took = Sent(code=250, reply="ok")
            together.outcome(Attempt(letter_id=letter.id, outcome=took, retry_at=NOW))

    assert {row.state for row in rows_of(store, schema.outbox)} == {OutboxState.SENT}


# A database that is away


@pytest.fixture
async def postgres_house(
    store_templates: Templates, box: Box, smtp_server: SmtpServer, tmp_path: Path
) -> AsyncIterator[House]:
    """A house on a database that can be away."""
    async with running_house(store_templates, "postgres", box, smtp_server, tmp_path) as made:
        yield made


@contextmanager
def away(store: Store) -> Iterator[None]:
    """The database lets nobody in while the block runs, and throws out who is there."""
    url = store.db.url
    other = create_engine(url.set(database="postgres"), isolation_level="AUTOCOMMIT")

    def let_in(allowed: bool) -> None:
        with other.connect() as conn:
            conn.execute(text(f'ALTER DATABASE "{url.database}" ALLOW_CONNECTIONS {str(allowed).lower()}'))
            if not allowed:
                gone = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = :name"
                conn.execute(text(gone), {"name": url.database})

    let_in(False)
    try:
        with pytest.raises(TemporaryFailure):
            store.db.read(accounts.account_id, "main")
        yield
    finally:
        let_in(True)
        other.dispose()


async def test_a_database_that_is_away_for_a_moment_makes_no_letter_unknown(postgres_house: House) -> None:
    store = postgres_house.store
    (letter,) = letters_with_bytes(store, 1)

    async with commits(postgres_house.office) as together:
        assert await together.sending(letter.id)
        with away(store):
            done = together.outcome(Attempt(letter_id=letter.id, outcome=Sent(code=250, reply="ok"), retry_at=NOW))
            await asyncio.wait([done], timeout=0.3)
        await done

    assert [row.state for row in rows_of(store, schema.outbox)] == [OutboxState.SENT]


async def test_whoever_is_cut_off_while_the_database_is_away_does_not_wait_for_it(postgres_house: House) -> None:
    store = postgres_house.store
    (letter,) = letters_with_bytes(store, 1)

    async def at_work() -> None:
        async with commits(postgres_house.office) as together:
            assert await together.sending(letter.id)
            with away(store):
                together.outcome(Attempt(letter_id=letter.id, outcome=Sent(code=250, reply="ok"), retry_at=NOW))
                await asyncio.sleep(60)

    working = asyncio.create_task(at_work())
    await asyncio.wait([working], timeout=1)
    working.cancel()
    _, pending = await asyncio.wait([working], timeout=5)

    assert not pending


async def test_the_reading_end_survives_a_database_that_is_away(postgres_house: House) -> None:
    house = postgres_house
    await house.once()  # from here on what comes is read
    account = house.office.accounts["vogl"]
    read = asyncio.Event()
    watch = Watch(
        office=house.office, account=account, clock=house.clock, idle_seconds=0.05, poll_seconds=0.05, bell=read
    )

    watching = asyncio.create_task(watch.run())
    async with asyncio.timeout(30):
        with away(house.store):
            await asyncio.wait([watching], timeout=0.5)
        house.deliver(b"From: dana@example.org\r\nSubject: Hello\r\n\r\nGood.\r\n")
        await read.wait()
    watching.cancel()

    assert len(rows_of(house.store, schema.letters)) == 1
