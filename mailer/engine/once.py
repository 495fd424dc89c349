"""Every step until nothing is left to do: `mailer once`, and the way tests and the demo move time forward."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from mailer.edge.calendar import fetch_calendar
from mailer.engine.alarm import Alarm
from mailer.engine.post import OpenMailbox, mailbox_of, read_mailbox, sender_of
from mailer.errors import AccountTrouble, MailerError
from mailer.flow.alert import tell_of_troubles
from mailer.flow.clock_sense import doubt
from mailer.flow.deliver import deliver_some
from mailer.flow.enqueue import plan_some, take_in_book
from mailer.flow.file_trouble import tell_operator
from mailer.flow.held import retry_held
from mailer.flow.ingest import ingest_one
from mailer.flow.office import Clock, Office
from mailer.flow.report import report_some
from mailer.flow.sessions import Fetch, import_calendars
from mailer.flow.tidy import put_right
from mailer.model.outgoing import Transport
from mailer.model.places import Account
from mailer.store import accounts
from mailer.store.schema import AccountEnd


@dataclass(frozen=True, kw_only=True)
class Post:
    """How an office reaches its accounts' servers, by account."""

    transports: Mapping[str, Transport]
    open_mailbox: OpenMailbox = mailbox_of
    fetch: Fetch = fetch_calendar


async def run_once(office: Office, post: Post, *, clock: Clock) -> list[MailerError]:
    """Reads, files, plans, reports and sends what there is now; gives the troubles met on the way.

    1. puts right what a dead process left, ends pauses, takes in the schedules, queues what could not be written before
    2. reads every mailbox and files what came: STOP is obeyed before anything is sent
    3. reads the coaches' calendars
    4. plans what is due and claims digests that are due
    5. sends
    6. tells the operator what needs a person, by a letter or, where none can go, by another way

    While the date cannot be believed only mail is read; the date is asked for again before each step.
    """
    doubts = [await _prepare(office, clock=clock)]
    troubles = [await read_account(office, account, post, clock=clock) for account in office.accounts.values()]
    while await ingest_one(office, now=clock()):
        pass
    troubles.append(await _read_calendars(office, post, clock=clock))
    for step in (_plan, _report):
        doubts.append(await step(office, clock=clock))
    doubts.append(await _send(office, post, clock=clock))
    if await _tell(office, post, clock=clock):
        doubts.append(await _send(office, post, clock=clock))
    found = [MailerError(one) for one in dict.fromkeys(doubts) if one]
    return [*found, *(trouble for trouble in troubles if trouble is not None)]


async def _prepare(office: Office, *, clock: Clock) -> str:
    """The first part; gives the doubt that kept it from being done. So do all that follow."""
    now = clock()
    if why := await doubt(office, now=now):
        return why
    await put_right(office, now=now)
    await take_in_book(office, now=now)
    await tell_operator(office, now=now)
    await retry_held(office, now=now)
    return ""


async def _read_calendars(office: Office, post: Post, *, clock: Clock) -> MailerError | None:
    now = clock()
    if await doubt(office, now=now):
        return None
    try:
        await import_calendars(office, post.fetch, now=now)
    except MailerError as trouble:
        return trouble
    return None


async def _plan(office: Office, *, clock: Clock) -> str:
    while not (why := await doubt(office, now=(now := clock()))):
        if not await plan_some(office, now=now):
            break
    return why


async def _report(office: Office, *, clock: Clock) -> str:
    now = clock()
    why = await doubt(office, now=now)
    if not why:
        await report_some(office, now=now)
    return why


async def _send(office: Office, post: Post, *, clock: Clock) -> str:
    why = ""
    for account in office.accounts.values():
        sender = sender_of(account, transport=post.transports[account.slug], clock=clock)
        while not (why := await doubt(office, now=clock())):
            if not await deliver_some(office, sender):
                break
    return why


async def _tell(office: Office, post: Post, *, clock: Clock) -> bool:
    now = clock()
    if await doubt(office, now=now):
        return False
    alarm = Alarm(command=office.operator_command, open_mailbox=post.open_mailbox)
    return await tell_of_troubles(office, alarm, now=now)


async def read_account(office: Office, account: Account, post: Post, *, clock: Clock) -> MailerError | None:
    """Keeps what is new in one account's mailbox; its trouble, noted, if it cannot be read."""
    state = await office.db.look(accounts.end_state, account.slug, AccountEnd.IMAP)
    if not state.is_open(clock()):
        return MailerError(f"account {account.slug}: reading is paused: {state.reason}")
    try:
        async with post.open_mailbox(account) as mailbox:
            await read_mailbox(office, account, mailbox, clock=clock)
    except AccountTrouble as trouble:
        await office.db.run(accounts.note_trouble, account.slug, AccountEnd.IMAP, trouble, now=clock())
        return trouble
    except MailerError as trouble:
        return trouble
    return None
