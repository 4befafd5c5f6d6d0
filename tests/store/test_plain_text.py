"""No text of a record can be read in any file of the profile, while it is open nor afterwards."""

import logging
from pathlib import Path
from uuid import uuid4

import pytest

from desktop.models.people import StaffMember
from desktop.operations.memory import StoredMemory
from desktop.store.backups import copy_database
from desktop.store.unit_of_work import UnitOfWork
from desktop.store.witness import witness_path
from tests.support.profiles import KEYS, OPERATOR, open_store
from tests.support.work import add_incident, add_member, change_member


def files_with(folder: Path, words: str) -> list[str]:
    """Return the files that hold the words in UTF-8 or UTF-16, whatever the capitals."""
    needles = [words.encode(coding) for coding in ("utf-8", "utf-16-le", "utf-16-be")]
    return [
        str(file.relative_to(folder))
        for file in sorted(folder.rglob("*"))
        if file.is_file() and any(needle.lower() in file.read_bytes().lower() for needle in needles)
    ]


def test_the_search_of_this_test_finds_what_is_there(tmp_path: Path) -> None:
    (tmp_path / "a").write_text("el Canario canta", encoding="utf-16")

    assert files_with(tmp_path, "canario") == ["a"]


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
