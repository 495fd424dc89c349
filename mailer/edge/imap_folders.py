"""What folders does an account have, and what does it mean when one cannot be opened?

Folders are known by their use where the server tells it (RFC 6154): "Junk" has as many names as there are languages.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Sequence

from mailer.edge.imap_command import Told
from mailer.edge.imap_frames import Answer, NotImap
from mailer.edge.imap_search import search
from mailer.edge.imap_values import Status, Value, number, status, values
from mailer.edge.imap_wire import Wire
from mailer.edge.imap_words import decode_folder, encode_folder, quoted
from mailer.errors import MailerError, PermanentFailure, TemporaryFailure
from mailer.model.mailbox import Folder, FolderState, SpecialUse

_USES = {f"\\{use.value}": use for use in SpecialUse}
_BRANCHES = {"\\noselect", "\\nonexistent"}
_NEVER = {"NOPERM", "CANNOT", "TOOBIG"}


async def list_folders(wire: Wire) -> list[Folder]:
    """Every folder, in the server's order."""
    asks_for_use = {"LIST-EXTENDED", "SPECIAL-USE"} <= wire.capabilities
    told = await wire.ask("LIST", '""', '"*"', *(["RETURN", "(SPECIAL-USE)"] if asks_for_use else []))
    if not told.is_ok:
        raise TemporaryFailure(f"{wire.peer}: LIST was refused: {told.status.words}")
    return [folder for answer in told.answers if (folder := _folder(answer)) is not None]


def _folder(answer: Answer) -> Folder | None:
    if not answer.lines[0].upper().startswith(b"* LIST "):
        return None
    try:
        _, flags, _, name, *_ = values(answer)
    except (NotImap, ValueError):
        return None
    if not isinstance(flags, list):
        return None
    marks = {flag.decode("ascii", "replace").lower() for flag in flags if isinstance(flag, bytes)}
    return Folder(
        name=_name(name),
        special_use=frozenset(_USES[mark] for mark in marks & _USES.keys()),
        selectable=not marks & _BRANCHES,
    )


def _name(value: Value) -> str:
    name = decode_folder(value) if isinstance(value, bytes) else "NIL"  # a folder may be called that
    return "INBOX" if name.upper() == "INBOX" else name


def as_argument(folder: str) -> str:
    """A folder's name for a command."""
    return quoted(encode_folder(folder))


async def examine(wire: Wire, folder: str) -> FolderState:
    """Choose a folder, read-only: not even \\Recent is touched. Nothing counts as news yet."""
    wire.exists = 0
    told = await wire.ask("EXAMINE", as_argument(folder))
    wire.state = "SELECTED" if told.is_ok else "AUTH"  # a failed attempt leaves no folder chosen
    if not told.is_ok:
        raise await folder_trouble(wire, folder, told.status)
    wire.has_news = False
    codes = _codes(told)
    uidvalidity = codes.get("UIDVALIDITY")
    if not uidvalidity:
        raise PermanentFailure(f"{wire.peer}: {folder!r} has no UIDVALIDITY: its letters cannot be told apart for ever")
    uidnext = codes.get("UIDNEXT")
    if uidnext is None:  # servers older than RFC 3501; "*" is the newest letter
        uidnext = max(await search(wire, "UID", "*"), default=0) + 1 if wire.exists else 1
    return FolderState(uidvalidity=uidvalidity, uidnext=uidnext, exists=wire.exists)


def _codes(told: Told) -> dict[str, int]:
    found: Iterable[Status | None] = (*map(status, told.answers), told.status)
    return {
        said.code: value for said in found if said and (value := number(said.argument.strip().encode())) is not None
    }


async def folder_trouble(wire: Wire, folder: str, refusal: Status) -> MailerError:
    """Why a folder was refused: there is none of that name, it may not be used, or not just now."""
    here = f"{wire.peer}: folder {folder!r}"
    if refusal.code in _NEVER:
        return PermanentFailure(f"{here} cannot be used: {refusal.words}")
    known = [each.name for each in await list_folders(wire) if each.selectable]
    if folder in known or folder.upper() == "INBOX":
        return TemporaryFailure(f"{here} cannot be used now: {refusal.words}")
    return PermanentFailure(f"{here} does not exist; {_near(folder, known)}")


def _near(folder: str, known: Sequence[str]) -> str:
    """Names that are spelt much alike, as a whole or in their last part."""
    by_shape: dict[str, str] = {}
    for name in known:
        by_shape |= {name.casefold(): name, _leaf(name): name}
    shapes = [
        *difflib.get_close_matches(_leaf(folder), by_shape, n=2, cutoff=0.6),
        *difflib.get_close_matches(folder.casefold(), by_shape, n=2, cutoff=0.6),
    ]
    if near := dict.fromkeys(by_shape[shape] for shape in shapes):
        return f"near it: {', '.join(map(repr, near))}"
    return f"there are: {', '.join(map(repr, known[:20])) or 'none'}"


def _leaf(name: str) -> str:
    return re.split(r"[/.\\]", name.casefold())[-1]
