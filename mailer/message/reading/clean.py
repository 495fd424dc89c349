"""Which characters may leave the parser?

Lone surrogates crash the database, NUL ends strings early, direction marks in a header turn the neighbouring text
round, and line ends of other systems make two letters of one. Every text passes here once, on its way out.
"""

from __future__ import annotations

import re

_LINE_ENDS = "\x0b\x0c\x85\u2028\u2029"
_CONTROLS = "\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\ufffe\uffff"
_DIRECTIONS = "\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff"
_HALVES = "\ud800-\udfff"

_ODD_IN_TEXT = re.compile(f"[{_LINE_ENDS}{_CONTROLS}{_HALVES}]")
_ODD_IN_LINE = re.compile(f"[\t\n\r{_LINE_ENDS}{_CONTROLS}{_HALVES}{_DIRECTIONS}]")
_LINE_END = re.compile(f"[{_LINE_ENDS}]")
_BLANK = re.compile(f"[\t\n\r{_LINE_ENDS}]")
_CONTROL = re.compile(f"[{_CONTROLS}]+")
_UNSEEN = re.compile(f"[{_CONTROLS}{_DIRECTIONS}]+")
_HALF = re.compile(f"[{_HALVES}]")
_SPACES = re.compile(r"[ \t]{2,}")


def clean_text(text: str) -> str:
    """The text with \\n as its only line end, no controls but tab, and U+FFFD for half a character."""
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    if _ODD_IN_TEXT.search(text) is None:
        return text
    return _HALF.sub("\ufffd", _CONTROL.sub("", _LINE_END.sub("\n", text)))


def clean_line(text: str) -> str:
    """The text as one line without controls and direction marks, trimmed."""
    if _ODD_IN_LINE.search(text) is None:
        return text.strip()
    return _HALF.sub("\ufffd", _UNSEEN.sub("", _BLANK.sub(" ", text))).strip()


def squeezed(text: str) -> str:
    """`clean_line` with every run of blanks as one space."""
    return _SPACES.sub(" ", clean_line(text))
