"""What becomes of an occurrence that is due: does the letter go, and if not, why not?

The first of these that applies decides: whether the client may be written to at all, whether something newer of the
same prompt has gone out, whether it is too late, and what the prompt's own rules say.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from mailer.durations import say_duration
from mailer.model.people import ClientState, Delivery
from mailer.model.plan import Decision, Due, PlanFacts, SkipReason
from mailer.schedule.book import Prompt, Schedule
from mailer.schedule.conditions import Situation
from mailer.schedule.due import zone_named

LATE = timedelta(minutes=10)  # from here on a letter that goes is marked as late

Refusal = tuple[SkipReason, str] | None


def decide(due: Due, schedule: Schedule, facts: PlanFacts, *, now: datetime) -> Decision:
    """Whether the letter goes at `now`; where it does not, `detail` says why in one sentence."""
    prompt = schedule.prompt(due.prompt)
    refused = (
        _client_forbids(due, facts)
        or _overtaken(due, prompt, facts)
        or _too_late(due, prompt, now)
        or _rules_forbid(due, prompt, schedule, facts, now)
    )
    if refused is not None:
        return Decision(due=due, skip=refused[0], detail=refused[1])
    late = now - due.at > LATE
    return Decision(due=due, late=late, detail=f"It goes {_roughly(now - due.at)} after its time." if late else "")


def superseded(decision: Decision) -> Decision:
    """The same occurrence, given up in favour of a newer one of its prompt."""
    return Decision(
        due=decision.due,
        skip=SkipReason.SUPERSEDED,
        detail="A newer letter of the same prompt goes in its place.",
    )


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
    if client.delivery is Delivery.DEAD:
        return SkipReason.ADDRESS_DEAD, "The client's address does not exist; prompts wait for a new one."
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


def _rules_forbid(due: Due, prompt: Prompt, schedule: Schedule, facts: PlanFacts, now: datetime) -> Refusal:
    objection = prompt.rules.objection(Situation(facts, now, due.anchor, schedule.names))
    return None if objection is None else (SkipReason.CONDITION, objection)


def _roughly(length: timedelta) -> str:
    """A length as a person would say it: its largest unit."""
    for unit, size in (("day", timedelta(days=1)), ("hour", timedelta(hours=1)), ("minute", timedelta(minutes=1))):
        if length >= size:
            number = length // size
            return f"{number} {unit}{'' if number == 1 else 's'}"
    return "moments"
