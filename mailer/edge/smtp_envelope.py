"""How are a letter's envelope and bytes written for the server at hand?

MAIL and RCPT with the parameters the letter needs and the server offers: SIZE (RFC 1870), BODY=8BITMIME (RFC 6152),
SMTPUTF8 (RFC 6531); content with CRLF lines and doubled leading dots (RFC 5321 §2.3.8, §4.5.2). A letter the server
cannot carry is refused here, before anything is sent. Pure: no network.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from mailer.model.outgoing import Refused, WireLetter


@dataclass(frozen=True, slots=True, kw_only=True)
class Envelope:
    """The words of MAIL and of RCPT."""

    mail: tuple[bytes, ...]
    rcpt: tuple[bytes, ...]
    plain_mail: tuple[bytes, ...]  # the same from the account's own address, where the sender has a token behind "+"


def envelope(letter: WireLetter, *, offers: Mapping[str, str]) -> Envelope | Refused:
    """The envelope in this server's terms, or why this server cannot take the letter; an empty sender is `<>`.

    An address that could end its brackets or its line is refused: it would add words to the command.
    """
    if not _ADDRESS.fullmatch(letter.recipient):
        return _refused("5.1.3", "the recipient is not an address; mend it")
    if letter.envelope_from and not _ADDRESS.fullmatch(letter.envelope_from):
        return _refused("5.1.7", "the sender is not an address; mend it")
    limit = int(offers["size"]) if re.fullmatch(r"[0-9]{1,18}", offers.get("size", "")) else 0
    if 0 < limit < len(letter.raw):
        return _refused("5.3.4", f"the letter has {len(letter.raw)} octets, the server takes {limit}")
    head = letter.raw.partition(b"\r\n\r\n")[0]
    international = not (letter.recipient + letter.envelope_from).isascii() or not head.isascii()
    if international and "smtputf8" not in offers:
        said = "letters outside ASCII before the @ need SMTPUTF8, which the server does not offer; use another address"
        return _refused("5.6.7", said)
    eight_bit = not letter.raw.isascii()
    if eight_bit and "8bitmime" not in offers:
        return _refused("5.6.3", "the letter has 8-bit text, which the server does not take")
    parameters = {
        f"SIZE={len(letter.raw)}": "size" in offers,
        "BODY=8BITMIME": eight_bit,
        "SMTPUTF8": international,
    }
    needed = [word.encode() for word, wanted in parameters.items() if wanted]
    plain = _TOKEN.sub("", letter.envelope_from)
    return Envelope(
        mail=(b"MAIL", f"FROM:<{letter.envelope_from}>".encode(), *needed),
        rcpt=(b"RCPT", f"TO:<{letter.recipient}>".encode()),
        plain_mail=(b"MAIL", f"FROM:<{plain}>".encode(), *needed),
    )


def dot_stuffed(raw: bytes) -> bytes:
    """The content for DATA without its final dot: it ends in CRLF, and no line of it can be taken for that dot.

    Lone CR and LF become CRLF: where two servers disagree about them, the rest of a letter becomes a letter of its own.
    """
    lines = _LINE_END.sub(b"\r\n", raw)
    if not lines.endswith(b"\r\n"):
        lines += b"\r\n"
    return _LEADING_DOT.sub(b"..", lines)


def _refused(status: str, reply: str) -> Refused:
    return Refused(code=0, status=status, reply=reply)


_LINE_END = re.compile(rb"\r\n|\r|\n")
_LEADING_DOT = re.compile(rb"(?m)^\.")
_TOKEN = re.compile(r"\+[a-z2-7]{36}(?=@[^@]*\Z)")

# Not a syntax check of addresses, which belongs where they are typed in; only what is safe on a command line.
_CONTROL = r"\x00-\x1f\x7f-\x9f\ud800-\udfff"
_QUOTED = rf'"(?:[^"\\<>{_CONTROL}]|\\[\x20-\x7e])*"'
_WORD = rf'[^\s@<>"\\{_CONTROL}]+'
_ADDRESS = re.compile(rf"(?:{_QUOTED}|{_WORD})@{_WORD}")
