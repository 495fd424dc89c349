"""Clients in a spreadsheet: importing them, all or none, and exporting them so that importing changes nothing."""

from __future__ import annotations

import shutil
import stat
from datetime import date, timedelta

import pytest

from mailer.model.people import ClientState
from mailer.store import clients
from tests.cli.operator import DANA, OMAR, Operator, Said, now
from tests.cli.set_clock import set_clock

TODAY = f"{now().date()}"
HEADER = "name,email,zone\n"
DANA_ROW = "Dana Reis,dana@example.org,Europe/Lisbon\n"
TWO_PRACTICES = """
[[practice]]
id = "north"
title = "North"

[[coach]]
id = "nina"
practice = "north"
name = "Nina North"
email = "nina@coach.example.org"
zone = "Europe/Oslo"

[[account]]
id = "northern"
practice = "north"
address = "north@example.org"

[account.smtp]
host = "127.0.0.1"
port = 1
security = "none"

[account.imap]
host = "127.0.0.1"
port = 1
security = "none"
password_env = "MAILER_PASSWORD"
"""


@pytest.fixture
def keeper(operator: Operator) -> Operator:
    """An operator with one client, Dana in Lisbon."""
    assert operator.type(DANA).code == 0
    return operator


def taken(operator: Operator, content: str, *options: str) -> Said:
    operator.write("roster.csv", content)
    return operator.type("client import roster.csv", *options)


def exported(operator: Operator) -> list[list[str]]:
    return [line.split(",") for line in operator.type("client export").out.splitlines()]


def slugs(operator: Operator) -> list[str]:
    return [one["slug"] for one in operator.type("client list --json").json]


def test_a_dry_run_says_what_would_be_done_and_does_nothing(keeper: Operator) -> None:
    content = (
        "name,email,zone,language,schedule,start,end\n"
        "Dana Reis,dana@example.org,Africa/Cairo,,,,\n"
        "Omar Haddad,omar@example.org,Africa/Cairo,de,welcome weekly-checkin,2099-01-04,2099-03-01 none\n"
        "Omar Haddad,omar.h@example.org,Africa/Cairo,,,,\n"
    )

    said = taken(keeper, content, "--dry-run")

    assert (said.code, said.err) == (0, "")
    assert said.out == (
        "client         line          what\n"
        "dana           2     change  zone\n"
        "omar-haddad    3     add     welcome from 2099-01-04 to 2099-03-01; weekly-checkin from 2099-01-04\n"
        "omar-haddad-2  4     add     omar-haddad is taken\n"
        "nothing was written; without --dry-run: 2 added, 1 changed, 0 the same\n"
    )
    assert slugs(keeper) == ["dana"]
    assert keeper.type("client show dana --json").json["zone"] == "Europe/Lisbon"


def test_an_import_adds_and_changes(keeper: Operator) -> None:
    content = (
        "client;name;email;zone;country;language;form;tags;schedule;start;at;days_off;quiet;var:goal\r\n"
        'omar;Omar Haddad;omar@example.org;Africa/Cairo;EG;de;formal;"acme; spring 2027";welcome;2099-01-04;'
        "7.30 pm;Fri and Sat;21:00 to 07:00;Run\r\n"
        ";;dana@example.org;;;;;pilot;;;;;;Sleep\r\n"
    )

    said = taken(keeper, content)

    assert said.out.endswith("1 added, 1 changed, 0 the same\n")
    omar = keeper.type("client show omar --json").json
    dana = keeper.type("client show dana --json").json
    assert (omar["name"], omar["country"], omar["language"], omar["form"]) == ("Omar Haddad", "EG", "de", "formal")
    assert (omar["tags"], omar["variables"]) == (["acme", "spring 2027"], {"goal": "Run"})
    assert (omar["at"], omar["days_off"], omar["quiet"]) == ("19:30", ["Friday", "Saturday"], "21:00 to 07:00")
    on = [(one["schedule"], one["start"]) for one in omar["enrolments"]]
    assert on == [("welcome", "2099-01-04"), ("weekly-checkin", TODAY)]
    assert (dana["name"], dana["tags"], dana["variables"]) == ("Dana Reis", ["pilot"], {"goal": "Sleep"})


def test_an_empty_cell_changes_nothing_and_none_takes_a_habit_away(keeper: Operator) -> None:
    taken(keeper, "client,at,quiet,days_off\ndana,19:30,21:00 to 07:00,Sunday\n")

    said = taken(keeper, "client,at,quiet,days_off\ndana,none,,none\n")

    assert (
        said.out == "client  line          what\ndana    2     change  at; days_off\n0 added, 1 changed, 0 the same\n"
    )
    dana = keeper.type("client show dana --json").json
    assert (dana["at"], dana["days_off"], dana["quiet"]) == (None, [], "21:00 to 07:00")


def test_every_problem_is_told_at_once_and_nothing_is_written(keeper: Operator) -> None:
    content = (
        "name,email,zone,language,schedule,start,shoe\n"
        "Omar,omar,Cairo,xx,wellcome,2099-1-32,\n"
        "Bela,bela@example.org,Europe/Lisbon,,,2099-01-01,\n"
        "Chen,chen@example.org,Asia/Shanghai,,welcome weekly-checkin session-prep,2099-01-01 2099-01-02,\n"
        "Dina,,Europe/Lisbon,,,,\n"
    )

    said = taken(keeper, content)

    assert (said.code, said.out) == (2, "")
    assert said.err == (
        "roster.csv:1: shoe: there is no such column; there are client, name, email, coach, zone, country, language, "
        "form, tags, schedule, start, end, at, days_off, quiet, shared_address, state, and var:NAME for a variable\n"
        'roster.csv:2: email: "omar" is no e-mail address: it needs a name, an @ and a domain, such as '
        "petra@example.org\n"
        'roster.csv:2: language: letters cannot be written in "xx"; they can in de, en, es, fr, it, nl, pt\n'
        'roster.csv:2: schedule: there is no schedule "wellcome"; did you mean "welcome"?\n'
        'roster.csv:2: start: "2099-1-32" is no day; write YYYY-MM-DD, such as 2027-03-15\n'
        'roster.csv:2: zone: "Cairo" is not a time zone; did you mean "Africa/Cairo"?\n'
        "roster.csv:3: start: there is no schedule for it in this row; name one, or leave the cell empty\n"
        "roster.csv:4: start: 2 days for 3 schedules; write one for all, or one for each\n"
        "roster.csv:5: email: a new client needs this cell; fill it\n"
    )
    assert slugs(keeper) == ["dana"]


def test_a_column_that_new_clients_need_is_asked_for_once(keeper: Operator) -> None:
    said = taken(keeper, "name,email\nOmar,omar@example.org\nBela,bela@example.org\n")

    assert (said.code, said.err) == (
        2,
        "roster.csv:1: zone: there is no such column, and new clients need it; add it\n",
    )


@pytest.mark.parametrize(
    "second", ["dana@example.org", "Dana@Example.ORG", "DANA@example.org"], ids=["the same", "domain", "all of it"]
)
def test_an_address_that_stands_twice_is_an_error_unless_two_people_share_it(operator: Operator, second: str) -> None:
    rows = f"Dana Reis,dana@example.org,Europe/Lisbon\nTom Reis,{second},Europe/Lisbon\n"
    shared = rows.replace("Lisbon\n", "Lisbon,yes\n")

    refused = taken(operator, HEADER + rows)
    done = taken(operator, "name,email,zone,shared_address\n" + shared)

    assert (refused.code, refused.err) == (
        2,
        "roster.csv:3: email: line 2 has the same address; take one of the two out or, where two people share it, "
        "write yes in a column shared_address of both\n",
    )
    assert done.out.endswith("2 added, 0 changed, 0 the same\n")
    assert slugs(operator) == ["dana-reis", "tom-reis"]


def test_a_new_short_name_with_the_address_of_another_client_is_refused(keeper: Operator) -> None:
    said = taken(keeper, "client,name,email,zone\ntom,Tom Reis,Dana@example.org,Europe/Lisbon\n")

    assert (said.code, said.err) == (
        2,
        "roster.csv:2: email: dana has this address already; write yes in a column shared_address where two people "
        "share it\n",
    )


def test_two_spellings_of_a_gmail_box_are_only_told_of(operator: Operator) -> None:
    rows = "Ana,ana.lima@gmail.com,Europe/Lisbon\nBela,analima+x@googlemail.com,Europe/Lisbon\n"

    said = taken(operator, HEADER + rows)

    assert (said.code, said.err) == (
        0,
        "mailer: ana.lima@gmail.com and analima+x@googlemail.com are one mailbox at Gmail; if they are one person, "
        "take one out\n",
    )
    assert len(slugs(operator)) == 2


def test_two_rows_about_one_client_are_refused(keeper: Operator) -> None:
    said = taken(keeper, "client,email,at\ndana,,19:30\n,dana@example.org,20:30\n")

    assert (said.code, said.err) == (
        2, "roster.csv:3: client: line 2 is about the same client; take one of the two out\n",
    )  # fmt: skip


def test_a_short_name_that_is_written_down_is_not_made_up_for_someone_else(operator: Operator) -> None:
    rows = ",Omar Haddad,o@example.org,Africa/Cairo\nomar-haddad,Omar H,omar@example.org,Africa/Cairo\n"

    said = taken(operator, f"client,name,email,zone\n{rows}")

    assert said.out.splitlines()[-1] == "2 added, 0 changed, 0 the same"
    assert slugs(operator) == ["omar-haddad-2", "omar-haddad"]


def test_a_short_name_stands_once(operator: Operator) -> None:
    rows = "omar,Omar A,a@example.org,Africa/Cairo\nomar,Omar B,b@example.org,Africa/Cairo\n"

    said = taken(operator, f"client,name,email,zone\n{rows}")

    assert said.err == "roster.csv:3: client: line 2 is about the same client; take one of the two out\n"


def test_someone_who_left_is_brought_back_by_a_person(keeper: Operator) -> None:
    with set_clock(keeper, now=now()) as desk:
        dana = desk.office.db.read(clients.find_client, desk.office.vault, "dana")
        desk.office.db.write(clients.set_state, dana.id, ClientState.LEFT, now=now())

    said = taken(keeper, HEADER + DANA_ROW)

    assert said.err == (
        "roster.csv:2: email: dana has left; `mailer client resume dana` brings them back, a column client names "
        "someone else\n"
    )


def test_a_client_stays_with_their_coach(keeper: Operator) -> None:
    petra = keeper.folder / "config.toml"
    more = (
        '[[coach]]\nid = "nina"\nname = "Nina"\nemail = "nina@coach.example.org"\nzone = "Europe/Oslo"\n\n[[account]]'
    )
    petra.write_text(petra.read_text().replace("[[account]]", more, 1))

    moved = taken(keeper, "client,coach\ndana,nina\n")
    unsaid = taken(keeper, f"{HEADER}Omar,omar@example.org,Africa/Cairo\n")
    unknown = taken(keeper, "client,coach\ndana,pera\n")

    assert moved.err == (
        "roster.csv:2: coach: dana is petra's client; what was written to one coach is not another's: add them anew "
        "under another short name\n"
    )
    assert unsaid.err == "roster.csv:2: coach: say whose client it is; config.toml has: nina, petra\n"
    assert unknown.err == 'roster.csv:2: coach: there is no coach "pera"; did you mean "petra"?\n'


def test_the_days_of_a_schedule_that_runs_stay_as_they_are(keeper: Operator) -> None:
    keeper.type("client join dana welcome --from 2099-01-01 --until 2099-02-01")

    same = taken(keeper, "client,schedule,start,end\ndana,welcome,2099-01-01,2099-02-01\n")
    other = taken(keeper, "client,schedule,start,end\ndana,welcome,2099-01-02,2099-02-01\n")

    assert same.out.endswith("0 added, 0 changed, 1 the same\n")
    assert other.err == (
        "roster.csv:2: start: dana is on welcome from 2099-01-01 to 2099-02-01 already, and its days are counted; "
        "`mailer client leave dana welcome` first, or leave the cell empty\n"
    )


def test_days_that_cannot_be_meant_are_refused(operator: Operator) -> None:
    head = "name,email,zone,schedule,start,end\n"

    turned = taken(operator, f"{head}Omar,omar@example.org,Africa/Cairo,welcome,2099-02-01,2099-01-01\n")
    over = taken(operator, f"{head}Omar,omar@example.org,Africa/Cairo,welcome,2020-02-01,2020-03-01\n")

    assert turned.err == (
        "roster.csv:2: end: 2099-01-01 comes before 2099-02-01, the first day; nothing would be sent\n"
    )
    assert over.err == "roster.csv:2: end: 2020-03-01 is over where omar lives; nothing would ever be sent\n"


def test_whoever_left_or_wrote_stop_is_not_brought_in_by_a_file(keeper: Operator) -> None:
    keeper.type("client pause dana")
    content = keeper.type("client export").out
    head, row = content.splitlines()

    same = taken(keeper, content)
    resumed = taken(keeper, f"{head}\n{row.replace('paused', 'active')}\n")
    other = taken(keeper, "name,email,zone,state\nTom,tom@example.org,Europe/Lisbon,stopped\n")

    assert same.out.endswith("0 added, 0 changed, 1 the same\n")
    assert resumed.err == ("roster.csv:2: state: dana is paused; `mailer client pause` and `resume` change that\n")
    assert other.err == (
        "roster.csv:2: state: nobody new is taken in as stopped; leave the row out, or the cell empty once letters "
        "are welcome\n"
    )


def test_a_language_that_a_schedule_is_not_written_in_is_told_of(operator: Operator) -> None:
    operator.write(
        "schedules/english.toml",
        'title = "English"\nfor = "everyone"\n[[prompt]]\nid = "one"\nwhen = "every day at 9:00"\n'
        'subject = {en = "Hello"}\nquestions = [{ask = {en = "How is it?"}}]\n',
    )
    rows = "name,email,zone,language\nAna,ana@example.org,Europe/Berlin,de\nBela,bela@example.org,Europe/Berlin,de\n"

    said = taken(operator, rows, "--dry-run")

    assert said.err == (
        'mailer: ana, bela read "de", but there is no text for that in english/one; add it, or a fallback\n'
    )


def forty(operator: Operator) -> None:
    """A team that starts on different days, with all that a client can have."""
    rows = ["name,email,zone,country,language,form,tags,schedule,start,end,at,days_off,quiet,var:goal,shared_address"]
    zones = ["Europe/Lisbon", "Africa/Cairo", "Asia/Kolkata", "America/Sao_Paulo"]
    for number in range(40):
        start = date(2099, 1, 1) + timedelta(days=number)
        several = number % 3 == 0
        schedule = "welcome weekly-checkin" if several else "welcome"
        starts = f"{start} {start + timedelta(days=7)}" if several else f"{start}"
        end = "none" if several else f"{start + timedelta(days=90)}"
        email = f"m{number - number % 2 if number < 4 else number}@example.org"
        rows.append(
            f'"=Müller, {number}",{email},{zones[number % 4]},DE-BY,{"de" if number % 2 else "en"},'
            f"{'formal' if number % 2 else 'informal'},{'acme; spring 2027' if several else 'acme'},{schedule},"
            f"{starts},{end},{'19:30' if number % 5 == 0 else ''},{'Sat Sun' if number % 7 == 0 else ''},"
            f"{'21:00 to 07:00' if number % 6 == 0 else ''},+goal {number},{'yes' if number < 4 else ''}"
        )
    said = taken(operator, "\n".join(rows) + "\n")
    assert (said.err, said.out.splitlines()[-1]) == ("", "40 added, 0 changed, 0 the same")


def test_importing_an_export_changes_nothing(operator: Operator) -> None:
    forty(operator)
    before = operator.type("client list --json").out

    written = operator.type("client export team.csv")
    said = operator.type("client import team.csv")

    assert written.out == "wrote 40 clients to team.csv\n"
    assert (said.code, said.err, said.out.splitlines()[-1]) == (0, "", "0 added, 0 changed, 40 the same")
    assert operator.type("client list --json").out == before


def test_an_export_can_be_taken_in_elsewhere(operator: Operator) -> None:
    forty(operator)
    first = operator.type("client export").out
    shutil.rmtree(operator.folder / "data")
    assert operator.type("migrate").code == 0

    said = taken(operator, first)

    assert said.out.splitlines()[-1] == "40 added, 0 changed, 0 the same"
    assert operator.type("client export").out == first


def test_an_exported_file_is_for_its_owner_and_for_excel(keeper: Operator) -> None:
    keeper.type("client export clients.csv")

    path = keeper.folder / "clients.csv"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert path.read_bytes().startswith(b"\xef\xbb\xbfname,email,coach,zone,country,language,form,tags,schedule,start,")
    assert path.read_bytes().count(b"\r\n") == 2
    assert [one.name for one in keeper.folder.glob(".clients*")] == []


def test_an_export_has_the_columns_that_are_needed(keeper: Operator) -> None:
    keeper.type(f"{OMAR} --set goal=Run")

    assert exported(keeper) == [
        ["name", "email", "coach", "zone", "country", "language", "form", "tags", "schedule", "start", "end", "client",
         "var:goal"],
        ["Dana Reis", "dana@example.org", "petra", "Europe/Lisbon", "", "en", "informal", "", "weekly-checkin", TODAY,
         "", "dana", ""],
        ["Omar Haddad", "omar@example.org", "petra", "Africa/Cairo", "", "en", "informal", "", "weekly-checkin", TODAY,
         "", "omar", "Run"],
    ]  # fmt: skip


def test_a_schedule_whose_file_is_gone_does_not_stop_an_import(keeper: Operator) -> None:
    content = keeper.type("client export").out
    (keeper.folder / "schedules/weekly-checkin.toml").unlink()

    assert taken(keeper, content).out.endswith("0 added, 0 changed, 1 the same\n")


def test_a_file_that_cannot_be_read_or_written_is_said(keeper: Operator) -> None:
    missing = keeper.type("client import nothing.csv")
    folder = keeper.type("client import schedules")
    nowhere = keeper.type("client export no/such/folder.csv")

    assert (missing.code, missing.err) == (
        1, "mailer: nothing.csv cannot be read: No such file or directory; name a CSV file\n",
    )  # fmt: skip
    assert folder.err == "mailer: schedules cannot be read: Is a directory; name a CSV file\n"
    assert nowhere.err == "mailer: no/such/folder.csv cannot be written: No such file or directory; name another file\n"


def test_a_person_may_be_a_client_of_two_practices(operator: Operator) -> None:
    config = operator.folder / "config.toml"
    text = config.read_text().replace('name = "Petra Vogl"', 'practice = "vogl"\nname = "Petra Vogl"')
    config.write_text(text.replace('id = "main"', 'id = "main"\npractice = "vogl"') + TWO_PRACTICES)
    head = "name,email,zone,coach\n"
    both = "Dana Reis,dana@example.org,Europe/Lisbon,petra\nDana Reis,dana@example.org,Europe/Lisbon,nina\n"

    said = taken(operator, head + both)
    again = taken(operator, head + both)

    assert (said.err, said.out.splitlines()[-1]) == ("", "2 added, 0 changed, 0 the same")
    assert again.out.splitlines()[-1] == "0 added, 0 changed, 2 the same"
