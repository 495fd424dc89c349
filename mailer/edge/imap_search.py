"""Which letters are there?

Always by UID, never by flag: a letter that a person has read on the phone is as new to the program as any other.
Criteria are ASCII and no CHARSET is named, which Exchange refuses. A refusal is an error, never data: the numbers in
its words have been taken for letters before.
"""

from __future__ import annotations

from datetime import date

from mailer.edge.imap_frames import NotImap
from mailer.edge.imap_values import fetched, numbers
from mailer.edge.imap_wire import Wire
from mailer.edge.imap_words import quoted, search_date, uid_set
from mailer.errors import TemporaryFailure

HIGHEST_UID = 2**32 - 1

_MOST_COPIES = 50


async def search(wire: Wire, *criteria: str) -> list[int]:
    """UIDs in the folder that meet the criteria, ascending."""
    told = await wire.ask("SEARCH", *criteria, uid=True)
    if not told.is_ok:
        raise TemporaryFailure(f"{wire.peer}: SEARCH was refused: {told.status.words}")
    try:
        return numbers(told.answers, b"SEARCH")
    except NotImap as nonsense:
        wire.end(f"{wire.peer}: not IMAP: {nonsense}")
        raise TemporaryFailure(wire.lost) from nonsense


async def uids_after(wire: Wire, uid: int) -> list[int]:
    """UIDs above `uid`. `n:*` also yields the newest letter when all are older (RFC 3501 §9, seq-range): that goes."""
    if uid >= HIGHEST_UID:
        return []
    return [found for found in await search(wire, "UID", f"{max(uid, 0) + 1}:*") if found > uid]


async def uids_since(wire: Wire, day: date) -> list[int]:
    """UIDs of letters received on `day` or later."""
    return await search(wire, "SINCE", search_date(day))


async def uids_with_message_id(wire: Wire, message_id: str) -> list[int]:
    """UIDs of letters with exactly this Message-ID."""
    return await _uids_with_id(wire, "Message-ID", message_id)


async def uids_that_refer_to(wire: Wire, message_id: str) -> list[int]:
    """UIDs of letters that name exactly this id in References."""
    return await _uids_with_id(wire, "References", message_id)


async def _uids_with_id(wire: Wire, header: str, message_id: str) -> list[int]:
    """HEADER finds substrings, and some servers find words: what was found is looked at before it is believed."""
    wanted = f"<{message_id.strip().strip('<>')}>"
    if not (wanted.isascii() and wanted.isprintable()):
        return []
    candidates = (await search(wire, "HEADER", header, quoted(wanted)))[-_MOST_COPIES:]
    if not candidates:
        return []
    field = f"[HEADER.FIELDS ({header.upper()})]"
    told = await wire.ask("FETCH", uid_set(candidates), f"(UID BODY.PEEK{field})", uid=True)
    found = []
    for uid, said in fetched(told.answers).items():
        value = said.get(f"BODY{field}")
        if isinstance(value, bytes) and wanted.encode() in value.split():
            found.append(uid)
    return sorted(found)
