"""No text of a record can be read in any file of the profile, while it is open nor afterwards."""

import getpass
import logging
import os
import tempfile
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

import pytest

from desktop.core.paths import Profile
from desktop.models.people import StaffMember
from desktop.models.roles import Role
from desktop.operations.backups import make_backup
from desktop.operations.copies import sweep_copies
from desktop.operations.memory import StoredMemory
from desktop.operations.setup import open_station
from desktop.store.backups import copy_database
from desktop.store.unit_of_work import UnitOfWork
from desktop.store.witness import witness_path
from desktop.views.shell.single_instance import SingleInstance
from tests.support.canaries import files_with, use_everything, write_everywhere
from tests.support.clock import FakeClock
from tests.support.killing import Server
from tests.support.made import make_station
from tests.support.profiles import KEYS, OPERATOR, open_store
from tests.support.stations import SUPERVISOR
from tests.support.work import add_incident, add_member, change_member


def test_the_search_of_this_test_finds_what_is_there(tmp_path: Path) -> None:
    (tmp_path / "a").write_text("el Canario canta", encoding="utf-16")

    (tmp_path / "canario.txt").touch()

    assert files_with(tmp_path, "canario") == ["a", "canario.txt"]


def test_nothing_that_was_written_can_be_read_in_any_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    temporary = tmp_path / "tmp"
    temporary.mkdir()
    monkeypatch.setenv("TMPDIR", str(temporary))
    monkeypatch.setenv("SQLITE_TMPDIR", str(temporary))
    logging.getLogger().setLevel(logging.DEBUG)
    canary = f"canario{uuid4().hex}"
    profile = tmp_path / "perfil"
    profile.mkdir()

    with open_store(profile / "atalaya.db") as store:
        member = add_member(store, f"Marta {canary}", phone=canary)
        change_member(store, member, callsign=canary, run=canary)
        add_incident(store, f"Riña {canary}", lines=5)
        rows = [{"full_name": f"{canary} {number}"} for number in range(5_000)]
        store.write(OPERATOR, "test", lambda unit: unit.add_rows(StaffMember, rows)).result()

        def fail(unit: UnitOfWork) -> None:
            unit.session.add(StaffMember(full_name=f"Fallido {canary}"))
            unit.session.flush()
            raise ZeroDivisionError

        with pytest.raises(ZeroDivisionError):
            store.write(OPERATOR, f"operación {canary}", fail).result()
        StoredMemory(store, "").put("borrador", canary)
        found = store.read(
            lambda session: store.search.find(session.connection(), canary, {"staff": 3})
        ).result()
        assert len(found) == 50
        store.read(
            lambda session: (
                session.connection()
                .exec_driver_sql(
                    "SELECT full_name, count(*) FROM staff GROUP BY full_name ORDER BY full_name DESC"
                )
                .fetchall()
            )
        ).result()
        copy_database(store.path, profile / "copia.db", KEYS)
        while_open = files_with(tmp_path, canary)
        names = {file.name for file in profile.iterdir()}

    assert while_open == []
    assert names >= {"atalaya.db", "atalaya.db-wal", "copia.db", "atalaya.db.witness"}
    assert files_with(tmp_path, canary) == []
    assert files_with(tmp_path, str(OPERATOR.user_id)) == []
    assert canary not in caplog.text
    assert canary.encode() not in witness_path(profile / "atalaya.db").read_bytes()


@pytest.fixture
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return the folder that this process takes for the system's temporary one."""
    folder = tmp_path / "temporal"
    folder.mkdir()
    for name in ("TMPDIR", "SQLITE_TMPDIR"):
        monkeypatch.setenv(name, str(folder))
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    return folder


@pytest.fixture
def quiet_log() -> Iterator[None]:
    """Take away the handlers that a test adds."""
    before = list(logging.getLogger().handlers)
    yield
    for handler in set(logging.getLogger().handlers) - set(before):
        logging.getLogger().removeHandler(handler)
        handler.close()


def test_no_word_of_any_register_file_paper_or_failure_can_be_read_in_any_file(
    tmp_path: Path, temporary: Path, quiet_log: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    canary = f"canario{uuid4().hex}"
    made = make_station(tmp_path / "perfil", monkeypatch)
    out = tmp_path / "papeles"
    out.mkdir()
    looked_at = (made.profile.folder, temporary)

    with open_station(made.profile, made.master, FakeClock()) as station:
        station.seat(replace(SUPERVISOR, roles=frozenset(Role)))
        filled = write_everywhere(station, canary)
        copies = use_everything(station, out, canary)
        make_backup(made.profile, made.master, datetime.now(UTC))
        copy_database(made.profile.database, tmp_path / "perfil" / "copia.db", station.keys)
        mine = {path.relative_to(temporary).parts[0] for path in temporary.rglob("*") if path.is_file()}
        assert all(name.startswith("atalaya-copias-") for name in mine)
        copies.close()
        while_open = [found for folder in looked_at for found in files_with(folder, canary)]

    assert {"incidents", "staff", "incident_lines", "attachments", "hazard_notes"} <= filled
    assert len(filled) > 12
    assert while_open == []
    assert [found for folder in looked_at for found in files_with(folder, canary)] == []
    names = {path.name for path in made.profile.logs.iterdir()}
    assert "atalaya.log" in names
    assert any(name.startswith("crash-") for name in names)


@pytest.mark.slow
@pytest.mark.skipif(not hasattr(os, "fork"), reason="kill -9 is sent where processes fork")
def test_nothing_readable_is_left_by_a_kill_once_the_program_was_started_again(
    tmp_path: Path, temporary: Path
) -> None:
    profile = Profile(tmp_path / "perfil")
    profile.prepare()
    server = Server("tests.support.file_worker")
    try:
        for life_s in (0.6, 0.9, 1.4, 2.0, 2.6):
            server.run(f"copy_out {profile.folder}", life_s, "done")
            assert files_with(profile.folder, "canario") == []
    finally:
        server.close()

    sweep_copies()

    assert files_with(temporary, "canario") == []
    assert [path for path in temporary.rglob("*") if path.is_file()] == []


def test_the_door_at_which_a_second_program_knocks_names_neither_folder_nor_person(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, qapp: object
) -> None:
    profile = tmp_path / "Carabineros 2a comisaría canario"
    with tempfile.TemporaryDirectory(dir="/tmp") as short:  # the name of a socket may have 107 bytes
        monkeypatch.setenv("TMPDIR", short)
        instance = SingleInstance(profile)
        assert instance.claim()
        try:
            names = [path.name for path in Path(short).iterdir()]
        finally:
            instance.release()

    assert names
    assert not [name for name in names if "canario" in name.lower() or getpass.getuser() in name]
