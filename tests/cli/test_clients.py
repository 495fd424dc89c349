"""Clients, their schedules and their sessions, as an operator keeps them."""

from __future__ import annotations

from datetime import timedelta

import pytest

from mailer.cli.desk import settings_of
from mailer.engine.opening import open_office
from mailer.model.people import ClientState
from mailer.store import clients
from tests.cli.operator import DANA, OMAR, Operator, now


@pytest.fixture
def keeper(operator: Operator) -> Operator:
    """An operator with one client, Dana in Lisbon."""
    assert operator.type(DANA).out == "added dana; on weekly-checkin\n"
    return operator


def stopped(operator: Operator, slug: str) -> None:
    """The client wrote STOP."""
    with pytest.MonkeyPatch.context() as here:
        here.setenv("MAILER_PASSWORD", "a quiet word")
        settings = settings_of(operator.folder / "config.toml")
    with open_office(settings, now=now()) as (office, _):
        client = office.db.read(clients.find_client, office.vault, slug)
        office.db.write(clients.set_state, client.id, ClientState.STOPPED, now=now())


def test_clients_are_listed_with_all_one_needs(keeper: Operator) -> None:
    keeper.type(f"{OMAR} --tag acme --tag pilot --country eg")

    said = keeper.type("client list")

    assert said.out == (
        "client  name         address           zone           state   schedules\n"
        "dana    Dana Reis    dana@example.org  Europe/Lisbon  active  weekly-checkin\n"
        "omar    Omar Haddad  omar@example.org  Africa/Cairo   active  weekly-checkin\n"
    )


def test_a_client_for_a_program(keeper: Operator) -> None:
    keeper.type(f"{OMAR} --tag pilot --tag acme --country eg --form formal")

    dana, omar = keeper.type("client list --json").json
    shown = keeper.type("client show omar --json").json

    assert (dana["slug"], dana["schedules"], dana["paused_until"]) == ("dana", ["weekly-checkin"], None)
    assert (omar["country"], omar["form"], omar["tags"]) == ("EG", "formal", ["acme", "pilot"])
    assert (shown["id"], shown["coach"], shown["sessions"]) == (omar["id"], "petra", [])
    assert [one["schedule"] for one in shown["enrolments"]] == ["weekly-checkin"]


def test_a_client_is_shown_whole(keeper: Operator) -> None:
    keeper.type("session add dana '2099-03-04 14:00'")

    lines = dict(line.split(maxsplit=1) for line in keeper.type("client show dana").out.splitlines())

    assert lines["name"] == "Dana Reis"
    assert lines["address"] == "dana@example.org (ok)"
    assert lines["coach"] == "petra"
    assert lines["zone"] == "Europe/Lisbon"
    assert lines["state"] == "active"
    assert lines["sessions"] == "Wed 2099-03-04 14:00"


def test_a_schedule_that_is_not_there_adds_nobody(operator: Operator) -> None:
    refused = operator.type(f"{DANA} --schedule nope")

    assert refused.code == 1
    assert operator.type("client list").out == "no clients yet: `mailer client add`\n"


def test_a_client_nobody_asks_anything_is_told_of(operator: Operator) -> None:
    operator.change("schedules/weekly-checkin.toml", 'for = "everyone"', 'for = "tag pilot"')

    assert operator.type(DANA).out == "added dana; on no schedule yet: `mailer client join dana SCHEDULE`\n"
    assert operator.type("plan").out == "nobody is on any schedule: `mailer client join`\n"
    assert operator.type("plan --client dana").out == "dana is on no schedule: `mailer client join`\n"


def test_a_pause_ends_on_its_day_in_the_clients_own_zone(keeper: Operator) -> None:
    paused = keeper.type("client pause dana --until 2099-03-15")

    assert paused.out == "paused dana until 2099-03-15\n"
    assert "state      paused until Sun 2099-03-15 00:00" in keeper.type("client show dana").out
    assert "no: paused" in keeper.type("plan").out

    assert keeper.type("client resume dana").out == ("resumed dana; `mailer plan --client dana` shows what goes out\n")
    assert keeper.type("client resume dana").out == "dana was not paused; nothing was changed\n"


def test_an_open_pause_says_how_it_ends(keeper: Operator) -> None:
    assert keeper.type("client pause dana").out == "paused dana until `mailer client resume dana`\n"


def test_a_pause_that_is_over_before_it_begins_is_refused(keeper: Operator) -> None:
    said = keeper.type("client pause dana --until 2020-01-01")

    assert (said.code, said.err) == (
        1,
        "mailer: --until: 2020-01-01 has begun where dana lives; name a day to come\n",
    )
    assert "state      active" in keeper.type("client show dana").out


def test_a_stop_does_not_become_a_pause_that_ends(keeper: Operator) -> None:
    stopped(keeper, "dana")

    said = keeper.type("client pause dana --until 2099-03-15")

    assert (said.code, said.err) == (1, "mailer: dana wrote STOP, which lasts; nothing was changed\n")
    assert "state      stopped" in keeper.type("client show dana").out


def test_a_stop_is_taken_back_only_when_the_client_asked(keeper: Operator) -> None:
    stopped(keeper, "dana")

    by_mistake = keeper.type("client resume dana")
    asked = keeper.type("client resume dana --asked")

    assert (by_mistake.code, asked.code) == (1, 0)
    assert by_mistake.err == (
        "mailer: dana wrote STOP; a reply of RESUME takes it back, or say --asked if they told you so themselves\n"
    )
    assert "state      active" in keeper.type("client show dana").out


def test_joining_and_leaving(keeper: Operator) -> None:
    said = [keeper.type(f"client {what} dana welcome").out for what in ("join", "join", "leave")]

    assert said == [
        "dana joined welcome; it sends nothing while enabled = false stands in welcome.toml\n",
        "dana was on welcome already; nothing was changed\n",
        "dana left welcome\n",
    ]
    assert keeper.type("client leave dana welcome").code == 1


def test_dates_of_an_enrolment(keeper: Operator) -> None:
    turned = keeper.type("client join dana welcome --from 2099-02-01 --until 2099-01-01")
    over = keeper.type("client join dana welcome --from 2020-01-01 --until 2020-02-01")
    good = keeper.type("client join dana welcome --from 2099-01-01 --until 2099-02-01")

    assert (turned.code, turned.err) == (
        2,
        "mailer: --until: 2099-01-01 comes before 2099-02-01, the first day; nothing would ever be sent\n",
    )
    assert (over.code, over.err) == (
        1,
        "mailer: --until: 2020-02-01 is over where dana lives; nothing would ever be sent\n",
    )
    assert good.code == 0
    assert "welcome from 2099-01-01 to 2099-02-01" in keeper.type("client show dana").out


def test_sessions_stand_on_the_clients_own_clock(keeper: Operator) -> None:
    later = keeper.type("session add dana '2099-07-04 14:00' --minutes 50")
    sooner = keeper.type("session add dana 2099-01-04T14:00")

    assert later.out == "session 1 of dana: Sat 2099-07-04 14:00 in Europe/Lisbon, 50 minutes\n"
    assert sooner.out == "session 1 of dana: Sun 2099-01-04 14:00 in Europe/Lisbon, 60 minutes\n"
    first, second = keeper.type("session list dana --json").json
    assert (first["client"], first["number"], first["starts_at"]) == ("dana", 1, "2099-01-04T14:00:00+00:00")
    assert (second["number"], second["ends_at"]) == (2, "2099-07-04T13:50:00+00:00")
    assert "dana    2        Sat 2099-07-04 14:00  Europe/Lisbon" in keeper.type("session list").out


def test_two_sessions_at_one_time_are_refused(keeper: Operator) -> None:
    keeper.type("session add dana '2099-07-04 14:00'")

    said = keeper.type("session add dana '2099-07-04 14:30'")

    assert (said.code, said.err) == (
        1,
        "mailer: a session at Sat 2099-07-04 14:30 would overlap session 1 of dana, Sat 2099-07-04 14:00 to 15:00 in "
        "Europe/Lisbon; move or cancel that one first: `mailer session move dana/1`\n",
    )


def test_a_time_that_the_clocks_jump_over_is_asked_about(keeper: Operator) -> None:
    said = keeper.type("session add dana '2027-03-28 01:30'")

    assert (said.code, said.err) == (
        2,
        "mailer: 2027-03-28 01:30 does not exist in Europe/Lisbon; the clocks go on to 02:00; "
        "ask which time was meant\n",
    )


def test_a_session_that_is_over_is_said_to_be(keeper: Operator) -> None:
    assert keeper.type("session add dana '2020-03-04 14:00'").out.endswith("60 minutes (it is over)\n")


def test_no_sessions_yet(keeper: Operator) -> None:
    assert keeper.type("session list").out == "no sessions yet: `mailer session add`\n"
    assert keeper.type("session list --json").json == []


def test_an_alias_of_another_client_is_refused(keeper: Operator) -> None:
    keeper.type(OMAR)

    taken = keeper.type("inbox alias dana omar@example.org")
    free = keeper.type("inbox alias dana Dana.R@Example.NET")

    assert (taken.code, taken.err) == (
        1,
        "mailer: another client writes from that address; `mailer client list` shows who\n",
    )
    assert free.out == ("letters from there are dana's own; `mailer inbox replay` reads those that wait once more\n")


def test_the_plan_for_a_program(keeper: Operator) -> None:
    until = now() + timedelta(days=8)

    [line, *_] = keeper.type("plan --days 8 --json").json

    assert set(line) == {
        "occurrence", "client", "schedule", "prompt", "anchor", "local", "zone", "utc", "until", "send", "reason",
        "skip", "detail", "shifted", "moved", "late",
    }  # fmt: skip
    assert line["occurrence"] == f"dana/weekly-checkin/week/{line['anchor']}"
    assert (line["client"], line["schedule"], line["prompt"]) == ("dana", "weekly-checkin", "week")
    assert (line["local"], line["zone"]) == (f"{line['anchor']}T08:30", "Europe/Lisbon")
    assert (line["send"], line["skip"], line["reason"]) == (True, None, "every Friday at 08:30")
    assert line["utc"] < until.isoformat()


def test_a_plan_says_why_it_is_empty(keeper: Operator) -> None:
    keeper.change("schedules/weekly-checkin.toml", 'for = "everyone"', 'for = "everyone"\nenabled = false')

    assert keeper.type("plan").out == "nothing is in force: enabled = false, or no file, for weekly-checkin\n"


def test_a_schedule_whose_file_is_gone_is_told(keeper: Operator) -> None:
    (keeper.folder / "schedules/weekly-checkin.toml").unlink()

    said = keeper.type("plan")

    assert said.err == (
        "mailer: dana is on weekly-checkin, but there is no weekly-checkin.toml; nothing of it is sent\n"
    )


def test_a_preview_is_the_letter(keeper: Operator) -> None:
    said = keeper.type("preview weekly-checkin/week --client dana --html letter.html")

    assert said.out.startswith(
        "From: Petra Vogl <letters@example.org>\nTo: Dana Reis <dana@example.org>\n"
        "Subject: Your week in four lines\n\nHello Dana,\n"
    )
    assert "A few questions from Petra" in (keeper.folder / "letter.html").read_text("utf-8")


def test_a_preview_while_rehearsing_is_the_letter_to_the_coach(keeper: Operator) -> None:
    keeper.write("config.toml", "rehearse = true\n" + (keeper.folder / "config.toml").read_text())

    said = keeper.type("preview weekly-checkin/week --client dana")

    assert "To: Petra Vogl <petra@coach.example.org>\nSubject: [rehearsal for Dana] Your week" in said.out


def test_a_preview_around_a_session_says_when_it_had_to_invent_one(keeper: Operator) -> None:
    keeper.change("schedules/session-prep.toml", "For our next session", "For {{ session.day }}")
    invented = keeper.type("preview session-prep/prep --client dana")
    keeper.type("session add dana '2099-07-04 14:00'")

    noted = keeper.type("preview session-prep/prep --client dana")

    assert invented.err == "mailer: dana has no session to come; shown as if there were one tomorrow\n"
    assert noted.err == ""
    assert "Subject: For Saturday 4 July\n" in noted.out
