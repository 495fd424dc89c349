"""How is one letter taken away, and no other?

The one thing the program ever deletes, and only when asked: the letter that it wrote to itself. By UID EXPUNGE, which
names it (RFC 4315 §2.1); a plain EXPUNGE would take along whatever a person has marked. At Gmail expunging a letter
only hides it, so it is moved to the bin there (RFC 6851).
"""

from __future__ import annotations

from mailer.edge.imap_folders import as_argument, folder_trouble, list_folders
from mailer.edge.imap_search import uids_with_message_id
from mailer.edge.imap_wire import Wire
from mailer.errors import PermanentFailure, TemporaryFailure
from mailer.model.mailbox import SpecialUse

_GMAIL = "X-GM-EXT-1"


async def remove_letter(wire: Wire, folder: str, uid: int, *, message_id: str) -> str:
    """Takes the letter away if it has this Message-ID; gives where it is now, "" for nowhere.

    PermanentFailure where the server cannot do it to one letter alone, or the letter is another by now.
    """
    here = f"{wire.peer}: folder {folder!r}"
    bin_folder = await _bin(wire) if _GMAIL in wire.capabilities else ""
    if not bin_folder and "UIDPLUS" not in wire.capabilities:
        raise PermanentFailure(f"{here}: the server cannot delete one letter alone (it has no UIDPLUS)")
    told = await wire.ask("SELECT", as_argument(folder))
    wire.state = "SELECTED" if told.is_ok else "AUTH"
    if not told.is_ok:
        raise await folder_trouble(wire, folder, told.status)
    if uid not in await uids_with_message_id(wire, message_id):
        raise PermanentFailure(f"{here}: the letter is not there any more")
    if bin_folder:
        await _do(wire, "MOVE", str(uid), as_argument(bin_folder))
    else:
        await _do(wire, "STORE", str(uid), r"+FLAGS.SILENT (\Deleted)")
        await _do(wire, "EXPUNGE", str(uid))
    return bin_folder


async def _bin(wire: Wire) -> str:
    found = [one.name for one in await list_folders(wire) if SpecialUse.TRASH in one.special_use]
    return found[0] if found and "MOVE" in wire.capabilities else ""


async def _do(wire: Wire, name: str, *arguments: str) -> None:
    told = await wire.ask(name, *arguments, uid=True)
    if not told.is_ok:
        raise TemporaryFailure(f"{wire.peer}: {name} was refused: {told.status.words}")
