"""Which letters of a person's own mailbox are ours to read: answers to our letters, known people, and their reports.

Headers are looked at first, and nothing else of a letter that fails there. A report from a mail system is fetched, and
let go again unless it is about a letter of ours.
"""

from __future__ import annotations

from dataclasses import replace

from mailer.flow.office import Office
from mailer.message.reading.bounce import returned_header
from mailer.message.reading.classify import classify
from mailer.message.reading.parse import parse
from mailer.message.token import Purpose, tokens_in
from mailer.message.whose import REPORTS
from mailer.model.filing import Evidence
from mailer.model.incoming import Letter, Verdict
from mailer.store.evidence import evidence

POINTERS = ("to", "cc", "delivered-to", "x-original-to", "references", "in-reply-to", "subject")


async def is_candidate(office: Office, headers: bytes, *, account: str) -> bool:
    """Whether a letter with these headers may be ours; a report may be, and only its content can say."""
    letter = parse(headers)
    verdict = classify(letter, headers)
    return verdict.kind in REPORTS or _speaks_of_us(await evidence_of(office, letter, verdict, account=account))


async def is_ours(office: Office, raw: bytes, *, account: str) -> bool:
    """Whether a whole letter is ours to keep."""
    letter = parse(raw)
    return _speaks_of_us(await evidence_of(office, letter, classify(letter, raw), account=account))


async def evidence_of(office: Office, letter: Letter, verdict: Verdict, *, account: str) -> Evidence:
    """What the store knows of the letter's pointers and sender; of a report, of the letters and addresses it names.

    A report may bear our token anywhere: in the sender address it came to, in the header it returns, in its text.
    """
    is_report = verdict.kind in REPORTS
    pointers = [value for name in POINTERS for value in letter.all(name)]
    pointers += [returned_header(letter), letter.text] if is_report else []
    tokens = [token for value in (*pointers, *verdict.about) for token in tokens_in(office.tokens, value)]
    ids = verdict.about if is_report else (*letter.in_reply_to, *reversed(letter.references))
    sender = letter.senders[0].address if len(letter.senders) == 1 else ""
    if is_report:
        sender = verdict.recipients[0] if len(verdict.recipients) == 1 else ""
    found = await office.db.look(
        evidence,
        office.vault,
        references=[token.reference for token in tokens],
        message_ids=list(ids),
        sender=sender,
        own_id=letter.message_id,
        account=account,
    )
    tokens += tokens_in(office.tokens, letter.message_id)
    is_check = any(token.purpose is Purpose.CHECK for token in tokens)  # a letter to oneself, or a report about it
    return replace(found, is_own=True) if is_check else found


def _speaks_of_us(found: Evidence) -> bool:
    return bool(found.is_own or found.by_token or found.by_id or found.senders or found.coach_id)
