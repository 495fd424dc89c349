"""What a trial of an account's two ends found out."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Grade(StrEnum):
    """What a finding means for the letters to come."""

    GOOD = "good"  # as it should be
    NOTE = "note"  # works; worth knowing, or a little worse than it could be
    FAILED = "failed"  # letters would not leave, not arrive, or their answers be lost


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing that was looked at: the fact, and where there is one the remedy."""

    about: str
    grade: Grade
    said: str
    remedy: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Offered:
    """What a server offers, as far as it matters to a mailbox of ours."""

    place: str  # host:port
    tls: str  # "TLSv1.3"; "" for a plain connection
    words: frozenset[str]  # what it says it can do: extensions with their parameters, capabilities; upper case


@dataclass(frozen=True, slots=True, kw_only=True)
class Checkup:
    """All that was found out about one account."""

    account: str  # its slug
    address: str
    findings: tuple[Finding, ...]

    @property
    def is_good(self) -> bool:
        """Whether nothing failed."""
        return all(one.grade is not Grade.FAILED for one in self.findings)
