"""Is every id used once, and named only where it exists?

Looks at the plain values, not at the validated tables, so that it also answers for a file with other mistakes in it:
a misspelt zone must not hide a coach who names an unknown practice.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Mapping
from typing import Any

from mailer.addresses import address_key
from mailer.errors import Problem
from mailer.tomlfile import Places


def reference_problems(raw: Mapping[str, Any], places: Places) -> Iterator[Problem]:
    """Ids that stand twice, practices that do not exist, and practices without exactly one account."""
    for kind in ("practice", "coach", "account"):
        yield from _repeated_ids(kind, raw, places)
    yield from _shared_mailboxes(raw, places)
    yield from _unknown_operator(raw, places)
    practices = [entry.get("id") for entry in entries(raw, "practice")]
    if not practices or not all(isinstance(one, str) for one in practices):
        return  # an id is itself unreadable: what refers to it cannot be judged
    known = list(dict.fromkeys(str(one) for one in practices))
    for kind in ("coach", "account"):
        yield from _dangling(kind, raw, known=known, places=places)
    yield from _accounts_per_practice(raw, known=known, places=places)


def entries(raw: Mapping[str, Any], kind: str) -> list[Mapping[str, Any]]:
    """The tables of a list as they stand; what is no table becomes an empty one, so that indices hold."""
    found = raw.get(kind)
    return [entry if isinstance(entry, dict) else {} for entry in (found if isinstance(found, tuple) else ())]


def practice_of(entry: Mapping[str, Any], known: list[str]) -> str | None:
    """The practice a coach or account belongs to; the only one there is where it names none."""
    named = entry.get("practice")
    if named is None and len(known) == 1:
        return known[0]
    return named if isinstance(named, str) else None


def _repeated_ids(kind: str, raw: Mapping[str, Any], places: Places) -> Iterator[Problem]:
    first: dict[str, int] = {}
    for index, entry in enumerate(entries(raw, kind)):
        name = entry.get("id")
        if not isinstance(name, str):
            continue
        if name in first:
            line, column = places.at(kind, first[name], "id")
            said = f'the id "{name}" is already used by the {kind} in line {line}, column {column}; give each its own'
            yield places.problem(said, kind, index, "id")
        first.setdefault(name, index)


def _shared_mailboxes(raw: Mapping[str, Any], places: Places) -> Iterator[Problem]:
    """A mailbox read twice, and a digest that would be sent into the mailbox the program itself reads."""
    first: dict[str, tuple[int, str]] = {}
    for index, entry in enumerate(entries(raw, "account")):
        if isinstance(address := entry.get("address"), str):
            key = address_key(address)
            if key in first:
                line, _ = places.at("account", first[key][0], "address")
                said = f"the account in line {line} already reads this mailbox; give each its own"
                yield places.problem(said, "account", index, "address")
            first.setdefault(key, (index, entry.get("mode", "dedicated")))
    for index, entry in enumerate(entries(raw, "coach")):
        email = entry.get("email")
        if isinstance(email, str) and first.get(address_key(email), (0, "shared"))[1] == "dedicated":
            said = "the digest would go to the mailbox the program itself reads; write the coach's own address"
            yield places.problem(f'{said}, or mode = "shared" under the account', "coach", index, "email")


def _unknown_operator(raw: Mapping[str, Any], places: Places) -> Iterator[Problem]:
    table = raw.get("operator")
    named, known = (
        table.get("coach") if isinstance(table, Mapping) else None,
        [str(entry["id"]) for entry in entries(raw, "coach") if "id" in entry],
    )
    if isinstance(named, str) and known and named not in known:
        near = difflib.get_close_matches(named, known, n=1)
        hint = f'did you mean "{near[0]}"?' if near else f"there is {', '.join(known)}"
        yield places.problem(f'there is no coach "{named}"; {hint}', "operator", "coach")


def _dangling(kind: str, raw: Mapping[str, Any], *, known: list[str], places: Places) -> Iterator[Problem]:
    for index, entry in enumerate(entries(raw, kind)):
        named = entry.get("practice")
        if named is None and len(known) > 1:
            yield places.problem(f"practice is missing; name one of {', '.join(known)}", kind, index, "practice")
        elif isinstance(named, str) and named not in known:
            near = difflib.get_close_matches(named, known, n=1)
            hint = f'did you mean "{near[0]}"?' if near else f"there is {', '.join(known)}"
            yield places.problem(f'there is no practice "{named}"; {hint}', kind, index, "practice")


def _accounts_per_practice(raw: Mapping[str, Any], *, known: list[str], places: Places) -> Iterator[Problem]:
    found = entries(raw, "account")
    if not found:
        return
    served: dict[str, int] = {}
    for index, entry in enumerate(found):
        practice = practice_of(entry, known)
        if practice is None:
            return  # told already, and a practice may yet turn out to be served
        if practice in served:
            line, _ = places.at("account", served[practice])
            said = f'the practice "{practice}" already has the account in line {line}; a practice has exactly one'
            yield places.problem(said, "account", index)
        served.setdefault(practice, index)
    if any(practice not in known for practice in served):
        return
    for index, practice in enumerate(known):
        if practice not in served:
            said = f'the practice "{practice}" has no account; write an [[account]] with practice = "{practice}"'
            yield places.problem(said, "practice", index, "id")
