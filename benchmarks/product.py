"""The program itself: `python benchmarks/product.py build|send FOLDER DATA_URL KEYS_URL LETTERS PORT CONNECTIONS`.

`build` makes an installation of so many clients who were planned on Monday and hear from their coach on Friday at
08:30. `send` is what is measured: Friday, 08:30. Everyone is planned, and each letter is rendered, built, sealed, sent
and recorded, with all the promises kept: bytes before the first attempt, `sending` before DATA, the outcome after it.
"""

from __future__ import annotations

import asyncio
import json
import sys
from datetime import UTC, datetime
from pathlib import Path
from time import perf_counter, process_time
from uuid import UUID

from peak import peak_megabytes
from sqlalchemy import Connection, func, insert, select

from mailer.config import load_config
from mailer.engine.opening import migrate_all, open_office
from mailer.engine.post import sender_of, transport_of
from mailer.flow.deliver import deliver_some
from mailer.flow.enqueue import plan_some, take_in_book
from mailer.flow.office import Office
from mailer.model.outgoing import OutboxState
from mailer.model.people import ClientState, Delivery, NewClient
from mailer.secrets import write_master_key
from mailer.store import schema
from mailer.store.client_rows import columns_of
from mailer.store.columns import new_id
from mailer.store.vault import address_digest

MONDAY = datetime(2027, 3, 1, 8, 0, tzinfo=UTC)
FRIDAY = datetime(2027, 3, 5, 8, 30, tzinfo=UTC)
BATCH = 1_000
SCHEDULE = """
title = "Weekly check-in"
for = "everyone"

[[prompt]]
id = "week"
when = "every Friday at 08:30"
subject = "Your week in four lines"
questions = ["How was this week, 1 to 10?", "What got in the way?", "What will you do before next Friday, and when?"]
"""
CONFIG = """
[[practice]]
id = "vogl"
title = "Vogl Coaching"

[[coach]]
id = "petra"
name = "Petra Vogl"
email = "petra@coach.example.org"
zone = "Europe/Berlin"

[[account]]
id = "main"
address = "petra@example.org"
connections = {connections}

[account.smtp]
host = "127.0.0.1"
port = {port}
security = "none"

[account.imap]
host = "127.0.0.1"
port = 1
security = "none"

[store]
url = "{data}"
keys_url = "{keys}"
"""


def write_files(folder: Path, urls: tuple[str, str], *, port: int, connections: int) -> Path:
    """The folder of an installation."""
    (folder / "schedules").mkdir(parents=True, exist_ok=True)
    (folder / "schedules" / "weekly-checkin.toml").write_text(SCHEDULE, "utf-8")
    if not (folder / "master.key").exists():
        write_master_key(folder / "master.key", bytes(range(32)))
    config = folder / "config.toml"
    config.write_text(CONFIG.format(connections=connections, port=port, data=urls[0], keys=urls[1]), "utf-8")
    return config


def build(config: Path, clients: int) -> None:
    """The clients, planned on Monday: nothing is due."""
    settings = load_config(config, env={})
    migrate_all(settings)
    with open_office(settings, now=MONDAY) as (office, _):
        for start in range(0, clients, BATCH):
            office.db.write(_add, office, range(start, min(start + BATCH, clients)))
        asyncio.run(take_in_book(office, now=MONDAY))
        asyncio.run(_plan_all(office, now=MONDAY))


def send(config: Path, clients: int) -> dict[str, float]:
    """Friday, 08:30."""
    with open_office(load_config(config, env={}), now=FRIDAY) as (office, _):
        begun, worked = perf_counter(), process_time()
        asyncio.run(_friday(office))
        found = {"seconds": perf_counter() - begun, "processor": process_time() - worked}
        sent = office.db.read(_sent)
        if sent != clients:
            raise SystemExit(f"{sent} of {clients} letters were sent")
    return found


async def _friday(office: Office) -> None:
    await _plan_all(office, now=FRIDAY)
    for account in office.accounts.values():
        transport = transport_of(account)
        sender = sender_of(account, transport=transport, clock=lambda: FRIDAY)
        while await deliver_some(office, sender):
            pass
        await transport.close()


async def _plan_all(office: Office, *, now: datetime) -> None:
    while await plan_some(office, now=now):
        pass


def _add(conn: Connection, office: Office, numbers: range) -> None:
    """Clients as `mailer client add` writes them, many at a time."""
    coach = conn.execute(select(schema.coaches)).one()
    rows = []
    for number in numbers:
        new = NewClient(
            slug=f"client{number}", name=f"Client{number} Reis", address=f"client{number}@example.org", coach="petra",
            zone="Europe/London",
        )  # fmt: skip
        rows.append(_row(office, coach.practice_id, coach.id, new))
    conn.execute(insert(schema.clients), rows)


def _row(office: Office, practice: UUID, coach: UUID, new: NewClient) -> dict[str, object]:
    vault, identity = office.vault, new_id(MONDAY)
    key = vault.make_key("client", str(identity), now=MONDAY)
    return {
        "id": identity, "practice_id": practice, "coach_id": coach, "slug_digest": vault.look_up("client", new.slug),
        "address_digest": address_digest(vault, new.address), "shared_address": False, "state": ClientState.ACTIVE,
        "delivery": Delivery.OK, "created_at": MONDAY, **columns_of(vault, key, identity, new),
    }  # fmt: skip


def _sent(conn: Connection) -> int:
    x = schema.outbox.c
    return conn.scalars(select(func.count()).where(x.state == OutboxState.SENT)).one()


if __name__ == "__main__":
    step, place, data, keys, count, where, width = sys.argv[1:8]
    file = write_files(Path(place), (data, keys), port=int(where), connections=int(width))
    if step == "build":
        build(file, int(count))
    else:
        print(json.dumps(send(file, int(count)) | {"megabytes": peak_megabytes()}))
