"""What a calendar file says about half a year, as makers of calendars write it."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mailer.model.calendar import CalendarEvent, ReadCalendar
from mailer.schedule.ical import NoCalendar, read_calendar

NOW = datetime(2027, 3, 1, 8, 0, tzinfo=UTC)
BERLIN = ZoneInfo("Europe/Berlin")
SECONDS = 20  # far more than any of these takes; without bounds they take for ever

OUTLOOK = """BEGIN:VTIMEZONE
TZID:{name}
BEGIN:STANDARD
DTSTART:16010101T030000
TZOFFSETFROM:+0200
TZOFFSETTO:+0100
RRULE:FREQ=YEARLY;INTERVAL=1;BYDAY=-1SU;BYMONTH=10
END:STANDARD
BEGIN:DAYLIGHT
DTSTART:16010101T020000
TZOFFSETFROM:+0100
TZOFFSETTO:+0200
RRULE:FREQ=YEARLY;INTERVAL=1;BYDAY=-1SU;BYMONTH=3
END:DAYLIGHT
END:VTIMEZONE
"""


def calendar(*events: str, head: str = "") -> bytes:
    """A calendar of these events, each the lines between BEGIN and END; lines end as the standard says."""
    whole = [f"BEGIN:VEVENT\n{event.strip()}\nEND:VEVENT\n" for event in events]
    text = f"BEGIN:VCALENDAR\nVERSION:2.0\nPRODID:-//test\n{head}{''.join(whole)}END:VCALENDAR\n"
    return text.replace("\n", "\r\n").encode()


def read(raw: bytes, *, days: int = 180) -> ReadCalendar:
    return read_calendar(raw, zone=BERLIN, begin=NOW - timedelta(days=1), end=NOW + timedelta(days=days))


def starts(found: ReadCalendar) -> list[str]:
    assert found.unread == ()
    return [f"{event.starts_at:%m-%d %H:%M}" for event in found.events if not event.cancelled]


def only(found: ReadCalendar) -> CalendarEvent:
    (event,) = found.events
    return event


# One event


@pytest.mark.parametrize(
    ("times", "start", "minutes"),
    [
        ("DTSTART:20270304T140000Z\nDTEND:20270304T150000Z", "03-04 14:00", 60),
        ("DTSTART;TZID=Europe/Berlin:20270304T140000\nDTEND;TZID=Europe/Berlin:20270304T144500", "03-04 13:00", 45),
        ("DTSTART;TZID=Europe/Berlin:20270704T140000\nDURATION:PT50M", "07-04 12:00", 50),
        ('DTSTART;TZID="W. Europe Standard Time":20270304T140000\nDURATION:PT1H', "03-04 13:00", 60),
        ("DTSTART;TZID=Pacific Standard Time:20270304T140000\nDURATION:PT1H", "03-04 22:00", 60),
        ("DTSTART;TZID=/freeassociation.sourceforge.net/Asia/Tokyo:20270304T140000\nDURATION:PT1H", "03-04 05:00", 60),
        ("DTSTART;TZID=/mozilla.org/20070129_1/America/New_York:20270304T140000", "03-04 19:00", 60),
        ("DTSTART:20270304T140000\nDTEND:20270304T150000", "03-04 13:00", 60),  # where the coach is
        ("DTSTART:20270304T140000Z", "03-04 14:00", 60),  # no end
        ("DTSTART:20270304T140000Z\nDTEND:20270304T140000Z", "03-04 14:00", 60),
        ("DTSTART;TZID=Asia/Tokyo:20270304T140000\nDTEND;TZID=Europe/Berlin:20270304T073000", "03-04 05:00", 90),
        ("dtstart;tzid=Europe/Berlin;value=date-time:20270304T140000", "03-04 13:00", 60),
        ("DTSTART;TZID=Europe/Berlin:20270328T023000\nDURATION:PT1H", "03-28 01:30", 60),  # the clocks jump over it
    ],
)
def test_an_event_starts_when_its_maker_meant(times: str, start: str, minutes: int) -> None:
    event = only(read(calendar(f"UID:a\n{times}\nSUMMARY:Coaching")))

    assert f"{event.starts_at:%m-%d %H:%M}" == start
    assert event.ends_at - event.starts_at == timedelta(minutes=minutes)
    assert (event.recurrence_id, event.sequence, event.all_day, event.cancelled) == ("", 0, False, False)


@pytest.mark.parametrize("name", ["Customized Time Zone", "(UTC+01:00) Amsterdam, Berlin, Bern, Rome"])
@pytest.mark.parametrize(("day", "hour"), [("0327", 13), ("0328", 12), ("0820", 12)])
def test_a_zone_that_only_the_file_knows_is_read_from_its_definition(name: str, day: str, hour: int) -> None:
    raw = calendar(f'UID:a\nDTSTART;TZID="{name}":2027{day}T140000', head=OUTLOOK.format(name=name))

    assert only(read(raw)).starts_at.hour == hour


def test_a_zone_defined_in_one_calendar_means_nothing_in_the_next() -> None:
    raw = calendar("UID:a\nDTSTART;TZID=Ours:20270304T140000", head=OUTLOOK.format(name="Ours"))
    elsewhere = OUTLOOK.format(name="Ours").replace("+0100", "-0500").replace("+0200", "-0400")

    assert only(read(raw)).starts_at.hour == 13
    assert only(read(calendar("UID:a\nDTSTART;TZID=Ours:20270304T140000", head=elsewhere))).starts_at.hour == 19
    assert read(calendar("UID:a\nDTSTART;TZID=Ours:20270304T140000")).unread == (
        ("an event without a title (20270304T140000)", 'its time zone "Ours" is not known'),
    )


def test_times_without_a_zone_are_meant_where_the_calendar_says_it_is() -> None:
    raw = calendar("UID:a\nDTSTART:20270304T140000", head="X-WR-TIMEZONE:America/New_York\n")

    assert only(read(raw)).starts_at.hour == 19


def test_who_and_what_are_read_through_folds_and_quotes() -> None:
    event = only(
        read(
            calendar(
                "UID:a\nDTSTART:20270304T140000Z\nSEQUENCE:3\nSUMMARY:Coaching\\, Dana\n  Reis\n"
                'ATTENDEE;CN="Reis: Dana";PARTSTAT=ACCEPTED:MAILTO:Dana@Example.org\n'
                "ATTENDEE:mailto:petra@example.org\nDESCRIPTION:private words\n"
                "BEGIN:VALARM\nTRIGGER:-PT15M\nSUMMARY:no\nATTENDEE:mailto:alarm@example.org\nEND:VALARM"
            )
        )
    )

    assert (event.summary, event.sequence) == ("Coaching, Dana Reis", 3)
    assert event.attendees == ("Dana@Example.org", "petra@example.org")


def test_a_whole_day_is_told_as_such() -> None:
    found = read(calendar("UID:a\nDTSTART;VALUE=DATE:20270304\nDTEND;VALUE=DATE:20270306\nSUMMARY:Retreat"))

    assert only(found).all_day


def test_only_the_window_is_read() -> None:
    days = ["20260304", "20270227", "20270228", "20270828", "20270829", "20290304"]
    raw = calendar(*(f"UID:{day}\nDTSTART:{day}T090000Z" for day in days))

    assert [event.uid for event in read(raw).events] == ["20270228"]
    assert [event.uid for event in read(raw, days=181).events] == ["20270228", "20270828"]


# Series

WEEKLY = "UID:w\nDTSTART;TZID=Europe/Berlin:20270302T160000\nDTEND;TZID=Europe/Berlin:20270302T170000\nSEQUENCE:1\n"


def test_a_weekly_session_keeps_its_hour_when_the_clocks_change() -> None:
    found = read(calendar(WEEKLY + "RRULE:FREQ=WEEKLY;COUNT=6"))

    assert starts(found) == ["03-02 15:00", "03-09 15:00", "03-16 15:00", "03-23 15:00", "03-30 14:00", "04-06 14:00"]
    assert [event.recurrence_id for event in found.events][:2] == ["2027-03-02T15:00:00Z", "2027-03-09T15:00:00Z"]
    assert found.whole


MOVED = "UID:w\nRECURRENCE-ID;TZID=Europe/Berlin:20270309T160000\nSEQUENCE:2\n"


@pytest.mark.parametrize(
    ("rule", "others", "expected"),
    [
        ("RRULE:FREQ=WEEKLY;UNTIL=20270316T150000Z", (), ["03-02 15:00", "03-09 15:00", "03-16 15:00"]),
        ("RRULE:FREQ=WEEKLY;UNTIL=20270316", (), ["03-02 15:00", "03-09 15:00", "03-16 15:00"]),
        ("RRULE:FREQ=WEEKLY;COUNT=3\nEXDATE;TZID=Europe/Berlin:20270309T160000", (), ["03-02 15:00", "03-16 15:00"]),
        ("RRULE:FREQ=WEEKLY;COUNT=3\nEXDATE:20270309T150000Z,20270316T150000Z", (), ["03-02 15:00"]),
        ("RRULE:FREQ=WEEKLY;COUNT=3\nEXDATE;VALUE=DATE:20270309", (), ["03-02 15:00", "03-16 15:00"]),
        ("RDATE;TZID=Europe/Berlin:20270311T160000", (), ["03-02 15:00", "03-11 15:00"]),
        ("RDATE;VALUE=PERIOD:20270311T100000Z/PT30M", (), ["03-02 15:00", "03-11 10:00"]),
        (
            "RRULE:FREQ=WEEKLY;COUNT=3",
            (MOVED + "DTSTART;TZID=Europe/Berlin:20270311T090000\nDURATION:PT1H",),
            ["03-02 15:00", "03-11 08:00", "03-16 15:00"],
        ),
        (
            "RRULE:FREQ=WEEKLY;COUNT=3",
            ("UID:w\nRECURRENCE-ID;VALUE=DATE:20270309\nDTSTART;TZID=Europe/Berlin:20270309T180000\nDURATION:PT1H",),
            ["03-02 15:00", "03-09 17:00", "03-16 15:00"],
        ),
        (
            "RRULE:FREQ=WEEKLY;COUNT=3",
            ("UID:w\nRECURRENCE-ID:20270309T150000Z\nDTSTART;TZID=Asia/Tokyo:20270312T090000\nDURATION:PT1H",),
            ["03-02 15:00", "03-12 00:00", "03-16 15:00"],
        ),
        (
            "RRULE:FREQ=WEEKLY;COUNT=3",
            (MOVED + "DTSTART;TZID=Europe/Berlin:20270309T160000\nSTATUS:CANCELLED",),
            ["03-02 15:00", "03-16 15:00"],
        ),
        (
            "RRULE:FREQ=WEEKLY;COUNT=4",
            (MOVED.replace(";TZID", ";RANGE=THISANDFUTURE;TZID") + "DTSTART;TZID=Europe/Berlin:20270310T160000",),
            ["03-02 15:00", "03-10 15:00", "03-17 15:00", "03-24 15:00"],
        ),
        ("RRULE:FREQ=MONTHLY;BYDAY=1TU;COUNT=2", (), ["03-02 15:00", "04-06 14:00"]),
        ("RRULE:FREQ=WEEKLY;COUNT=4\nEXRULE:FREQ=WEEKLY;INTERVAL=2", (), ["03-09 15:00", "03-23 15:00"]),
    ],
)
def test_a_series_comes_when_its_rule_and_its_exceptions_say(
    rule: str, others: tuple[str, ...], expected: list[str]
) -> None:
    assert starts(read(calendar(WEEKLY + rule, *others))) == expected


def test_a_moved_occurrence_keeps_its_identity() -> None:
    moved = MOVED + "DTSTART;TZID=Europe/Berlin:20270311T090000\nDURATION:PT1H"
    found = read(calendar(WEEKLY + "RRULE:FREQ=WEEKLY;COUNT=2", moved))

    assert [(event.recurrence_id, event.starts_at.day) for event in found.events] == [
        ("2027-03-02T15:00:00Z", 2),
        ("2027-03-09T15:00:00Z", 11),
    ]


def test_after_a_change_to_all_later_ones_each_still_has_an_identity_of_its_own() -> None:
    later = MOVED.replace(";TZID", ";RANGE=THISANDFUTURE;TZID") + "DTSTART;TZID=Europe/Berlin:20270310T160000"
    found = read(calendar(WEEKLY + "RRULE:FREQ=WEEKLY;COUNT=6", later))

    assert len({event.recurrence_id for event in found.events}) == 6


def test_a_series_that_is_called_off_is_cancelled_in_every_occurrence() -> None:
    found = read(calendar(WEEKLY + "RRULE:FREQ=WEEKLY;COUNT=3\nSTATUS:CANCELLED"))

    assert [event.cancelled for event in found.events] == [True, True, True]


@pytest.mark.parametrize(
    ("method", "whole", "cancelled"),
    [("", True, False), ("METHOD:PUBLISH\n", True, False), ("METHOD:REQUEST\n", False, False),
     ("METHOD:CANCEL\n", False, True)],
)  # fmt: skip
def test_a_message_about_one_event_is_not_the_whole_calendar(method: str, whole: bool, cancelled: bool) -> None:
    found = read(calendar("UID:a\nDTSTART:20270304T140000Z", head=method))

    assert (found.whole, only(found).cancelled) == (whole, cancelled)


# What is odd, broken or hostile


@pytest.mark.parametrize(
    ("event", "why"),
    [
        ("UID:a\nSUMMARY:x", "it has no start, or several"),
        ("UID:a\nDTSTART:tomorrow", "its DTSTART is not understood"),
        ("UID:a\nDTSTART:20270304T140000Z\nDTEND:20270304T130000Z", "it ends before it starts"),
        ("UID:a\nDTSTART:20270304T140000Z\nDURATION:-PT1H", "it ends before it starts"),
        ("UID:a\nDTSTART:20270304T140000Z\nDTEND:later", "its DTEND is not understood"),
        ("DTSTART:20270304T140000Z", "it has no UID, so it could not be known again"),
        ("UID:a\nDTSTART;TZID=Mars/Olympus:20270304T140000", 'its time zone "Mars/Olympus" is not known'),
        ("UID:a\nDTSTART:20270304T140000Z\nRRULE:FREQ=SECONDLY", "it comes secondly, which no session does"),
        ("UID:a\nDTSTART:20270304T140000Z\nRRULE:FREQ=HOURLY;COUNT=3", "it comes hourly, which no session does"),
        ("UID:a\nDTSTART:20270304T140000Z\nRRULE:FREQ=DAILY;INTERVAL=0", "INTERVAL of its rule is 0"),
        ("UID:a\nDTSTART:20270304T140000Z\nRRULE:FREQ=NEVER", 'its rule "FREQ=NEVER" has no known FREQ'),
        ("UID:a\nDTSTART:20270304T140000Z\nRRULE:nonsense", 'its rule "nonsense" is malformed'),
        ("UID:a\nDTSTART:20270304T140000Z\nRRULE:FREQ=YEARLY;BYWEEKNO=9", "its rule has BYWEEKNO, which is not read"),
    ],
)
def test_an_event_that_is_not_understood_is_listed_and_stops_no_other(event: str, why: str) -> None:
    found = read(calendar(event, "UID:good\nDTSTART:20270305T140000Z"))

    assert [one.uid for one in found.events] == ["good"]
    ((_, said),) = found.unread
    assert said.startswith(why)


def test_a_calendar_with_an_event_nobody_understands_does_not_count_as_whole() -> None:
    assert not read(calendar("UID:a\nDTSTART:tomorrow")).whole
    assert read(calendar("UID:a\nDTSTART:20270304T140000Z\nRRULE:FREQ=HOURLY")).whole  # never gave a session


@pytest.mark.parametrize(
    ("raw", "said"),
    [
        (b"", "this is no calendar"),
        (b"\x00\xff\xfe" * 1000, "this is no calendar"),
        (b"<html><body>Sign in to Google</body></html>", "this is no calendar"),
        (b"BEGIN:VCARD\r\nEND:VCARD\r\n", "this is no calendar"),
        (calendar("UID:a\nDTSTART:20270304T140000Z")[:-20], "the calendar is cut short"),
        (calendar("UID:a\nDTSTART:20270304T140000Z")[:70], "the calendar is cut short"),
        (calendar("UID:a\nDTSTART:20270304T140000Z\nDESCRIPTION:" + "x" * 20_000_000), "more than 10 MB"),
        (calendar(*["UID:a\nDTSTART:20270304T140000Z"] * 50_001), "more than 50000 events"),
        (calendar(*(f"UID:{n}\nDTSTART:20270304T140000Z" for n in range(10_001))), "more than 10000 events in half"),
    ],
    ids=["nothing", "bytes", "a page", "a card", "cut", "cut early", "20 MB", "events", "events here"],
)  # fmt: skip
def test_what_is_no_calendar_or_too_much_of_one_is_refused_in_words(raw: bytes, said: str) -> None:
    with pytest.raises(NoCalendar, match=said):
        read(raw)


@pytest.mark.parametrize(
    "rule",
    [
        "RRULE:FREQ=DAILY;COUNT=100000",
        "RRULE:FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30",
        "RRULE:FREQ=MONTHLY;BYMONTHDAY=31;BYMONTH=2,4,6",
        "RRULE:FREQ=DAILY;BYMONTH=2;BYMONTHDAY=31;COUNT=3",
        "RRULE:FREQ=DAILY;BYMONTH=1,2;BYDAY=MO;BYMONTHDAY=30;BYSETPOS=9",
        "RRULE:FREQ=YEARLY;INTERVAL=999999",
        "RRULE:FREQ=DAILY;BYHOUR=0,6,12,18;BYMINUTE=0,15;BYSECOND=0,30",
        "RDATE:" + ",".join(f"2027{m:02}{d:02}T{h:02}0000Z" for m in (3, 4) for d in range(1, 29) for h in range(24)),
        "\n".join("RRULE:FREQ=DAILY" for _ in range(500)),
    ],
)  # fmt: skip
def test_no_rule_takes_for_ever(rule: str) -> None:
    before = time.monotonic()

    read(calendar(*(f"UID:{n}\nDTSTART:1970010{1 + n}T140000Z\n{rule}" for n in range(5))))

    assert time.monotonic() - before < SECONDS


def test_ten_thousand_series_from_long_ago_are_not_all_counted() -> None:
    before = time.monotonic()
    raw = calendar(*(f"UID:{n}\nDTSTART:19000101T140000Z\nRRULE:FREQ=YEARLY;COUNT=9999" for n in range(10_000)))

    found = read(raw)

    assert time.monotonic() - before < SECONDS
    assert found.unread[-1][1] == "the calendar has too many series that began long ago to count them all"


def test_a_zone_that_changes_its_clocks_every_second_takes_no_time() -> None:
    zone = OUTLOOK.format(name="X").replace("YEARLY;INTERVAL=1;BYDAY=-1SU;BYMONTH=3", "SECONDLY")
    found = read(calendar("UID:a\nDTSTART;TZID=X:20270304T140000", head=zone))

    ((_, why),) = found.unread
    assert why == 'its time zone "X" is defined in a way not understood: it comes secondly, which no session does'


def test_events_inside_events_without_end_are_refused() -> None:
    raw = b"BEGIN:VCALENDAR\r\n" + b"BEGIN:VEVENT\r\nUID:a\r\nDTSTART:20270304T140000Z\r\n" * 20_000
    raw += b"END:VEVENT\r\n" * 20_000 + b"END:VCALENDAR\r\n"

    with pytest.raises(NoCalendar, match="events inside events"):
        read(raw)


LINES = st.sampled_from(
    (WEEKLY + "RRULE:FREQ=WEEKLY;COUNT=3\nEXDATE:20270309T150000Z\nRDATE:20270311T150000Z\nSTATUS:CONFIRMED\n"
     "RECURRENCE-ID:20270302T150000Z\nDURATION:P1D\nATTENDEE:mailto:a@example.org\nBEGIN:VEVENT\nEND:VEVENT\n"
     "DTSTART;VALUE=DATE:20270304\nDTEND;VALUE=DATE:20270305\nRRULE:FREQ=MONTHLY;BYDAY=-1FR\nDTSTART:99991231T235959Z\n"
     "DTSTART:00010101T000000\nRDATE;VALUE=PERIOD:20270304T140000Z/20270304T150000Z\nSEQUENCE:-9\nDTEND:00010101T000000Z"
     ).splitlines()
)  # fmt: skip


@settings(max_examples=300, deadline=None)
@given(st.lists(st.lists(LINES, max_size=9), max_size=4), st.data())
def test_any_heap_of_calendar_lines_is_read_or_refused_and_never_trips(
    heap: list[list[str]], data: st.DataObject
) -> None:
    raw = calendar(*("\n".join(["UID:u", *lines]) for lines in heap))
    if data.draw(st.booleans()):
        at = data.draw(st.integers(0, len(raw)))
        raw = raw[:at] + data.draw(st.binary(max_size=6)) + raw[at:]

    try:
        found = read(raw)
    except NoCalendar:
        return

    assert all(event.starts_at < event.ends_at and event.starts_at.tzinfo is UTC for event in found.events)
