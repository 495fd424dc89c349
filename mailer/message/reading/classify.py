"""What is this letter: a person's words, or something a machine sent?

    verdict = classify(letter, raw)

In this order, because what comes later is looked for in what comes earlier as well: complaint, challenge, receipt,
bounce, unsubscribe, calendar, reaction, auto-reply, list and other automatic mail, and a person's letter when
nothing of it is proven. A letter inside the letter (message/rfc822) is never asked for a verdict. Taking a person's
letter for anything else is the worst mistake: each verdict names its evidence, and evidence is needed against a
letter that answers one of ours. Headers alone may be given: reports and automatic mail show in them.
"""

from __future__ import annotations

from collections.abc import Callable

from mailer.message.reading.automatic import read_automatic
from mailer.message.reading.bounce import read_bounce
from mailer.message.reading.classify_notices import read_bulk, read_challenge, read_reaction, read_unsubscribe
from mailer.message.reading.classify_reports import read_calendar, read_cloud_notice, read_complaint, read_receipt
from mailer.model.incoming import Kind, Letter, Verdict

_ORDER: tuple[Callable[[Letter], Verdict | None], ...] = (
    read_complaint,
    read_cloud_notice,
    read_challenge,
    read_receipt,
    read_bounce,
    read_unsubscribe,
    read_calendar,
    read_reaction,
    read_automatic,
    read_bulk,
)


def classify(letter: Letter, raw: bytes) -> Verdict:
    """What the letter is, and what it reports of whom."""
    del raw  # the letter has all that counts so far; a verdict may come to need the bytes
    for reader in _ORDER:
        verdict = reader(letter)
        if verdict is not None:
            return verdict
    return Verdict(kind=Kind.HUMAN, reason="nothing shows that a machine sent it")
