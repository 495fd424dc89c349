"""Whose is this letter? Decided from what the letter says and what the store knows, never by subject alone.

In this order: our own copy; a report about a letter of ours; a usable and not disproved sender; our token; the ids of
In-Reply-To and References; the sender's single open prompt; the sender alone; else it is held, with its reason. A token
routes and proves nothing: from an address not known for the client the letter is filed for the client, marked.
"""

from __future__ import annotations

from uuid import UUID

from mailer.message.reading.authentication import topmost_stamp
from mailer.message.writing.own_headers import LOOP_HEADER
from mailer.model.filing import Evidence, Held, Known, Origin, Whose
from mailer.model.incoming import Kind, Letter, Verdict
from mailer.model.people import Client

REPORTS = (Kind.BOUNCE, Kind.DSN_SUCCESS, Kind.ARF, Kind.MDN)


def whose(
    letter: Letter, verdict: Verdict, evidence: Evidence, *, authserv_id: str = "", installation: str = ""
) -> Whose:
    """The client (perhaps with the prompt answered), or why a person must look."""
    if evidence.is_own or (installation and letter.header(LOOP_HEADER) == installation):
        return Whose(is_own=True)
    if verdict.kind in REPORTS:
        return _of_report(evidence)
    objection = _objection(letter, authserv_id)
    if objection:
        return _held(evidence, objection)
    return _of_letter(evidence)


def _objection(letter: Letter, authserv_id: str) -> Held | None:
    """What makes the From address worthless."""
    if len({one.address for one in letter.senders}) != 1:
        return Held.BAD_FROM
    return Held.FAILED_AUTHENTICATION if authserv_id and disproved(letter, authserv_id) else None


def _of_letter(evidence: Evidence) -> Whose:
    origin = _origin(evidence)
    if origin is not None and origin.client_id is not None:
        return _of_thread(origin, evidence)
    if evidence.coach_id is not None and not evidence.senders:
        return Whose(held=Held.FROM_COACH, coach_id=evidence.coach_id)
    return _of_sender(evidence)


def said_to_be(client: Client, evidence: Evidence) -> Whose:
    """A person named the client: under the prompt it points to where that is the client's own, else the open one."""
    origin = next((one for one in evidence.by_token + evidence.by_id if one.client_id == client.id), None)
    open_prompts = next((one.open_prompts for one in evidence.senders if one.client_id == client.id), ())
    if origin is None and len(open_prompts) == 1:
        origin = open_prompts[0]
    return Whose(client_id=client.id, coach_id=client.coach_id, origin=origin)


def disproved(letter: Letter, authserv_id: str) -> bool:
    """True if the receiving host, named in the topmost Authentication-Results (RFC 8601 §2.2), says dmarc=fail."""
    stamp = topmost_stamp(letter)
    if stamp is None or stamp.authserv_id.lower() != authserv_id.lower():
        return False
    return any(one.result == "fail" for one in stamp.of("dmarc"))


def _of_report(evidence: Evidence) -> Whose:
    """A report concerns the client its letter went to; the failed address says so where the letter is not named."""
    origin = _origin(evidence)
    if origin is not None and origin.client_id is not None:
        return Whose(client_id=origin.client_id, coach_id=origin.coach_id, origin=origin)
    if len(evidence.senders) == 1:
        known = evidence.senders[0]
        return Whose(client_id=known.client_id, coach_id=known.coach_id)
    return Whose(held=Held.FAILED_REPORT, coach_id=origin.coach_id if origin else None)


def _origin(evidence: Evidence) -> Origin | None:
    """The letter of ours that is answered: the token's word before the ids'."""
    return next(iter(evidence.by_token + evidence.by_id), None)


def _of_thread(origin: Origin, evidence: Evidence) -> Whose:
    pointed = {one.client_id for one in evidence.by_token if one.client_id}
    if len(pointed) > 1:
        return _held(evidence, Held.SENDER_DISAGREES)
    if not evidence.senders:
        return Whose(client_id=origin.client_id, coach_id=origin.coach_id, origin=origin, is_confirmed=False)
    known = next((one for one in evidence.senders if one.client_id == origin.client_id), None)
    if known is None:
        return Whose(held=Held.SENDER_DISAGREES, coach_id=origin.coach_id)
    if known.has_left:
        return Whose(held=Held.FORMER_CLIENT, coach_id=known.coach_id)
    return Whose(client_id=known.client_id, coach_id=known.coach_id, origin=origin, is_confirmed=known.is_confirmed)


def _of_sender(evidence: Evidence) -> Whose:
    living = [one for one in evidence.senders if not one.has_left]
    if not living:
        reason = Held.FORMER_CLIENT if evidence.senders else Held.UNKNOWN_SENDER
        return _held(evidence, reason)
    if len(living) > 1:
        return _held(evidence, Held.UNCLEAR_CLIENT)
    known = living[0]
    origin = known.open_prompts[0] if len(known.open_prompts) == 1 else None
    return Whose(client_id=known.client_id, coach_id=known.coach_id, origin=origin, is_confirmed=known.is_confirmed)


def _held(evidence: Evidence, reason: Held) -> Whose:
    """Held for the coach all candidates share; for nobody's eyes in particular where they do not."""
    return Whose(held=reason, coach_id=_only_coach(evidence.senders))


def _only_coach(senders: tuple[Known, ...]) -> UUID | None:
    coaches = {one.coach_id for one in senders}
    return coaches.pop() if len(coaches) == 1 else None
