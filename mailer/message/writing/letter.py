"""How a prompt or a confirmation is put together: who writes to whom, about what, in which conversation.

Letters come from the coach's name at the account's address, and answers return to that account. Each prompt opens a
conversation of its own: an id that no letter has, first in References, so that replies find it even where a relay gave
the letter another Message-ID. A confirmation answers the client's own letter and names those before it (RFC 5322
§3.6.4), so that mail programs show one conversation.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import date, datetime

from mailer.message.token import Purpose, TokenKeys, tokens_in
from mailer.message.writing.direction import without_overrides
from mailer.message.writing.facts import LetterFacts
from mailer.message.writing.ids import conversation_id, letter_id, reply_address, stop_link
from mailer.message.writing.own_headers import standard_headers
from mailer.message.writing.sealed import plain_value
from mailer.message.writing.template import Body, PromptTemplates
from mailer.model.incoming import AskedLetter, Word
from mailer.model.outgoing import Address, Draft, LetterKind
from mailer.model.people import Form
from mailer.model.places import Account

DEFAULT_TEMPLATE = "prompt"
STEERING_TEMPLATE = "steering"

_RE = re.compile(r"^(?:(?:re|aw|sv|antw|odp|vs|rif)\s*:\s*)+", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Posting:
    """Where and when a letter is posted, and the references its tokens carry (10 random bytes each)."""

    account: Account
    installation: str  # names this installation in the loop header
    date: datetime
    letter: bytes  # of this letter's row
    conversation: bytes  # of the conversation's row
    client: bytes  # of the client's row: STOP is about the client, not one letter
    earlier: tuple[str, ...] = ()  # ids of the letters so far in this conversation, oldest first, without <>


def prompt_draft(
    templates: PromptTemplates, keys: TokenKeys, *, facts: LetterFacts, posting: Posting, template: str = ""
) -> Draft:
    """A prompt's letter; with `facts.rehearsal` it goes to the coach, marked, with no button that stops the client.

    Raises TemplateTrouble where the template, subject or words do not make this client's letter.
    """
    subject = templates.render_subject(facts.subject, facts)
    facts = replace(facts, subject=subject)
    body = templates.render_letter(template or DEFAULT_TEMPLATE, facts)
    stop = stop_link(keys, reference=posting.client, account=posting.account)
    if facts.rehearsal:
        subject, stop = f"{_rehearsal_mark(templates, facts)} {subject}", ""
    headers = standard_headers(installation=posting.installation, kind=LetterKind.PROMPT, stop=stop)
    return _draft(keys, facts, posting, subject=subject, body=body, headers=headers)


def steering_draft(
    templates: PromptTemplates,
    keys: TokenKeys,
    *,
    facts: LetterFacts,
    posting: Posting,
    word: Word,
    until: date | None = None,
) -> Draft:
    """The one confirmation of STOP, PAUSE or RESUME; `facts.subject` is that of the client's own letter."""
    phrases = templates.words.phrases(facts.client.language, facts.client.form)
    subject = reply_subject(facts.subject or word.upper())
    extra = {**facts.extra, "word": word.value, "until": phrases.day(until) if until else ""}
    facts = replace(facts, subject=subject, questions=(), extra=extra, notice=True)
    body = templates.render_letter(STEERING_TEMPLATE, facts)
    headers = standard_headers(installation=posting.installation, kind=LetterKind.CONFIRMATION)
    return _draft(keys, facts, posting, subject=subject, body=body, headers=headers)


def asked_letter(draft: Draft, facts: LetterFacts) -> AskedLetter:
    """What is kept of a prompt so that quotes of it are recognised later."""
    return AskedLetter(text=draft.text, questions=facts.questions, language=facts.client.language)


def reply_subject(subject: str) -> str:
    """A subject somebody sent us, as the subject of an answer: one line, one "Re:", however it was folded."""
    return f"Re: {_RE.sub('', plain_value(subject))}"


def _draft(
    keys: TokenKeys,
    facts: LetterFacts,
    posting: Posting,
    *,
    subject: str,
    body: Body,
    headers: tuple[tuple[str, str], ...],
) -> Draft:
    account = posting.account
    reader, coach = facts.coach if facts.rehearsal else facts.client, without_overrides(facts.coach.name)
    return Draft(
        sender=Address(name=coach, address=account.address),
        recipient=Address(name=without_overrides(reader.name), address=reader.address),
        reply_to=Address(name=coach, address=reply_address(keys, reference=posting.letter, account=account)),
        subject=subject,
        text=body.text,
        html=body.html,
        date=posting.date,
        message_id=letter_id(keys, reference=posting.letter, account=account),
        in_reply_to=posting.earlier[-1] if posting.earlier else "",
        references=_references(keys, posting),
        headers=headers,
    )


def _references(keys: TokenKeys, posting: Posting) -> tuple[str, ...]:
    """The conversation and its letters; one that was begun by an earlier letter of ours is not begun again."""
    known = tokens_in(keys, " ".join(posting.earlier))
    if any(token.purpose is Purpose.CONVERSATION for token in known):
        return posting.earlier
    return (conversation_id(keys, reference=posting.conversation, account=posting.account), *posting.earlier)


def _rehearsal_mark(templates: PromptTemplates, facts: LetterFacts) -> str:
    phrase = templates.words.phrases(facts.coach.language, Form.INFORMAL)["rehearsal_subject"]
    return templates.render_subject(phrase, facts)
