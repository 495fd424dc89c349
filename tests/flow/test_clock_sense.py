"""A machine whose clock is wrong: nothing is planned, sent, expired or reported, and nothing is lost by it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from mailer.edge.smtp import SmtpTransport
from mailer.engine.once import Post
from mailer.flow.clock_sense import clock_trouble, doubt, take_date_as_right
from mailer.flow.health import health
from mailer.model.outgoing import OutboxState
from mailer.model.report import EntryKind
from mailer.store import heartbeats, outbox_view
from tests.house import MONDAY, House, reply, to
from tests.servers.scripted_smtp import At, ScriptedSmtp, Twist

FRIDAY = datetime(2026, 3, 6, 8, 30, tzinfo=UTC)
DANA = "dana@example.org"
DAY, YEAR = timedelta(days=1), timedelta(days=365)

RELEASED = datetime(2026, 11, 25, tzinfo=UTC)
SEEN = datetime(2027, 3, 1, 8, 0, tzinfo=UTC)
BELIEVED = [
    ("the first start", RELEASED, None),
    ("a moment later", SEEN + timedelta(seconds=30), SEEN),
    ("after ten days of downtime", SEEN + 10 * DAY, SEEN),
    ("after just thirty days", SEEN + 30 * DAY, SEEN),
    ("a clock set back by some hours", SEEN - timedelta(hours=23), SEEN),
]


@pytest.mark.parametrize(("what", "now", "seen"), BELIEVED, ids=[one[0] for one in BELIEVED])
def test_a_date_near_the_last_one_is_believed(what: str, now: datetime, seen: datetime | None) -> None:
    assert clock_trouble(now, last_seen=seen, released=RELEASED, longest_gap=30 * DAY) == ""


TOLD = [
    (
        datetime(1970, 1, 1, 0, 5, tzinfo=UTC),
        None,
        "the clock of this machine says 1970-01-01 00:05Z, before this program was made; set it right, nothing is "
        "planned or sent until then",
    ),
    (
        SEEN + 45 * DAY,
        SEEN,
        "the clock of this machine says 2027-04-15 08:00Z, 45 days after the last sign of life; nothing is planned or "
        "sent until you have looked: if that is right, say so once: `mailer run --date-is-right` or "
        "`mailer once --date-is-right`",
    ),
    (
        SEEN - 2 * DAY,
        SEEN,
        "the clock of this machine says 2027-02-27 08:00Z, 2 days before the last sign of life; nothing is planned or "
        "sent until you have looked: if that is right, say so once: `mailer run --date-is-right` or "
        "`mailer once --date-is-right`",
    ),
]


@pytest.mark.parametrize(("now", "seen", "told"), TOLD)
def test_a_date_that_cannot_be_believed_is_told_with_the_remedy(
    now: datetime, seen: datetime | None, told: str
) -> None:
    assert clock_trouble(now, last_seen=seen, released=RELEASED, longest_gap=30 * DAY) == told


def states(house: House) -> list[OutboxState]:
    rows = house.store.db.read(outbox_view.rows, house.store.vault, everything=True)
    return [row.state for row in rows if row.kind == "prompt"]


async def test_a_clock_before_the_release_sends_nothing_and_reads_all_the_same(sqlite_house: House) -> None:
    house = sqlite_house
    house.add_client("dana")
    await house.once(MONDAY)
    [prompt] = to(await house.once(FRIDAY), DANA)
    house.deliver(reply(prompt, "1. 7"))
    house.office.not_before = FRIDAY + YEAR

    sent = await house.once(FRIDAY + 7 * DAY)

    assert sent == []
    assert [str(one).partition(", ")[2].partition(";")[0] for one in house.troubles] == ["before this program was made"]
    assert [one.kind for one in house.entries("dana")] == [EntryKind.PROMPT, EntryKind.REPLY]
    assert any("before this program was made" in one for one in health(house.office, now=house.now).alarms)
    house.office.not_before = MONDAY
    assert len(to(await house.once(), DANA)) == 1


async def test_a_clock_that_jumps_ahead_expires_and_skips_nothing(sqlite_house: House) -> None:
    house = sqlite_house
    house.add_client("dana")
    await house.once(MONDAY)
    async with ScriptedSmtp(Twist(at=At.RCPT, say=b"451 4.7.1 later\r\n", on=(1,))) as server:
        transport = SmtpTransport(server.account())
        house.post = Post(transports={"main": transport})
        await house.once(FRIDAY)
        waiting = states(house)

        await house.once(FRIDAY + 10 * YEAR)
        await house.once(FRIDAY + 10 * YEAR)
        meanwhile, troubles = states(house), house.troubles
        await transport.close()
        await house.once(FRIDAY + timedelta(minutes=20))
        await transport.close()

    assert waiting == meanwhile == [OutboxState.QUEUED]
    assert "3650 days after the last sign of life" in str(troubles[0])
    assert states(house) == [OutboxState.SENT]


async def test_ten_days_of_downtime_need_nobody_to_say_so(sqlite_house: House) -> None:
    house = sqlite_house
    house.add_client("dana")
    await house.once(MONDAY)
    await house.once(FRIDAY)

    sent = await house.once(FRIDAY + 14 * DAY)

    assert house.troubles == []
    assert len(to(sent, DANA)) == 1


async def test_a_long_gap_waits_for_a_person_however_often_it_is_asked(sqlite_house: House) -> None:
    house = sqlite_house
    house.add_client("dana")
    await house.once(MONDAY)
    later = FRIDAY + 42 * DAY

    asked = [to(await house.once(later + timedelta(minutes=5 * number)), DANA) for number in range(3)]
    await take_date_as_right(house.office, now=house.now)
    sent = await house.once()

    assert asked == [[], [], []]
    assert len(to(sent, DANA)) == 1
    assert await doubt(house.office, now=house.now + 10 * DAY) == ""


async def test_the_longest_gap_is_the_operators_to_choose(sqlite_house: House) -> None:
    house = sqlite_house
    house.office.longest_gap = 5 * DAY
    await house.once(MONDAY)

    await house.once(MONDAY + 6 * DAY)

    assert "6 days after" in str(house.troubles[0])


async def test_what_a_clock_that_ran_ahead_wrote_down_silences_nobody(house: House) -> None:
    # The first start of all was in ten years; then the clock was set right, and a person said so.
    house.now = MONDAY + 10 * YEAR
    house.add_client("dana")
    await house.once()
    await house.once(MONDAY)
    refused = [str(one) for one in house.troubles]

    await take_date_as_right(house.office, now=MONDAY)
    await house.once(MONDAY)
    sent = await house.once(FRIDAY)

    assert "3650 days before the last sign of life" in refused[0]
    assert len(to(sent, DANA)) == 1
    assert len(to(await house.once(FRIDAY + timedelta(hours=24)), house.petra.address)) == 1


def test_a_date_that_was_believed_is_noted_and_is_no_worker(sqlite_house: House) -> None:
    db = sqlite_house.store.db

    db.write(heartbeats.believe_date, now=MONDAY)

    assert db.read(heartbeats.date_believed) == MONDAY
    assert db.read(heartbeats.beats) == {}
