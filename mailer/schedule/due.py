"""Which occurrences does the calendar call for, for one client on one schedule?

What has been decided is told apart by prompt and anchor alone, under any id the prompt has had. A prompt nobody has
seen before counts as seen now: it never fires for times that lay before it.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from functools import lru_cache
from itertools import islice
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from mailer.errors import PermanentFailure
from mailer.model.plan import Due, PlanFacts
from mailer.schedule.anchored import anchored_hits
from mailer.schedule.book import Prompt, Schedule
from mailer.schedule.calendars import Hit, hits_back, hits_from
from mailer.schedule.when import Anchored, Calendar

_DAY = timedelta(days=1)  # a gap at midnight carries an occurrence into the next local date


def dues(schedule: Schedule, prompt: Prompt, facts: PlanFacts, *, after: datetime, until: datetime) -> list[Due]:
    """Every occurrence with after < at <= until, decided or not, in order, within the enrolment's dates."""
    found: list[Hit] = []
    for hit in _hits_from(schedule, prompt, facts, after=after, until=until):
        if hit.moment.at > until:
            break
        found.append(hit)
    return [_due(schedule, prompt, hit) for hit in found]


def next_due(schedule: Schedule, facts: PlanFacts, *, after: datetime) -> Due | None:
    """The earliest open occurrence later than `after`, of any prompt; None where nothing is ahead.

    A prompt that nobody has seen counts as first seen at `after`.
    """
    if not schedule.enabled:
        return None
    nearest = [due for prompt in schedule.prompts if (due := _next_of(schedule, prompt, facts, after)) is not None]
    return min(nearest, key=lambda due: due.at, default=None)


def newest_dues(
    schedule: Schedule, prompt: Prompt, facts: PlanFacts, *, since: datetime, now: datetime, most: int
) -> list[Due]:
    """The newest `most` occurrences with since <= at <= now, decided or not, oldest first."""
    found = islice(_hits_back(schedule, prompt, facts, since=since, now=now), most)
    return [_due(schedule, prompt, hit) for hit in reversed(list(found))]


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


def _next_of(schedule: Schedule, prompt: Prompt, facts: PlanFacts, after: datetime) -> Due | None:
    opening = opens_at(prompt, facts, now=after)
    start = max(after, opening - timedelta(microseconds=1))
    for hit in _hits_from(schedule, prompt, facts, after=start):
        if not is_decided(prompt, hit.anchor, facts):
            return _due(schedule, prompt, hit)
    return None


def _hits_from(
    schedule: Schedule, prompt: Prompt, facts: PlanFacts, *, after: datetime, until: datetime | None = None
) -> Iterator[Hit]:
    """The occurrences later than `after`, oldest first, without end where there is no `until`."""
    zone = zone_named(facts.client.zone)
    if isinstance(prompt.when, Calendar):
        enrolment = facts.enrolment
        last = until and until.astimezone(zone).date()
        last = min(filter(None, (last, enrolment.end)), default=None)
        first = after.astimezone(zone).date() - _DAY
        found: Iterator[Hit] = hits_from(prompt.when, first, last, start=enrolment.start, zone=zone)
    else:
        found = iter(_anchored(schedule, prompt.when, facts, zone))
    return (hit for hit in found if hit.moment.at > after)


def _hits_back(
    schedule: Schedule, prompt: Prompt, facts: PlanFacts, *, since: datetime, now: datetime
) -> Iterator[Hit]:
    """The occurrences from `now` back to `since`, newest first."""
    zone = zone_named(facts.client.zone)
    if isinstance(prompt.when, Calendar):
        enrolment = facts.enrolment
        last = now.astimezone(zone).date()
        last = min(last, enrolment.end) if enrolment.end else last
        first = since.astimezone(zone).date() - _DAY
        found: Iterator[Hit] = hits_back(prompt.when, first, last, start=enrolment.start, zone=zone)
    else:
        found = reversed(_anchored(schedule, prompt.when, facts, zone))
    return (hit for hit in found if since <= hit.moment.at <= now)


def _anchored(schedule: Schedule, when: Anchored, facts: PlanFacts, zone: ZoneInfo) -> list[Hit]:
    return anchored_hits(when, facts, zone=zone, names=schedule.names, quiet=schedule.about_silence)


def _due(schedule: Schedule, prompt: Prompt, hit: Hit) -> Due:
    at = hit.moment.at
    until = at + prompt.max_late
    return Due(
        schedule=schedule.slug,
        prompt=prompt.id,
        anchor=hit.anchor,
        local=hit.moment.local,
        at=at,
        until=until if hit.not_after is None else min(until, hit.not_after),
        reason=prompt.reason,
        shifted=hit.moment.shifted,
    )
