"""A trouble that needs a person is told once a day, by the first way that still works."""

from __future__ import annotations

import email
import email.policy
import logging
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from mailer.edge.smtp import SmtpTransport
from mailer.engine.once import Post
from mailer.engine.post import transport_of
from mailer.errors import AccountTrouble
from mailer.model.places import Secret
from mailer.store import accounts, alerts, inbox, practice
from mailer.store.schema import AccountEnd
from tests.house import MONDAY, House, parsed, plain, to
from tests.servers.scripted_smtp import At, ScriptedSmtp, Twist
from tests.servers.smtp import SmtpServer

FRIDAY = datetime(2026, 3, 6, 8, 30, tzinfo=UTC)
REFUSED = Twist(at=At.MAIL, say=b"530 5.7.0 Authentication required\r\n")
SPENT = Twist(at=At.DOT, say=b"550 5.4.5 Daily user sending limit exceeded\r\n")
DAY = timedelta(days=1)


@asynccontextmanager
async def sending_fails(house: House, *twists: Twist) -> AsyncIterator[None]:
    """Each account but "second" sends through a server with these twists while the block runs."""
    usual = house.post
    async with ScriptedSmtp(*(twists or (REFUSED,))) as server:
        transport = SmtpTransport(server.account())
        house.post = Post(transports={**usual.transports, "main": transport})
        yield
        await transport.close()
    house.post = usual


async def three_refused_logins(house: House, at: datetime = FRIDAY) -> None:
    for minutes in (0, 16, 32, 48):
        await house.once(at + timedelta(minutes=minutes))


async def ready(house: House) -> None:
    """A client whose prompt is due on Friday; the digest of Friday has gone."""
    house.add_client("dana")
    await house.once(MONDAY)
    await house.once(FRIDAY - timedelta(hours=1))


def in_inbox(house: House) -> list[tuple[str, str, bytes]]:
    """(subject, text, flags) of what lies in the account's own INBOX."""
    with house.box.other_program() as imap:
        imap.select("INBOX", readonly=True)
        _, [numbers] = imap.search(None, "ALL")
        found = []
        for number in numbers.split():
            _, fetched = imap.fetch(number, "(FLAGS BODY.PEEK[])")
            assert isinstance(fetched[0], tuple)
            letter = email.message_from_bytes(fetched[0][1], policy=email.policy.default)
            flags = b"".join(one for part in fetched for one in (part if isinstance(part, tuple) else (part,)) if one)
            found.append((str(letter["Subject"]), letter.get_content(), flags.partition(b"FLAGS")[2][:40]))
        return found


def mailbox_is_shut(house: House) -> None:
    """The account's password is wrong for reading."""
    house.office.accounts = {
        name: replace(one, imap=replace(one.imap, password=Secret("not this one")))
        for name, one in house.office.accounts.items()
    }


def command_that_writes(path: Path) -> tuple[str, ...]:
    return (sys.executable, "-c", f"import sys; open({str(path)!r}, 'a').write(sys.stdin.read() + '#')")


async def test_a_refused_login_is_told_by_a_letter_in_the_accounts_own_inbox_once_a_day(
    house: House, caplog: pytest.LogCaptureFixture
) -> None:
    # given, when
    await ready(house)
    async with sending_fails(house):
        with caplog.at_level(logging.ERROR):
            await three_refused_logins(house)
            for hours in (2, 4, 8):
                await house.once(FRIDAY + timedelta(hours=hours))
        first_day = in_inbox(house)
        logged = [one.getMessage() for one in caplog.records if "a person is needed" in one.getMessage()]
        await house.once(FRIDAY + DAY + timedelta(hours=2))

    # then
    [(subject, text, flags)] = first_day
    assert subject == "A person is needed: sending is paused for main"
    said = " ".join(text.split())
    assert "No letter leaves, for 127.0.0.1:" in said
    assert "Authentication required (the provider does not let this account send)" in said
    assert "`mailer outbox retry`" in text
    assert b"(" in flags
    assert b"Seen" not in flags
    assert logged == ["a person is needed: account main: not let in, told by=inbox of main"]
    assert len(in_inbox(house)) == 2
    # and the program takes its own letter for nobody's answer
    assert house.store.db.read(inbox.count_waiting) == 0
    assert house.entries("dana") == []


async def test_where_another_account_sends_the_letter_goes_through_that(
    sqlite_house: House, smtp_server: SmtpServer
) -> None:
    # given
    house = sqlite_house
    await ready(house)
    house.store.db.write(practice.seed_practice, "other", "Another practice", now=house.now)
    house.store.db.write(accounts.seed_account, "second", "other", settings_digest="1", now=house.now)
    second = replace(
        house.office.accounts["vogl"],
        slug="second", practice="other", address="second@example.net", imap=replace(house.box.server, port=1),
    )  # fmt: skip
    house.office.accounts = {**house.office.accounts, "other": second}
    house.office.practices = {**house.office.practices, "other": "Another practice"}
    house.post = Post(transports={**house.post.transports, "second": transport_of(second)})

    # when
    before = len(house.sent)
    async with sending_fails(house):
        await three_refused_logins(house)

    # then
    [letter] = house.sent[before:]
    assert (letter.recipient, parsed(letter)["From"].addresses[0].addr_spec) == (
        house.petra.address,
        "second@example.net",
    )
    assert parsed(letter)["Subject"] == "A person is needed: sending is paused for main"
    assert "1 letter waits for it." in plain(letter)
    assert in_inbox(house) == []


async def test_where_neither_sending_nor_the_mailbox_works_the_operators_command_is_told(
    sqlite_house: House, tmp_path: Path
) -> None:
    house = sqlite_house
    await ready(house)
    mailbox_is_shut(house)
    house.office.operator_command = command_that_writes(tmp_path / "told")

    async with sending_fails(house):
        await three_refused_logins(house)
        await house.once(FRIDAY + timedelta(hours=5))

    text, rest = (tmp_path / "told").read_text().split("#")
    assert rest == ""
    assert "No letter leaves" in text
    assert "mailer outbox retry" in text


async def test_a_login_that_has_ended_is_told_once_for_both_ends_with_the_command_that_renews_it(
    sqlite_house: House, tmp_path: Path
) -> None:
    # given
    house = sqlite_house
    await ready(house)
    ended = AccountTrouble("the login was revoked: type `mailer login gmail --account main`", needs_person=True)
    house.office.operator_command = command_that_writes(tmp_path / "told")

    # when
    for end in AccountEnd:
        for _ in range(3):
            house.store.db.write(accounts.note_trouble, "main", end, ended, now=FRIDAY)
    await house.once(FRIDAY + timedelta(minutes=1))
    await house.once(FRIDAY + timedelta(minutes=2))

    # then
    [text, rest] = (tmp_path / "told").read_text().split("#")
    assert rest == ""
    assert text.count("type `mailer login gmail --account main`") == 2
    assert "No letter leaves, for " in text
    assert "No reply is read, for " in text


async def test_where_no_way_is_left_it_is_logged_and_tried_again_every_hour(
    sqlite_house: House, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    # given
    house = sqlite_house
    await ready(house)
    mailbox_is_shut(house)
    house.office.operator_command = (str(tmp_path / "no-such-program"),)

    # when
    async with sending_fails(house):
        await three_refused_logins(house)
        before = {key: by for key, (_, by) in house.store.db.read(alerts.told).items()}
        house.office.operator_command = command_that_writes(tmp_path / "told")
        await house.once(FRIDAY + timedelta(hours=1, minutes=30))
        too_soon = (tmp_path / "told").exists()
        await house.once(FRIDAY + timedelta(hours=2))

    # then
    assert before == {"account main: not let in": "nobody"}
    assert not too_soon
    assert (tmp_path / "told").exists()
    said = [one for one in caplog.records if one.getMessage().startswith("a person is needed")]
    assert [(one.levelname, one.getMessage().rpartition("=")[2]) for one in said] == [
        ("ERROR", "nobody"),
        ("WARNING", "command"),
    ]


async def test_a_mailbox_that_lets_nobody_in_is_told_by_letter(sqlite_house: House) -> None:
    house = sqlite_house
    await ready(house)
    mailbox_is_shut(house)

    before = len(house.sent)
    await three_refused_logins(house)

    [notice] = to(house.sent[before:], house.petra.address)
    assert parsed(notice)["Subject"] == "A person is needed: reading is paused for main"
    assert "No reply is read, for " in plain(notice)
    assert "not this one" not in plain(notice)


async def test_a_days_allowance_that_is_used_up_is_told_with_when_it_goes_on(sqlite_house: House) -> None:
    house = sqlite_house
    await ready(house)

    async with sending_fails(house, SPENT):
        await house.once(FRIDAY)
        await house.once(FRIDAY + timedelta(minutes=5))

    [(subject, text, _)] = in_inbox(house)
    assert subject == "Sending is paused for main: enough for a day"
    until = house.store.db.read(accounts.end_state, "main", AccountEnd.SMTP).paused_until
    assert until is not None
    assert f"it is tried again at {until:%Y-%m-%d %H:%M} UTC, and the digests go first" in " ".join(text.split())


async def test_letters_that_a_template_holds_are_told_once_for_each_reason(sqlite_house: House, tmp_path: Path) -> None:
    # given
    house = sqlite_house
    folder = tmp_path / "templates"
    folder.mkdir()
    (folder / "prompt.md").write_text("Hello {{ own.goal }},\n\n{{ questions }}\n")
    for slug in ("ana", "bela"):
        house.add_client(slug)
    await house.once(MONDAY)
    await house.once(FRIDAY - timedelta(hours=1))

    # when
    before = len(house.sent)
    for minutes in range(5):
        await house.once(FRIDAY + timedelta(minutes=minutes))

    # then
    [notice] = house.sent[before:]
    text = " ".join(plain(notice).split())
    assert parsed(notice)["Subject"] == "A person is needed: a letter cannot be written"
    assert "2 letters are held, for prompt.md:1: " in text
    assert "What is mended by 2026-03-07 00:00 UTC still goes." in text


async def test_after_a_pause_the_coachs_digest_goes_first(sqlite_house: House, tmp_path: Path) -> None:
    # given: prompts of Friday wait, and the digest of Saturday behind them
    house = sqlite_house
    schedule = tmp_path / "schedules" / "weekly-checkin.toml"
    schedule.write_text(schedule.read_text().replace('"6 hours"', '"2 days"'))
    for slug in ("ana", "bela", "chen"):
        house.add_client(slug)
    await house.once(MONDAY)
    await house.once(FRIDAY - timedelta(hours=1))
    async with sending_fails(house):
        await three_refused_logins(house)
        await house.once(FRIDAY + DAY)

    # when
    house.store.db.write(accounts.lift_pauses)
    sent = await house.once(FRIDAY + DAY + timedelta(minutes=1))

    # then
    assert len(sent) == 4
    assert sent[0].recipient == house.petra.address


async def test_a_server_that_is_away_for_a_while_needs_nobody(sqlite_house: House) -> None:
    house = sqlite_house
    await ready(house)

    async with sending_fails(house, Twist(at=At.EHLO, say=b"421 4.3.2 closing for maintenance\r\n")):
        for minutes in range(0, 60, 6):
            await house.once(FRIDAY + timedelta(minutes=minutes))

    assert in_inbox(house) == []
    assert house.store.db.read(alerts.told) == {}
