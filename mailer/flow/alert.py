"""Who is told of a trouble that needs a person, and by which way that still works?

The operator, once for each trouble and day. By the first of these that can be gone:
1. a letter through an account that works
2. a letter laid into the stricken account's own INBOX, over IMAP
3. the operator's own command, with the text on its standard input
And always: one ERROR in the log, and `mailer status`.
"""

from __future__ import annotations

import logging
from datetime import datetime
from typing import Protocol

from mailer.errors import MailerError
from mailer.flow.alert_troubles import Trouble, troubles
from mailer.flow.file_trouble import operator_of
from mailer.flow.office import Office
from mailer.message.token import REFERENCE_BYTES
from mailer.message.writing.compose import compose
from mailer.message.writing.ids import letter_id
from mailer.message.writing.own_headers import standard_headers
from mailer.model.outgoing import Address, Draft, LetterKind
from mailer.model.people import Coach
from mailer.model.places import Account
from mailer.store import accounts, alerts, notices
from mailer.store.schema import AccountEnd

log = logging.getLogger(__name__)

SENDER = "Between sessions"
NOBODY = "nobody"
_OPENING = "You get this letter because you look after the program that writes to the clients of your practice."
_CLOSING = "`mailer status` shows how everything is."


class Routes(Protocol):
    """Ways to a person that need no letter to be sent."""

    async def lay_into_inbox(self, account: Account, raw: bytes) -> None:
        """Puts a letter into the account's own INBOX; MailerError where that cannot be done."""

    async def run_command(self, text: str) -> bool:
        """Gives the text to the operator's command; False where there is none. MailerError where it failed."""


async def tell_of_troubles(office: Office, routes: Routes, *, now: datetime) -> bool:
    """Tells what has not been told today; True if there was anything.

    A trouble is claimed before it is told, so that of several processes one tells it; one that dies over it, or finds
    no way at all, leaves it for a later try.
    """
    told = False
    for trouble in await troubles(office, now=now):
        claimed = await office.db.run(alerts.claim, trouble.key, now=now)
        if not claimed:
            continue
        by = await _tell(office, routes, trouble, now=now)
        await office.db.run(alerts.note_told, trouble.key, by=by, now=now)
        level = logging.ERROR if claimed is alerts.Claimed.NEWS else logging.WARNING
        log.log(level, "a person is needed: %s, told by=%s", trouble.key, by)
        told = True
    return told


async def _tell(office: Office, routes: Routes, trouble: Trouble, *, now: datetime) -> str:
    """The way it was told by, NOBODY where none could be gone."""
    text = f"{_OPENING}\n\n{trouble.text}\n\nWhat to do: {trouble.remedy}\n\n{_CLOSING}\n"
    operator = await operator_of(office)
    if operator is not None and await _by_letter(office, operator, trouble, text, now=now):
        return "letter"
    account = await _readable(office, trouble, operator, now=now)
    if account is not None:
        try:
            await routes.lay_into_inbox(account, _raw(office, account, trouble, text, now=now))
        except MailerError as error:
            log.warning("could not lay a letter into the inbox account=%s why=%s", account.slug, error)
        else:
            return f"inbox of {account.slug}"
    try:
        if await routes.run_command(text):
            return "command"
    except MailerError as error:
        log.warning("the operator's command failed why=%s", error)
    return NOBODY


async def _by_letter(office: Office, operator: Coach, trouble: Trouble, text: str, *, now: datetime) -> bool:
    """Queues a letter through an account that sends, the operator's own before others; False where none does."""
    states = await office.db.look(accounts.end_states)
    sends = {one.account for one in states if one.end is AccountEnd.SMTP and one.is_open(now) and not one.reason}
    for account in _own_first(office, operator):
        if account.slug in sends:
            cause = f"alert:{trouble.key}:{now:%Y-%m-%dT%H:%M:%S}"
            await office.db.run(
                notices.put_notice, office.vault, operator.id, cause, trouble.subject, text,
                now=now, through=account.slug,
            )  # fmt: skip
            return True
    return False


def _own_first(office: Office, operator: Coach) -> list[Account]:
    return sorted(office.accounts.values(), key=lambda one: one.practice != operator.practice)


async def _readable(office: Office, trouble: Trouble, operator: Coach | None, *, now: datetime) -> Account | None:
    """The stricken account, else the operator's own, where its mailbox opens."""
    account = trouble.account or (next(iter(_own_first(office, operator)), None) if operator else None)
    if account is None:
        return None
    state = await office.db.look(accounts.end_state, account.slug, AccountEnd.IMAP)
    return account if state.is_open(now) else None


def _raw(office: Office, account: Account, trouble: Trouble, text: str, *, now: datetime) -> bytes:
    """A letter from the program to its own mailbox; the loop header keeps it from being read as anybody's answer."""
    reference = office.random.randbytes(REFERENCE_BYTES)
    draft = Draft(
        sender=Address(name=SENDER, address=account.address),
        recipient=Address(address=account.address),
        reply_to=Address(address=account.address),
        subject=trouble.subject,
        text=text,
        html="",
        date=now,
        message_id=letter_id(office.tokens, reference=reference, account=account),
        headers=standard_headers(installation=office.installation, kind=LetterKind.NOTICE),
    )
    return compose(draft)
