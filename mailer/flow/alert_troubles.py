"""Which troubles does nobody but a person end? Each in plain words, with what to do about it.

An account that is not let in, one that has used up what its provider lets it send in a day, and letters that cannot be
written. A server that is away for an hour is none of them: the program waits, and `status` shows it.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta

from mailer.flow.office import Office
from mailer.model.places import Account
from mailer.store import accounts, outbox_view
from mailer.store.accounts import EndState
from mailer.store.outbox_view import Waiting
from mailer.store.schema import AccountEnd

LONG = timedelta(minutes=20)  # of the pauses that end by themselves only those for a used-up allowance are longer
_MOST_REASONS = 5
_WORDS = {AccountEnd.SMTP: "No letter leaves", AccountEnd.IMAP: "No reply is read"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Trouble:
    """One thing a person should know today; the same `key` is told once a day."""

    key: str  # without private words
    account: Account | None  # whose it is; None: sending and reading go on
    subject: str
    text: str
    remedy: str


async def troubles(office: Office, *, now: datetime) -> list[Trouble]:
    """All there are now, the accounts' before the letters'."""
    states = await office.db.look(accounts.end_states)
    found = []
    for account in office.accounts.values():
        ends = [one for one in states if one.account == account.slug]
        shut, spent = [one for one in ends if one.needs_person], [one for one in ends if _is_spent(one, now)]
        if shut or spent:
            waiting = await office.db.look(outbox_view.queued_at, account.slug)
            found += [_not_let_in(account, shut, waiting)] if shut else []
            found += [_spent(account, spent[0], waiting)] if spent else []
    held = await office.db.look(outbox_view.held_by_reason)
    return found + [_held(one) for one in held[:_MOST_REASONS]]


def _is_spent(end: EndState, now: datetime) -> bool:
    until = end.paused_until
    return end.end is AccountEnd.SMTP and not end.needs_person and until is not None and until - now > LONG


def _not_let_in(account: Account, ends: list[EndState], waiting: Waiting | None) -> Trouble:
    """Both ends of an account share a login as a rule, so they are told together."""
    told = [f"{_WORDS[one.end]}, for {one.reason}" for one in ends]
    remedy = (
        "Put right what is said above. A new `mailer login` is noticed by itself; after anything else type "
        "`mailer outbox retry`. Nothing is tried before: providers lock out who knocks too often."
    )
    what = "sending" if any(one.end is AccountEnd.SMTP for one in ends) else "reading"
    return Trouble(
        key=f"account {account.slug}: not let in",
        account=account,
        subject=f"A person is needed: {what} is paused for {account.slug}",
        text="\n\n".join([_opening(account), *told, *_queue(waiting)]),
        remedy=remedy,
    )


def _spent(account: Account, end: EndState, waiting: Waiting | None) -> Trouble:
    until = _moment(end.paused_until) if end.paused_until else "a later time"
    remedy = (
        f"Nothing, if this was a busy day: it is tried again at {until}, and the digests go first. If it happens "
        "often, the account sends more than its provider lets it: spread the schedules over more days, or use an "
        "account that may send more."
    )
    return Trouble(
        key=f"account {account.slug}: spent",
        account=account,
        subject=f"Sending is paused for {account.slug}: enough for a day",
        text="\n\n".join([_opening(account), f"{_WORDS[end.end]}, for {end.reason}", *_queue(waiting)]),
        remedy=remedy,
    )


def _held(held: Waiting) -> Trouble:
    """A broken template holds the letters of everybody, and is told once."""
    letters = "1 letter is" if held.letters == 1 else f"{held.letters} letters are"
    remedy = (
        f"Mend what is named there; it is noticed by itself. What is mended by {_moment(held.first_expires_at)} still "
        "goes. `mailer outbox list` shows whose letters they are, and `mailer check` tries every template."
    )
    return Trouble(
        key=f"held {hashlib.sha256(held.reason.encode()).hexdigest()[:16]}",
        account=None,
        subject="A person is needed: a letter cannot be written",
        text=f"{letters} held, for {held.reason}",
        remedy=remedy,
    )


def _opening(account: Account) -> str:
    return f"The account {account.slug} ({account.address}) has stopped:"


def _queue(waiting: Waiting | None) -> list[str]:
    if waiting is None:
        return []
    letters = "1 letter waits" if waiting.letters == 1 else f"{waiting.letters} letters wait"
    return [f"{letters} for it. The first is given up at {_moment(waiting.first_expires_at)}, if it cannot go before."]


def _moment(at: datetime) -> str:
    return f"{at:%Y-%m-%d %H:%M} UTC"
