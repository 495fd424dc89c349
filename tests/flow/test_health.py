"""What makes `status` red, and what does not any more."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from mailer.errors import AccountTrouble
from mailer.flow.health import expected, health
from mailer.model.outgoing import OutboxState
from mailer.store import accounts, heartbeats, outbox_view, practice
from mailer.store.schema import AccountEnd
from tests.house import MONDAY, House


def beat_all(house: House, at: datetime, **others: datetime) -> None:
    """Every worker of `mailer run` came round then, but for `others`."""
    for name in expected(house.office):
        house.store.db.write(heartbeats.beat, name, now=others.get(name.partition(" ")[0], at))


def alarms(house: House, **more: float) -> list[str]:
    return list(health(house.office, now=house.now, **more).alarms)


def test_an_installation_that_never_ran_says_so(sqlite_house: House) -> None:
    assert alarms(sqlite_house) == ["the engine has never run: `mailer run`"]


def test_all_is_well_while_everyone_comes_round(sqlite_house: House) -> None:
    beat_all(sqlite_house, MONDAY - timedelta(seconds=90))

    assert alarms(sqlite_house) == []


@pytest.mark.parametrize("name", ["plan", "report", "tidy"])
def test_a_tick_older_than_three_minutes_is_an_alarm(sqlite_house: House, name: str) -> None:
    house = sqlite_house
    beat_all(house, MONDAY, **{name: MONDAY - timedelta(minutes=3, seconds=1)})

    assert alarms(house) == [f"{name} has not been heard of since 2026-03-02 07:56Z"]


@pytest.mark.parametrize("name", ["read", "deliver", "ingest"])
def test_what_waits_for_servers_may_be_quiet_for_longer(sqlite_house: House, name: str) -> None:
    house = sqlite_house
    beat_all(house, MONDAY, **{name: MONDAY - timedelta(minutes=14)})
    quiet = alarms(house)
    beat_all(house, MONDAY, **{name: MONDAY - timedelta(minutes=16)})

    assert quiet == []
    assert len(alarms(house)) == 1


def test_a_planner_that_is_meant_to_be_slow_is_given_its_time(sqlite_house: House) -> None:
    house = sqlite_house
    beat_all(house, MONDAY, plan=MONDAY - timedelta(minutes=10))

    assert alarms(house, plan_seconds=300) == []
    assert len(alarms(house)) == 1


def test_a_sign_of_life_from_the_future_is_none(sqlite_house: House) -> None:
    house = sqlite_house
    beat_all(house, MONDAY, tidy=MONDAY + timedelta(days=3650))

    assert alarms(house) == ["tidy has not been heard of since 2036-02-28 08:00Z"]


def test_the_heartbeats_of_an_account_that_was_removed_are_no_alarm(sqlite_house: House) -> None:
    house = sqlite_house
    for name in ("deliver old", "read old", "schedules"):
        house.store.db.write(heartbeats.beat, name, trouble="was broken", now=MONDAY - timedelta(days=30))
    house.store.db.write(accounts.seed_account, "old", "vogl", settings_digest="1", now=MONDAY)
    refused = AccountTrouble("login refused", needs_person=True)
    house.store.db.write(accounts.note_trouble, "old", AccountEnd.IMAP, refused, now=MONDAY)
    beat_all(house, MONDAY)

    assert alarms(house) == []
    assert {end.account for end in health(house.office, now=house.now).ends} == {"main"}


def test_an_account_that_nobody_serves_yet_is_an_alarm(sqlite_house: House) -> None:
    house = sqlite_house
    for name in expected(house.office):
        if name != "read main":
            house.store.db.write(heartbeats.beat, name, now=MONDAY)

    assert alarms(house) == ["read main has never been heard of: stop `mailer run` and start it again"]


def test_where_a_timer_does_it_all_the_workers_are_not_missed(sqlite_house: House) -> None:
    house = sqlite_house
    beat_all(house, MONDAY - timedelta(days=2))
    house.store.db.write(heartbeats.beat, "once", now=MONDAY - timedelta(minutes=10))

    assert alarms(house) == []
    house.now += timedelta(minutes=6)
    assert alarms(house) == ["once has not been heard of since 2026-03-02 07:50Z"]


async def test_a_coach_who_was_taken_out_gets_nothing_and_leaves_no_client_unseen(sqlite_house: House) -> None:
    house = sqlite_house
    house.add_client("dana")
    await house.once(MONDAY)
    beat_all(house, MONDAY)

    house.store.db.write(practice.retire_coaches, [])
    sent = await house.once(MONDAY + timedelta(days=1))

    assert sent == []
    [told] = [one for one in alarms(house) if "coach" in one]
    assert told == (
        "dana: their coach petra does not stand in config.toml; letters still go out in that name, and nobody is sent "
        "the answers: write the coach in again, or `mailer client pause`"
    )


async def test_a_digest_that_waits_for_a_coach_who_was_taken_out_is_not_sent(sqlite_house: House) -> None:
    house = sqlite_house
    house.add_client("dana")
    await house.once(MONDAY)
    ours, house.office.accounts = house.office.accounts, {}
    await house.once(MONDAY + timedelta(days=1))  # claimed, while nobody sends

    house.store.db.write(practice.retire_coaches, [])
    house.office.accounts = ours
    sent = await house.once(MONDAY + timedelta(days=1, minutes=1))

    assert sent == []
    [digest] = house.store.db.read(outbox_view.rows, house.store.vault, everything=True)
    assert (digest.state, digest.detail) == (OutboxState.CANCELLED, "the coach does not stand in config.toml any more")
