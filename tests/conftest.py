"""What every test may ask for: real servers and migrated stores. A server that is missing is an error, never a skip."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.stores import Store, Templates, templates

pytest_plugins = ["tests.servers.certificates", "tests.servers.dovecot"]


@pytest.fixture(scope="session")
def store_templates(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Templates]:
    """Migrated databases to copy, on SQLite and on a PostgreSQL that runs for this session."""
    with templates(tmp_path_factory.mktemp("templates")) as made:
        yield made


@pytest.fixture(params=["sqlite", "postgres"])
def store(request: pytest.FixtureRequest, store_templates: Templates, tmp_path: Path) -> Iterator[Store]:
    """A store with nobody but Petra in it; the test runs once on each database."""
    made = store_templates.new(request.param, tmp_path)
    yield made
    made.close()


@pytest.fixture
def sqlite_store(store_templates: Templates, tmp_path: Path) -> Iterator[Store]:
    """The same on SQLite only: for stories in which the database does not matter."""
    made = store_templates.new("sqlite", tmp_path)
    yield made
    made.close()
