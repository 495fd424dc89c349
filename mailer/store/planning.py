"""Whom to plan next, and what becomes of the plan.

`plan_next` is the whole story: the clients who are due, their facts, the pure planner's decisions, and the rows, in one
transaction, so that what is decided was true when it was written. A client is planned as a whole, by one process at a
time. `next_due_at` is disposable: NULL means "look".
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from uuid import UUID

from sqlalchemy import Connection, bindparam, select, update

from mailer.model.plan import ClientFacts, Planned
from mailer.store import schema
from mailer.store.occurrences import withdraw, write
from mailer.store.plan_facts import all_facts, client_facts, facts_due_before
from mailer.store.schedules_seen import SeenSchedule, last_good, note_schedules
from mailer.store.vault import Vault

__all__ = [
    "NEVER", "Planner", "SeenSchedule", "all_facts", "facts_due_before", "last_good", "note_schedules", "plan_all_anew",
    "plan_next", "withdraw",
]  # fmt: skip

NEVER = datetime(9999, 1, 1, tzinfo=UTC)  # nothing is due as things stand
BATCH = 100  # the most clients that are planned in one transaction
SOONEST = timedelta(minutes=1)  # a planner that asks for the past would be asked again at once, for ever

Planner = Callable[[ClientFacts], tuple[Planned, ...]]  # pure; one Planned for each enrolment of the facts

c, e = schema.clients.c, schema.enrolments.c


def plan_next(conn: Connection, vault: Vault, planner: Planner, *, now: datetime, traits: bool = False) -> int:
    """Plans the clients of whom something is due or who were never looked at; gives how many (0: no work).

    1. takes up to a batch of them, those first that something changed for; nobody else plans these meanwhile
    2. reads all facts of all of them
    3. asks the planner, client by client
    4. writes the decisions, wants their letters, and notes when to look again
    """
    taken = _take(conn, now=now)
    if not taken:
        return 0
    facts = client_facts(conn, vault, taken, now=now, traits=traits, lock=True)
    decisions, looks = [], []
    for client in facts:
        planned = {one.enrolment_id: one for one in planner(client)}
        for one in client.enrolments:
            plan = planned.get(one.enrolment.id)
            decisions += [(one.enrolment, decision) for decision in plan.decisions] if plan else []
            looks.append(
                {
                    "enrolment": one.enrolment.id,
                    "following": _after(now, plan.next_due_at if plan else None),
                    "until": one.planned_until if plan and plan.failed else max(now, one.planned_until),
                }
            )
    write(conn, decisions, now=now)
    if looks:  # they may have left in this very moment
        noted = update(schema.enrolments).where(e.id == bindparam("enrolment"))
        conn.execute(noted.values(next_due_at=bindparam("following"), planned_until=bindparam("until")), looks)
    return len(facts)


def plan_all_anew(conn: Connection) -> None:
    """Clears the whole index: after a clock that jumped."""
    conn.execute(update(schema.enrolments).where(e.left_at.is_(None)).values(next_due_at=None))


def _take(conn: Connection, *, now: datetime) -> list[UUID]:
    """The clients to plan now. Their rows are held, and those another process holds are passed over.

    Two look-ups in the index of what is due: what changed comes first, then what has been due for longest.
    """
    living = select(c.id).join(schema.enrolments, e.client_id == c.id).where(e.left_at.is_(None)).limit(BATCH)
    changed = living.where(e.next_due_at.is_(None))
    due = living.where(e.next_due_at <= now).order_by(e.next_due_at)
    taken: dict[UUID, None] = {}
    for query in (changed, due):
        if len(taken) < BATCH:
            held = query.with_for_update(of=schema.clients, key_share=True, skip_locked=True)
            taken |= dict.fromkeys(conn.scalars(held))
    return list(taken)


def _after(now: datetime, following: datetime | None) -> datetime:
    if following is None:
        return NEVER
    return following if following > now else now + SOONEST
