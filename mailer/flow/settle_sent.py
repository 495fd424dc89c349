"""Letters whose last answer was lost: were they sent?

Gmail, Microsoft and others keep what programs send in the account's Sent folder: there our letter is looked for by its
Message-ID and, since some hosts write their own, by our id in References. What is found was sent; that nothing is found
proves nothing, so it is asked again a few times over a day, and then only a person knows. Any letter that answers or
reports on ours proves it as well. Nothing else in the folder is looked at and nothing of it is kept.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from datetime import datetime, timedelta

from mailer.errors import MailerError
from mailer.flow.office import Office
from mailer.message.reading.parse import parse
from mailer.message.token import tokens_in
from mailer.model.filing import Evidence
from mailer.model.mailbox import Folder, Mailbox, SpecialUse
from mailer.model.places import Account
from mailer.store import accounts, fates, heartbeats
from mailer.store.fates import Unsettled

log = logging.getLogger(__name__)

# After the answer was lost; a provider may take a while to file what it sent.
ASK_AFTER = tuple(timedelta(minutes=minutes) for minutes in (2, 15, 60, 4 * 60, 12 * 60, 24 * 60))
AFTER_TROUBLE = timedelta(minutes=30)  # a look that failed is made up for this much later
GIVE_UP_AFTER = timedelta(days=2)
_PLACES = (SpecialUse.SENT, SpecialUse.ALL)  # in this order; Gmail's "All Mail" keeps what a person has archived
_IN_REFERENCES = 16_384  # octets of a letter of ours in which its header ends


async def settle_from_sent(office: Office, account: Account, mailbox: Mailbox, *, now: datetime) -> int:
    """Looks for letters of unknown fate where the provider keeps what it sent; how many were settled.

    1. sees whether any letter is due to be looked for: mostly there is none, and nothing is asked
    2. finds the folders by what the server says they are for
    3. settles what is found, and notes that it looked

    A folder that cannot be searched is noted and let be: reading the replies must not wait for it. Afterwards another
    folder is chosen.
    """
    account_id = await office.db.look(accounts.account_id, account.slug)
    waiting = await office.db.look(fates.unsettled, office.vault, account_id)
    if not waiting:
        return 0
    name = f"sent {account.slug}"
    looked_at, trouble = (await office.db.look(heartbeats.beats)).get(name, (None, ""))
    due = [one for one in waiting if is_due(one.since, looked_at, failed=bool(trouble), now=now)]
    if not due:
        return 0
    trouble, found = "", []
    try:
        found = await _found(office, mailbox, due)
    except MailerError as error:
        trouble = str(error)
        log.warning("could not look for letters account=%s why=%s", account.slug, trouble)
    settled = await office.db.run(fates.prove, office.vault, [one.id for one in found], "found in the folder Sent")
    await office.db.run(heartbeats.beat, name, trouble=trouble, now=now)
    log.info("looked for letters=%s settled=%s account=%s", len(due), len(settled), account.slug)
    return len(settled)


async def settle_by_letter(office: Office, evidence: Evidence, message_id: str) -> None:
    """A letter that came in and points to ours, or is ours come back, proves that ours was sent."""
    pointed = {one.outbox_id for one in (*evidence.by_token, *evidence.by_id)}
    unknown = await office.db.look(fates.unknown_among, pointed, message_id)
    if unknown:
        await office.db.run(fates.prove, office.vault, unknown, "a letter that came in shows that it was sent")
        log.info("settled outgoing=%s by a letter that came in", ",".join(map(str, unknown)))


def is_due(since: datetime, looked_at: datetime | None, *, failed: bool, now: datetime) -> bool:
    """Whether one of the times to look has come since the last look; a clock that ran ahead does not delay it."""
    if looked_at is None or looked_at > now:
        looked_at = since
    if failed and since <= now - AFTER_TROUBLE and looked_at <= now - AFTER_TROUBLE:
        return now - since < GIVE_UP_AFTER
    return any(looked_at < since + after <= now for after in ASK_AFTER)


async def _found(office: Office, mailbox: Mailbox, wanted: Sequence[Unsettled]) -> list[Unsettled]:
    """Those of the letters that stand where the provider keeps what it sent."""
    left, found = list(wanted), []
    for folder in _in_order(await mailbox.folders()):
        if left:
            await mailbox.select(folder.name)
            found += [one for one in left if await _is_there(office, mailbox, one)]
            left = [one for one in left if one not in found]
    return found


def _in_order(folders: Sequence[Folder]) -> list[Folder]:
    return [one for use in _PLACES for one in folders if one.selectable and use in one.special_use]


async def _is_there(office: Office, mailbox: Mailbox, letter: Unsettled) -> bool:
    if await mailbox.search_message_id(letter.message_id):
        return True
    own = _own_id_in_references(office, letter)
    return bool(own and await mailbox.search_reference(own))


def _own_id_in_references(office: Office, letter: Unsettled) -> str:
    """The id in References that no other letter of ours began; "" where it only continues an older conversation."""
    for one in parse(letter.raw[:_IN_REFERENCES]).references:
        if any(token.reference == letter.reference for token in tokens_in(office.tokens, one)):
            return one
    return ""
