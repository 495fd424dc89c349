"""Which reports say what they are: complaints, read receipts, calendar messages, notices of a sending service?

Sources: RFC 5965 (abuse reports), RFC 8098 (receipts), RFC 6047 and RFC 5546 (calendar), Amazon SES notices in JSON.
Met in the wild: complaints of old mail services that only attach the letter complained about, receipts without their
machine-readable part, receipts that say "deleted unread" or, against the standard, that delivery failed.
"""

from __future__ import annotations

import json
import re

from mailer.message.reading.bounce_reasons import cause_of, one_line
from mailer.message.reading.charset import decode_text
from mailer.message.reading.header_fields import addresses, message_ids
from mailer.message.reading.headers import header_block
from mailer.message.reading.mime import with_bare_line_ends
from mailer.message.reading.phrases import phrases
from mailer.model.incoming import Attachment, Kind, Letter, Verdict

_FEEDBACK = "message/feedback-report"
_RECEIPT = frozenset({"message/disposition-notification", "message/global-disposition-notification"})
_OLD_COMPLAINT = re.compile(
    r"(?:complaint about message from|abuse report|spam ?complaint|e-?mail feedback report)\b", re.I
)
_COMPLAINT_DESK = re.compile(
    r"(?:scomp|staff|fbl|feedback\w*|complaints?|abuse\w*|no-?reply|postmaster)@", re.IGNORECASE
)
_RECEIPT_TITLES = frozenset({
    "read", "return receipt", "return receipt (displayed)", "read receipt", "not read", "deleted", "gelesen",
    "lesebestätigung", "lesebestätigung (angezeigt)", "ungelesen gelöscht", "lu", "accusé de lecture", "leído", "letto",
    "conferma di lettura", "gelezen", "lida", "læst", "läst", "lest", "luettu", "przeczytane", "прочитано",
})  # fmt: skip
_DISPOSITION = re.compile(r"^disposition:[^\n]*", re.IGNORECASE | re.MULTILINE)
_ORIGINAL_ID = re.compile(r"^original-message-id:[ \t]*(\S[^\n]*)", re.IGNORECASE | re.MULTILINE)
_FINAL = re.compile(r"^final-recipient:[ \t]*(?:[^;\n]*;)?([^\n]*)", re.IGNORECASE | re.MULTILINE)
_FAILED_DISPOSITION = re.compile(r"/(?:failed|error)|quota|rejected|undeliver|mailbox full", re.IGNORECASE)
_REFUSAL = phrases(
    "rejected; undeliver*; not delivered; could not be delivered; quota; delivery fail*; abgelehnt; refus*; rechazad*"
)
_LONGEST_RECEIPT = 600  # characters
_METHOD = re.compile(r"^METHOD:[ \t]*([A-Z-]+)", re.IGNORECASE | re.MULTILINE)
_LONGEST_JSON = 200_000


def read_complaint(letter: Letter) -> Verdict | None:
    """A report that somebody called a letter of ours unwanted."""
    said = letter.header("content-type").lower()
    reported = any(part.content_type == _FEEDBACK for part in letter.attachments)
    if reported or ("multipart/report" in said and "feedback-report" in said):
        return Verdict(kind=Kind.ARF, reason="feedback report (RFC 5965)", about=_returned_ids(letter))
    sender = letter.senders[0].address if letter.senders else ""
    attached = any(part.content_type == "message/rfc822" for part in letter.attachments)
    if attached and _COMPLAINT_DESK.match(sender) and _OLD_COMPLAINT.search(letter.subject):
        return Verdict(kind=Kind.ARF, reason=f"complaint of {sender}", about=_returned_ids(letter))
    return None


def read_receipt(letter: Letter) -> Verdict | None:
    """A receipt that a letter of ours was shown; one that says it was refused is a bounce."""
    part = next((one for one in letter.attachments if one.content_type in _RECEIPT), None)
    said = letter.header("content-type").lower()
    if part is None and not ("multipart/report" in said and "disposition-notification" in said):
        return _untagged_receipt(letter)
    text = _text(part) if part is not None else ""
    about = [one for match in _ORIGINAL_ID.finditer(text) for one in message_ids(match.group(1).encode())]
    about += [one for one in (*letter.in_reply_to, *letter.references) if one not in about]
    disposition = _DISPOSITION.search(text)
    words = disposition.group() if disposition is not None else "receipt (RFC 8098)"
    if _FAILED_DISPOSITION.search(words) or _REFUSAL.search(
        f"{letter.subject} {letter.header('auto-submitted')}".lower()
    ):
        return _refused(text, letter.text or words, about=tuple(about or _returned_ids(letter)))
    return Verdict(kind=Kind.MDN, reason=one_line(words), about=tuple(about))


def _untagged_receipt(letter: Letter) -> Verdict | None:
    """Outlook has receipts in its own format: of them an empty envelope sender and the title are left to see."""
    title = re.split("[:\uff1a-]", letter.subject, maxsplit=1)[0].strip().lower()
    if letter.return_path == "" and title in _RECEIPT_TITLES and len(letter.text) < _LONGEST_RECEIPT:
        return Verdict(kind=Kind.MDN, reason="receipt by its title and empty envelope sender", about=letter.in_reply_to)
    return None


def _refused(text: str, words: str, *, about: tuple[str, ...]) -> Verdict:
    final = _FINAL.search(text)
    who = tuple(one.address for one in addresses(final.group(1).encode())) if final is not None else ()
    cause = cause_of(words, status="", delayed=False)
    return Verdict(
        kind=Kind.BOUNCE,
        reason=f"receipt that says refused: {cause.words}",
        recipients=who,
        status=cause.status,
        permanent=cause.permanent,
        failure=cause.failure,
        about=about,
    )


def read_calendar(letter: Letter) -> Verdict | None:
    """An invitation, its answer or its withdrawal; not a letter in our thread that has words beside an invitation."""
    part = next((one for one in letter.attachments if one.content_type in ("text/calendar", "application/ics")), None)
    if part is None:
        return None
    method = _METHOD.search(_text(part)[:5000])
    said = method.group(1).upper() if method is not None else ""
    if said in ("", "PUBLISH"):
        return None  # a calendar file somebody attached
    answers_us = bool(letter.in_reply_to or letter.references)
    if said == "REQUEST" and answers_us and letter.text.strip():
        return None
    return Verdict(kind=Kind.CALENDAR, reason=f"calendar message, METHOD:{said}")


def read_cloud_notice(letter: Letter) -> Verdict | None:
    """A notice of Amazon SES: JSON as the whole text."""
    text = letter.text.lstrip()
    if not text.startswith("{") or '"notificationType"' not in text[:_LONGEST_JSON].replace("\\", ""):
        return None
    notice = _json(text[:_LONGEST_JSON])
    inner = notice.get("Message")
    notice = _json(inner) if isinstance(inner, str) else notice
    kind = str(notice.get("notificationType", ""))
    mail = notice.get("mail")
    about = message_ids(str(_headers(mail).get("message-id", "")).encode("utf-8", "replace"))
    if kind == "Complaint":
        return Verdict(kind=Kind.ARF, reason="complaint told by Amazon SES", about=about)
    if kind == "Delivery":
        return Verdict(kind=Kind.DSN_SUCCESS, reason="delivery told by Amazon SES", about=about)
    if kind != "Bounce":
        return None
    return _cloud_bounce(notice, about=about)


def _cloud_bounce(notice: dict[str, object], *, about: tuple[str, ...]) -> Verdict:
    bounce = notice.get("bounce")
    details = bounce if isinstance(bounce, dict) else {}
    listed = details.get("bouncedRecipients")
    people = [one for one in listed if isinstance(one, dict)] if isinstance(listed, list) else []
    words = str(people[0].get("diagnosticCode", "")) if people else ""
    cause = cause_of(words, status=str(people[0].get("status", "")) if people else "", delayed=False)
    permanent = details.get("bounceType") == "Permanent"
    return Verdict(
        kind=Kind.BOUNCE,
        reason=cause.words or "bounce told by Amazon SES",
        recipients=tuple(str(one["emailAddress"]) for one in people if "emailAddress" in one),
        status=cause.status,
        permanent=permanent,
        address_dead=permanent and cause.address_dead,
        failure=cause.failure,
        about=about,
    )


def _headers(mail: object) -> dict[str, object]:
    listed = mail.get("headers") if isinstance(mail, dict) else None
    pairs = [one for one in listed if isinstance(one, dict)] if isinstance(listed, list) else []
    return {str(one.get("name", "")).lower(): one.get("value", "") for one in pairs}


def _json(text: str) -> dict[str, object]:
    try:
        found, _ = json.JSONDecoder(strict=False).raw_decode(text)  # a line on how to stop the notices follows
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def _text(part: Attachment) -> str:
    return decode_text(with_bare_line_ends(part.content), "").text


def _returned_ids(letter: Letter) -> tuple[str, ...]:
    for part in letter.attachments:
        if part.content_type in ("message/rfc822", "text/rfc822-headers"):
            content = with_bare_line_ends(part.content)
            return message_ids(header_block(content, 0, len(content)).first("message-id"))
    return ()
