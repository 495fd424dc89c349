"""What each schedule file said when it was last planned by, and since when each prompt is there and is timed as it is.

A prompt nobody had seen counts from now. A new time of an old one counts from when the file was written, and so does a
whole schedule that comes back after it was off or gone: what lies behind is never sent at once, but what was changed in
the evening is in force in the morning, though the program starts late. Every change makes the clients plan anew.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Row, select, update

from mailer.store import schema
from mailer.store.columns import new_id
from mailer.store.practice import practice_id
from mailer.store.rows import upsert

OFF = "off "  # before the fingerprint of a schedule that is switched off
GONE = "gone"  # in the place of the fingerprint: there is no such file any more
NO_TIME = ""  # in the place of its timing: the prompt is not in the file any more

p, k = schema.prompts_seen.c, schema.schedules_seen.c


@dataclass(frozen=True, slots=True, kw_only=True)
class SeenSchedule:
    """A schedule as it stands on the shelf."""

    slug: str
    fingerprint: str
    enabled: bool = True
    prompts: Mapping[str, str]  # prompt id -> its `when` in canonical spelling
    formerly: Mapping[str, str] = field(default_factory=dict)  # former prompt id -> present id
    source: str = ""  # the file's text; "": leave what is kept of it
    written_at: datetime | None = None  # when the file was written: a new time counts from then


@dataclass(frozen=True, slots=True, kw_only=True)
class SeenTimes:
    """Of each prompt of a schedule: since when it is there, and since when its `when` is as it is."""

    first: dict[str, datetime] = field(default_factory=dict)
    timed: dict[str, datetime] = field(default_factory=dict)


NOTHING_SEEN = SeenTimes()


def note_schedules(conn: Connection, practice: str, seen: Sequence[SeenSchedule], *, now: datetime) -> None:
    """Notes what the shelf of a practice holds now, and makes the enrolments of schedules that changed plan anew."""
    owner = practice_id(conn, practice)
    known = {row.schedule: row for row in conn.execute(select(schema.schedules_seen).where(k.practice_id == owner))}
    for one in seen:
        _note(conn, owner, one, known.get(one.slug), now=now)
    here = {one.slug for one in seen}
    for slug, row in known.items():
        if slug not in here and row.fingerprint != GONE:
            conn.execute(update(schema.schedules_seen).where(k.id == row.id).values(fingerprint=GONE, source=None))
            _replan(conn, owner, slug)


def last_good(conn: Connection, practice: str | None = None) -> dict[str, str]:
    """The text of each schedule file as it was last in force, by slug; files that were taken away are left out."""
    query = select(k.schedule, k.source).where(k.source.is_not(None)).order_by(k.schedule)
    query = query if practice is None else query.where(k.practice_id == practice_id(conn, practice))
    return dict(conn.execute(query).all())


def seen_times(conn: Connection, practice: UUID) -> dict[str, SeenTimes]:
    """What is known of the prompts of each schedule of a practice, those that were taken out included."""
    found: dict[str, SeenTimes] = {}
    for row in conn.execute(select(schema.prompts_seen).where(p.practice_id == practice)):
        times = found.setdefault(row.schedule, SeenTimes())
        times.first[row.prompt] = row.first_seen_at
        if row.timed_since is not None and row.timing != NO_TIME:
            times.timed[row.prompt] = row.timed_since
    return found


def _note(conn: Connection, owner: UUID, one: SeenSchedule, before: Row[Any] | None, *, now: datetime) -> None:
    fingerprint = one.fingerprint if one.enabled else f"{OFF}{one.fingerprint}"
    changed = before is None or before.fingerprint != fingerprint
    if before is not None and not changed and one.source in ("", before.source):
        return
    row = {"id": new_id(now), "practice_id": owner, "schedule": one.slug, "fingerprint": fingerprint}
    row |= {"source": one.source} if one.source else {}
    upsert(conn, schema.schedules_seen, row, by=("practice_id", "schedule"))
    if not changed:
        return
    if one.enabled:
        comes_back = before is not None and (before.fingerprint == GONE or before.fingerprint.startswith(OFF))
        _note_prompts(conn, owner, one, comes_back=comes_back, now=now)
    _replan(conn, owner, one.slug)


def _note_prompts(conn: Connection, owner: UUID, one: SeenSchedule, *, comes_back: bool, now: datetime) -> None:
    mine = (p.practice_id == owner) & (p.schedule == one.slug)
    known = {row.prompt: row for row in conn.execute(select(schema.prompts_seen).where(mine))}
    for prompt, timing in one.prompts.items():
        row = {"id": new_id(now), "practice_id": owner, "schedule": one.slug, "prompt": prompt}
        names = [prompt, *(name for name, present in one.formerly.items() if present == prompt)]
        earlier = [known[name] for name in names if name in known]
        times = _times(earlier, timing[:300], comes_back=comes_back, since=min(one.written_at or now, now), now=now)
        upsert(conn, schema.prompts_seen, row | times, by=("practice_id", "schedule", "prompt"))
    taken_out = mine & p.prompt.not_in(list(one.prompts))
    conn.execute(update(schema.prompts_seen).where(taken_out).values(timing=NO_TIME))


def _times(earlier: list[Row[Any]], timing: str, *, comes_back: bool, since: datetime, now: datetime) -> dict[str, Any]:
    """Since when a prompt is there and timed so; `earlier` is what was known of it under its ids."""
    if not earlier:
        return {"first_seen_at": now, "timing": timing, "timed_since": now}
    in_force = next((row for row in earlier if row.timing != NO_TIME), earlier[0])
    # What was noted before timings were has none: nothing says that it changed.
    stays = in_force.timing in (None, timing) and not comes_back
    timed = in_force.timed_since if stays else since
    return {"first_seen_at": min(row.first_seen_at for row in earlier), "timing": timing, "timed_since": timed}


def _replan(conn: Connection, owner: UUID, schedule: str) -> None:
    e, h = schema.enrolments.c, schema.coaches.c
    theirs = e.coach_id.in_(select(h.id).where(h.practice_id == owner))
    on_it = theirs & (e.schedule == schedule) & e.left_at.is_(None)
    conn.execute(update(schema.enrolments).where(on_it).values(next_due_at=None))
