"""Is everything well? What `status` shows, and the reasons why it may not be."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from mailer.flow.office import Office
from mailer.store import accounts, heartbeats, inbox, outbox_view
from mailer.store.accounts import EndState

SILENT = timedelta(minutes=15)  # a worker or mailbox not heard of for longer is a reason for alarm


@dataclass(frozen=True, slots=True, kw_only=True)
class Health:
    """The state of an installation; it is well where `alarms` is empty."""

    alarms: tuple[str, ...]
    workers: Mapping[str, tuple[datetime, str]]  # last sign of life, trouble
    ends: tuple[EndState, ...]
    letters: Mapping[str, int]  # outgoing, by state
    waiting: int  # incoming letters that wait for a person


def health(office: Office, *, now: datetime) -> Health:
    """Everything `status` knows now."""
    workers = office.db.read(heartbeats.beats)
    at_work = _at_work(workers)
    ends = tuple(office.db.read(accounts.end_states))
    letters = office.db.read(outbox_view.counts)
    waiting = office.db.read(inbox.count_waiting)
    alarms = [
        *(
            f"{name} has not been heard of since {at:%Y-%m-%d %H:%MZ}"
            for name, (at, _) in at_work.items()
            if now - at > SILENT
        ),
        *(f"{name}: {trouble}" for name, (_, trouble) in at_work.items() if trouble),
        *(f"account {one.account}, {one.end.value}: {one.reason}" for one in ends if not one.is_open(now)),
        *(["the engine has never run: `mailer run`"] if not workers else []),
        *([f"{letters['unknown']} letter(s) of unknown fate: `mailer outbox list`"] if letters.get("unknown") else []),
        *([f"{letters['held']} letter(s) held: `mailer outbox list`"] if letters.get("held") else []),
        *([f"{waiting} letter(s) wait for a person: `mailer inbox list`"] if waiting else []),
    ]
    return Health(alarms=tuple(alarms), workers=workers, ends=ends, letters=letters, waiting=waiting)


def _at_work(workers: Mapping[str, tuple[datetime, str]]) -> Mapping[str, tuple[datetime, str]]:
    """Those that are meant to be alive: `once` where a timer does it all, else the workers of `run`."""
    if "once" not in workers:
        return workers
    if max(workers, key=lambda name: workers[name][0]) == "once":
        return {"once": workers["once"]}
    return {name: beat for name, beat in workers.items() if name != "once"}
