"""What every test may ask for: real servers and migrated stores. A server that is missing is an error, never a skip."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.stores import Store, Templates, templates

if TYPE_CHECKING:  # the plugins below import these themselves, so that their assertions explain themselves
    from tests.house import House
    from tests.servers.dovecot import Box
    from tests.servers.smtp import SmtpServer

pytest_plugins = ["tests.servers.certificates", "tests.servers.oauth", "tests.servers.dovecot", "tests.servers.smtp"]


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


@pytest.fixture(params=["sqlite", "postgres"])
async def house(
    request: pytest.FixtureRequest, store_templates: Templates, box: Box, smtp_server: SmtpServer, tmp_path: Path
) -> AsyncIterator[House]:
    """A whole installation, on each database."""
    from tests.house import running_house

    async with running_house(store_templates, request.param, box, smtp_server, tmp_path) as made:
        yield made


@pytest.fixture
async def sqlite_house(
    store_templates: Templates, box: Box, smtp_server: SmtpServer, tmp_path: Path
) -> AsyncIterator[House]:
    """The same on SQLite only: for stories in which the database does not matter."""
    from tests.house import running_house

    async with running_house(store_templates, "sqlite", box, smtp_server, tmp_path) as made:
        yield made
