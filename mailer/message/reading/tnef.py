"""What does a winmail.dat hold?

Outlook wraps a letter in Microsoft's TNEF when it thinks the reader has Outlook too. Read here: the body (plain,
HTML or compressed RTF), and attachments with their names. Sources: MS-OXTNEF §2.1 (attributes), MS-OXCDATA §2.11
(property types). Damaged files give what stands before the damage. Left out: meeting requests, nested letters.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass, field

SIGNATURE = b"\x78\x9f\x3e\x22"

_BODY, _MESSAGE_PROPERTIES, _CODEPAGE = 0x0002800C, 0x00069003, 0x00069007
_ATTACH_START, _ATTACH_TITLE, _ATTACH_DATA, _ATTACH_PROPERTIES = 0x00069002, 0x00018010, 0x0006800F, 0x00069005
_PR_BODY, _PR_HTML, _PR_RTF = 0x1000, 0x1013, 0x1009
_PR_LONG_NAME, _PR_DISPLAY_NAME = 0x3707, 0x3001
_FIXED = {0x0001: 0, 0x0002: 4, 0x0003: 4, 0x0004: 4, 0x0005: 8, 0x0006: 8, 0x0007: 8, 0x000A: 4, 0x000B: 4,
          0x0014: 8, 0x0040: 8, 0x0048: 16}  # fmt: skip
_VARIABLE = frozenset({0x000D, 0x001E, 0x001F, 0x0102})
_MOST_PROPERTIES, _MOST_VALUES = 5_000, 1_000


@dataclass(slots=True)
class TnefFile:
    """One attachment inside."""

    name: str = ""
    content: bytes = b""


@dataclass(slots=True)
class Tnef:
    """What was found: `text` and `html` decoded, `rtf` still compressed."""

    text: str = ""
    html: str = ""
    rtf: bytes = b""
    files: list[TnefFile] = field(default_factory=list)


def read_tnef(data: bytes) -> Tnef | None:
    """The content of a winmail.dat; None where the bytes are no TNEF."""
    if not data.startswith(SIGNATURE):
        return None
    found = Tnef()
    codec = "cp1252"
    for attribute, value in _attributes(data):
        if attribute == _CODEPAGE and len(value) >= 4:
            codec = _codec(int.from_bytes(value[:4], "little"))
        elif attribute == _BODY:
            found.text = _from_8bit(value, codec)
        elif attribute == _MESSAGE_PROPERTIES:
            _take_body(found, value, codec)
        elif attribute == _ATTACH_START:
            found.files.append(TnefFile())
        elif found.files:
            _take_file(found.files[-1], attribute, value, codec)
    found.files = [file for file in found.files if file.content]
    return found


def _attributes(data: bytes) -> Iterator[tuple[int, bytes]]:
    """Attributes after the signature and key: a level byte, tag, length, value, and a checksum nobody keeps right."""
    position = 6
    while position + 9 <= len(data):
        tag, length = struct.unpack_from("<II", data, position + 1)
        begin = position + 9
        if length > len(data) - begin:
            return
        yield tag, data[begin : begin + length]
        position = begin + length + 2


def _codec(page: int) -> str:
    return {65001: "utf-8", 20127: "cp1252", 28591: "cp1252"}.get(page, f"cp{page}")


def _from_8bit(value: bytes, codec: str) -> str:
    try:
        return value.rstrip(b"\0").decode(codec, "replace")
    except LookupError:
        return value.rstrip(b"\0").decode("cp1252", "replace")


def _take_body(found: Tnef, value: bytes, codec: str) -> None:
    for tag, kind, content in _properties(value):
        if tag == _PR_BODY:
            found.text = _string(kind, content, codec) or found.text
        elif tag == _PR_HTML:
            found.html = _string(kind, content, codec)
        elif tag == _PR_RTF:
            found.rtf = content


def _take_file(file: TnefFile, attribute: int, value: bytes, codec: str) -> None:
    if attribute == _ATTACH_DATA:
        file.content = value
    elif attribute == _ATTACH_TITLE:
        file.name = file.name or _from_8bit(value, codec)
    elif attribute == _ATTACH_PROPERTIES:
        names = {tag: _string(kind, content, codec) for tag, kind, content in _properties(value)
                 if tag in (_PR_LONG_NAME, _PR_DISPLAY_NAME)}  # fmt: skip
        file.name = names.get(_PR_LONG_NAME) or file.name or names.get(_PR_DISPLAY_NAME, "")


def _string(kind: int, content: bytes, codec: str) -> str:
    return content.decode("utf-16-le", "replace").rstrip("\0") if kind == 0x001F else _from_8bit(content, codec)


def _properties(data: bytes) -> Iterator[tuple[int, int, bytes]]:
    """(id, type, first value) of a list of MAPI properties; ends quietly where the bytes make no sense."""
    try:
        (count,) = struct.unpack_from("<I", data, 0)
        position = 4
        for _ in range(min(count, _MOST_PROPERTIES)):
            kind, tag = struct.unpack_from("<HH", data, position)
            position += 4
            if tag >= 0x8000:
                position = _past_name(data, position)
            value, position = _value(data, position, kind)
            yield tag, kind & 0x0FFF, value
    except (struct.error, _Senseless):
        return


class _Senseless(Exception):
    """The bytes are not what their type says."""


def _past_name(data: bytes, position: int) -> int:
    """Past the GUID and the name of a named property."""
    (is_string,) = struct.unpack_from("<I", data, position + 16)
    if not is_string:
        return position + 24
    (length,) = struct.unpack_from("<I", data, position + 20)
    return position + 24 + _padded(length)


def _value(data: bytes, position: int, kind: int) -> tuple[bytes, int]:
    several = bool(kind & 0x1000)
    kind &= 0x0FFF
    count = 1
    if several or kind in _VARIABLE:
        (count,) = struct.unpack_from("<I", data, position)
        position += 4
    first = b""
    for number in range(min(count, _MOST_VALUES)):
        if kind in _VARIABLE:
            (length,) = struct.unpack_from("<I", data, position)
            position += 4
        elif kind in _FIXED:
            length = _FIXED[kind]
        else:
            raise _Senseless
        if length > len(data) - position:
            raise _Senseless
        if number == 0:
            first = data[position : position + length]
        position += _padded(length)
    return first, position


def _padded(length: int) -> int:
    return (length + 3) & ~3
