"""Where the killing happens: an installation a week old, copied for each test.

Week one went well: seven clients were asked on Friday. For week two six are due again on Friday at 08:30; four of them
have answered, the seventh has written STOP, and nobody has read any of it. A digest is due as well. So one round of the
program has to keep and file five letters, obey one of them, write six prompts, a confirmation and a digest.
"""

from __future__ import annotations

import time
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from mailer.config import load_config
from mailer.engine.opening import open_office
from mailer.model.people import NewClient
from mailer.secrets import write_master_key
from mailer.store import clients
from mailer.store.migrate import DATA, KEYS
from tests.house import MONDAY, SCHEDULE, reply, to
from tests.kill.driver import LOG, once
from tests.kill.process import Running, Work
from tests.servers.dovecot import Box
from tests.servers.scripted_smtp import ScriptedSmtp, Taken
from tests.servers.smtp import Delivered
from tests.stores import MASTER, Templates

WEEK_ONE = datetime(2026, 3, 6, 8, 30, tzinfo=UTC)
THURSDAY = datetime(2026, 3, 12, 8, 0, tzinfo=UTC)
WEEK_TWO = datetime(2026, 3, 13, 8, 30, tzinfo=UTC)
SATURDAY = datetime(2026, 3, 14, 8, 0, tzinfo=UTC)
LEASES_END = timedelta(minutes=31)  # what was claimed, being read or being sent when its process died is free again

DUE = ("ana", "bela", "chen", "dana", "eve", "finn")
ANSWERED = DUE[:4]
STOPPED = "gus"
PETRA = "petra@coach.example.org"

CONFIG = """
[[practice]]
id = "vogl"
title = "Vogl Coaching"

[[coach]]
id = "petra"
name = "Petra Vogl"
email = "petra@coach.example.org"
zone = "Europe/Berlin"
digest_at = "{digest_at}"

[[account]]
id = "main"
address = "{box.address}"
password_file = "mail.password"
connections = {connections}

[account.smtp]
host = "127.0.0.1"
port = {smtp}
security = "none"
user = "{box.address}"

[account.imap]
host = "127.0.0.1"
port = {imap}
security = "none"
user = "{box.address}"

[store]
url = "{data}"
keys_url = "{keys}"

[limits]
client_letters_per_day = 8

[engine]
plan_seconds = 5
shutdown_grace_seconds = {grace}
"""


@dataclass(kw_only=True)
class Installation:
    """A folder with all an installation has, and its servers."""

    folder: Path
    box: Box
    urls: dict[str, str]
    smtp: ScriptedSmtp
    imap_port: int = 0  # 0: Dovecot's own; else that of something between
    running: list[Running] = field(default_factory=list)
    grace_seconds: int = 20
    schedule: str = SCHEDULE
    digest_at: str = "07:00"
    connections: int = 1  # one: the letters of a test stand in a row

    @property
    def config(self) -> Path:
        return self.folder / "config.toml"

    def settle(self) -> None:
        """Writes the files that are not there yet, and config.toml as things stand."""
        (self.folder / "schedules").mkdir(exist_ok=True)
        if not (self.folder / "master.key").exists():
            write_master_key(self.folder / "master.key", MASTER)
            (self.folder / "schedules" / "weekly-checkin.toml").write_text(self.schedule)
        password = self.folder / "mail.password"
        assert self.box.server.password is not None
        password.write_text(self.box.server.password.reveal())
        password.chmod(0o600)
        self.config.write_text(
            CONFIG.format(
                box=self.box,
                smtp=self.smtp.account().port,
                imap=self.imap_port or self.box.dovecot.imap_port,
                data=_without_password(self.urls[DATA]),
                keys=_without_password(self.urls[KEYS]),
                grace=self.grace_seconds,
                digest_at=self.digest_at,
                connections=self.connections,
            )
        )

    def start(self, at: datetime, work: Work = once) -> Running:
        """A process at work here."""
        process = Running(work, self.config, at)
        self.running.append(process)
        return process

    @property
    def log(self) -> str:
        """What its processes said."""
        return (self.folder / LOG).read_text() if (self.folder / LOG).exists() else ""

    async def round(self, at: datetime) -> None:
        """One round, undisturbed."""
        code = await self.start(at).ended()
        assert code == 0, self.log

    def add_clients(self, slugs: Iterable[str], *, now: datetime) -> None:
        with open_office(load_config(self.config, env={}), now=now) as (office, _):
            for slug in slugs:
                new = NewClient(
                    slug=slug,
                    name=f"{slug.title()} Reis",
                    address=f"{slug}@example.org",
                    coach="petra",
                    zone="Europe/Lisbon",
                )
                office.db.write(clients.add_client, office.vault, new, now=now)

    async def close(self) -> None:
        for process in self.running:
            await process.close()


@dataclass(kw_only=True)
class WeekOld:
    """Week one on one kind of database, to be copied."""

    kind: str
    folder: Path
    box: Box
    urls: dict[str, str]
    replies: list[bytes]


class Beginnings:
    """One week-old installation of each kind, made when it is first asked for."""

    def __init__(self, templates: Templates, folder: Path) -> None:
        self._templates, self._folder = templates, folder
        self._made: dict[str, WeekOld] = {}
        self._seconds: dict[str, float] = {}
        self.prompts: list[Delivered] = []  # of week one, of the kind made last

    async def round_seconds(self, kind: str, folder: Path, box: Box) -> float:
        """How long an undisturbed round of week two takes here and now."""
        if kind not in self._seconds:
            async with ScriptedSmtp() as smtp:
                place = await self.copy(kind, folder, box, smtp)
                process = place.start(WEEK_TWO)
                await process.begun()
                start = time.monotonic()
                assert await process.ended() == 0
                self._seconds[kind] = time.monotonic() - start
                await place.close()
        return self._seconds[kind]

    async def copy(self, kind: str, folder: Path, box: Box, smtp: ScriptedSmtp) -> Installation:
        """A week-old installation in this folder, whose mailbox holds five letters that nobody has read.

        The box is used by the first copy of its kind and by all that follow: its numbers are the cursor's.
        """
        old = self._made.get(kind) or await self._make(kind, box)
        urls = self._templates.copies(old.urls, _made(folder))
        place = Installation(folder=folder, box=old.box, urls=urls, smtp=smtp)
        with old.box.other_program() as imap:
            _, [count] = imap.select("INBOX")
            if count and int(count):
                imap.store("1:*", "+FLAGS", r"(\Deleted)")
                imap.expunge()
        old.box.append(old.replies)
        place.settle()
        return place

    async def _make(self, kind: str, box: Box) -> WeekOld:
        folder = _made(self._folder / kind)
        async with ScriptedSmtp() as smtp:
            place = Installation(folder=folder, box=box, urls=self._templates.urls(kind, folder), smtp=smtp)
            place.settle()
            place.add_clients((*DUE, STOPPED), now=MONDAY)
            for moment in (MONDAY, WEEK_ONE, THURSDAY):
                await place.round(moment)
            await place.close()
            self.prompts = [delivered(taken) for taken in smtp.letters]
        replies = []
        for slug in (*ANSWERED, STOPPED):
            [prompt] = to(self.prompts, f"{slug}@example.org")
            replies.append(reply(prompt, words(slug)).as_bytes())
        self._made[kind] = WeekOld(kind=kind, folder=folder, box=box, urls=place.urls, replies=replies)
        return self._made[kind]


def words(slug: str) -> str:
    """What a client writes: answers to all three questions, or the one word."""
    if slug == STOPPED:
        return "STOP"
    return f"1. {7 + DUE.index(slug) % 3}\n\n2. {obstacle(slug)}\n\n3. I'll talk to Lee on Monday."


def obstacle(slug: str) -> str:
    """A sentence that only this client writes."""
    return f"The dog of {slug.title()} was ill."


def delivered(taken: Taken) -> Delivered:
    """A letter the scripted server took, as the other server would tell of it."""
    recipient = taken.rcpt.partition("<")[2].partition(">")[0]
    return Delivered(sender="", recipient=recipient, raw=taken.raw, options=(), encrypted=False, user="")


def _made(folder: Path) -> Path:
    folder.mkdir(exist_ok=True)
    return folder


def _without_password(url: str) -> str:
    return url.replace("postgresql+psycopg://postgres:@", "postgresql://postgres@")
