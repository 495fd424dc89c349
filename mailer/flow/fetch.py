"""From a folder on the server to letters kept: bytes and cursor in one transaction, before anything looks inside.

Server flags are never the record and never set. The first connection starts at what comes next (or at `since`). When
UIDVALIDITY changes, the folder is read once more from that start; letters known by their bytes are noted as copies.
Of a mailbox shared with a person only letters that are provably ours are fetched; of others the place is noted.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta

from mailer.flow.office import Office
from mailer.flow.ours import is_candidate, is_ours
from mailer.model.filing import Arrived, Cursor
from mailer.model.mailbox import Fetched, FetchedHeaders, FolderState, Mailbox
from mailer.model.places import Account, AccountMode
from mailer.store import accounts, inbox
from mailer.store.inbox import Folder

log = logging.getLogger(__name__)

BATCH = 50  # letters in memory at once; also what the IMAP library takes well


@dataclass(frozen=True, slots=True, kw_only=True)
class Reader:
    """One folder of an account, over an open mailbox."""

    account: Account
    folder: str
    mailbox: Mailbox


async def fetch_some(office: Office, reader: Reader, *, now: datetime) -> bool:
    """Keeps the next few letters of a folder; True if there were any.

    1. chooses the folder and finds where reading goes on
    2. asks for what came after that, a few at a time
    3. fetches what is ours, whole or without attachments where it is large
    4. writes letters and cursor together
    """
    state = await reader.mailbox.select(reader.folder)
    account_id = await office.db.look(accounts.account_id, reader.account.slug)
    place = Folder(account_id=account_id, name=reader.folder, uidvalidity=state.uidvalidity)
    cursor = await office.db.look(inbox.cursor, account_id, reader.folder)
    if cursor is None:
        cursor = await _begin(office, reader, place, state, now=now)
    if cursor.uidvalidity != state.uidvalidity:
        cursor = await _restart(office, place, state, cursor, now=now)
    uids = (await reader.mailbox.uids_after(cursor.last_uid))[:BATCH]
    arrived = await _arrived(office, reader, uids, cursor=cursor) if uids else []
    last_uid = uids[-1] if uids else cursor.last_uid
    new = await office.db.run(inbox.keep, office.vault, place, arrived, last_uid=last_uid, now=now)
    if uids:
        log.info("kept letters=%s of=%s account=%s", new, len(uids), reader.account.slug)
    return bool(uids)


async def _begin(office: Office, reader: Reader, place: Folder, state: FolderState, *, now: datetime) -> Cursor:
    """The cursor of a first connection: at what comes next, or before the first letter of `since`."""
    since, last_uid, began_at = reader.account.since, state.uidnext - 1, now
    if since is not None:
        earlier = await reader.mailbox.uids_since(since)
        last_uid = earlier[0] - 1 if earlier else last_uid
        began_at = _start_of(since)
    await office.db.run(inbox.begin, place, last_uid=last_uid, began_at=began_at, now=now)
    return Cursor(uidvalidity=state.uidvalidity, last_uid=last_uid, began_at=began_at)


async def _restart(office: Office, place: Folder, state: FolderState, before: Cursor, *, now: datetime) -> Cursor:
    """The cursor after UIDVALIDITY changed: at the first letter, what is there now to be told from what is new."""
    log.warning("reads again folder=%s uidvalidity=%s was=%s", place.name, state.uidvalidity, before.uidvalidity)
    await office.db.run(inbox.restart, place, rescan_to=state.uidnext - 1, now=now)
    return replace(before, uidvalidity=state.uidvalidity, last_uid=0, rescan_to=state.uidnext - 1)


async def _arrived(office: Office, reader: Reader, uids: Sequence[int], *, cursor: Cursor) -> list[Arrived]:
    if reader.account.mode is AccountMode.DEDICATED:
        fetched = await reader.mailbox.fetch(uids, max_bytes=office.max_letter_bytes)
        return [_judged(one, cursor) for one in fetched]
    slug = reader.account.slug
    headers = await reader.mailbox.fetch_headers(uids)
    ours = [
        one.uid for one in headers if not _is_old(one, cursor) and await is_candidate(office, one.headers, account=slug)
    ]
    fetched = await reader.mailbox.fetch(ours, max_bytes=office.max_letter_bytes) if ours else []
    kept = {one.uid: _judged(one, cursor) for one in fetched if await is_ours(office, one.raw, account=slug)}
    return [kept.get(one.uid) or _passed_over(one, "not ours") for one in headers]


def _judged(letter: Fetched, cursor: Cursor) -> Arrived:
    if _is_old(letter, cursor):
        return _passed_over(letter, "older than this program's work")
    if letter.trouble and not letter.raw:
        return _passed_over(letter, f"the server does not give it: {letter.trouble}")
    return Arrived(uid=letter.uid, received_at=letter.received_at, size=letter.size, raw=letter.raw, whole=letter.whole)


def _passed_over(letter: Fetched | FetchedHeaders, verdict: str) -> Arrived:
    return Arrived(uid=letter.uid, received_at=letter.received_at, size=letter.size, raw=None, verdict=verdict[:300])


def _is_old(letter: Fetched | FetchedHeaders, cursor: Cursor) -> bool:
    """Met while reading again, and older than our beginning by more than a day (clocks disagree). New mail is new
    whatever the server's clock says."""
    return letter.uid <= cursor.rescan_to and letter.received_at < cursor.began_at - timedelta(days=1)


def _start_of(day: date) -> datetime:
    return datetime.combine(day, time(0), UTC)
