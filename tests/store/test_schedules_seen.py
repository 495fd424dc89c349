"""What is known of schedule files: what was seen when, and whose plan a change clears."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from mailer.store import planning, schema
from mailer.store.planning import SeenSchedule
from tests.store.letters import deciding, enrolled, rows_of
from tests.stores import NOW, Store

LATER = NOW + timedelta(days=30)
FRIDAY = "every Friday at 08:30"


def _weekly(
    fingerprint: str = "1", *prompts: str, enabled: bool = True, when: str = FRIDAY,
    formerly: Mapping[str, str] | None = None, source: str = "",
) -> SeenSchedule:  # fmt: skip
    return SeenSchedule(
        slug="weekly",
        fingerprint=fingerprint,
        enabled=enabled,
        prompts=dict.fromkeys(prompts or ("week",), when),
        formerly=formerly or {},
        source=source,
    )


def _note(store: Store, *seen: SeenSchedule, now: datetime = NOW) -> None:
    store.db.write(planning.note_schedules, "vogl", seen, now=now)


def _first_seen(store: Store) -> dict[str, datetime]:
    return {row.prompt: row.first_seen_at for row in rows_of(store, schema.prompts_seen)}


def _timed_since(store: Store) -> dict[str, datetime]:
    (facts,) = store.db.read(planning.all_facts, store.vault, now=NOW)
    return dict(facts.enrolments[0].timed_since)


def _is_planned(store: Store) -> bool:
    (row,) = rows_of(store, schema.enrolments)
    return row.next_due_at is not None


def _plan(store: Store) -> None:
    store.db.write(planning.plan_next, store.vault, deciding(), now=NOW)


def test_a_prompt_is_first_seen_once(store: Store) -> None:
    _note(store, _weekly("1", "week"))

    _note(store, _weekly("2", "week", "month"), now=LATER)

    assert _first_seen(store) == {"week": NOW, "month": LATER}


@pytest.mark.parametrize(
    ("then", "anew"),
    [
        ([_weekly("1")], False),
        ([_weekly("2")], True),
        ([_weekly("1", enabled=False)], True),
        ([], True),
        ([_weekly("1", source="title = 1")], False),
    ],
)
def test_a_changed_schedule_is_planned_anew_and_an_unchanged_one_is_not(
    store: Store, then: list[SeenSchedule], anew: bool
) -> None:
    enrolled(store)
    _note(store, _weekly("1"))
    _plan(store)

    _note(store, *then)

    assert _is_planned(store) is not anew


def test_a_schedule_that_was_taken_away_and_comes_back_is_planned_anew(store: Store) -> None:
    enrolled(store)
    _note(store, _weekly("1"))
    _note(store)
    _plan(store)
    assert _is_planned(store)

    _note(store, _weekly("1"), now=LATER)

    assert not _is_planned(store)


def test_the_same_change_noted_twice_clears_the_plan_once(store: Store) -> None:
    enrolled(store)
    for seen in ([_weekly("1")], []):
        _note(store, *seen)
        _plan(store)

        _note(store, *seen)

        assert _is_planned(store)


def test_prompts_of_a_schedule_that_is_off_are_seen_when_it_is_switched_on(store: Store) -> None:
    _note(store, _weekly(enabled=False))
    assert _first_seen(store) == {}

    _note(store, _weekly(), now=LATER)

    assert _first_seen(store) == {"week": LATER}


def test_the_facts_tell_when_each_prompt_was_first_seen(store: Store) -> None:
    enrolled(store)
    _note(store, _weekly())

    (facts,) = store.db.read(planning.all_facts, store.vault, now=NOW)

    assert facts.enrolments[0].first_seen == {"week": NOW}
    assert facts.enrolments[0].timed_since == {"week": NOW}


def test_a_new_time_counts_from_when_it_was_seen_and_a_new_text_changes_no_time(store: Store) -> None:
    enrolled(store)
    _note(store, _weekly("1"))

    _note(store, _weekly("2"), now=LATER)
    assert _timed_since(store) == {"week": NOW}

    _note(store, _weekly("3", when="every Friday at 07:00"), now=LATER)
    assert _timed_since(store) == {"week": LATER}
    assert _first_seen(store) == {"week": NOW}


@pytest.mark.parametrize(("when", "since"), [(FRIDAY, NOW), ("every Friday at 07:00", LATER)])
def test_a_renamed_prompt_takes_over_what_is_known_of_it(store: Store, when: str, since: datetime) -> None:
    enrolled(store)
    _note(store, _weekly("1", "week"))

    _note(store, _weekly("2", "friday", when=when, formerly={"week": "friday"}), now=LATER)

    assert _first_seen(store) == {"week": NOW, "friday": NOW}
    assert _timed_since(store) == {"friday": since}


def test_a_prompt_renamed_back_keeps_its_time(store: Store) -> None:
    enrolled(store)
    _note(store, _weekly("1", "week"))
    _note(store, _weekly("2", "friday", formerly={"week": "friday"}), now=LATER)

    _note(store, _weekly("3", "week", formerly={"friday": "week"}), now=LATER)

    assert _timed_since(store) == {"week": NOW}


def test_a_prompt_put_back_into_its_file_counts_from_then(store: Store) -> None:
    enrolled(store)
    _note(store, _weekly("1", "week", "month"))
    _note(store, _weekly("2", "week"))

    _note(store, _weekly("1", "week", "month"), now=LATER)

    assert _timed_since(store) == {"week": NOW, "month": LATER}


@pytest.mark.parametrize("between", [[_weekly(enabled=False)], []])
def test_a_schedule_that_comes_back_sends_nothing_that_lies_behind(store: Store, between: list[SeenSchedule]) -> None:
    enrolled(store)
    _note(store, _weekly("1"))
    _note(store, *between, now=NOW + timedelta(days=1))

    _note(store, _weekly("1"), now=LATER)

    assert _timed_since(store) == {"week": LATER}


def test_what_was_noted_before_times_were_noted_keeps_its_place(store: Store) -> None:
    enrolled(store)
    _note(store, _weekly("1"))
    blank = schema.prompts_seen.update().values(timing=None, timed_since=None)
    store.db.write(lambda conn: conn.execute(blank))

    _note(store, _weekly("2"), now=LATER)
    assert _timed_since(store) == {}

    _note(store, _weekly("3", when="every Friday at 07:00"), now=LATER)
    assert _timed_since(store) == {"week": LATER}


def test_the_last_good_text_of_each_file_is_kept(store: Store) -> None:
    def last_good() -> dict[str, str]:
        return store.db.read(planning.last_good, "vogl")

    _note(store, _weekly("1", source='title = "Weekly"'))
    _note(store, _weekly("1"))  # known, its text not at hand
    assert last_good() == store.db.read(planning.last_good) == {"weekly": 'title = "Weekly"'}

    _note(store, _weekly("1", source='title = "Weekly"  # said better'))
    assert last_good() == {"weekly": 'title = "Weekly"  # said better'}

    _note(store)
    assert last_good() == {}


def test_a_spoken_time_of_any_length_can_be_noted(store: Store) -> None:
    enrolled(store)
    long = "every " + " and ".join(["Friday"] * 100)
    _note(store, _weekly("1", when=long))

    _note(store, _weekly("2", when=long), now=LATER)

    assert _timed_since(store) == {"week": NOW}


@pytest.mark.parametrize(
    ("written", "counts_from"), [(timedelta(hours=-10), LATER - timedelta(hours=10)), (timedelta(hours=1), LATER)]
)
def test_a_new_time_counts_from_when_the_file_was_written_though_the_program_was_off(
    store: Store, written: timedelta, counts_from: datetime
) -> None:
    enrolled(store)
    _note(store, _weekly("1"))

    edited = replace(_weekly("2", when="every Friday at 09:00"), written_at=LATER + written)
    _note(store, edited, now=LATER)

    assert _timed_since(store)["week"] == counts_from
