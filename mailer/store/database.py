"""How a transaction is run: one plain function that takes a connection, in a thread, committed whole or not at all.

SQLite (WAL, foreign keys, busy timeout): one writing thread, each transaction BEGIN IMMEDIATE, so a writer never fails
half way through for want of the lock; several reading connections beside it. PostgreSQL: psycopg 3 over a small pool.
Cancelling the await does not cancel the transaction: it may have been committed, and the row must tell.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Concatenate, ParamSpec, TypeVar

from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url
from sqlalchemy.exc import DatabaseError, DBAPIError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from mailer.errors import PermanentFailure, TemporaryFailure

BUSY_TIMEOUT_MS = 30_000  # longer than any backup or reader should hold the SQLite lock
IDLE_MS = 60_000  # within a transaction, which otherwise takes milliseconds
READERS = 4

P = ParamSpec("P")
T = TypeVar("T")


class Database:
    """One database; `run` writes, `look` reads, `write` and `read` are the same without an event loop."""

    def __init__(self, url: str) -> None:
        self.url = make_url(url)
        self.is_sqlite = self.url.get_backend_name() == "sqlite"
        if self.is_sqlite:
            self._writer = _sqlite_engine(url, begin="BEGIN IMMEDIATE")
            self._reader = _sqlite_engine(url, begin="BEGIN", query_only=True)
            self._write_pool = ThreadPoolExecutor(1, thread_name_prefix="store-write")
        else:
            self._writer = _postgres_engine(self.url)
            # By default each statement of a transaction sees another moment; a reader must see one.
            self._reader = self._writer.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
            self._write_pool = ThreadPoolExecutor(READERS, thread_name_prefix="store-write")
        self._read_pool = ThreadPoolExecutor(READERS, thread_name_prefix="store-read")

    def write(self, function: Callable[Concatenate[Connection, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        """What the function returns, committed; any exception rolls back."""
        return _transact(self._writer, function, args, kwargs)

    def read(self, function: Callable[Concatenate[Connection, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        """What the function returns from one consistent view."""
        return _transact(self._reader, function, args, kwargs)

    async def run(self, function: Callable[Concatenate[Connection, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        """`write` in the writing thread."""
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._write_pool, lambda: self.write(function, *args, **kwargs))

    async def look(self, function: Callable[Concatenate[Connection, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        """`read` in a reading thread."""
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._read_pool, lambda: self.read(function, *args, **kwargs))

    def empty_log(self) -> None:
        """Lets go of earlier versions of pages: after it, SQLite's log holds nothing that was deleted.

        PostgreSQL keeps its log and dead rows as long as its own settings say.
        """
        if self.is_sqlite:
            connection = self._writer.raw_connection()
            try:
                connection.cursor().execute("PRAGMA wal_checkpoint(TRUNCATE)")
            finally:
                connection.close()

    def close(self) -> None:
        """Ends the threads after their last transaction and closes every connection."""
        self._write_pool.shutdown(wait=True)
        self._read_pool.shutdown(wait=True)
        self._writer.dispose()
        self._reader.dispose()


def _transact(engine: Engine, function: Callable[..., T], args: tuple[Any, ...], kwargs: dict[str, Any]) -> T:
    try:
        with engine.begin() as conn:
            return function(conn, *args, **kwargs)
    except DBAPIError as error:
        # Locked, disk full, connection gone: nothing was committed, and the next try may succeed.
        if isinstance(error, OperationalError) or error.connection_invalidated:
            raise TemporaryFailure(f"the database could not do it now: {_first_line(error)}") from error
        if type(error) is DatabaseError:  # what SQLite says of a file that is none of its own, or is damaged
            raise PermanentFailure(f"{engine.url.database}: {_first_line(error)}; put back a backup") from error
        raise
    except PoolTimeout as error:
        raise TemporaryFailure("the database could not do it now: all its connections are busy") from error


def _first_line(error: DBAPIError) -> str:
    """The driver's own words without the statement: parameters may hold anything."""
    return str(error.orig).splitlines()[0] if error.orig and str(error.orig) else type(error).__name__


def _postgres_engine(url: URL) -> Engine:
    """A process that is stopped within a transaction must not keep others from what it holds; it begins anew later."""
    settings = {} if "options" in url.query else {"options": f"-c idle_in_transaction_session_timeout={IDLE_MS}"}
    return create_engine(
        url, pool_size=READERS, max_overflow=READERS, pool_pre_ping=True, hide_parameters=True, connect_args=settings
    )


def _sqlite_engine(url: str, *, begin: str, query_only: bool = False) -> Engine:
    engine = create_engine(url, connect_args={"timeout": BUSY_TIMEOUT_MS / 1000}, hide_parameters=True)

    @event.listens_for(engine, "connect")
    def prepare(connection: Any, record: Any) -> None:
        connection.isolation_level = None  # the driver must not begin transactions of its own
        cursor = connection.cursor()
        cursor.execute(f"PRAGMA busy_timeout = {BUSY_TIMEOUT_MS}")
        cursor.execute("PRAGMA journal_mode = WAL")
        cursor.execute("PRAGMA synchronous = FULL")  # a committed letter survives a power cut
        cursor.execute("PRAGMA foreign_keys = ON")
        cursor.execute("PRAGMA secure_delete = ON")
        cursor.execute(f"PRAGMA query_only = {query_only:d}")
        cursor.close()

    @event.listens_for(engine, "begin")
    def start(conn: Connection) -> None:
        conn.exec_driver_sql(begin)

    return engine
