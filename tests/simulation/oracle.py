"""What the calendar owes each client, worked out in the plainest way, apart from the planner.

Only lines that say days of the week ("every Friday at 08:30", "every 2 weeks on Tuesday at 12:30"): each local date the
line names owes an occurrence at the instant the client's clock first shows the time.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from uuid import UUID
from zoneinfo import ZoneInfo

from mailer.model.people import Client, Enrolment

_LINE = re.compile(r"every (?:(\d+) weeks on )?((?:\w+day(?:, | and )?)+) at (\d\d):(\d\d)")
_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
LONGEST = timedelta(days=4)  # no quiet time here moves a letter further, nor may any be later

Owed = tuple[UUID, str, str, str]  # client, schedule, prompt, local date


@dataclass(frozen=True)
class Rule:
    """A line that says days of the week."""

    schedule: str
    prompt: str
    weeks: int
    days: frozenset[str]
    at: time

    def falls_on(self, day: date, start: date) -> bool:
        return _DAYS[day.weekday()] in self.days and (day - start).days // 7 % self.weeks == 0


@dataclass
class Oracle:
    """What has been owed so far, and since when."""

    owed: dict[Owed, datetime] = field(default_factory=dict)

    def look(
        self, rules: list[Rule], people: list[tuple[Client, Enrolment]], *, since: datetime, now: datetime
    ) -> None:
        """Notes what fell due between two looks, as the rules and the people are now."""
        for client, enrolment in people:
            for rule in (one for one in rules if one.schedule == enrolment.schedule):
                for day, instant in _instants(rule, client, enrolment, since=since, now=now):
                    self.owed.setdefault((client.id, rule.schedule, rule.prompt, day.isoformat()), instant)

    def forget(self, *, schedule: str, now: datetime, client: UUID | None = None) -> None:
        """A schedule or an enrolment ends: what a quiet time still kept waiting is owed no more."""
        for key, instant in list(self.owed.items()):
            if key[1] == schedule and client in (None, key[0]) and instant > now - LONGEST:
                del self.owed[key]

    def due_by(self, now: datetime) -> set[Owed]:
        """What must have been decided by now, one way or the other."""
        return {key for key, instant in self.owed.items() if instant <= now - LONGEST}


def rules_in(folder: Path) -> list[Rule]:
    """The rules in schedule files, those that are broken left out."""
    return [rule for path in sorted(folder.glob("*.toml")) for rule in _rules(path)]


def _rules(path: Path) -> Iterator[Rule]:
    try:
        table = tomllib.loads(path.read_text("utf-8"))
    except tomllib.TOMLDecodeError:
        return
    for prompt in table["prompt"]:
        said = _LINE.fullmatch(prompt["when"])
        if said is not None:
            weeks, days, hour, minute = said.groups()
            named = frozenset(re.findall(r"\w+day", days))
            yield Rule(path.stem, prompt["id"], int(weeks or 1), named, time(int(hour), int(minute)))


def _instants(
    rule: Rule, client: Client, enrolment: Enrolment, *, since: datetime, now: datetime
) -> Iterator[tuple[date, datetime]]:
    zone, at = ZoneInfo(client.zone), client.habits.own_time or rule.at
    day = since.astimezone(zone).date() - timedelta(days=1)
    while day <= now.astimezone(zone).date():
        if enrolment.start <= day <= (enrolment.end or date.max) and rule.falls_on(day, enrolment.start):
            asked = datetime.combine(day, at)
            tries = [asked.replace(tzinfo=UTC) + timedelta(minutes=15 * n) for n in range(-60, 61)]
            shown = [one for one in tries if one.astimezone(zone).replace(tzinfo=None) == asked]
            if shown and max(since, enrolment.started_at) < shown[0] <= now:
                yield day, shown[0]
        day += timedelta(days=1)
