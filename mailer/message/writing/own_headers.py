"""Which headers tell other programs that a program wrote this letter, and how to be spared.

Auto-Submitted (RFC 3834 §5) and X-Auto-Response-Suppress keep out-of-office notices away. A loop header of ours lets us
know our own letters when they come back. List-Unsubscribe (RFC 2369 §3.2) with a mailto: makes the mail program's own
button write STOP; a link would be followed by scanners, so there is none. No List-Id, since this is no list; no
Precedence, since programs disagree on what it means.
"""

from __future__ import annotations

from mailer.model.outgoing import LetterKind

LOOP_HEADER = "X-Between-Sessions"

_FEEDBACK_SENDER = "betweensessions"  # Feedback-ID's last field: 5 to 15 characters, the same for ever


def standard_headers(*, installation: str, kind: LetterKind, stop: str = "") -> tuple[tuple[str, str], ...]:
    """Headers for every letter of ours; `stop` is the mailto: for letters that a person can end.

    Feedback-ID names only the kind of letter and the installation: a complaint report must not tell what a client is
    asked about.
    """
    # An answer to a letter is auto-replied, anything else auto-generated (RFC 3834 §5.1).
    headers = [
        ("Auto-Submitted", "auto-replied" if kind is LetterKind.CONFIRMATION else "auto-generated"),
        ("X-Auto-Response-Suppress", "All"),
        (LOOP_HEADER, installation),
        ("Feedback-ID", f"{kind}:{installation.replace(':', '-')}:{_FEEDBACK_SENDER}"),
    ]
    if stop:
        headers.append(("List-Unsubscribe", f"<{stop}>"))
    return tuple(headers)
