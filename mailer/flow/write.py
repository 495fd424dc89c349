"""Writing a letter that was claimed: its bytes, once and for good.

A prompt is written from its schedule and the client's facts of now; a confirmation from the word obeyed; a digest from
the entries stamped for it. TemplateTrouble, a schedule that is gone or a text that is missing holds this one letter.
"""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date, datetime
from zoneinfo import ZoneInfo

from mailer.digest import build, render_html, render_text, subject
from mailer.errors import PermanentFailure
from mailer.flow.office import Office
from mailer.message.asked import dump_asked
from mailer.message.writing.compose import wire_letter
from mailer.message.writing.facts import LetterFacts
from mailer.message.writing.ids import conversation_id, envelope_sender, letter_id, reply_address
from mailer.message.writing.letter import Posting, asked_letter, prompt_draft, steering_draft
from mailer.message.writing.own_headers import standard_headers
from mailer.model.incoming import Word
from mailer.model.outgoing import Address, ClaimedLetter, Draft, FixedBytes, LetterKind
from mailer.model.people import Client, Coach, Session
from mailer.model.places import Account
from mailer.schedule.book import Prompt, letter_language
from mailer.store import digests
from mailer.store.correspondents import Correspondents


async def write_letter(office: Office, letter: ClaimedLetter, known: Correspondents, *, now: datetime) -> FixedBytes:
    """The bytes of a claimed letter; PermanentFailure where they cannot be made as things stand."""
    coach = known.coaches[letter.coach_id]
    match letter.kind:
        case LetterKind.PROMPT:
            return _prompt(office, letter, known, now=now)
        case LetterKind.CONFIRMATION:
            return _confirmation(office, letter, known, now=now)
        case LetterKind.DIGEST:
            return await _digest(office, letter, coach, now=now)
        case LetterKind.NOTICE:
            return _notice(office, letter, coach, now=now)


def prompt_letter(
    office: Office, prompt: Prompt, *,
    client: Client, coach: Coach, session: Session | None, posting: Posting, fallback: str,
    promises: tuple[str, ...] = (),
) -> tuple[Draft, LetterFacts]:  # fmt: skip
    """A prompt as it would be sent, `fallback` being its schedule's; `preview` shows the same."""
    facts = LetterFacts(
        client=replace(client, language=letter_language(prompt, client, fallback=fallback)),
        coach=coach,
        practice=office.practices[coach.practice],
        subject=prompt.subject_for(client, fallback=fallback),
        questions=prompt.questions_for(client, fallback=fallback),
        session=session,
        promises=promises,
        rehearsal=office.rehearse,
    )
    draft = prompt_draft(office.templates, office.tokens, facts=facts, posting=posting, template=prompt.template or "")
    return draft, facts


def posting_of(office: Office, coach: Coach, reference: bytes, *, now: datetime) -> Posting:
    """Where a letter with this reference is posted; conversation and STOP route by the same reference."""
    return Posting(
        account=office.accounts[coach.practice],
        installation=office.installation,
        date=now,
        letter=reference,
        conversation=reference,
        client=reference,
    )


def _prompt(office: Office, letter: ClaimedLetter, known: Correspondents, *, now: datetime) -> FixedBytes:
    schedule = office.book.schedules.get(letter.schedule)
    if schedule is None:
        raise PermanentFailure(f"schedules/{letter.schedule}.toml is gone; put it back or cancel this letter")
    try:
        prompt = schedule.prompt(letter.prompt)
    except KeyError:
        raise PermanentFailure(
            f'schedules/{letter.schedule}.toml has no prompt "{letter.prompt}" any more; a renamed one says '
            f'formerly = ["{letter.prompt}"]'
        ) from None
    client, coach = _client(letter, known), known.coaches[letter.coach_id]
    draft, facts = prompt_letter(
        office, prompt, client=client, coach=coach, fallback=schedule.fallback,
        posting=posting_of(office, coach, letter.reference, now=now), session=known.sessions.get(letter.id),
        promises=known.promised.get(letter.id, ()),
    )  # fmt: skip
    return _fixed(office, letter, coach, draft, asked=dump_asked(asked_letter(draft, facts)))


def _confirmation(office: Office, letter: ClaimedLetter, known: Correspondents, *, now: datetime) -> FixedBytes:
    said = json.loads(letter.content)
    client, coach = _client(letter, known), known.coaches[letter.coach_id]
    facts = LetterFacts(
        client=client, coach=coach, practice=office.practices[coach.practice], subject=said["subject"],
        rehearsal=office.rehearse,
    )  # fmt: skip
    posting = posting_of(office, coach, letter.reference, now=now)
    earlier = (*said.get("references", ()), *([said["message_id"]] if said["message_id"] else ()))
    draft = steering_draft(
        office.templates, office.tokens, facts=facts, posting=replace(posting, earlier=earlier),
        word=Word(said["word"]), until=_local_day(said["until"], client.zone),
    )  # fmt: skip
    return _fixed(office, letter, coach, draft)


async def _digest(office: Office, letter: ClaimedLetter, coach: Coach, *, now: datetime) -> FixedBytes:
    if letter.digest_id is None:
        raise PermanentFailure("a digest letter without its digest")
    facts = await office.db.look(digests.digest_facts, office.vault, letter.digest_id, now=now)
    digest = build(facts)
    draft = _to_coach(
        office, letter, coach, kind=LetterKind.DIGEST, title=subject(digest), text=render_text(digest), now=now,
        html=render_html(digest),
    )  # fmt: skip
    return _fixed(office, letter, coach, draft)


def _notice(office: Office, letter: ClaimedLetter, coach: Coach, *, now: datetime) -> FixedBytes:
    said = json.loads(letter.content)
    through = next((one for one in office.accounts.values() if one.slug == said.get("account")), None)
    draft = _to_coach(
        office, letter, coach, kind=LetterKind.NOTICE, title=said["subject"], text=said["text"], html="", now=now,
        account=through,
    )  # fmt: skip
    return _fixed(office, letter, coach, draft, account=through)


def _to_coach(
    office: Office, letter: ClaimedLetter, coach: Coach, *,
    kind: LetterKind, title: str, text: str, html: str, now: datetime, account: Account | None = None,
) -> Draft:  # fmt: skip
    account = account or office.accounts[coach.practice]
    return Draft(
        sender=Address(name=office.practices[account.practice], address=account.address),
        recipient=Address(name=coach.name, address=coach.address),
        reply_to=Address(address=reply_address(office.tokens, reference=letter.reference, account=account)),
        subject=title,
        text=text,
        html=html,
        date=now,
        message_id=letter_id(office.tokens, reference=letter.reference, account=account),
        references=(conversation_id(office.tokens, reference=letter.reference, account=account),),
        headers=standard_headers(installation=office.installation, kind=kind),
    )


def _fixed(
    office: Office,
    letter: ClaimedLetter,
    coach: Coach,
    draft: Draft,
    *,
    asked: str = "",
    account: Account | None = None,
) -> FixedBytes:
    account = account or office.accounts[coach.practice]
    sender = envelope_sender(office.tokens, reference=letter.reference, account=account)
    wire = wire_letter(draft, envelope_from=sender)
    return FixedBytes(wire=wire, subject=draft.subject, asked=asked)


def _client(letter: ClaimedLetter, known: Correspondents) -> Client:
    if letter.client_id is None:
        raise PermanentFailure("a letter to a client without a client")
    if letter.client_id not in known.clients:
        raise PermanentFailure(
            "what is known of the client does not open: the key was destroyed, or what is stored was altered"
        )
    return known.clients[letter.client_id]


def _local_day(moment: str | None, zone: str) -> date | None:
    return datetime.fromisoformat(moment).astimezone(ZoneInfo(zone)).date() if moment else None
