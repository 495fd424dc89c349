"""A schedule that cannot be read: the letters go on, and the people who should know are told."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

from mailer.flow.file_trouble import tell_operator
from mailer.flow.health import health
from tests.house import MONDAY, SCHEDULE, House, parsed, plain, to

FRIDAY = datetime(2026, 3, 6, 8, 30, tzinfo=UTC)


def break_schedule(folder: Path, text: str = SCHEDULE.replace("every Friday", "every Fryday")) -> None:
    (folder / "schedules" / "weekly-checkin.toml").write_text(text)


async def test_letters_go_on_by_what_was_good_and_the_operator_is_told_once(
    sqlite_house: House, tmp_path: Path
) -> None:
    house = sqlite_house
    house.add_client("dana")
    await house.once(MONDAY)
    break_schedule(tmp_path)

    first = to(await house.once(MONDAY + timedelta(hours=1)), house.petra.address)
    again = to(await house.once(MONDAY + timedelta(hours=2)), house.petra.address)
    asked = to(await house.once(FRIDAY), "dana@example.org")

    [notice] = first
    text = " ".join(plain(notice).split())
    assert parsed(notice)["Subject"] == "A schedule file cannot be read"
    assert 'weekly-checkin.toml:7:20: prompt.when: "Fryday" is not understood after "every"; the nearest is:' in text
    assert "Until it is mended what it said before stays in force." in text
    assert "Fryday" not in plain(notice)[:120]
    assert again == []
    assert len(asked) == 1
    [alarm] = [one for one in health(house.office, now=house.now).alarms if "weekly-checkin.toml:7:20" in one]
    assert alarm.endswith("(what it said before stays in force)")


async def test_another_mistake_is_another_letter(sqlite_house: House, tmp_path: Path) -> None:
    house = sqlite_house
    await house.once(MONDAY)
    break_schedule(tmp_path)
    await house.once(MONDAY + timedelta(hours=1))
    break_schedule(tmp_path, SCHEDULE.replace("subject", "subjekt"))

    sent = to(await house.once(MONDAY + timedelta(hours=2)), house.petra.address)

    assert len(sent) == 1
    assert "subjekt" in plain(sent[0])


async def test_nobody_is_written_to_while_the_file_is_being_edited(sqlite_house: House, tmp_path: Path) -> None:
    house = sqlite_house
    break_schedule(tmp_path)
    house.shelf.look(now=MONDAY)
    house.shelf.hand_to(house.office)
    saved = (tmp_path / "schedules" / "weekly-checkin.toml").stat().st_mtime
    moment = datetime.fromtimestamp(saved, UTC)

    assert not await tell_operator(house.office, now=moment + timedelta(minutes=9))
    assert await tell_operator(house.office, now=moment + timedelta(minutes=11))
    assert not await tell_operator(house.office, now=moment + timedelta(minutes=12))


async def test_a_new_schedule_that_was_never_good_sends_nothing_and_says_so(
    sqlite_house: House, tmp_path: Path
) -> None:
    house = sqlite_house
    house.add_client("dana")
    await house.once(MONDAY)
    (tmp_path / "schedules" / "second.toml").write_text("title = ")

    sent = await house.once(FRIDAY)

    assert len(to(sent, "dana@example.org")) == 1
    told = [one for one in health(house.office, now=house.now).alarms if "second.toml" in one]
    assert told != []
    assert all(one.endswith("(nothing of it is sent)") for one in told)
