"""What does a coach's calendar change about the sessions that are written down?

An event is known again by its source, so a session that moves stays the same session. Sessions noted by hand, changed
by hand or over are never cancelled here. Where an event went away and another of the same client came within a few
days, the session moved: calendars write a new event where a person drags a whole series or deletes and writes anew.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from mailer.model.calendar import Changes, KnownSession, Moved, Trouble, Wanted
from mailer.model.people import Session, SessionState

NEAR = timedelta(days=4)  # a session that went away and one that came so close are the same one, moved
SUDDENLY = 3  # so many sessions do not vanish at once without someone saying so


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What a calendar tells, as digests of its events."""

    wanted: Sequence[Wanted]  # events that are sessions
    cancelled: Mapping[bytes, int]  # source -> sequence of events that are called off
    doubtful: Set[bytes]  # events that could be anybody's: what they stood for stays as it is
    whole: bool  # what is not in it does not exist
    until: datetime  # aware UTC: how far it was read
    in_doubt: bool = False  # a file somebody named: it may hold a single event, and be meant as no more


@dataclass
class _Draft:
    """The changes so far."""

    added: list[Wanted] = field(default_factory=list)
    moved: list[Moved] = field(default_factory=list)
    cancelled: list[Session] = field(default_factory=list)
    noted: list[Moved] = field(default_factory=list)
    released: list[Session] = field(default_factory=list)
    unchanged: int = 0
    skipped: list[Trouble] = field(default_factory=list)
    replaced: set[UUID] = field(default_factory=set)  # went away, and moved to where another came
    refused: str = ""


def reconcile(known: Sequence[KnownSession], told: Told, *, now: datetime, force: bool = False) -> Changes:
    """The changes, such that no two sessions of a client overlap.

    1. events known already: unchanged, moved, or left alone where a person or a newer revision has spoken
    2. what was called off or is not there any more, unless all of it is gone at once
    3. what went away and came back close by is moved; an event at the time of a session noted by hand is that session
    4. of two at one time, what is there stays, or the first; the other is told
    """
    draft = _Draft()
    by_source = {one.source: one for one in known if one.source is not None}
    for wanted in sorted(told.wanted, key=lambda one: (one.starts_at, one.source)):
        _take(wanted, by_source.get(wanted.source), draft, now=now)
    missing = _let_go(by_source, told, draft, now=now)
    _pair(draft, now=now)
    if not force:
        _believe(missing, told, draft, now=now)
    _adopt(known, draft)
    _keep_apart(known, draft)
    return Changes(
        added=tuple(draft.added),
        moved=tuple(draft.moved),
        cancelled=tuple(draft.cancelled),
        noted=tuple(draft.noted),
        released=tuple(draft.released),
        unchanged=draft.unchanged,
        skipped=tuple(draft.skipped),
        refused=draft.refused,
    )


def _take(wanted: Wanted, there: KnownSession | None, draft: _Draft, *, now: datetime) -> None:
    if there is None:
        draft.added.append(wanted)
        return
    session = there.session
    planned = session.state is SessionState.PLANNED
    same = planned and (session.starts_at, session.ends_at) == (wanted.starts_at, wanted.ends_at)
    if session.client_id != wanted.client_id:
        draft.released.append(session)
        draft.added.append(wanted)
        if planned and session.starts_at > now:
            draft.cancelled.append(session)
    elif same and there.sequence != wanted.sequence and (there.sequence is None or there.sequence < wanted.sequence):
        draft.noted.append(Moved(session=session, wanted=wanted))
        draft.unchanged += 1
    elif same:
        draft.unchanged += 1
    elif there.sequence is None:
        done = "moved" if planned else "cancelled"
        draft.skipped.append((wanted.what, f"its session was {done} here by hand, and that stays"))
    elif wanted.sequence < there.sequence:
        draft.skipped.append((wanted.what, "a newer revision of this event has been read before"))
    elif planned and session.ends_at <= now:
        draft.released.append(session)
        draft.added.append(wanted)
    else:
        draft.moved.append(Moved(session=session, wanted=wanted))


def _let_go(by_source: Mapping[bytes, KnownSession], told: Told, draft: _Draft, *, now: datetime) -> set[UUID]:
    """What was called off or is not there any more; gives the sessions whose event is merely not there."""
    present = {one.source for one in told.wanted} | told.doubtful
    missing = set()
    for source, one in by_source.items():
        session = one.session
        if one.sequence is None or session.state is not SessionState.PLANNED or session.starts_at <= now:
            continue
        if source in told.cancelled:
            off = told.cancelled[source] >= one.sequence
        else:
            off = told.whole and source not in present and session.starts_at < told.until
            missing |= {session.id} if off else set()
        draft.cancelled += [session] if off else []
    return missing


def _believe(missing: Set[UUID], told: Told, draft: _Draft, *, now: datetime) -> None:
    """Cancels nothing where so much is not there any more that the calendar itself is in doubt."""
    gone = [one for one in draft.cancelled if one.id in missing]
    left = sum(one.starts_at > now for one in told.wanted)
    if len(gone) > left if told.in_doubt else len(gone) >= SUDDENLY and not left:
        has = "not one session is" if not left else f"only {left} session{' is' if left == 1 else 's are'}"
        draft.refused = (
            f"{has} in the calendar, while {len(gone)} that came from there before {'is' if len(gone) == 1 else 'are'} "
            "ahead; none was cancelled. If that is meant, say so: `mailer session import --force`"
        )
        draft.cancelled = [one for one in draft.cancelled if one.id not in missing]


def _pair(draft: _Draft, *, now: datetime) -> None:
    """What went away and what came close by, nearest first, is one session that moved."""
    near = sorted(_near(draft, now=now), key=lambda pair: (pair[0], pair[1].starts_at, pair[2].source))
    for distance, session, wanted in near:
        if session not in draft.cancelled or wanted not in draft.added:
            continue
        same = not distance and session.ends_at == wanted.ends_at
        (draft.noted if same else draft.moved).append(Moved(session=session, wanted=wanted))
        draft.unchanged += same
        draft.replaced.add(session.id)
        draft.added.remove(wanted)
        draft.cancelled.remove(session)
        draft.released = [one for one in draft.released if one.id != session.id]


def _near(draft: _Draft, *, now: datetime) -> Iterator[tuple[timedelta, Session, Wanted]]:
    coming: dict[UUID, list[Wanted]] = {}
    for wanted in draft.added:
        if wanted.starts_at > now:
            coming.setdefault(wanted.client_id, []).append(wanted)
    for session in draft.cancelled:
        for wanted in coming.get(session.client_id, ()):
            distance = abs(wanted.starts_at - session.starts_at)
            if distance <= NEAR:
                yield distance, session, wanted


def _adopt(known: Iterable[KnownSession], draft: _Draft) -> None:
    """An event that begins with a session noted by hand is that session."""
    by_hand = {
        (one.session.client_id, one.session.starts_at): one.session
        for one in known
        if one.source is None and one.session.state is SessionState.PLANNED
    }
    for wanted in list(draft.added):
        session = by_hand.pop((wanted.client_id, wanted.starts_at), None)
        if session is not None:
            draft.added.remove(wanted)
            same = session.ends_at == wanted.ends_at
            (draft.noted if same else draft.moved).append(Moved(session=session, wanted=wanted))
            draft.unchanged += same


def _keep_apart(known: Sequence[KnownSession], draft: _Draft) -> None:
    """Takes back changes until no session overlaps another of its client; a move taken back may be in the way anew."""
    while clashes := [clash for places in _places(known, draft).values() for clash in _clashes(places)]:
        out = {id(wanted) for wanted, _ in clashes}
        back = [one.session for one in draft.moved if id(one.wanted) in out and one.session.id in draft.replaced]
        draft.cancelled += back
        draft.added = [one for one in draft.added if id(one) not in out]
        draft.moved = [one for one in draft.moved if id(one.wanted) not in out]
        draft.skipped += [(wanted.what, f"it overlaps {other} of the same client") for wanted, other in clashes]


@dataclass(frozen=True, slots=True)
class _Place:
    starts_at: datetime
    ends_at: datetime
    wanted: Wanted | None  # None: written down as it is, and stays so
    words: str


def _clashes(places: list[_Place]) -> Iterator[tuple[Wanted, str]]:
    """Of one client's sessions, those that cannot be: what is written down stays, and of two others the earlier."""
    standing = [place for place in places if place.wanted is None]
    coming = [(place.starts_at, place.ends_at, number) for number, place in enumerate(places) if place.wanted]
    for starts_at, ends_at, number in sorted(coming):
        other = next((one for one in standing if one.starts_at < ends_at and one.ends_at > starts_at), None)
        if other is None:
            standing.append(places[number])
        elif (wanted := places[number].wanted) is not None:
            yield wanted, other.words


def _places(known: Sequence[KnownSession], draft: _Draft) -> dict[UUID, list[_Place]]:
    """Every session as it would be, by client."""
    changed = {one.session.id for one in draft.moved} | {one.id for one in draft.cancelled}
    found: dict[UUID, list[_Place]] = {}
    for one in known:
        session = one.session
        if session.state is SessionState.PLANNED and session.id not in changed:
            words = f"session {session.number} ({session.starts_at:%Y-%m-%d %H:%MZ})"
            found.setdefault(session.client_id, []).append(_Place(session.starts_at, session.ends_at, None, words))
    for wanted in (*draft.added, *(one.wanted for one in draft.moved)):
        place = _Place(wanted.starts_at, wanted.ends_at, wanted, wanted.what)
        found.setdefault(wanted.client_id, []).append(place)
    return found
