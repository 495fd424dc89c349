"""A letter that cannot be written: the others go, it is told with its place, and goes the same day once mended."""

from __future__ import annotations

import logging
from datetime import UTC, datetime, time, timedelta
from pathlib import Path

import pytest

from mailer.flow.health import health
from mailer.model.people import ClientChanges, ClientState, QuietHours
from mailer.schedule.quiet import PlanRules, QuietTimes
from mailer.store import clients, outbox_view
from tests.house import MONDAY, House, plain, to
from tests.servers.smtp import Delivered

FRIDAY = datetime(2026, 3, 6, 8, 30, tzinfo=UTC)
TEMPLATE = """Hello {{ client.first_name }},

you have done {{ 100 / own.streak|int }} of it, and want:
{{ own.goal }}

{{ questions }}
"""
NAMES = ("ana", "bela", "chen", "dana", "ines")


@pytest.fixture
def folder(tmp_path: Path, sqlite_house: House) -> Path:
    """The folder of a house whose weekly letter uses two variables of the client."""
    schedule = next(tmp_path.rglob("weekly-checkin.toml"))
    schedule.write_text(schedule.read_text().replace("questions = [", 'template = "week"\nquestions = [', 1))
    templates = schedule.parent.parent / "templates"
    templates.mkdir(exist_ok=True)
    (templates / "week.md").write_text(TEMPLATE)
    for slug in NAMES:
        sqlite_house.add_client(slug)
        give(sqlite_house, slug, streak="4", goal="run")
    return templates


def give(house: House, slug: str, **variables: str) -> None:
    changes = ClientChanges(variables=variables)
    house.store.db.write(clients.edit_client, house.store.vault, house.client(slug).id, changes, now=house.now)


def prompts(sent: list[Delivered]) -> list[Delivered]:
    return [letter for letter in sent if letter.recipient.endswith("@example.org")]


def held(house: House) -> dict[str, str]:
    rows = house.store.db.read(outbox_view.rows, house.store.vault)
    return {row.client: row.detail for row in rows if row.state == "held"}


@pytest.mark.parametrize(
    ("variables", "told"),
    [
        ({"streak": "4"}, 'week.md:4: own has no "goal"; known: streak'),
        ({"streak": "n/a", "goal": "run"}, "week.md:3: division by zero"),
        ({"goal": "run"}, 'week.md:3: own has no "streak"; known: goal'),
    ],
)
@pytest.mark.usefixtures("folder")
async def test_trouble_with_one_client_holds_that_letter_and_the_four_others_are_on_time(
    sqlite_house: House, caplog: pytest.LogCaptureFixture, variables: dict[str, str], told: str
) -> None:
    # given
    house = sqlite_house
    await house.once(MONDAY)
    give(house, "bela", **variables)

    # when
    with caplog.at_level(logging.INFO):
        sent = await house.once(FRIDAY)

    # then: the others got theirs, and the one is told with template, line and client
    assert {letter.recipient.partition("@")[0] for letter in prompts(sent)} == {*NAMES} - {"bela"}
    assert held(house) == {"bela": told}
    assert (
        f"held, bela: {told}; what is mended by 2026-03-07 00:00Z still goes"
        in health(house.office, now=house.now).alarms
    )
    line, client = told.split(":")[1], house.client("bela").id
    assert f"client={client} template=week.md line={line}" in caplog.text
    assert "bela" not in caplog.text
    # and the coach reads of it in the next digest
    [digest] = to(await house.once(FRIDAY + timedelta(hours=22, minutes=35)), house.petra.address)
    assert told in " ".join(plain(digest).split())


@pytest.mark.usefixtures("folder")
async def test_a_client_mended_in_the_afternoon_gets_the_letter_the_same_day(sqlite_house: House) -> None:
    # given: held in the morning, and still held when the usual six hours are over
    house = sqlite_house
    await house.once(MONDAY)
    give(house, "bela", streak="4")
    await house.once(FRIDAY)
    assert await house.once(FRIDAY + timedelta(hours=7)) == []

    # when
    give(house, "bela", streak="4", goal="sleep more")
    [letter] = await house.once(FRIDAY + timedelta(hours=8))

    # then
    assert letter.recipient == "bela@example.org"
    assert "you have done 25.0 of it, and want: sleep more" in plain(letter)
    assert held(house) == {}
    assert await house.once(FRIDAY + timedelta(hours=9)) == []


async def test_a_mended_template_lets_all_go_that_it_held(sqlite_house: House, folder: Path) -> None:
    # given
    house = sqlite_house
    (folder / "week.md").write_text(TEMPLATE.replace("own.goal", "own.gaol"))
    await house.once(MONDAY)
    assert prompts(await house.once(FRIDAY)) == []
    assert set(held(house)) == {*NAMES}

    # when
    (folder / "week.md").write_text(TEMPLATE)
    sent = await house.once(FRIDAY + timedelta(minutes=30))  # the file is read once it has settled
    sent += await house.once(FRIDAY + timedelta(minutes=31))

    # then
    assert sorted(letter.recipient for letter in sent) == [f"{name}@example.org" for name in NAMES]


@pytest.mark.usefixtures("folder")
async def test_a_letter_mended_at_night_does_not_go_into_the_quiet_hours(sqlite_house: House) -> None:
    house = sqlite_house
    house.office.rules = PlanRules(quiet=QuietTimes(hours=QuietHours(begin=time(22), end=time(6))))
    await house.once(MONDAY)
    give(house, "bela", streak="4")
    await house.once(FRIDAY)

    give(house, "bela", streak="4", goal="run")
    sent = await house.once(FRIDAY.replace(hour=22, minute=1))

    assert sent == []
    assert held(house) == {}


@pytest.mark.usefixtures("folder")
async def test_a_letter_that_stays_held_keeps_its_place_and_is_logged_once_for_each_reason(
    sqlite_house: House, caplog: pytest.LogCaptureFixture
) -> None:
    # given
    house = sqlite_house
    await house.once(MONDAY)
    give(house, "bela")

    # when: many rounds go by, and half of the mistake is mended
    with caplog.at_level(logging.WARNING):
        for minute in range(5):
            await house.once(FRIDAY + timedelta(minutes=minute))
        give(house, "bela", streak="4")
        for minute in range(5, 9):
            await house.once(FRIDAY + timedelta(minutes=minute))

    # then
    said = [record.getMessage() for record in caplog.records]
    assert [one.split(" ", 3)[3] for one in said if one.startswith("held")] == [
        "template=week.md line=3",
        "template=week.md line=4",
    ]
    assert held(house) == {"bela": 'week.md:4: own has no "goal"; known: streak'}


@pytest.mark.usefixtures("folder")
async def test_a_held_letter_of_a_client_who_paused_meanwhile_is_not_sent(sqlite_house: House) -> None:
    house = sqlite_house
    await house.once(MONDAY)
    give(house, "bela", streak="4")
    [*_, prompt] = await house.once(FRIDAY)
    assert prompt.recipient != "bela@example.org"
    house.store.db.write(clients.set_state, house.client("bela").id, ClientState.PAUSED, now=house.now)
    give(house, "bela", streak="4", goal="run")

    assert await house.once(FRIDAY + timedelta(hours=1)) == []
    assert held(house) == {}
