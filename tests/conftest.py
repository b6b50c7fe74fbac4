"""The databases that tests of the store and of ingest run on: SQLite always, PostgreSQL where script/test --full starts one."""

import asyncio
import os
import secrets
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import pytest
from tests.tell import Tell, teller, told_in

from trunkline.store import schema
from trunkline.store.postgres import PostgresDatabase
from trunkline.store.store import Store, open_store

START_MS = 1_790_000_000_000
POSTGRES = "TRUNKLINE_TEST_POSTGRES"
"""Names the server that script/with-postgres started."""


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """What tests told, whichever process they ran in."""
    reports = [report for of_outcome in ("passed", "failed") for report in terminalreporter.getreports(of_outcome)]
    lines = told_in(report for report in reports if report.when == "call")
    if lines:
        terminalreporter.section("told")
        terminalreporter.write_line("\n".join(sorted(lines)))


@pytest.fixture
def tell(request: pytest.FixtureRequest) -> Tell:
    """For figures and seeds of a test: they are shown at the end of a run."""
    return teller(request)


class Clock:
    """A clock that stands still until it is moved."""

    def __init__(self) -> None:
        self.now = START_MS

    def __call__(self) -> int:
        return self.now


@pytest.fixture
def clock() -> Clock:
    """The clock of the store."""
    return Clock()


@pytest.fixture(scope="session")
def postgres_template() -> Iterator[str]:
    """The URL of a migrated database that fresh ones are copied from."""
    url = os.environ.get(POSTGRES)
    if url is None:
        pytest.skip(f"no PostgreSQL server: {POSTGRES} is not set")
    template = _with_name(url, f"template_{secrets.token_hex(4)}")
    asyncio.run(_run_on(url, f"CREATE DATABASE {_name_of(template)}"))
    asyncio.run(_migrate(template))
    yield template
    asyncio.run(_run_on(url, f"DROP DATABASE {_name_of(template)}"))


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def database_url(request: pytest.FixtureRequest) -> Iterator[str | None]:
    """Where the test's own database is: None for a file in the test's folder."""
    if request.param == "sqlite":
        yield None
        return
    template = request.getfixturevalue("postgres_template")
    server, fresh = os.environ[POSTGRES], _with_name(template, f"test_{secrets.token_hex(4)}")
    asyncio.run(_run_on(server, f"CREATE DATABASE {_name_of(fresh)} TEMPLATE {_name_of(template)}"))
    yield fresh
    asyncio.run(_run_on(server, f"DROP DATABASE {_name_of(fresh)} WITH (FORCE)"))


@pytest.fixture
async def store(tmp_path: Path, clock: Clock, database_url: str | None) -> AsyncIterator[Store]:
    """A fresh store on each database."""
    opened = await open_store(tmp_path, url=database_url, clock=clock)
    yield opened
    await opened.close()


@pytest.fixture
async def sqlite_store(tmp_path: Path, clock: Clock) -> AsyncIterator[Store]:
    """A fresh store on SQLite, for what only it has."""
    opened = await open_store(tmp_path, clock=clock)
    yield opened
    await opened.close()


async def _migrate(url: str) -> None:
    db = await PostgresDatabase.open(url)
    await schema.migrate(db)  # no store: its secret would be that of every test
    await db.close()


async def _run_on(url: str, statement: str) -> None:
    asyncpg = pytest.importorskip("asyncpg")
    connection = await asyncpg.connect(url)
    try:
        await connection.execute(statement)
    finally:
        await connection.close()


def _name_of(url: str) -> str:
    return urlsplit(url).path.removeprefix("/")


def _with_name(url: str, name: str) -> str:
    return urlunsplit(urlsplit(url)._replace(path=f"/{name}"))
