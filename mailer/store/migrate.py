"""Which schema a database has, which one the program needs, and the way from one to the other.

The one home of alembic. `require_current` is what `run` asks before it touches anything.
"""

from __future__ import annotations

from pathlib import Path

from alembic import command, context
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, MetaData

from mailer.errors import ConfigError, PermanentFailure, Problem
from mailer.store.database import Database

STEPS = Path(__file__).parent / "migrations"
DATA, KEYS = "data", "keys"


def migrate(database: Database, steps: str, *, upto: str = "head") -> tuple[str | None, str]:
    """Brings the database to the newest schema, or to an older one; gives the version before and the newest."""
    return database.write(_upgrade, steps, upto)


def require_current(database: Database, steps: str, *, file: Path) -> None:
    """ConfigError naming `mailer migrate` unless the database has exactly the schema this program needs."""
    have, need = database.read(version), newest(steps)
    if have == need:
        return
    if have is not None and have not in _known(steps):
        raise ConfigError(
            [
                Problem(
                    file, 0, 0, "store", f"the {steps} schema ({have}) is newer than this program ({need}); upgrade it"
                )
            ]
        )
    state = "has no tables yet" if have is None else f"has schema {have}; this program needs {need}"
    raise ConfigError([Problem(file, 0, 0, "store", f"the {steps} database {state}; run `mailer migrate`")])


def version(conn: Connection) -> str | None:
    """The schema a database has; None for an empty one."""
    return MigrationContext.configure(conn).get_current_revision()


def newest(steps: str) -> str:
    """The schema this program needs."""
    head = ScriptDirectory.from_config(_config(steps)).get_current_head()
    if head is None:
        raise PermanentFailure(f"the program came without its {steps} migrations; install it again")
    return head


def run_steps(meta: MetaData) -> None:
    """What alembic's env files call: the steps run inside the caller's transaction."""
    connection = context.config.attributes["connection"]
    context.configure(connection=connection, target_metadata=meta, transaction_per_migration=False)
    context.run_migrations()


def _known(steps: str) -> set[str]:
    return {script.revision for script in ScriptDirectory.from_config(_config(steps)).walk_revisions()}


def _config(steps: str) -> Config:
    config = Config()
    config.set_main_option("script_location", str(STEPS / steps).replace("%", "%%"))
    return config


def _upgrade(conn: Connection, steps: str, upto: str) -> tuple[str | None, str]:
    before = version(conn)
    config = _config(steps)
    config.attributes["connection"] = conn
    command.upgrade(config, upto)
    return before, newest(steps)
