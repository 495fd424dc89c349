"""What does the text of a bounce say: where does the notice end, whom did it not reach, and why?

Half of all bounces have no machine-readable part; their texts are as many as their programs, but their shapes are
few: the recipient stands at the start of a line, behind a label ("Recipient:", "RCPT TO:"), or in a sentence, and
the cause on a line with an SMTP reply or a status code. The letter that came back is cut off first: by its header
block, or by a ruled line that announces it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

LONGEST_NOTICE = 20_000  # characters; a notice is a page at most

_HEADER_LINE = re.compile(r"[> \t]*([A-Z][A-Za-z]*(?:-[A-Za-z0-9]+)*):[ \t]?\S")
_TELLING = frozenset({
    "received", "message-id", "mime-version", "return-path", "dkim-signature", "content-type", "x-mailer",
    "delivered-to", "x-received", "content-transfer-encoding", "domainkey-signature",
})  # fmt: skip
# Two kinds of line announce the letter that came back: ruled ("--- Below this line ..."), and sentences.
_RULED = re.compile(
    r"[ \t]*[-=*_+#>]{2,}.{0,20}?"
    r"\b(?:copy|original|returned|unsent|headers?|below|undelivered|rejected|body|start|begin)\b"
    r".{0,60}?\b(?:message|mail|headers?|lines?|letter|follows)\b"
    r"|.{0,40}\b(?:original|returned|unsent|your) (?:message|mail|headers?)\b"
    r".{0,40}\b(?:follows?|attached|received|below)\b",
    re.IGNORECASE,
)
_ADDRESS = (
    r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~.\-]{1,80}@[A-Za-z0-9][A-Za-z0-9.\-]{0,120}[A-Za-z0-9]"
    r"(?![A-Za-z0-9]|[.\-][A-Za-z0-9])"
)
_ANY = re.compile(rf"(?<![\w.@]){_ADDRESS}")
_LEADING = re.compile(
    r"^[ \t>*\-]*(?:(?:\"[^\"\n]{0,80}\"|'[^'\n]{0,80}')[ \t]*)?"  # a display name in quotes
    rf"[<\"'(\[]{{0,2}}({_ADDRESS})[>\"')\]]*[ \t]*(?:[\[:;,.(\-\u2026]|error\b|$)",
    re.MULTILINE,
)
_LABELLED = re.compile(
    r"(?:recipients?(?: address)?(?:\(s\))?|rcpt to|smtp|failed recipients?|delivered to|user|mailbox|e-?mail address"
    r"|addressee|expanded from|generated from|deliver(?:ed|y)? (?:your )?(?:message|mail)? ?to"
    r"|deliver(?:ed|y)? ?to the following recipients?|empfänger|destinataire|destinatario)"
    rf"[ \t]*[:=][ \t]*[<\"'(]{{0,2}}({_ADDRESS})",
    re.IGNORECASE,
)
_NOT_THEM = re.compile(
    r"\b(?:mail from|from|reply-to|sender|contact\w*|write to|e-?mail us|questions?|help|support|assistance|report\w*"
    r"|id)"
    r"\s*(?:at|us|:|=|to)?\s*[<\"'(]{0,2}(?:mailto:)?$",
    re.IGNORECASE,
)
_DAEMONS = re.compile(r"(?:mailer-daemon|postmaster|abuse|mail-?daemon|no-?reply|helpdesk|support)@", re.IGNORECASE)


def notice_of(text: str) -> str:
    """The words of the program, without the letter that came back."""
    lines = text[:LONGEST_NOTICE].split("\n")
    for number, line in enumerate(lines):
        if number and _RULED.match(line[:200]):
            return "\n".join(lines[:number])
        if _opens_headers(lines, number):
            return "\n".join(lines[:number])
    return "\n".join(lines)


def _opens_headers(lines: list[str], start: int) -> bool:
    """Whether a copied header block begins here: three headers within eight lines, one of them a letter's own."""
    first = _HEADER_LINE.match(lines[start][:200])
    if first is None:
        return False
    names = {match.group(1).lower() for line in lines[start : start + 8] if (match := _HEADER_LINE.match(line[:200]))}
    return len(names) >= 3 and bool(names & _TELLING) and not names & {"reporting-mta", "final-recipient", "action"}


def recipients_in(notice: str, *, not_these: Iterable[str], expected: Iterable[str]) -> list[str]:
    """The addresses the notice is about, best shape first.

    `not_these` are the writer's and the receiver's own; `expected` those the returned letter went to, which settle it
    where a notice talks of several.
    """
    wanted = {address.lower() for address in expected}
    excluded = {address.lower() for address in not_these}
    mentioned = _mentioned(notice)
    shapes = (_led(notice), _labelled(notice), [one for one in mentioned if one.lower() in wanted] or mentioned)
    # A letter somebody sent to themselves comes back with one address in both places: then the second round finds it.
    for refused in (excluded, set[str]()):
        for found in shapes:
            kept = [address for address in found if _may_be_recipient(address, refused)]
            if kept:
                return list(dict.fromkeys(kept))
    return []


def _may_be_recipient(address: str, excluded: set[str]) -> bool:
    return address.lower() not in excluded and not _DAEMONS.match(address)


def _led(notice: str) -> list[str]:
    return [match.group(1).strip("'") for match in _LEADING.finditer(notice)]


def _labelled(notice: str) -> list[str]:
    return [match.group(1).strip("'") for match in _LABELLED.finditer(notice)]


def _mentioned(notice: str) -> list[str]:
    return [
        match.group().strip("'")
        for match in _ANY.finditer(notice)
        if not _NOT_THEM.search(notice[max(0, match.start() - 40) : match.start()])
    ]
