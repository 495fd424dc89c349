"""With whom an event of a calendar is a session."""

from __future__ import annotations

from datetime import UTC, datetime
from uuid import UUID

import pytest

from mailer.addresses import address_key
from mailer.model.calendar import Attendee, CalendarEvent
from mailer.model.people import Client
from mailer.schedule.whose_event import Ambiguous, valid_rule, whose

NOON = datetime(2027, 3, 4, 12, 0, tzinfo=UTC)


def person(slug: str, name: str, *more: str) -> Attendee:
    client = Client(
        id=UUID(int=len(slug + name)),
        practice_id=UUID(int=1),
        coach_id=UUID(int=2),
        slug=slug,
        name=name,
        address=f"{slug}@example.org",
        zone="Europe/Lisbon",
        created_at=NOON,
    )
    return Attendee(client=client, addresses=frozenset(map(address_key, (client.address, *more))))


PEOPLE = [
    person("dana", "Dana Reis", "dana@work.example.com"),
    person("dana-k", "Dana Kılıç"),
    person("jose", "José Núñez", "family@example.org"),
    person("ines", "Inês Sá", "family@example.org"),
]


def event(title: str = "", *attendees: str, all_day: bool = False) -> CalendarEvent:
    return CalendarEvent(uid="a", starts_at=NOON, ends_at=NOON, summary=title, attendees=attendees, all_day=all_day)


@pytest.mark.parametrize(
    ("found", "rule", "expected"),
    [
        (event("Anything", "dana@example.org", "petra@example.org"), "", "dana"),
        (event("Anything", "DANA@Work.example.com"), "", "dana"),
        (event("Coaching José Núñez", "dana@example.org"), "Coaching {name}", "dana"),
        (event("Coaching Dana Reis"), "Coaching {name}", "dana"),
        (event("  coaching   DANA reis "), "Coaching {name}", "dana"),
        (event("Coaching Jose\u0301 Nu\u0301n\u0303ez"), "Coaching {name}", "jose"),
        (event("1:1 José"), "1:1 {first_name}", "jose"),
        (event("[dana-k]"), "[{client}]", "dana-k"),
        (event("Coaching", "family@example.org"), "", "jose, ines"),
        (event("Coaching Inês Sá", "family@example.org"), "Coaching {name}", "ines"),
        (event("Coaching", "dana@example.org", "jose@example.org"), "Coaching {name}", "dana, jose"),
        (event("1:1 Dana"), "1:1 {first_name}", "dana, dana-k"),
        (event("Coaching Dana Reis"), "", None),
        (event("Coaching Dana Reis (online)"), "Coaching {name}", None),
        (event("Coaching Dana"), "Coaching {name}", None),
        (event("Dentist", "someone@example.org"), "Coaching {name}", None),
        (event("", ""), "Coaching {name}", None),
        (event("Coaching Dana Reis", "dana@example.org", all_day=True), "Coaching {name}", None),
    ],
)
def test_an_event_is_a_session_with_exactly_one_or_with_nobody(
    found: CalendarEvent, rule: str, expected: str | None
) -> None:
    if expected is not None and "," in expected:
        with pytest.raises(Ambiguous) as told:
            whose(found, PEOPLE, rule=rule)
        assert all(slug in str(told.value) for slug in expected.split(", "))
        return

    client = whose(found, PEOPLE, rule=rule)

    assert (client.slug if client else None) == expected


@pytest.mark.parametrize("rule", ["Coaching {name}", "{client}", "({first_name}) 1:1"])
def test_a_rule_is_a_title_with_a_place_for_the_client(rule: str) -> None:
    assert valid_rule(rule) == rule


@pytest.mark.parametrize("rule", ["", "Coaching", "Coaching {who}", "Coaching {", "}{name}{", "{name} {}"])
def test_a_rule_that_would_fit_everyone_or_nobody_is_refused(rule: str) -> None:
    with pytest.raises(ValueError, match="write the title as it stands in the calendar"):
        valid_rule(rule)
