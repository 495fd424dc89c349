"""From letters that are wanted to letters that are sent, or known not to be.

The order of writing is the promise: bytes before the first attempt, `sending` after RCPT and before DATA, the outcome
right after the server's last word. Whatever dies in between leaves a row that says how far it came. Several connections
share the letters of one claim, each with one letter at a time.
"""

from __future__ import annotations

import asyncio
import logging
import random
from collections import deque
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from uuid import UUID

from mailer.errors import AccountTrouble, TemporaryFailure
from mailer.flow.deliver_commits import Commits
from mailer.flow.held import Unwritable, park, written
from mailer.flow.office import Clock, Office
from mailer.model.outgoing import ClaimedLetter, Deferred, FixedBytes, Outcome, Transport, Unknown, WireLetter
from mailer.model.places import Account
from mailer.store import accounts, claiming, outbox
from mailer.store.claiming import ClaimRules
from mailer.store.correspondents import correspondents
from mailer.store.schema import AccountEnd
from mailer.store.settlement import Attempt

log = logging.getLogger(__name__)

CLAIM = 20  # letters leased at once for each connection
LEASE_SECONDS = 900  # a claim lost while its sender still waits does no harm: `sending` needs the lease
SENDING_SECONDS = 1800  # longer than the content and the last answer of one letter can take (RFC 5321 §4.5.3.2)
BACKOFF_MINUTES = (5, 15, 30, 60)  # greylisting lifts within minutes; the last step repeats
JITTER = 0.2  # so that a whole practice does not come back in the same second
SHORTEST_DAY, LONGEST_DAY = timedelta(hours=1), timedelta(hours=24)  # how long a used-up day is waited out


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
    stopping: Callable[[], bool] = never  # True: finish the letters that are going out and begin no other
    lease_seconds: int = LEASE_SECONDS
    sending_seconds: int = SENDING_SECONDS


async def deliver_some(office: Office, sender: Sender) -> bool:
    """Sends the letters that may go now; True if any was claimed.

    1. leaves a paused account alone
    2. claims a few letters, as many as the account's allowance has room for, each looked at once more
    3. writes those that have no bytes yet, and fixes the bytes
    4. takes them through the account's connections
    5. on trouble with the account pauses it; then, and when the program stops, gives the rest back
    """
    letters = await _claimed(office, sender)
    if not letters:
        return False
    waiting = deque[tuple[ClaimedLetter, WireLetter]]()
    untried = {letter.id for letter in letters}
    try:
        waiting += await _with_bytes(office, sender, letters)
        untried -= {letter.id for letter, _ in waiting}
        trouble = await _sent_through(office, sender, waiting)
        if trouble is not None:
            await _pause(office, sender, trouble)
        elif not waiting:
            await office.db.run(accounts.note_worked, sender.account.slug, AccountEnd.SMTP, now=sender.clock())
    finally:
        untried |= {letter.id for letter, _ in waiting}
        await _give_back(office, sender, untried)
    return True


def retry_after(outcome: Outcome, *, attempts: int, random: random.Random) -> timedelta:
    """How long to leave a letter alone: as the server said, else longer each time."""
    if isinstance(outcome, AccountTrouble):
        return timedelta(0)  # the account's pause says when
    if isinstance(outcome, Deferred) and outcome.retry_seconds:
        return timedelta(seconds=outcome.retry_seconds)
    minutes = BACKOFF_MINUTES[min(attempts, len(BACKOFF_MINUTES) - 1)]
    return timedelta(minutes=minutes * random.uniform(1, 1 + JITTER))


async def _claimed(office: Office, sender: Sender) -> list[ClaimedLetter]:
    """The letters that may go now."""
    now, account = sender.clock(), sender.account
    state = await office.db.look(accounts.end_state, account.slug, AccountEnd.SMTP)
    if not state.is_open(now):
        return []
    rules = ClaimRules(
        owner=sender.owner,
        lease_seconds=sender.lease_seconds,
        limit=CLAIM * account.connections,
        client_letters_per_day=office.client_letters_per_day,
        letters_per_day=account.letters_per_day,
        letters_per_minute=account.letters_per_minute,
    )
    account_id = await office.db.look(accounts.account_id, account.slug)
    return await office.db.run(claiming.claim, office.vault, account_id, rules, now=now)


async def _with_bytes(
    office: Office, sender: Sender, letters: Sequence[ClaimedLetter]
) -> list[tuple[ClaimedLetter, WireLetter]]:
    """The letters that have their bytes: fixed earlier, or now. One that cannot be written is held."""
    now = sender.clock()
    wires = {letter.id: letter.wire for letter in letters}
    fixed: dict[UUID, FixedBytes] = {}
    blank = [letter for letter in letters if letter.wire is None]
    known = await office.db.look(correspondents, office.vault, blank)
    for letter in blank:
        await asyncio.sleep(0)  # a batch takes a tenth of a second; others want their turn meanwhile
        found = await written(office, letter, known, now=now)
        if isinstance(found, Unwritable):
            await park(office, letter, found, owner=sender.owner)
        else:
            fixed[letter.id] = found
    if fixed:
        mine = await office.db.run(outbox.fix, office.vault, fixed, owner=sender.owner, now=now)
        wires |= {identity: fixed[identity].wire for identity in mine}
    return [(letter, wire) for letter in letters if (wire := wires[letter.id]) is not None]


async def _sent_through(
    office: Office, sender: Sender, waiting: deque[tuple[ClaimedLetter, WireLetter]]
) -> AccountTrouble | None:
    """Takes letters through the account's connections; gives the account's trouble, if there was any.

    Where that, a stop or a database that is away kept letters from being tried, they are left in `waiting`.
    """
    transports = sender.transport.connections(min(sender.account.connections, len(waiting)))
    async with Commits(
        office, owner=sender.owner, clock=sender.clock, sending_seconds=sender.sending_seconds
    ) as commits:
        going = _Going(office=office, sender=sender, commits=commits, waiting=waiting)
        async with asyncio.TaskGroup() as group:
            for number, transport in enumerate(transports):
                group.create_task(going.through(transport, first=not number))
    if commits.trouble is not None:
        raise commits.trouble
    return going.trouble


@dataclass(kw_only=True)
class _Going:
    """The letters of one claim on their way out."""

    office: Office
    sender: Sender
    commits: Commits
    waiting: deque[tuple[ClaimedLetter, WireLetter]]
    trouble: AccountTrouble | None = None
    through_once: asyncio.Event = field(
        default_factory=asyncio.Event
    )  # a letter came as far as DATA, or the work ended
    ended: int = 0

    async def through(self, transport: Transport, *, first: bool) -> None:
        """Takes letters out through one connection, one by one.

        The first connection goes ahead: a login that is refused must not be refused once for each connection. Another
        one that the server will not have does no harm.
        """
        if not first:
            await self.through_once.wait()
        self.commits.connections += not first
        try:
            while self.waiting and self.trouble is None and self.commits.trouble is None and not self.sender.stopping():
                trouble = await self._one(transport, *self.waiting.popleft())
                if trouble is not None and (first or trouble.needs_person):
                    self.trouble = trouble
                if trouble is not None:
                    log.info("ended connection account=%s why=%s", self.sender.account.slug, trouble.reason)
                    break
        finally:
            self.through_once.set()
            self.commits.connections -= not first

    async def _one(self, transport: Transport, letter: ClaimedLetter, wire: WireLetter) -> AccountTrouble | None:
        """Takes one letter as far as it goes; gives the account's trouble, if that is what stopped it.

        Cut off before its final dot, the letter was certainly not taken and is queued again; after it, it is unknown.
        """

        async def before_data() -> bool:
            self.through_once.set()
            return await self.commits.sending(letter.id)

        try:
            outcome = await transport.send(wire, before_data=before_data)
        except asyncio.CancelledError:
            self._note(letter, _cut_off(transport))
            raise
        except TemporaryFailure:
            return None  # the database is away: `commits.trouble`
        except Exception:
            log.exception("failed outgoing=%s", letter.id)  # its lease ends; the others go on
            return None
        written_down = self._note(letter, outcome)
        if self.commits.connections == 1:
            await asyncio.wait([written_down])  # nobody else has anything to say meanwhile
        if isinstance(outcome, AccountTrouble):
            return outcome
        self.through_once.set()
        _say(letter, outcome)
        return None

    def _note(self, letter: ClaimedLetter, outcome: Outcome) -> asyncio.Future[bool]:
        pause = retry_after(outcome, attempts=letter.attempts, random=self.office.random)
        retry_at = self.sender.clock() + pause
        return self.commits.outcome(Attempt(letter_id=letter.id, outcome=outcome, retry_at=retry_at))


def _cut_off(transport: Transport) -> Outcome:
    """What became of a letter whose sending was cancelled."""
    if transport.after_dot:
        return Unknown(reason="the program stopped before the server's last answer")
    return Deferred(code=0, status="", reply="the program stopped before the letter was handed over", retry_seconds=1)


async def _pause(office: Office, sender: Sender, trouble: AccountTrouble) -> None:
    """Pauses the account. A day that is used up comes back when the letters of the last 24 hours are a day old."""
    now, slug = sender.clock(), sender.account.slug
    if trouble.used_up_day:
        account_id = await office.db.look(accounts.account_id, slug)
        again_at = await office.db.look(claiming.room_again_at, account_id, now=now) or now
        wait = min(max(again_at - now, SHORTEST_DAY), LONGEST_DAY)
        trouble = AccountTrouble(trouble.reason, retry_seconds=int(wait.total_seconds()), used_up_day=True)
    log.error("paused account=%s end=smtp seconds=%s why=%s", slug, trouble.retry_seconds, trouble.reason)
    await office.db.run(accounts.note_trouble, slug, AccountEnd.SMTP, trouble, now=now)


async def _give_back(office: Office, sender: Sender, untried: Collection[UUID]) -> None:
    """Letters that were not tried are queued again at once, not when their leases end."""
    if untried:
        await office.db.run(outbox.release, untried, owner=sender.owner, next_attempt_at=sender.clock())


def _say(letter: ClaimedLetter, outcome: Outcome) -> None:
    said = type(outcome).__name__.lower()
    code = getattr(outcome, "code", 0)
    log.info("%s outgoing=%s kind=%s attempt=%s code=%s", said, letter.id, letter.kind, letter.attempts + 1, code)
