"""How a text part is written between its boundaries.

7bit where the text is short-lined ASCII as it stands, else quoted-printable or base64, whichever is shorter (RFC 2045
§6). Lines keep below 78 characters in all three; "From " never begins a line, since mbox stores would mend it.
"""

from __future__ import annotations

import base64
import binascii
import re
from dataclasses import dataclass

_SEVEN_BIT_WIDTH = 78
# What no reader should get from us: controls other than tab and line feed, and what is left of broken characters.
_CONTROLS = re.compile("[\x00-\x08\x0b-\x1f\x7f]")
_BROKEN = re.compile("[\ud800-\udfff]")
_NEEDS_CARE = re.compile(rb"^(?:From |\.|--=_)|[ \t]$", re.MULTILINE)
# Stands in for the F of "From " until the line is encoded; _CONTROLS has taken all others out.
_STAND_IN = b"\x01"


@dataclass(frozen=True, slots=True)
class Part:
    """A text part's transfer encoding and its encoded lines, each ending in CRLF."""

    encoding: str
    data: bytes


def text_part(text: str) -> Part:
    """The text encoded; it ends in exactly one line break, and every kind of line break in it becomes CRLF."""
    plain = clean_text(text).rstrip("\n") + "\n"
    data = plain.encode()
    if _is_seven_bit(data):
        return Part("7bit", data.replace(b"\n", b"\r\n"))
    data = data.replace(b"\n", b"\r\n")
    quoted = _quoted_printable(data)
    if len(quoted) <= (len(data) + 2) // 3 * 4 * 78 // 76:
        return Part("quoted-printable", quoted)
    return Part("base64", base64.encodebytes(data).replace(b"\n", b"\r\n"))


def clean_text(text: str) -> str:
    """Text with line feeds only, without controls; lone surrogates become U+FFFD.

    Without a byte order mark: half of all readers take one at the beginning for a sign of the encoding.
    """
    unix = text.replace("\r\n", "\n").replace("\r", "\n")
    return _BROKEN.sub("\ufffd", _CONTROLS.sub("", unix)).lstrip("\ufeff")


def _is_seven_bit(data: bytes) -> bool:
    return data.isascii() and max(map(len, data.split(b"\n"))) <= _SEVEN_BIT_WIDTH and _NEEDS_CARE.search(data) is None


def _quoted_printable(data: bytes) -> bytes:
    encoded = binascii.b2a_qp(data.replace(b"From ", _STAND_IN + b"rom "), istext=True)
    return encoded.replace(b"=01", b"=46")
