"""What the operator was told: each trouble once a day, by one process."""

from __future__ import annotations

from datetime import timedelta

import pytest

from mailer.store import alerts, heartbeats
from mailer.store.alerts import Claimed
from tests.stores import NOW, Store

KEY = "account main: not let in"


def claim(store: Store, *, minutes: float = 0, key: str = KEY) -> Claimed | None:
    return store.db.write(alerts.claim, key, now=NOW + timedelta(minutes=minutes))


def tell(store: Store, by: str, *, minutes: float = 0) -> None:
    store.db.write(alerts.note_told, KEY, by=by, now=NOW + timedelta(minutes=minutes))


@pytest.mark.parametrize(
    ("by", "minutes", "claimed"),
    [
        ("letter", 60, None),
        ("letter", 23 * 60, None),
        ("letter", 24 * 60, Claimed.NEWS),
        ("nobody", 59, None),
        ("nobody", 60, Claimed.TRIED_BEFORE),
        ("", 9, None),  # somebody is telling it
        ("", 10, Claimed.TRIED_BEFORE),  # whoever was telling it died
        ("letter", -6, Claimed.NEWS),  # told by a clock that ran ahead
    ],
)
def test_a_trouble_is_claimed_once_a_day_and_sooner_where_nobody_heard(
    store: Store, by: str, minutes: int, claimed: Claimed | None
) -> None:
    assert claim(store) is Claimed.NEWS
    if by:
        tell(store, by)

    assert claim(store, minutes=minutes) is claimed


def test_of_two_who_claim_one_tells(store: Store) -> None:
    assert [claim(store), claim(store)] == [Claimed.NEWS, None]
    assert claim(store, key="held 0123") is Claimed.NEWS


def test_what_was_told_is_no_worker_and_is_forgotten_after_a_month(store: Store) -> None:
    claim(store, key="held 0123")
    claim(store, minutes=60 * 24 * 31)
    tell(store, "letter", minutes=60 * 24 * 31)

    assert store.db.read(heartbeats.beats) == {}
    assert store.db.read(alerts.told) == {KEY: (NOW + timedelta(days=31), "letter")}
