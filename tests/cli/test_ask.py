"""`mailer ask`: one question, once, to some clients; who gets it and who does not; and nothing left behind."""

from __future__ import annotations

from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest

from tests.cli.operator import DANA, OMAR, Operator, now
from tests.cli.test_roster import TWO_PRACTICES

BERLIN = ZoneInfo("Europe/Berlin")
TODAY = now().astimezone(BERLIN).date()
TOMORROW = TODAY + timedelta(days=1)
LATER = TODAY + timedelta(days=2)


@pytest.fixture
def keeper(operator: Operator) -> Operator:
    """An operator with Dana in Lisbon and Omar in Cairo, and no other letters this week."""
    operator.change("schedules/weekly-checkin.toml", 'for = "everyone"', 'for = "tag nobody"')
    for line in (DANA, OMAR):
        assert operator.type(line).code == 0
    return operator


def files(operator: Operator) -> list[str]:
    """What asking left in the folder."""
    return sorted(one.name for one in (operator.folder / "schedules").iterdir() if "ask" in one.name)


def test_a_question_asked_once_says_who_gets_it_when(keeper: Operator) -> None:
    keeper.type("client pause omar")

    said = keeper.type(f'ask "Shall we move the call?" --to "clients dana, omar" --when "on {LATER} at 9:00" --yes-no')

    assert (said.code, said.err) == (0, "")
    lines = said.out.splitlines()
    assert lines[0] == f"wrote schedules/ask-{LATER}-1.toml"
    assert lines[1].split() == ["client", "local", "time", "zone", "UTC", "why"]
    shown = {line.split()[0]: " ".join(line.split()) for line in lines[2:4]}
    assert shown["dana"].startswith(f"dana {LATER:%a} {LATER} 09:00 Europe/Lisbon {LATER} 0")
    assert shown["dana"].endswith(f"Z send on {LATER} at 09:00")
    assert shown["omar"].endswith("no: paused The client is paused until someone writes RESUME.")
    assert lines[4] == "1 of 2 get it, as things stand; to take it back, delete the file"


def test_what_was_said_is_what_the_plan_shows(keeper: Operator) -> None:
    keeper.type(f'ask "How is it?" --to everyone --when "on {LATER} at 9:00"')

    shown = keeper.type("plan --json").json

    assert {one["client"] for one in shown} == {"dana", "omar"}
    assert [(one["schedule"], one["anchor"], one["send"]) for one in shown] == [
        (f"ask-{LATER}-1", str(LATER), True)
    ] * 2


def test_a_person_can_say_tomorrow(keeper: Operator) -> None:
    said = keeper.type('ask "How is it?" --to "clients dana" --when "tomorrow at 9:00"')

    assert said.out.startswith(f"wrote schedules/ask-{TOMORROW}-1.toml\n")
    assert f'when = "on {TOMORROW} at 09:00"' in (keeper.folder / f"schedules/ask-{TOMORROW}-1.toml").read_text("utf-8")


def test_the_letter_says_what_was_typed(keeper: Operator) -> None:
    keeper.type(
        f"ask --to 'clients dana' --when 'on {LATER} at 9:00' --subject", 'Tea & {{ "biscuits"',
        "Is *this* <b>right</b>, {{ 7 } \"Dana\"? 🍵",
    )  # fmt: skip

    letter = keeper.type(f"preview ask-{LATER}-1/question --client dana").out

    assert 'Subject: Tea & {{ "biscuits"\n' in letter
    assert 'Is *this* <b>right</b>, {{ 7 } "Dana"? 🍵' in letter


def test_an_own_time_of_day_counts_here_too(keeper: Operator) -> None:
    keeper.type("client edit dana --at 19:30")

    said = keeper.type(f'ask "How is it?" --to "clients dana" --when "on {LATER} at 9:00"')

    assert f"{LATER:%a} {LATER} 19:30" in said.out


def test_a_second_question_for_that_day_gets_a_name_of_its_own(keeper: Operator) -> None:
    once = f'ask "How is it?" --to "clients dana" --when "on {LATER} at 9:00"'
    keeper.type(once)
    (keeper.folder / f"schedules/ask-{LATER}-1.toml").unlink()

    assert keeper.type(once).out.startswith(f"wrote schedules/ask-{LATER}-2.toml\n")


def test_the_usual_subject_is_in_the_language_they_share(keeper: Operator) -> None:
    for who in ("dana", "omar"):
        keeper.type(f"client edit {who} --language de")
    keeper.type(f'ask "Wie ist es?" --to everyone --when "on {LATER} at 9:00"')

    assert "Subject: Eine Frage von Petra\n" in keeper.type(f"preview ask-{LATER}-1/question --client dana").out


def test_several_languages_are_told_of(keeper: Operator) -> None:
    keeper.type("client edit omar --language de-AT")

    said = keeper.type(f'ask "How is it?" --to everyone --when "on {LATER} at 9:00"')

    assert said.err == (
        "mailer: the question is one text for all, but they read de and en; ask each language by itself: "
        '--to "… and language de"\n'
    )
    assert said.out.endswith("2 of 2 get it, as things stand; to take it back, delete the file\n")


def test_a_question_that_is_over_the_weeks_limit_is_told_of(keeper: Operator) -> None:
    keeper.change("config.toml", "[[practice]]", "[limits]\nletters_per_week = 1\n\n[[practice]]")
    monday = TODAY + timedelta(days=7 - TODAY.weekday())
    keeper.type(f'ask "One?" --to "clients dana" --when "on {monday} at 9:00"')

    said = keeper.type(f'ask "Two?" --to "clients dana" --when "on {monday + timedelta(days=1)} at 9:00"')

    assert "no: cap" in said.out
    assert said.out.endswith("0 of 1 get it, as things stand; to take it back, delete the file\n")


REFUSED = [
    ("--to 'clients dana, ommar'", 'mailer: --to: there is no client "ommar"; did you mean "omar"?\n', 1),
    ("--to 'coach pia'", 'mailer: --to: there is no coach "pia"; there are: petra\n', 1),
    ("--to 'tag acme'", 'mailer: --to: nobody is meant by "tag acme"; `mailer client list` shows who there is\n', 1),
    ("--to everyone --rating --yes-no", "mailer: --rating and --yes-no cannot both be meant; a question has one kind "
     "of answer\n", 2),
    ("--to everyone --choice Monday", "mailer: --choice: one is no choice; give two or more, such as --choice "
     '"Monday" --choice "Tuesday"\n', 2),
    ("--to everyone --max-late soon", 'mailer: --max-late: "soon" is not a length of time; write a whole number and a '
     'unit, such as "20 minutes", "6 hours", "2 days" or "1 week"\n', 2),
    ("--to everyone --max-late '90 days'", "mailer: max_late: 90 days is too short or too long; write 1 minute to 30 "
     "days; nothing was written\n", 1),
]  # fmt: skip


@pytest.mark.parametrize(("options", "answer", "code"), REFUSED)
def test_what_cannot_be_asked_leaves_nothing_behind(keeper: Operator, options: str, answer: str, code: int) -> None:
    said = keeper.type(f'ask "How is it?" --when "on {LATER} at 9:00" {options}')

    assert (said.code, said.out, said.err) == (code, "", answer)
    assert files(keeper) == []
    assert keeper.type("client show dana --json").json["enrolments"] == []


def test_an_audience_that_is_none_is_shown_how_to_be_one(keeper: Operator) -> None:
    said = keeper.type(f'ask "How is it?" --when "on {LATER} at 9:00" --to "clyents dana"')

    assert said.code == 2
    assert said.err == 'mailer: --to: "clyents" is not understood; did you mean "clients"?\n'


def test_a_time_that_has_passed_for_everyone_is_refused(keeper: Operator) -> None:
    said = keeper.type(f'ask "How is it?" --to everyone --when "on {TODAY} at 00:00"')

    assert (said.code, said.err) == (
        1, f"mailer: --when: on {TODAY} at 00:00 has passed where they live; name a time to come\n",
    )  # fmt: skip
    assert files(keeper) == []


def test_for_whom_the_time_has_passed_is_told_of(keeper: Operator) -> None:
    far = ZoneInfo("Asia/Tokyo")  # nine hours ahead, so its evening comes first
    keeper.type("client edit omar --zone Asia/Tokyo")
    west = ZoneInfo("Pacific/Pago_Pago")
    keeper.type("client edit dana --zone Pacific/Pago_Pago")
    passed = now().astimezone(far) - timedelta(minutes=1)
    ahead = now().astimezone(west)
    assert passed.replace(tzinfo=None) > ahead.replace(tzinfo=None)

    said = keeper.type(f'ask "How is it?" --to everyone --when "on {passed:%Y-%m-%d at %H:%M}"')

    assert "omar" in said.out
    assert "no: past  That time has passed where omar lives." in said.out
    assert said.out.endswith("1 of 2 get it, as things stand; to take it back, delete the file\n")


def test_a_template_that_makes_no_letter_is_met_before_anything_is_written(keeper: Operator) -> None:
    keeper.write("templates/prompt.md", "Hello {{ client.nickname }}\n\n{{ questions }}\n")

    said = keeper.type(f'ask "How is it?" --to everyone --when "on {LATER} at 9:00"')

    assert said.code == 1
    assert "prompt.md:1" in said.err
    assert files(keeper) == []


def test_a_folder_that_takes_no_file_leaves_nobody_enrolled(keeper: Operator) -> None:
    (keeper.folder / f"schedules/.ask-{LATER}-1.toml.new").mkdir()

    said = keeper.type(f'ask "How is it?" --to everyone --when "on {LATER} at 9:00"')

    assert said.code == 1
    assert said.err.endswith("cannot be written: Is a directory; nothing was asked\n")
    assert keeper.type("client show dana --json").json["enrolments"] == []


def test_a_question_belongs_to_one_practice(operator: Operator) -> None:
    config = operator.folder / "config.toml"
    text = config.read_text().replace('name = "Petra Vogl"', 'practice = "vogl"\nname = "Petra Vogl"')
    config.write_text(text.replace('id = "main"', 'id = "main"\npractice = "vogl"') + TWO_PRACTICES)
    operator.type(f"{DANA} --coach petra")
    operator.type(f"{OMAR} --coach nina")
    when = f'--when "on {LATER} at 9:00"'

    both = operator.type(f'ask "How is it?" --to everyone {when}')
    one = operator.type(f'ask "How is it?" --to "coach nina" {when}')

    assert both.err == (
        'mailer: --to: these are clients of north and vogl; ask those of one practice, such as --to "coach petra"\n'
    )
    assert one.out.endswith("1 of 1 get it, as things stand; to take it back, delete the file\n")
    assert 'practice = "north"\n' in (operator.folder / f"schedules/ask-{LATER}-1.toml").read_text("utf-8")


def test_once_it_is_over_a_question_is_not_missed(keeper: Operator) -> None:
    keeper.type(f'ask "How is it?" --to "clients dana" --when "on {LATER} at 9:00"')

    [enrolment] = keeper.type("client show dana --json").json["enrolments"]

    assert enrolment["end"] == str(LATER)
