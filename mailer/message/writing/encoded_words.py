"""How text outside ASCII is written in a header: RFC 2047 encoded words.

Each word is at most 75 characters and decodes on its own (§5: a character never spans two words). Mail programs that
decode, edit and encode again make a character cut in two into question marks for good, and an emoji family cut between
its members into several people; so words end between graphemes wherever one fits. Always UTF-8; Q or B, whichever is
shorter, with the narrow Q alphabet that is right in names as well (§5 rule 3).
"""

from __future__ import annotations

import base64
import unicodedata
from collections.abc import Callable, Iterator

_FRAME = len("=?utf-8?q??=")
SMALLEST_ROOM = _FRAME + 12  # one character of four bytes in Q

_SAFE = frozenset(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789!*+-/")
_Q = tuple("_" if byte == 0x20 else chr(byte) if byte in _SAFE else f"={byte:02X}" for byte in range(256))
_ZWJ = "\u200d"


def encoded_words(text: str, *, first_room: int, room: int) -> list[str]:
    """Encoded words that together decode to `text`; the first at most `first_room` characters, the others `room`."""
    data = text.encode()
    quoted = _q(data)
    in_q = len(quoted) <= (len(data) + 2) // 3 * 4
    encode = _q if in_q else _b
    mark = "q" if in_q else "b"
    words: list[str] = []
    piece = b""
    for cluster in _fitting(text, encode, first_room - _FRAME):
        space = (room if words else first_room) - _FRAME
        if piece and len(encode(piece + cluster)) > space:
            words.append(f"=?utf-8?{mark}?{encode(piece)}?=")
            piece = b""
        piece += cluster
    words.append(f"=?utf-8?{mark}?{encode(piece)}?=")
    return words


def graphemes(text: str) -> Iterator[str]:
    """Text in pieces a reader sees as one character.

    The cases that occur in names and subjects (after UAX 29): combining marks, emoji sequences, skin tones, flags,
    tags and Hangul letters.
    """
    cluster = ""
    for letter in text:
        if cluster and not _joins(cluster, letter):
            yield cluster
            cluster = ""
        cluster += letter
    if cluster:
        yield cluster


def _joins(cluster: str, letter: str) -> bool:
    if letter.isascii():
        return False
    if unicodedata.category(letter) in ("Mn", "Mc", "Me") or letter in "\u200c\u200d" or _is_modifier(letter):
        return True
    if cluster[-1] == _ZWJ:
        return True
    if _is_regional(letter):
        return len(cluster) == 1 and _is_regional(cluster)
    return "\u1160" <= letter <= "\u11ff" and ("\u1100" <= cluster[-1] <= "\u11ff" or "가" <= cluster[-1] <= "힣")


def _is_modifier(letter: str) -> bool:
    return "\U0001f3fb" <= letter <= "\U0001f3ff" or "\U000e0020" <= letter <= "\U000e007f"


def _is_regional(letter: str) -> bool:
    return "\U0001f1e6" <= letter <= "\U0001f1ff"


def _fitting(text: str, encode: Callable[[bytes], str], space: int) -> Iterator[bytes]:
    """The text's graphemes as bytes; one too long for any word comes character by character."""
    for cluster in graphemes(text):
        data = cluster.encode()
        if len(encode(data)) <= space:
            yield data
        else:
            yield from (letter.encode() for letter in cluster)


def _q(data: bytes) -> str:
    return "".join(map(_Q.__getitem__, data))


def _b(data: bytes) -> str:
    return base64.b64encode(data).decode("ascii")
