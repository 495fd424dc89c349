"""What a reference to one of our rows looks like in an address or a Message-ID.

A token routes a letter to its row; it proves nothing about who wrote it, since forwarding hands it on. It is opaque,
short enough for a local part (RFC 5321 §4.5.3.1.1: 64 octets) and survives hosts that fold case:

    key id (1) | purpose (1) | reference (10) | HMAC-SHA256, cut to 80 bits (10)

in lower-case base32 (RFC 4648 §6) without padding: 36 characters. The reference is random, made by the
caller.
"""

from __future__ import annotations

import base64
import binascii
import hmac
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import IntEnum

LENGTH = 36
REFERENCE_BYTES = 10

_MAC_BYTES = 10
_HEAD_BYTES = 2 + REFERENCE_BYTES
_DOMAIN = b"between-sessions/token/1\0"
_ALPHABET = frozenset(b"abcdefghijklmnopqrstuvwxyz234567")
_LAST = frozenset(b"aq")  # 176 bits fill 35 characters and one bit of the last: it has two spellings, not 32
_SCANNED = 32_768  # characters of a header that are looked at: more than any honest References line


class Purpose(IntEnum):
    """What a token stands for; a token of one purpose is never taken for another."""

    REPLY = 1  # in Reply-To: an answer to one letter
    LETTER = 2  # in Message-ID: the letter itself
    CONVERSATION = 3  # in References: one prompt and all that is said about it
    STOP = 4  # in List-Unsubscribe: the client asks us to stop
    BOUNCE = 5  # in the envelope sender: a report about one letter
    CHECK = 6  # of a letter that the program writes to itself, to see that letters arrive; of no row


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenKeys:
    """The secrets tokens are made with: new ones with `current`, older ones stay readable until removed."""

    current: int
    secrets: Mapping[int, bytes] = field(repr=False)

    def __post_init__(self) -> None:
        if self.current not in self.secrets:
            raise ValueError(f"key {self.current} is to write tokens, but its secret is not among those given")
        for key, secret in self.secrets.items():
            if not 0 <= key <= 255:
                raise ValueError(f"key id {key} does not fit one byte")
            if len(secret) < 16:
                raise ValueError(f"the secret of key {key} is shorter than 16 bytes")


@dataclass(frozen=True, slots=True, kw_only=True)
class Token:
    """A token that was checked."""

    purpose: Purpose
    reference: bytes


def write_token(keys: TokenKeys, *, purpose: Purpose, reference: bytes) -> str:
    """The token for a row, 36 characters of a-z and 2-7."""
    if len(reference) != REFERENCE_BYTES:
        raise ValueError(f"a reference has {REFERENCE_BYTES} bytes, not {len(reference)}")
    head = bytes((keys.current, purpose)) + reference
    sealed = head + _mac(keys.secrets[keys.current], head)
    return base64.b32encode(sealed).decode("ascii").rstrip("=").lower()


def read_token(keys: TokenKeys, text: str) -> Token | None:
    """The token that `text` is, in any case; None for anything we did not write."""
    return _read(keys, text.encode("ascii", "replace").lower())


def tokens_in(keys: TokenKeys, text: str) -> list[Token]:
    """Every token of ours in a header's text, each once, in order of appearance.

    Looks everywhere, not only between "+" and "@": relays put addresses into other addresses (VERP, SRS), write "+" as
    "%2B", fold in the middle of an id and change case.
    """
    joined = "".join(text[:_SCANNED].split()).encode("ascii", "replace").lower()
    found: dict[Token, None] = {}
    for start in _windows(joined):
        token = _read(keys, joined[start : start + LENGTH])
        if token is not None:
            found.setdefault(token)
    return list(found)


def _windows(joined: bytes) -> list[int]:
    """Where a token may begin: 36 characters of the alphabet in a row, the last of them one that can be last."""
    starts: list[int] = []
    run = 0
    for place, letter in enumerate(joined):
        run = run + 1 if letter in _ALPHABET else 0
        if run >= LENGTH and letter in _LAST:
            starts.append(place - LENGTH + 1)
    return starts


def _read(keys: TokenKeys, text: bytes) -> Token | None:
    if len(text) != LENGTH or text[-1] not in _LAST:
        return None
    try:
        sealed = base64.b32decode(text.upper() + b"====")
    except binascii.Error:
        return None
    head, mac = sealed[:_HEAD_BYTES], sealed[_HEAD_BYTES:]
    secret = keys.secrets.get(head[0])
    if secret is None or not hmac.compare_digest(mac, _mac(secret, head)):
        return None
    try:
        purpose = Purpose(head[1])
    except ValueError:  # written by a newer version of the program
        return None
    return Token(purpose=purpose, reference=head[2:])


def _mac(secret: bytes, head: bytes) -> bytes:
    return hmac.digest(secret, _DOMAIN + head, "sha256")[:_MAC_BYTES]
