"""How is the content of a part unpacked from its transfer encoding?

Sources: RFC 2045 §6; the uuencode of old gateways. Wrong encodings give what can be had: base64 with text appended
below it (footers of lists and virus scanners) keeps that text, an unknown encoding is taken as it stands.
"""

from __future__ import annotations

import binascii
import re

from mailer.message.reading.decoded_words import lenient_base64

_MOST_BAD_LINES = 100  # then it is not uuencode
_BEYOND = re.compile(rb"\n[^\n]*[^A-Za-z0-9+/=\s][^\n]*")


def unpacked(data: bytes, encoding: str) -> bytes:
    """The decoded bytes of a part; `encoding` is the value of Content-Transfer-Encoding in lower case."""
    if encoding == "base64":
        return _from_base64(data)
    if encoding in ("quoted-printable", "quopri", "quotedprintable"):
        return binascii.a2b_qp(data)
    if encoding in ("x-uuencode", "uuencode", "x-uue", "uue"):
        return _from_uuencode(data)
    return data


def _from_base64(data: bytes) -> bytes:
    """Strictly where that works, which is fast; else up to the first line that is no base64, and that as it stands."""
    try:
        return binascii.a2b_base64(data.replace(b"\n", b"").replace(b" ", b""), strict_mode=True)
    except (binascii.Error, ValueError):
        pass
    beyond = _BEYOND.search(data)
    if beyond is None:
        return lenient_base64(data)
    return lenient_base64(data[: beyond.start()]) + data[beyond.start() :]


def _from_uuencode(data: bytes) -> bytes:
    lines = data.split(b"\n")
    start = next((number + 1 for number, line in enumerate(lines) if line.startswith(b"begin ")), 0)
    out: list[bytes] = []
    bad_lines = 0
    for line in lines[start:]:
        if line.strip() in (b"end", b"`"):
            break
        found = _uuencoded_line(line)
        bad_lines += not found
        if bad_lines > _MOST_BAD_LINES:
            break
        out.append(found)
    return b"".join(out)


def _uuencoded_line(line: bytes) -> bytes:
    """The bytes of one line, whose first character says how many (POSIX uuencode); b"" where it holds no such thing.

    Some writers append a checksum or pad short; the standard decoder refuses the one and fills the other with zeros.
    """
    if not line:
        return b""
    length = (line[0] - 32) & 63
    for piece in (line, line[: 1 + (length + 2) // 3 * 4]):
        try:
            found = binascii.a2b_uu(piece)
        except binascii.Error:
            continue
        return found if len(found) < len(line) else b""
    return b""
