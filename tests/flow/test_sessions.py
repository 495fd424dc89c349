"""Sessions from the prompt and from a calendar, and the letters that hang on them, from file to sent mail."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from mailer.edge.calendar import fetch_calendar
from mailer.engine.calendars import Calendars
from mailer.errors import MailerError, PermanentFailure, TemporaryFailure
from mailer.flow.health import expected
from mailer.flow.sessions import Ask, import_calendar, import_calendars
from mailer.model.calendar import CalendarPlace, Imported
from mailer.model.people import Session, SessionState
from mailer.store import clients, rescheduling, sessions
from tests.house import MONDAY, House, parsed, to
from tests.schedule.build import utc

AROUND = """
title = "Around a session"
for   = "everyone"

[[prompt]]
id        = "prep"
when      = "1 day before session at 09:00"
max_late  = "6 hours"
subject   = "For tomorrow"
questions = ["What shall we talk about?"]

[[prompt]]
id        = "after"
when      = "3 hours after session"
max_late  = "6 hours"
subject   = "After today"
questions = ["What stays with you?"]
"""
HOUR = timedelta(hours=1)
THURSDAY = utc("2026-03-05 14:00")
RULE = "Coaching {name}"


@pytest.fixture
def home(house: House, tmp_path: Path) -> House:
    """A house whose only schedule hangs on sessions, with Dana in it."""
    (tmp_path / "schedules" / "weekly-checkin.toml").unlink()
    (tmp_path / "schedules" / "sessions.toml").write_text(AROUND)
    house.add_client("dana")
    return house


@pytest.fixture
def sqlite_home(sqlite_house: House, tmp_path: Path) -> House:
    """The same on SQLite only: for stories in which the database does not matter."""
    (tmp_path / "schedules" / "weekly-checkin.toml").unlink()
    (tmp_path / "schedules" / "sessions.toml").write_text(AROUND)
    sqlite_house.add_client("dana")
    return sqlite_house


def meet(house: House, starts_at: datetime, *, who: str = "dana") -> Session:
    return house.store.db.write(sessions.add_session, house.client(who).id, starts_at, starts_at + HOUR, now=house.now)


def move(house: House, session: Session, starts_at: datetime) -> None:
    house.store.db.write(rescheduling.move_session, session.id, starts_at, starts_at + HOUR, now=house.now)


async def letters(house: House, *moments: str, who: str = "dana") -> list[str]:
    """Subjects of what went to a client while the house was looked after at these times."""
    sent = [letter for moment in moments for letter in to(await house.once(utc(moment)), f"{who}@example.org")]
    return [str(parsed(letter)["Subject"]) for letter in sent]


def planned(house: House) -> list[str]:
    """Every session that takes place: client's number and start."""
    known = house.store.db.read(sessions.sessions)
    return [f"{one.number} {one.starts_at:%m-%d %H:%M}" for one in known if one.state is SessionState.PLANNED]


# Letters around a session


async def test_a_session_brings_a_letter_before_and_one_after(home: House) -> None:
    await home.once(MONDAY)
    meet(home, THURSDAY)

    assert await letters(home, "2026-03-04 08:59") == []
    assert await letters(home, "2026-03-04 09:00") == ["For tomorrow"]
    assert await letters(home, "2026-03-05 17:59", "2026-03-05 18:00") == ["After today"]


async def test_a_letter_moves_with_its_session(home: House) -> None:
    await home.once(MONDAY)
    session = meet(home, THURSDAY)
    await home.once()

    move(home, session, THURSDAY + timedelta(days=1))

    assert await letters(home, "2026-03-04 09:00", "2026-03-04 14:00") == []
    assert await letters(home, "2026-03-05 09:00") == ["For tomorrow"]


async def test_what_went_out_is_not_repeated_when_the_session_moves(home: House) -> None:
    await home.once(MONDAY)
    session = meet(home, THURSDAY)
    assert await letters(home, "2026-03-04 09:00") == ["For tomorrow"]

    move(home, session, THURSDAY + timedelta(days=5))

    assert await letters(home, "2026-03-05 18:00", "2026-03-09 09:00") == []
    assert await letters(home, "2026-03-10 18:00") == ["After today"]


async def test_no_letter_speaks_of_a_session_that_is_cancelled(home: House) -> None:
    await home.once(MONDAY)
    session = meet(home, THURSDAY)
    await home.once()

    home.store.db.write(rescheduling.cancel_session, session.id, now=home.now)

    assert await letters(home, "2026-03-04 09:00", "2026-03-05 18:00", "2026-03-05 20:00") == []


async def test_a_session_that_takes_place_after_all_gets_its_letters(home: House) -> None:
    await home.once(MONDAY)
    session = meet(home, THURSDAY)
    await home.once()
    home.store.db.write(rescheduling.cancel_session, session.id, now=home.now)
    await home.once()

    assert meet(home, THURSDAY).id == session.id
    assert await letters(home, "2026-03-04 09:00") == ["For tomorrow"]


async def test_two_sessions_in_a_week_each_have_their_letter(home: House) -> None:
    await home.once(MONDAY)
    meet(home, utc("2026-03-04 14:00"))
    meet(home, utc("2026-03-06 14:00"))

    assert await letters(home, "2026-03-03 09:00", "2026-03-04 18:00", "2026-03-05 09:00") == [
        "For tomorrow",
        "After today",
        "For tomorrow",
    ]


# A coach's calendar


def event(uid: str, start: str, *lines: str, title: str = "Coaching Dana Reis", minutes: int = 60) -> str:
    first = ["BEGIN:VEVENT", f"UID:{uid}", f"DTSTART{start}", f"DURATION:PT{minutes}M", f"SUMMARY:{title}"]
    return "\n".join([*first, *lines, "END:VEVENT"])


def write(path: Path, *events: str, head: Sequence[str] = ()) -> None:
    text = "\n".join(["BEGIN:VCALENDAR", "VERSION:2.0", *head, *events, "END:VCALENDAR", ""])
    path.write_bytes(text.replace("\n", "\r\n").encode())


@pytest.fixture
def calendar(tmp_path: Path) -> Path:
    return tmp_path / "petra.ics"


async def take(house: House, path: Path, ask: Ask | None = None) -> Imported:
    place = CalendarPlace(coach="petra", path=path, rule=RULE)
    return await import_calendar(house.office, place, fetch_calendar, ask=ask, now=house.now)


def counts(done: Imported) -> tuple[int, int, int, int, int]:
    """(added, moved, cancelled, unchanged, left out)"""
    return len(done.added), len(done.moved), len(done.cancelled), done.unchanged, len(done.skipped)


WEEKLY = event("w", ";TZID=Europe/Berlin:20260310T100000", "RRULE:FREQ=WEEKLY;COUNT=4", "SEQUENCE:1")
MOVED = event(
    "w", ";TZID=Europe/Berlin:20260318T150000", "RECURRENCE-ID;TZID=Europe/Berlin:20260317T100000", "SEQUENCE:1"
)
OFF = event(
    "w",
    ";TZID=Europe/Berlin:20260324T100000",
    "RECURRENCE-ID;TZID=Europe/Berlin:20260324T100000",
    "STATUS:CANCELLED",
    "SEQUENCE:1",
)


async def test_the_engine_reads_a_calendar_and_writes_the_letters_of_its_sessions(home: House, calendar: Path) -> None:
    write(calendar, event("a", ":20260305T140000Z"))
    home.office.calendars = (CalendarPlace(coach="petra", path=calendar, rule=RULE),)
    await home.once(MONDAY)
    assert planned(home) == ["1 03-05 14:00"]
    assert home.troubles == []

    write(calendar, event("a", ":20260306T140000Z", "SEQUENCE:1"))

    assert await letters(home, "2026-03-04 09:00", "2026-03-05 09:00") == ["For tomorrow"]
    write(calendar)
    assert await letters(home, "2026-03-06 12:00", "2026-03-06 18:00") == []
    assert planned(home) == []


async def test_a_weekly_session_with_one_moved_and_one_cancelled_keeps_the_coachs_hour(
    home: House, calendar: Path
) -> None:
    write(calendar, WEEKLY)
    assert counts(await take(home, calendar)) == (4, 0, 0, 0, 0)
    before = home.store.db.read(sessions.sessions)
    assert planned(home) == ["1 03-10 09:00", "2 03-17 09:00", "3 03-24 09:00", "4 03-31 08:00"]

    write(calendar, WEEKLY, MOVED, OFF)

    assert counts(await take(home, calendar)) == (0, 1, 1, 2, 0)
    assert planned(home) == ["1 03-10 09:00", "2 03-18 14:00", "3 03-31 08:00"]
    assert {one.id for one in home.store.db.read(sessions.sessions)} == {one.id for one in before}
    assert counts(await take(home, calendar)) == (0, 0, 0, 3, 0)


async def test_reading_a_calendar_twice_changes_nothing(home: House, calendar: Path) -> None:
    write(calendar, WEEKLY, event("a", ":20260305T140000Z"), event("b", ":20260305T180000Z", title="Dentist"))
    await take(home, calendar)
    before = home.store.db.read(rescheduling.known_sessions, home.petra.id)

    done = await take(home, calendar)

    assert counts(done) == (0, 0, 0, 5, 0)
    assert done.elsewhere == 1
    assert home.store.db.read(rescheduling.known_sessions, home.petra.id) == before


async def test_a_dry_run_says_it_all_and_does_nothing(sqlite_home: House, calendar: Path) -> None:
    write(calendar, WEEKLY)

    assert counts(await take(sqlite_home, calendar, Ask(rule=RULE, dry_run=True))) == (4, 0, 0, 0, 0)
    assert planned(sqlite_home) == []


async def test_an_older_revision_of_an_event_changes_nothing(sqlite_home: House, calendar: Path) -> None:
    write(calendar, event("a", ":20260305T140000Z", "SEQUENCE:5"))
    await take(sqlite_home, calendar)
    write(calendar, event("a", ":20260306T140000Z", "SEQUENCE:4"))

    done = await take(sqlite_home, calendar)

    assert planned(sqlite_home) == ["1 03-05 14:00"]
    assert done.skipped == (
        ("Coaching Dana Reis (Fri 2026-03-06 15:00)", "a newer revision of this event has been read before"),
    )


async def test_a_session_noted_by_hand_is_the_event_at_its_time_and_never_cancelled_before(
    sqlite_home: House, calendar: Path
) -> None:
    by_hand = meet(sqlite_home, THURSDAY)
    write(calendar)
    assert counts(await take(sqlite_home, calendar)) == (0, 0, 0, 0, 0)

    write(calendar, event("a", ":20260305T140000Z"))
    assert counts(await take(sqlite_home, calendar)) == (0, 0, 0, 1, 0)
    write(calendar, event("a", ":20260306T140000Z"))
    assert counts(await take(sqlite_home, calendar)) == (0, 1, 0, 0, 0)

    (session,) = sqlite_home.store.db.read(sessions.sessions)
    assert (session.id, session.starts_at) == (by_hand.id, THURSDAY + timedelta(days=1))


async def test_what_a_person_moved_stays_where_the_person_put_it(sqlite_home: House, calendar: Path) -> None:
    write(calendar, event("a", ":20260305T140000Z"))
    await take(sqlite_home, calendar)
    move(sqlite_home, sqlite_home.store.db.read(sessions.sessions)[0], THURSDAY + HOUR)

    done = await take(sqlite_home, calendar)

    assert planned(sqlite_home) == ["1 03-05 15:00"]
    assert [why for _, why in done.skipped] == ["its session was moved here by hand, and that stays"]


async def test_a_client_who_is_invited_is_the_one_by_any_address_of_theirs(sqlite_home: House, calendar: Path) -> None:
    enzo = sqlite_home.add_client("enzo")
    sqlite_home.store.db.write(
        clients.add_alias, sqlite_home.store.vault, enzo.id, "enzo@work.example.com", now=sqlite_home.now
    )
    write(
        calendar,
        event("a", ":20260305T140000Z", "ATTENDEE;CN=D:mailto:DANA@example.org", title="Talk"),
        event("b", ":20260305T160000Z", "ATTENDEE:mailto:enzo@work.example.com", title="Talk"),
        event("c", ":20260305T180000Z", "ATTENDEE:mailto:enzo@work.example.com\nATTENDEE:mailto:dana@example.org"),
    )

    done = await take(sqlite_home, calendar, Ask())

    dana = sqlite_home.client("dana")
    assert [(one.client_id, one.starts_at.hour) for one in done.added] == [(dana.id, 14), (enzo.id, 16)]
    assert done.skipped == (
        ("Coaching Dana Reis (Thu 2026-03-05 19:00)", "its attendees are dana, enzo; a session is with one client"),
    )


async def test_of_two_events_at_one_time_the_second_is_told(sqlite_home: House, calendar: Path) -> None:
    write(calendar, event("a", ":20260305T140000Z"), event("b", ":20260305T143000Z"))

    done = await take(sqlite_home, calendar)

    assert planned(sqlite_home) == ["1 03-05 14:00"]
    assert done.skipped == (
        (
            "Coaching Dana Reis (Thu 2026-03-05 15:30)",
            "it overlaps Coaching Dana Reis (Thu 2026-03-05 15:00) of the same client",
        ),
    )


async def test_a_message_that_calls_off_a_series_calls_off_what_it_gave(sqlite_home: House, calendar: Path) -> None:
    write(calendar, WEEKLY, event("a", ":20260305T140000Z"))
    await take(sqlite_home, calendar)
    write(calendar, event("w", ";TZID=Europe/Berlin:20260310T100000", "SEQUENCE:2"), head=["METHOD:CANCEL"])

    done = await take(sqlite_home, calendar)

    assert counts(done) == (0, 0, 4, 0, 0)
    assert planned(sqlite_home) == ["1 03-05 14:00"]


async def test_a_calendar_of_which_a_part_is_not_understood_cancels_nothing(sqlite_home: House, calendar: Path) -> None:
    write(calendar, event("a", ":20260305T140000Z"), event("b", ":20260306T140000Z"))
    await take(sqlite_home, calendar)
    write(calendar, event("a", ":20260305T140000Z"), event("b", ";TZID=Nowhere:20260306T140000"))

    done = await take(sqlite_home, calendar)

    assert counts(done) == (0, 0, 0, 1, 1)
    assert planned(sqlite_home) == ["1 03-05 14:00", "2 03-06 14:00"]


async def test_a_calendar_that_is_suddenly_empty_cancels_nothing_and_says_so(
    sqlite_home: House, calendar: Path
) -> None:
    write(calendar, WEEKLY)
    await take(sqlite_home, calendar)
    write(calendar)
    sqlite_home.office.calendars = (CalendarPlace(coach="petra", path=calendar, rule=RULE),)

    await sqlite_home.once()

    (trouble,) = sqlite_home.troubles
    assert str(trouble).startswith("the calendar of petra: not one session is in the calendar, while 4 that came")
    assert len(planned(sqlite_home)) == 4
    assert counts(await take(sqlite_home, calendar, Ask(rule=RULE, force=True))) == (0, 0, 4, 0, 0)


async def test_the_sessions_of_another_coach_are_none_of_this_calendars_business(
    sqlite_home: House, calendar: Path
) -> None:
    sqlite_home.store.add_coach("rolf", "Rolf Haas")
    rosa = sqlite_home.store.add_client("rosa", coach="rolf")
    meet(sqlite_home, THURSDAY, who="rosa")
    write(calendar, event("a", ":20260306T140000Z", "ATTENDEE:mailto:rosa@example.org"))

    done = await take(sqlite_home, calendar, Ask())

    assert (counts(done), done.elsewhere) == ((0, 0, 0, 0, 0), 1)
    assert len(sqlite_home.store.db.read(sessions.sessions, client_id=rosa.id)) == 1


async def test_the_trouble_of_one_calendar_stops_no_other(sqlite_home: House, calendar: Path, tmp_path: Path) -> None:
    sqlite_home.store.add_coach("rolf", "Rolf Haas")
    write(calendar, event("a", ":20260305T140000Z"))
    (tmp_path / "page.ics").write_text("<html>Sign in</html>")
    sqlite_home.office.calendars = (
        CalendarPlace(coach="rolf", path=tmp_path / "nowhere.ics"),
        CalendarPlace(coach="petra", path=tmp_path / "page.ics", rule=RULE),
        CalendarPlace(coach="petra", path=calendar, rule=RULE),
    )

    with pytest.raises(TemporaryFailure) as told:
        await import_calendars(sqlite_home.office, fetch_calendar, now=sqlite_home.now)

    assert "nowhere.ics cannot be read: No such file or directory" in str(told.value)
    assert "the calendar of petra: this is no calendar: it has no BEGIN:VCALENDAR" in str(told.value)
    assert planned(sqlite_home) == ["1 03-05 14:00"]


async def test_an_unknown_coach_is_told_with_those_there_are(sqlite_home: House, calendar: Path) -> None:
    place = CalendarPlace(coach="pat", path=calendar)

    with pytest.raises(PermanentFailure, match=r'there is no coach "pat"; config.toml has: petra'):
        await import_calendar(sqlite_home.office, place, fetch_calendar, now=sqlite_home.now)


async def test_calendars_are_read_once_an_hour_and_again_soon_after_trouble(sqlite_home: House, calendar: Path) -> None:
    sqlite_home.office.calendars = (CalendarPlace(coach="petra", path=calendar, rule=RULE),)
    calendars, now = Calendars(sqlite_home.office, fetch_calendar), MONDAY

    with pytest.raises(MailerError, match="cannot be read"):
        await calendars.step(now=now)
    write(calendar, event("a", ":20260305T140000Z"))
    assert await calendars.step(now=now + timedelta(minutes=5))
    write(calendar, event("a", ":20260306T140000Z"))
    assert not await calendars.step(now=now + timedelta(minutes=30))
    assert planned(sqlite_home) == ["1 03-05 14:00"]
    assert await calendars.step(now=now + timedelta(minutes=65))
    assert planned(sqlite_home) == ["1 03-06 14:00"]
    write(calendar, event("a", ":20260307T140000Z"))
    assert await calendars.step(now=now - timedelta(days=1))  # the clock was set back


async def test_status_waits_for_the_calendars_where_there_are_any(sqlite_home: House, calendar: Path) -> None:
    assert "calendars" not in expected(sqlite_home.office)

    sqlite_home.office.calendars = (CalendarPlace(coach="petra", path=calendar, rule=RULE),)

    assert "calendars" in expected(sqlite_home.office)
