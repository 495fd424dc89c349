"""A whole installation for tests: a real IMAP server, a real SMTP server, databases, and a clock that the test sets."""

from __future__ import annotations

import email
import email.policy
import imaplib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.message import EmailMessage
from pathlib import Path

from mailer.engine.once import Post, run_once
from mailer.engine.post import transport_of
from mailer.engine.shelf import Shelf
from mailer.errors import MailerError
from mailer.flow.office import Office
from mailer.message.token import TokenKeys
from mailer.model.people import Client, Coach
from mailer.model.places import Account, AccountMode
from mailer.model.report import ReplyRow
from mailer.store import clients, enrolments, journal
from tests.servers.dovecot import Box
from tests.servers.smtp import Delivered, SmtpServer
from tests.stores import Store, Templates

MONDAY = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)

SCHEDULE = """
title = "Weekly check-in"
for   = "everyone"

[[prompt]]
id        = "week"
when      = "every Friday at 08:30"
max_late  = "6 hours"
subject   = "Your week in four lines"
questions = [
  {ask = "How was this week, 1 to 10?", answer = "rating"},
  "What got in the way?",
  {ask = "What will you do before next Friday, and when?", answer = "commitment"},
]
"""


@dataclass
class House:
    """An office with its servers; `now` is the only clock."""

    store: Store
    office: Office
    shelf: Shelf
    box: Box
    smtp: SmtpServer
    post: Post
    now: datetime
    troubles: list[MailerError] = field(default_factory=list)

    @property
    def petra(self) -> Coach:
        return self.store.petra

    @property
    def sent(self) -> list[Delivered]:
        """Every letter the SMTP server took."""
        return self.smtp.delivered

    def clock(self) -> datetime:
        return self.now

    async def once(self, at: datetime | None = None) -> list[Delivered]:
        """Does all there is to do (at that time); gives the letters that went out."""
        self.now = at or self.now
        if self.shelf.look(now=self.now):
            self.shelf.hand_to(self.office)
        before = len(self.sent)
        self.troubles = await run_once(self.office, self.post, clock=self.clock)
        return self.sent[before:]

    def add_client(self, slug: str, *, zone: str = "Europe/Lisbon", address: str = "") -> Client:
        return self.store.add_client(slug, zone=zone, address=address)

    def client(self, slug: str) -> Client:
        return self.store.db.read(clients.find_client, self.store.vault, slug)

    def entries(self, slug: str) -> list[ReplyRow]:
        """Everything in a client's threads, oldest conversation first."""
        found = self.store.db.read(journal.conversations, self.store.vault, self.client(slug).id)
        return [entry for conversation in found for entry in conversation.entries]

    def deliver(self, letter: EmailMessage | bytes) -> None:
        """Puts a letter into the account's mailbox, received at the house's own time."""
        raw = letter if isinstance(letter, bytes) else letter.as_bytes(policy=email.policy.SMTP)
        with self.box.other_program() as imap:
            imap.append("INBOX", "", imaplib.Time2Internaldate(self.now), raw)

    def join(self, slug: str, schedule: str) -> None:
        client = self.client(slug)
        self.store.db.write(enrolments.join, client.id, schedule, start=self.now.date(), now=self.now)


def reply(prompt: Delivered, text: str, *, sender: str = "", quote: bool = True) -> EmailMessage:
    """A client's answer in the way of Gmail: new words above, our letter quoted below."""
    asked = parsed(prompt)
    answer = EmailMessage()
    answer["From"] = sender or prompt.recipient
    answer["To"] = asked["Reply-To"]
    answer["Subject"] = f"Re: {asked['Subject']}"
    answer["Message-ID"] = f"<{abs(hash((prompt.raw, text)))}@mail.example.org>"
    answer["In-Reply-To"] = asked["Message-ID"]
    answer["References"] = f"{asked.get('References', '')} {asked['Message-ID']}".strip()
    answer["Date"] = asked["Date"]
    quoted = "\n".join(f"> {line}" for line in plain(prompt).splitlines())
    below = f"\n\nOn Fri, 6 Mar 2026 at 08:30, Petra Vogl <{asked['From']}> wrote:\n\n{quoted}\n" if quote else ""
    answer.set_content(text + below)
    return answer


def to(letters: list[Delivered], recipient: str) -> list[Delivered]:
    """Those of the letters that went to this address."""
    return [letter for letter in letters if letter.recipient == recipient]


def parsed(letter: Delivered) -> EmailMessage:
    """A letter as the standard library reads it."""
    read = email.message_from_bytes(letter.raw, policy=email.policy.default)
    assert isinstance(read, EmailMessage)
    return read


def plain(letter: Delivered) -> str:
    """Its text part."""
    body = parsed(letter).get_body(("plain",))
    assert body is not None
    return str(body.get_content())


@asynccontextmanager
async def running_house(
    templates: Templates, kind: str, box: Box, smtp: SmtpServer, folder: Path
) -> AsyncIterator[House]:
    """A house on this kind of database, closed afterwards."""
    store = templates.new(kind, folder, now=MONDAY)
    house = build_house(store, box, smtp, folder)
    yield house
    for transport in house.post.transports.values():
        await transport.close()
    store.close()


def build_house(store: Store, box: Box, smtp: SmtpServer, folder: Path) -> House:
    """A house with the weekly check-in on the shelf, at Monday 2 March 2026, 08:00 UTC.

    In the past, because Dovecot takes no letter from the future.
    """
    schedules = folder / "schedules"
    schedules.mkdir(exist_ok=True)
    (schedules / "weekly-checkin.toml").write_text(SCHEDULE)
    shelf = Shelf(schedules, folder / "templates")
    account = Account(
        slug="main",
        practice="vogl",
        address=box.address,
        mode=AccountMode.DEDICATED,
        smtp=smtp.account,
        imap=box.server,
    )
    office = Office(
        db=store.db,
        vault=store.vault,
        tokens=TokenKeys(current=1, secrets={1: store.vault.secret("token", "1", now=store.now)}),
        book=shelf.book,
        templates=shelf.templates,
        accounts={"vogl": account},
        practices={"vogl": "Vogl Coaching"},
        installation="test",
        client_letters_per_day=4,
    )
    shelf.hand_to(office)
    post = Post(transports={"main": transport_of(account)})
    return House(store=store, office=office, shelf=shelf, box=box, smtp=smtp, post=post, now=store.now)
