"""The story of one occurrence, a line for each thing it hangs on, in the order in which they are asked.

Who, the line of the schedule, the day the calendar calls for, zone and clocks, own time of day, quiet times, conditions
as they stand now, pauses, the week's limit with the letters that count, and then what was decided or will be.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from mailer.flow.why import Occurrence
from mailer.model.outgoing import OutboxState
from mailer.model.people import ClientState, Delivery
from mailer.model.plan import Due, SkipReason
from mailer.schedule.conditions import Condition, Rules, Situation
from mailer.schedule.due import opens_at, place_of
from mailer.schedule.own_time import at_own_time
from mailer.schedule.quiet import PlanRules
from mailer.store.occurrence_view import DecidedOccurrence, LetterRow

Line = tuple[str, str]  # what, and what is so
DAYS = timedelta(days=1)

_DELIVERY = {
    Delivery.OK: "letters arrive",
    Delivery.FAILING: "letters failed lately, and are tried on",
    Delivery.DEAD: "the address does not exist: no prompt goes until it changes",
}
_LETTER = {
    OutboxState.QUEUED: "waits to be sent",
    OutboxState.CLAIMED: "is in hand just now",
    OutboxState.SENDING: "is being sent just now",
    OutboxState.SENT: "sent",
    OutboxState.UNKNOWN: "may have been sent: the connection broke; `mailer outbox settle` says which",
    OutboxState.REFUSED: "refused by the server",
    OutboxState.CANCELLED: "cancelled",
    OutboxState.EXPIRED: "not sent: its time ran out",
    OutboxState.HELD: "held: it cannot be written as things stand",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What the story needs beside the occurrence: the rules of the installation, and the place of the line."""

    rules: PlanRules
    line: int  # of `when` in its file; 0 where unknown
    held: str = ""  # why its letter could not be written, where it is still to come


def story(occurrence: Occurrence, told: Told, *, now: datetime) -> list[Line]:
    """The lines, in order."""
    lines = [_who(occurrence), _line(occurrence, told)]
    if occurrence.due is not None:
        lines += _time(occurrence, occurrence.due, told, now=now)
    lines += _conditions(occurrence, now=now)
    lines += [_pause(occurrence), *_limit(occurrence, told)]
    if occurrence.decided is not None and not (occurrence.decided.withdrawn_at and occurrence.decision):
        lines += _decided(occurrence.decided, ZoneInfo(occurrence.client.zone))
    else:
        lines += _to_come(occurrence, told, now=now)
    return lines


def _who(occurrence: Occurrence) -> Line:
    client = occurrence.client
    on = occurrence.mine.enrolment if occurrence.mine else None
    since = f"on {occurrence.schedule.slug} from {on.start}" if on else f"not on {occurrence.schedule.slug} any more"
    until = f" to {on.end}" if on and on.end else ""
    return "who", f"{client.slug}, {client.state.value}; {_DELIVERY[client.delivery]}; {since}{until}"


def _line(occurrence: Occurrence, told: Told) -> Line:
    schedule, prompt = occurrence.schedule, occurrence.prompt
    place = f"{schedule.slug}.toml" + (f":{told.line}" if told.line else "")
    off = "" if schedule.enabled else "; enabled = false, so nothing of it is sent"
    return "line", f'{place}: prompt "{prompt.id}" goes {prompt.reason}{off}'


def _time(occurrence: Occurrence, due: Due, told: Told, *, now: datetime) -> Iterator[Line]:
    client, zone = occurrence.client, ZoneInfo(occurrence.client.zone)
    yield "day", f"{due.local:%A %Y-%m-%d} where {client.slug} lives{_about(occurrence, due)}"
    yield "zone", f"{client.zone}, {_offset(due.at, zone)} then{_clocks(due, zone, now=now)}"
    own = client.habits.own_time
    if own is None:
        yield "own time", "none; the time of the schedule counts"
    elif at_own_time(occurrence.prompt.when, own) == occurrence.prompt.when:
        yield "own time", f"{own:%H:%M}, but this prompt keeps the schedule's"
    else:
        yield "own time", f"{own:%H:%M}, in place of the schedule's"
    yield "quiet", _quiet(occurrence, due, told)


def _about(occurrence: Occurrence, due: Due) -> str:
    sessions = occurrence.mine.sessions if occurrence.mine else ()
    session = next((one for one in sessions if one.id == due.about), None)
    if session is not None:
        starts = session.starts_at.astimezone(ZoneInfo(occurrence.client.zone))
        return f"; it hangs on session {session.number}, {starts:%a %Y-%m-%d %H:%M}"
    promises = occurrence.mine.promises if occurrence.mine else ()
    promise = next((one for one in promises if one.id == due.about), None)
    return f"; it hangs on a promise for {promise.due_on}" if promise is not None else ""


def _offset(at: datetime, zone: ZoneInfo) -> str:
    written = f"{at.astimezone(zone):%z}"
    return f"UTC{written[:3]}:{written[3:5]}"


def _clocks(due: Due, zone: ZoneInfo, *, now: datetime) -> str:
    if due.shifted:
        return "; the clocks jump over its time that day, so it is the first moment after the jump"
    then, today = _offset(due.at, zone), _offset(now, zone)
    return f"; the clocks change in between, today it is {today}" if then != today else ""


def _quiet(occurrence: Occurrence, due: Due, told: Told) -> str:
    if due.never is not None and due.never[0] is SkipReason.QUIET:
        return due.never[1]
    if due.moved:
        return f"{due.moved}, to {due.local:%a %H:%M}"
    if occurrence.mine is None:
        return "nothing quiet at that time"
    place = place_of(occurrence.schedule, occurrence.prompt, occurrence.mine, told.rules)
    return f"nothing quiet at that time{f'; quiet hours are {place.quiet.hours}' if place.quiet.hours else ''}"


def _conditions(occurrence: Occurrence, *, now: datetime) -> Iterator[Line]:
    if occurrence.mine is None:
        return
    about = occurrence.due.about if occurrence.due else None
    situation = Situation(occurrence.mine, now, occurrence.anchor, occurrence.schedule.names, about)
    rules = occurrence.prompt.rules
    for name, conditions in (("only_if", rules.only_if), ("skip_if", rules.skip_if), ("stop_on", rules.stop_on)):
        for one in conditions:
            so = _holds(name, one, situation)
            against = so if name != "only_if" else not so
            yield name, f"{one.text}: {'true' if so else 'false'} now{', which stands against it' if against else ''}"


def _holds(name: str, condition: Condition, situation: Situation) -> bool:
    """Whether it is so now: what would be skipped for it, or end."""
    rules = Rules(stop_on=(condition,)) if name == "stop_on" else Rules(skip_if=(condition,))
    return rules.objection(situation) is not None


def _pause(occurrence: Occurrence) -> Line:
    client = occurrence.client
    if client.state is ClientState.STOPPED:
        return "pause", "the client wrote STOP"
    if client.state is not ClientState.PAUSED:
        return "pause", "none"
    until = client.paused_until
    local = (
        f"until {until.astimezone(ZoneInfo(client.zone)):%a %Y-%m-%d %H:%M}" if until else "until someone resumes it"
    )
    return "pause", f"paused {local}"


def _limit(occurrence: Occurrence, told: Told) -> Iterator[Line]:
    """The letters of the client's own week, Monday to Sunday, that the limit counts."""
    if occurrence.facts is None or occurrence.due is None:
        return
    zone = ZoneInfo(occurrence.client.zone)
    due = occurrence.due
    monday = due.local.date() - due.local.weekday() * DAYS
    gone = [(one.at.astimezone(zone), f"{one.schedule}/{one.prompt}") for one in occurrence.facts.sent]
    coming = [(one.local, f"{one.schedule}/{one.prompt}") for one in occurrence.before]
    week = [(at, name) for at, name in sorted([*gone, *coming]) if monday <= at.date() < monday + 7 * DAYS]
    counted = ", ".join(f"{name} ({at:%A})" for at, name in week) or "none"
    yield "limit", f"{told.rules.letters_per_week} letters a week; counted in that of Monday {monday}: {counted}"


def _decided(decided: DecidedOccurrence, zone: ZoneInfo) -> Iterator[Line]:
    at = f"{decided.decided_at.astimezone(zone):%a %Y-%m-%d %H:%M}"
    if decided.skipped:
        yield "decided", f"{at}: no letter ({decided.skipped}). {decided.detail}".rstrip()
    else:
        late = ", late" if decided.late else ""
        yield "decided", f"{at}: a letter{late}, due {decided.due_at.astimezone(zone):%a %Y-%m-%d %H:%M}"
    if decided.withdrawn_at is not None:
        yield "withdrawn", f"{decided.withdrawn_at.astimezone(zone):%a %Y-%m-%d %H:%M}: {decided.detail}"
    for letter in decided.letters:
        yield "letter", _letter(letter, zone)


def _letter(letter: LetterRow, zone: ZoneInfo) -> str:
    settled = f" {letter.settled_at.astimezone(zone):%a %Y-%m-%d %H:%M}" if letter.settled_at else ""
    said = [f"{_LETTER[letter.state]}{settled}"]
    if letter.attempts:
        said.append(f"{letter.attempts} attempt{'' if letter.attempts == 1 else 's'}")
    if letter.code:
        said.append(f"the server said {letter.code}")
    if letter.state is OutboxState.QUEUED and letter.attempts:
        said.append(f"next at {letter.next_attempt_at.astimezone(zone):%H:%M}")
    if letter.detail:
        said.append(letter.detail)
    return f"{', '.join(said)} (id {letter.id.hex[-8:]})"


def _to_come(occurrence: Occurrence, told: Told, *, now: datetime) -> Iterator[Line]:
    due, decision = occurrence.due, occurrence.decision
    if due is None:
        return
    if decision is None:
        yield "outcome", _why_not_to_come(occurrence, due, now=now)
    elif decision.skip is not None:
        yield "outcome", f"no letter ({decision.skip.value}), as things stand. {decision.detail}".rstrip()
    elif told.held:
        yield "outcome", f"no letter (held), as things stand: it cannot be written. {told.held}"
    else:
        zone = ZoneInfo(occurrence.client.zone)
        until = min(decision.expires_at or due.until, due.until).astimezone(zone)
        when = f"{due.local:%a %Y-%m-%d %H:%M} ({due.at:%Y-%m-%d %H:%MZ})"
        yield "outcome", f"it goes out {when}, as things stand, and not later than {until:%a %H:%M}"


def _why_not_to_come(occurrence: Occurrence, due: Due, *, now: datetime) -> str:
    if not occurrence.schedule.enabled:
        return "no letter: the schedule is switched off"
    opens = opens_at(occurrence.prompt, occurrence.mine, now=now) if occurrence.mine else now
    if due.at < opens:
        since = f"{opens.astimezone(ZoneInfo(occurrence.client.zone)):%a %Y-%m-%d %H:%M}"
        return f"no letter: it lay before {since}, when the prompt or the enrolment began to count"
    if due.at > now:
        return "too far ahead to be told; the calendar calls for it"
    return "its time has passed, and nothing was written down about it"
