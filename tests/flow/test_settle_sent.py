"""A letter whose last answer was lost, and a mailbox that may hold what was sent."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from mailer.edge.smtp import SmtpTransport
from mailer.engine.once import Post
from mailer.flow.settle_sent import ASK_AFTER, is_due
from mailer.model.outgoing import OutboxState
from mailer.store import outbox_view
from mailer.store.outbox_view import OutboxRow
from tests.house import MONDAY, House, parsed, plain, reply, to
from tests.servers.scripted_imap import Script, says, scripted_imap
from tests.servers.scripted_smtp import At, ScriptedSmtp, Then, Twist
from tests.servers.smtp import Delivered

FRIDAY = datetime(2026, 3, 6, 8, 30, tzinfo=UTC)
SATURDAY = datetime(2026, 3, 7, 7, 0, tzinfo=UTC)
DANA = "dana@example.org"
STRANGE = "0100018e-1234-000000@eu-west-1.relay.example.com"


async def lost(house: House) -> Delivered:
    """The prompt of the week as the server has it, which took it and hung up before it said so."""
    house.add_client("dana")
    await house.once(MONDAY)
    await house.once(FRIDAY - timedelta(hours=1))  # the digest of the day
    usual = house.post
    async with ScriptedSmtp(Twist(at=At.DOT, then=Then.CLOSE)) as server:
        transport = SmtpTransport(server.account())
        house.post = Post(transports={"main": transport})
        await house.once(FRIDAY)
        await transport.close()
        [taken] = server.letters
    house.post = usual
    assert fate(house).state is OutboxState.UNKNOWN
    return Delivered(sender=taken.mail, recipient=DANA, raw=taken.raw, options=(), encrypted=False, user="")


def fate(house: House) -> OutboxRow:
    rows = house.store.db.read(outbox_view.rows, house.store.vault, everything=True)
    return next(row for row in rows if row.kind == "prompt")


def keep_in(house: House, folder: str, raw: bytes) -> None:
    house.box.append([raw], folder=folder)


async def test_a_letter_that_stands_in_the_sent_folder_was_sent(house: House) -> None:
    letter = await lost(house)
    keep_in(house, "Sent", letter.raw)

    await house.once(FRIDAY + timedelta(minutes=3))

    assert (fate(house).state, fate(house).detail) == (OutboxState.SENT, "found in the folder Sent")
    [digest] = await house.once(SATURDAY)
    assert "may or may not" not in plain(digest)


async def test_a_letter_under_an_id_of_the_providers_own_is_found_by_ours_in_references(sqlite_house: House) -> None:
    house = sqlite_house
    letter = await lost(house)
    ours = parsed(letter)["Message-ID"]
    keep_in(house, "Sent", letter.raw.replace(ours.encode(), f"<{STRANGE}>".encode()))

    await house.once(FRIDAY + timedelta(minutes=3))

    assert fate(house).state is OutboxState.SENT


async def test_that_a_letter_is_not_found_proves_nothing(sqlite_house: House) -> None:
    # given: another letter of ours, and one that quotes the id in its text
    house = sqlite_house
    letter = await lost(house)
    ours = parsed(letter)["Message-ID"]
    keep_in(house, "Sent", f"Message-ID: <another@example.org>\r\n\r\nAbout {ours}\r\n".encode())
    keep_in(house, "Sent", f"Message-ID: <x{ours.strip('<>')}>\r\n\r\nHello\r\n".encode())

    # when: it is looked for a whole day, and then for two more
    for hours in (0.1, 1, 4, 12, 24, 48, 72):
        sent = await house.once(FRIDAY + timedelta(hours=hours))
        assert to(sent, DANA) == []

    # then
    assert fate(house).state is OutboxState.UNKNOWN


async def test_a_reply_to_it_proves_that_it_was_sent(sqlite_house: House) -> None:
    house = sqlite_house
    letter = await lost(house)

    house.deliver(reply(letter, "An 8, thank you."))
    await house.once(FRIDAY + timedelta(minutes=1))

    assert (fate(house).state, fate(house).detail) == (
        OutboxState.SENT,
        "a letter that came in shows that it was sent",
    )
    assert [entry.kind.value for entry in house.entries("dana")] == ["prompt", "reply"]


async def test_an_answer_from_somebody_elses_address_proves_it_too(sqlite_house: House) -> None:
    house = sqlite_house
    letter = await lost(house)
    house.add_client("enzo")

    house.deliver(reply(letter, "Dana showed me this.", sender="enzo@example.org"))
    await house.once(FRIDAY + timedelta(minutes=1))

    assert fate(house).state is OutboxState.SENT


async def test_a_letter_of_the_client_that_points_to_nothing_proves_nothing(sqlite_house: House) -> None:
    # given
    house = sqlite_house
    letter = await lost(house)
    answer = reply(letter, "I write to you because nothing came this week.", quote=False)
    for header in ("In-Reply-To", "References"):
        del answer[header]
    answer.replace_header("To", house.box.address)

    # when
    house.deliver(answer)
    await house.once(FRIDAY + timedelta(minutes=1))

    # then: filed beside the open prompt, whose fate stays open
    assert len(house.entries("dana")) == 2
    assert fate(house).state is OutboxState.UNKNOWN


async def test_a_report_about_it_proves_that_it_was_sent(sqlite_house: House) -> None:
    house = sqlite_house
    letter = await lost(house)

    house.deliver(
        b"Return-Path: <>\r\nFrom: MAILER-DAEMON@mx.example.net\r\nTo: us@example.org\r\nSubject: Undelivered Mail\r\n"
        b"Message-ID: <r1@mx.example.net>\r\n\r\nYour message could not be delivered.\r\n550 5.2.2 mailbox full\r\n\r\n"
        b"Message-ID: " + parsed(letter)["Message-ID"].encode() + b"\r\n"
    )
    await house.once(FRIDAY + timedelta(minutes=1))

    assert fate(house).state is OutboxState.SENT


def healthy_with(**deeds: Sequence[str]) -> Script:
    return {name.replace("_", " "): says(*lines) for name, lines in deeds.items()}


@asynccontextmanager
async def reading(house: House, script: Script) -> AsyncIterator[list[str]]:
    """The house reads a scripted mailbox; what it says there."""
    async with scripted_imap(script) as server:
        house.office.accounts = {
            name: replace(account, imap=server.server) for name, account in house.office.accounts.items()
        }
        yield server.heard


LIST = (
    '* LIST () "/" INBOX',
    '* LIST (\\Sent) "/" "[Gmail]/Gesendet"',
    '* LIST (\\All) "/" "[Gmail]/Alle"',
    "TAG OK x",
)


async def test_nothing_is_asked_of_the_server_where_nothing_is_of_unknown_fate(sqlite_house: House) -> None:
    house = sqlite_house
    await house.once(MONDAY)

    async with reading(house, {}) as heard:
        await house.once(FRIDAY)

    assert not any("LIST" in line or "HEADER" in line for line in heard)


async def test_the_folders_are_known_by_their_use_and_only_our_ids_are_asked_for(sqlite_house: House) -> None:
    house = sqlite_house
    letter = await lost(house)

    async with reading(house, healthy_with(LIST=LIST)) as heard:
        await house.once(FRIDAY + timedelta(minutes=3))
        await house.once(FRIDAY + timedelta(minutes=4))

    chosen = [line.partition("EXAMINE ")[2] for line in heard if "EXAMINE" in line]
    asked = [line.partition("UID SEARCH ")[2] for line in heard if "HEADER" in line]
    ours, conversation = parsed(letter)["Message-ID"], parsed(letter)["References"]
    assert chosen == ['"[Gmail]/Gesendet"', '"[Gmail]/Alle"', '"INBOX"', '"INBOX"']  # once, not at every look
    assert asked == 2 * [f'HEADER Message-ID "{ours}"', f'HEADER References "{conversation}"']
    assert not any("FETCH" in line for line in heard)


@pytest.mark.parametrize(
    "script",
    [
        healthy_with(LIST=("TAG NO not today",)),
        healthy_with(LIST=LIST, UID_SEARCH=("TAG NO too much",)),
        healthy_with(LIST=('* LIST (\\Sent) "/" Sent', "TAG OK x"), EXAMINE=("TAG NO [NOPERM] not for you",)),
        healthy_with(LIST=('* LIST () "/" INBOX', '* LIST () "/" Sent', "TAG OK x")),  # tells no uses
    ],
)
async def test_a_folder_that_cannot_be_searched_holds_up_no_reading_and_is_asked_again_later(
    sqlite_house: House, script: Script, caplog: pytest.LogCaptureFixture
) -> None:
    house = sqlite_house
    await lost(house)

    async with reading(house, script) as heard:
        for minute in (3, 5, 7, 9):
            await house.once(FRIDAY + timedelta(minutes=minute))
        first = sum(" LIST " in f"{line} " for line in heard)
        await house.once(FRIDAY + timedelta(minutes=45))

    assert first == 1
    assert sum('EXAMINE "INBOX"' in line for line in heard) == 5
    assert sum(" LIST " in f"{line} " for line in heard) == 2
    assert fate(house).state is OutboxState.UNKNOWN
    assert DANA not in caplog.text


def test_it_is_asked_a_few_times_over_a_day_however_often_the_mailbox_is_read() -> None:
    looked_at: datetime | None = None
    looks = []
    for minute in range(0, 60 * 72, 4):
        now = FRIDAY + timedelta(minutes=minute)
        if is_due(FRIDAY, looked_at, failed=False, now=now):
            looks.append(minute)
            looked_at = now

    assert len(looks) == len(ASK_AFTER)
    assert looks[-1] <= 24 * 60


@pytest.mark.parametrize(
    ("looked", "failed", "after", "due"),
    [
        (None, False, 1, False),
        (None, False, 2, True),
        (3, False, 14, False),
        (3, False, 15, True),
        (3, True, 14, False),
        (16, True, 45, False),  # too soon after a look that failed
        (16, True, 46, True),
        (1500, True, 3000, False),  # after two days only a person knows
        (9000, False, 61, True),  # the last look was by a clock that ran ahead
    ],
)
def test_a_look_that_failed_is_made_up_for_within_two_days(
    looked: int | None, failed: bool, after: int, due: bool
) -> None:
    looked_at = None if looked is None else FRIDAY + timedelta(minutes=looked)

    assert is_due(FRIDAY, looked_at, failed=failed, now=FRIDAY + timedelta(minutes=after)) is due
