"""From a kept letter to an entry in a client's thread, or to the list of letters that wait for a person."""

from __future__ import annotations

import asyncio
import logging
from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from mailer.errors import MailerError
from mailer.flow.office import Office
from mailer.flow.ours import evidence_of
from mailer.flow.settle_sent import settle_by_letter
from mailer.message.asked import load_asked
from mailer.message.reading.answers import deal
from mailer.message.reading.read import read
from mailer.message.reading.words import steering_word
from mailer.message.token import Purpose, tokens_in
from mailer.message.whose import said_to_be, whose
from mailer.model.filing import Evidence, Filing, Held, KeptLetter, Whose
from mailer.model.incoming import Answers, AskedLetter, Kind, Reading, Steering, Word
from mailer.model.people import Client
from mailer.model.report import EntryKind
from mailer.store import clients, inbox
from mailer.store.evidence import asked_of
from mailer.store.filing import file_letter

log = logging.getLogger(__name__)

LONGEST_KEPT_TEXT = 200_000  # characters of new text in an entry; the raw letter has the rest
ENTRIES = {
    Kind.HUMAN: EntryKind.REPLY,
    Kind.AUTO_REPLY: EntryKind.AUTO_REPLY,
    Kind.BOUNCE: EntryKind.BOUNCE,
    Kind.UNSUBSCRIBE: EntryKind.STEERING,
}
DOUBTFUL = 0.5  # below it the coach is told that the text may hold more than the client's words


@dataclass(frozen=True, slots=True, kw_only=True)
class _Read:
    """One letter, read with all that is known about it."""

    kept: KeptLetter
    reading: Reading
    evidence: Evidence
    whose: Whose
    answers: Answers
    steering: Steering | None


async def ingest_one(office: Office, *, now: datetime) -> bool:
    """Reads the oldest kept letter; True if there was one.

    1. counts the try, so that a letter that kills the process is set aside after the third
    2. reads it: what it is, whose it is, what is new in it, which questions it answers
    3. files it, holds it, or passes over our own copy, in one transaction
    """
    kept = await office.db.run(inbox.next_kept, office.vault, now=now)
    if kept is None:
        return False
    try:
        await _file(office, await _understand(office, kept, now=now), now=now)
    except Exception as error:  # one letter must not stop the others; it is tried again, then set aside
        log.exception("failed incoming=%s try=%s", kept.id, kept.tries)
        reason = str(error) if isinstance(error, MailerError) else f"reading it failed: {type(error).__name__}"
        await office.db.run(inbox.note_failure, kept.id, reason=reason)
    return True


async def assign(office: Office, letter_id: UUID, client: Client, *, now: datetime) -> bool:
    """A person says whose a waiting letter is: it is read again and filed for that client; False if it was filed.

    It goes under the prompt it answers where that is one of the client's own, else beside the prompts.
    """
    kept = await office.db.look(inbox.waiting_letter, office.vault, letter_id)
    return await _file(office, await _understand(office, kept, client=client, now=now), now=now)


async def _understand(office: Office, kept: KeptLetter, *, client: Client | None = None, now: datetime) -> _Read:
    reading = await asyncio.to_thread(read, kept.raw)
    letter, verdict = reading.letter, reading.verdict
    authserv_id = next((one.authserv_id for one in office.accounts.values() if one.slug == kept.account), "")
    evidence = await evidence_of(office, letter, verdict, account=kept.account)
    if client is None:
        found = whose(letter, verdict, evidence, authserv_id=authserv_id, installation=office.installation)
    else:
        found = said_to_be(client, evidence)
    asked = await _asked(office, found)
    if asked is not None and verdict.kind is Kind.HUMAN:
        reading = await asyncio.to_thread(read, kept.raw, asked=asked)
    steering = await _steering(office, reading, found, now=now)
    answers = _deal(reading, asked, steering)
    return _Read(kept=kept, reading=reading, evidence=evidence, whose=found, answers=answers, steering=steering)


async def _asked(office: Office, found: Whose) -> AskedLetter | None:
    if found.origin is None:
        return None
    text = await office.db.look(asked_of, office.vault, found.origin.outbox_id)
    return load_asked(text) if text else None


async def _steering(office: Office, reading: Reading, found: Whose, *, now: datetime) -> Steering | None:
    """The plain word that is the whole letter; a letter from the List-Unsubscribe button says STOP."""
    if reading.verdict.kind not in (Kind.HUMAN, Kind.UNSUBSCRIBE) or found.client_id is None:
        return None
    places = (*reading.letter.recipients, reading.letter.subject)
    tokens = [token for place in places for token in tokens_in(office.tokens, place)]
    stops = any(token.purpose is Purpose.STOP for token in tokens)
    who = await office.db.look(clients.client, office.vault, found.client_id)
    today = now.astimezone(ZoneInfo(who.zone)).date()
    return steering_word(reading.new, reading.letter.subject, to_stop_address=stops, today=today, signed_by=who.name)


def _deal(reading: Reading, asked: AskedLetter | None, steering: Steering | None) -> Answers:
    if asked is None or steering is not None or reading.verdict.kind is not Kind.HUMAN:
        return Answers(answers=(), free=reading.new.text)
    return deal(reading.new, asked)


async def _file(office: Office, what: _Read, *, now: datetime) -> bool:
    """True if it became an entry of a client's thread."""
    letter_id, kind = what.kept.id, what.reading.verdict.kind
    await settle_by_letter(office, what.evidence, what.reading.letter.message_id)
    if what.whose.is_own:
        await office.db.run(inbox.pass_over, letter_id, kind=kind, reason="our own letter")
        return False
    if what.whose.held is not None:
        await _hold(office, what, what.whose.held)
        return False
    filing = await _filing(office, what, now=now)
    message_id = what.reading.letter.message_id
    filed = await office.db.run(file_letter, office.vault, filing, message_id=message_id, now=now)
    log.info("filed incoming=%s client=%s kind=%s", letter_id, what.whose.client_id, kind)
    return filed


async def _hold(office: Office, what: _Read, reason: Held) -> None:
    kind = what.reading.verdict.kind
    log.warning("held incoming=%s kind=%s why=%s", what.kept.id, kind, reason.name.lower())
    await office.db.run(inbox.hold, what.kept.id, kind=kind, reason=reason, coach_id=what.whose.coach_id)


async def _filing(office: Office, what: _Read, *, now: datetime) -> Filing:
    reading, letter = what.reading, what.reading.letter
    return Filing(
        letter_id=what.kept.id,
        kind=reading.verdict.kind,
        whose=what.whose,
        entry=EntryKind.STEERING if what.steering else ENTRIES.get(reading.verdict.kind, EntryKind.OTHER),
        subject=letter.subject,
        references=letter.references or letter.in_reply_to[:1],
        text=_text(reading),
        free=what.answers.free[:LONGEST_KEPT_TEXT],
        confidence=reading.new.confidence,
        received_at=what.kept.received_at,
        sender=letter.senders[0].address if len(letter.senders) == 1 else "",
        note=_note(what),
        answers=what.answers.answers,
        attachments=tuple(replace(one, name=one.name or "without a name") for one in letter.attachments),
        away_until=reading.verdict.away_until,
        steering=what.steering,
        pause_until=await _pause_until(office, what, now=now),
        failed=reading.verdict if reading.verdict.kind is Kind.BOUNCE else None,
    )


def _text(reading: Reading) -> str:
    """What is new; a letter without any words of its own is shown as it is."""
    text = reading.new.text or reading.new.forwarded or reading.letter.text
    return text[:LONGEST_KEPT_TEXT]


def _note(what: _Read) -> str:
    """What the coach should know about this entry, in one line."""
    reading, notes = what.reading, []
    if reading.verdict.kind is Kind.BOUNCE and reading.verdict.failure is not None:
        return reading.verdict.failure.value
    if not what.whose.is_confirmed:
        notes.append("from another address, not confirmed")
    if reading.new.forwarded:
        notes.append("a forwarded letter inside")
    if reading.verdict.kind is Kind.HUMAN and reading.new.confidence < DOUBTFUL:
        notes.append("may hold more than the client's own words")
    if not what.kept.whole:
        notes.append("large: its attachments stayed on the server")
    if len(reading.new.text) > LONGEST_KEPT_TEXT:
        notes.append("very long: cut here, kept whole")
    return "; ".join([*notes, *reading.letter.notes])


async def _pause_until(office: Office, what: _Read, *, now: datetime) -> datetime | None:
    """When a PAUSE ends, on the client's own calendar."""
    steering, client_id = what.steering, what.whose.client_id
    if steering is None or steering.word is not Word.PAUSE or client_id is None:
        return None
    if steering.until is not None:
        zone = ZoneInfo((await office.db.look(clients.client, office.vault, client_id)).zone)
        return datetime.combine(steering.until, time(0), zone)
    return now + timedelta(days=steering.days) if steering.days else None
