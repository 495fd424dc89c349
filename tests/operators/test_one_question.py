"""One question to six people tomorrow morning: who gets it, who does not, and why; and nobody gets it later.

It is Wednesday, 3 March 2027, 22:30 in Berlin. Petra wants to know one thing from six of her clients by tomorrow. Bela
has had her three letters this week, Priya is paused, and where Kiri lives tomorrow's nine o'clock was this evening.
"""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from tests.operators.conftest import Opens
from tests.operators.practice import Practice, came, diary, lines

SUNDAY = datetime(2027, 2, 28, 12, tzinfo=UTC)
WEDNESDAY_NIGHT = datetime(2027, 3, 3, 21, 30, tzinfo=UTC)
ASK = (
    'ask "Shall we move Friday\'s call to Monday?" --to "clients dana, omar, lee, bela, priya, kiri" '
    '--when "tomorrow at 09:00" --yes-no'
)


@pytest.fixture
def practice(opened: Opens) -> Practice:
    """Six clients; Bela has had three letters this week, and Priya is paused until Monday."""
    practice = opened("one-question", at=SUNDAY, people=["dana", "omar", "lee", "bela", "priya", "kiri"])
    practice.done("client import roster.csv")
    passed = practice.pass_time(WEDNESDAY_NIGHT)
    assert came(passed.sent) == [f"{day} 08:00  bela    line" for day in WORKING_DAYS]
    practice.done("client pause priya --until 2027-03-08")
    return practice


def test_a_question_asked_once_reaches_those_it_was_said_to_reach_and_nobody_else(practice: Practice) -> None:
    # Given a late evening, when the coach asks, then each of the six is named, with the hour or with the reason.
    said = lines(practice.done(ASK))
    assert said == ASKED
    # What was said is what the plan shows.
    asked = [row for row in practice.plan(days=2) if row["schedule"] == "ask-2027-03-04-1"]
    assert diary(asked) == [
        "Thu 2027-03-04 09:00  priya   question  no: paused",
        "Thu 2027-03-04 09:00  omar    question",
        "Thu 2027-03-04 09:00  bela    question  no: cap",
        "Thu 2027-03-04 09:00  dana    question",
        "Thu 2027-03-04 09:00  lee     question",
    ]

    # When Thursday passes, then three have the question, each at nine of their own morning.
    thursday = practice.pass_time(datetime(2027, 3, 4, 20, tzinfo=UTC))
    assert thursday.sent == thursday.shown
    assert came(thursday.sent) == [
        "Thu 2027-03-04 09:00  omar    question",
        "Thu 2027-03-04 09:00  dana    question",
        "Thu 2027-03-04 09:00  lee     question",
    ]

    # When two of them answer, then the answers stand in their threads as what they are.
    practice.answer("dana", "ask-2027-03-04-1/question", "Yes, gladly.")
    practice.answer("lee", "ask-2027-03-04-1/question", "No, sorry.")
    assert practice.once() == []
    assert answer_of(practice, "dana") == 1
    assert answer_of(practice, "lee") == 0

    # When Priya is back and a new week has begun for Bela, then nobody gets the question late.
    practice.done("client resume priya")
    later = practice.pass_time(datetime(2027, 3, 12, 12, tzinfo=UTC))
    assert later.sent == later.shown
    assert {one.prompt for one in later.sent} == {"daily/line"}
    assert lines(practice.done("plan --why kiri/ask-2027-03-04-1/question/2027-03-04"))[-1] == (
        "outcome no letter: it lay before Thu 2027-03-04 10:30, when the prompt or the enrolment began to count"
    )

    # When the coach asks again and thinks better of it, then deleting the file takes the question back.
    asked_again = lines(practice.done('ask "Or on Tuesday?" --to "clients dana, omar" --when "tomorrow at 09:00"'))
    assert asked_again[-1] == "2 of 2 get it, as things stand; to take it back, delete the file"
    (practice.operator.folder / "schedules/ask-2027-03-13-1.toml").unlink()
    weekend = practice.pass_time(datetime(2027, 3, 14, 12, tzinfo=UTC))
    assert (weekend.shown, weekend.sent) == ([], [])


def answer_of(practice: Practice, client: str) -> object:
    """What was made of the first answer in a client's thread."""
    [conversation] = practice.type(f"thread {client} --json").json
    return conversation["entries"][1]["answers"][0]["value"]


WORKING_DAYS = ("Mon 2027-03-01", "Tue 2027-03-02", "Wed 2027-03-03")
ASKED = [
    "wrote schedules/ask-2027-03-04-1.toml",
    "client local time zone UTC why",
    "priya Thu 2027-03-04 09:00 Asia/Kolkata 2027-03-04 03:30Z no: paused "
    "The client is paused until 2027-03-08 00:00 (Asia/Kolkata).",
    "omar Thu 2027-03-04 09:00 Africa/Cairo 2027-03-04 07:00Z send on 2027-03-04 at 09:00",
    "bela Thu 2027-03-04 09:00 Europe/Berlin 2027-03-04 08:00Z no: cap 3 letters a week are allowed; "
    "this week has daily/line (Monday), daily/line (Tuesday), daily/line (Wednesday).",
    "dana Thu 2027-03-04 09:00 Europe/Lisbon 2027-03-04 09:00Z send on 2027-03-04 at 09:00",
    "lee Thu 2027-03-04 09:00 America/New_York 2027-03-04 14:00Z send on 2027-03-04 at 09:00",
    "kiri Pacific/Auckland no: past That time has passed where kiri lives.",
    "3 of 6 get it, as things stand; to take it back, delete the file",
]
