"""Of which pieces is a digest laid out?

`layout` writes a digest as these blocks once; text and HTML only dress them, so the two cannot say different things.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Opening:
    """The neutral counts a mail begins with: the only part a locked screen may show."""

    lines: tuple[str, ...]  # one paragraph each


@dataclass(frozen=True, slots=True, kw_only=True)
class Heading:
    """The name of a section."""

    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Who:
    """A person, with a few facts on the same line."""

    name: str
    facts: tuple[str, ...] = ()
    lead: str = ""  # before the name: the time of a session
    bars: tuple[float, ...] = ()  # ratings from 1 to 10 to draw; the facts say them in words


@dataclass(frozen=True, slots=True, kw_only=True)
class Named:
    """A person and one sentence about them."""

    name: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A question as it was put to a client, or the subject of a letter; may be a client's words."""

    text: str
    label: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Quote:
    """A client's own words."""

    text: str
    label: str = ""
    cut: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    """A remark of the program about the entry above."""

    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A sentence that stands for itself."""

    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """A way to write to a client: a new letter, nothing quoted."""

    label: str
    address: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """A client's letter in full."""

    text: str


Block = Opening | Heading | Who | Named | Asked | Quote | Note | Line | Answer | Letter
