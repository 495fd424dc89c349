"""Whatever did not go stands in the coach's next digest, once and with its reason, and in the list of letters."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from pathlib import Path

import pytest

from mailer.edge.smtp import SmtpTransport
from mailer.engine.once import Post
from mailer.flow.health import health
from mailer.model.people import ClientState, Delivery
from mailer.model.report import EntryKind
from mailer.schedule.quiet import PlanRules
from mailer.store import clients, fates, journal, outbox_view
from tests.house import MONDAY, SCHEDULE, House, parsed, plain, to
from tests.servers.scripted_smtp import At, ScriptedSmtp, Then, Twist
from tests.servers.smtp import Delivered

FRIDAY = datetime(2026, 3, 6, 8, 30, tzinfo=UTC)
SATURDAY = datetime(2026, 3, 7, 7, 0, tzinfo=UTC)
DANA = "dana@example.org"


async def ready(house: House) -> None:
    house.add_client("dana")
    await house.once(MONDAY)
    await house.once(FRIDAY - timedelta(hours=1))  # the digest of the day


async def friday_through(house: House, *twists: Twist, hours: tuple[float, ...] = (0,)) -> None:
    """Friday's letter meets a server that misbehaves, at these hours after its time."""
    usual = house.post
    async with ScriptedSmtp(*twists) as server:
        transport = SmtpTransport(server.account())
        house.post = Post(transports={"main": transport})
        for each in hours:
            await house.once(FRIDAY + timedelta(hours=each))
            await transport.close()
    house.post = usual


async def refused(house: House, _: Path) -> None:
    await friday_through(house, Twist(at=At.RCPT, say=b"550 5.7.1 blocked by policy\r\n"))


async def expired(house: House, _: Path) -> None:
    busy = Twist(at=At.RCPT, say=b"451 4.7.1 greylisted, try again\r\n")
    await friday_through(house, busy, hours=(0, 1, 2, 3, 4, 5, 5.9, 7))


async def held(house: House, folder: Path) -> None:
    (folder / "templates").mkdir()
    (folder / "templates" / "prompt.md").write_text("Hello {{ own.goal }},\n\n{{ questions }}\n")
    await house.once(FRIDAY)


async def had_enough(house: House, folder: Path) -> None:
    for number in range(4):
        (folder / "schedules" / f"more-{number}.toml").write_text(SCHEDULE)
    house.office.rules = PlanRules(letters_per_week=21)
    await house.once(FRIDAY - timedelta(minutes=30))
    await house.once(FRIDAY)


async def unknown(house: House, _: Path) -> None:
    await friday_through(house, Twist(at=At.DOT, then=Then.CLOSE))


async def day_of(house: House, days: int) -> str:
    """The digest so many days after Friday, its lines joined."""
    await house.once(SATURDAY + timedelta(days=days - 1, hours=-2))
    sent = to(await house.once(SATURDAY + timedelta(days=days - 1)), house.petra.address)
    return " ".join(plain(sent[-1]).split())


@pytest.mark.parametrize(
    ("happens", "state", "told", "until_settled"),
    [
        (refused, "refused", "no letter has arrived so far (refused by a rule or a spam filter)", False),
        (expired, "expired", "a letter could not go in time (weekly-checkin/week: ", False),
        (held, "held", "a letter could not go in time (weekly-checkin/week: prompt.md:1: own has no ", False),
        (had_enough, "cancelled", "a letter was left out, as there had been enough of them that day", False),
        (unknown, "unknown", "a letter may or may not have arrived; it is not sent twice (weekly-checkin/week: ", True),
    ],
)
async def test_what_did_not_go_is_told_in_the_next_digest_and_listed(
    sqlite_house: House,
    tmp_path: Path,
    happens: Callable[[House, Path], Awaitable[None]],
    state: str,
    told: str,
    until_settled: bool,
) -> None:
    # given
    house = sqlite_house
    await ready(house)

    # when
    await happens(house, tmp_path)

    # then
    rows = house.store.db.read(outbox_view.rows, house.store.vault, failed_since=FRIDAY - timedelta(days=7))
    assert [row.state.value for row in rows if row.client == "dana"] == [state]
    [row] = [row for row in rows if row.client == "dana"]
    assert (row.prompt.partition("/")[2], bool(row.detail)) == ("week", True)
    assert told in await day_of(house, 1)
    assert (told in await day_of(house, 2)) is until_settled


@pytest.mark.parametrize("state", [ClientState.PAUSED, ClientState.STOPPED])
async def test_what_was_cancelled_because_the_client_asked_for_it_is_no_trouble(
    sqlite_house: House, state: ClientState
) -> None:
    house = sqlite_house
    await ready(house)
    await friday_through(house, Twist(at=At.RCPT, say=b"451 4.7.1 later\r\n"))

    house.store.db.write(clients.set_state, house.client("dana").id, state, now=FRIDAY)
    await house.once(FRIDAY + timedelta(hours=1))

    assert "DELIVERY" not in await day_of(house, 1)


async def test_what_a_person_took_back_is_no_trouble(sqlite_house: House) -> None:
    house = sqlite_house
    await ready(house)
    await friday_through(house, Twist(at=At.RCPT, say=b"451 4.7.1 later\r\n"))

    [row] = house.store.db.read(outbox_view.rows, house.store.vault)
    house.store.db.write(fates.cancel, house.store.vault, row.id, now=house.now)

    assert await house.once(FRIDAY + timedelta(hours=1)) == []
    assert "DELIVERY" not in await day_of(house, 1)


async def test_a_letter_of_unknown_fate_names_client_prompt_and_command_in_digest_and_status(
    sqlite_house: House,
) -> None:
    house = sqlite_house
    await ready(house)

    await unknown(house, Path())

    [row] = house.store.db.read(outbox_view.rows, house.store.vault)
    command = f"mailer outbox settle {row.id.hex[-8:]} --sent"
    assert f"dana, weekly-checkin/week of 2026-03-06 08:30Z may or may not have arrived: `{command}` or --not-sent" in (
        health(house.office, now=house.now).alarms
    )
    text = await day_of(house, 1)
    assert "Dana: a letter may or may not have arrived" in text
    assert command in text


async def test_a_letter_that_is_sent_again_by_a_person_reaches_the_client_once_more_and_no_oftener(
    sqlite_house: House,
) -> None:
    house = sqlite_house
    await ready(house)
    await unknown(house, Path())
    [row] = house.store.db.read(outbox_view.rows, house.store.vault)

    house.store.db.write(fates.send_again, row.id, now=FRIDAY + timedelta(hours=3))
    sent = [*await house.once(FRIDAY + timedelta(hours=3)), *await house.once(FRIDAY + timedelta(hours=4))]

    [letter] = to(sent, DANA)
    assert parsed(letter)["Message-ID"].strip("<>") == row.message_id
    assert [entry.kind for entry in house.entries("dana")] == [EntryKind.PROMPT]


def report_on(prompt: Delivered, *, status: str, words: str, returned: bytes | None = None) -> bytes:
    """A delivery report as most servers write it."""
    header = prompt.raw.partition(b"\r\n\r\n")[0] if returned is None else returned
    return (
        b"Return-Path: <>\r\nFrom: MAILER-DAEMON@mx.example.net\r\nTo: letters@example.org\r\n"
        b"Subject: Undelivered Mail Returned to Sender\r\nMessage-ID: <r-%d@mx.example.net>\r\nMIME-Version: 1.0\r\n"
        b'Content-Type: multipart/report; report-type=delivery-status; boundary="b"\r\n\r\n'
        b"--b\r\nContent-Type: text/plain\r\n\r\nYour letter did not arrive.\r\n"
        b"--b\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx.example.net\r\n\r\n"
        b"Final-Recipient: rfc822; dana@example.org\r\nAction: failed\r\nStatus: %s\r\nDiagnostic-Code: smtp; %s\r\n"
        b"--b\r\nContent-Type: text/rfc822-headers\r\n\r\n%s\r\n\r\n--b--\r\n"
    ) % (abs(hash((header, words))), status.encode(), words.encode(), header)


async def prompt_on_friday(house: House) -> Delivered:
    await ready(house)
    [prompt] = to(await house.once(FRIDAY), DANA)
    return prompt


async def test_a_report_stands_in_the_prompts_conversation_with_its_reason(sqlite_house: House) -> None:
    house = sqlite_house
    prompt = await prompt_on_friday(house)

    house.deliver(report_on(prompt, status="5.1.1", words="550 5.1.1 no such user here"))
    await house.once(FRIDAY + timedelta(minutes=5))

    [conversation] = house.store.db.read(journal.conversations, house.store.vault, house.client("dana").id)
    assert [(one.kind.value, one.note) for one in conversation.entries] == [("prompt", ""), ("bounce", "no such user")]
    assert house.client("dana").delivery is Delivery.DEAD
    assert "the address does not exist; letters have stopped until it changes (no such user)" in await day_of(house, 1)
    assert "dana: the address does not exist (5.1.1 no such user); no letters until `mailer client edit dana" in (
        " ".join(health(house.office, now=house.now).alarms)
    )


async def test_a_refusal_at_once_stands_in_the_prompts_conversation_with_its_reason(sqlite_house: House) -> None:
    house = sqlite_house
    await ready(house)

    await friday_through(house, Twist(at=At.RCPT, say=b"550 5.1.1 no such user here\r\n"))

    [conversation] = house.store.db.read(journal.conversations, house.store.vault, house.client("dana").id)
    assert conversation.fate == "did not arrive: no such user"
    assert "dana: the address does not exist (550 5.1.1)" in " ".join(health(house.office, now=house.now).alarms)


async def test_a_new_address_brings_the_prompts_back(sqlite_house: House) -> None:
    house = sqlite_house
    prompt = await prompt_on_friday(house)
    house.deliver(report_on(prompt, status="5.1.1", words="550 5.1.1 no such user here"))
    await house.once(FRIDAY + timedelta(minutes=5))
    stopped = await house.once(FRIDAY + timedelta(days=7))

    house.store.db.write(clients.change_address, house.store.vault, house.client("dana").id, "dana@example.net")
    back = await house.once(FRIDAY + timedelta(days=14))

    assert to(stopped, DANA) == []
    assert len(to(back, "dana@example.net")) == 1


@pytest.mark.parametrize("status", ["5.7.1", "5.2.2", "5.3.4", "5.6.0", "5.4.4"])
async def test_policy_quota_and_content_stop_no_prompt(sqlite_house: House, status: str) -> None:
    house = sqlite_house
    prompt = await prompt_on_friday(house)

    house.deliver(report_on(prompt, status=status, words=f"550 {status} not today"))
    await house.once(FRIDAY + timedelta(minutes=5))

    assert house.client("dana").delivery is Delivery.OK
    assert len(to(await house.once(FRIDAY + timedelta(days=7)), DANA)) == 1


async def test_a_report_on_a_letter_whose_id_a_relay_changed_is_known_by_what_else_we_wrote(
    sqlite_house: House,
) -> None:
    # given: the relay gave it an id of its own, and reports on that
    house = sqlite_house
    prompt = await prompt_on_friday(house)
    header = prompt.raw.partition(b"\r\n\r\n")[0]
    ours = parsed(prompt)["Message-ID"].encode()
    changed = header.replace(ours, b"<0100abc-000000@eu-west-1.relay.example.com>")

    # when
    house.deliver(report_on(prompt, status="5.1.1", words="550 5.1.1 no such user", returned=changed))
    await house.once(FRIDAY + timedelta(minutes=5))

    # then
    assert [one.kind for one in house.entries("dana")] == [EntryKind.PROMPT, EntryKind.BOUNCE]
    assert house.client("dana").delivery is Delivery.DEAD


async def test_a_report_about_somebody_elses_letter_to_the_client_stops_nothing(sqlite_house: House) -> None:
    house = sqlite_house
    prompt = await prompt_on_friday(house)
    private = b"From: Petra <petra@coach.example.org>\r\nTo: dana@example.org\r\nMessage-ID: <lunch@coach.example.org>"

    house.deliver(report_on(prompt, status="5.1.1", words="550 5.1.1 no such user", returned=private))
    await house.once(FRIDAY + timedelta(minutes=5))

    assert house.client("dana").delivery is Delivery.OK


async def test_an_automatic_answer_to_the_stop_address_stops_nobody(sqlite_house: House) -> None:
    # given: a scanner or a vacation program answers every address it finds in a letter
    house = sqlite_house
    prompt = await prompt_on_friday(house)
    answer = EmailMessage()
    answer["From"] = DANA
    answer["To"] = parsed(prompt)["List-Unsubscribe"].strip("<>").removeprefix("mailto:").partition("?")[0]
    answer["Subject"] = "Automatic reply: STOP"
    answer["Auto-Submitted"] = "auto-replied"
    answer["Message-ID"] = "<away@example.org>"
    answer.set_content("I am away until 20 March.\n")

    # when
    house.deliver(answer)
    await house.once(FRIDAY + timedelta(minutes=5))

    # then
    assert house.client("dana").state is ClientState.ACTIVE
    assert [one.kind for one in house.entries("dana")] == [EntryKind.PROMPT, EntryKind.AUTO_REPLY]
