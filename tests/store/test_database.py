"""What a transaction is: whole or not there, one writer at a time, one moment for a reader."""

from __future__ import annotations

import asyncio
import sqlite3
import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import RFC_4122

import pytest
from sqlalchemy import Connection, func, insert, select, text
from sqlalchemy.exc import StatementError

from mailer.errors import TemporaryFailure
from mailer.store import schema
from mailer.store.columns import new_id
from mailer.store.database import Database
from tests.stores import NOW, Store


def _note(conn: Connection, worker: str) -> None:
    conn.execute(insert(schema.heartbeats).values(id=new_id(NOW), worker=worker, at=NOW))


def _workers(conn: Connection) -> int:
    return conn.scalars(select(func.count()).select_from(schema.heartbeats)).one()


def test_what_raises_half_way_leaves_nothing(store: Store) -> None:
    def half(conn: Connection) -> None:
        _note(conn, "a")
        raise RuntimeError("half way")

    with pytest.raises(RuntimeError, match="half way"):
        store.db.write(half)

    assert store.db.read(_workers) == 0


def test_one_writer_at_a_time_and_none_is_lost(store: Store) -> None:
    def add_one(conn: Connection) -> None:
        conn.execute(text("UPDATE heartbeats SET trouble = CAST(CAST(trouble AS INTEGER) + 1 AS VARCHAR(300))"))

    store.db.write(lambda conn: conn.execute(insert(schema.heartbeats).values(_counter())))

    async def all_at_once() -> None:
        await asyncio.gather(*(store.db.run(add_one) for _ in range(40)))

    asyncio.run(all_at_once())

    assert store.db.read(lambda conn: conn.scalar(select(schema.heartbeats.c.trouble))) == "40"


def _counter() -> dict[str, object]:
    return {"id": new_id(NOW), "worker": "counter", "at": NOW, "trouble": "0"}


def test_a_reader_sees_one_moment_while_others_write(store: Store) -> None:
    def look_twice(conn: Connection) -> tuple[int, int]:
        before = _workers(conn)
        store.db.write(_note, "in between")
        return before, _workers(conn)

    assert store.db.read(look_twice) == (0, 0)
    assert store.db.read(_workers) == 1


def test_what_only_looks_cannot_write(store: Store) -> None:
    with pytest.raises(Exception, match=r"read.?only"):
        store.db.read(_note, "a")

    assert store.db.read(_workers) == 0


def test_a_locked_file_is_waited_for(sqlite_store: Store) -> None:
    other = sqlite3.connect(sqlite_store.db.url.database or "", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")

    async def write_while_locked() -> bool:
        waiting = asyncio.create_task(sqlite_store.db.run(_note, "a"))
        seen = await sqlite_store.db.look(_workers)
        was_waiting = not waiting.done()
        other.rollback()
        await waiting
        return was_waiting and seen == 0

    assert asyncio.run(write_while_locked())
    other.close()
    assert sqlite_store.db.read(_workers) == 1


def test_a_lock_that_stays_is_a_temporary_failure(sqlite_store: Store) -> None:
    sqlite_store.db.write(lambda conn: conn.execute(text("PRAGMA busy_timeout = 50")))
    other = sqlite3.connect(sqlite_store.db.url.database or "", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")

    with pytest.raises(TemporaryFailure, match="database is locked"):
        sqlite_store.db.write(_note, "a")

    other.close()
    sqlite_store.db.write(_note, "a")
    assert sqlite_store.db.read(_workers) == 1


def test_a_full_disk_is_a_temporary_failure_and_nothing_is_half_written(sqlite_store: Store) -> None:
    def fill(conn: Connection) -> None:
        conn.execute(text(f"PRAGMA max_page_count = {conn.scalar(text('PRAGMA page_count'))}"))
        for number in range(2000):
            conn.execute(insert(schema.heartbeats).values(_counter() | {"worker": f"{number}", "trouble": "x" * 300}))

    with pytest.raises(TemporaryFailure, match="disk is full"):
        sqlite_store.db.write(fill)

    assert sqlite_store.db.read(_workers) == 0


def test_a_full_disk_that_has_room_again_takes_the_next_letter(sqlite_store: Store) -> None:
    def limit(conn: Connection, pages: int) -> None:
        conn.execute(text(f"PRAGMA max_page_count = {pages}"))

    def big(conn: Connection) -> None:
        conn.execute(text("CREATE TABLE filler (x BLOB)"))
        conn.execute(text("INSERT INTO filler VALUES (zeroblob(1000000))"))

    sqlite_store.db.write(limit, 1)
    with pytest.raises(TemporaryFailure):
        sqlite_store.db.write(big)

    sqlite_store.db.write(limit, 1_000_000)
    sqlite_store.db.write(_note, "a")
    assert sqlite_store.db.read(_workers) == 1


def test_a_server_that_ends_the_connection_is_a_temporary_failure(store: Store) -> None:
    def hang_up(conn: Connection) -> None:
        _note(conn, "a")
        if not store.db.is_sqlite:
            conn.execute(text("SELECT pg_terminate_backend(pg_backend_pid())"))
        raise TemporaryFailure("a file has no server")

    with pytest.raises(TemporaryFailure):
        store.db.write(hang_up)

    store.db.write(_note, "b")
    assert store.db.read(_workers) == 1


def test_cancelling_the_wait_does_not_cancel_what_was_begun(store: Store) -> None:
    begun, go_on = threading.Event(), threading.Event()

    def slow(conn: Connection) -> None:
        begun.set()
        go_on.wait(10)
        _note(conn, "slow")

    async def cancel_half_way() -> None:
        waiting = asyncio.create_task(store.db.run(slow))
        await asyncio.to_thread(begun.wait, 10)
        waiting.cancel()
        with pytest.raises(asyncio.CancelledError):
            await waiting
        go_on.set()
        await store.db.run(_note, "after")

    asyncio.run(cancel_half_way())
    store.db.close()  # waits for the last transaction

    again = Database(store.db.url.render_as_string(hide_password=False))
    assert again.read(_workers) == 2
    again.close()


def test_a_naive_time_is_refused_before_anything_is_written(store: Store) -> None:
    naive = datetime(2027, 3, 28, 2, 30)

    with pytest.raises(StatementError, match="naive time"):
        store.db.write(lambda conn: conn.execute(insert(schema.heartbeats).values(_counter() | {"at": naive})))

    assert store.db.read(_workers) == 0


@pytest.mark.parametrize(
    "moment",
    [
        datetime(2027, 3, 28, 1, 0, 0, 1, tzinfo=UTC),
        datetime(1970, 1, 1, tzinfo=UTC),
        datetime(9999, 1, 1, tzinfo=UTC),
        datetime.fromisoformat("2027-10-31T02:30:00+01:00"),
    ],
)
def test_a_time_comes_back_aware_and_to_the_microsecond(store: Store, moment: datetime) -> None:
    store.db.write(lambda conn: conn.execute(insert(schema.heartbeats).values(_counter() | {"at": moment})))

    found = store.db.read(lambda conn: conn.scalars(select(schema.heartbeats.c.at)).one())

    assert found == moment
    assert found.utcoffset() == timedelta(0)


def test_times_on_both_sides_of_a_second_compare_as_times(store: Store) -> None:
    for number, microsecond in enumerate((0, 1, 999_999)):
        at = NOW.replace(microsecond=microsecond)
        store.db.write(lambda conn, row: conn.execute(insert(schema.heartbeats).values(row)), _row(number, at))

    h = schema.heartbeats.c
    later = store.db.read(lambda conn: list(conn.scalars(select(h.worker).where(h.at > NOW).order_by(h.at))))

    assert later == ["1", "2"]


def _row(number: int, at: datetime) -> dict[str, object]:
    return _counter() | {"worker": str(number), "at": at}


def test_ids_sort_by_birth_and_say_what_they_are() -> None:
    moments = [NOW + timedelta(milliseconds=step) for step in range(200)]

    ids = [new_id(moment) for moment in moments]

    assert ids == sorted(ids)
    assert {one.version for one in ids} == {7}
    assert {one.variant for one in ids} == {RFC_4122}
    assert ids[0].int >> 80 == int(NOW.timestamp() * 1000)


def test_ids_of_one_moment_sort_as_they_were_made() -> None:
    ids = [new_id(NOW) for _ in range(10_000)]

    assert ids == sorted(ids)
    assert len(set(ids)) == 10_000


def test_a_destroyed_key_stands_in_no_file_any_more(sqlite_store: Store) -> None:
    store = sqlite_store
    identity = store.vault.make_key("client", "a", now=NOW)
    k = schema.keys.c
    wrapped = store.key_db.read(lambda conn: conn.scalars(select(k.wrapped).where(k.id == identity)).one())
    folder = Path(store.key_db.url.database or "").parent

    def on_disk() -> bytes:
        return b"".join(one.read_bytes() for one in folder.glob("keys.db*"))

    assert wrapped in on_disk()

    store.vault.destroy_key("client", "a")

    assert wrapped not in on_disk()


def test_what_goes_wrong_is_said_without_the_values(store: Store) -> None:
    store.db.write(_note, "a")

    with pytest.raises(Exception, match=r"UNIQUE|unique") as error:
        store.db.write(lambda conn: conn.execute(insert(schema.heartbeats).values(_counter() | {"worker": "a"})))

    assert "[parameters:" not in str(error.value)
