"""`mailer session`, as an operator types it."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.cli.operator import DANA, OMAR, Operator, now


@pytest.fixture
def keeper(operator: Operator) -> Operator:
    """An operator with Dana in Lisbon and Omar in Cairo, and Dana's session on 4 July 2099."""
    operator.type(DANA)
    operator.type(OMAR)
    operator.type("session add dana 2099-07-04 14:00")
    return operator


def ics(*events: tuple[str, str, str]) -> str:
    """A calendar of (uid, start in UTC, title)."""
    lines = ["BEGIN:VCALENDAR"]
    for uid, start, title in events:
        lines += ["BEGIN:VEVENT", f"UID:{uid}", f"DTSTART:{start}", f"SUMMARY:{title}", "END:VEVENT"]
    return "\r\n".join([*lines, "END:VCALENDAR", ""])


def test_a_session_is_moved_by_client_and_number(keeper: Operator) -> None:
    said = keeper.type("session move dana/1 '2099-07-05 15:00' --minutes 90")

    assert (said.code, said.out) == (
        0,
        "moved from Sat 2099-07-04 14:00: session 1 of dana: Sun 2099-07-05 15:00 in Europe/Lisbon, 90 minutes\n",
    )


def test_a_session_is_moved_by_its_id_and_lasts_as_long_as_before(keeper: Operator) -> None:
    (session,) = keeper.type("session list --json").json

    said = keeper.type(f"session move {session['id'][-8:]} 2099-07-05T15:00")

    assert said.out.endswith("session 1 of dana: Sun 2099-07-05 15:00 in Europe/Lisbon, 60 minutes\n")


def test_a_session_moved_to_where_it_is_stays(keeper: Operator) -> None:
    said = keeper.type("session move dana/1 2099-07-04 14:00")

    assert said.out == "nothing changed: session 1 of dana: Sat 2099-07-04 14:00 in Europe/Lisbon, 60 minutes\n"


def test_a_session_is_cancelled_and_stays_in_the_list_as_such(keeper: Operator) -> None:
    said = keeper.type("session cancel dana/1")

    assert said.out == "cancelled session 1 of dana: Sat 2099-07-04 14:00 in Europe/Lisbon, 60 minutes\n"
    assert "dana    cancelled  Sat 2099-07-04 14:00" in keeper.type("session list").out


MISTAKES = [
    (
        "session move dana/1 soon",
        2,
        'mailer: "soon" is no time; write it as "YYYY-MM-DD HH:MM", such as "2027-03-04 14:00"\n',
    ),
    (
        "session move dana 2099-07-05 15:00",
        1,
        'mailer: "dana" is no session; name a session by client and number, such as "dana/3", or by its id in '
        "`mailer session list`\n",
    ),
    (
        "session move dana/2 2099-07-05 15:00",
        1,
        'mailer: dana has 1, and no session "2"; `mailer session list dana` shows them\n',
    ),
    ("session cancel omar/1", 1, 'mailer: omar has none, and no session "1"; `mailer session list omar` shows them\n'),
    (
        "session import petra.ics",
        2,
        "mailer: whose calendar is it? say --coach with the coach's id\n",
    ),
    (
        "session import",
        1,
        "mailer: config.toml names no calendar; name a file: `mailer session import FILE --coach COACH`, or write "
        "calendar under the [[coach]]\n",
    ),
    (
        "session import --coach petra",
        1,
        'mailer: config.toml names no calendar for "petra"; it has none\n',
    ),
    (
        "session import x.ics --coach petra --rule Coaching",
        2,
        "mailer: --rule: it is the same for every client; write the title as it stands in the calendar with {name}, "
        '{first_name} or {client}, such as "Coaching {name}"\n',
    ),
    (
        "session import https://localhost:1/private-0123/basic.ics --coach petra",
        1,
        "mailer: the calendar of petra: localhost cannot be reached; it is tried again later\n",
    ),
    (
        "session import http://calendar.example.org/private-0123/basic.ics --coach petra",
        1,
        "mailer: the calendar of petra: calendar.example.org would give the calendar without encryption; write its "
        "https:// address\n",
    ),
]


@pytest.mark.parametrize(("line", "code", "err"), MISTAKES, ids=[line for line, _, _ in MISTAKES])
def test_what_cannot_be_meant_is_answered_with_what_can(keeper: Operator, line: str, code: int, err: str) -> None:
    said = keeper.type(line)

    assert (said.code, said.out, said.err) == (code, "", err)


def test_a_session_that_is_over_is_changed_only_where_one_says_so(operator: Operator) -> None:
    operator.type(DANA)
    operator.type("session add dana 2026-01-05 14:00")

    said = operator.type("session cancel dana/1")

    assert (said.code, said.err) == (
        1,
        "mailer: session 1 is over, and letters may have spoken of it; if it did not take place as written down, "
        "say --over\n",
    )
    assert operator.type("session cancel dana/1 --over").out == (
        "cancelled session 1 of dana: Mon 2026-01-05 14:00 in Europe/Lisbon, 60 minutes (it is over)\n"
    )


@pytest.fixture
def soon() -> str:
    """A day within the half year that a calendar is read."""
    return f"{now() + timedelta(days=30):%Y%m%d}"


def test_a_calendar_is_shown_before_it_is_taken_in(keeper: Operator, soon: str) -> None:
    events = [("a", f"{soon}T100000Z", "Coaching Dana Reis"), ("b", f"{soon}T120000Z", "Dentist")]
    keeper.write("petra.ics", ics(*events, ("c", "soon", "Coaching Omar Haddad")))
    line = "session import petra.ics --coach petra --rule 'Coaching {name}'"

    before, after, again = keeper.type(f"{line} --dry-run"), keeper.type(line), keeper.type(line)

    added, left, counts = before.out.splitlines()
    assert added.startswith("added      dana ")
    assert left == "left out   Coaching Omar Haddad (soon): its DTSTART is not understood"
    assert counts == ("petra: would be 1 added, 0 moved, 0 cancelled; 0 unchanged, 1 left out, 1 that are no sessions")
    assert after.out == before.out.replace("would be ", "")
    assert again.out.splitlines()[-1].startswith("petra: 0 added, 0 moved, 0 cancelled; 1 unchanged")
    (_, imported) = sorted(keeper.type("session list --json").json, key=lambda one: bool(one["calendar"]))
    assert imported["client"] == "dana"


def test_the_calendars_that_the_configuration_names_need_no_argument(keeper: Operator, soon: str) -> None:
    keeper.change(
        "config.toml", "[[account]]", 'calendar = "petra.ics"\ncalendar_rule = "1:1 {first_name}"\n[[account]]'
    )
    keeper.write("petra.ics", ics(("a", f"{soon}T100000Z", "1:1 Omar")))

    assert keeper.type("session import").out.startswith("added      omar ")
    moved = ics(("a", f"{soon}T110000Z", "1:1 Omar"))
    keeper.write("petra.ics", moved)
    assert keeper.type("session import --coach petra").out.startswith("moved      omar ")


def test_a_session_from_a_calendar_that_is_moved_here_says_who_decides(keeper: Operator, soon: str) -> None:
    keeper.write("petra.ics", ics(("a", f"{soon}T100000Z", "Coaching Omar Haddad")))
    keeper.type("session import petra.ics --coach petra --rule 'Coaching {name}'")

    said = keeper.type("session cancel omar/1")

    assert said.out.splitlines()[1] == (
        "it came from a calendar, which does not change it any more; change it there as well"
    )


def test_a_private_address_that_is_not_found_is_told_when_the_calendar_is_wanted(keeper: Operator) -> None:
    keeper.change("config.toml", "[[account]]", 'calendar_env = "PETRA_CALENDAR"\n[[account]]')

    assert keeper.type("session list").code == 0
    assert keeper.type("session import").err == (
        "mailer: the calendar of petra: calendar_env: the environment variable PETRA_CALENDAR is not set; "
        "set it where the program is started\n"
    )


def test_a_file_that_holds_one_event_does_not_cancel_the_others(keeper: Operator, soon: str) -> None:
    several = [(f"{n}", f"{soon}T{8 + 2 * n:02}0000Z", "Coaching Omar Haddad") for n in range(4)]
    keeper.write("petra.ics", ics(*several))
    keeper.write("one.ics", ics(several[0]))
    keeper.type("session import petra.ics --coach petra --rule 'Coaching {name}'")

    said = keeper.type("session import one.ics --coach petra --rule 'Coaching {name}'")

    assert said.code == 1
    assert said.err == (
        "mailer: the calendar of petra: only 1 session is in the calendar, while 3 that came from there before are "
        "ahead; none was cancelled. If that is meant, say so: `mailer session import --force`\n"
    )
    assert len(keeper.type("session list omar --json").json) == 4
