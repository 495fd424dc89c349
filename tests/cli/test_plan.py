"""`mailer plan` as it is printed, as a calendar, and `mailer preview`: what is shown is what will be sent."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from mailer.model.people import Habits
from mailer.schedule.ical_out import PlannedLetter, calendar_file
from mailer.store import clients, promises
from tests.cli.operator import DANA, Operator, now
from tests.cli.set_clock import MONDAY, SetClock, set_clock

LISBON = ZoneInfo("Europe/Lisbon")
DAILY = """title = "Daily line"
for = "everyone"
[[prompt]]
id = "line"
when = "every day at {time}"
subject = "One line"
questions = ["How is it?"]
"""


@pytest.fixture
def keeper(operator: Operator) -> Operator:
    """An operator with Dana in Lisbon, and one letter on the day after tomorrow."""
    for path in (operator.folder / "schedules").glob("*.toml"):
        path.unlink()
    later(operator, "once", "09:00")
    assert operator.type(f"{DANA} --set goal=Sleep").code == 0
    return operator


def the_day() -> date:
    """The day after tomorrow in Lisbon."""
    return now().astimezone(LISBON).date() + timedelta(days=2)


def later(operator: Operator, slug: str, time: str) -> None:
    """A schedule that sends one letter the day after tomorrow."""
    when = f"on {the_day()} at {time}"
    operator.write(f"schedules/{slug}.toml", DAILY.replace("every day at {time}", when))


def test_a_line_of_the_plan_has_a_name_that_can_be_asked_about(keeper: Operator) -> None:
    said = keeper.type("plan")

    name = f"dana/once/line/{the_day()}"
    utc = datetime.combine(the_day(), datetime.min.time(), LISBON).replace(hour=9).astimezone(UTC)
    head, line = said.out.splitlines()
    assert head.split() == ["occurrence", "local", "time", "zone", "UTC", "why"]
    assert re.sub(r" {2,}", "  ", line) == (
        f"{name}  {the_day():%a} {the_day()} 09:00  Europe/Lisbon  {utc:%Y-%m-%d %H:%MZ}  send  on {the_day()} at 09:00"
    )
    assert keeper.type(f"plan --why {name}").out.startswith(
        f"{name}\n  who       dana, active; letters arrive; on once"
    )


def test_a_name_with_blanks_is_shown_in_quotes(keeper: Operator) -> None:
    keeper.write("schedules/days.toml", DAILY.replace("every day at {time}", "day 3 at 09:00"))
    today = now().astimezone(LISBON).date()

    keeper.type("client join dana days")
    shown = keeper.type("plan --client dana").out

    assert f'"dana/days/line/{today}/day 3"  ' in shown
    assert keeper.type(f'plan --why "dana/days/line/{today}/day 3"').code == 0


def test_what_was_decided_is_not_in_the_plan_any_more(operator: Operator) -> None:
    operator.write("schedules/daily.toml", DAILY.format(time="09:00"))
    with set_clock(operator) as desk:
        desk.add("dana")
        at = MONDAY + timedelta(hours=1)
        before = [line.occurrence for line in desk.lines(MONDAY, at)]
        desk.plan(at)

        after = [line.occurrence for line in desk.lines(at, at + timedelta(hours=23))]

    assert before == ["dana/daily/line/2027-03-01"]
    assert after == []


def test_the_plan_tells_a_program_what_moved_a_letter(operator: Operator) -> None:
    operator.write("schedules/daily.toml", DAILY.format(time="02:30"))
    operator.change("config.toml", "[[practice]]", '[quiet_times]\nhours = ""\n\n[[practice]]')
    with set_clock(operator) as desk:
        desk.add("bela", zone="Europe/Berlin", habits=Habits(days_off=frozenset({5})))
        until = datetime(2027, 3, 28, 12, tzinfo=UTC)
        lines = {line.occurrence: line.decision for line in desk.lines(until - timedelta(days=3), until)}

    shifted = lines["bela/daily/line/2027-03-28"]
    assert (shifted.skip, shifted.due.shifted, f"{shifted.due.local:%H:%M}") == (None, True, "03:00")
    off = lines["bela/daily/line/2027-03-27"]
    assert (off.skip, off.detail) == ("quiet", "It falls into a day off, and may go 6 hours late at most.")


def unfolded(content: bytes) -> list[dict[str, str]]:
    """The events of an iCalendar file, read by hand (RFC 5545 §3.1)."""
    text = content.decode("utf-8")
    assert "\n" not in text.replace("\r\n", "")
    lines = re.sub(r"\r\n[ \t]", "", text).split("\r\n")
    assert (lines[0], lines[-2:]) == ("BEGIN:VCALENDAR", ["END:VCALENDAR", ""])
    events: list[dict[str, str]] = []
    for line in lines:
        name, _, value = line.partition(":")
        if line == "BEGIN:VEVENT":
            events.append({})
        elif events and name not in ("END", "BEGIN"):
            events[-1][name] = re.sub(r"\\(.)", r"\1", value)
    return events


def test_the_sends_can_be_read_into_a_calendar(keeper: Operator) -> None:
    said = keeper.type("plan --calendar plan.ics")

    [event] = unfolded((keeper.folder / "plan.ics").read_bytes())
    utc = datetime.combine(the_day(), datetime.min.time(), LISBON).replace(hour=9).astimezone(UTC)
    assert said.out == "wrote 1 letter of the next 14 days to plan.ics\n"
    assert event["SUMMARY"] == "Dana: Daily line"
    assert event["DTSTART"] == f"{utc:%Y%m%dT%H%M%SZ}"
    assert event["DESCRIPTION"] == f"Goes out at 09:00 on {the_day():%A} {the_day()} in Europe/Lisbon."
    assert (event["CLASS"], event["TRANSP"]) == ("PRIVATE", "TRANSPARENT")


def test_a_calendar_holds_no_question_no_surname_and_nothing_that_is_not_sent(keeper: Operator) -> None:
    keeper.type("client pause dana")
    keeper.type("plan --calendar plan.ics")

    assert unfolded((keeper.folder / "plan.ics").read_bytes()) == []


@pytest.fixture
def desk(operator: Operator) -> Iterator[SetClock]:
    """An office on Monday 1 March 2027 with one letter a day."""
    operator.write("schedules/daily.toml", DAILY.format(time="09:00"))
    with set_clock(operator) as made:
        yield made


def letters(desk: SetClock, *, title: str = "Daily line", name: str = "Dana") -> list[PlannedLetter]:
    return [
        PlannedLetter(
            client_id=line.client.id, first_name=name, zone=line.client.zone, title=title, due=line.decision.due
        )
        for line in desk.lines(MONDAY, MONDAY + timedelta(days=2))
    ]


def test_an_event_keeps_its_name_from_file_to_file(desk: SetClock) -> None:
    desk.add("dana")

    first = unfolded(calendar_file(letters(desk), now=MONDAY))
    again = unfolded(calendar_file(letters(desk, title="Renamed"), now=MONDAY + timedelta(days=1)))

    assert [one["UID"] for one in first] == [one["UID"] for one in again]
    assert len({one["UID"] for one in first}) == len(first) == 2
    assert all(one["UID"].endswith("@between-sessions") for one in first)


def test_a_name_of_any_kind_is_read_back(desk: SetClock) -> None:
    desk.add("dana")
    name = "Zoë; a, b\\c" * 12

    [event, _] = unfolded(calendar_file(letters(desk, name=name), now=MONDAY))

    assert event["SUMMARY"] == f"{name}: Daily line"


def test_a_calendar_that_cannot_be_written_is_said(keeper: Operator) -> None:
    said = keeper.type("plan --calendar no/such.ics")

    assert (said.code, said.err) == (
        1, "mailer: no/such.ics cannot be written: No such file or directory; name another file\n",
    )  # fmt: skip


def test_the_story_of_one_letter_takes_no_other_question(keeper: Operator) -> None:
    said = keeper.type("plan --why dana/once/line/x --client dana")

    assert (said.code, said.err) == (
        2, "mailer: --why is about one occurrence; leave --client and --calendar out\n",
    )  # fmt: skip


def test_a_preview_says_a_clients_own_variables(keeper: Operator) -> None:
    keeper.change("schedules/once.toml", 'subject = "One line"', 'subject = "One line"\ntemplate = "own"')
    keeper.write("templates/own.md", "Hello {{ client.first_name }}, {{ own.goal }}?\n\n{{ questions }}\n")

    assert "Hello Dana, Sleep?" in keeper.type("preview once/line --client dana").out


def test_a_preview_of_a_fallback_is_the_letter_in_that_language(keeper: Operator) -> None:
    text = DAILY.format(time="09:00").replace('for = "everyone"', 'for = "everyone"\nfallback = "de"')
    text = text.replace('"One line"', '{de = "Eine Zeile"}').replace('["How is it?"]', '[{ask = {de = "Wie ist es?"}}]')
    keeper.write("schedules/german.toml", text)

    said = keeper.type("preview german/line --client dana")

    assert "Subject: Eine Zeile\n\nHallo Dana,\n" in said.out
    assert "Wie ist es?" in said.out


PROMISE = """title = "Promises"
for = "everyone"
[[prompt]]
id = "due"
when = "on the day of promise at 08:30"
subject = "For today"
template = "promised"
questions = ["How did it go?"]
"""


def test_a_preview_about_a_promise_says_what_was_promised(keeper: Operator) -> None:
    keeper.write("schedules/promises.toml", PROMISE)
    keeper.write("templates/promised.md", "You said:\n\n{{ promises }}\n\n{{ questions }}\n")
    keeper.type("client join dana promises")
    invented = keeper.type("preview promises/due --client dana")
    with set_clock(keeper, now=now()) as desk:
        dana = desk.office.db.read(clients.find_client, desk.office.vault, "dana")
        desk.office.db.write(
            promises.add_promise, desk.office.vault, dana.id, "swim twice", due_on=the_day(), now=now()
        )

    kept = keeper.type("preview promises/due --client dana")

    assert invented.err == "mailer: dana has no promise to come; shown as if there were two\n"
    assert "walk on Tuesday" in invented.out
    assert "call Lee" in invented.out
    assert kept.err == ""
    assert "swim twice" in kept.out
