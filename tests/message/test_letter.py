"""Whole letters: who writes to whom, in which conversation, and how a reply finds its way."""

from __future__ import annotations

import email
import email.policy
from dataclasses import replace
from datetime import UTC, date, datetime
from email.message import EmailMessage

import pytest

from mailer.message.token import Purpose, Token, TokenKeys, tokens_in
from mailer.message.writing.compose import compose
from mailer.message.writing.facts import LetterFacts
from mailer.message.writing.header_lines import BadHeader
from mailer.message.writing.letter import Posting, asked_letter, prompt_draft, reply_subject, steering_draft
from mailer.message.writing.wording import TemplateTrouble
from mailer.model.incoming import Word
from mailer.model.outgoing import Address, Draft
from mailer.model.people import Form
from mailer.model.places import Account, AccountMode, Security, Server
from tests.message.cast import QUESTIONS, TEMPLATES, the_facts

KEYS = TokenKeys(current=1, secrets={1: bytes(range(32))})
SERVER = Server(host="mail.example.org", port=465, security=Security.TLS)
ACCOUNT = Account(
    slug="main",
    practice="vogl",
    address="practice@example.org",
    mode=AccountMode.DEDICATED,
    smtp=SERVER,
    imap=SERVER,
)
POSTING = Posting(
    account=ACCOUNT,
    installation="vogl-1",
    date=datetime(2026, 11, 27, 8, 30, tzinfo=UTC),
    letter=b"letter0001",
    conversation=b"convers001",
    client=b"client0001",
)
REPLY = Token(purpose=Purpose.REPLY, reference=b"letter0001")
LETTER = Token(purpose=Purpose.LETTER, reference=b"letter0001")
CONVERSATION = Token(purpose=Purpose.CONVERSATION, reference=b"convers001")
STOP = Token(purpose=Purpose.STOP, reference=b"client0001")


def a_prompt(facts: LetterFacts | None = None, posting: Posting = POSTING) -> Draft:
    return prompt_draft(TEMPLATES, KEYS, facts=facts or the_facts(), posting=posting)


def as_read(draft: Draft) -> EmailMessage:
    letter = email.message_from_bytes(compose(draft), policy=email.policy.default)
    assert isinstance(letter, EmailMessage)
    assert not letter.defects
    return letter


def test_a_prompt_comes_from_the_coach_at_the_accounts_address() -> None:
    letter = as_read(a_prompt())

    assert letter["From"] == "Petra Vogl <practice@example.org>"
    assert letter["To"] == "Dana Reis <dana@example.net>"
    assert letter["Subject"] == "Your week in four lines"
    assert letter["Auto-Submitted"] == "auto-generated"


def test_replies_return_to_the_watched_mailbox_and_carry_a_token() -> None:
    letter = as_read(a_prompt())

    address = letter["Reply-To"].addresses[0].addr_spec
    assert address.startswith("practice+")
    assert address.endswith("@example.org")
    assert tokens_in(KEYS, address) == [REPLY]


def test_a_relay_that_changes_the_message_id_leaves_two_ways_back() -> None:
    letter = as_read(a_prompt())

    assert tokens_in(KEYS, letter["Message-ID"]) == [LETTER]
    assert tokens_in(KEYS, letter["References"]) == [CONVERSATION]
    assert tokens_in(KEYS, letter["Reply-To"]) == [REPLY]


def test_without_plus_addresses_references_still_lead_back() -> None:
    posting = replace(POSTING, account=replace(ACCOUNT, plus_addresses=False))

    letter = as_read(a_prompt(posting=posting))

    assert letter["Reply-To"] == "Petra Vogl <practice@example.org>"
    assert tokens_in(KEYS, letter["References"]) == [CONVERSATION]
    assert tokens_in(KEYS, letter["List-Unsubscribe"]) == [STOP]


def test_the_first_letter_answers_nothing_and_later_ones_the_letter_before() -> None:
    first = a_prompt()
    second = a_prompt(posting=replace(POSTING, letter=b"letter0002", earlier=(first.message_id, "reply@example.net")))

    assert first.in_reply_to == ""
    assert len(first.references) == 1
    assert second.in_reply_to == "reply@example.net"
    assert second.references == (*first.references, first.message_id, "reply@example.net")
    assert as_read(second)["In-Reply-To"] == "<reply@example.net>"


def test_a_conversation_that_an_earlier_letter_began_is_not_begun_again() -> None:
    prompt = a_prompt()
    posting = replace(
        POSTING,
        letter=b"letter0002",
        conversation=b"convers002",
        earlier=(*prompt.references, prompt.message_id, "theirs@example.net"),
    )

    answer = steering_draft(TEMPLATES, KEYS, facts=the_facts(), posting=posting, word=Word.STOP)

    assert answer.references == (*prompt.references, prompt.message_id, "theirs@example.net")
    assert answer.in_reply_to == "theirs@example.net"


def test_the_unsubscribe_button_writes_stop_about_this_client() -> None:
    button = as_read(a_prompt())["List-Unsubscribe"]

    assert button.startswith("<mailto:practice+")
    assert button.endswith("?subject=STOP>")
    assert tokens_in(KEYS, button) == [STOP]


def test_a_rehearsal_goes_to_the_coach_marked_and_cannot_stop_the_client() -> None:
    letter = as_read(a_prompt(the_facts(rehearsal=True)))

    text = letter.get_body(("plain",))
    assert letter["To"] == "Petra Vogl <petra@example.org>"
    assert letter["Subject"] == "[rehearsal for Dana] Your week in four lines"
    assert letter["List-Unsubscribe"] is None
    assert "dana@example.net" not in str(letter)
    assert text is not None
    assert text.get_content().startswith("Rehearsal: Dana Reis would get this letter.")


def test_a_formal_german_letter_is_formal_throughout() -> None:
    facts = the_facts(client={"language": "de", "form": Form.FORMAL}, subject="Ihre Woche in vier Zeilen")

    draft = a_prompt(facts)

    assert draft.text.startswith("Guten Tag Dana Reis,")
    assert "Antworten Sie PAUSE" in draft.text
    assert " du " not in draft.text


def test_the_text_kept_for_recognising_quotes_is_the_text_that_is_sent() -> None:
    draft = a_prompt()

    kept = asked_letter(draft, the_facts())
    sent = as_read(draft).get_body(("plain",))
    assert sent is not None
    assert kept.text == sent.get_content().replace("\r\n", "\n")
    assert kept.questions == QUESTIONS
    assert kept.language == "en"


@pytest.mark.parametrize(
    "name", ["Ana\nBcc: leak@example.net", "Ana\rBcc: leak@example.net", "Ana\u2028Bcc: x", "A\0na"]
)
def test_a_line_break_in_a_name_holds_that_letter(name: str) -> None:
    draft = a_prompt(the_facts(client={"name": name}, subject="{{ client.name }}: week 3"))

    with pytest.raises(BadHeader) as trouble:
        compose(draft)

    assert trouble.value.header in ("To", "Subject")


def test_a_subject_with_an_unknown_name_holds_that_letter() -> None:
    with pytest.raises(TemplateTrouble, match="subject:1"):
        a_prompt(the_facts(subject="For {{ client.nickname }}"))


@pytest.mark.parametrize(
    ("word", "until", "said"),
    [
        (Word.STOP, None, "these emails have ended"),
        (Word.PAUSE, date(2027, 5, 3), "up to and including Monday 3 May"),
        (Word.PAUSE, None, "paused for as long as you like"),
        (Word.RESUME, None, "Welcome back"),
    ],
)
def test_a_steering_word_is_confirmed_in_the_clients_own_conversation(
    word: Word, until: date | None, said: str
) -> None:
    posting = replace(POSTING, earlier=("prompt@example.org", "theirs@example.net"))
    facts = the_facts(subject="AW:  Re: Your week\r\n in four lines\n", questions=QUESTIONS)

    draft = steering_draft(TEMPLATES, KEYS, facts=facts, posting=posting, word=word, until=until)

    letter = as_read(draft)
    assert said in draft.text.replace("\n", " ")
    assert letter["Subject"] == "Re: Your week in four lines"
    assert letter["Auto-Submitted"] == "auto-replied"
    assert letter["In-Reply-To"] == "<theirs@example.net>"
    assert letter["List-Unsubscribe"] is None
    assert "Petra can see it too" in draft.text


def test_a_letter_without_a_subject_is_confirmed_under_its_word() -> None:
    draft = steering_draft(TEMPLATES, KEYS, facts=the_facts(subject=""), posting=POSTING, word=Word.STOP)

    assert draft.subject == "Re: STOP"


@pytest.mark.parametrize(
    ("theirs", "ours"),
    [
        ("Re: Re: AW: Week", "Re: Week"),
        ("Woche 3\n", "Re: Woche 3"),
        ("a\r\n\tb", "Re: a b"),
        ("Result: re: fine", "Re: Result: re: fine"),
        ("Ana\nBcc: leak@example.net", "Re: Ana Bcc: leak@example.net"),
    ],
)
def test_a_subject_from_outside_becomes_one_line(theirs: str, ours: str) -> None:
    assert reply_subject(theirs) == ours
    assert as_read(replace(a_prompt(), subject=reply_subject(theirs)))["Subject"] == ours


def test_letters_to_names_in_any_script_read_back_right() -> None:
    for name in ("Müller, Zoë", "دانا ريس", "Dana \U0001f44b\U0001f3fd"):
        letter = as_read(a_prompt(the_facts(client={"name": name})))

        assert letter["To"].addresses[0].display_name == name
        assert a_prompt(the_facts(client={"name": name})).recipient == Address(name=name, address="dana@example.net")
