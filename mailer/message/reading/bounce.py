"""What does a bounce say: who was not reached, why, and which of our letters came back?

First the fields of the report (bounce_fields.py), then the text (bounce_text.py); the letter that came back tells
its Message-ID, and its recipient where nothing else does. Sources: RFC 3464, RFC 3463, RFC 5321 §4.5.5.
"""

from __future__ import annotations

import re

from mailer.message.reading.bounce_fields import RecipientReport, recipient_reports
from mailer.message.reading.bounce_reasons import Cause, cause_of, diagnostic_in, one_line, still_tries
from mailer.message.reading.bounce_signs import is_bounce, may_be_bounce
from mailer.message.reading.bounce_text import notice_of, recipients_in
from mailer.message.reading.charset import decode_text
from mailer.message.reading.header_fields import addresses, message_ids, with_lower_domain
from mailer.message.reading.headers import HeaderBlock, header_block
from mailer.message.reading.mime import with_bare_line_ends
from mailer.model.incoming import Attachment, Kind, Letter, Verdict
from mailer.model.outgoing import Address

_RETURNED = frozenset({"message/rfc822", "text/rfc822-headers", "message/rfc822-headers", "message/global",
                       "message/global-headers", "text/rfc822-header"})  # fmt: skip
_STATUS_PARTS = frozenset({"message/delivery-status", "message/global-delivery-status"})
_ID_LINE = re.compile(r"^[> \t]*(?:original[- ])?message-id:[ \t]*(<[^<>\s]{3,300}>)", re.IGNORECASE | re.MULTILINE)
_TO_LINE = re.compile(r"^[> \t]*(?:to:[ \t]*|received: [^\n]{0,400}\bfor )(.{3,300})$", re.IGNORECASE | re.MULTILINE)
_DELAY_SUBJECT = re.compile(r"delay|warning|still|verz\u00f6ger|retard", re.IGNORECASE)
_FIELDS_IN_TEXT = re.compile(r"^[ \t>]*final-recipient[ \t]*:", re.IGNORECASE | re.MULTILINE)
_MOST_RECIPIENTS = 1_000
_LONGEST_HEADER = 65_536  # octets


def read_bounce(letter: Letter) -> Verdict | None:
    """The verdict on a delivery report or bounce; None where the letter is neither."""
    reports = _reports(letter)
    fates = {report.action for report in reports}
    if reports and "failed" not in fates and "delayed" not in fates and "delivered" in fates:
        return Verdict(kind=Kind.DSN_SUCCESS, reason="delivery report: delivered", about=_about(letter),
                       recipients=_addresses(reports))  # fmt: skip
    if not reports and not is_report(letter) and not may_be_bounce(letter):
        return None
    notice = notice_of(letter.text)
    failed = [report for report in reports if report.action != "delivered"]
    if failed or is_report(letter) or is_bounce(letter, notice):
        return _verdict(letter, failed, notice)
    return None


def returned_header(letter: Letter) -> str:
    """The header of the letter that came back, as it stands; "" where none did.

    Relays give letters another Message-ID; what else we wrote into the header is still there to be recognised.
    """
    for part in letter.attachments:
        if part.content_type in _RETURNED:
            content = with_bare_line_ends(part.content[:_LONGEST_HEADER])
            return content.partition(b"\n\n")[0].decode("ascii", "replace")
    return ""


def is_report(letter: Letter) -> bool:
    """Whether the letter calls itself a delivery report."""
    said = letter.header("content-type").lower()
    return "multipart/report" in said and "delivery-status" in said


def _reports(letter: Letter) -> list[RecipientReport]:
    """The recipients' fields: of the status part, else of a text that carries them in a letter nobody wrote."""
    found = [report for part in _status_parts(letter) for report in recipient_reports(_text(part))]
    if found or not _FIELDS_IN_TEXT.search(letter.text):
        return found
    if is_bounce(letter, notice_of(letter.text)):
        return recipient_reports(letter.text)
    return []


def _status_parts(letter: Letter) -> list[Attachment]:
    return [part for part in letter.attachments if part.content_type in _STATUS_PARTS]


def _text(part: Attachment) -> str:
    return decode_text(with_bare_line_ends(part.content), "").text


def _verdict(letter: Letter, reports: list[RecipientReport], notice: str) -> Verdict:
    recipients = _addresses(reports) or _named(letter, notice)
    causes = _causes(letter, reports, notice, recipients)
    worst = next((cause for cause in causes if cause.permanent), causes[0])
    return Verdict(
        kind=Kind.BOUNCE,
        reason=worst.words or one_line(letter.subject),
        recipients=recipients[:_MOST_RECIPIENTS],
        status=worst.status,
        permanent=worst.permanent,
        address_dead=all(cause.address_dead for cause in causes),
        failure=worst.failure,
        about=_about(letter),
    )


def _addresses(reports: list[RecipientReport]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(with_lower_domain(one.address) for one in reports if "@" in one.address))


def _causes(letter: Letter, reports: list[RecipientReport], notice: str, recipients: tuple[str, ...]) -> list[Cause]:
    near = recipients[0] if recipients else ""
    told = diagnostic_in(notice, near=near)
    if reports:
        return [
            cause_of(report.diagnostic or told, status=report.status, delayed=report.action == "delayed")
            for report in reports[:_MOST_RECIPIENTS]
        ]
    delayed = still_tries(notice) or (not told and _DELAY_SUBJECT.search(letter.subject) is not None)
    return [cause_of(told or letter.subject, status="", delayed=delayed)]


def _named(letter: Letter, notice: str) -> tuple[str, ...]:
    """Recipients where there are no fields: a header, the notice, the letter that came back."""
    header = [one.address for value in letter.all("x-failed-recipients") for one in addresses(value.encode())]
    if header:
        return tuple(dict.fromkeys(header))
    block = _returned(letter)
    own = [*letter.recipients, *(one.address for one in letter.senders)]
    if block is not None:
        own += [one.address for name in ("from", "return-path", "sender") for one in addresses(block.first(name))]
    sent_to = [one.address for one in _returned_to(letter, block)]
    found = recipients_in(notice, not_these=own, expected=sent_to)
    found = found or [address for address in sent_to if address not in own][:1]
    return tuple(dict.fromkeys(with_lower_domain(address) for address in found))


def _returned_to(letter: Letter, block: HeaderBlock | None) -> list[Address]:
    if block is not None:
        return list(addresses(block.first("to")))
    line = _TO_LINE.search(letter.text)
    return list(addresses(line.group(1).encode())) if line else []


def _returned(letter: Letter) -> HeaderBlock | None:
    """The headers of the letter that came back."""
    for part in letter.attachments:
        if part.content_type in _RETURNED:
            content = with_bare_line_ends(part.content)
            return header_block(content, 0, len(content))
    return None


def _about(letter: Letter) -> tuple[str, ...]:
    """Message-IDs of the letter reported on: of its returned copy, of what the report itself answers."""
    block = _returned(letter)
    found = [*message_ids(block.first("message-id"))] if block is not None else []
    if not found:
        found = [one for match in _ID_LINE.finditer(letter.text) for one in message_ids(match.group(1).encode())]
    return tuple(dict.fromkeys((*found[:20], *letter.in_reply_to, *letter.references)))
