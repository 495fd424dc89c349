"""What people do to a plan: they answer, move sessions, pause, move house, and edit files. At random, and seeded."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, select

from mailer.errors import PermanentFailure
from mailer.model.filing import Origin
from mailer.model.outgoing import LetterKind, OutboxState
from mailer.model.people import (
    Client,
    ClientChanges,
    ClientState,
    Delivery,
    Form,
    NewClient,
    QuietHours,
    Session,
    SessionState,
)
from mailer.store import clients, enrolments, promises, rescheduling, schema, sessions
from mailer.store.schema import PromiseState
from tests.simulation.oracle import Oracle
from tests.simulation.practice import Practice
from tests.store.letters import arrived, file, filing_of, keep

ZONES = [
    "Europe/Lisbon", "Europe/Berlin", "Europe/Athens", "Europe/Dublin", "Africa/Cairo", "Africa/Casablanca",
    "America/New_York", "America/Los_Angeles", "America/Santiago", "America/Havana", "America/Nuuk",
    "America/Sao_Paulo", "Asia/Kathmandu", "Asia/Tokyo", "Asia/Beirut", "Asia/Jerusalem", "Australia/Lord_Howe",
    "Pacific/Auckland", "Pacific/Kiritimati", "Pacific/Pago_Pago",
]  # fmt: skip
TAGS = ("pulse", "grow", "values", "good-things", "light", "one-month-on")
EDITED = ("weekly-checkin", "wheel", "lapse-recovery", "pulse")
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
x, s, p, e = schema.outbox.c, schema.sessions.c, schema.promises.c, schema.enrolments.c


@dataclass
class Life:
    """Who is there, and what has been done so far."""

    practice: Practice
    oracle: Oracle
    texts: dict[str, str]  # the schedule files as they are when nobody meddles with them
    people: list[UUID] = field(default_factory=list)
    later: list[tuple[datetime, Callable[[], None]]] = field(default_factory=list)  # what follows from what was done
    moved: set[UUID] = field(default_factory=set)  # who has lived in two zones
    done: Counter[str] = field(default_factory=Counter)
    letters_in: int = 0

    def populate(self, number: int) -> None:
        """Clients in all zones, each on some of the programmes."""
        store, now = self.practice.store, self.practice.now
        for n in range(number):
            german = n % 6 == 5
            new = NewClient(
                slug=f"client{n}",
                name=f"Client{n} Reis",
                address=f"client{n}@example.org",
                coach="petra",
                zone=ZONES[n % len(ZONES)],
                country=("DE", "PT", "US", "")[n % 4],
                language="de" if german else "en",
                form=Form.FORMAL if n % 12 == 5 else Form.INFORMAL,
                tags=frozenset({TAGS[n % len(TAGS)], TAGS[n // 2 % len(TAGS)]}),
                variables={"goal": "going to bed before eleven"},
            )
            client = store.db.write(clients.add_client, store.vault, new, now=now)
            self.people.append(client.id)
            if n % 4 == 0:
                end = now.date() + timedelta(days=18 + n % 9 * 5)
                store.db.write(enrolments.join, client.id, "closing", start=now.date(), end=end, now=now)
            self.add_session(client)

    def something(self) -> None:
        """One thing that happens, to one client or to one file."""
        random = self.practice.random
        for one in [one for one in self.later if one[0] <= self.practice.now]:
            self.later.remove(one)
            one[1]()
        client = self.practice.client(random.choice(self.people))
        deeds: list[tuple[int, Callable[[Client], None]]] = [
            (30, self.answer), (14, self.add_session), (9, self.move_session), (7, self.cancel_session),
            (12, self.promise), (4, self.keep_promise), (4, self.pause), (2, self.stop), (2, self.lose_address),
            (4, self.move_house), (5, self.change_habits), (2, self.leave_or_join), (1, self.leave_for_good),
            (4, self.edit_a_file), (2, self.restart),
        ]  # fmt: skip
        deed = random.choices([one for _, one in deeds], [weight for weight, _ in deeds])[0]
        try:
            deed(client)
        except PermanentFailure:  # two sessions at one time, say: what a person is told, and nothing happens
            return
        self.done[deed.__name__] += 1

    def answer(self, client: Client) -> None:
        store, now = self.practice.store, self.practice.now
        origin = store.db.read(_last_letter, client)
        self.letters_in += 1
        raw = f"From: x@example.org\r\n\r\n{self.letters_in} good mornings.\r\n".encode()
        keep(store, arrived(self.letters_in, raw, at=now), now=now)
        letter = store.db.read(_kept, self.letters_in)
        assert file(store, replace(filing_of(letter, client, origin=origin), received_at=now), now=now)

    def add_session(self, client: Client) -> None:
        random, now = self.practice.random, self.practice.now
        local = (now + DAY * random.randint(0, 12)).astimezone(ZoneInfo(client.zone))
        starts = local.replace(hour=random.randint(8, 18), minute=random.choice((0, 30)), second=0, microsecond=0)
        starts = starts.astimezone(now.tzinfo)
        if starts > now:
            self.practice.store.db.write(sessions.add_session, client.id, starts, starts + HOUR, now=now)

    def move_session(self, client: Client) -> None:
        random, now = self.practice.random, self.practice.now
        for session in self._sessions_ahead(client)[:1]:
            starts = session.starts_at + HOUR * random.choice((-48, -24, -2, 1, 3, 24, 72, 168))
            if starts > now:
                self.practice.store.db.write(rescheduling.move_session, session.id, starts, starts + HOUR, now=now)

    def cancel_session(self, client: Client) -> None:
        for session in self._sessions_ahead(client)[:1]:
            self.practice.store.db.write(rescheduling.cancel_session, session.id, now=self.practice.now)

    def promise(self, client: Client) -> None:
        store, now, random = self.practice.store, self.practice.now, self.practice.random
        day = now.astimezone(ZoneInfo(client.zone)).date() + DAY * random.randint(1, 5)
        for _ in range(random.choice((1, 1, 2))):
            store.db.write(promises.add_promise, store.vault, client.id, "walk each day", due_on=day, now=now)

    def keep_promise(self, client: Client) -> None:
        store = self.practice.store
        for promise in store.db.read(_open_promises, client.id)[:1]:
            store.db.write(promises.settle_promise, promise, PromiseState.DONE, now=self.practice.now)

    def pause(self, client: Client) -> None:
        random, now = self.practice.random, self.practice.now
        if client.state is ClientState.ACTIVE:
            until = random.choice((None, now + DAY * random.randint(1, 9)))
            self._set(client.id, ClientState.PAUSED, until=until)
            if until is None:
                self.later.append((now + DAY * 5, lambda: self._set(client.id, ClientState.ACTIVE)))

    def stop(self, client: Client) -> None:
        if client.state is ClientState.ACTIVE:
            self._set(client.id, ClientState.STOPPED)
            self.later.append((self.practice.now + DAY * 6, lambda: self._set(client.id, ClientState.ACTIVE)))

    def leave_for_good(self, client: Client) -> None:
        if client.state is ClientState.ACTIVE and self.done["leave_for_good"] < 3:
            self._set(client.id, ClientState.LEFT)

    def lose_address(self, client: Client) -> None:
        db = self.practice.store.db
        db.write(clients.set_delivery, client.id, Delivery.DEAD, detail="5.1.1 no such user")
        mended = lambda: db.write(clients.set_delivery, client.id, Delivery.OK, detail="")  # noqa: E731
        self.later.append((self.practice.now + DAY * 4, mended))

    def move_house(self, client: Client) -> None:
        self.moved.add(client.id)
        self._change(client, ClientChanges(zone=self.practice.random.choice(ZONES)))

    def change_habits(self, client: Client) -> None:
        random = self.practice.random
        habits = replace(
            client.habits,
            own_time=random.choice((None, time(6, 30), time(12, 15), time(19, 45))),
            quiet_hours=random.choice((None, QuietHours(begin=time(9), end=time(16)))),
            days_off=random.choice((frozenset(), frozenset({0}), frozenset({4}))),
        )
        self._change(client, ClientChanges(habits=habits))

    def leave_or_join(self, client: Client) -> None:
        db, now = self.practice.store.db, self.practice.now
        if db.write(enrolments.leave, client.id, "wheel", now=now):
            self.oracle.forget(schedule="wheel", client=client.id, now=now)
        else:
            db.write(enrolments.join, client.id, "wheel", start=now.astimezone(ZoneInfo(client.zone)).date(), now=now)

    def restart(self, _client: Client) -> None:
        self.practice.start()

    def edit_a_file(self, _client: Client) -> None:
        random = self.practice.random
        slug = random.choice(EDITED)
        deed = random.choice((self._retime, self._retime, self._rename, self._take_away, self._break))
        deed(slug)
        self.done[deed.__name__.strip("_")] += 1

    def _retime(self, slug: str) -> None:
        """Half an hour or two hours earlier or later: for some the old time has passed today, for some the new."""
        hours, minutes = self.practice.random.choice(((0, 30), (2, 0), (0, -30), (-2, 0)))

        def other(said: re.Match[str]) -> str:
            moment = datetime(2000, 1, 1, int(said[1]), int(said[2])) + timedelta(hours=hours, minutes=minutes)
            return f"at {moment:%H:%M}"

        self.texts[slug] = re.sub(r"\bat (\d\d):(\d\d)", other, self.texts[slug])
        self.practice.edit(slug, self.texts[slug])

    def _rename(self, slug: str) -> None:
        if slug != "weekly-checkin":
            return
        number = self.done["rename"] + 1
        names = [f"week{n}" if n else "week" for n in range(number)]
        text = re.sub(r"\nid = .*(\nformerly = .*)?", "", self.texts[slug], count=1)
        former = ", ".join(f'"{name}"' for name in names)
        self.texts[slug] = text.replace("[[prompt]]", f'[[prompt]]\nid = "week{number}"\nformerly = [{former}]', 1)
        self.practice.edit(slug, self.texts[slug])

    def _take_away(self, slug: str) -> None:
        self.practice.edit(slug, None)
        self.oracle.forget(schedule=slug, now=self.practice.now)
        self.later.append((self.practice.now + DAY * 3, lambda: self.practice.edit(slug, self.texts[slug])))

    def _break(self, slug: str) -> None:
        self.practice.edit(slug, self.texts[slug][: len(self.texts[slug]) * 3 // 5] + "\n[[prompt")
        self.later.append((self.practice.now + HOUR * 30, lambda: self.practice.edit(slug, self.texts[slug])))

    def _set(self, client: UUID, state: ClientState, *, until: datetime | None = None) -> None:
        self.practice.store.db.write(clients.set_state, client, state, until=until, now=self.practice.now)

    def _change(self, client: Client, changes: ClientChanges) -> None:
        store = self.practice.store
        store.db.write(clients.edit_client, store.vault, client.id, changes, now=self.practice.now)

    def _sessions_ahead(self, client: Client) -> list[Session]:
        known = self.practice.store.db.read(sessions.sessions, client_id=client.id)
        ahead = [one for one in known if one.state is SessionState.PLANNED and one.starts_at > self.practice.now]
        self.practice.random.shuffle(ahead)
        return ahead


def _last_letter(conn: Connection, client: Client) -> Origin | None:
    query = select(x.id, x.conversation_id).where(x.client_id == client.id, x.kind == LetterKind.PROMPT)
    row = conn.execute(query.where(x.state == OutboxState.SENT).order_by(x.settled_at.desc()).limit(1)).one_or_none()
    if row is None:
        return None
    return Origin(outbox_id=row.id, client_id=client.id, coach_id=client.coach_id, conversation_id=row.conversation_id)


def _kept(conn: Connection, uid: int) -> UUID:
    found: UUID = conn.scalars(select(schema.letters.c.id).where(schema.letters.c.uid == uid)).one()
    return found


def _open_promises(conn: Connection, client: UUID) -> list[UUID]:
    return list(conn.scalars(select(p.id).where(p.client_id == client, p.state == PromiseState.OPEN)))


def first_day() -> date:
    """Before the clocks of Havana, New York, Casablanca, Nuuk, Beirut, Berlin, Santiago, Lord Howe and Cairo change."""
    return date(2027, 3, 3)
