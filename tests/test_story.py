"""The main job, end to end: enrol, ask, answer, file, report - over a real SMTP server and a real IMAP server."""

from __future__ import annotations

from datetime import UTC, datetime

from mailer.model.report import EntryKind
from tests.house import MONDAY, House, parsed, plain, reply, to

FRIDAY_0830_IN_LISBON = datetime(2026, 3, 6, 8, 30, tzinfo=UTC)
DANA, PETRA = "dana@example.org", "petra@coach.example.org"
SATURDAY_0700_IN_BERLIN = datetime(2026, 3, 7, 6, 0, tzinfo=UTC)


async def test_a_week_from_schedule_to_digest(house: House) -> None:
    """Read this first: it is what the program does."""
    # An operator enrols Dana, who lives in Lisbon. Nothing is sent before its time.
    house.add_client("dana", zone="Europe/Lisbon")
    assert await house.once(MONDAY) == []
    assert to(await house.once(FRIDAY_0830_IN_LISBON.replace(minute=29)), DANA) == []

    # On Friday at 08:30 her time the prompt goes out, once.
    [prompt] = to(await house.once(FRIDAY_0830_IN_LISBON), DANA)
    assert parsed(prompt)["Subject"] == "Your week in four lines"
    assert parsed(prompt)["From"].startswith("Petra Vogl")
    assert "How was this week, 1 to 10?" in plain(prompt)
    assert await house.once() == []

    # She presses Reply.
    house.deliver(reply(prompt, "1. 7\n\n2. Two late evenings.\n\n3. I'll talk to Lee on Monday."))
    assert await house.once(FRIDAY_0830_IN_LISBON.replace(hour=9)) == []

    # Her words stand in her thread, each under its question.
    asked, answered = house.entries("dana")
    assert asked.kind is EntryKind.PROMPT
    assert answered.kind is EntryKind.REPLY
    assert [(one.question, one.text, one.value) for one in answered.answers] == [
        (0, "1. 7", 7.0),
        (1, "2. Two late evenings.", None),
        (2, "3. I'll talk to Lee on Monday.", None),
    ]

    # On Saturday at seven her coach reads of it, in Dana's own words.
    [digest] = await house.once(SATURDAY_0700_IN_BERLIN)
    assert digest.recipient == PETRA
    assert "Dana" not in parsed(digest)["Subject"]
    assert "Two late evenings." in plain(digest)
    assert "I'll talk to Lee on Monday." in plain(digest)
    assert await house.once() == []


async def test_stop_is_obeyed_before_the_next_send_and_confirmed_once(house: House) -> None:
    house.add_client("dana")
    await house.once(MONDAY)
    [prompt] = to(await house.once(FRIDAY_0830_IN_LISBON), DANA)

    house.deliver(reply(prompt, "STOP"))
    confirmed = await house.once(FRIDAY_0830_IN_LISBON.replace(hour=9))
    next_week = await house.once(datetime(2026, 3, 13, 8, 30, tzinfo=UTC))

    assert [letter.recipient for letter in confirmed] == [DANA]
    assert parsed(confirmed[0])["Auto-Submitted"] == "auto-replied"
    assert [letter.recipient for letter in next_week] == [PETRA]
    assert "wrote “STOP”" in plain(next_week[0])


async def test_an_out_of_office_is_not_a_reply(house: House) -> None:
    house.add_client("dana")
    await house.once(MONDAY)
    [prompt] = to(await house.once(FRIDAY_0830_IN_LISBON), DANA)
    notice = reply(prompt, "I am away until 15 March 2026.", quote=False)
    notice["Auto-Submitted"] = "auto-replied"

    house.deliver(notice)
    answered = await house.once(FRIDAY_0830_IN_LISBON.replace(hour=9))

    assert answered == []
    assert [one.kind for one in house.entries("dana")] == [EntryKind.PROMPT, EntryKind.AUTO_REPLY]


async def test_a_stranger_is_held_and_listed(house: House) -> None:
    house.add_client("dana")
    await house.once(MONDAY)
    [prompt] = to(await house.once(FRIDAY_0830_IN_LISBON), DANA)
    stranger = reply(prompt, "Buy now", sender="mallory@example.net")
    for header in ("To", "In-Reply-To", "References"):
        del stranger[header]
    stranger["To"] = house.box.address

    house.deliver(stranger)
    await house.once(FRIDAY_0830_IN_LISBON.replace(hour=9))
    [digest] = await house.once(SATURDAY_0700_IN_BERLIN)

    assert [one.kind for one in house.entries("dana")] == [EntryKind.PROMPT]
    assert "Buy now" not in plain(digest)


async def test_rehearsing_sends_everything_to_the_coach(sqlite_house: House) -> None:
    house = sqlite_house
    house.office.rehearse = True
    house.add_client("dana")
    await house.once(MONDAY)

    sent = await house.once(FRIDAY_0830_IN_LISBON)

    assert {letter.recipient for letter in sent} == {PETRA}
    assert parsed(sent[-1])["Subject"] == "[rehearsal for Dana] Your week in four lines"
