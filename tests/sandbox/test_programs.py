"""What the sandbox's mail programs write is what such programs write, and it is read back word for word."""

from __future__ import annotations

import email
import email.policy
from datetime import UTC, datetime, time, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest

from mailer.defaults import shipped
from mailer.engine.templates import load_templates
from mailer.message.reading.answers import deal
from mailer.message.reading.read import read
from mailer.message.token import TokenKeys
from mailer.message.writing.compose import wire_letter
from mailer.message.writing.facts import LetterFacts
from mailer.message.writing.letter import Posting, asked_letter, prompt_draft
from mailer.model.incoming import AskedLetter, Kind
from mailer.model.outgoing import Address
from mailer.model.people import Client, Coach
from mailer.model.places import Account, AccountMode, Security, Server
from mailer.sandbox.programs import Answer, Opened, Program, absence, apple_mail, gmail, opened, outlook, webmail
from mailer.schedule.load import load_book

MONDAY = datetime(2027, 3, 1, 8, 0, tzinfo=UTC)
NOBODY = UUID(int=0)
TEMPLATES = load_templates(shipped("templates"))
WEEK = load_book(shipped("schedules")).schedules["weekly-checkin"].prompt("week")
SERVER = Server(host="127.0.0.1", port=1, security=Security.NONE)
ACCOUNT = Account(
    slug="main", practice="vogl", address="coach.mail@example.org", mode=AccountMode.DEDICATED, smtp=SERVER, imap=SERVER
)
DANA = Client(
    id=NOBODY, practice_id=NOBODY, coach_id=NOBODY, slug="dana", name="Dana Reis", address="dana@example.com",
    zone="Europe/Lisbon", created_at=MONDAY,
)  # fmt: skip
PETRA = Coach(
    id=NOBODY, practice_id=NOBODY, practice="vogl", slug="petra", name="Petra Vogl", address="petra@example.org",
    zone="Europe/Berlin", language="en", digest_at=time(7),
)  # fmt: skip
PARAGRAPHS = ("7", "Two quiet mornings.", "The ferry, mostly. It was late on four days.", "I'll ring Lee on Tuesday.")
ALL_PROGRAMS = pytest.mark.parametrize("program", [gmail, outlook, apple_mail, webmail])


def sent() -> tuple[Opened, AskedLetter]:
    """The weekly check-in as it reaches Dana, and what is kept of it."""
    facts = LetterFacts(
        client=DANA, coach=PETRA, practice="Vogl", subject=WEEK.subject_for(DANA), questions=WEEK.questions_for(DANA)
    )
    reference = bytes(range(10))
    posting = Posting(
        account=ACCOUNT, installation="1", date=MONDAY, letter=reference, conversation=reference, client=reference
    )
    draft = prompt_draft(TEMPLATES, TokenKeys(current=1, secrets={1: bytes(32)}), facts=facts, posting=posting)
    return opened(wire_letter(draft, envelope_from=ACCOUNT.address).raw), asked_letter(draft, facts)


def answered(program: Program, *paragraphs: str, hello: str = "", goodbye: str = "") -> tuple[bytes, AskedLetter]:
    prompt, asked = sent()
    at = (MONDAY + timedelta(hours=2)).astimezone(ZoneInfo(DANA.zone))
    writer = Address(name=DANA.name, address=DANA.address)
    letter = program(prompt, Answer(writer=writer, at=at, hello=hello, paragraphs=paragraphs, goodbye=goodbye))
    return letter.as_bytes(policy=email.policy.SMTP), asked


@ALL_PROGRAMS
def test_an_answer_goes_to_the_reply_address_and_names_the_letter(program: Program) -> None:
    prompt, _ = sent()
    raw, _ = answered(program, *PARAGRAPHS)

    letter = email.message_from_bytes(raw, policy=email.policy.default)
    assert letter["To"].addresses[0].addr_spec == prompt.reply_to
    assert letter["In-Reply-To"] == prompt.message_id
    assert letter["References"].split()[-1] == prompt.message_id
    assert letter["Subject"].lower() == "re: your week in four lines"


@ALL_PROGRAMS
def test_an_answer_quotes_the_letter(program: Program) -> None:
    raw, _ = answered(program, *PARAGRAPHS)

    assert "What got in the way?" in read(raw).letter.text


@ALL_PROGRAMS
def test_words_written_in_any_program_stand_under_their_questions(program: Program) -> None:
    raw, asked = answered(program, *PARAGRAPHS)

    reading = read(raw, asked=asked)
    found = deal(reading.new, asked)

    assert reading.verdict.kind is Kind.HUMAN
    assert [(one.question, one.text) for one in found.answers] == list(enumerate(PARAGRAPHS))
    assert found.answers[0].value == 7
    assert found.free == ""


@pytest.mark.parametrize("program", [gmail, outlook, webmail])
def test_a_plain_word_stands_alone_above_the_quote(program: Program) -> None:
    raw, asked = answered(program, "STOP")

    assert read(raw, asked=asked).new.text == "STOP"


def test_an_absence_notice_is_no_answer() -> None:
    raw, _ = answered(absence, "I am away until 12 March 2027.")

    verdict = read(raw).verdict

    assert verdict.kind is Kind.AUTO_REPLY
    assert verdict.away_until is not None
    assert verdict.away_until.isoformat() == "2027-03-12"
