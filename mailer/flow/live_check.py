"""A letter from an account to itself: handed over, found again, compared; and what each step says to a person."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from mailer.flow.live_find import INBOX, Arrival, CameBack, Search, stamps_of_others
from mailer.flow.office import Clock, Office
from mailer.message.returned.compare import compared
from mailer.message.returned.letter import failed, good, note, returned, shown_address, spoken
from mailer.message.returned.routes import NO_PLUS
from mailer.message.token import REFERENCE_BYTES
from mailer.message.writing.check_letter import CheckLetter, check_letter
from mailer.model.checkup import Finding
from mailer.model.mailbox import SpecialUse
from mailer.model.outgoing import Deferred, Outcome, Refused, Sent, Transport, Unknown
from mailer.model.places import Account

HANDING_OVER_SECONDS = 150.0  # some servers look at a letter for two minutes before they answer
CLOCK_TOLERANCE = timedelta(minutes=2)  # beyond how long the letter took


@dataclass(frozen=True, slots=True, kw_only=True)
class Posting:
    """Who writes to itself, and how long is waited for it."""

    account: Account
    name: str  # of the coach, in From
    carrier: str  # who carries its letters: "Gmail", or "the server"
    wait_seconds: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Posted:
    """A letter that was handed over, or of unknown fate."""

    letter: CheckLetter
    account: Account  # without plus addresses where the server refused one
    at: datetime


async def post(
    office: Office, transport: Transport, posting: Posting, *, clock: Clock, found: Callable[[Finding], None]
) -> Posted | None:
    """The letter once a server has it; None where none would.

    A server that refuses the plus address is asked with the plain one: only one of the two letters is ever sent.
    """
    account = posting.account
    posted = _written(office, posting, account, at=clock())
    outcome = await _hand_over(transport, posted.letter)
    if isinstance(outcome, Refused) and posted.letter.is_plus:
        plain = _written(office, posting, replace(account, plus_addresses=False, verp=False), at=clock())
        second = await _hand_over(transport, plain.letter)
        if isinstance(second, Sent | Unknown):
            to = shown_address(posted.letter.draft.recipient.address)
            found(failed("plus address", f"no letters are taken for {to}: {_words(outcome)}", NO_PLUS))
            posted, outcome = plain, second
    found(_judged(outcome))
    return posted if isinstance(outcome, Sent | Unknown) else None


async def look_for(
    search: Search, posting: Posting, posted: Posted, *, found: Callable[[Finding], None]
) -> Arrival | None:
    """The letter as it came, with all that it tells; None where it did not come."""
    loop = asyncio.get_running_loop()
    began = loop.time()
    came = await search.find(posted.letter, seconds=posting.wait_seconds)
    took = timedelta(seconds=loop.time() - began)
    sent = search.place(SpecialUse.SENT)
    copy = await search.look(sent, posted.letter) if sent else None
    in_sent = isinstance(copy, Arrival)
    if not isinstance(came, Arrival) or (came.place.use is SpecialUse.ALL and in_sent):
        found(_not_here(came, posting, posted))
        return None
    for one in _arrived(came, posted, took=took):
        found(one)
    others = await stamps_of_others(search.mailbox, own=posted.account.address)
    it = returned(came.raw, sent=posted.letter, account=posted.account, carrier=posting.carrier)
    for one in compared(it, others=others):
        found(one)
    found(_kept(sent.folder if sent and in_sent else ""))
    return came


def _written(office: Office, posting: Posting, account: Account, *, at: datetime) -> Posted:
    letter = check_letter(
        office.tokens,
        account=account,
        name=posting.name,
        installation=office.installation,
        date=at,
        references=(office.random.randbytes(REFERENCE_BYTES), office.random.randbytes(REFERENCE_BYTES)),
    )
    return Posted(letter=letter, account=account, at=at)


async def _hand_over(transport: Transport, letter: CheckLetter) -> Outcome:
    async def agreed() -> bool:
        return True

    try:
        async with asyncio.timeout(HANDING_OVER_SECONDS):
            return await transport.send(letter.wire, before_data=agreed)
    except TimeoutError:
        said = f"no answer within {HANDING_OVER_SECONDS:g} s"
        return Unknown(reason=said) if transport.after_dot else Deferred(code=0, status="", reply=said)


def _judged(outcome: Outcome) -> Finding:
    match outcome:
        case Sent():
            return good("letter", f"taken by the server: {_words(outcome)}")
        case Unknown():
            return note("letter", f"no answer whether it was taken: {outcome.reason}; it is looked for all the same")
        case Deferred():
            wait = timedelta(seconds=outcome.retry_seconds or 300)
            return failed("letter", f"not taken at present: {_words(outcome)}", f"try again in {spoken(wait)}")
        case Refused():
            return failed("letter", f"refused: {_words(outcome)}", "the server's words say what to mend")
        case trouble:
            return trouble_found("letter", trouble.reason)


def trouble_found(about: str, reason: str) -> Finding:
    """A failure as the edges tell it: the remedy stands last, behind a semicolon."""
    said, _, remedy = reason.rpartition("; ")
    return failed(about, said or remedy, remedy if said else "")


def _words(outcome: Sent | Deferred | Refused) -> str:
    return f"{outcome.code or ''} {outcome.reply}".strip()


def _not_here(came: Arrival | CameBack | None, posting: Posting, posted: Posted) -> Finding:
    plus = posted.letter.is_plus
    to = shown_address(posted.letter.draft.recipient.address)
    if isinstance(came, CameBack):
        said = f"came back as undeliverable to {to} ({came.verdict.status or 'without a code'})"
        return failed("arrival", said, NO_PLUS if plus else "is this the mailbox of that address?")
    said = f"the letter to {to} did not arrive within {spoken(timedelta(seconds=posting.wait_seconds))}"
    if isinstance(came, Arrival):
        said = f"{said}: “{came.place.folder}” has the copy that was sent, and no other folder has it"
    wait = "if letters take longer here, try again with --wait 600"
    if plus:
        return failed("arrival", said, f"{wait}; if only those to the plus address are lost, {NO_PLUS}")
    return failed("arrival", said, f"{wait}; is the mailbox that is read that of {to}?")


def _arrived(came: Arrival, posted: Posted, *, took: timedelta) -> Iterator[Finding]:
    folder, use, after = came.place.folder, came.place.use, spoken(took)
    is_read = folder.upper() in {one.upper() for one in posted.account.folders}
    if use is SpecialUse.JUNK:
        said = f"landed in the junk folder, “{folder}”, after {after}: so may letters to clients, and their answers"
        remedy = f'mark it there as no junk, mend SPF, DKIM and DMARC, and add "{folder}" to folders'
        yield failed("arrival", said, remedy)
    elif is_read:
        yield good("arrival", f"in {folder} after {after}")
    else:
        said = f"filed in “{folder}” after {after}, which is not read: answers may go the same way"
        remedy = (
            f'add "{folder}" to folders' if folder == INBOX else "take away the filter that files it past the inbox"
        )
        yield failed("arrival", said, remedy)
    gap = abs(came.received_at - posted.at)
    if gap > took + CLOCK_TOLERANCE:
        said = f"this machine's clock and the mail server's are {spoken(gap)} apart"
        yield note("clock", said, "set the clock: letters would go at the wrong time")


def _kept(folder: str) -> Finding:
    if folder:
        return good("sent copies", f"the server keeps them in “{folder}”: a letter of unknown fate is looked up there")
    said = "none is kept, or not yet: without them a letter of unknown fate is for you to settle"
    return note("sent copies", said)
