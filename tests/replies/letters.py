"""Builders for letters as the reader is given them; the values that matter stand in the tests."""

from __future__ import annotations

from mailer.model.incoming import AskedLetter, Letter
from mailer.model.outgoing import Address
from mailer.model.plan import AnswerKind, Question


def letter(text: str, *, html: str = "", subject: str = "Re: Your week") -> Letter:
    """A reply of Dana's with this text."""
    dana = Address(name="Dana Reis", address="dana@example.org")
    return Letter(
        senders=(dana,),
        sender=None,
        return_path=None,
        recipients=("coach@example.org",),
        subject=subject,
        message_id="reply@example.org",
        in_reply_to=("prompt@example.net",),
        references=("prompt@example.net",),
        date=None,
        headers=(),
        text=text,
        html=html,
        attachments=(),
    )


SENT = """Good morning Dana,

1. How was this week, 1 to 10? (just the number is fine)

2. What got in the way of the things you had planned?

3. What is the one thing you will do before next Friday, and when?

Just reply to this letter, a line for each is plenty.

Petra Vogl

Petra chose these questions; a program sends them. Petra reads your answers.
Write STOP to end these letters or PAUSE to have some quiet.
"""

QUESTIONS = (
    Question(ask="How was this week, 1 to 10? (just the number is fine)", answer=AnswerKind.RATING),
    Question(ask="What got in the way of the things you had planned?"),
    Question(ask="What is the one thing you will do before next Friday, and when?", answer=AnswerKind.COMMITMENT),
)


def asked(*questions: Question, text: str = "", language: str = "en") -> AskedLetter:
    """A letter of ours: Dana's three questions unless others are given."""
    if not questions:
        return AskedLetter(text=text or SENT, questions=QUESTIONS, language=language)
    body = "Good morning Dana,\n\n" + "\n\n".join(question.ask for question in questions) + "\n\nPetra Vogl\n"
    return AskedLetter(text=text or body, questions=questions, language=language)


def quoted(text: str) -> str:
    """A text with "> " before every line."""
    return "\n".join(f"> {line}".rstrip() for line in text.splitlines())
