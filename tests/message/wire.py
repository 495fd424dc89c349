"""A composed letter looked at by its bytes: its lines, its encoded words, and what no reader may be given."""

from __future__ import annotations

import base64
import re

ENCODED_WORD = re.compile(rb"=\?utf-8\?([qb])\?([!->@-~]*)\?=")


def headers_of(raw: bytes) -> bytes:
    return raw.partition(b"\r\n\r\n")[0] + b"\r\n"


def line(raw: bytes, name: bytes) -> bytes:
    """One header with its folds."""
    found = re.search(rb"^" + name + rb":(?:[^\r]|\r\n[ \t])*", headers_of(raw), re.MULTILINE)
    assert found is not None
    return found[0]


def words_of(raw: bytes, name: bytes) -> list[str]:
    """Each encoded word of a header, decoded on its own: strictly, so half a character fails."""
    decoded = []
    for how, text in ENCODED_WORD.findall(line(raw, name)):
        if how == b"b":
            data = base64.b64decode(text, validate=True)
        else:
            data = re.sub(rb"=([0-9A-F]{2})", lambda hexed: bytes.fromhex(hexed[1].decode()), text.replace(b"_", b" "))
        decoded.append(data.decode("utf-8", "strict"))
    return decoded


def is_sound(raw: bytes) -> bool:
    """CRLF and nothing else ends a line; no line is too long or only white space inside the header; no NUL."""
    lines = raw.split(b"\r\n")
    head = headers_of(raw).rstrip(b"\r\n").split(b"\r\n")
    return (
        lines[-1] == b""
        and b"\r" not in raw.replace(b"\r\n", b"")
        and b"\n" not in raw.replace(b"\r\n", b"")
        and b"\0" not in raw
        and max(map(len, lines)) <= 998
        and all(each.strip() for each in head)
        and all(re.match(rb"[!-9;-~]+: |[ ]", each) for each in head)
    )


def as_read(mailbox: tuple[str, str], reader: str) -> tuple[str, str]:
    """policy.default puts a space between two encoded words of a name, against RFC 2047 §6.2: spaces count for less."""
    return (mailbox[0].replace(" ", ""), mailbox[1]) if reader == "modern" else mailbox
