"""German and English clients, formal and informal, and a Dutch one who reads English where a schedule says so.

Anna is “du” and Herr Brandt is “Sie”, Emma reads English and Willem Dutch. One schedule is in English and German with
English for everybody else; one is for Germans only; and one was written without a thought for Willem.
"""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from tests.operators.conftest import Opens
from tests.operators.practice import Practice, came, lines, parsed_of, text_of

FRIDAY_BEFORE = datetime(2027, 2, 26, 9, tzinfo=UTC)
EVERYBODY = ("anna", "brandt", "emma", "willem")


@pytest.fixture
def practice(opened: Opens) -> Practice:
    """The four, and a session for each of the two who speak German with Petra."""
    practice = opened("two-languages", at=FRIDAY_BEFORE, people=EVERYBODY)
    for line in PEOPLE[:3]:
        practice.done(line)
    said = practice.type(PEOPLE[3])
    assert said.err == (
        'mailer: willem reads "nl", but there is no text for that in monat/rueckblick; add it, or a fallback\n'
    )
    practice.done("session add anna 2027-03-10 10:00")
    practice.done("session add brandt 2027-03-11 10:00")
    return practice


def on(month: int, day: int, hour: int) -> datetime:
    return datetime(2027, month, day, hour, tzinfo=UTC)


def test_everyone_is_written_to_in_their_own_language_and_form_and_the_plan_knew(practice: Practice) -> None:
    # Given the four, when the operator looks at Monday, then the plan says that Willem's letter cannot be written.
    assert lines(practice.done("plan --days 4")) == MONDAY
    # And the letters can be read before they go.
    previews = {who: practice.done(f"preview woche/freitag --client {who}") for who in EVERYBODY}
    for who, words in WORDS.items():
        assert [word for word in words if word not in previews[who]] == []

    # When Monday comes, then those three have theirs, and status names the fourth and what to do.
    monday = practice.pass_time(on(3, 1, 10))
    assert monday.sent == monday.shown
    assert came(monday.sent) == [f"Mon 2027-03-01 09:00  {who:6}  rueckblick" for who in ("anna", "brandt", "emma")]
    status = practice.type("status")
    assert status.code == 1
    assert 'prompt "rueckblick" has no text in "nl" for client willem; add it' in status.out

    # When the operator lets everybody else read English there too, then Willem has his letter before noon.
    practice.change("schedules/monat.toml", 'for = "everyone"', 'for = "everyone"\nfallback = "en"')
    assert came(practice.once()) == ["Mon 2027-03-01 11:00  willem  rueckblick"]
    assert "What is easier now than it was a month ago?" in text_of(practice.letter_to("willem", "monat/rueckblick"))
    assert practice.type("status").code == 0

    # When Friday comes, then each letter is, word for word, the one that was shown a week before.
    friday = practice.pass_time(on(3, 5, 12))
    assert friday.sent == friday.shown
    assert came(friday.sent) == [
        f"Fri 2027-03-05 08:30  {who:6}  freitag" for who in ("anna", "brandt", "willem", "emma")
    ]
    for who in EVERYBODY:
        letter = practice.letter_to(who, "woche/freitag")
        assert previews[who].endswith(f"Subject: {parsed_of(letter)['Subject']}\n\n{text_of(letter)}\n")

    # When Anna would rather be “Sie”, and Willem turns out to read German, then all that follows keeps to it.
    practice.done("client edit anna --form formal")
    practice.done("client edit willem --language de")
    week = practice.pass_time(on(3, 12, 12))
    assert week.sent == week.shown
    assert came(week.sent) == [
        "Mon 2027-03-08 18:00  anna    vorher",
        "Tue 2027-03-09 18:00  brandt  vorher",
        *(f"Fri 2027-03-12 08:30  {who:6}  freitag" for who in ("anna", "brandt", "willem", "emma")),
    ]
    subjects = {who: str(parsed_of(practice.letter_to(who, "woche/freitag"))["Subject"]) for who in EVERYBODY}
    assert subjects == {"anna": "Ihre Woche", "brandt": "Ihre Woche", "emma": "Your week", "willem": "Deine Woche"}
    assert "Worüber möchten Sie sprechen?" in text_of(practice.letter_to("anna", "gespraech/vorher"))


PEOPLE = """
client add anna --name "Anna Keller" --email anna@example.org --zone Europe/Berlin --language de
client add brandt --name "Matthias Brandt" --email brandt@example.org --zone Europe/Vienna --language de-AT \
--form formal
client add emma --name "Emma Hale" --email emma@example.org --zone Europe/London
client add willem --name "Willem de Wit" --email willem@example.org --zone Europe/Amsterdam --language nl
""".strip().splitlines()
MONDAY = """
occurrence local time zone UTC why
anna/monat/rueckblick/2027-03-01 Mon 2027-03-01 09:00 Europe/Berlin 2027-03-01 08:00Z send first Monday of the month at 09:00
brandt/monat/rueckblick/2027-03-01 Mon 2027-03-01 09:00 Europe/Vienna 2027-03-01 08:00Z send first Monday of the month at 09:00
willem/monat/rueckblick/2027-03-01 Mon 2027-03-01 09:00 Europe/Amsterdam 2027-03-01 08:00Z no: held prompt "rueckblick" has no text in "nl" for client willem; add it
emma/monat/rueckblick/2027-03-01 Mon 2027-03-01 09:00 Europe/London 2027-03-01 09:00Z send first Monday of the month at 09:00
""".strip().splitlines()  # noqa: E501
WORDS = {
    "anna": ("Subject: Deine Woche\n", "Hallo Anna,", "deine Woche, 1 bis 10?", "Petra liest deine Antworten"),
    "brandt": ("Subject: Ihre Woche\n", "Guten Tag Matthias Brandt,", "Ihre Woche, 1 bis 10?", "liest Ihre Antworten"),
    "emma": ("Subject: Your week\n", "Hello Emma,", "How was this week, 1 to 10?", "Petra reads your\nanswers"),
    "willem": ("Subject: Your week\n", "Hello Willem,", "How was this week, 1 to 10?", "Petra reads your\nanswers"),
}
