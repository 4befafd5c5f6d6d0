"""Whatever is done to the file behind the program's back is found, and the report says where."""

import json
import random
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from msgspec import structs

from desktop.core.errors import Cancelled, Unavailable
from desktop.models.catalogue import BY_TABLE, REGISTERS
from desktop.models.incidents.records import Incident, IncidentLine
from desktop.models.incidents.states import LineKind
from desktop.models.people import StaffMember, User
from desktop.store import journal, report, rows_check
from desktop.store.engine import connect
from desktop.store.report import Fault, Naming, VerifyReport
from desktop.store.search_check import rebuild_search
from desktop.store.store import Store
from desktop.store.unit_of_work import UnitOfWork
from desktop.store.verify import verify
from desktop.store.witness import witness_path
from tests.support.clock import FakeClock
from tests.support.profiles import KEYS, OPERATOR, keys_of, open_store
from wire.changes import chain_hash, decode, encode

ENTRIES = 60


def _work(store: Store) -> None:
    """Write about `ENTRIES` change-sets of every kind in two scopes."""
    chance = random.Random(20260316)
    staff: list[UUID] = []
    incidents: list[UUID] = []
    lines: list[UUID] = []

    def step(unit: UnitOfWork, number: int) -> None:
        session = unit.session
        match number % 6:
            case 0:
                member = StaffMember(full_name=f"Ñandú O'Higgins {number}", phone="+56912345678")
                session.add(member)
                session.flush()
                staff.append(member.id)
            case 1:
                incident = Incident(reported_at=unit.at, narrative=f"Riña en la plaza {number}")
                session.add(incident)
                session.flush()
                incidents.append(incident.id)
            case 2:
                line = IncidentLine(
                    incident_id=chance.choice(incidents),
                    at=unit.at,
                    kind=LineKind.NOTE,
                    text=f"Nota {number}",
                )
                session.add(line)
                session.flush()
                lines.append(line.id)
            case 3:
                found = session.get_one(StaffMember, chance.choice(staff))
                found.callsign = f"M{number}"
            case 4:
                struck = session.get_one(IncidentLine, chance.choice(lines))
                struck.struck_at, struck.strike_reason = unit.at, f"Error de digitación {number}"
            case _:
                session.add(User(username=f"u{number}", full_name=f"Persona {number}"))

    for number in range(ENTRIES):
        store.write(OPERATOR, f"test.step{number % 6}", lambda unit, k=number: step(unit, k)).result()  # type: ignore[misc]
    rows = [{"full_name": f"Persona importada {number}"} for number in range(40)]
    store.write(OPERATOR, "test.import", lambda unit: unit.add_rows(StaffMember, rows)).result()


@pytest.fixture(scope="module")
def worked_profile(empty_profile: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("worked") / "atalaya.db"
    path.write_bytes(empty_profile.read_bytes())
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(journal, "MAX_CHANGE_SETS", 8)
        with open_store(path) as store:
            _work(store)
    return path


@pytest.fixture
def worked(worked_profile: Path, tmp_path: Path) -> Path:
    path = tmp_path / "atalaya.db"
    path.write_bytes(worked_profile.read_bytes())
    witness_path(path).write_bytes(witness_path(worked_profile).read_bytes())
    return path


@contextmanager
def behind_its_back(path: Path) -> Iterator[Any]:
    """Open the file as somebody who has its key but not the station's."""
    connection = connect(path, KEYS.database)
    connection.execute("PRAGMA foreign_keys = OFF")
    try:
        yield connection
    finally:
        connection.close()


def _check(path: Path) -> VerifyReport:
    return verify(path, KEYS, REGISTERS)


def _faults(found: VerifyReport) -> set[Fault]:
    return {finding.fault for finding in found.findings}


def test_a_file_that_only_the_program_wrote_is_sound(worked: Path) -> None:
    found = _check(worked)

    assert found.is_sound, found.text()
    assert found.change_sets == ENTRIES + 1
    assert found.chains == 2
    assert found.segments > 6
    assert "Todo está íntegro" in found.text()


def test_a_file_is_checked_while_the_program_writes_to_it(store: Store) -> None:
    _work(store)

    assert _check(store.path).is_sound


def test_a_check_with_many_partitions_finds_the_same(worked: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with behind_its_back(worked) as connection:
        connection.execute("UPDATE staff SET phone = '+56900000000' WHERE full_name LIKE '%O''Higgins 12'")
    at_once = _check(worked)
    monkeypatch.setattr(rows_check, "PARTITION_BYTES", 4_000)

    in_parts = _check(worked)

    assert in_parts.records == at_once.records
    assert in_parts.findings == at_once.findings
    assert _faults(in_parts) == {Fault.ROW_CHANGED}


def test_a_wrong_key_opens_nothing(worked: Path) -> None:
    with pytest.raises(Unavailable):
        verify(worked, keys_of("otra"), REGISTERS)


def test_a_check_stops_when_it_is_told_to(worked: Path) -> None:
    for part in ("chain", "rows", "search"):
        with pytest.raises(Cancelled):
            verify(worked, KEYS, REGISTERS, lambda at, _done, _total, stop=part: at != stop)  # type: ignore[misc]


def _change_a_body(connection: Any, row: dict[str, Any], chance: random.Random) -> None:
    body = bytearray(row["body"])
    body[chance.randrange(len(body))] ^= 1 << chance.randrange(8)
    connection.execute("UPDATE journal SET body = ? WHERE n = ?", (bytes(body), row["n"]))


def _change_who(connection: Any, row: dict[str, Any], _chance: random.Random) -> None:
    connection.execute("UPDATE journal SET actor = ? WHERE n = ?", (UUID(int=99).bytes, row["n"]))


def _change_when(connection: Any, row: dict[str, Any], _chance: random.Random) -> None:
    connection.execute("UPDATE journal SET hlc = hlc - 65536 WHERE n = ?", (row["n"],))


def _delete(connection: Any, row: dict[str, Any], _chance: random.Random) -> None:
    connection.execute("DELETE FROM journal WHERE n = ?", (row["n"],))


def _swap_with_the_next(connection: Any, row: dict[str, Any], _chance: random.Random) -> None:
    other = connection.execute(
        "SELECT n FROM journal WHERE n <> ? ORDER BY abs(n - ?) LIMIT 1", (row["n"], row["n"])
    ).fetchone()[0]
    for source, target in ((row["n"], -1), (other, row["n"]), (-1, other)):
        connection.execute("UPDATE journal SET n = ? WHERE n = ?", (target, source))


def _rewrite_with_hashes(connection: Any, row: dict[str, Any], _chance: random.Random) -> None:
    """Change who did it and mend every hash after it, as somebody who knows the format would."""
    rows = connection.execute(
        "SELECT n, body FROM journal WHERE scope = ? AND replica = ? AND seq >= ? ORDER BY seq",
        (row["scope"], row["replica"], row["seq"]),
    ).fetchall()
    prev = row["prev"]
    for number, (n, body) in enumerate(rows):
        if number == 0:
            body = encode(structs.replace(decode(body), operation="test.forged"))  # noqa: PLW2901
            connection.execute("UPDATE journal SET operation = 'test.forged' WHERE n = ?", (n,))
        digest = chain_hash(prev, body)
        connection.execute(
            "UPDATE journal SET body = ?, prev = ?, hash = ? WHERE n = ?", (body, prev, digest, n)
        )
        prev = digest


def _insert(connection: Any, row: dict[str, Any], _chance: random.Random) -> None:
    """Put a well-formed entry at the end of the chain, with its hash but without the station's signature."""
    tail = connection.execute(
        "SELECT seq, hash FROM journal WHERE scope = ? AND replica = ? ORDER BY seq DESC LIMIT 1",
        (row["scope"], row["replica"]),
    ).fetchone()
    forged = encode(structs.replace(decode(row["body"]), seq=tail[0] + 1))
    connection.execute(
        "INSERT INTO journal (scope, replica, seq, prev, hash, hlc, actor, operation, body) "
        "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            row["scope"], row["replica"], tail[0] + 1, tail[1], chain_hash(tail[1], forged),
            row["hlc"], row["actor"], row["operation"], forged,
        ),
    )  # fmt: skip


def _forge_a_signature(connection: Any, row: dict[str, Any], _chance: random.Random) -> None:
    connection.execute(
        "UPDATE segment SET signature = zeroblob(64) WHERE scope = ? AND seq_first <= ? AND seq_last >= ?",
        (row["scope"], row["seq"], row["seq"]),
    )


def _delete_a_segment(connection: Any, row: dict[str, Any], _chance: random.Random) -> None:
    connection.execute(
        "DELETE FROM segment WHERE scope = ? AND seq_first <= ? AND seq_last >= ?",
        (row["scope"], row["seq"], row["seq"]),
    )


def _hide_from_the_timeline(connection: Any, row: dict[str, Any], _chance: random.Random) -> None:
    connection.execute("DELETE FROM journal_touch WHERE n = ?", (row["n"],))


Tamper = Callable[[Any, dict[str, Any], random.Random], None]
TAMPERS: tuple[Tamper, ...] = (
    _change_a_body,
    _change_who,
    _change_when,
    _delete,
    _swap_with_the_next,
    _rewrite_with_hashes,
    _insert,
    _forge_a_signature,
    _delete_a_segment,
    _hide_from_the_timeline,
)


@pytest.mark.parametrize("tamper", TAMPERS, ids=lambda tamper: tamper.__name__.strip("_"))
@pytest.mark.parametrize("seed", range(12))
def test_every_change_to_the_journal_is_found_at_its_place(worked: Path, tamper: Tamper, seed: int) -> None:
    chance = random.Random(f"{tamper.__name__}{seed}")
    with behind_its_back(worked) as connection:
        names = ["n", "scope", "replica", "seq", "prev", "hash", "hlc", "actor", "operation", "body"]
        rows = connection.execute(f"SELECT {', '.join(names)} FROM journal ORDER BY n").fetchall()  # noqa: S608
        row = dict(zip(names, chance.choice(rows), strict=True))
        tamper(connection, row, chance)

    found = _check(worked)

    assert not found.is_sound
    first = found.findings[0]
    assert first.seq is not None
    last = first.seq_last or first.seq
    if tamper is _insert:
        assert first.fault is Fault.UNSIGNED
        assert first.scope == row["scope"]
    elif tamper is _swap_with_the_next:
        assert abs(first.seq - row["seq"]) <= 1 or first.scope != row["scope"]
    elif tamper is _rewrite_with_hashes:
        assert first.fault is Fault.SIGNATURE
        assert (first.scope, first.seq <= row["seq"] <= last) == (row["scope"], True)
    else:
        assert first.scope == row["scope"]
        assert first.seq <= row["seq"] <= last
    assert str(first.seq) in found.text()


def test_the_finding_names_who_what_when_and_which_record(worked: Path) -> None:
    with behind_its_back(worked) as connection:
        n, body = connection.execute("SELECT n, body FROM journal WHERE operation = 'test.step3'").fetchone()
        touched = decode(body).ops[0]
        connection.execute(
            "UPDATE journal SET body = ? WHERE n = ?", (body.replace(b"callsign", b"callzign"), n)
        )
    naming = Naming(
        table=lambda table: BY_TABLE[table].title, person=lambda _who: "Marta Soto", operation=str.upper
    )

    found = _check(worked)

    first = found.findings[0]
    assert first.fault is Fault.ALTERED
    assert first.operation == "test.step3"
    assert first.actor == OPERATOR.user_id
    assert first.at == FakeClock().now()
    assert first.records == (("staff", UUID(bytes=touched.pk)),)
    text = found.text(naming)
    assert "El contenido de la anotación fue alterado." in text
    assert "Autor/a: Marta Soto." in text
    assert "Operación: TEST.STEP3." in text
    assert "Hora: 16-03-2026 14:00:00." in text
    assert f"Toca: Personal {UUID(bytes=touched.pk)}." in text
    assert json.loads(json.dumps(found.as_json()))["findings"][0]["records"] == [
        ["staff", str(UUID(bytes=touched.pk))]
    ]


@pytest.mark.parametrize("seed", range(12))
def test_a_changed_value_in_a_record_is_found(worked: Path, seed: int) -> None:
    chance = random.Random(seed)
    with behind_its_back(worked) as connection:
        table = chance.choice(["staff", "incidents", "incident_lines", "users"])
        columns = [
            info[1]
            for info in connection.execute(f"PRAGMA table_info({table})")
            if info[1] not in {"id", "folio"}
        ]
        column = chance.choice(columns)
        pk, before = chance.choice(connection.execute(f"SELECT id, {column} FROM {table}").fetchall())  # noqa: S608
        after = {str: "otro", int: (before or 0) + 1 if isinstance(before, int) else 0}.get(
            type(before), b"otro"
        )
        connection.execute(f"UPDATE {table} SET {column} = ? WHERE id = ?", (after, pk))  # noqa: S608

    found = _check(worked)

    changed = [finding for finding in found.findings if finding.fault is Fault.ROW_CHANGED]
    assert [(finding.records, finding.fields) for finding in changed] == [
        (((table, UUID(bytes=pk)),), (column,))
    ]


def test_a_deleted_record_is_found(worked: Path) -> None:
    with behind_its_back(worked) as connection:
        pk = connection.execute("SELECT id FROM incident_lines LIMIT 1").fetchone()[0]
        connection.execute("DELETE FROM incident_lines WHERE id = ?", (pk,))

    found = _check(worked)

    assert found.findings[0].fault is Fault.ROW_MISSING
    assert found.findings[0].records == (("incident_lines", UUID(bytes=pk)),)
    assert found.findings[0].actor == OPERATOR.user_id


def test_a_strike_taken_back_in_silence_is_found(worked: Path) -> None:
    with behind_its_back(worked) as connection:
        connection.execute("UPDATE incident_lines SET struck_at = NULL, strike_reason = NULL")

    assert {finding.fields for finding in _check(worked).findings} == {("struck_at", "strike_reason")}


def test_a_record_that_the_journal_does_not_know_is_found(worked: Path) -> None:
    with behind_its_back(worked) as connection:
        connection.execute("CREATE TEMP TABLE one AS SELECT * FROM staff LIMIT 1")
        connection.execute("UPDATE one SET id = ?", (UUID(int=5).bytes,))
        connection.execute("INSERT INTO staff SELECT * FROM one")

    found = _check(worked)

    assert _faults(found) >= {Fault.ROW_EXTRA}
    assert (("staff", UUID(int=5)),) in {finding.records for finding in found.findings}


def _cut(path: Path, count: int) -> None:
    """Cut the last entries off with everything that they left: rows, signatures, index."""
    with behind_its_back(path) as connection:
        rows = connection.execute(
            "SELECT n, scope, replica, seq FROM journal ORDER BY n DESC LIMIT ?", (count,)
        ).fetchall()
        for n, scope, replica, seq in rows:
            connection.execute("DELETE FROM journal WHERE n = ?", (n,))
            connection.execute("DELETE FROM journal_touch WHERE n = ?", (n,))
            connection.execute(
                "DELETE FROM segment WHERE scope = ? AND replica = ? AND seq_first >= ?",
                (scope, replica, seq),
            )


def test_a_cut_tail_is_found_by_the_witness(worked: Path) -> None:
    _cut(worked, 3)

    found = _check(worked)

    truncated = [finding for finding in found.findings if finding.fault is Fault.TRUNCATED]
    assert truncated
    assert "Se quitaron las últimas anotaciones." in found.text()


def test_writing_on_after_a_cut_does_not_bury_it(worked: Path) -> None:
    with behind_its_back(worked) as connection:
        tails = dict(connection.execute("SELECT scope, max(seq) FROM journal GROUP BY scope").fetchall())
    _cut(worked, 3)
    for _ in range(3):
        with open_store(worked) as store:
            for number in range(5):
                store.write(
                    OPERATOR,
                    "test.later",
                    lambda unit, k=number: unit.session.add(StaffMember(full_name=f"Después {k}")),  # type: ignore[misc]
                ).result()

    found = _check(worked)

    truncated = {f.scope: f.seq_last for f in found.findings if f.fault is Fault.TRUNCATED}
    assert truncated
    assert all(tails[scope] == last for scope, last in truncated.items())


def test_a_damaged_or_missing_witness_is_said(worked: Path) -> None:
    witness = witness_path(worked)
    whole = witness.read_bytes()
    witness.write_bytes(whole[:-1] + bytes((whole[-1] ^ 1,)))
    assert _faults(_check(worked)) == {Fault.WITNESS_DAMAGED}

    witness.unlink()
    assert _faults(_check(worked)) == {Fault.WITNESS_MISSING}


def test_a_station_key_put_in_place_of_ours_is_found(worked: Path) -> None:
    other = keys_of("otra").signing.public_key().public_bytes_raw()
    with behind_its_back(worked) as connection:
        connection.execute("UPDATE replica SET public_key = ?", (other,))

    assert _check(worked).findings[0].fault is Fault.UNKNOWN_STATION


def test_a_chain_that_is_said_to_end_elsewhere_is_found(worked: Path) -> None:
    with behind_its_back(worked) as connection:
        connection.execute("UPDATE chain SET seq = seq - 1 WHERE scope = 'sys'")

    found = _check(worked)

    assert {(finding.fault, finding.scope) for finding in found.findings} == {(Fault.TAIL, "sys")}


def test_a_whole_journal_taken_away_is_found(worked: Path) -> None:
    with behind_its_back(worked) as connection:
        for table in (
            "journal",
            "journal_touch",
            "segment",
            "chain",
            "incident_lines",
            "incidents",
            "staff",
            "users",
        ):
            connection.execute(f"DELETE FROM {table}")  # noqa: S608
        connection.execute("DELETE FROM search_doc")

    found = _check(worked)

    assert {finding.fault for finding in found.findings} == {Fault.TRUNCATED}
    assert {finding.seq for finding in found.findings} == {1}


def test_an_index_that_lost_its_way_is_found_and_built_again(worked: Path) -> None:
    with behind_its_back(worked) as connection:
        connection.execute("DELETE FROM search_doc WHERE n % 3 = 0")
        connection.execute("DELETE FROM search_text WHERE rowid % 5 = 0")
        connection.execute("UPDATE search_doc SET secrecy = 0 WHERE n % 7 = 0")
        connection.execute("INSERT OR REPLACE INTO search_text (rowid, words) VALUES (1, 'otra cosa')")
    found = _check(worked)
    assert _faults(found) == {Fault.SEARCH}
    assert found.needs_only_rebuild
    assert "Reconstruya el índice de búsqueda con «atalaya verify --rebuild-search»" in found.text()

    with open_store(worked) as store:
        count = store.local(lambda connection: rebuild_search(connection, REGISTERS)).result()
        hits = store.read(
            lambda session: store.search.find(session.connection(), "persona importada", {"staff": 3}, 100)
        ).result()

    assert count > ENTRIES / 2
    assert len(hits) == 40
    assert [hit.record_id for hit in hits] == sorted((hit.record_id for hit in hits), reverse=True)
    assert _check(worked).is_sound


def test_a_report_of_very_many_faults_keeps_its_size(worked: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(report, "MAX_FINDINGS", 5)
    with behind_its_back(worked) as connection:
        connection.execute("UPDATE staff SET full_name = 'Nadie'")

    found = _check(worked)

    assert found.count > 40
    assert len(found.findings) == 5
    assert "… y " in found.text()
    assert found.as_json()["count"] == found.count


def test_an_empty_file_is_sound(database: Path) -> None:
    found = _check(database)

    assert found.is_sound
    assert (found.change_sets, found.chains) == (0, 0)
