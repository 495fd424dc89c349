"""How a draft becomes the bytes that go over the wire.

Written by hand: the standard library's generator is thirty times slower and folds some headers wrongly. Sources: RFC
5322 §3.6 (fields), RFC 2046 §5.1.4 (alternative: the richer part last). The boundary comes from the Message-ID, so the
same draft gives the same bytes. Dot-stuffing is the transport's.
"""

from __future__ import annotations

import hashlib
import re
from datetime import datetime

from mailer.message.writing.bodies import Part, text_part
from mailer.message.writing.header_lines import LONGEST, BadHeader, fold, refuse_breaks, structured, unstructured
from mailer.message.writing.mailbox import mailbox_line, wire_address
from mailer.model.outgoing import Draft, WireLetter

_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")

# Ids of other programs are kept as they are, as long as they cannot break the line they stand in.
_ID = re.compile(r"[!-;=?-~]{1,900}")
_NAME = re.compile(r"[!-9;-~]{1,70}")
_OURS = frozenset(
    {
        "date",
        "from",
        "sender",
        "to",
        "cc",
        "bcc",
        "reply-to",
        "subject",
        "message-id",
        "in-reply-to",
        "references",
        "mime-version",
        "return-path",
    }
)


def compose(draft: Draft) -> bytes:
    """The letter as it goes over the wire: CRLF lines of at most 998 characters, ASCII but for SMTPUTF8 addresses.

    Raises BadHeader where a value would end its line, or an address or id cannot be written.
    """
    text, html = text_part(draft.text), text_part(draft.html) if draft.html else None
    return "".join(_header(draft)).encode() + _body(text, html, draft.message_id)


def wire_letter(draft: Draft, *, envelope_from: str) -> WireLetter:
    """The draft's bytes with the envelope they travel in."""
    return WireLetter(
        message_id=draft.message_id,
        envelope_from=wire_address(envelope_from, header="envelope sender"),
        recipient=wire_address(draft.recipient.address, header="To"),
        raw=compose(draft),
    )


def _header(draft: Draft) -> list[str]:
    lines = [
        f"Date: {_date(draft.date)}\r\n",
        mailbox_line("From", draft.sender),
        mailbox_line("To", draft.recipient),
        mailbox_line("Reply-To", draft.reply_to),
        unstructured("Subject", draft.subject),
        fold("Message-ID", [_own_id(draft.message_id)]),
    ]
    if parents := _ids("In-Reply-To", (draft.in_reply_to,)):
        lines.append(fold("In-Reply-To", parents))
    if ancestors := _ids("References", draft.references):
        lines.append(fold("References", _within_a_line(ancestors)))
    lines += [_further(name, value) for name, value in draft.headers]
    lines.append("MIME-Version: 1.0\r\n")
    return lines


def _body(text: Part, html: Part | None, message_id: str) -> bytes:
    if html is None:
        return _part("plain", text)
    # "=_" stands in no quoted-printable or base64 line, and 7bit text with "--=_" is not written as 7bit.
    mark = "=_" + hashlib.sha256(message_id.encode()).hexdigest()[:32]
    edge = b"--" + mark.encode("ascii")
    return b"".join(
        (
            f'Content-Type: multipart/alternative; boundary="{mark}"\r\n\r\n'.encode("ascii"),
            edge + b"\r\n" + _part("plain", text),
            b"\r\n" + edge + b"\r\n" + _part("html", html),
            b"\r\n" + edge + b"--\r\n",
        )
    )


def _part(subtype: str, part: Part) -> bytes:
    head = f'Content-Type: text/{subtype}; charset="utf-8"\r\nContent-Transfer-Encoding: {part.encoding}\r\n\r\n'
    return head.encode("ascii") + part.data


def _date(moment: datetime) -> str:
    if moment.tzinfo is None:
        raise BadHeader("Date", "has no time zone")
    day = f"{_DAYS[moment.weekday()]}, {moment.day:02} {_MONTHS[moment.month - 1]} {moment.year:04}"
    return f"{day} {moment:%H:%M:%S %z}"[:31]  # some zones of the past had seconds in their offset


def _own_id(message_id: str) -> str:
    refuse_breaks("Message-ID", message_id)
    if not _ID.fullmatch(message_id) or "@" not in message_id:
        raise BadHeader("Message-ID", "is not of the form text@host")
    return f"<{message_id}>"


def _ids(header: str, ids: tuple[str, ...]) -> list[str]:
    """Ids in angle brackets. Foreign ones with spaces or letters outside ASCII occur; they are left out, not mended."""
    for each in ids:
        refuse_breaks(header, each)
    return [f"<{each}>" for each in ids if _ID.fullmatch(each)]


def _within_a_line(ids: list[str]) -> list[str]:
    """The ids whose sum is below 998 characters: the first, which is the conversation, and the newest."""
    kept: list[str] = []
    left = LONGEST - len("References: ") - len(ids[0])
    for each in reversed(ids[1:]):
        left -= len(each) + 1
        if left < 0:
            break
        kept.append(each)
    return [ids[0], *reversed(kept)]


def _further(name: str, value: str) -> str:
    if not _NAME.fullmatch(name):
        raise BadHeader(name.encode("ascii", "backslashreplace").decode(), "is no name for a header")
    if name.lower() in _OURS or name.lower().startswith("content-"):
        raise BadHeader(name, "is written from the draft's own fields and cannot be given beside them")
    return structured(name, value)
