"""How does a week pass in seconds? The clock is moved from one event to the next, and at each the program works once.

Events are the prompts of the plan (the one `mailer plan` shows), the coach's digests, and answers, which people write a
while after a letter reached them. Between events nothing can be due, so nothing is lost by skipping it.
"""

from __future__ import annotations

import heapq
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from itertools import count
from zoneinfo import ZoneInfo

from mailer.engine.once import Post, run_once
from mailer.errors import MailerError
from mailer.flow.office import Office
from mailer.model.report import EntryKind, ReplyRow
from mailer.sandbox.installation import DIGEST_AT
from mailer.sandbox.people import CAST, COACH, COACH_ZONE, Person, answer
from mailer.sandbox.post_office import Delivered, PostOffice, owner
from mailer.sandbox.programs import opened
from mailer.sandbox.stage import Stage
from mailer.schedule.plan import upcoming
from mailer.store import clients, journal, planning

BEGINS = datetime(2027, 2, 28, 18, 0, tzinfo=ZoneInfo(COACH_ZONE))  # a Sunday evening, before Monday in Auckland
ENDS = datetime(2027, 3, 6, 7, 1, tzinfo=ZoneInfo(COACH_ZONE))  # Saturday, when the digest of Friday is there

_BY_ADDRESS = {person.address.address: person for person in CAST}


@dataclass(kw_only=True)
class Clock:
    """A clock that stands still until it is moved."""

    now: datetime

    def __call__(self) -> datetime:
        return self.now


@dataclass(frozen=True, slots=True, order=True)
class Sending:
    """One letter of the plan: when, to whom, of which prompt."""

    at: datetime
    slug: str
    prompt: str  # "weekly-checkin/week"


@dataclass(kw_only=True)
class Week:
    """The week as it passes, and what is known of it afterwards."""

    office: Office
    post: Post
    post_office: PostOffice
    clock: Clock
    stage: Stage
    lost: str = ""  # whose last answer never arrives
    plan: tuple[Sending, ...] = ()
    troubles: list[MailerError] = field(default_factory=list)
    _events: list[tuple[datetime, int, tuple[Person, int] | None]] = field(default_factory=list)
    _order: Iterator[int] = field(default_factory=count)
    _got: Counter[str] = field(default_factory=Counter)
    _seen: set[str] = field(default_factory=set)

    async def pass_by(self) -> None:
        """Lets the whole week pass."""
        await self._work()
        self.plan = await self._planned()
        for moment in {one.at for one in self.plan} | set(digest_times()):
            self._expect(moment)
        while self._events:
            at, _, writing = heapq.heappop(self._events)
            self.clock.now = at
            if writing is not None:
                person, number = writing
                await answer(self.post_office, person, number=number)
            await self._work()
            await self._work()  # as when a bell rings twice: nothing more may come of it
            await self._show_unsent()

    async def _work(self) -> None:
        """The program does all there is to do; then what happened is shown, and people begin to think of an answer."""
        known = len(self.post_office.delivered)
        self.troubles += await run_once(self.office, self.post, clock=self.clock)
        await self._show_filed()
        for letter in self.post_office.delivered[known:]:
            await self._arrived(letter)

    async def _planned(self) -> tuple[Sending, ...]:
        """What will be sent this week, as things stand."""
        office, now = self.office, self.clock()
        found = []
        for facts in await office.db.look(planning.all_facts, office.vault, now=now, traits=True):
            for decision in upcoming(office.book, office.rules, facts, now=now, until=ENDS):
                if decision.skip is None:
                    due = decision.due
                    found.append(Sending(due.at, facts.client.slug, f"{due.schedule}/{due.prompt}"))
        return tuple(sorted(found))

    async def _arrived(self, letter: Delivered) -> None:
        """A letter of the program's reached somebody."""
        subject = opened(letter.raw).subject
        if owner(letter.recipient) == COACH.address:
            await self.stage.line(letter.at, COACH_ZONE, "→", "Petra", f"digest: {subject}", style="cyan")
            return
        person = _BY_ADDRESS[owner(letter.recipient)]
        await self.stage.line(letter.at, person.new.zone, "→", person.first_name, subject)
        number = self._got[person.new.slug]
        self._got[person.new.slug] += 1
        is_lost = person.new.slug == self.lost and number == len(person.says) - 1
        if number < len(person.says) and not is_lost:
            self._expect(letter.at + person.says[number].after, writing=(person, number))

    async def _show_filed(self) -> None:
        """What became of letters that came in since the last look."""
        for person in CAST:
            client = await self.office.db.look(clients.find_client, self.office.vault, person.new.slug)
            for entry in await entries(self.office, client.slug):
                if entry.kind is not EntryKind.PROMPT and str(entry.entry_id) not in self._seen:
                    self._seen.add(str(entry.entry_id))
                    await self.stage.line(
                        entry.received_at,
                        person.new.zone,
                        "←",
                        person.first_name,
                        _became(entry, person),
                        style="green",
                    )

    async def _show_unsent(self) -> None:
        """Whoever the plan named for this minute and got nothing, since they asked for a break after it was made."""
        for one in self.plan:
            if one.at == self.clock.now and not self._has_got(one):
                person = next(each for each in CAST if each.new.slug == one.slug)
                await self.stage.line(
                    one.at, person.new.zone, "·", person.first_name, "nothing: on a break", style="dim"
                )

    def _has_got(self, one: Sending) -> bool:
        delivered = self.post_office.delivered
        return any(each.at == one.at and _slug_of(each) == one.slug for each in delivered)

    def _expect(self, at: datetime, *, writing: tuple[Person, int] | None = None) -> None:
        heapq.heappush(self._events, (at, next(self._order), writing))


async def entries(office: Office, slug: str) -> list[ReplyRow]:
    """All entries of a client, conversation by conversation."""
    client = await office.db.look(clients.find_client, office.vault, slug)
    found = await office.db.look(journal.conversations, office.vault, client.id)
    return [entry for conversation in found for entry in conversation.entries]


def _slug_of(letter: Delivered) -> str:
    person = _BY_ADDRESS.get(owner(letter.recipient))
    return person.new.slug if person else ""


def digest_times() -> Iterator[datetime]:
    """Every morning of the week at which the coach's digest is due."""
    zone = ZoneInfo(COACH_ZONE)
    day = BEGINS.date()
    while day <= ENDS.date():
        at = datetime.combine(day, time.fromisoformat(DIGEST_AT), zone)
        if BEGINS <= at <= ENDS:
            yield at
        day += timedelta(days=1)


def _became(entry: ReplyRow, person: Person) -> str:
    match entry.kind:
        case EntryKind.REPLY:
            ratings = [f"{one.value:g}" for one in entry.answers if isinstance(one.value, float)]
            rated = f", rating {ratings[0]}" if ratings else ""
            answers = f"{len(entry.answers)} of {len(entry.questions)} filed{rated}"
            return f"answers in {person.program_name}: {answers}"
        case EntryKind.AUTO_REPLY:
            return "is away, says a server: not taken for an answer"
        case EntryKind.STEERING:
            return f"writes “{entry.text}”: obeyed"
        case _:
            return f"{entry.kind.value}: {entry.subject}"
