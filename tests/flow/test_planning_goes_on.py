"""One client whom nothing can be planned for keeps nobody else waiting."""

from __future__ import annotations

import logging
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import update

from mailer.flow.health import health
from mailer.store import clients, schema
from tests.house import MONDAY, House, to

FRIDAY = datetime(2026, 3, 6, 8, 30, tzinfo=UTC)


def set_zone(house: House, slug: str, zone: str) -> None:
    """Writes a zone past every check, as a damaged or newer database might hold it."""
    identity = house.client(slug).id
    c = schema.clients.c
    house.store.db.write(lambda conn: conn.execute(update(schema.clients).where(c.id == identity).values(zone=zone)))
    house.store.db.write(clients.replan_client, identity)


async def test_the_others_get_their_letters_and_the_one_is_shown_and_tried_again(
    house: House, caplog: pytest.LogCaptureFixture
) -> None:
    for slug in ("ana", "dana"):
        house.add_client(slug)
    await house.once(MONDAY)
    set_zone(house, "ana", "Europe/Atlantis")

    with caplog.at_level(logging.ERROR):
        sent = await house.once(FRIDAY)
        alarms = health(house.office, now=house.now).alarms

        assert to(sent, "ana@example.org") == []
        assert len(to(sent, "dana@example.org")) == 1
        assert (
            'ana cannot be planned and gets no letters; tried again every hour: the zone "Europe/Atlantis" is not in '
            "the tz database; change it, or update tzdata"
        ) in alarms
        assert f"put aside client={house.client('ana').id}" in caplog.text
        assert "ana@example.org" not in caplog.text

    # Once it can be planned again, what fell due meanwhile is sent, late.
    set_zone(house, "ana", "Europe/Lisbon")
    sent = await house.once(FRIDAY + timedelta(minutes=90))
    assert len(to(sent, "ana@example.org")) == 1
    assert not any("ana" in one for one in health(house.office, now=FRIDAY + timedelta(hours=3)).alarms)


async def test_a_client_who_was_put_aside_is_not_tried_in_every_round(
    sqlite_house: House, caplog: pytest.LogCaptureFixture
) -> None:
    house = sqlite_house
    house.add_client("ana")
    await house.once(MONDAY)
    set_zone(house, "ana", "Europe/Atlantis")

    with caplog.at_level(logging.ERROR):
        for minutes in (0, 10, 50, 61):
            await house.once(FRIDAY + timedelta(minutes=minutes))

    assert caplog.text.count("put aside client=") == 2
