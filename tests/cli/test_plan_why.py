"""`mailer plan --why`: the story of one letter that went, will go, will not go, or was never called for."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, time, timedelta

import pytest

from mailer.errors import PermanentFailure
from mailer.model.outgoing import BeforeData, Deferred, Outcome, Transport, WireLetter
from mailer.model.people import ClientState, Habits, QuietHours
from mailer.store import clients, sessions
from tests.cli.operator import Operator
from tests.cli.set_clock import MONDAY, SetClock, set_clock

FRIDAY = datetime(2027, 3, 5, 8, 30, tzinfo=UTC)
WEEKLY = """title = "Weekly check-in"
for = "everyone"
skip_if = "session within 24 hours"

[[prompt]]
id = "week"
when = "every Friday at 08:30"
max_late = "6 hours"
subject = "Your week"
questions = ["How was it?"]
"""
WELCOME = """title = "Welcome"
for = "everyone"

[[prompt]]
id = "begin"
when = "day 1 at 09:00"
subject = "Welcome"
questions = ["How is it?"]

[[prompt]]
id = "prep"
when = "2 days before session at 09:00"
subject = "For our session"
questions = ["What shall we talk about?"]

[[prompt]]
id = "thanks"
when = '1 day after answer to "begin" at 09:00'
only_if = 'answer to "begin"'
stop_on = "any reply"
subject = "Thank you"
questions = ["What else?"]
"""


@pytest.fixture
def desk(operator: Operator) -> Iterator[SetClock]:
    """An office on Monday 1 March 2027 with one weekly schedule and the usual quiet hours."""
    for path in (operator.folder / "schedules").glob("*.toml"):
        path.unlink()
    operator.write("schedules/weekly-checkin.toml", WEEKLY)
    with set_clock(operator) as made:
        yield made


class Busy:
    """A way out whose server is busy."""

    after_dot = False

    def connections(self, count: int) -> Sequence[Transport]:
        return [self][:count]

    async def send(self, letter: WireLetter, *, before_data: BeforeData) -> Outcome:
        return Deferred(code=451, status="4.7.1", reply="try later")

    async def close(self) -> None:
        """Nothing is held open."""


def test_a_letter_to_come_is_told_from_its_line_to_its_time(desk: SetClock) -> None:
    desk.add("dana")

    assert desk.why("dana/weekly-checkin/week/2027-03-05", MONDAY) == [
        "who       dana, active; letters arrive; on weekly-checkin from 2027-03-01",
        'line      weekly-checkin.toml:7: prompt "week" goes every Friday at 08:30',
        "day       Friday 2027-03-05 where dana lives",
        "zone      Europe/Lisbon, UTC+00:00 then",
        "own time  none; the time of the schedule counts",
        "quiet     nothing quiet at that time; quiet hours are 22:00 to 06:00",
        "skip_if   session within 24 hours: false now",
        "pause     none",
        "limit     3 letters a week; counted in that of Monday 2027-03-01: none",
        "outcome   it goes out Fri 2027-03-05 08:30 (2027-03-05 08:30Z), as things stand, and not later than Fri 14:30",
    ]


def test_a_letter_that_went_is_told_to_the_servers_word(desk: SetClock) -> None:
    desk.add("dana")
    desk.plan(FRIDAY)
    desk.send(FRIDAY + timedelta(seconds=20))

    told = desk.why("dana/weekly-checkin/week/2027-03-05", FRIDAY + timedelta(days=3))

    assert told[-2] == "decided   Fri 2027-03-05 08:30: a letter, due Fri 2027-03-05 08:30"
    assert told[-1].startswith("letter    sent Fri 2027-03-05 08:30, 1 attempt, the server said 250, written to ")
    assert told[-3] == "limit     3 letters a week; counted in that of Monday 2027-03-01: weekly-checkin/week (Friday)"


def test_a_letter_that_waits_says_what_the_server_said(desk: SetClock) -> None:
    desk.add("dana")
    desk.plan(FRIDAY)
    desk.send(FRIDAY, Busy())

    told = desk.why("dana/weekly-checkin/week/2027-03-05", FRIDAY + timedelta(minutes=1))

    assert told[-1].startswith("letter    waits to be sent, 1 attempt, the server said 451, next at 08:3")
    assert "try later" in told[-1]


def test_a_letter_that_was_skipped_says_when_and_why(desk: SetClock) -> None:
    dana = desk.add("dana")
    desk.office.db.write(clients.set_state, dana.id, ClientState.PAUSED, now=MONDAY)
    desk.plan(FRIDAY)

    told = desk.why("dana/weekly-checkin/week/2027-03-05", FRIDAY + timedelta(days=3))

    assert told[0] == "who       dana, paused; letters arrive; on weekly-checkin from 2027-03-01"
    assert told[-3] == "pause     paused until someone resumes it"
    assert told[-1] == (
        "decided   Fri 2027-03-05 08:30: no letter (paused). The client is paused until someone writes RESUME."
    )


def test_own_time_quiet_hours_and_clocks_are_told_of(desk: SetClock) -> None:
    quiet = QuietHours(begin=time(19), end=time(7))
    desk.add("dana", habits=Habits(own_time=time(20, 0), quiet_hours=quiet, days_off=frozenset({5, 6})))

    told = desk.why("dana/weekly-checkin/week/2027-04-02", MONDAY)

    assert told[2:6] == [
        "day       Friday 2027-04-02 where dana lives",
        "zone      Europe/Lisbon, UTC+01:00 then; the clocks change in between, today it is UTC+00:00",
        "own time  20:00, in place of the schedule's",
        "quiet     It falls into quiet hours, 19:00 to 07:00, and may go 6 hours late at most.",
    ]
    assert told[-1] == (
        "outcome   no letter (quiet), as things stand. It falls into quiet hours, 19:00 to 07:00, and may go 6 hours "
        "late at most."
    )


def test_a_letter_that_is_moved_out_of_quiet_hours_says_to_where(desk: SetClock) -> None:
    desk.add("dana", habits=Habits(quiet_hours=QuietHours(begin=time(21), end=time(9))))

    told = desk.why("dana/weekly-checkin/week/2027-03-05", MONDAY)

    assert "quiet     moved out of quiet hours, 21:00 to 09:00, to Fri 09:00" in told


def test_a_time_that_the_clocks_jump_over_is_told_of(desk: SetClock, operator: Operator) -> None:
    operator.change("schedules/weekly-checkin.toml", "every Friday at 08:30", "every Sunday at 02:30")
    operator.change("config.toml", "[[practice]]", '[quiet_times]\nhours = ""\n\n[[practice]]')
    with set_clock(operator) as early:
        early.add("bela", zone="Europe/Berlin")

        told = early.why("bela/weekly-checkin/week/2027-03-28", MONDAY)

    assert told[3] == (
        "zone      Europe/Berlin, UTC+02:00 then; the clocks jump over its time that day, so it is the first moment "
        "after the jump"
    )
    assert told[-1].startswith("outcome   it goes out Sun 2027-03-28 03:00 (2027-03-28 01:00Z)")


def test_conditions_are_told_as_they_stand(desk: SetClock, operator: Operator) -> None:
    dana = desk.add("dana")
    start = FRIDAY + timedelta(hours=4)
    desk.office.db.write(sessions.add_session, dana.id, start, start + timedelta(hours=1), now=MONDAY)

    before = desk.why("dana/weekly-checkin/week/2027-03-05", MONDAY)
    near = desk.why("dana/weekly-checkin/week/2027-03-05", FRIDAY - timedelta(minutes=5))

    assert before[6] == "skip_if   session within 24 hours: false now"
    assert near[6] == "skip_if   session within 24 hours: true now, which stands against it"
    assert before[-1].startswith("outcome   no letter (condition), as things stand. It is skipped in this case")


@pytest.fixture
def programme(operator: Operator, desk: SetClock) -> Iterator[SetClock]:
    """The same office with a programme beside the weekly letter, and Dana on both."""
    operator.write("schedules/welcome.toml", WELCOME)
    with set_clock(operator) as made:
        made.add("dana")
        yield made


def test_anchors_with_blanks_slashes_and_ids_name_an_occurrence(programme: SetClock) -> None:
    dana = programme.office.db.read(clients.find_client, programme.office.vault, "dana")
    start = datetime(2027, 3, 10, 14, 0, tzinfo=UTC)
    session = programme.office.db.write(sessions.add_session, dana.id, start, start + timedelta(hours=1), now=MONDAY)

    shown = {line.shown for line in programme.lines(MONDAY, MONDAY + timedelta(days=10))}
    begin = programme.why("dana/welcome/begin/2027-03-01/day 1", MONDAY)
    prep = programme.why(f"dana/welcome/prep/{session.id}", MONDAY)

    assert {"dana/welcome/begin/2027-03-01/day 1", f"dana/welcome/prep/{session.id.hex[-8:]}"} <= shown
    assert begin[-1].startswith("outcome   it goes out Mon 2027-03-01 09:00")
    assert prep[2] == ("day       Monday 2027-03-08 where dana lives; it hangs on session 1, Wed 2027-03-10 14:00")
    assert programme.why(f"dana/welcome/prep/{session.id.hex[-8:]}", MONDAY) == prep


def test_the_letters_a_limit_counts_are_named(programme: SetClock) -> None:
    told = programme.why("dana/weekly-checkin/week/2027-03-05", MONDAY)

    assert told[-2] == "limit     3 letters a week; counted in that of Monday 2027-03-01: welcome/begin (Monday)"


NONE = [
    (
        "dana/weekly-checkin/week/2027-03-06",
        "there is no such occurrence; weekly-checkin/week goes every Friday at 08:30; the nearest: "
        '"dana/weekly-checkin/week/2027-03-05" and "dana/weekly-checkin/week/2027-03-12"',
    ),
    (
        "dana/weekly-checkin/week/1066-10-14",
        "there is no such occurrence; weekly-checkin/week goes every Friday at 08:30; the nearest: "
        '"dana/weekly-checkin/week/2027-03-05" and "dana/weekly-checkin/week/2027-03-12"',
    ),
    (
        "dana/welcome/begin/2027-03-01/day 2",
        "there is no such occurrence; welcome/begin goes day 1 at 09:00; the nearest: "
        '"dana/welcome/begin/2027-03-01/day 1"',
    ),
    (
        "dana/welcome/prep/x",
        "there is no such occurrence; welcome/prep goes 2 days before session at 09:00, and nothing of it is called "
        "for as things stand",
    ),
    (
        "dana/weekly-checkin",
        '"dana/weekly-checkin" is no occurrence; write one as `mailer plan` shows it, such as '
        "dana/weekly-checkin/week/2027-03-05",
    ),
    ("dana/nope/week/2027-03-05", 'there is no schedule "nope"; the folder has: weekly-checkin, welcome'),
    ("dana/welcome/nope/2027-03-05", 'welcome has no prompt "nope"; it has: begin, prep, thanks'),
    ("omar/welcome/begin/x", 'there is no client "omar"; `mailer client list` shows the short names'),
]


@pytest.mark.parametrize(("name", "said"), NONE)
def test_what_the_calendar_does_not_call_for_is_answered_with_what_is_near(
    programme: SetClock, name: str, said: str
) -> None:
    with pytest.raises(PermanentFailure) as error:
        programme.why(name, MONDAY)

    assert str(error.value) == said


def test_what_lay_before_the_enrolment_is_told_as_such(desk: SetClock) -> None:
    friday = FRIDAY + timedelta(hours=2)
    desk.add("dana", at=friday)

    told = desk.why("dana/weekly-checkin/week/2027-03-05", friday + timedelta(hours=1))

    assert told[-1] == (
        "outcome   no letter: it lay before Fri 2027-03-05 10:30, when the prompt or the enrolment began to count"
    )


def test_a_letter_years_ahead_is_called_for_and_no_more_is_said(desk: SetClock) -> None:
    desk.add("dana")

    told = desk.why("dana/weekly-checkin/week/2029-03-02", MONDAY)

    assert told[-1] == "outcome   too far ahead to be told; the calendar calls for it"


def test_a_schedule_that_is_off_says_so(desk: SetClock, operator: Operator) -> None:
    desk.add("dana")
    operator.change("schedules/weekly-checkin.toml", 'for = "everyone"', 'for = "everyone"\nenabled = false')
    with set_clock(operator) as later:
        told = later.why("dana/weekly-checkin/week/2027-03-05", MONDAY)

    assert told[1] == (
        'line      weekly-checkin.toml:8: prompt "week" goes every Friday at 08:30; enabled = false, so nothing of it '
        "is sent"
    )
    assert told[-1] == "outcome   no letter: the schedule is switched off"
