"""How are names, dates and numbers written in a command?

Folder names travel in modified UTF-7 (RFC 3501 §5.1.3): `&` is written `&-`, all but printable ASCII as base64 of
UTF-16 with `,` for `/`, between `&` and `-`. Strings are quoted where they can be and literals where they cannot.
"""

from __future__ import annotations

import binascii
import re
from base64 import b64decode, b64encode
from collections.abc import Iterable
from datetime import UTC, date, datetime

from mailer.edge.imap_values import MONTHS

_FOREIGN = re.compile(r"[^\x20-\x7e]+")
_SHIFTED = re.compile(rb"&([A-Za-z0-9+,]*)-")


def encode_folder(name: str) -> str:
    """A folder name as it travels, ASCII only."""
    return _FOREIGN.sub(_shift, name.replace("&", "&-"))


def _shift(run: re.Match[str]) -> str:
    coded = b64encode(run[0].encode("utf-16-be", "surrogatepass")).rstrip(b"=")
    return f"&{coded.replace(b'/', b',').decode()}-"


def decode_folder(wire: bytes) -> str:
    """A folder name as a person reads it; one that is not well coded is read as it stands."""
    try:
        return _SHIFTED.sub(_unshift, wire).decode("utf-8")
    except (binascii.Error, UnicodeError):
        return wire.decode("utf-8", "replace")


def _unshift(run: re.Match[bytes]) -> bytes:
    if not run[1]:
        return b"&"
    coded = run[1].replace(b",", b"/")
    return b64decode(coded + b"=" * (-len(coded) % 4)).decode("utf-16-be").encode()


def quoted(text: str) -> str:
    """A quoted string. Only for printable ASCII: see `is_quotable`."""
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def is_quotable(text: str) -> bool:
    """Whether a quoted string can hold it without an escape, which some servers do not understand."""
    return bool(text) and text.isascii() and text.isprintable() and not set(text) & {'"', "\\"}


def uid_set(uids: Iterable[int]) -> str:
    """UIDs as a sequence set: `1,4:6`. It names these UIDs and no others."""
    runs: list[list[int]] = []
    for uid in sorted(set(uids)):
        if runs and runs[-1][-1] == uid - 1:
            runs[-1] = [runs[-1][0], uid]
        else:
            runs.append([uid])
    return ",".join(":".join(map(str, run)) for run in runs)


def search_date(day: date) -> str:
    """A day as SEARCH wants it, English whatever the locale: `5-Mar-2026`."""
    return f"{day.day}-{MONTHS[day.month - 1]}-{day.year:04}"


def date_time(moment: datetime) -> str:
    """A moment as APPEND wants it: `" 5-Mar-2026 07:00:00 +0000"` with its quotes."""
    utc = moment.astimezone(UTC)
    return f'"{utc.day:2}-{MONTHS[utc.month - 1]}-{utc.year:04} {utc:%H:%M:%S} +0000"'
