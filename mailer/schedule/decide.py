"""What becomes of an occurrence that is due: does the letter go, and if not, why not?

The first of these that applies decides: whether the client may be written to at all, whether it can go at any time,
whether something newer of the same prompt has gone out, whether it is too late, and what the prompt's own rules say.

A planner wakes a moment after the time, never at it. For ten minutes a letter counts as on time and is judged by the
moment it was due, which is what the plan showed; after that by the moment it is noticed. A letter that is late and
falls into a quiet time waits for its end, as long as that is not too late.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from mailer.durations import say_duration
from mailer.model.people import ClientState, Delivery
from mailer.model.plan import Decision, Due, PlanFacts, SkipReason
from mailer.schedule.book import Prompt
from mailer.schedule.conditions import Situation
from mailer.schedule.due import Place, zone_named
from mailer.schedule.own_time import at_own_time
from mailer.schedule.quiet import waits_until
from mailer.schedule.when import AroundPromise, AroundSession

LATE = timedelta(minutes=10)  # from here on a letter that goes is marked as late

Refusal = tuple[SkipReason, str] | None


def decide(due: Due, place: Place, *, now: datetime) -> Decision | datetime:
    """Whether the letter goes at `now`, or the moment it waits for; `detail` says in a sentence why it does not go."""
    facts, prompt = place.facts, place.prompt
    refused = (
        _client_forbids(due, facts)
        or _client_missed(due, facts)
        or due.never
        or _behind(due, place)
        or (_overtaken(due, prompt, facts) if is_one_of_a_series(prompt) else None)
        or _too_late(due, prompt, now)
    )
    if refused is not None:
        return Decision(due=due, skip=refused[0], detail=refused[1])
    goes_at = waits_until(place.quiet, now, until=due.until) if _is_late(due, now) else now
    if goes_at is None:
        return Decision(due=due, skip=SkipReason.QUIET, detail="It was noticed late, and a quiet time has begun.")
    if goes_at > now:  # its rules are judged when it goes, whatever they say in the meantime
        return goes_at
    refused = _rules_forbid(due, place, now if _is_late(due, now) else due.at)
    return _goes(due, place, now=now) if refused is None else Decision(due=due, skip=refused[0], detail=refused[1])


def is_one_of_a_series(prompt: Prompt) -> bool:
    """Whether a newer occurrence can stand in for an older one: letters about two sessions or promises never can."""
    return not isinstance(prompt.when, AroundSession | AroundPromise)


def instead(decision: Decision, reason: SkipReason, detail: str) -> Decision:
    """The same occurrence, given up after all."""
    return Decision(due=decision.due, skip=reason, detail=detail)


def _goes(due: Due, place: Place, *, now: datetime) -> Decision:
    late = _is_late(due, now)
    said = f"It goes {_roughly(now - due.at)} after its time." if late else ""
    if due.moved:
        said = " ".join(filter(None, [said, f"{due.moved[:1].upper()}{due.moved[1:]}."]))
    return Decision(
        due=due,
        detail=said,
        late=late,
        expires_at=_expires(due, place, now=now),
        closes=place.prompt.supersedes,
    )


def _is_late(due: Due, now: datetime) -> bool:
    return now - due.at > LATE


def _expires(due: Due, place: Place, *, now: datetime) -> datetime | None:
    """Where a quiet time begins; a letter that goes just before has the minutes it takes to send one."""
    begins = place.quiet.begins(now if _is_late(due, now) else due.at, stop=due.until)
    return None if begins is None else min(max(begins, now + LATE), due.until)


def _client_forbids(due: Due, facts: PlanFacts) -> Refusal:
    client = facts.client
    match client.state:
        case ClientState.LEFT | ClientState.FORGOTTEN:
            return SkipReason.LEFT, "The client has left."
        case ClientState.STOPPED:
            return SkipReason.STOPPED, "The client wrote STOP."
        case ClientState.PAUSED if client.paused_until is None:
            return SkipReason.PAUSED, "The client is paused until someone writes RESUME."
        case ClientState.PAUSED if client.paused_until is not None and due.at < client.paused_until:
            until = client.paused_until.astimezone(zone_named(client.zone))
            return SkipReason.PAUSED, f"The client is paused until {until:%Y-%m-%d %H:%M} ({client.zone})."
    return None


def _client_missed(due: Due, facts: PlanFacts) -> Refusal:
    client = facts.client
    if client.delivery is Delivery.DEAD:
        return SkipReason.ADDRESS_DEAD, "The client's address does not exist; prompts wait for a new one."
    if client.active_since is not None and due.at < client.active_since:
        return SkipReason.PAUSED, "The client was paused at that time."
    return None


def _behind(due: Due, place: Place) -> Refusal:
    """A time that was moved to where it had passed already does not count: nothing goes the moment a file is saved."""
    facts, prompt = place.facts, place.prompt
    since = max((facts.timed_since[name] for name in prompt.names if name in facts.timed_since), default=None)
    if since is not None and due.at < since:
        return SkipReason.TOO_LATE, "Its time had passed when the schedule was changed."
    habits, changed = facts.client.habits, facts.client.habits_since
    if changed is not None and due.at < changed and at_own_time(prompt.when, habits.own_time) is not prompt.when:
        return SkipReason.TOO_LATE, "Its time had passed when the client's own time of day was changed."
    return None


def _overtaken(due: Due, prompt: Prompt, facts: PlanFacts) -> Refusal:
    """A letter that went out at or after this time stands in its place: a time added later repeats nothing."""
    others = (one for one in facts.history if one.prompt in prompt.names and one.anchor != due.anchor)
    if any(letter.sent_at >= due.at for letter in others):
        return SkipReason.SUPERSEDED, "A letter of the same prompt has gone out since."
    return None


def _too_late(due: Due, prompt: Prompt, now: datetime) -> Refusal:
    if now <= due.until:
        return None
    if due.until < due.at + prompt.max_late:
        return SkipReason.TOO_LATE, f"It was noticed {_roughly(now - due.at)} after its time; the session has begun."
    allowed = say_duration(prompt.max_late)
    return SkipReason.TOO_LATE, f"It was noticed {_roughly(now - due.at)} after its time; {allowed} are allowed."


def _rules_forbid(due: Due, place: Place, now: datetime) -> Refusal:
    situation = Situation(place.facts, now, due.anchor, place.schedule.names, due.about)
    objection = place.prompt.rules.objection(situation)
    return None if objection is None else (SkipReason.CONDITION, objection)


def _roughly(length: timedelta) -> str:
    """A length as a person would say it: its largest unit."""
    for unit, size in (("day", timedelta(days=1)), ("hour", timedelta(hours=1)), ("minute", timedelta(minutes=1))):
        if length >= size:
            number = length // size
            return f"{number} {unit}{'' if number == 1 else 's'}"
    return "moments"
