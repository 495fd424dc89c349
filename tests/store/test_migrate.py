"""The way from an empty database to the one the program needs, and the promises that are constraints."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection, Table, insert, inspect, text, update
from sqlalchemy.exc import IntegrityError

from mailer.errors import ConfigError
from mailer.store import schema
from mailer.store.columns import new_id
from mailer.store.database import Database
from mailer.store.migrate import DATA, KEYS, migrate, newest, require_current, version
from tests.store.letters import want_notice, want_prompt
from tests.stores import NOW, Store, Templates

CONFIG = Path("config.toml")
META = {DATA: schema.meta, KEYS: schema.key_meta}


@pytest.fixture(params=["sqlite", "postgres"])
def empty(request: pytest.FixtureRequest, store_templates: Templates, tmp_path: Path) -> Iterator[Database]:
    """A database without a table."""
    url = f"sqlite:///{tmp_path / 'empty.db'}"
    database = Database(url if request.param == "sqlite" else store_templates.empty_postgres())
    yield database
    database.close()


@pytest.mark.parametrize("steps", [DATA, KEYS])
def test_an_empty_database_comes_to_the_newest_schema(empty: Database, steps: str) -> None:
    assert empty.read(version) is None

    assert migrate(empty, steps) == (None, newest(steps))

    assert empty.read(version) == newest(steps)
    require_current(empty, steps, file=CONFIG)


@pytest.mark.parametrize("steps", [DATA, KEYS])
def test_the_steps_lead_to_exactly_the_tables_the_program_knows(empty: Database, steps: str) -> None:
    migrate(empty, steps)

    differences = empty.read(lambda conn: compare_metadata(MigrationContext.configure(conn), META[steps]))

    assert differences == []


@pytest.mark.parametrize("steps", [DATA, KEYS])
def test_every_promise_of_the_models_is_a_constraint_of_the_database(empty: Database, steps: str) -> None:
    migrate(empty, steps)

    def names(conn: Connection) -> tuple[set[str], set[str]]:
        found, wanted = set(), set()
        for table in META[steps].sorted_tables:
            found |= {str(one["name"]) for one in inspect(conn).get_check_constraints(table.name)}
            wanted |= {str(one.name) for one in table.constraints if one.__visit_name__ == "check_constraint"}
        return found, wanted

    found, wanted = empty.read(names)

    assert wanted - found == set()


@pytest.mark.parametrize("steps", [DATA, KEYS])
def test_migrating_twice_changes_nothing(empty: Database, steps: str) -> None:
    migrate(empty, steps)

    assert migrate(empty, steps) == (newest(steps), newest(steps))


def test_an_empty_database_is_refused_with_the_command_that_mends_it(empty: Database) -> None:
    with pytest.raises(ConfigError) as error:
        require_current(empty, DATA, file=CONFIG)

    assert str(error.value) == "config.toml: store: the data database has no tables yet; run `mailer migrate`"


def test_a_schema_of_another_program_version_is_refused(empty: Database) -> None:
    migrate(empty, DATA)
    empty.write(lambda conn: conn.execute(text("UPDATE alembic_version SET version_num = '9999'")))

    with pytest.raises(ConfigError) as error:
        require_current(empty, DATA, file=CONFIG)

    assert str(error.value) == (
        f"config.toml: store: the data schema (9999) is newer than this program ({newest(DATA)}); upgrade it"
    )


def test_a_step_that_fails_leaves_the_database_as_it_was(empty: Database) -> None:
    empty.write(lambda conn: conn.execute(text("CREATE TABLE outbox (x INTEGER)")))

    with pytest.raises(Exception, match="outbox"):
        migrate(empty, DATA)

    assert empty.read(version) is None
    assert empty.read(lambda conn: inspect(conn).get_table_names()) == ["outbox"]


def test_what_was_kept_by_the_first_version_is_there_after_every_step(empty: Database) -> None:
    migrate(empty, DATA, upto="0001")
    ids = {name: new_id(NOW) for name in ("practice", "coach", "client", "enrolment", "session", "occurrence")}
    who = {"client_id": ids["client"], "coach_id": ids["coach"]}
    kept: dict[Table, dict[str, Any]] = {
        schema.practices: {"id": ids["practice"], "slug": "vogl", "title": "Between Sessions"},
        schema.coaches: {
            "id": ids["coach"], "practice_id": ids["practice"], "slug": "petra", "name": b"n", "address": b"a",
            "address_digest": b"d", "zone": "Europe/Berlin", "language": "en", "digest_at": "07:00",
            "digests_from": date(2027, 3, 1), "active": True,
        },
        schema.clients: {
            "id": ids["client"], "practice_id": ids["practice"], "coach_id": ids["coach"], "slug": b"s",
            "slug_digest": b"d", "name": b"n", "address": b"a", "address_digest": b"d", "shared_address": False,
            "zone": "Europe/Lisbon", "country": "PT", "language": "en", "form": "informal", "tags": b"t",
            "state": "active", "delivery": "ok", "created_at": NOW,
        },
        schema.enrolments: who | {
            "id": ids["enrolment"], "schedule": "weekly", "start_on": date(2027, 3, 1), "started_at": NOW,
            "planned_until": NOW, "next_due_at": NOW,
        },
        schema.sessions: who | {
            "id": ids["session"], "starts_at": NOW, "ends_at": NOW + timedelta(hours=1), "state": "planned",
        },
        schema.prompts_seen: {
            "id": new_id(NOW), "practice_id": ids["practice"], "schedule": "weekly", "prompt": "week",
            "first_seen_at": NOW,
        },
        schema.schedules_seen: {
            "id": new_id(NOW), "practice_id": ids["practice"], "schedule": "weekly", "fingerprint": "1",
        },
        schema.occurrences: who | {
            "id": ids["occurrence"], "enrolment_id": ids["enrolment"], "schedule": "weekly", "prompt": "week",
            "anchor": "2027-03-01", "state": "queued", "due_at": NOW, "until": NOW, "decided_at": NOW, "late": False,
        },
    }  # fmt: skip

    def keep(conn: Connection) -> None:
        for table, values in kept.items():
            conn.execute(insert(table).values(**values))

    def read(conn: Connection) -> dict[Table, dict[str, Any]]:
        rows = {table: conn.execute(table.select()).one() for table in kept}
        return {table: {name: getattr(rows[table], name) for name in kept[table]} for table in kept}

    empty.write(keep)
    migrate(empty, DATA)

    assert empty.read(read) == kept


# What may never stand in a row.

LEASE = {"lease_owner": "a", "lease_until": NOW}
BYTES = {"raw": b"x", "message_id": "x@example.org"}


@pytest.mark.parametrize(
    ("promise", "values"),
    [
        ("ck_outbox_bytes_fixed", {"state": "sending", **LEASE}),
        ("ck_outbox_bytes_fixed", {"state": "sent", "settled_at": NOW}),
        ("ck_outbox_bytes_fixed", {"state": "unknown", "settled_at": NOW}),
        ("ck_outbox_bytes_have_id", {"raw": b"x"}),
        ("ck_outbox_lease", {"state": "claimed", "lease_until": None, "lease_owner": None}),
        ("ck_outbox_lease", {"state": "sending", **BYTES}),
        ("ck_outbox_lease", {"state": "queued", **LEASE}),
        ("ck_outbox_lease", {"state": "sent", "settled_at": NOW, **BYTES, **LEASE}),
        ("ck_outbox_lease_ends", {"state": "claimed", "lease_owner": "a"}),
        ("ck_outbox_settled", {"state": "sent", **BYTES}),
        ("ck_outbox_settled", {"state": "cancelled"}),
        ("ck_outbox_settled", {"state": "queued", "settled_at": NOW}),
        ("ck_outbox_prompt", {"occurrence_id": None}),
        ("ck_outbox_prompt", {"client_id": None}),
        ("ck_outbox_digest", {"kind": "digest"}),
        ("ck_outbox_confirmation", {"kind": "confirmation"}),
        ("ck_outbox_notice", {"kind": "notice"}),
        ("ck_outbox_kind", {"kind": "newsletter"}),
        ("ck_outbox_state", {"state": "lost"}),
    ],
)
def test_a_letter_out_keeps_its_promises(store: Store, promise: str, values: dict[str, Any]) -> None:
    letter = want_prompt(store, store.add_client("dana"))

    with pytest.raises(IntegrityError, match=promise):
        _change(store, schema.outbox, letter, values)


def test_one_cause_has_one_living_letter(store: Store) -> None:
    assert want_notice(store, "notice:1") is not None
    assert want_notice(store, "notice:1") is None
    other = want_notice(store, "notice:2")
    assert other is not None

    with pytest.raises(IntegrityError, match=r"cause"):
        _change(store, schema.outbox, other, {"cause": "notice:1"})


def _letter(store: Store, **values: Any) -> dict[str, Any]:
    row = {
        "id": new_id(NOW), "account_id": store.account_id, "folder": "INBOX", "uidvalidity": 1, "uid": 1,
        "received_at": NOW, "kept_at": NOW, "size": 1, "whole": True, "content_digest": bytes(32), "tries": 0,
        "state": "passed-over",
    }  # fmt: skip
    return row | values


@pytest.mark.parametrize(
    ("promise", "values"),
    [
        ("ck_letters_raw_has_key", {"raw": b"x"}),
        ("ck_letters_raw_has_key", {"data_key": b"x"}),
        ("ck_letters_has_bytes", {"state": "kept"}),
        ("ck_letters_has_bytes", {"state": "held"}),
        ("ck_letters_has_bytes", {"state": "set-aside"}),
        ("ck_letters_state", {"state": "lost"}),
        ("ck_letters_kind", {"kind": "postcard"}),
    ],
)
def test_a_letter_in_keeps_its_promises(store: Store, promise: str, values: dict[str, Any]) -> None:
    with pytest.raises(IntegrityError, match=promise):
        _add(store, schema.letters, _letter(store, **values))


def test_one_place_in_a_mailbox_has_one_letter(store: Store) -> None:
    _add(store, schema.letters, _letter(store))

    with pytest.raises(IntegrityError, match="uid"):
        _add(store, schema.letters, _letter(store))


def test_a_session_ends_after_it_starts(store: Store) -> None:
    dana = store.add_client("dana")
    row = {"id": new_id(NOW), "client_id": dana.id, "coach_id": dana.coach_id, "state": "planned"}

    with pytest.raises(IntegrityError, match="ck_sessions_order"):
        _add(store, schema.sessions, row | {"starts_at": NOW, "ends_at": NOW})


def test_a_client_is_on_a_schedule_once_at_a_time(store: Store) -> None:
    dana = store.add_client("dana")
    row = {"client_id": dana.id, "coach_id": dana.coach_id, "schedule": "weekly", "started_at": NOW}
    for day in (1, 2):
        left = {"left_at": NOW if day == 1 else None, "planned_until": NOW, "start_on": date(2027, 3, day)}
        _add(store, schema.enrolments, row | left | {"id": new_id(NOW)})

    again = {"left_at": None, "planned_until": NOW, "start_on": date(2027, 3, 3), "id": new_id(NOW)}
    with pytest.raises(IntegrityError, match="enrolments"):
        _add(store, schema.enrolments, row | again)


def test_a_row_that_names_nobody_is_refused(store: Store) -> None:
    with pytest.raises(IntegrityError, match=r"FOREIGN KEY|foreign key"):
        _add(store, schema.letters, _letter(store, account_id=new_id(NOW)))


def test_a_client_with_rows_cannot_be_dropped_by_the_way(store: Store) -> None:
    dana = store.add_client("dana")
    want_prompt(store, dana, now=NOW + timedelta(hours=1))

    with pytest.raises(IntegrityError, match=r"FOREIGN KEY|foreign key"):
        store.db.write(lambda conn: conn.execute(schema.clients.delete().where(schema.clients.c.id == dana.id)))


def _change(store: Store, table: Table, identity: UUID, values: dict[str, Any]) -> None:
    store.db.write(lambda conn: conn.execute(update(table).where(table.c.id == identity).values(**values)))


def _add(store: Store, table: Table, row: dict[str, Any]) -> None:
    store.db.write(lambda conn: conn.execute(insert(table).values(**row)))
