"""What clients and coaches said they would do, until it is done, moved or dropped.

A promise with a day gives due times to the planner; its words are sealed under the client's key. One that is settled
takes the letters about it that still wait with it.
"""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import Connection, select, update

from mailer.errors import PermanentFailure
from mailer.store import schema
from mailer.store.clients import person_key, replan_client
from mailer.store.columns import new_id
from mailer.store.occurrences import reopen_shared, withdraw
from mailer.store.rows import insert_new
from mailer.store.schema import PromiseState
from mailer.store.vault import Vault

UNSETTLED = (PromiseState.POSSIBLE, PromiseState.OPEN)
SAID = {
    PromiseState.DONE: "the promise is done",
    PromiseState.MOVED: "the promise was moved to another day",
    PromiseState.DROPPED: "the promise was dropped",
}

p = schema.promises.c


def add_promise(
    conn: Connection,
    vault: Vault,
    client_id: UUID,
    text: str,
    *,
    due_on: date | None,
    by_coach: bool = False,
    state: PromiseState = PromiseState.OPEN,
    now: datetime,
) -> UUID:
    """The id of the promise, written down; the client's schedules are planned anew."""
    coach_id = conn.scalars(select(schema.clients.c.coach_id).where(schema.clients.c.id == client_id)).one()
    identity = new_id(now)
    key = person_key(conn, vault, client_id=client_id, coach_id=coach_id)
    row = {
        "id": identity,
        "client_id": client_id,
        "coach_id": coach_id,
        "by_coach": by_coach,
        "text": vault.seal(key, text, place=f"promises.text:{identity}"),
        "due_on": due_on,
        "state": state,
        "made_at": now,
        "settled_at": None if state in UNSETTLED else now,
    }
    insert_new(conn, schema.promises, row)
    replan_client(conn, client_id)
    return identity


def settle_promise(conn: Connection, promise_id: UUID, state: PromiseState, *, now: datetime) -> None:
    """Notes where a promise stands now; letters about one that is over do not go any more.

    PermanentFailure where it is over already: a promise that comes up again is a new one.
    """
    known = p.id == promise_id
    over = state not in UNSETTLED
    values = {"state": state, "settled_at": now if over else None}
    if not conn.execute(update(schema.promises).where(known, p.state.in_(UNSETTLED)).values(**values)).rowcount:
        stands = conn.scalar(select(p.state).where(known))
        raise PermanentFailure(f"the promise is {stands} already" if stands else "there is no such promise")
    client_id, day = conn.execute(select(p.client_id, p.due_on).where(known)).one()
    if over:
        withdraw(conn, promise_id, reason=SAID[state], now=now, reopen=False)
        others = (p.client_id == client_id) & (p.due_on == day) & (p.state == PromiseState.OPEN)
        reopen_shared(conn, list(conn.scalars(select(p.id).where(others))), now=now)
    replan_client(conn, client_id)


def due_promises(conn: Connection, vault: Vault, client_id: UUID, day: date) -> list[tuple[UUID, str, bool]]:
    """(id, words, by the coach) of each open promise of a client for this local date, in order of making."""
    query = select(p.id, p.text, p.by_coach).where(p.client_id == client_id, p.due_on == day)
    rows = conn.execute(query.where(p.state == PromiseState.OPEN).order_by(p.id))
    return [(row.id, vault.read(row.text, place=f"promises.text:{row.id}"), row.by_coach) for row in rows]


def promised_with(conn: Connection, vault: Vault, promise_id: UUID) -> tuple[str, ...]:
    """The words of each open promise that the same client made for the same day: one letter asks about them all."""
    row = conn.execute(select(p.client_id, p.due_on).where(p.id == promise_id)).one_or_none()
    if row is None or row.due_on is None:
        return ()
    return tuple(words for _, words, by_coach in due_promises(conn, vault, row.client_id, row.due_on) if not by_coach)
