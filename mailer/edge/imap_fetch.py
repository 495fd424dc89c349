"""How do letters come over, many or large, without one bad letter holding up the others?

1. Sizes first: what is gone by now drops out here, and each wait is as long as its octets deserve.
2. Small letters in batches, by BODY.PEEK so that no letter counts as read.
3. Letters above the limit one by one, hollow (imap_structure); where their structure is no help, their beginning.
4. A letter that a batch did not yield is asked for alone; if the server will not give it, its headers are kept with the
   server's words. Servers refuse a whole batch for one letter they cannot convert.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from mailer.edge.imap_command import Told
from mailer.edge.imap_search import search
from mailer.edge.imap_structure import HEADER_OCTETS, TEXT_OCTETS, Unknowable, hollow, items, octets_of, read_structure
from mailer.edge.imap_values import UNREADABLE_DATE, Value, fetched, internal_date, number
from mailer.edge.imap_wire import Wire
from mailer.edge.imap_words import uid_set
from mailer.errors import TemporaryFailure
from mailer.model.mailbox import Fetched, FetchedHeaders

BATCH_LETTERS = 50
BATCH_OCTETS = 4 * 1024 * 1024

_SIZES_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class _Known:
    """A letter before it is fetched."""

    uid: int
    received_at: datetime
    size: int

    def as_fetched(self, raw: bytes, *, whole: bool = True, trouble: str = "") -> Fetched:
        return Fetched(
            uid=self.uid, received_at=self.received_at, size=self.size, raw=raw, whole=whole, trouble=trouble
        )


async def fetch_letters(wire: Wire, uids: Sequence[int], *, max_bytes: int | None) -> list[Fetched]:
    """The letters in the order asked for, each once."""
    known = await _known(wire, uids)
    large = [letter for letter in known if max_bytes is not None and letter.size > max_bytes]
    small = [letter for letter in known if max_bytes is None or letter.size <= max_bytes]
    letters = {letter.uid: letter for batch in _batches(small) for letter in await _whole(wire, batch)}
    letters |= {letter.uid: came for letter in large if (came := await _large(wire, letter))}
    return [letters[letter.uid] for letter in known if letter.uid in letters]


async def fetch_headers(wire: Wire, uids: Sequence[int]) -> list[FetchedHeaders]:
    """The headers in the order asked for, each letter once; b"" where the server will not give them."""
    known = await _known(wire, uids)
    headers: dict[int, bytes] = {}
    for place in range(0, len(known), BATCH_LETTERS):
        batch = known[place : place + BATCH_LETTERS]
        _, came = await _get(wire, batch, [_HEADER], octets=len(batch) * HEADER_OCTETS)
        for letter in batch:
            header = came.get(letter.uid, {}).get("BODY[HEADER]")
            if not isinstance(header, bytes) and (alone := await _header_alone(wire, letter, "")):
                header = alone.raw
            if isinstance(header, bytes):
                headers[letter.uid] = header
    return [
        FetchedHeaders(uid=letter.uid, received_at=letter.received_at, size=letter.size, headers=headers[letter.uid])
        for letter in known
        if letter.uid in headers
    ]


_HEADER = f"BODY.PEEK[HEADER]<0.{HEADER_OCTETS}>"


async def _known(wire: Wire, uids: Sequence[int]) -> list[_Known]:
    """Which of the letters are there, in the order asked for."""
    wanted = list(dict.fromkeys(uids))
    found: dict[int, _Known] = {}
    for place in range(0, len(wanted), _SIZES_AT_ONCE):
        found |= await _sizes(wire, wanted[place : place + _SIZES_AT_ONCE])
    return [found[uid] for uid in wanted if uid in found]


async def _sizes(wire: Wire, uids: Sequence[int]) -> dict[int, _Known]:
    """Those of the letters that are there. One of which nothing readable was said may be there all the same."""
    told = await wire.ask("FETCH", uid_set(uids), "(UID INTERNALDATE RFC822.SIZE)", uid=True)
    if not told.is_ok:
        raise TemporaryFailure(f"{wire.peer}: sizes were refused: {told.status.words}")
    found = {
        uid: _Known(uid, internal_date(said.get("INTERNALDATE")), number(said.get("RFC822.SIZE")) or 0)
        for uid, said in fetched(told.answers).items()
    }
    if unsaid := set(uids) - found.keys():
        found |= {uid: _Known(uid, UNREADABLE_DATE, 0) for uid in await search(wire, "UID", uid_set(unsaid))}
    return found


def _batches(letters: Iterable[_Known]) -> Iterator[list[_Known]]:
    """Runs of letters, bounded in number and in octets; a letter above the bound goes alone."""
    batch: list[_Known] = []
    octets = 0
    for letter in letters:
        if batch and (len(batch) == BATCH_LETTERS or octets + letter.size > BATCH_OCTETS):
            yield batch
            batch, octets = [], 0
        batch.append(letter)
        octets += letter.size
    if batch:
        yield batch


async def _get(
    wire: Wire, letters: Sequence[_Known], wanted: Sequence[str], *, octets: int
) -> tuple[Told, dict[int, dict[str, Value]]]:
    asked = f"(UID {' '.join(wanted)})"
    told = await wire.ask("FETCH", uid_set(letter.uid for letter in letters), asked, uid=True, octets=octets)
    return told, fetched(told.answers)


async def _whole(wire: Wire, batch: Sequence[_Known]) -> list[Fetched]:
    told, came = await _get(wire, batch, ["BODY.PEEK[]"], octets=sum(letter.size for letter in batch))
    letters = []
    for letter in batch:
        raw = came.get(letter.uid, {}).get("BODY[]")
        if isinstance(raw, bytes):
            letters.append(letter.as_fetched(raw))
        elif len(batch) > 1:
            letters += await _whole(wire, [letter])
        elif alone := await _header_alone(wire, letter, told.status.words):
            letters.append(alone)
    return letters


async def _header_alone(wire: Wire, letter: _Known, trouble: str) -> Fetched | None:
    """What is left of a letter that the server does not give; None where it is simply gone."""
    told, came = await _get(wire, [letter], [_HEADER], octets=HEADER_OCTETS)
    header = came.get(letter.uid, {}).get("BODY[HEADER]")
    if isinstance(header, bytes):
        return letter.as_fetched(header, whole=False, trouble=trouble or told.status.words)
    if letter.uid not in await search(wire, "UID", str(letter.uid)):
        return None
    return letter.as_fetched(b"", whole=False, trouble=trouble if told.is_ok else told.status.words)


async def _large(wire: Wire, letter: _Known) -> Fetched | None:
    told, came = await _get(wire, [letter], ["BODYSTRUCTURE"], octets=0)
    try:
        root = read_structure(came.get(letter.uid, {}).get("BODYSTRUCTURE"))
    except Unknowable:
        return await _beginning(wire, letter)
    told, came = await _get(wire, [letter], items(root), octets=octets_of(root))
    sections = came.get(letter.uid, {})
    if not isinstance(sections.get("BODY[HEADER]"), bytes):
        return await _header_alone(wire, letter, told.status.words)
    return letter.as_fetched(hollow(root, sections), whole=False)


async def _beginning(wire: Wire, letter: _Known) -> Fetched | None:
    """The letter up to where it is cut off: the text is mostly within it."""
    octets = HEADER_OCTETS + TEXT_OCTETS
    told, came = await _get(wire, [letter], [f"BODY.PEEK[]<0.{octets}>"], octets=octets)
    raw = came.get(letter.uid, {}).get("BODY[]")
    if not isinstance(raw, bytes):
        return await _header_alone(wire, letter, told.status.words)
    return letter.as_fetched(raw[: raw.rfind(b"\r\n") + 2] or raw, whole=False)
