"""By what name does a digest call each client?

The first name; with the surname where two share one; with the short name where even these are the same.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from uuid import UUID

from mailer.digest.clean import one_line
from mailer.model.people import Client

_LONGEST = 40


def display_names(clients: Iterable[Client]) -> dict[UUID, str]:
    """A name for each client's id that no other of them has."""
    people = list(clients)
    whole = {client.id: one_line(client.name, longest=_LONGEST) or client.slug for client in people}
    first = {key: name.split()[0] for key, name in whole.items()}
    firsts = Counter(name.casefold() for name in first.values())
    wholes = Counter(name.casefold() for name in whole.values())
    names: dict[UUID, str] = {}
    for client in people:
        name = first[client.id]
        if firsts[name.casefold()] > 1:
            name = whole[client.id]
            if wholes[name.casefold()] > 1:
                name = f"{name} ({client.slug})"
        names[client.id] = name
    return names
