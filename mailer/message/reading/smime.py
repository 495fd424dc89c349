"""Is the content of an S/MIME letter in one piece only signed, and what is it?

Sources: RFC 5652 §3, §5.1 (ContentInfo, SignedData), X.690 §8.1 (lengths, also indefinite). Signed content lies open in
an OCTET STRING; only that is looked for. Signatures are not checked, encrypted content stays closed.
"""

from __future__ import annotations

_SIGNED_DATA = bytes.fromhex("06092a864886f70d010702")
_DATA = bytes.fromhex("06092a864886f70d010701")
_OCTETS, _OCTETS_IN_PIECES, _CONTENT = 0x04, 0x24, 0xA0


def signed_content(data: bytes) -> bytes | None:
    """The signed letter inside, None where the content is encrypted, compressed or damaged."""
    kind = data.find(_SIGNED_DATA, 0, 40)
    if kind < 0:
        return None
    inner = data.find(_DATA, kind, kind + 400)
    if inner < 0:
        return None
    position = inner + len(_DATA)
    header = _header(data, position)
    if header is None or header[0] != _CONTENT:
        return None
    return _octets(data, header[1])


def _header(data: bytes, position: int) -> tuple[int, int, int] | None:
    """Tag, where the value begins, and its length (-1: up to an end mark)."""
    if position + 2 > len(data):
        return None
    tag, first = data[position], data[position + 1]
    if first < 0x80:
        return tag, position + 2, first
    if first == 0x80:
        return tag, position + 2, -1
    digits = first & 0x7F
    if digits > 5:
        return None
    return tag, position + 2 + digits, int.from_bytes(data[position + 2 : position + 2 + digits], "big")


def _octets(data: bytes, position: int) -> bytes | None:
    """An OCTET STRING, whole or in pieces."""
    header = _header(data, position)
    if header is None:
        return None
    tag, begin, length = header
    if tag == _OCTETS:
        return data[begin : begin + length] if length >= 0 else None
    if tag != _OCTETS_IN_PIECES:
        return None
    end = len(data) if length < 0 else min(len(data), begin + length)
    pieces: list[bytes] = []
    while begin < end:
        inside = _header(data, begin)
        if inside is None or inside[0] != _OCTETS or inside[2] < 0:
            break
        pieces.append(data[inside[1] : inside[1] + inside[2]])
        begin = inside[1] + inside[2]
    return b"".join(pieces)
