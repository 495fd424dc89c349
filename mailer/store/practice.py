"""Practices, accounts and coaches: seeded from the configuration, read everywhere.

A coach's name and address are sealed under the coach's own key and found again by keyed digests.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, Row, select, update

from mailer.errors import PermanentFailure
from mailer.model.people import Coach
from mailer.store import schema
from mailer.store.columns import new_id
from mailer.store.rows import insert_new, upsert
from mailer.store.vault import Vault, address_digest


@dataclass(frozen=True, slots=True, kw_only=True)
class CoachSeed:
    """A coach as the configuration names them."""

    practice: str
    slug: str
    name: str
    address: str
    zone: str
    language: str
    digest_at: time


def seed_practice(conn: Connection, slug: str, title: str, *, now: datetime) -> None:
    """Writes a practice, or its new title."""
    upsert(conn, schema.practices, {"id": new_id(now), "slug": slug, "title": title}, by=("slug",))


def seed_coach(conn: Connection, vault: Vault, seed: CoachSeed, *, now: datetime) -> None:
    """Writes a coach, or what changed about them; clients stay with the same row."""
    practice = practice_id(conn, seed.practice)
    t = schema.coaches.c
    known = conn.scalar(select(t.id).where(t.practice_id == practice, t.slug == seed.slug))
    identity = known or new_id(now)
    key = vault.make_key("coach", str(identity), now=now)
    row = {
        "id": identity,
        "practice_id": practice,
        "slug": seed.slug,
        "name": vault.seal(key, seed.name, place=f"coaches.name:{identity}"),
        "address": vault.seal(key, seed.address, place=f"coaches.address:{identity}"),
        "address_digest": address_digest(vault, seed.address),
        "zone": seed.zone,
        "language": seed.language,
        "digest_at": seed.digest_at.strftime("%H:%M"),
        "active": True,
    }
    if known:
        conn.execute(update(schema.coaches).where(t.id == known).values(row))
    elif not insert_new(conn, schema.coaches, row | {"digests_from": _first_digest_day(seed, now)}):
        # Another process wrote the coach just now, under an id of its own; sealed values belong to their row's id.
        vault.destroy_key("coach", str(identity))
        seed_coach(conn, vault, seed, now=now)


def _first_digest_day(seed: CoachSeed, now: datetime) -> date:
    """Today where the digest's hour is still to come, else tomorrow: set up in the afternoon, told in the morning."""
    here = now.astimezone(ZoneInfo(seed.zone))
    return here.date() if here.time() < seed.digest_at else here.date() + timedelta(days=1)


def practice_id(conn: Connection, slug: str) -> UUID:
    """The row of a practice that was seeded."""
    found: UUID | None = conn.scalar(select(schema.practices.c.id).where(schema.practices.c.slug == slug))
    if found is None:
        raise PermanentFailure(f'there is no practice "{slug}"; name one that stands in config.toml')
    return found


def retire_coaches(conn: Connection, named: Collection[tuple[str, str]]) -> None:
    """Coaches whom the configuration names no more, by (practice, slug), get nothing more; their clients stay."""
    query = select(schema.coaches, schema.practices.c.slug.label("practice")).join(schema.practices)
    gone = [row.id for row in conn.execute(query) if row.active and (row.practice, row.slug) not in named]
    conn.execute(update(schema.coaches).where(schema.coaches.c.id.in_(gone)).values(active=False))


def coaches(conn: Connection, vault: Vault, *, active: bool = True) -> list[Coach]:
    """Every coach whom the configuration names (or named once, where not `active`), in the order of first naming."""
    query = select(schema.coaches, schema.practices.c.slug.label("practice")).join(schema.practices)
    query = query.where(schema.coaches.c.active == active).order_by(schema.coaches.c.id)
    return [_coach(vault, row) for row in conn.execute(query)]


def coach(conn: Connection, vault: Vault, identity: UUID) -> Coach:
    """One coach."""
    query = select(schema.coaches, schema.practices.c.slug.label("practice")).join(schema.practices)
    return _coach(vault, conn.execute(query.where(schema.coaches.c.id == identity)).one())


def coach_at(conn: Connection, vault: Vault, address: str, *, practice: UUID | None = None) -> UUID | None:
    """The coach who writes from this address, of the practice where one is given."""
    t = schema.coaches.c
    query = select(t.id).where(t.address_digest == address_digest(vault, address)).order_by(t.id).limit(1)
    return conn.scalar(query if practice is None else query.where(t.practice_id == practice))


def _coach(vault: Vault, row: Row[Any]) -> Coach:
    return Coach(
        id=row.id,
        practice_id=row.practice_id,
        practice=row.practice,
        slug=row.slug,
        name=vault.read(row.name, place=f"coaches.name:{row.id}"),
        address=vault.read(row.address, place=f"coaches.address:{row.id}"),
        zone=row.zone,
        language=row.language,
        digest_at=time.fromisoformat(row.digest_at),
        digests_from=row.digests_from,
    )
