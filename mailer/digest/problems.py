"""Which letters did not go the ordinary way, and whose address is at fault?

Equal troubles of one person are told once, with their number. Where an address is dead or failing, that is the news and
the letters that came back are its evidence.
"""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from mailer.digest.parts import Problem
from mailer.digest.roll import Entry, Roll
from mailer.digest.signals import Reason
from mailer.message.reading.bounce_reasons import cause_of
from mailer.model.failure import Failure
from mailer.model.report import DigestFacts, EntryKind, TroubleRow

_ADDRESS = frozenset({Reason.DEAD, Reason.FAILING, Reason.NEVER_DELIVERED})
_EVIDENCE = frozenset({"bounce", "refused", "address-dead"})
_BY_SERVERS = frozenset({"bounce", "refused"})


def problems(facts: DigestFacts, roll: Roll) -> tuple[Problem, ...]:
    """Addresses at fault first, in the order of the roll, then single troubles, the newest of equal ones dated."""
    troubles = [*facts.troubles, *_bounces_without_a_trouble(facts)]
    at_fault = {key: entry for key, entry in roll.entries.items() if entry.standing.reason in _ADDRESS}
    evidence: dict[UUID, list[TroubleRow]] = {key: [] for key in at_fault}
    single: dict[tuple[UUID | None, str, str, str, str], list[TroubleRow]] = {}
    for row in troubles:
        if row.client_id in evidence and row.what in _EVIDENCE:
            evidence[row.client_id].append(row)
        else:
            single.setdefault((row.client_id, row.what, _why(row), row.prompt, row.letter), []).append(row)
    addresses = tuple(_address(entry, evidence[key]) for key, entry in at_fault.items())
    return addresses + tuple(
        Problem(
            person=roll.person(key) if key else None,
            what=what,
            detail=detail,
            at=_newest(rows),
            count=len(rows),
            prompt=prompt,
            letter=letter,
        )
        for (key, what, detail, prompt, letter), rows in single.items()
    )


def _why(row: TroubleRow) -> str:
    """The kind of a refusal where it is known, since a server's own words help few coaches; else what is said."""
    if row.what not in _BY_SERVERS:
        return row.detail
    failure = cause_of(row.detail, status=row.status, delayed=False).failure
    return row.detail if failure is Failure.OTHER else failure.value


def _address(entry: Entry, evidence: list[TroubleRow]) -> Problem:
    detail = next((_why(row) for row in reversed(evidence) if row.detail), "")
    at = _newest(evidence) if evidence else None
    return Problem(person=entry.person, what=entry.standing.reason.value, detail=detail, at=at, count=len(evidence))


def _newest(rows: list[TroubleRow]) -> datetime:
    return max(row.at for row in rows)


def _bounces_without_a_trouble(facts: DigestFacts) -> list[TroubleRow]:
    """A delivery report that was filed but troubled no letter is still told."""
    known = {row.client_id for row in facts.troubles if row.what == "bounce"}
    return [
        TroubleRow(
            client_id=row.client_id,
            at=row.received_at,
            what="delayed" if row.note == Failure.DELAYED else "bounce",
            detail="" if row.note == Failure.DELAYED else row.note,
        )
        for row in facts.replies
        if row.kind is EntryKind.BOUNCE and row.client_id not in known
    ]
