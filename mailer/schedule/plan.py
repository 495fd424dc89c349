"""What is to be written down now for one client, and what will be, if nothing changes?

Nothing here knows a clock: `now` is an argument, and the same facts give the same plan. What `mailer plan` shows is
found by taking the same step at every future due time, each on the facts that the steps before it leave behind.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import groupby

from mailer.model.plan import (
    ClientFacts,
    Decision,
    Due,
    PlanFacts,
    Planned,
    PromptHistory,
    SentPrompt,
    SkipReason,
)
from mailer.schedule.anchored import THE_END
from mailer.schedule.book import Book, Prompt, Schedule
from mailer.schedule.decide import decide, instead, is_one_of_a_series
from mailer.schedule.due import NO_RULES, Place, is_decided, newest_dues, next_of, opens_at, place_of
from mailer.schedule.quiet import PlanRules
from mailer.schedule.weekly_limit import within_limit
from mailer.schedule.when import AroundPromise

_Outcome = tuple[Due, Decision | datetime]  # what becomes of it now, or the moment it waits for
MOST_MISSED = 31  # occurrences of one prompt that are looked back at; a downtime of years must not cost years


@dataclass(frozen=True, slots=True)
class _Step:
    """What one schedule asks for now, before the week's limit."""

    facts: PlanFacts
    decisions: list[Decision]
    waiting: list[datetime]  # moments that letters wait for: ends of quiet times


def plan_client(book: Book, rules: PlanRules, facts: ClientFacts, *, now: datetime) -> tuple[Planned, ...]:
    """Every decision due by `now` and not yet written down, and when to look again, for each enrolment.

    Looks back to when each was last planned, at least as far as a letter may be late, and never before the prompt or
    the enrolment was there. Of several letters of one prompt that could still go only the newest does; of those missed
    in a long downtime the newest 31 are named.
    """
    steps = _steps(book, rules, facts, now=now, turns=[True] * len(facts.enrolments))
    return tuple(
        Planned(
            enrolment_id=step.facts.enrolment.id,
            decisions=tuple(step.decisions),
            next_due_at=_next(book, rules, step.facts, step.waiting, now=now),
        )
        for step in steps
    )


def upcoming(book: Book, rules: PlanRules, facts: ClientFacts, *, now: datetime, until: datetime) -> list[Decision]:
    """What plan_client will decide from now until then, in order, if nothing changes in the meantime.

    Begins with what is open at this moment; a letter counts as sent at its time, and as unanswered.
    """
    facts = replace(facts, enrolments=tuple(_seen_by(now, book, one) for one in facts.enrolments))
    decisions: list[Decision] = []
    looks: list[datetime | None] = [now] * len(facts.enrolments)  # when there is something to decide for each
    while (moment := min(filter(None, looks), default=THE_END)) <= until:
        turns = [look == moment for look in looks]
        steps = _steps(book, rules, facts, now=moment, turns=turns)
        decisions += sorted((one for step in steps for one in step.decisions), key=lambda one: one.due.at)
        facts = _as_if_done(facts, steps, moment)
        looks = [
            _next(book, rules, facts.enrolments[n], steps[n].waiting, now=moment) if turn else looks[n]
            for n, turn in enumerate(turns)
        ]
    return decisions


def plan_now(
    schedule: Schedule, facts: PlanFacts, *, since: datetime, now: datetime, rules: PlanRules = NO_RULES
) -> list[Decision]:
    """What one schedule alone asks for, without the week's limit."""
    return _step(schedule, rules, replace(facts, planned_until=since), now=now).decisions


def _steps(book: Book, rules: PlanRules, facts: ClientFacts, *, now: datetime, turns: Sequence[bool]) -> list[_Step]:
    """One step for each enrolment, in their order, the week's limit kept; an empty one where it is not their turn."""
    steps = [
        _step(book.schedules.get(one.enrolment.schedule), rules, one, now=now) if turn else _Step(one, [], [])
        for one, turn in zip(facts.enrolments, turns, strict=True)
    ]
    decisions = [one for step in steps for one in step.decisions]
    if any(one.skip is None for one in decisions):
        allowed = iter(within_limit(decisions, book, rules, facts, now=now))
        steps = [_Step(step.facts, [next(allowed) for _ in step.decisions], step.waiting) for step in steps]
    return steps


def _step(schedule: Schedule | None, rules: PlanRules, facts: PlanFacts, *, now: datetime) -> _Step:
    step = _Step(facts, [], [])
    if schedule is not None and schedule.enabled:
        for prompt in schedule.prompts:
            _plan_prompt(place_of(schedule, prompt, facts, rules), step, now=now)
        step.decisions.sort(key=lambda decision: decision.due.at)
        step.decisions[:] = _none_closed(step.decisions)
    return step


def _plan_prompt(place: Place, step: _Step, *, now: datetime) -> None:
    prompt, facts = place.prompt, place.facts
    horizon = max(min(facts.planned_until, now - prompt.max_late), opens_at(prompt, facts, now=now))
    found = newest_dues(place, since=horizon, now=now, most=MOST_MISSED)
    outcomes = [(due, decide(due, place, now=now)) for due in found if not is_decided(prompt, due.anchor, facts)]
    if is_one_of_a_series(prompt):
        outcomes = _newest_only(outcomes)
    step.waiting.extend(one for _, one in outcomes if isinstance(one, datetime))
    decisions = [one for _, one in outcomes if isinstance(one, Decision)]
    if isinstance(prompt.when, AroundPromise):
        decisions = [one for _, day in groupby(decisions, key=lambda one: one.due.at) for one in _shared(list(day))]
    step.decisions.extend(decisions)


def _newest_only(outcomes: list[_Outcome]) -> list[_Outcome]:
    """The newest letter that goes takes the place of all before it, of those that wait as well."""
    last = max((n for n, (_, one) in enumerate(outcomes) if _goes(one)), default=0)
    said = "A newer letter of the same prompt goes in its place."
    return [
        (due, Decision(due=due, skip=SkipReason.SUPERSEDED, detail=said))
        if n < last and (_goes(one) or isinstance(one, datetime))
        else (due, one)
        for n, (due, one) in enumerate(outcomes)
    ]


def _none_closed(decisions: list[Decision]) -> list[Decision]:
    """A letter that another one of this moment takes the place of need not go first."""
    kept: list[Decision] = []
    for n, one in enumerate(decisions):
        after = [each for each in decisions[n + 1 :] if each.skip is None]
        beside = [each for each in kept if each.skip is None and each.due.at == one.due.at]
        taker = next((each for each in (*after, *beside) if one.due.prompt in each.closes), None)
        said = "" if taker is None else f'The letter "{taker.due.prompt}" goes at the same moment and takes its place.'
        kept.append(one if one.skip is not None or taker is None else instead(one, SkipReason.SUPERSEDED, said))
    return kept


def _goes(outcome: Decision | datetime) -> bool:
    return isinstance(outcome, Decision) and outcome.skip is None


def _shared(decisions: list[Decision]) -> list[Decision]:
    """Promises of one day share the letter of the first."""
    first = next((one for one in decisions if one.skip is None), None)
    said = "It is asked about in the letter of another promise of that day."
    return [
        instead(one, SkipReason.SHARED, said) if one.skip is None and one is not first else one for one in decisions
    ]


def _next(book: Book, rules: PlanRules, facts: PlanFacts, waiting: list[datetime], *, now: datetime) -> datetime | None:
    """When to look again: at the next time, or when a quiet time ends that a letter waits for."""
    schedule = book.schedules.get(facts.enrolment.schedule)
    if schedule is None or not schedule.enabled:
        return None
    ahead = (next_of(place_of(schedule, prompt, facts, rules), after=now) for prompt in schedule.prompts)
    return min([*waiting, *(due.at for due in ahead if due is not None)], default=None)


def _seen_by(now: datetime, book: Book, facts: PlanFacts) -> PlanFacts:
    """The facts once every prompt has been seen: those nobody had seen are seen now."""
    schedule = book.schedules.get(facts.enrolment.schedule)
    prompts: Iterable[Prompt] = schedule.prompts if schedule is not None else ()
    new = {prompt.id: now for prompt in prompts if not any(name in facts.first_seen for name in prompt.names)}
    return replace(facts, first_seen={**new, **facts.first_seen}) if new else facts


def _as_if_done(facts: ClientFacts, steps: list[_Step], at: datetime) -> ClientFacts:
    """The facts once a step has been written down and its letters have gone."""
    sent = [one.due for step in steps for one in step.decisions if one.skip is None]
    if not any(step.decisions for step in steps):
        return facts
    return replace(
        facts,
        enrolments=tuple(_with(step.facts, step.decisions, at) for step in steps),
        sent=(*facts.sent, *(SentPrompt(schedule=due.schedule, prompt=due.prompt, at=at) for due in sent)),
    )


def _with(facts: PlanFacts, decisions: list[Decision], at: datetime) -> PlanFacts:
    if not decisions:
        return facts
    dues = [decision.due for decision in decisions]
    sent = tuple(
        PromptHistory(prompt=one.due.prompt, anchor=one.due.anchor, sent_at=at, about=one.due.about)
        for one in decisions
        if one.skip is None
    )
    return replace(
        facts,
        planned_until=max(at, facts.planned_until),
        decided=facts.decided | {(due.prompt, due.anchor) for due in dues},
        history=(*facts.history, *sent),
    )
