"""Would two clients of a roster get their letters at one address? Wanted by couples and teams, else a mistake.

Capitals do not tell two addresses apart. Gmail ignores dots before the @ and whatever follows a +, so two addresses
that differ by these alone are one mailbox; that is worth a note and no more, for only Gmail can know.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from uuid import UUID

from mailer.addresses import address_key
from mailer.flow.roster_file import Sheet
from mailer.flow.roster_rows import Said
from mailer.model.people import Client, ClientState

GMAIL = ("gmail.com", "googlemail.com")
About = tuple[Said, Client | None, UUID | None]  # a row, whom it is about, and in which practice
LIVING = (ClientState.ACTIVE, ClientState.PAUSED, ClientState.STOPPED)


def check_addresses(rows: Sequence[About], at: Mapping[str, Sequence[Client]], sheet: Sheet) -> None:
    """Notes every row about a person, or with an address, that another row or another client has already.

    `at` holds everyone there is by `address_key`. A person may be a client of two practices, with one address.
    """
    seen: dict[tuple[UUID | None, str], Said] = {}
    people: dict[object, Said] = {}
    for said, client, practice in rows:
        whom = client.id if client is not None else said.slug and (practice, said.slug)
        if whom and (other := people.setdefault(whom, said)) is not said:
            sheet.problem(said.line, "client", f"line {other.line} is about the same client; take one of the two out")
            continue
        if not said.address:
            continue
        key = address_key(said.address)
        first = seen.setdefault((practice, key), said)
        if first is not said and not (said.shares and first.shares):
            remedy = "take one of the two out or, where two people share it, write yes in a column shared_address"
            sheet.problem(said.line, "email", f"line {first.line} has the same address; {remedy} of both")
            continue
        _check_against(said, client, [one for one in at.get(key, ()) if one.practice_id == practice], sheet)


def mailbox_notes(rows: Sequence[Said], at: Mapping[str, Sequence[Client]]) -> list[str]:
    """Addresses that look like two and are, to Gmail, one."""
    spelt: dict[str, dict[str, str]] = {}
    written = [(address_key(said.address), said.address) for said in rows if said.address]
    stored = [(key, one.address) for key, known in at.items() for one in known if one.state in LIVING]
    for key, address in [*written, *stored]:
        spelt.setdefault(_mailbox(key), {}).setdefault(key, address)
    several = [list(addresses.values()) for addresses in spelt.values() if len(addresses) > 1]
    return [
        f"{' and '.join(addresses)} are one mailbox at Gmail; if they are one person, take one out"
        for addresses in several
    ]


def _check_against(said: Said, client: Client | None, there: Sequence[Client], sheet: Sheet) -> None:
    """Whoever has the address already, and stays as they are."""
    if client is not None and client in there:
        return
    others = [one for one in there if one.state in LIVING]
    if others and not said.shares:
        remedy = "write yes in a column shared_address where two people share it"
        sheet.problem(said.line, "email", f"{others[0].slug} has this address already; {remedy}")


def _mailbox(key: str) -> str:
    local, _, domain = key.rpartition("@")
    return f"{local.partition('+')[0].replace('.', '')}@gmail.com" if domain in GMAIL else key
