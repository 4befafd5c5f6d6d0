"""When a backup is due, and what a failure does to the next one."""

from datetime import timedelta
from pathlib import Path

import pytest

from desktop.core.clock import SANTIAGO
from desktop.core.errors import Unavailable
from desktop.core.paths import Profile
from desktop.core.vault import MasterKey
from desktop.jobs.backups import EVERY, RETRY, BackupJob
from desktop.operations.backups import Made
from tests.support.clock import FakeClock


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def job(tmp_path: Path, clock: FakeClock) -> BackupJob:
    profile = Profile(tmp_path)
    profile.prepare()

    def make(profile: Profile, _master: MasterKey, _now: object) -> Made:
        at = clock.now()
        path = profile.backups / at.astimezone(SANTIAGO).strftime("atalaya-%Y%m%d-%H%M%S.atb")
        path.write_bytes(b"x")
        return Made(path, 1, 0, at)

    return BackupJob(profile, MasterKey(bytes(32)), clock, make)


def test_a_station_without_a_backup_makes_one_and_then_waits(job: BackupJob, clock: FakeClock) -> None:
    assert job.run() is not None
    assert job.run() is None

    clock.advance(EVERY.total_seconds())
    assert job.run() is not None


def test_a_clock_that_was_set_back_does_not_stop_the_backups(job: BackupJob, clock: FakeClock) -> None:
    job.run()
    clock.jump(-timedelta(days=2).total_seconds())

    assert job.is_due()


def test_after_a_failure_it_is_tried_again_but_not_at_once(job: BackupJob, clock: FakeClock) -> None:
    working = job.make

    def no_room(*_: object) -> Made:
        raise Unavailable("No hay espacio.")

    job.make = no_room
    with pytest.raises(Unavailable):
        job.run()
    assert job.run() is None

    job.make = working
    clock.advance(RETRY.total_seconds())
    assert job.run() is not None
