"""How a client stands in a row: what is sealed, what is not, and habits as text.

Names, addresses, short names, tags and variables are sealed under the client's own key. Habits are plain words, so that
planning many clients opens nothing: "08:30", "5,6" (Monday is 0), "21:00-07:00".
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import time
from typing import Any
from uuid import UUID

from sqlalchemy import Row

from mailer.model.people import USUAL_HABITS, Client, ClientState, Delivery, Form, Habits, NewClient, QuietHours
from mailer.store.vault import Vault


def client_of(vault: Vault, row: Row[Any]) -> Client:
    """The noun of a whole row."""
    return Client(
        id=row.id,
        practice_id=row.practice_id,
        coach_id=row.coach_id,
        slug=opened(vault, row, "slug"),
        name=opened(vault, row, "name"),
        address=opened(vault, row, "address"),
        zone=row.zone,
        country=row.country,
        language=row.language,
        form=Form(row.form),
        tags=tags_of(vault, row),
        habits=habits_of(row),
        variables=json.loads(opened(vault, row, "variables")) if row.variables else {},
        state=ClientState(row.state),
        paused_until=row.paused_until,
        delivery=Delivery(row.delivery),
        created_at=row.created_at,
    )


def columns_of(vault: Vault, key: UUID, identity: UUID, new: NewClient) -> dict[str, Any]:
    """What a new client's row says of the client."""
    plain = {"slug": new.slug, "name": new.name, "address": new.address, "tags": packed_tags(new.tags)}
    plain |= {"variables": packed_variables(new.variables)} if new.variables else {}
    sealed = {name: vault.seal(key, value, place=f"clients.{name}:{identity}") for name, value in plain.items()}
    open_words = {"zone": new.zone, "country": new.country, "language": new.language, "form": new.form}
    return {"variables": None, **sealed, **open_words, **habit_columns(new.habits)}


def opened(vault: Vault, row: Row[Any], column: str) -> str:
    """A sealed value of a client's row."""
    return vault.read(getattr(row, column), place=f"clients.{column}:{row.id}")


def tags_of(vault: Vault, row: Row[Any]) -> frozenset[str]:
    """The tags of a client's row."""
    return frozenset(json.loads(opened(vault, row, "tags")))


def packed_tags(tags: frozenset[str]) -> str:
    """Tags as they are sealed."""
    return json.dumps(sorted(tags))


def packed_variables(variables: Mapping[str, str]) -> str:
    """Variables as they are sealed."""
    return json.dumps(dict(variables), sort_keys=True)


def habits_of(row: Row[Any]) -> Habits:
    """The habits of a client's row."""
    if row.own_time is row.days_off is row.quiet_hours is None:
        return USUAL_HABITS
    quiet = None
    if row.quiet_hours:
        begin, end = row.quiet_hours.split("-")
        quiet = QuietHours(begin=time.fromisoformat(begin), end=time.fromisoformat(end))
    return Habits(
        own_time=time.fromisoformat(row.own_time) if row.own_time else None,
        days_off=frozenset(int(day) for day in row.days_off.split(",")) if row.days_off else frozenset(),
        quiet_hours=quiet,
    )


def habit_columns(habits: Habits) -> dict[str, str | None]:
    """Habits as they stand in a row."""
    quiet = habits.quiet_hours
    return {
        "own_time": f"{habits.own_time:%H:%M}" if habits.own_time is not None else None,
        "days_off": ",".join(str(day) for day in sorted(habits.days_off)) or None,
        "quiet_hours": f"{quiet.begin:%H:%M}-{quiet.end:%H:%M}" if quiet is not None else None,
    }
