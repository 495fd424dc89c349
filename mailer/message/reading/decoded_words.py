"""What does a header value say once it is decoded?

Raw bytes are UTF-8 where they fit (RFC 6532), else windows-1252. Encoded words (RFC 2047) are read as generously as
they are written badly: inside quotes, glued to their neighbours, with blanks or question marks inside, without an
end, with one character spread over two words, with an unknown charset.
"""

from __future__ import annotations

import binascii
import re

from mailer.message.reading.charset import decode_text
from mailer.message.reading.clean import clean_line

LONGEST_VALUE = 65_536  # bytes; what stands beyond is nobody's header

_START = re.compile(r"=\?([^?\s]{1,60})\?([bBqQ])\?")
_PLAIN = re.compile(rb"[ -<>-~]*(?:=(?!\?)[ -<>-~]*)*")
_NOT_BASE64 = re.compile(rb"[^A-Za-z0-9+/]+")


def decoded(value: bytes) -> str:
    """An unfolded header value as text: one clean line."""
    if _PLAIN.fullmatch(value):
        return value.decode("ascii").strip()
    return clean_line(decoded_words(header_text(value)))


def header_text(value: bytes) -> str:
    """The characters of raw header bytes, encoded words left as they are."""
    return decode_text(value[:LONGEST_VALUE], "").text


def decoded_words(text: str) -> str:
    """The text with its encoded words decoded; blanks between two of them are not part of the text (RFC 2047 §6.2)."""
    if "=?" not in text:
        return text
    pieces: list[str] = []
    pending: list[tuple[str, bytes]] = []
    position = 0
    while (start := _START.search(text, position)) is not None:
        between = text[position : start.start()]
        if between.strip() or not pending:
            pieces += [_joined(pending), between]
            pending = []
        payload, position = _payload(text, start)
        pending.append((start.group(1), _unpacked(payload, encoding=start.group(2))))
    return "".join((*pieces, _joined(pending), text[position:]))


def _payload(text: str, start: re.Match[str]) -> tuple[str, int]:
    """What an encoded word holds, and where it ends: at "?=", or else before the next word or at the end."""
    begin = start.end()
    end = text.find("?=", begin)
    following = _START.search(text, begin, end if end >= 0 else len(text))
    if following is not None:
        return text[begin : following.start()].rstrip(" ?"), following.start()
    return (text[begin:end], end + 2) if end >= 0 else (text[begin:], len(text))


def _unpacked(payload: str, *, encoding: str) -> bytes:
    data = payload.encode("utf-8", "replace")
    if encoding in "qQ":
        return binascii.a2b_qp(data, header=True)
    return lenient_base64(data)


def lenient_base64(data: bytes) -> bytes:
    """The bytes of base64 text, whatever its padding."""
    letters = _NOT_BASE64.sub(b"", data)
    letters = letters[: len(letters) - (len(letters) % 4 == 1)]
    return binascii.a2b_base64(letters + b"=" * (-len(letters) % 4))


def _joined(words: list[tuple[str, bytes]]) -> str:
    """Neighbouring words; those of one charset are decoded together, for a character may be cut between them."""
    text = ""
    at = 0
    while at < len(words):
        charset = words[at][0].partition("*")[0].lower()
        data = b""
        run = at
        while run < len(words) and words[run][0].partition("*")[0].lower() == charset:
            run += 1
        data = b"".join(piece for _, piece in words[at:run])
        text += decode_text(data, charset).text
        at = run
    return text
