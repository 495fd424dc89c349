"""Letters about promises and sessions: what one day holds goes into one letter, and it says what stands there now."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from pathlib import Path

from mailer.store import promises, sessions
from mailer.store.schema import PromiseState
from tests.house import MONDAY, House, plain, to
from tests.schedule.build import utc
from tests.servers.smtp import Delivered

TUESDAY = date(2026, 3, 3)
SAID = """
title = "You said you would"
for = "everyone"

[[prompt]]
id = "ask"
when = "on the day of promise at 09:00"
subject = "A word about today"
template = "promised"
questions = ["Done, partly or not yet?"]
"""
PREPARING = """
title = "Before we meet"
for = "everyone"

[[prompt]]
id = "prep"
when = "1 day before session 2 at 09:00"
subject = "For tomorrow"
template = "meeting"
questions = ["What shall we talk about?"]
"""


def shelve(house: House, folder: Path, schedule: str, template: str, text: str) -> None:
    (folder / "schedules" / "weekly-checkin.toml").unlink()
    (folder / "schedules" / "mine.toml").write_text(schedule)
    (folder / "templates").mkdir(exist_ok=True)
    (folder / "templates" / f"{template}.md").write_text(text)


def promise(house: House, words: str, *, by_coach: bool = False) -> None:
    dana = house.client("dana")
    house.store.db.write(
        promises.add_promise, house.store.vault, dana.id, words, due_on=TUESDAY, by_coach=by_coach, now=house.now
    )


async def prompts(house: House, now: datetime) -> list[Delivered]:
    return to(await house.once(now), "dana@example.org")


async def test_promises_of_one_day_are_asked_about_in_one_letter(house: House, tmp_path: Path) -> None:
    shelve(house, tmp_path, SAID, "promised", "{{ promises }}\n\n{{ questions }}")
    house.add_client("dana")
    await house.once(MONDAY)
    for words in ("walk on Tuesday", "call Lee"):
        promise(house, words)

    [letter] = await prompts(house, utc("2026-03-03 09:00"))

    assert "- walk on Tuesday\r\n- call Lee" in plain(letter)
    assert await prompts(house, utc("2026-03-03 10:00")) == []


async def test_what_the_coach_promised_is_not_asked_of_the_client(sqlite_house: House, tmp_path: Path) -> None:
    house = sqlite_house
    shelve(house, tmp_path, SAID, "promised", "{{ promises }}\n\n{{ questions }}")
    house.add_client("dana")
    await house.once(MONDAY)
    promise(house, "send the article", by_coach=True)
    assert await prompts(house, utc("2026-03-03 09:00")) == []

    promise(house, "walk on Tuesday")
    [letter] = await prompts(house, utc("2026-03-03 09:00"))

    assert "walk on Tuesday" in plain(letter)
    assert "article" not in plain(letter)


async def test_a_promise_kept_before_its_letter_went_leaves_the_other_to_be_asked_about(
    house: House, tmp_path: Path
) -> None:
    shelve(house, tmp_path, SAID, "promised", "{{ missing }}")
    house.add_client("dana")
    await house.once(MONDAY)
    for words in ("walk on Tuesday", "call Lee"):
        promise(house, words)
    assert await prompts(house, utc("2026-03-03 09:00")) == []  # the template holds it
    dana = house.client("dana")
    (first, *_), _ = house.store.db.read(promises.due_promises, house.store.vault, dana.id, TUESDAY)
    house.store.db.write(promises.settle_promise, first, PromiseState.DONE, now=house.now)
    (tmp_path / "templates" / "promised.md").write_text("{{ promises }}\n\n{{ questions }}")

    [letter] = await prompts(house, utc("2026-03-03 09:30"))

    assert "- call Lee" in plain(letter)
    assert "walk" not in plain(letter)


async def test_a_letter_about_the_second_session_says_when_that_is(house: House, tmp_path: Path) -> None:
    shelve(house, tmp_path, PREPARING, "meeting", "We meet on {{ session.when }}.\n\n{{ questions }}")
    dana = house.add_client("dana")
    await house.once(MONDAY)
    for day in (4, 11):
        begins = datetime(2026, 3, day, 14, 0, tzinfo=MONDAY.tzinfo)
        house.store.db.write(sessions.add_session, dana.id, begins, begins + timedelta(hours=1), now=house.now)

    assert await prompts(house, utc("2026-03-03 09:00")) == []
    [letter] = await prompts(house, utc("2026-03-10 09:00"))

    assert "We meet on Wednesday 11 March at 14:00." in plain(letter)
