"""From letters that are wanted to letters that are sent, or known not to be.

The order of writing is the promise: bytes before the first attempt, `sending` after RCPT and before DATA, the outcome
right after the server's last word. Whatever dies in between leaves a row that says how far it came.
"""

from __future__ import annotations

import asyncio
import logging
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from mailer.errors import AccountTrouble, TemporaryFailure
from mailer.flow.held import Unwritable, park, written
from mailer.flow.office import Clock, Office
from mailer.model.outgoing import ClaimedLetter, Deferred, Outcome, Transport, Unknown, WireLetter
from mailer.model.places import Account
from mailer.store import accounts, outbox, settlement
from mailer.store.outbox import ClaimRules
from mailer.store.schema import AccountEnd

log = logging.getLogger(__name__)

CLAIM = 20  # letters leased at once
LEASE_SECONDS = 900  # a claim lost while its sender still waits does no harm: `sending` needs the lease
SENDING_SECONDS = 1800  # longer than the content and the last answer of one letter can take (RFC 5321 §4.5.3.2)
BACKOFF_MINUTES = (5, 15, 30, 60)  # greylisting lifts within minutes; the last step repeats
JITTER = 0.2  # so that a whole practice does not come back in the same second
WRITE_AGAIN_SECONDS = (1, 5, 30, 120)  # a database that is away for a moment must not make a sent letter unknown


def never() -> bool:
    """Nobody asks to stop."""
    return False


@dataclass(frozen=True, slots=True, kw_only=True)
class Sender:
    """Who sends: one worker on one account."""

    account: Account
    transport: Transport
    owner: str  # names this worker in leases
    clock: Clock
    stopping: Callable[[], bool] = never  # True: finish the letter that is going out and begin no other


async def deliver_some(office: Office, sender: Sender) -> bool:
    """Sends the letters that may go now; True if any was claimed.

    1. leaves a paused account and a used-up allowance alone
    2. claims a few letters, each looked at once more
    3. takes them through one connection, one by one
    4. on trouble with the account pauses it; then, and when the program stops, gives the rest back
    """
    now = sender.clock()
    allowance = await _allowance(office, sender, now=now)
    if allowance <= 0:
        return False
    rules = ClaimRules(
        owner=sender.owner,
        lease_seconds=LEASE_SECONDS,
        limit=min(CLAIM, allowance),
        client_letters_per_day=office.client_letters_per_day,
    )
    account_id = await office.db.look(accounts.account_id, sender.account.slug)
    letters = await office.db.run(outbox.claim, office.vault, account_id, rules, now=now)
    if not await _sent_through(office, sender, letters):
        await _give_back(office, sender, letters)
    elif letters:
        await office.db.run(accounts.note_worked, sender.account.slug, AccountEnd.SMTP, now=sender.clock())
    return bool(letters)


async def _sent_through(office: Office, sender: Sender, letters: Sequence[ClaimedLetter]) -> bool:
    """Takes claimed letters out one by one; False where the account's trouble or a stop left some untried."""
    for letter in letters:
        if sender.stopping():
            return False
        try:
            trouble = await deliver_one(office, sender, letter)
        except asyncio.CancelledError:
            await _give_back(office, sender, letters)
            raise
        if trouble is not None:
            await _pause(office, sender, trouble)
            return False
    return True


async def deliver_one(office: Office, sender: Sender, letter: ClaimedLetter) -> AccountTrouble | None:
    """Takes one claimed letter as far as it goes; gives the account's trouble, if that is what stopped it.

    Cut off before its final dot, the letter was certainly not taken and is queued again; after it, it is unknown.
    """
    wire = await _bytes(office, sender, letter)
    if wire is None:
        return None

    async def before_data() -> bool:
        until = sender.clock() + timedelta(seconds=SENDING_SECONDS)
        return await office.db.run(outbox.mark_sending, letter.id, owner=sender.owner, lease_until=until)

    try:
        outcome = await sender.transport.send(wire, before_data=before_data)
    except asyncio.CancelledError:
        await _settle(office, sender, letter, _cut_off(sender.transport))
        raise
    await _settle(office, sender, letter, outcome)
    if isinstance(outcome, AccountTrouble):
        return outcome
    _say(letter, outcome)
    return None


def retry_after(outcome: Outcome, *, attempts: int, random: random.Random) -> timedelta:
    """How long to leave a letter alone: as the server said, else longer each time."""
    if isinstance(outcome, AccountTrouble):
        return timedelta(0)  # the account's pause says when
    if isinstance(outcome, Deferred) and outcome.retry_seconds:
        return timedelta(seconds=outcome.retry_seconds)
    minutes = BACKOFF_MINUTES[min(attempts, len(BACKOFF_MINUTES) - 1)]
    return timedelta(minutes=minutes * random.uniform(1, 1 + JITTER))


async def _settle(office: Office, sender: Sender, letter: ClaimedLetter, outcome: Outcome) -> None:
    """Writes the outcome down; a database that is away is asked again, well within the letter's lease."""
    now = sender.clock()
    retry_at = now + retry_after(outcome, attempts=letter.attempts, random=office.random)
    owner = sender.owner
    for pause in (*WRITE_AGAIN_SECONDS, None):
        try:
            await office.db.run(
                settlement.settle, office.vault, letter.id, outcome, owner=owner, retry_at=retry_at, now=now
            )
        except TemporaryFailure as trouble:
            if pause is None:
                raise
            log.warning("could not write outgoing=%s again_seconds=%s why=%s", letter.id, pause, trouble)
            await asyncio.sleep(pause)
        else:
            return


def _cut_off(transport: Transport) -> Outcome:
    """What became of a letter whose sending was cancelled."""
    if transport.after_dot:
        return Unknown(reason="the program stopped before the server's last answer")
    return Deferred(code=0, status="", reply="the program stopped before the letter was handed over", retry_seconds=1)


async def _bytes(office: Office, sender: Sender, letter: ClaimedLetter) -> WireLetter | None:
    """The letter's bytes: fixed earlier, or now; None where it cannot be written (held) or the lease was lost."""
    if letter.wire is not None:
        return letter.wire
    now = sender.clock()
    fixed = await written(office, letter, now=now)
    if isinstance(fixed, Unwritable):
        await park(office, letter, fixed, owner=sender.owner)
        return None
    mine = await office.db.run(outbox.fix, office.vault, letter, fixed, owner=sender.owner, now=now)
    return fixed.wire if mine else None


async def _allowance(office: Office, sender: Sender, *, now: datetime) -> int:
    """How many letters the account may send now."""
    state = await office.db.look(accounts.end_state, sender.account.slug, AccountEnd.SMTP)
    if not state.is_open(now):
        return 0
    if sender.account.letters_per_day is None:
        return CLAIM
    account_id = await office.db.look(accounts.account_id, sender.account.slug)
    sent = await office.db.look(outbox.sent_since, account_id, now - timedelta(days=1))
    return sender.account.letters_per_day - sent


async def _pause(office: Office, sender: Sender, trouble: AccountTrouble) -> None:
    log.error("paused account=%s end=smtp why=%s", sender.account.slug, trouble.reason)
    await office.db.run(accounts.note_trouble, sender.account.slug, AccountEnd.SMTP, trouble, now=sender.clock())


async def _give_back(office: Office, sender: Sender, letters: Sequence[ClaimedLetter]) -> None:
    """Those of the letters that were not tried are queued again at once, not when their leases end."""
    ids = [letter.id for letter in letters]
    await office.db.run(outbox.release, ids, owner=sender.owner, next_attempt_at=sender.clock())


def _say(letter: ClaimedLetter, outcome: Outcome) -> None:
    said = type(outcome).__name__.lower()
    code = getattr(outcome, "code", 0)
    log.info("%s outgoing=%s kind=%s attempt=%s code=%s", said, letter.id, letter.kind, letter.attempts + 1, code)
