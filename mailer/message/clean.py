"""Which characters may leave the parser?

Lone surrogates crash the database, NUL ends strings early, direction marks in a header turn the neighbouring text
round, and line ends of other systems make two letters of one. Every text passes here once, on its way out.
"""

from __future__ import annotations

import re

_ODD_IN_TEXT = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff\ufffe\uffff]")
_ODD_IN_LINE = re.compile(
    "[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff\ufeff\ufffe\uffff]"
)
_LINE_ENDS = "\x0b\x0c\x85\u2028\u2029"
_SPACES = re.compile(r"[ \t]{2,}")


def clean_text(text: str) -> str:
    """The text with \\n as its only line end, no controls but tab, and U+FFFD for half a character."""
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    return _ODD_IN_TEXT.sub(_mended_in_text, text)


def clean_line(text: str) -> str:
    """The text as one line without controls and direction marks, trimmed."""
    return _ODD_IN_LINE.sub(_mended_in_line, text).strip()


def squeezed(text: str) -> str:
    """`clean_line` with every run of blanks as one space."""
    return _SPACES.sub(" ", clean_line(text))


def _mended_in_text(match: re.Match[str]) -> str:
    character = match.group()
    if character in _LINE_ENDS:
        return "\n"
    return "\ufffd" if "\ud800" <= character <= "\udfff" else ""


def _mended_in_line(match: re.Match[str]) -> str:
    character = match.group()
    if "\ud800" <= character <= "\udfff":
        return "\ufffd"
    return " " if character in "\t\n\r\x0b\x0c\x85\u2028\u2029" else ""
