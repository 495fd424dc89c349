"""Ninety days of a practice: sixty clients in twenty zones, on every programme, and all that can happen to a plan.

Sessions move, are added and cancelled; clients answer or do not, promise, pause, write STOP, move house; operators edit
schedule files, break them and take them away; the program restarts, and is off for ten days. Before each moment at
which anything is decided the plan is looked at; what it shows is what must happen, and nothing else may.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from random import Random
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import Connection, select

from mailer.model.outgoing import LetterKind, OutboxState
from mailer.model.people import Client, Enrolment, QuietHours
from mailer.model.plan import SkipReason
from mailer.schedule.audience import parse_audience
from mailer.schedule.quiet import PlanRules, QuietPeriod, QuietTimes
from mailer.store import clients, enrolments, schema
from tests.simulation.life import Life
from tests.simulation.oracle import Oracle, rules_in
from tests.simulation.practice import Practice
from tests.stores import Templates

SHIPPED = Path(__file__).parents[2] / "schedules"
BEGINS = datetime(2027, 3, 10, 6, 0, tzinfo=UTC)  # before most of the world's clocks change
RULES = PlanRules(
    quiet=QuietTimes(
        hours=QuietHours(begin=time(21), end=time(7)),
        days_off=frozenset({6}),
        holidays=True,
        periods=(
            QuietPeriod(
                first=date(2027, 3, 22),
                last=date(2027, 3, 24),
                audience=parse_audience("country DE"),
                exceptions=frozenset({"session"}),
            ),
        ),
    )
)


@dataclass(frozen=True)
class Length:
    """How much of it is lived through."""

    days: int
    clients: int
    a_day: int  # things that happen
    off: tuple[int, int]  # the program is off from this day to that


SLICE = Length(days=21, clients=15, a_day=6, off=(9, 12))
WHOLE = Length(days=90, clients=60, a_day=14, off=(50, 60))


async def live(store_templates: Templates, kind: str, folder: Path, length: Length, *, seed: int) -> Practice:
    """A practice after all these days; everything it did was held against its plan."""
    schedules = folder / "schedules"
    schedules.mkdir()
    (folder / "templates").mkdir()
    texts = {path.stem: _switched_on(path.read_text("utf-8")) for path in sorted(SHIPPED.glob("*.toml"))}
    store = store_templates.new(kind, folder, now=BEGINS)
    for slug, text in texts.items():
        (schedules / f"{slug}.toml").write_text(text, "utf-8")
    practice = Practice(store=store, schedules=schedules, rules=RULES, now=BEGINS, random=Random(seed))
    life = Life(practice=practice, oracle=Oracle(), texts=texts)
    life.populate(length.clients)
    await practice.wake(BEGINS + timedelta(seconds=2))
    await _live(practice, life, length)
    _nothing_is_missing(practice, life)
    _nobody_got_too_many(practice, life)
    print(_summary(practice, life, length))
    store.close()
    return practice


async def _live(practice: Practice, life: Life, length: Length) -> None:
    events = _events(length, practice.random)
    off = [BEGINS + timedelta(days=day) for day in length.off]
    end = BEGINS + timedelta(days=length.days)
    while practice.now < end:
        due = practice.next_wake()
        event = events[0] if events else end
        if due is None or event <= due:
            happens = max(event, practice.now)
            events[:1] = []
            if off[0] <= happens < off[1]:
                continue
            await _until(practice, life, happens, overslept=False, happened=True)
        elif off[0] <= due < off[1]:
            await _until(practice, life, off[1], overslept=True, happened=False)
        else:
            await _until(practice, life, due, overslept=False, happened=False)


async def _until(practice: Practice, life: Life, moment: datetime, *, overslept: bool, happened: bool) -> None:
    since = practice.now
    if happened:
        practice.now = practice.seen_at = moment
        life.something()
        moment += timedelta(seconds=1)
    _look(practice, life, since=since, now=moment)
    await practice.wake(moment, overslept=overslept)


def _look(practice: Practice, life: Life, *, since: datetime, now: datetime) -> None:
    people = {one.id: one for one in practice.store.db.read(clients.clients, practice.store.vault, left=True)}
    found = practice.store.db.read(enrolments.enrolments)
    pairs: list[tuple[Client, Enrolment]] = [(people[one.client_id], one) for one in found]
    life.oracle.look(rules_in(practice.schedules), pairs, since=since, now=now)


def _events(length: Length, random: Random) -> list[datetime]:
    minutes = length.days * 1440
    return sorted(BEGINS + timedelta(minutes=random.randint(1, minutes)) for _ in range(length.a_day * length.days))


def _switched_on(text: str) -> str:
    on = text.replace("enabled = false", "enabled = true")
    return on if '"de.formal"' in on else on.replace("\ntitle = ", '\nfallback = "en"\ntitle = ', 1)


def _nothing_is_missing(practice: Practice, life: Life) -> None:
    names = {
        (schedule.slug, name): prompt.names
        for schedule in practice.office.book.schedules.values()
        for prompt in schedule.prompts
        for name in prompt.names
    }
    decided = practice.store.db.read(_decided)
    missing = {
        key
        for key in life.oracle.due_by(practice.now)
        if not any((key[0], key[1], name, key[3]) in decided for name in names.get((key[1], key[2]), {key[2]}))
    }
    assert missing == set()
    assert len(life.oracle.owed) > 40


def _decided(conn: Connection) -> set[tuple[UUID, str, str, str]]:
    o = schema.occurrences.c
    return {tuple(row) for row in conn.execute(select(o.client_id, o.schedule, o.prompt, o.anchor))}


def _nobody_got_too_many(practice: Practice, life: Life) -> None:
    x = schema.outbox.c
    sent = select(x.client_id, x.settled_at).where(x.kind == LetterKind.PROMPT, x.state == OutboxState.SENT)
    zones = {one: ZoneInfo(practice.client(one).zone) for one in life.people if one not in life.moved}
    weeks: dict[Any, int] = {}
    for row in practice.store.db.read(lambda conn: conn.execute(sent).all()):
        if row.client_id in zones:
            week = (row.client_id, row.settled_at.astimezone(zones[row.client_id]).isocalendar()[:2])
            weeks[week] = weeks.get(week, 0) + 1
    assert max(weeks.values()) == RULES.letters_per_week


def _summary(practice: Practice, life: Life, length: Length) -> str:
    said = ", ".join(f"{number} {what}" for what, number in sorted(practice.outcomes.items()))
    deeds = ", ".join(f"{number} {what.replace('_', ' ')}" for what, number in sorted(life.done.items()))
    return f"{length.days} days, {length.clients} clients, {practice.wakes} wakes: {said}; {deeds}"


Living = Callable[[str, Length, int], Any]


@pytest.fixture
def living(store_templates: Templates, tmp_path: Path) -> Living:
    """Lives through so much of it on a database of this kind."""

    def lived(kind: str, length: Length, seed: int) -> Any:
        folder = tmp_path / f"{kind}-{seed}"
        folder.mkdir()
        return live(store_templates, kind, folder, length, seed=seed)

    return lived


async def test_three_weeks_of_a_practice_are_what_its_plan_had_shown(living: Living) -> None:
    practice = await living("sqlite", SLICE, 20270310)

    assert practice.outcomes["send"] > 50
    assert len(practice.outcomes) > 6


@pytest.mark.prove
@pytest.mark.parametrize(("kind", "seed"), [("sqlite", 1), ("sqlite", 2), ("postgres", 1)])
async def test_ninety_days_of_a_practice_are_what_its_plan_had_shown(living: Living, kind: str, seed: int) -> None:
    practice = await living(kind, WHOLE, seed)

    by_planning = {str(one) for one in SkipReason} - {"cancelled"}  # a cancelled session has no occurrence to decide
    assert by_planning <= set(practice.outcomes)
