"""A practice that an operator runs at the terminal, and the days that pass there.

Everything is typed: `mailer client import`, `session add`, `ask`, `plan`, `once`. Letters go by SMTP to a post office
on the loopback; replies are read there by IMAP. Only the clock of the machine is not real: it shows the story's time.
"""

from __future__ import annotations

import asyncio
import email
import email.policy
import os
import re
import shutil
import smtplib
import threading
import tomllib
from collections.abc import Callable, Coroutine, Iterable, Iterator, Sequence
from contextlib import AsyncExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from email.message import EmailMessage
from pathlib import Path
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

import pytest

from mailer.cli.desk import local
from mailer.config import load_config
from mailer.engine.opening import open_office
from mailer.engine.post import sender_of, transport_of
from mailer.flow.clock_sense import doubt
from mailer.flow.deliver import deliver_some
from mailer.flow.enqueue import plan_some, take_in_book
from mailer.flow.tidy import put_right
from mailer.sandbox.post_office import Delivered, PostOffice, open_post_office
from tests.cli.operator import Operator, Said

T = TypeVar("T")

STORIES = Path(__file__).parent
ACCOUNT = "letters@example.org"
PETRA = "petra@coach.example.org"
DAY = timedelta(days=1)
BETWEEN = timedelta(hours=29)  # the program also looks when nothing is planned, at another hour each time


@dataclass
class Clock:
    """What the clock of the machine shows."""

    now: datetime

    def __call__(self) -> datetime:
        return self.now


@dataclass(frozen=True, slots=True, order=True)
class Letter:
    """A letter as people speak of it: when it came by the client's own clock, to whom, and which prompt it was."""

    at: datetime
    client: str
    prompt: str  # "twelve-weeks/prep"
    zone: str  # where the client lives when it comes

    @property
    def day(self) -> str:
        """Its day where the client lives."""
        return self.at.astimezone(ZoneInfo(self.zone)).date().isoformat()

    def __str__(self) -> str:
        return f"{local(self.at, self.zone)}  {self.client:6}  {self.prompt.partition('/')[2]}"


@dataclass
class Practice:
    """A folder with schedules, people who write letters, and a clock that the story sets."""

    operator: Operator
    clock: Clock
    post: PostOffice
    _seen: int = 0
    _known: dict[str, tuple[str, str]] = field(default_factory=dict)  # emptied where a command may change it

    def type(self, line: str, *more: str) -> Said:
        """Types a command."""
        if line.startswith("client "):
            self._known = {}
        return self.operator.type(line, *more)

    def done(self, line: str, *more: str) -> str:
        """Types a command that must work; what it printed."""
        said = self.type(line, *more)
        assert (said.code, said.err) == (0, ""), said
        return said.out

    def write(self, name: str, text: str) -> None:
        """Saves a file a minute ago, by the story's clock."""
        self.operator.write(name, text)
        then = (self.clock.now - timedelta(minutes=1)).timestamp()
        os.utime(self.operator.folder / name, (then, then))

    def change(self, name: str, old: str, new: str) -> None:
        """Edits a file."""
        text = (self.operator.folder / name).read_text("utf-8")
        assert old in text
        self.write(name, text.replace(old, new))

    def plan(self, *, days: int, client: str = "") -> list[dict[str, Any]]:
        """What `mailer plan --json` shows, sends and non-sends."""
        only = f" --client {client}" if client else ""
        said = self.type(f"plan --json --days {days}{only}")
        assert said.code == 0, said.err
        rows: list[dict[str, Any]] = said.json
        return rows

    def once(self) -> list[Letter]:
        """Types `mailer once`; the letters that clients got of it."""
        said = self.type("once")
        assert said.code == 0, said.err
        return self._arrived()

    def pass_time(self, until: datetime) -> Passed:
        """Lets time pass as under `mailer run`: at work at every moment of the plan, and between; then `mailer once`.

        The plan is read at the beginning, and nobody interferes meanwhile.
        """
        now = self.clock.now
        days = -(-(until - now) // DAY)
        rows = [row for row in self.plan(days=max(days, 1)) if instant(row) <= until]
        idle = {now + number * BETWEEN for number in range(1, (until - now) // BETWEEN)}
        asyncio.run(self._work(sorted({*map(instant, rows), *idle})))
        self.clock.now = until
        sent = self.once()
        return Passed(rows, sorted(as_letter(row) for row in rows if row["send"]), sorted(sent))

    async def _work(self, moments: Sequence[datetime]) -> None:
        """What the running program does at each of these moments; the mailbox is read by the `mailer once` after it."""
        settings = load_config(self.operator.folder / "config.toml", env=self.operator.env)
        with open_office(settings, now=self.clock.now) as (office, _):
            [account] = office.accounts.values()
            transport = transport_of(account)
            sender = sender_of(account, transport=transport, clock=self.clock)
            for moment in moments:
                self.clock.now = moment
                assert await doubt(office, now=moment) == ""
                await put_right(office, now=moment)
                await take_in_book(office, now=moment)
                while await plan_some(office, now=moment):
                    pass
                while await deliver_some(office, sender):
                    pass
            await transport.close()

    def letter_to(self, client: str, prompt: str) -> Delivered:
        """The newest letter of a prompt that a client got."""
        subjects = {subject for subject, name in self.subjects.items() if name == prompt}
        theirs = [one for one in self.post.delivered if one.recipient == self.address(client)]
        return next(one for one in reversed(theirs) if parsed_of(one)["Subject"] in subjects)

    def answer(self, client: str, prompt: str, text: str) -> None:
        """A client presses Reply; the answer lies in the mailbox."""
        asked = parsed_of(self.letter_to(client, prompt))
        reply = EmailMessage()
        reply["From"], reply["To"] = self.address(client), asked["Reply-To"]
        reply["Subject"] = f"Re: {asked['Subject']}"
        reply["Message-ID"] = f"<{client}-{self.clock.now:%Y%m%d%H%M}@mail.example.org>"
        reply["In-Reply-To"] = reply["References"] = asked["Message-ID"]
        reply.set_content(text)
        with smtplib.SMTP("127.0.0.1", self.post.smtp.port) as smtp:
            smtp.send_message(reply)

    def address(self, client: str) -> str:
        """Where a client's letters go."""
        return next(address for address, (slug, _) in self._people().items() if slug == client)

    @property
    def subjects(self) -> dict[str, str]:
        """Which prompt a subject belongs to, as the schedules say."""
        found: dict[str, str] = {}
        for file in (self.operator.folder / "schedules").glob("*.toml"):
            for prompt in tomllib.loads(file.read_text("utf-8"))["prompt"]:
                subject = prompt["subject"]
                for text in [subject] if isinstance(subject, str) else subject.values():
                    said = text.replace("{{ coach.first_name }}", "Petra")
                    assert found.setdefault(said, name := f"{file.stem}/{prompt['id']}") == name, text
        return found

    def _arrived(self) -> list[Letter]:
        """What clients got since this was last asked."""
        new, self._seen = self.post.delivered[self._seen :], len(self.post.delivered)
        subjects, people = self.subjects, self._people()
        letters = [(one.at, *people[one.recipient], one) for one in new if one.recipient in people]
        return [Letter(at, slug, subjects[parsed_of(one)["Subject"]], zone) for at, slug, zone, one in letters]

    def _people(self) -> dict[str, tuple[str, str]]:
        """Short name and zone of each client, by address."""
        if not self._known:
            known = self.type("client list --json").json
            self._known = {one["address"]: (one["slug"], one["zone"]) for one in known}
        return self._known


@dataclass(frozen=True)
class Passed:
    """Some days: what the plan had shown of them, and what came."""

    rows: list[dict[str, Any]]
    shown: list[Letter]
    sent: list[Letter]


def instant(row: dict[str, Any]) -> datetime:
    """When a row of the plan is due."""
    return datetime.fromisoformat(row["utc"])


def as_letter(row: dict[str, Any]) -> Letter:
    """A row of the plan as the letter it promises."""
    return Letter(instant(row), row["client"], f"{row['schedule']}/{row['prompt']}", row["zone"])


def diary(rows: Iterable[dict[str, Any]]) -> list[str]:
    """Rows of the plan as one would write them into a diary; what does not go has its reason behind it."""
    return [str(as_letter(row)) + ("" if row["send"] else f"  no: {row['skip']}") for row in rows]


def came(letters: Iterable[Letter]) -> list[str]:
    """Letters as they would stand in the same diary."""
    return [str(one) for one in letters]


def lines(printed: str) -> list[str]:
    """The lines of a printed table, one blank between cells; ids of sessions and promises, new each time, as a word."""
    return [re.sub(r"/[0-9a-f]{8}(?= )", "/(session)", " ".join(line.split())) for line in printed.splitlines()]


def parsed_of(letter: Delivered) -> EmailMessage:
    """A letter as the standard library reads it."""
    read = email.message_from_bytes(letter.raw, policy=email.policy.default)
    assert isinstance(read, EmailMessage)
    return read


def text_of(letter: Delivered) -> str:
    """Its plain text, as a person reads it."""
    body = parsed_of(letter).get_body(("plain",))
    assert body is not None
    return str(body.get_content()).replace("\r\n", "\n")


@contextmanager
def open_practice(
    story: str,
    people: Sequence[str],
    made: Path,
    folder: Path,
    *,
    at: datetime,
    monkeypatch: pytest.MonkeyPatch,
    capsys: Any,
) -> Iterator[Practice]:
    """The practice of a story, in a folder of its own, on the day it begins."""
    clock = Clock(at)
    shutil.copytree(made, folder)
    shutil.rmtree(folder / "schedules")
    shutil.copytree(STORIES / story / "schedules", folder / "schedules")
    for spreadsheet in (STORIES / story).glob("*.csv"):
        shutil.copy(spreadsheet, folder)
    addresses = [ACCOUNT, PETRA, *dict.fromkeys(f"{one}@example.org" for one in people)]
    with _post_office(addresses, clock) as post:
        imap = post.mailboxes[ACCOUNT]
        config = (STORIES / story / "config.toml").read_text("utf-8")
        config = config.replace("port = 2525", f"port = {post.smtp.port}").replace("port = 1143", f"port = {imap.port}")
        (folder / "config.toml").write_text(config, "utf-8")
        env = {"MAILER_PASSWORD": imap.password.reveal() if imap.password else ""}
        yield Practice(Operator(folder, monkeypatch, capsys, env=env, clock=clock), clock, post)


@contextmanager
def _post_office(addresses: Sequence[str], clock: Callable[[], datetime]) -> Iterator[PostOffice]:
    """A post office in a thread of its own: the commands have their own event loops."""
    loop, stack = asyncio.new_event_loop(), AsyncExitStack()
    thread = threading.Thread(target=loop.run_forever, name="post office")
    thread.start()

    def wait_for(work: Coroutine[Any, Any, T]) -> T:
        return asyncio.run_coroutine_threadsafe(work, loop).result(timeout=10)

    try:
        yield wait_for(stack.enter_async_context(open_post_office(addresses, clock=clock)))
    finally:
        wait_for(stack.aclose())
        loop.call_soon_threadsafe(loop.stop)
        thread.join(timeout=10)
        loop.close()
