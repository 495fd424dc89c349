"""A whole practice on a clock that the test moves: real store, planner and sender, and a post that takes notes.

Between two moments at which something is due nothing can happen, so the clock goes from one to the next, and comes a
moment late, as every planner does. Before each, what `mailer plan` shows is noted; afterwards what was written down and
what was sent must be exactly that.
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Row, func, select

from mailer.engine.planning import Planning
from mailer.engine.shelf import Shelf
from mailer.flow.deliver import Sender, deliver_some
from mailer.flow.enqueue import take_in_book
from mailer.flow.office import Office
from mailer.flow.planned import planned
from mailer.flow.tidy import put_right
from mailer.message.token import TokenKeys
from mailer.model.outgoing import BeforeData, Deferred, LetterKind, OutboxState, Outcome, Sent, Transport, WireLetter
from mailer.model.people import Client
from mailer.model.places import Account, AccountMode, Security, Server
from mailer.schedule.quiet import PlanRules
from mailer.store import clients, planning, schema
from tests.stores import Store

o, x, e, c = schema.occurrences.c, schema.outbox.c, schema.enrolments.c, schema.clients.c
Line = tuple[UUID, str, str, str, datetime, str]  # client, schedule, prompt, anchor, when, "send" or why not


@dataclass
class Post:
    """Takes every letter, and keeps when it went to whom."""

    sent: list[tuple[str, str]] = field(default_factory=list)  # Message-ID, recipient

    @property
    def after_dot(self) -> bool:
        return False

    def connections(self, count: int) -> Sequence[Transport]:
        return [self][:count]

    async def send(self, letter: WireLetter, *, before_data: BeforeData) -> Outcome:
        if not await before_data():
            return Deferred(code=0, status="", reply="someone else has it")
        self.sent.append((letter.message_id, letter.recipient))
        return Sent(code=250, reply="taken")

    async def close(self) -> None:
        """Nothing is open."""


@dataclass
class Practice:
    """The installation, its folder of schedules, and what has happened in it so far."""

    store: Store
    schedules: Path
    rules: PlanRules
    now: datetime
    random: Random
    post: Post = field(default_factory=Post)
    seen_at: datetime = field(init=False)  # the moment the plan was looked at last: everything before it is decided
    office: Office = field(init=False)
    planning: Planning = field(init=False)
    reader: Shelf = field(init=False)  # who looks at the plan reads the files as well
    outcomes: Counter[str] = field(default_factory=Counter)
    went: set[tuple[UUID, str, str, str]] = field(default_factory=set)  # every occurrence whose letter was sent
    wakes: int = 0

    def __post_init__(self) -> None:
        self.seen_at = self.now
        self.reader = self._shelf()
        self.start()

    def start(self) -> None:
        """As after a restart: everything is read anew from the files and the database."""
        shelf, account = self._shelf(), _account()
        self.office = Office(
            db=self.store.db,
            vault=self.store.vault,
            tokens=TokenKeys(current=1, secrets={1: self.store.vault.secret("token", "1", now=self.store.now)}),
            book=shelf.book,
            templates=shelf.templates,
            accounts={"vogl": account},
            practices={"vogl": "Vogl Coaching"},
            installation="test",
            client_letters_per_day=50,
            rules=self.rules,
            random=Random(1),
        )
        shelf.hand_to(self.office)
        self.planning = Planning(self.office, shelf)

    def _shelf(self) -> Shelf:
        good = self.store.db.read(planning.last_good)
        return Shelf(self.schedules, self.schedules.parent / "templates", last_good=good)

    def clock(self) -> datetime:
        return self.now

    def edit(self, slug: str, text: str | None) -> None:
        """Writes a schedule file, or takes it away, as an operator did a moment ago."""
        path = self.schedules / f"{slug}.toml"
        if text is None:
            path.unlink(missing_ok=True)
        else:
            path.write_text(text, "utf-8")
        moment = (self.now - timedelta(seconds=3)).timestamp()
        for one in (path, self.schedules):
            if one.exists():
                os.utime(one, (moment, moment))

    def client(self, identity: UUID) -> Client:
        return self.store.db.read(clients.client, self.store.vault, identity)

    def next_wake(self) -> datetime | None:
        """When the planner or the sender has something to do, and a moment more."""
        found = self.store.db.read(_next_due)
        return None if found is None else max(found, self.now) + timedelta(seconds=self.random.uniform(0.1, 4))

    async def wake(self, at: datetime, *, overslept: bool = False) -> None:
        """Does what there is to do, and holds it against what the plan showed the moment before."""
        self.now, self.wakes = at, self.wakes + 1
        looked_at = at if overslept else self.seen_at
        shown = await self._shown(looked_at)
        sent_before = len(self.post.sent)
        await put_right(self.office, now=at)
        sender = Sender(account=self.office.accounts["vogl"], transport=self.post, owner="simulation", clock=self.clock)
        busy = True
        while busy:
            busy = False
            while await self.planning.step(now=at):
                busy = True
            while await deliver_some(self.office, sender):
                busy = True
        self.seen_at = at
        decided, letters = self.store.db.read(_done_at, at)
        self._compare(shown, decided, letters, self.post.sent[sent_before:])

    async def _shown(self, looked_at: datetime) -> set[Line]:
        """What the plan shows of everyone of whom anything is due or has changed."""
        if self.reader.look(now=self.now):  # an edited file is noted before anyone looks
            self.reader.hand_to(self.office)
            await take_in_book(self.office, now=self.now)
        due = self.store.db.read(_due_clients, self.now)
        who = [self.client(identity) for identity in due]
        return {_line(one.client.id, one.decision) for one in planned(self.office, who, now=looked_at, until=self.now)}

    def _compare(
        self, shown: set[Line], decided: list[Row[Any]], letters: list[Row[Any]], posted: list[tuple[str, str]]
    ) -> None:
        done = {_row_line(row) for row in decided}
        assert done == shown, f"at {self.now}: not shown {sorted(done - shown)}, not done {sorted(shown - done)}"
        sends = {line[:4] for line in done if line[5] == "send"}
        went = [(row.client_id, row.schedule, row.prompt, row.anchor) for row in letters]
        assert set(went) == sends, f"at {self.now}: {sends ^ set(went)}"
        to_clients = [one for one, recipient in posted if recipient != self.store.petra.address]  # she gets notices
        assert sorted(to_clients) == sorted(row.message_id for row in letters)
        for key in went:
            canonical = (key[0], key[1], self._canonical(key[1], key[2]), key[3])
            assert canonical not in self.went, f"twice: {canonical}"
            self.went.add(canonical)
        for row in decided:
            assert row.state == schema.OccurrenceState.QUEUED or row.detail.endswith("."), row
        self.outcomes.update(line[5] for line in done)

    def _canonical(self, schedule: str, prompt: str) -> str:
        """The same name for all that a prompt has been called."""
        return min(self.office.book.schedules[schedule].prompt(prompt).names)


def _account() -> Account:
    server = Server(host="127.0.0.1", port=1, security=Security.NONE)
    return Account(
        slug="main", practice="vogl", address="letters@example.org", mode=AccountMode.DEDICATED, smtp=server,
        imap=server, letters_per_day=100_000,
    )  # fmt: skip


def _line(client: UUID, decision: Any) -> Line:
    due = decision.due
    return (client, due.schedule, due.prompt, due.anchor, due.at, str(decision.skip or "send"))


def _row_line(row: Row[Any]) -> Line:
    skipped = row.state == schema.OccurrenceState.SKIPPED
    return (row.client_id, row.schedule, row.prompt, row.anchor, row.due_at, row.reason if skipped else "send")


def _due_clients(conn: Connection, now: datetime) -> list[UUID]:
    due = e.left_at.is_(None) & (e.next_due_at.is_(None) | (e.next_due_at <= now))
    return list(conn.scalars(select(e.client_id).where(due).distinct()))


def _next_due(conn: Connection) -> datetime | None:
    soonest: datetime | None = conn.scalar(select(func.min(e.next_due_at)).where(e.left_at.is_(None)))
    return soonest


def _done_at(conn: Connection, now: datetime) -> tuple[list[Row[Any]], list[Row[Any]]]:
    decided = conn.execute(select(schema.occurrences).where(o.decided_at == now)).all()
    sent = (
        select(x.client_id, x.message_id, o.schedule, o.prompt, o.anchor)
        .join(schema.occurrences, x.occurrence_id == o.id)
        .where(x.kind == LetterKind.PROMPT, x.state == OutboxState.SENT, x.settled_at == now)
    )
    return [*decided], [*conn.execute(sent)]
