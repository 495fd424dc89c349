"""What does the coach need to know today, and in which order?

Who waits for an answer, whom the coach meets, who wrote, who is quiet and why, what went wrong, of whom there is no
news; then every letter in full. Sections are decided here once, for text and HTML alike. At most ten people of a
section are expanded, the others are named.
Left out: which entries belong to a digest; the store claims them, so that each stands in exactly one.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import timedelta
from uuid import UUID

from mailer.digest.letters import Writer, asking, in_full, replied
from mailer.digest.parts import Asking, Counts, Digest, Held, Meeting, Quiet, Whole
from mailer.digest.problems import problems
from mailer.digest.roll import Entry, Roll, call_roll
from mailer.digest.signals import Reason
from mailer.model.people import Session, SessionState
from mailer.model.report import DigestFacts, EntryKind, ReplyRow

EXPANDED = 10
_WEEK = timedelta(days=7)
_FOUR_WEEKS = timedelta(days=28)
_QUIET = (Reason.SILENT, Reason.AWAY, Reason.PAUSED, Reason.STOPPED)  # in the order they are told


def build(facts: DigestFacts) -> Digest:
    """Decide one digest. The same facts give the same digest; nothing is read or remembered elsewhere."""
    roll = call_roll(facts)
    writers = roll.writers(facts.replies)
    asked = {key: found for key, writer in writers.items() if (found := asking(writer))}
    quiet = _quiet(roll, writers)
    trouble = problems(facts, roll)
    shown = dict(list(writers.items())[:EXPANDED])
    above = dict(list(asked.items())[:EXPANDED])
    whole, left_out = _in_full(facts, roll, writers, expanded=shown)
    other = _others(facts)
    spoken_of = {roll.person(key) for key in (*writers, *other)}
    spoken_of |= {each.person for each in quiet} | {each.person for each in trouble if each.person}
    return Digest(
        language=facts.coach.language,
        zone=facts.coach.zone,
        day=facts.day,
        now=facts.now,
        counts=_counts(facts, roll, replied=len(writers), asking=len(asked), quiet=len(quiet), problems=len(trouble)),
        asking=tuple(above.values()),
        more_asking=tuple(roll.person(key) for key in list(asked)[EXPANDED:]),
        sessions=_sessions(facts, roll, writers, asked=asked),
        replied=tuple(replied(writer, above=above.get(key)) for key, writer in shown.items()),
        more_replied=tuple(writer.person for writer in list(writers.values())[EXPANDED:]),
        quiet=quiet[:EXPANDED],
        more_quiet=tuple(each.person for each in quiet[EXPANDED:]),
        problems=trouble[:EXPANDED],
        more_problems=len(trouble[EXPANDED:]),
        held=tuple(Held(at=row.received_at, sender=row.sender, reason=row.reason) for row in facts.held[:EXPANDED]),
        more_held=len(facts.held[EXPANDED:]),
        other=tuple(roll.person(key) for key in other),
        no_news=tuple(entry.person for entry in roll.entries.values() if entry.person not in spoken_of),
        whole=whole,
        whole_left_out=left_out,
    )


def _counts(facts: DigestFacts, roll: Roll, *, replied: int, asking: int, quiet: int, problems: int) -> Counts:
    week = [row for row in facts.sent if facts.now - _WEEK < row.sent_at <= facts.now]
    return Counts(
        clients=len(roll.entries),
        replied=replied,
        asking=asking,
        quiet=quiet,
        problems=problems,
        held=len(facts.held),
        sessions=sum(session.state is SessionState.PLANNED for session in facts.sessions),
        sent=len(week),
        answered=sum(row.answered_at is not None for row in week),
    )


def _quiet(roll: Roll, writers: Collection[UUID]) -> tuple[Quiet, ...]:
    """The silent first, those silent longest before others; who wrote today is quiet only by a word of today."""
    found: list[tuple[Quiet, Entry]] = []
    for key, entry in roll.entries.items():
        words = [row for row in entry.rows if row.kind is EntryKind.STEERING]
        stopped_by_word = words and entry.standing.reason in {Reason.PAUSED, Reason.STOPPED}
        if entry.standing.reason not in _QUIET or (key in writers and not stopped_by_word):
            continue
        word = words[-1] if stopped_by_word else None
        quiet = Quiet(
            person=entry.person,
            standing=entry.standing,
            word=word.text if word else "",
            word_at=word.received_at if word else None,
        )
        found.append((quiet, entry))
    found.sort(key=lambda pair: (_QUIET.index(pair[0].standing.reason), _silent_since(pair[0])))
    return tuple(quiet for quiet, _ in found)


def _silent_since(quiet: Quiet) -> float:
    since = quiet.standing.since
    return since.timestamp() if since and quiet.standing.reason is Reason.SILENT else 0.0


def _sessions(
    facts: DigestFacts, roll: Roll, writers: Mapping[UUID, Writer], *, asked: Mapping[UUID, Asking]
) -> tuple[Meeting, ...]:
    return tuple(
        _meeting(session, entry, facts, wrote=entry.client.id in writers, asks=entry.client.id in asked)
        for session in sorted(facts.sessions, key=lambda session: session.starts_at)
        if (entry := roll.entries.get(session.client_id))
    )


def _meeting(session: Session, entry: Entry, facts: DigestFacts, *, wrote: bool, asks: bool) -> Meeting:
    return Meeting(
        person=entry.person,
        number=session.number,
        at=session.starts_at,
        cancelled=session.state is SessionState.CANCELLED,
        ratings=tuple(row.value for row in entry.ratings if row.at > facts.now - _FOUR_WEEKS),
        wrote=wrote,
        asks=asks,
        standing=entry.standing,
    )


def _in_full(
    facts: DigestFacts, roll: Roll, writers: Mapping[UUID, Writer], *, expanded: Collection[UUID]
) -> tuple[tuple[Whole, ...], int]:
    """Letters in the order of the people above; automatic ones last, as one may be a person's after all."""
    told: list[ReplyRow] = [row for writer in writers.values() for row in writer.rows if row.kind is EntryKind.REPLY]
    automatic = [row for row in facts.replies if row.kind is EntryKind.AUTO_REPLY]
    return in_full([(roll.person(row.client_id), row) for row in told + automatic], expanded=expanded)


def _others(facts: DigestFacts) -> tuple[UUID, ...]:
    """Of whom receipts, reactions and the like came, each once, in order."""
    return tuple(dict.fromkeys(row.client_id for row in facts.replies if row.kind is EntryKind.OTHER))
