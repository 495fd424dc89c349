"""Which occurrences does the calendar call for, for one client on one schedule?

What has been decided is told apart by prompt and anchor alone, under any id the prompt has had. A prompt nobody has
seen before counts as seen now: it never fires for times that lay before it.

The calendar gives moments as the file names them; the client's own time of day and quiet times move them. So moments
in a span are sought among those that can have come into it: a quiet time moves a letter up to a week forward, or up to
its max_late back.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from functools import lru_cache
from itertools import islice
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from mailer.errors import PermanentFailure
from mailer.model.plan import Due, PlanFacts, SkipReason
from mailer.schedule.anchored import THE_END, anchored_hits
from mailer.schedule.book import IfQuiet, Prompt, Schedule
from mailer.schedule.calendars import Hit, hits_back, hits_from
from mailer.schedule.own_time import at_own_time
from mailer.schedule.quiet import EARLIEST, PlanRules, Quiet, quiet_of
from mailer.schedule.when import Anchored, Calendar, When

NO_RULES = PlanRules()
_DAY = timedelta(days=1)  # a gap at midnight carries an occurrence into the next local date


@dataclass(frozen=True, slots=True)
class Place:
    """One prompt for one client on one schedule, with all that its moments depend on."""

    schedule: Schedule
    prompt: Prompt
    facts: PlanFacts
    zone: ZoneInfo
    quiet: Quiet

    @property
    def earlier(self) -> timedelta:
        """How far a quiet time may move a letter forward."""
        return EARLIEST if self.prompt.if_quiet is IfQuiet.EARLIER and not self.quiet.is_empty else timedelta()

    @property
    def later(self) -> timedelta:
        """How far a quiet time may move a letter back."""
        return (
            self.prompt.max_late if self.prompt.if_quiet is IfQuiet.LATER and not self.quiet.is_empty else timedelta()
        )


def place_of(schedule: Schedule, prompt: Prompt, facts: PlanFacts, rules: PlanRules = NO_RULES) -> Place:
    """The place of a prompt in one client's plan; PermanentFailure where the client's zone is not known."""
    zone = zone_named(facts.client.zone)
    return Place(schedule, prompt, facts, zone, quiet_of(schedule, prompt, facts.client, rules.quiet, zone))


def dues(
    schedule: Schedule,
    prompt: Prompt,
    facts: PlanFacts,
    *,
    after: datetime,
    until: datetime,
    rules: PlanRules = NO_RULES,
) -> list[Due]:
    """Every occurrence with after < at <= until, decided or not, in order, within the enrolment's dates."""
    place = place_of(schedule, prompt, facts, rules)
    return [due for due in _between(place, after=after, until=until) if after < due.at <= until]


def newest_dues(place: Place, *, since: datetime, now: datetime, most: int) -> list[Due]:
    """The newest `most` occurrences with since <= at <= now, decided or not, oldest first."""
    hits = _hits_back(place, since=since - place.later, until=now + place.earlier)
    found = list(islice((due for hit in hits if since <= (due := _due(place, hit)).at <= now), most))
    found.reverse()  # those that were moved to one moment stay in their own order
    return sorted(found, key=lambda due: due.at)


def next_due(schedule: Schedule, facts: PlanFacts, *, after: datetime, rules: PlanRules = NO_RULES) -> Due | None:
    """The earliest open occurrence later than `after`, of any prompt; None where nothing is ahead.

    A prompt that nobody has seen counts as first seen at `after`.
    """
    if not schedule.enabled:
        return None
    places = (place_of(schedule, prompt, facts, rules) for prompt in schedule.prompts)
    nearest = [due for place in places if (due := next_of(place, after=after)) is not None]
    return min(nearest, key=lambda due: due.at, default=None)


def next_of(place: Place, *, after: datetime) -> Due | None:
    """The earliest open occurrence of one prompt later than `after`."""
    opening = opens_at(place.prompt, place.facts, now=after)
    after = max(after, opening - timedelta(microseconds=1))
    best: Due | None = None
    for hit in _hits_from(place, after=after - place.later):
        if best is not None and hit.moment.at > best.at + place.earlier:
            break
        if is_decided(place.prompt, hit.anchor, place.facts):
            continue
        due = _due(place, hit)
        if due.at > after and (best is None or due.at < best.at):
            if place.quiet.is_empty:  # nothing moves: the first is the next
                return due
            best = due
    return best


@lru_cache(maxsize=1024)
def zone_named(name: str) -> ZoneInfo:
    """The zone of that name; PermanentFailure where this machine's tz database has none."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError) as error:
        raise PermanentFailure(f'the zone "{name}" is not in the tz database; change it, or update tzdata') from error


def opens_at(prompt: Prompt, facts: PlanFacts, *, now: datetime) -> datetime:
    """Before this instant nothing of the prompt is ever due for this client."""
    seen = min((facts.first_seen[name] for name in prompt.names if name in facts.first_seen), default=now)
    return max(seen, facts.enrolment.started_at)


def is_decided(prompt: Prompt, anchor: str, facts: PlanFacts) -> bool:
    """Whether that occurrence has been decided, under any id of the prompt."""
    return any((name, anchor) in facts.decided for name in prompt.names)


def _between(place: Place, *, after: datetime, until: datetime) -> list[Due]:
    found = []
    for hit in _hits_from(place, after=after - place.later, until=until + place.earlier):
        if hit.moment.at > until + place.earlier:
            break
        found.append(_due(place, hit))
    return sorted(found, key=lambda due: due.at)


def _hits_from(place: Place, *, after: datetime, until: datetime | None = None) -> Iterator[Hit]:
    """The occurrences the file calls for later than `after`, oldest first, without end where there is no `until`."""
    when, zone, enrolment = _when(place), place.zone, place.facts.enrolment
    if isinstance(when, Calendar):
        last = until and until.astimezone(zone).date()
        last = min(filter(None, (last, enrolment.end)), default=None)
        first = after.astimezone(zone).date() - _DAY
        found: Iterator[Hit] = hits_from(when, first, last, start=enrolment.start, zone=zone)
    else:
        found = iter(_anchored(place, when, since=after, until=until or THE_END))
    return (hit for hit in found if hit.moment.at > after)


def _hits_back(place: Place, *, since: datetime, until: datetime) -> Iterator[Hit]:
    """The occurrences the file calls for from `until` back to `since`, newest first."""
    when, zone, enrolment = _when(place), place.zone, place.facts.enrolment
    if isinstance(when, Calendar):
        last = until.astimezone(zone).date()
        last = min(last, enrolment.end) if enrolment.end else last
        first = since.astimezone(zone).date() - _DAY
        found: Iterator[Hit] = hits_back(when, first, last, start=enrolment.start, zone=zone)
    else:
        found = reversed(_anchored(place, when, since=since, until=until))
    return (hit for hit in found if since <= hit.moment.at <= until)


def _when(place: Place) -> When:
    own = place.facts.client.habits.own_time
    return place.prompt.when if own is None else at_own_time(place.prompt.when, own)


def _anchored(place: Place, when: Anchored, *, since: datetime, until: datetime) -> list[Hit]:
    return anchored_hits(
        when,
        place.facts,
        zone=place.zone,
        names=place.schedule.names,
        quiet=place.schedule.about_silence,
        at_latest=place.prompt.at_latest,
        day_one_at=_day_one_at(place),
        since=since,
        until=until,
    )


def _day_one_at(place: Place) -> time | None:
    """What counts is the time that held when the enrolment was made: the days of a programme do not shift under way."""
    habits, since = place.facts.client.habits, place.facts.client.habits_since
    of_old = since is None or since <= place.facts.enrolment.started_at
    return habits.own_time if habits.own_time is not None and of_old else place.schedule.day_one_at


def _due(place: Place, hit: Hit) -> Due:
    prompt = place.prompt
    placed = place.quiet.place(hit.moment, prompt, not_before=hit.not_before, not_after=hit.not_after)
    at = placed.moment.at
    until = at + prompt.max_late if hit.not_after is None else min(at + prompt.max_late, hit.not_after)
    never = (SkipReason.OVERLAP, hit.overlap) if hit.overlap else (SkipReason.QUIET, placed.never)
    return Due(
        schedule=place.schedule.slug,
        prompt=prompt.id,
        anchor=hit.anchor,
        local=placed.moment.local,
        at=at,
        until=until,
        reason=prompt.reason,
        shifted=hit.moment.shifted,
        moved=", ".join(filter(None, [_own_time(place), placed.why])),
        about=hit.about,
        rank=prompt.rank,
        never=never if never[1] else None,
    )


def _own_time(place: Place) -> str:
    """Why the time of day is not the one of the file; "" where it is."""
    own = place.facts.client.habits.own_time
    return "" if own is None or _when(place) is place.prompt.when else f"at the client's own time of day, {own:%H:%M}"
