"""Is everything well? What `status` shows, and the reasons why it may not be."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from mailer.flow.clock_sense import clock_trouble
from mailer.flow.enqueue import PUT_ASIDE
from mailer.flow.file_trouble import consequences
from mailer.flow.office import Office
from mailer.model.outgoing import OutboxState
from mailer.model.people import Delivery
from mailer.store import accounts, claiming, clients, delivery, heartbeats, inbox, outbox_view, practice
from mailer.store.accounts import EndState
from mailer.store.outbox_view import OutboxRow

SILENT = timedelta(minutes=15)  # what waits for servers, and a timer's rounds, may be quiet for this long
NO_TICK = timedelta(minutes=3)  # the rest comes round every minute, or it does not run at all
HELD_SHOWN = NAMES_SHOWN = 5  # reasons, and names with each
EDIT = "mailer client edit {} --email ADDRESS"
EARLY = timedelta(minutes=5)  # a sign of life from later than now was given by a clock that ran ahead
ONCE, TICKING = "once", ("plan", "report", "tidy", "alert")

Beats = Mapping[str, tuple[datetime, str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Health:
    """The state of an installation; it is well where `alarms` is empty."""

    alarms: tuple[str, ...]
    workers: Beats  # last sign of life, trouble
    ends: tuple[EndState, ...]
    letters: Mapping[str, int]  # outgoing, by state
    waiting: int  # incoming letters that wait for a person


def health(office: Office, *, now: datetime, plan_seconds: float = 30) -> Health:
    """Everything `status` knows now; `plan_seconds` is how often the planner is meant to come round."""
    seen = office.db.read(heartbeats.date_believed)
    clock = clock_trouble(now, last_seen=seen, released=office.not_before, longest_gap=office.longest_gap)
    workers = _at_work(office, office.db.read(heartbeats.beats))
    ours = {one.slug for one in office.accounts.values()}
    ends = tuple(one for one in office.db.read(accounts.end_states) if one.account in ours)
    letters = office.db.read(outbox_view.counts)
    waiting = office.db.read(inbox.count_waiting)
    alarms = [
        *([clock] if clock else []),
        *consequences(office),
        *([] if clock else _silent(office, workers, now=now, plan_seconds=plan_seconds)),
        *(f"{name}: {trouble}" for name, (_, trouble) in workers.items() if trouble),
        *(f"account {one.account}, {one.end.value}: {one.reason}" for one in ends if not one.is_open(now)),
        *_short_of_letters(office, now=now),
        *_put_aside(office, now=now),
        *_unreached(office),
        *_without_coach(office),
        *(_unknown(office) if letters.get("unknown") else ()),
        *(_held(office) if letters.get("held") else ()),
        *([f"{waiting} letter(s) wait for a person: `mailer inbox list`"] if waiting else []),
    ]
    return Health(alarms=tuple(alarms), workers=workers, ends=ends, letters=letters, waiting=waiting)


def expected(office: Office) -> list[str]:
    """The workers of `mailer run` with today's accounts; whoever beat before under another name is gone."""
    slugs = sorted(one.slug for one in office.accounts.values())
    ends = [f"{end} {slug}" for end in ("deliver", "read") for slug in slugs]
    return sorted([*TICKING, "ingest", *ends, *(["calendars"] if office.calendars else [])])


def _at_work(office: Office, beats: Beats) -> Beats:
    """Those that are meant to be alive: `once` where a timer does it all, else the workers of `run`."""
    ours = {name: beats[name] for name in [ONCE, *expected(office)] if name in beats}
    if ONCE in ours and max(ours, key=lambda name: ours[name][0]) == ONCE:
        return {ONCE: ours[ONCE]}
    return {name: beat for name, beat in ours.items() if name != ONCE}


def _silent(office: Office, workers: Beats, *, now: datetime, plan_seconds: float) -> Iterator[str]:
    if not workers:
        yield "the engine has never run: `mailer run`"
    for name in expected(office) if workers and ONCE not in workers else workers:
        if name not in workers:
            yield f"{name} has never been heard of: stop `mailer run` and start it again"
            continue
        usual = max(NO_TICK, timedelta(seconds=3 * plan_seconds)) if name == "plan" else NO_TICK
        at, _ = workers[name]
        if not -EARLY <= now - at <= (usual if name in TICKING else SILENT):
            yield f"{name} has not been heard of since {at:%Y-%m-%d %H:%MZ}"


def _put_aside(office: Office, *, now: datetime) -> Iterator[str]:
    aside = office.db.read(heartbeats.put_aside_since, now - PUT_ASIDE - SILENT)
    names = {one.id: one.slug for one in office.db.read(clients.clients, office.vault)} if aside else {}
    for client_id, why in aside.items():
        if client_id in names:
            yield f"{names[client_id]} cannot be planned and gets no letters; tried again every hour: {why}"


def _short_of_letters(office: Office, *, now: datetime) -> Iterator[str]:
    """Accounts whose allowance of a day is nearly used up while letters wait for it."""
    for account in office.accounts.values():
        if account.letters_per_day is None:
            continue
        account_id = office.db.read(accounts.account_id, account.slug)
        sent = office.db.read(claiming.sent_since, account_id, now - claiming.DAY)
        waiting = office.db.read(claiming.waiting, account_id, now=now)
        if waiting and sent >= account.letters_per_day - account.letters_per_day // claiming.KEPT_BACK:
            said = f"{sent} of {account.letters_per_day} letters of 24 hours are used up and {waiting} wait"
            yield f"account {account.slug}: {said}; sessions, promises and digests go first"


def _unreached(office: Office) -> Iterator[str]:
    """Clients whose letters do not arrive: those at a dead address one by one, the others together."""
    known = office.db.read(delivery.unreached, office.vault)
    dead = [one for one in known if one.delivery is Delivery.DEAD]
    for one in dead[:NAMES_SHOWN]:
        said = f" ({one.detail})" if one.detail else ""
        yield f"{one.slug}: the address does not exist{said}; no letters until `{EDIT.format(one.slug)}`"
    if len(dead) > NAMES_SHOWN:
        yield f"{len(dead) - NAMES_SHOWN} more clients have an address that does not exist: `mailer client list`"
    failing = [one.slug for one in known if one.delivery is Delivery.FAILING]
    if failing:
        more = f" and {len(failing) - NAMES_SHOWN} more" if len(failing) > NAMES_SHOWN else ""
        yield f"letters come back at the moment, and are still tried: {', '.join(failing[:NAMES_SHOWN])}{more}"


def _unknown(office: Office) -> Iterator[str]:
    """Letters that may have arrived or not, one by one: each waits for somebody's word."""
    rows = [one for one in office.db.read(outbox_view.rows, office.vault) if one.state is OutboxState.UNKNOWN]
    for row in rows[:NAMES_SHOWN]:
        what = f"{row.client or row.coach}, {row.prompt or row.kind.value} of {row.due_at:%Y-%m-%d %H:%MZ}"
        yield f"{what} may or may not have arrived: `mailer outbox settle {row.id.hex[-8:]} --sent` or --not-sent"
    if len(rows) > NAMES_SHOWN:
        yield f"{len(rows) - NAMES_SHOWN} more letters of unknown fate: `mailer outbox list`"


def _held(office: Office) -> Iterator[str]:
    """Letters that cannot be written, by their reasons: one mistake may hold the letters of many."""
    by_reason: dict[str, list[OutboxRow]] = {}
    for row in office.db.read(outbox_view.rows, office.vault):
        if row.state is OutboxState.HELD:
            by_reason.setdefault(row.detail, []).append(row)
    for reason, rows in list(by_reason.items())[:HELD_SHOWN]:
        names = list(dict.fromkeys(row.client or row.coach for row in rows))
        more = f" and {len(names) - HELD_SHOWN} more" if len(names) > HELD_SHOWN else ""
        first = min(row.expires_at for row in rows)
        whose = f"{', '.join(names[:HELD_SHOWN])}{more}"
        yield f"held, {whose}: {reason}; what is mended by {first:%Y-%m-%d %H:%MZ} still goes"
    if len(by_reason) > HELD_SHOWN:
        yield f"{len(by_reason) - HELD_SHOWN} more reasons hold letters: `mailer outbox list`"


def _without_coach(office: Office) -> Iterator[str]:
    for coach in office.db.read(practice.coaches, office.vault, active=False):
        left = [one.slug for one in office.db.read(clients.clients, office.vault, coach_id=coach.id)]
        if left:
            yield (
                f"{', '.join(left)}: their coach {coach.slug} does not stand in config.toml; letters still go out in "
                f"that name, and nobody is sent the answers: write the coach in again, or `mailer client pause`"
            )
