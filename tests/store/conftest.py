"""A real encrypted file for each test."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from desktop.store.store import Store
from tests.support.clock import FakeClock
from tests.support.profiles import open_store


@pytest.fixture(scope="session")
def empty_profile(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return an empty file, made once: most tests begin with a copy."""
    path = tmp_path_factory.mktemp("profile") / "atalaya.db"
    open_store(path).close()
    return path


@pytest.fixture
def database(tmp_path: Path, empty_profile: Path) -> Path:
    path = tmp_path / "atalaya.db"
    shutil.copy(empty_profile, path)
    shutil.copy(f"{empty_profile}.witness", f"{path}.witness")
    return path


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def store(database: Path, clock: FakeClock) -> Iterator[Store]:
    with open_store(database, clock=clock) as opened:
        yield opened
