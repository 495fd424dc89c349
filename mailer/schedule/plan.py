"""What is to be written down now for one client on one schedule, and what will be, if nothing changes?

Nothing here knows a clock: `now` is an argument, and the same facts give the same plan. What `mailer plan` shows is
found by taking the same step at every future due time, each on the facts that the steps before it leave behind.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from mailer.model.plan import Decision, PlanFacts, PromptHistory
from mailer.schedule.book import Prompt, Schedule
from mailer.schedule.decide import decide, superseded
from mailer.schedule.due import dues, is_decided, newest_dues, next_due, opens_at

__all__ = ["decide", "dues", "next_due", "plan_now", "upcoming"]

MOST_MISSED = 31  # occurrences of one prompt that are looked back at; a downtime of years must not cost years


def plan_now(schedule: Schedule, facts: PlanFacts, *, since: datetime, now: datetime) -> list[Decision]:
    """Every decision due by `now` and not yet written down, in order of time.

    Looks back to `since`, at least as far as a letter may be late, and never before the prompt or the enrolment was
    there. Of several letters of one prompt that could still go only the newest does; of those missed in a long
    downtime the newest 31 are named.
    """
    if not schedule.enabled:
        return []
    decisions = [one for prompt in schedule.prompts for one in _plan_prompt(schedule, prompt, facts, since, now)]
    return sorted(decisions, key=lambda decision: decision.due.at)


def upcoming(schedule: Schedule, facts: PlanFacts, *, now: datetime, until: datetime) -> list[Decision]:
    """What plan_now will decide from now until then, in order, if nothing changes in the meantime.

    Begins with what is open at this moment; a letter counts as sent at its time, and as unanswered.
    """
    facts = _seen_by(now, schedule, facts)
    decisions: list[Decision] = []
    moment = now
    while True:
        step = plan_now(schedule, facts, since=moment, now=moment)
        decisions += step
        facts = _as_if_done(facts, step, moment)
        following = next_due(schedule, facts, after=moment)
        if following is None or following.at > until:
            return decisions
        moment = following.at


def _plan_prompt(
    schedule: Schedule, prompt: Prompt, facts: PlanFacts, since: datetime, now: datetime
) -> list[Decision]:
    horizon = max(min(since, now - prompt.max_late), opens_at(prompt, facts, now=now))
    found = newest_dues(schedule, prompt, facts, since=horizon, now=now, most=MOST_MISSED)
    decisions = [decide(due, schedule, facts, now=now) for due in found if not is_decided(prompt, due.anchor, facts)]
    last_to_go = next((one for one in reversed(decisions) if one.skip is None), None)
    return [superseded(one) if one.skip is None and one is not last_to_go else one for one in decisions]


def _seen_by(now: datetime, schedule: Schedule, facts: PlanFacts) -> PlanFacts:
    """The facts once every prompt has been seen: those nobody had seen are seen now."""
    new = {prompt.id: now for prompt in schedule.prompts if not any(name in facts.first_seen for name in prompt.names)}
    return replace(facts, first_seen={**new, **facts.first_seen}) if new else facts


def _as_if_done(facts: PlanFacts, decisions: list[Decision], at: datetime) -> PlanFacts:
    if not decisions:
        return facts
    dues = [decision.due for decision in decisions]
    sent = [
        PromptHistory(prompt=one.due.prompt, anchor=one.due.anchor, sent_at=at) for one in decisions if one.skip is None
    ]
    return replace(
        facts,
        decided=facts.decided | {(due.prompt, due.anchor) for due in dues},
        history=(*facts.history, *sent),
    )
