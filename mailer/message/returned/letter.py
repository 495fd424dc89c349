"""A letter of an account to itself, as it went and as it came; and how findings about it are written.

A finding begins in small letters: it stands behind what it is about. A change that loses answers or letters has failed;
one that clients merely see is a note.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from mailer.message.reading.parse import parse
from mailer.message.writing.check_letter import CheckLetter
from mailer.model.checkup import Finding, Grade
from mailer.model.incoming import Letter
from mailer.model.places import Account

MOST_SHOWN = 60  # characters of a foreign text that are repeated


@dataclass(frozen=True, slots=True, kw_only=True)
class Returned:
    """What was handed over and what came."""

    account: Account
    carrier: str  # who may have changed it: "Gmail", or "the server"
    sent: CheckLetter
    raw: bytes
    letter: Letter


def returned(raw: bytes, *, sent: CheckLetter, account: Account, carrier: str) -> Returned:
    """The letter that came, read."""
    return Returned(account=account, carrier=carrier, sent=sent, raw=raw, letter=parse(raw))


def good(about: str, said: str) -> Finding:
    """As it should be."""
    return Finding(about=about, grade=Grade.GOOD, said=said)


def note(about: str, said: str, remedy: str = "") -> Finding:
    """Worth knowing."""
    return Finding(about=about, grade=Grade.NOTE, said=said, remedy=remedy)


def failed(about: str, said: str, remedy: str = "") -> Finding:
    """Letters or answers would be lost."""
    return Finding(about=about, grade=Grade.FAILED, said=said, remedy=remedy)


def same_address(one: str, other: str) -> bool:
    """Whether two addresses are one: no large host tells "Dana@" from "dana@"."""
    return one.casefold() == other.casefold()


def shown_address(address: str) -> str:
    """An address without the token in it, which means nothing to a person."""
    local, _, host = address.rpartition("@")
    name, plus, _ = local.partition("+")
    return f"{name}{'+…' if plus else ''}@{host}"


def spoken(gap: timedelta) -> str:
    """A length of time in the largest unit that fits."""
    seconds = round(gap.total_seconds())
    for size, word in ((86_400, "day"), (3600, "hour"), (60, "minute")):
        if seconds >= size:
            return _counted(round(seconds / size), word)
    return _counted(seconds, "second")


def _counted(count: int, word: str) -> str:
    return f"{count} {word}{'' if count == 1 else 's'}"
