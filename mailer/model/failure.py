"""Why did a letter not arrive? A few kinds, by what a coach would do about them.

The one table of enhanced status codes (RFC 3463 §3, and what the IANA list added since): by subject and detail, since
the class says how lasting a failure is, not why. A code that names no cause of its own is not in it.
"""

from __future__ import annotations

from enum import StrEnum


class Failure(StrEnum):
    """The kinds; the values are the words a note of the store holds."""

    NO_SUCH_USER = "no such user"
    NO_SUCH_DOMAIN = "no such mail domain"
    FULL = "the mailbox is full"
    CLOSED = "the mailbox takes no letters at present"
    UNWANTED = "refused by a rule or a spam filter"
    UNFIT = "the letter is too large, or of a kind not taken there"
    AWAY = "the mail server there could not be reached"
    DELAYED = "not there yet; it is still tried"
    OTHER = "without a reason that is known"


DEAD = frozenset({Failure.NO_SUCH_USER, Failure.NO_SUCH_DOMAIN})  # nothing will ever arrive there

_BY_DETAIL = {
    "1.1": Failure.NO_SUCH_USER,
    "1.2": Failure.NO_SUCH_DOMAIN,
    "1.3": Failure.NO_SUCH_USER,  # an address that cannot be
    "1.6": Failure.NO_SUCH_USER,  # moved away
    "1.7": Failure.UNWANTED,  # of the sender, as the next two
    "1.8": Failure.UNWANTED,
    "1.10": Failure.NO_SUCH_USER,  # null MX, and Exchange's "recipient not found"
    "2.1": Failure.CLOSED,
    "2.2": Failure.FULL,
    "2.3": Failure.UNFIT,
    "3.1": Failure.AWAY,
    "3.2": Failure.AWAY,
    "3.4": Failure.UNFIT,
}
_BY_SUBJECT = {"4": Failure.AWAY, "6": Failure.UNFIT, "7": Failure.UNWANTED}


def failure_of_status(status: str) -> Failure | None:
    """The kind that an enhanced status code names, "5.1.1"; None where it names none."""
    _, _, detail = status.partition(".")
    return _BY_DETAIL.get(detail) or _BY_SUBJECT.get(detail.partition(".")[0])
