"""Everything about one letter: what it says, what it is, and what is new in it.

    reading = read(raw, asked=asked)

This is what `mailer read` prints and what the flow of incoming letters calls; any bytes give an answer.
"""

from __future__ import annotations

from mailer.message.reading.classify import classify
from mailer.message.reading.extract import extract
from mailer.message.reading.parse import parse
from mailer.model.incoming import AskedLetter, Kind, Letter, NewText, Passage, Reading

_HAS_WORDS = frozenset({Kind.HUMAN, Kind.AUTO_REPLY, Kind.CALENDAR, Kind.REACTION, Kind.UNSUBSCRIBE, Kind.LIST})


def read(raw: bytes, *, asked: AskedLetter | None = None) -> Reading:
    """A letter read from end to end; `asked` is the letter of ours it answers, where that is known.

    A report's text is not taken apart: `new` is all of it, at no confidence.
    """
    letter = parse(raw)
    verdict = classify(letter, raw)
    if verdict.kind in _HAS_WORDS:
        return Reading(letter=letter, verdict=verdict, new=extract(letter, asked=asked))
    return Reading(letter=letter, verdict=verdict, new=_whole(letter))


def _whole(letter: Letter) -> NewText:
    text = letter.text.strip()
    return NewText(text=text, passages=(Passage(text=text),) if text else (), confidence=0.0)


def answer(file: str, reading: Reading) -> dict[str, object]:
    """The reading as one JSON object; `reply` is None where the letter is a machine's without words of its own."""
    letter, verdict, new = reading.letter, reading.verdict, reading.new
    return {
        "file": file,
        "kind": verdict.kind.value,
        "reply": new.text if verdict.kind in _HAS_WORDS else None,
        "confidence": round(new.confidence, 2),
        "recipients": list(verdict.recipients),
        "status": verdict.status,
        "permanent": verdict.permanent,
        "reason": verdict.reason,
        "subject": letter.subject,
        "sender": letter.senders[0].address if letter.senders else "",
        "away_until": verdict.away_until.isoformat() if verdict.away_until is not None else None,
        "address_dead": verdict.address_dead,
        "notes": list(letter.notes),
    }
