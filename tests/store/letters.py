"""Letters in every state, for the tests of the store: wanted, claimed, written, sent, arrived."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Row, Table, select

from mailer.model.filing import Arrived, Filing, Origin, Whose
from mailer.model.incoming import Kind
from mailer.model.outgoing import ClaimedLetter, FixedBytes, LetterKind, Outcome, Sent, WireLetter
from mailer.model.people import Client
from mailer.model.plan import ClientFacts, Decision, Due, Planned
from mailer.model.report import EntryKind
from mailer.store import claiming, enrolments, filing, inbox, outbox, planning, schema, settlement
from mailer.store.claiming import ClaimRules
from mailer.store.inbox import Folder
from mailer.store.outbox import NewLetter
from mailer.store.settlement import Attempt
from tests.stores import NOW, Store

OWNER = "sender 1"
INBOX_VALIDITY = 7
ACCEPTED = Sent(code=250, reply="queued")


def rules(
    owner: str = OWNER, *, limit: int = 20, per_day: int = 50, allowance: int | None = None, a_minute: int | None = None
) -> ClaimRules:
    """A claim that takes what there is, with a lease of a quarter of an hour; `per_day` is for each client."""
    return ClaimRules(
        owner=owner, lease_seconds=900, limit=limit, client_letters_per_day=per_day, letters_per_day=allowance,
        letters_per_minute=a_minute,
    )  # fmt: skip


def due_at(moment: datetime, *, anchor: str = "2027-03-01", prompt: str = "week", hours: int = 6) -> Due:
    """One prompt of the schedule "weekly", timely for a few hours."""
    return Due(
        schedule="weekly",
        prompt=prompt,
        anchor=anchor,
        local=moment,
        at=moment,
        until=moment + timedelta(hours=hours),
        reason="every Monday at 08:00",
    )


def deciding(*decisions: Decision, next_due_at: datetime | None = None) -> planning.Planner:
    """A planner that decides these for each enrolment, whatever the facts."""

    def planner(facts: ClientFacts) -> tuple[Planned, ...]:
        return tuple(
            Planned(enrolment_id=one.enrolment.id, decisions=decisions, next_due_at=next_due_at)
            for one in facts.enrolments
        )

    return planner


def enrolled(store: Store, slug: str = "dana", *schedules: str, now: datetime = NOW) -> Client:
    """A client on these schedules: on "weekly", where none is named."""
    client = store.add_client(slug)
    for schedule in schedules or ("weekly",):
        store.db.write(enrolments.join, client.id, schedule, start=date(2027, 3, 1), now=now)
    return client


def want_prompt(
    store: Store, client: Client, *, anchor: str = "2027-03-01", hours: int = 6, now: datetime = NOW
) -> UUID:
    """The outbox row of a prompt that was planned for this client."""
    store.db.write(enrolments.join, client.id, "weekly", start=date(2027, 3, 1), now=now)
    store.db.write(planning.plan_all_anew)
    due = due_at(now, anchor=anchor, hours=hours)

    def only_this_client(facts: ClientFacts) -> tuple[Planned, ...]:
        mine = facts.client.id == client.id
        return deciding(*((Decision(due=due),) if mine else ()))(facts)

    store.db.write(planning.plan_next, store.vault, only_this_client, now=now)
    return one_value(store, _outbox_of_anchor, client.id, anchor)


def want_notice(store: Store, cause: str, *, due: datetime = NOW, hours: int = 6) -> UUID | None:
    """The outbox row of a notice to Petra; None where a living one has this cause."""
    key = store.vault.make_key("coach", str(store.petra.id), now=NOW)
    letter = NewLetter(
        kind=LetterKind.NOTICE,
        coach_id=store.petra.id,
        cause=cause,
        due_at=due,
        expires_at=due + timedelta(hours=hours),
        content=store.vault.seal(key, json.dumps({"subject": "s", "text": "t"}), place=f"outbox.content:{cause}"),
    )
    return store.db.write(outbox.put, letter, now=NOW)


def claim(store: Store, claim_rules: ClaimRules | None = None, *, now: datetime = NOW) -> list[ClaimedLetter]:
    """What a sender may send now."""
    return store.db.write(claiming.claim, store.vault, store.account_id, claim_rules or rules(), now=now)


def bytes_of(letter: ClaimedLetter, *, recipient: str = "dana@example.org", text: str = "How was it?") -> FixedBytes:
    """Bytes for a claimed letter, with one question where it is a prompt."""
    message_id = f"{letter.id.hex}@letters.example.org"
    raw = f"Message-ID: <{message_id}>\r\nTo: {recipient}\r\n\r\n{text}\r\n".encode()
    wire = WireLetter(message_id=message_id, envelope_from="questions@example.org", recipient=recipient, raw=raw)
    asked = {"text": text, "questions": [{"ask": text, "answer": "text"}], "language": "en"}
    is_prompt = letter.kind is LetterKind.PROMPT
    return FixedBytes(wire=wire, subject="Your week", asked=json.dumps(asked) if is_prompt else "")


def fix(store: Store, letter: ClaimedLetter, *, owner: str = OWNER, now: datetime = NOW) -> bool:
    """Gives a claimed letter its bytes."""
    return bool(store.db.write(outbox.fix, store.vault, {letter.id: bytes_of(letter)}, owner=owner, now=now))


def mark_sending(store: Store, letter_id: UUID, *, owner: str = OWNER, now: datetime = NOW) -> bool:
    """Says that DATA comes next."""
    until = now + timedelta(minutes=15)
    return bool(store.db.write(outbox.mark_sending, [letter_id], owner=owner, lease_until=until))


def settle(
    store: Store, letter_id: UUID, outcome: Outcome, *, owner: str = OWNER, retry_at: datetime | None = None,
    now: datetime = NOW,
) -> bool:  # fmt: skip
    """Writes what became of a letter; a further try would be ten minutes later."""
    attempt = Attempt(letter_id=letter_id, outcome=outcome, retry_at=retry_at or now + timedelta(minutes=10))
    return bool(store.db.write(settlement.settle, store.vault, [attempt], owner=owner, now=now))


def start_sending(store: Store, *, owner: str = OWNER, now: datetime = NOW) -> ClaimedLetter:
    """The only letter that may go, brought to the point after RCPT and before DATA."""
    (letter,) = claim(store, rules(owner), now=now)
    assert letter.wire is not None or fix(store, letter, owner=owner, now=now)
    assert mark_sending(store, letter.id, owner=owner, now=now)
    return letter


def send(store: Store, outcome: Outcome = ACCEPTED, *, now: datetime = NOW) -> ClaimedLetter:
    """The only letter that may go, taken all the way to this outcome."""
    letter = start_sending(store, now=now)
    assert settle(store, letter.id, outcome, now=now)
    return letter


def sent_prompt(store: Store, client: Client, *, anchor: str = "2027-03-01", now: datetime = NOW) -> Origin:
    """A prompt that went to the client, as a reply points to it."""
    want_prompt(store, client, anchor=anchor, now=now)
    letter = send(store, now=now)
    return Origin(
        outbox_id=letter.id,
        client_id=client.id,
        coach_id=client.coach_id,
        conversation_id=row_of(store, schema.outbox, letter.id).conversation_id,
    )


def folder(store: Store, name: str = "INBOX", *, uidvalidity: int = INBOX_VALIDITY) -> Folder:
    """A folder of the one account."""
    return Folder(account_id=store.account_id, name=name, uidvalidity=uidvalidity)


def arrived(uid: int, raw: bytes | None = b"From: dana@example.org\r\n\r\nGood.\r\n", *, at: datetime = NOW) -> Arrived:
    """A letter as fetched from a folder."""
    return Arrived(uid=uid, received_at=at, size=len(raw or b""), raw=raw, verdict="" if raw else "not ours")


def keep(store: Store, *letters: Arrived, where: Folder | None = None, now: datetime = NOW) -> int:
    """Keeps letters of one folder, the cursor at the last of them; gives how many are new."""
    place, last = where or folder(store), max(letter.uid for letter in letters)
    store.db.write(inbox.begin, place, last_uid=0, began_at=now, now=now)
    return store.db.write(inbox.keep, store.vault, place, letters, last_uid=last, now=now)


def kept(store: Store, raw: bytes = b"From: dana@example.org\r\n\r\nGood.\r\n", *, uid: int = 1) -> UUID:
    """The id of a letter that was just kept."""
    keep(store, arrived(uid, raw))
    return one_value(store, _letter_at, uid)


def filed(store: Store, client: Client, raw: bytes, *, uid: int, message_id: str = "", **said: Any) -> Filing:
    """A letter kept and filed for the client; `said` overrides what the filing says."""
    wanted = replace(filing_of(kept(store, raw, uid=uid), client), **said)
    assert file(store, wanted, message_id=message_id)
    return wanted


def filing_of(letter_id: UUID, client: Client, *, origin: Origin | None = None) -> Filing:
    """A plain reply: to the prompt `origin`, where given."""
    return Filing(
        letter_id=letter_id,
        kind=Kind.HUMAN,
        whose=Whose(client_id=client.id, coach_id=client.coach_id, origin=origin),
        entry=EntryKind.REPLY,
        subject="Re: Your week",
        text="Two good mornings.",
        free="Two good mornings.",
        confidence=0.9,
        received_at=NOW,
    )


def file(store: Store, wanted: Filing, *, message_id: str = "", now: datetime = NOW) -> bool:
    """Files a letter."""
    return store.db.write(filing.file_letter, store.vault, wanted, message_id=message_id, now=now)


def row_of(store: Store, table: Table, identity: UUID) -> Row[Any]:
    """One row of a table."""
    return store.db.read(lambda conn: conn.execute(select(table).where(table.c.id == identity)).one())


def rows_of(store: Store, table: Table, **where: Any) -> list[Row[Any]]:
    """The rows of a table in which these columns have these values, oldest first."""

    def find(conn: Connection) -> list[Row[Any]]:
        query = select(table).order_by(table.c.id)
        for name, value in where.items():
            query = query.where(table.c[name] == value)
        return list(conn.execute(query))

    return store.db.read(find)


def state_of(store: Store, letter_id: UUID) -> str:
    """The state of an outbox row."""
    return str(row_of(store, schema.outbox, letter_id).state)


def one_value(store: Store, find: Any, *args: Any) -> UUID:
    """What the query `find` gives."""
    found: UUID = store.db.read(find, *args)
    return found


def _outbox_of_anchor(conn: Connection, client_id: UUID, anchor: str) -> UUID:
    x, o = schema.outbox.c, schema.occurrences.c
    query = select(x.id).join(schema.occurrences, x.occurrence_id == o.id)
    found: UUID = conn.scalars(query.where(o.client_id == client_id, o.anchor == anchor)).one()
    return found


def _letter_at(conn: Connection, uid: int) -> UUID:
    t = schema.letters.c
    found: UUID = conn.scalars(select(t.id).where(t.uid == uid).order_by(t.id.desc()).limit(1)).one()
    return found
