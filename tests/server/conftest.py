"""The same tests on SQLite and on a real PostgreSQL; each test has a database of its own."""

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.support.municipality import Municipality
from tests.support.postgres import Postgres


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    """Return a PostgreSQL of this test process; what it loses when the power goes is tested with another one."""
    with Postgres("fsync=off", "full_page_writes=off") as server:
        yield server


@pytest.fixture(params=["sqlite", "postgresql"])
def where(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str | Path]:
    """Return where a server may keep its database: a folder, or a DSN."""
    with ExitStack() as stack:
        if request.param == "sqlite":
            yield tmp_path / "server"
        else:
            server: Postgres = request.getfixturevalue("postgres")
            yield stack.enter_context(server.database())


@pytest.fixture
def municipality(where: str | Path) -> Iterator[Municipality]:
    made = Municipality.found(where)
    yield made
    made.close()
