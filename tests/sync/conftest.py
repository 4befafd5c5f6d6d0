"""A PostgreSQL of this test process for the servers that stations exchange with."""

from collections.abc import Iterator

import pytest

from tests.support.postgres import Postgres


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    with Postgres("fsync=off", "full_page_writes=off") as server:
        yield server
