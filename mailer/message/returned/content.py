"""Is what people and programs read the same: date, subject, text, the stop button, the marks of automatic mail?

Bodies are compared as DKIM does it simply (RFC 6376 §3.4.3): line ends and blank lines at the end do not count.
"""

from __future__ import annotations

import hashlib
from datetime import timedelta

from mailer.message.reading.parse import parse
from mailer.message.returned.letter import MOST_SHOWN, Returned, good, note, spoken
from mailer.message.writing.own_headers import LOOP_HEADER
from mailer.model.checkup import Finding

MARKS = ("Auto-Submitted", "X-Auto-Response-Suppress", LOOP_HEADER)

_SAME_TIME = timedelta(seconds=1)


def date(it: Returned) -> Finding:
    """When the letter says it was written."""
    wanted, got = it.sent.draft.date, it.letter.date
    if got is None:
        return note("Date", f"{it.carrier} took Date out")
    if abs(got - wanted) <= _SAME_TIME:
        return good("Date", "as sent")
    return note("Date", f"{it.carrier} changed Date by {spoken(abs(got - wanted))}")


def subject(it: Returned) -> Finding:
    """What stands in a list of letters."""
    wanted, got = it.sent.draft.subject, it.letter.subject
    if got == wanted:
        return good("Subject", "as sent")
    return note("Subject", f"{it.carrier} made “{got[:MOST_SHOWN]}” of “{wanted}”: clients may see the same")


def button(it: Returned) -> Finding:
    """The mail program's own button that writes STOP."""
    got = "".join(it.letter.header("list-unsubscribe").split())
    if got == dict(it.sent.draft.headers)["List-Unsubscribe"]:
        return good("List-Unsubscribe", "as sent")
    how = "changed List-Unsubscribe" if got else "took List-Unsubscribe out"
    said = f"{it.carrier} {how}: mail programs show no stop button that works; STOP as an answer does"
    return note("List-Unsubscribe", said)


def marks(it: Returned) -> Finding:
    """What tells other programs, and this one, that a program wrote it."""
    sent = dict(it.sent.draft.headers)
    lost = [name for name in MARKS if it.letter.header(name) != sent[name]]
    if not lost:
        return good("marks", f"{', '.join(MARKS)}: as sent")
    follows = "more absence notes may come back" if lost != [LOOP_HEADER] else "our own letters are told by their ids"
    return note("marks", f"{it.carrier} did not keep {', '.join(lost)}: {follows}")


def body(it: Returned) -> Finding:
    """The text, plain and HTML."""
    digest, wanted = _digest(it.raw), parse(it.sent.wire.raw)
    if digest == _digest(it.sent.wire.raw):
        return good("body", f"as sent, to the byte (SHA-256 {digest[:12]}…)")
    if not it.letter.html:
        return note("body", f"{it.carrier} took the HTML part out: clients read plain text")
    if _words(it.letter.text) == _words(wanted.text) and _words(it.letter.html) == _words(wanted.html):
        return good("body", "the same words, coded anew on the way")
    added = len(it.letter.text.strip()) - len(wanted.text.strip())
    how = f"added {added} characters to the text" if added > 0 else "changed the text"
    said = f"{it.carrier} {how}: clients read it so, and quotes in their answers are recognised less surely"
    return note("body", said, "switch off what changes letters there: a signature, a notice, a scanner's mark")


def _digest(raw: bytes) -> str:
    below = raw.replace(b"\r\n", b"\n").partition(b"\n\n")[2]
    return hashlib.sha256(below.rstrip(b"\n") + b"\n").hexdigest()


def _words(text: str) -> list[str]:
    return text.split()
