"""Clients: who they are, where they write from, and whether prompts may go to them.

What is private is sealed under the client's own key (client_rows.py); people are found again by keyed digests.
Every change to a client clears the next-due index of the client's enrolments, so that the planner looks anew.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Row, bindparam, case, select, true, update
from sqlalchemy.exc import IntegrityError

from mailer.errors import PermanentFailure
from mailer.model.people import Client, ClientChanges, ClientState, Delivery, NewClient
from mailer.store import schema
from mailer.store.client_rows import (
    client_of,
    columns_of,
    habit_columns,
    habits_of,
    packed_tags,
    packed_variables,
)
from mailer.store.columns import new_id
from mailer.store.rows import insert_new
from mailer.store.vault import Vault, address_digest

c = schema.clients.c
LIVING = (ClientState.ACTIVE, ClientState.PAUSED, ClientState.STOPPED)
TAKEN = "another client has this address by now; give one of the two another address, or say --shared-address"


def add_client(
    conn: Connection, vault: Vault, new: NewClient, *, shared_address: bool = False, now: datetime
) -> Client:
    """The client, stored. PermanentFailure names what is in the way: the coach, the short name or the address."""
    owner = _coach_row(conn, new.coach)
    identity = new_id(now)
    row = {
        "id": identity,
        "practice_id": owner.practice_id,
        "coach_id": owner.id,
        "slug_digest": _slug_digest(vault, new.slug),
        "address_digest": address_digest(vault, new.address),
        "shared_address": shared_address,
        "state": ClientState.ACTIVE,
        "delivery": Delivery.OK,
        "created_at": now,
    }
    _refuse_taken(conn, row, new)
    key = vault.make_key("client", str(identity), now=now)
    if not insert_new(conn, schema.clients, row | columns_of(vault, key, identity, new)):
        raise PermanentFailure(f'client "{new.slug}": the short name or the address was taken just now; try again')
    return client(conn, vault, identity)


def client(conn: Connection, vault: Vault, identity: UUID) -> Client:
    """One client."""
    return client_of(vault, conn.execute(select(schema.clients).where(c.id == identity)).one())


def find_client(conn: Connection, vault: Vault, slug: str) -> Client:
    """The client with this short name; PermanentFailure names the short names that exist and are close."""
    rows = conn.execute(select(schema.clients).where(c.slug_digest == _slug_digest(vault, slug))).all()
    if len(rows) == 1:
        return client_of(vault, rows[0])
    if rows:
        raise PermanentFailure(f'client "{slug}" exists in several practices; give them different short names')
    raise PermanentFailure(f'there is no client "{slug}"; `mailer client list` shows the short names')


def clients(
    conn: Connection,
    vault: Vault,
    *,
    coach_id: UUID | None = None,
    practice: UUID | None = None,
    left: bool = False,
) -> list[Client]:
    """Clients in order of arrival; those who left only where asked for; erased ones never."""
    query = select(schema.clients).where(c.state != ClientState.FORGOTTEN).order_by(c.id)
    query = query if coach_id is None else query.where(c.coach_id == coach_id)
    query = query if practice is None else query.where(c.practice_id == practice)
    query = query if left else query.where(c.state.in_(LIVING))
    return [client_of(vault, row) for row in conn.execute(query)]


def clients_at(
    conn: Connection, vault: Vault, address: str, *, practice: UUID | None = None
) -> list[tuple[UUID, ClientState, bool]]:
    """(id, state, confirmed) of every client who writes from this address; aliases may be unconfirmed.

    With a practice, only its clients: a person may be a client of two practices, and neither learns of the other.
    """
    wanted = address_digest(vault, address)
    a = schema.aliases.c
    here = (c.state != ClientState.FORGOTTEN) & (true() if practice is None else c.practice_id == practice)
    own = conn.execute(select(c.id, c.state).where(c.address_digest == wanted, here).order_by(c.id))
    other = conn.execute(
        select(c.id, c.state, a.confirmed_at)
        .join(schema.aliases, a.client_id == c.id)
        .where(a.address_digest == wanted, here)
        .order_by(c.id)
    )
    found = {row.id: (row.id, ClientState(row.state), row.confirmed_at is not None) for row in other}
    return list((found | {row.id: (row.id, ClientState(row.state), True) for row in own}).values())


def add_alias(conn: Connection, vault: Vault, client_id: UUID, address: str, *, now: datetime) -> None:
    """Confirms a further address of a client: letters from it are the client's own from now on."""
    row = conn.execute(select(schema.clients).where(c.id == client_id)).one()
    identity, a = new_id(now), schema.aliases.c
    wanted = address_digest(vault, address)
    sealed = vault.seal(vault.key_of(row.name), address, place=f"aliases.address:{identity}")
    values = {"id": identity, "client_id": client_id, "coach_id": row.coach_id, "address": sealed}
    if not insert_new(conn, schema.aliases, values | {"address_digest": wanted, "confirmed_at": now}):
        conn.execute(
            update(schema.aliases).where(a.client_id == client_id, a.address_digest == wanted).values(confirmed_at=now)
        )


def edit_client(conn: Connection, vault: Vault, client_id: UUID, changes: ClientChanges, *, now: datetime) -> Client:
    """The client with what was to change changed. PermanentFailure where the address is another client's.

    A changed own time counts from now: today's letter does not come twice, and none comes for an hour that has passed.
    """
    row = conn.execute(select(schema.clients).where(c.id == client_id).with_for_update()).one()
    key = vault.key_of(row.name)
    plain = {
        "name": changes.name,
        "tags": packed_tags(changes.tags) if changes.tags is not None else None,
        "variables": packed_variables(changes.variables) if changes.variables is not None else None,
    }
    values: dict[str, Any] = {
        name: vault.seal(key, value, place=f"clients.{name}:{client_id}")
        for name, value in plain.items()
        if value is not None
    }
    for name in ("zone", "country", "language", "form", "shared_address"):
        wanted = getattr(changes, name)
        values |= {name: wanted} if wanted is not None else {}
    if changes.habits is not None:
        values |= habit_columns(changes.habits)
        values |= {"habits_since": now} if changes.habits.own_time != habits_of(row).own_time else {}
    if values:
        _update(conn, client_id, values)
    if changes.address is not None:
        change_address(conn, vault, client_id, changes.address)
    replan_client(conn, client_id)
    return client(conn, vault, client_id)


def change_address(conn: Connection, vault: Vault, client_id: UUID, address: str) -> None:
    """Letters go to the new address from now on; what was known against the old one does not count any more."""
    row = conn.execute(select(schema.clients).where(c.id == client_id)).one()
    wanted = address_digest(vault, address)
    here = (c.practice_id == row.practice_id) & (c.address_digest == wanted) & c.state.in_(LIVING)
    if not row.shared_address and conn.scalar(select(c.id).where(here, c.id != client_id)):
        raise PermanentFailure(TAKEN)
    sealed = vault.seal(vault.key_of(row.name), address, place=f"clients.address:{client_id}")
    values = {"address": sealed, "address_digest": wanted, "delivery": Delivery.OK, "delivery_detail": None}
    _update(conn, client_id, values)
    replan_client(conn, client_id)


def set_state(
    conn: Connection, client_id: UUID, state: ClientState, *, until: datetime | None = None, now: datetime
) -> None:
    """Pauses, stops, resumes or lets go; the planner looks anew, and what fell due before it resumed stays unsent.

    PermanentFailure where a client who left comes back to an address that another client has by now.
    """
    values: dict[str, Any] = {"state": state, "paused_until": until}
    if state is ClientState.ACTIVE:
        values["active_since"] = case((c.state == ClientState.ACTIVE, c.active_since), else_=now)
    _update(conn, client_id, values)
    replan_client(conn, client_id)


def set_delivery(conn: Connection, client_id: UUID, delivery: Delivery, *, detail: str) -> None:
    """Notes whether letters reach the client; `detail` is a status code and its meaning, never an address."""
    conn.execute(
        update(schema.clients).where(c.id == client_id).values(delivery=delivery, delivery_detail=detail[:300])
    )
    replan_client(conn, client_id)


def end_pauses(conn: Connection, *, now: datetime) -> list[UUID]:
    """Clients whose pause has ended are active again since then; nothing is released at that moment."""
    over = select(c.id, c.paused_until).where(c.state == ClientState.PAUSED, c.paused_until <= now)
    ended = conn.execute(over.order_by(c.id).with_for_update(skip_locked=True)).all()
    for identity, until in ended:
        set_state(conn, identity, ClientState.ACTIVE, now=until)
    return [identity for identity, _ in ended]


def replan_client(conn: Connection, client_id: UUID) -> None:
    """Clears the disposable next-due index of a client."""
    replan_clients(conn, [client_id])


def replan_clients(conn: Connection, client_ids: Collection[UUID]) -> None:
    """Clears the disposable next-due index of clients."""
    conn.execute(_REPLAN, {"clients": list(client_ids)})


def person_key(conn: Connection, vault: Vault, *, client_id: UUID | None = None, coach_id: UUID) -> UUID:
    """The key that seals what belongs to a client or, without one, to a coach."""
    if client_id is not None:
        return vault.key_of(conn.scalars(select(c.name).where(c.id == client_id)).one())
    return vault.key_of(conn.scalars(select(schema.coaches.c.name).where(schema.coaches.c.id == coach_id)).one())


def _update(conn: Connection, client_id: UUID, values: dict[str, Any]) -> None:
    try:
        conn.execute(update(schema.clients).where(c.id == client_id).values(**values))
    except IntegrityError as error:  # the only promise an edit can break: an address belongs to one living client
        raise PermanentFailure(TAKEN) from error


def _slug_digest(vault: Vault, slug: str) -> bytes:
    return vault.look_up("client", slug.strip().casefold())


def _coach_row(conn: Connection, slug: str) -> Row[Any]:
    rows = conn.execute(select(schema.coaches).where(schema.coaches.c.slug == slug)).all()
    if len(rows) != 1:
        known = ", ".join(conn.scalars(select(schema.coaches.c.slug).order_by(schema.coaches.c.slug)))
        raise PermanentFailure(f'there is no coach "{slug}"; config.toml has: {known or "none"}')
    return rows[0]


def _refuse_taken(conn: Connection, row: dict[str, Any], new: NewClient) -> None:
    """A first look for the sake of the message; the constraints decide."""
    here = c.practice_id == row["practice_id"]
    if conn.scalar(select(c.id).where(here, c.slug_digest == row["slug_digest"])):
        raise PermanentFailure(f'client "{new.slug}" exists already; choose another short name')
    same = conn.scalar(select(c.id).where(here, c.address_digest == row["address_digest"], c.state.in_(LIVING)))
    if same and not row["shared_address"]:
        raise PermanentFailure(
            f'client "{new.slug}": another client has this address; if two people share it, say --shared-address'
        )


_REPLAN = (
    update(schema.enrolments)
    .where(
        schema.enrolments.c.client_id.in_(bindparam("clients", expanding=True)), schema.enrolments.c.left_at.is_(None)
    )
    .values(next_due_at=None)
)
