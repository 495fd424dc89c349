"""How many letters does a client get in a week? No more than the limit, and the more pressing ones first.

The week is the client's own, Monday to Sunday. What goes now is measured against what has gone this week on any
schedule, and against what is more pressing and still to come this week as things stand: session before promise before
weekly before other, and among equals the earlier one.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from mailer.model.plan import ClientFacts, Decision, Due, Rank, SkipReason
from mailer.schedule.book import Book
from mailer.schedule.decide import decide, instead
from mailer.schedule.due import dues, is_decided, opens_at, place_of, zone_named
from mailer.schedule.quiet import PlanRules

_WEEK = timedelta(days=7)
_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


@dataclass(frozen=True, slots=True)
class _Taken:
    """A letter that has its place in the week."""

    name: str
    day: date

    def __str__(self) -> str:
        return f"{self.name} ({_DAYS[self.day.weekday()]})"


def within_limit(
    decisions: Sequence[Decision], book: Book, rules: PlanRules, facts: ClientFacts, *, now: datetime
) -> list[Decision]:
    """The decisions, those beyond the week's limit turned into skips that name what goes instead."""
    goes = sorted((one for one in decisions if one.skip is None), key=lambda one: _pressing(one.due))
    if not goes:
        return list(decisions)
    taken = _gone(facts, now)
    refused: dict[tuple[str, str, str], Decision] = {}
    for decision in goes:
        due = decision.due
        room = rules.letters_per_week - len(taken)
        before = list(_to_come(due.rank, book, rules, facts, now=now)) if due.rank > Rank.SESSION and room > 0 else []
        if len(before) >= room:
            pressing = sorted(before, key=_pressing)[: max(room, 0)]  # those that fill the week, no more
            places = [*taken, *(_taken(each, each.local.date()) for each in pressing)]
            refused[_key(due)] = instead(decision, SkipReason.CAP, _said(places, rules))
        else:
            taken.append(_taken(due, now.astimezone(zone_named(facts.client.zone)).date()))
    return [refused.get(_key(one.due)) or _without_its_letter(one, refused.values()) for one in decisions]


def _without_its_letter(decision: Decision, refused: Iterable[Decision]) -> Decision:
    """A promise that was to share a letter which does not go after all shares its reason."""
    due = decision.due
    if decision.skip is not SkipReason.SHARED:
        return decision
    letters = (one for one in refused if (one.due.schedule, one.due.prompt) == (due.schedule, due.prompt))
    letter = next((one for one in letters if one.due.at == due.at), None)
    return decision if letter is None else instead(decision, SkipReason.CAP, letter.detail)


def _pressing(due: Due) -> tuple[Rank, datetime, str, str]:
    return due.rank, due.at, due.schedule, due.prompt


def _key(due: Due) -> tuple[str, str, str]:
    return due.schedule, due.prompt, due.anchor


def _gone(facts: ClientFacts, now: datetime) -> list[_Taken]:
    zone = zone_named(facts.client.zone)
    this_week = _monday(now.astimezone(zone).date())
    letters = [(letter, letter.at.astimezone(zone).date()) for letter in facts.sent]
    return [_Taken(f"{letter.schedule}/{letter.prompt}", day) for letter, day in letters if _monday(day) == this_week]


def _to_come(rank: Rank, book: Book, rules: PlanRules, facts: ClientFacts, *, now: datetime) -> Iterator[Due]:
    """What is more pressing than this rank, still to come this week, and would go as things stand."""
    zone = zone_named(facts.client.zone)
    sunday = _monday(now.astimezone(zone).date()) + _WEEK
    ends = datetime.combine(sunday, time.min, zone).astimezone(UTC) - timedelta(microseconds=1)
    for one in facts.enrolments:
        schedule = book.schedules.get(one.enrolment.schedule)
        if schedule is None or not schedule.enabled:
            continue
        for prompt in (each for each in schedule.prompts if each.rank < rank):
            place = place_of(schedule, prompt, one, rules)
            shared: set[datetime] = set()  # promises of one day take one letter
            for due in dues(
                schedule, prompt, one, after=max(now, opens_at(prompt, one, now=now)), until=ends, rules=rules
            ):
                decided = is_decided(prompt, due.anchor, one)
                found = None if decided else decide(due, place, now=due.at)
                if isinstance(found, Decision) and found.skip is None and due.at not in shared:
                    if due.rank is Rank.PROMISE:
                        shared.add(due.at)
                    yield due


def _taken(due: Due, day: date) -> _Taken:
    return _Taken(f"{due.schedule}/{due.prompt}", day)


def _said(taken: Sequence[_Taken], rules: PlanRules) -> str:
    number = rules.letters_per_week
    first = (
        f"{number} letter{'' if number == 1 else 's'} a week {'is' if number == 1 else 'are'} allowed; this week has"
    )
    return f"{first} {', '.join(map(str, sorted(taken, key=lambda one: (one.day, one.name))))}."


def _monday(day: date) -> date:
    return day - timedelta(days=day.weekday())
