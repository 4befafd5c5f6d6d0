"""Rows are what the journal adds up to, whatever was done and whatever failed on the way."""

import shutil
import tempfile
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, initialize, invariant, rule
from sqlalchemy import delete, insert, select, text, update
from sqlalchemy.exc import IntegrityError

from desktop.core.ids import check_character
from desktop.models.catalogue import REGISTERS
from desktop.models.incidents.records import Incident, IncidentLine
from desktop.models.incidents.states import LineKind
from desktop.models.people import StaffMember, User
from desktop.store.engine import connect
from desktop.store.store import Store
from desktop.store.unit_of_work import UnitOfWork
from desktop.store.verify import verify
from tests.support.clock import FakeClock
from tests.support.profiles import KEYS, OPERATOR, open_store
from tests.support.work import add_incident, add_member, change_member, import_members
from wire.changes import ChangeSet, OpKind, decode
from wire.heads import dot_of, unpack

SCOPES = {"staff": "operaciones", "incident_lines": "operaciones", "incidents": "operaciones", "users": "sys"}


def is_well_formed(code: str) -> bool:
    return check_character(code[:-1].split("-", 1)[1]) == code[-1]


def entries(path: Path) -> list[ChangeSet]:
    connection = connect(path, KEYS.database, read_only=True)
    try:
        return [
            decode(body) for (body,) in connection.execute("SELECT body FROM journal ORDER BY n").fetchall()
        ]
    finally:
        connection.close()


def row_of(path: Path, table: str, record_id: UUID) -> dict[str, Any]:
    connection = connect(path, KEYS.database, read_only=True)
    try:
        cursor = connection.execute(f"SELECT * FROM {table} WHERE id = ?", (record_id.bytes,))  # noqa: S608
        names = [column[0] for column in cursor.description]
        return dict(zip(names, cursor.fetchone(), strict=True))
    finally:
        connection.close()


TEXTS = st.one_of(
    st.none(),
    st.text(max_size=12),
    st.just("O'Higgins Ñ\0x"),
)
FIELDS = st.dictionaries(st.sampled_from(["callsign", "phone", "run"]), TEXTS, min_size=1)


class Failure(Exception):
    """An operation that changes its mind."""


class Journalled(RuleBasedStateMachine):
    """An independent model: for each record its values, and for each field the dot of its last write."""

    people: Bundle[UUID] = Bundle("people")
    lines: Bundle[UUID] = Bundle("lines")
    profile: Path

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp())
        path = self.folder / "atalaya.db"
        shutil.copy(self.profile, path)
        self.clock = FakeClock()
        self.store = open_store(path, clock=self.clock)
        self.seq = dict.fromkeys(("operaciones", "sys"), 0)
        self.values: dict[UUID, dict[str, Any]] = {}
        self.base: dict[UUID, int] = {}
        self.heads: dict[UUID, dict[str, int]] = {}
        self.codes: list[str] = []
        self.incident: UUID

    def teardown(self) -> None:
        self.store.close()
        found = verify(self.store.path, KEYS, REGISTERS)
        assert found.is_sound, found.text()
        shutil.rmtree(self.folder)

    def _write(self, body: Any) -> Any:
        return self.store.write(OPERATOR, "test", body).result()

    def _made(self, record_id: UUID, values: dict[str, Any]) -> None:
        self.values[record_id] = dict(values)
        self.base[record_id] = self.seq["operaciones"]
        self.heads[record_id] = {}

    @initialize()
    def open_an_incident(self) -> None:
        self.incident = add_incident(self.store, "Riña", lines=0)
        self.seq["operaciones"] += 1

    @rule(target=people, name=st.text(min_size=1, max_size=10, alphabet="añ'\" -%"), values=FIELDS)
    def create(self, name: str, values: dict[str, Any]) -> UUID:
        record_id: UUID = add_member(self.store, name, **values)
        self.seq["operaciones"] += 1
        self._made(record_id, values)
        return record_id

    @rule(person=people, values=FIELDS)
    def change(self, person: UUID, values: dict[str, Any]) -> None:
        change_member(self.store, person, **values)
        changed = {key: value for key, value in values.items() if self.values[person].get(key) != value}
        if changed:
            self.seq["operaciones"] += 1
            self.values[person].update(changed)
            self.heads[person].update(dict.fromkeys(changed, self.seq["operaciones"]))

    @rule(person=people, first=FIELDS, second=FIELDS)
    def change_twice_in_one_unit(self, person: UUID, first: dict[str, Any], second: dict[str, Any]) -> None:
        def body(unit: UnitOfWork) -> None:
            member = unit.session.get_one(StaffMember, person)
            for values in (first, second):
                for key, value in values.items():
                    setattr(member, key, value)
                unit.session.flush()

        self._write(body)
        before = dict(self.values[person])
        changed = {key for key, value in first.items() if before.get(key) != value}
        middle = before | first
        changed |= {key for key, value in second.items() if middle.get(key) != value}
        if changed:
            self.seq["operaciones"] += 1
            self.values[person] = middle | second
            self.heads[person].update(dict.fromkeys(changed, self.seq["operaciones"]))

    @rule(person=people)
    def void(self, person: UUID) -> None:
        if self.values[person].get("void_reason") is not None:
            return
        change_member(self.store, person, voided_at=self.clock.now(), void_reason="Repetido")
        self.seq["operaciones"] += 1
        self.values[person]["void_reason"] = "Repetido"
        self.heads[person]["voided"] = self.seq["operaciones"]

    @rule(chosen=st.sets(st.integers(0, 30), min_size=1), callsign=st.text(max_size=5), person=people)
    def change_many(self, chosen: set[int], callsign: str, person: UUID) -> None:
        ids = [record_id for place, record_id in enumerate(self.values) if place in chosen]
        ids = [record_id for record_id in ids if "text" not in self.values[record_id]]

        def body(unit: UnitOfWork) -> None:
            member = unit.session.get_one(StaffMember, person)
            member.phone = f"{self.seq['operaciones']}"
            unit.session.flush()
            unit.set_rows(StaffMember, ids, {"callsign": callsign})

        self._write(body)
        self.seq["operaciones"] += 1
        dot = self.seq["operaciones"]
        self.values[person]["phone"] = f"{dot - 1}"
        self.heads[person]["phone"] = dot
        for record_id in ids:
            self.values[record_id]["callsign"] = callsign
            self.heads[record_id]["callsign"] = dot

    @rule(target=lines, words=st.text(max_size=10))
    def append(self, words: str) -> UUID:
        def body(unit: UnitOfWork) -> UUID:
            line = IncidentLine(incident_id=self.incident, at=unit.at, kind=LineKind.NOTE, text=words)
            unit.session.add(line)
            unit.session.flush()
            return line.id

        record_id: UUID = self._write(body)
        self.seq["operaciones"] += 1
        self._made(record_id, {"text": words})
        return record_id

    @rule(line=lines)
    def strike(self, line: UUID) -> None:
        if self.values[line].get("strike_reason"):
            return

        def body(unit: UnitOfWork) -> None:
            found = unit.session.get_one(IncidentLine, line)
            found.struck_at, found.strike_reason = unit.at, "Error"

        self._write(body)
        self.seq["operaciones"] += 1
        self.values[line]["strike_reason"] = "Error"
        self.heads[line]["struck"] = self.seq["operaciones"]

    @rule(line=lines)
    def a_line_is_never_changed(self, line: UUID) -> None:
        def body(unit: UnitOfWork) -> None:
            unit.session.get_one(IncidentLine, line).text = "otra cosa"

        with pytest.raises(RuntimeError):
            self._write(body)

    @rule(count=st.integers(1, 20))
    def in_bulk(self, count: int) -> None:
        import_members(self.store, count)
        self.seq["operaciones"] += 1

    @rule(name=st.text(max_size=10))
    def in_two_scopes(self, name: str) -> None:
        def body(unit: UnitOfWork) -> None:
            unit.session.add_all([User(username=name, full_name=name), StaffMember(full_name=name)])

        self._write(body)
        self.seq["operaciones"] += 1
        self.seq["sys"] += 1

    @rule(person=people, values=FIELDS, flushed=st.booleans())
    def an_operation_that_fails_leaves_nothing(
        self, person: UUID, values: dict[str, Any], flushed: bool
    ) -> None:
        def body(unit: UnitOfWork) -> None:
            unit.session.add(StaffMember(full_name="Nadie"))
            unit.allot_code(Incident)
            for key, value in values.items():
                setattr(unit.session.get_one(StaffMember, person), key, value)
            if flushed:
                unit.session.flush()
                unit.add_rows(StaffMember, [{"full_name": "Nadie más"}])
            raise Failure

        with pytest.raises(Failure):
            self._write(body)

    @rule(seconds=st.integers(-86_400, 86_400))
    def set_the_clock(self, seconds: int) -> None:
        self.clock.jump(seconds)

    @rule()
    def reopen(self) -> None:
        self.store.close()
        self.store = open_store(self.store.path, clock=self.clock)

    @rule()
    def give_a_code(self) -> None:
        record_id = add_incident(self.store, "Ruidos", lines=0)
        self.seq["operaciones"] += 1
        self.codes.append(row_of(self.store.path, "incidents", record_id)["code"])

    @invariant()
    def sequences_are_dense_and_instants_grow(self) -> None:
        written = entries(self.store.path)
        for scope, last in self.seq.items():
            assert [one.seq for one in written if one.scope == scope] == list(range(1, last + 1))
        instants = [one.hlc for one in written]
        assert instants == sorted(instants)
        assert len(set(self.codes)) == len(self.codes)
        assert all(is_well_formed(code) for code in self.codes)

    @invariant()
    def rows_and_heads_are_as_the_model_says(self) -> None:
        for record_id, values in self.values.items():
            table = "incident_lines" if "text" in values else "staff"
            row = row_of(self.store.path, table, record_id)
            assert {key: row[key] for key in values} == values
            heads = unpack(row["_d"])
            replica = self.store.replica
            assert dot_of(heads.base) == (replica, self.base[record_id])
            assert {group: [dot_of(head) for head in found] for group, found in heads.groups.items()} == {
                group: [(replica, seq)] for group, seq in self.heads[record_id].items()
            }
            assert heads.unseen() == []


def test_rows_heads_and_sequences_follow_a_model(empty_profile: Path) -> None:
    machine = type("Machine", (Journalled,), {"profile": empty_profile})
    case = machine.TestCase  # type: ignore[attr-defined]
    case.settings = settings(
        max_examples=25, stateful_step_count=20, deadline=None, suppress_health_check=list(HealthCheck)
    )
    case("runTest").runTest()


def test_a_write_lists_exactly_the_dots_that_it_replaces(store: Store) -> None:
    member = add_member(store, "Marta Soto", callsign="M1")
    change_member(store, member, callsign="M2")
    change_member(store, member, callsign="M3", phone="+56912345678")

    ops = [one.ops[0] for one in entries(store.path)]

    replica = store.replica
    assert [op.kind for op in ops] == [OpKind.CREATE, OpKind.SET, OpKind.SET]
    assert ops[1].replaces == {"callsign": [(replica, 1)]}
    assert ops[2].replaces == {"callsign": [(replica, 2)], "phone": [(replica, 1)]}
    assert ops[2].values == {"callsign": "M3", "phone": "+56912345678"}


def test_the_change_sets_of_one_unit_share_their_transaction(store: Store) -> None:
    def body(unit: UnitOfWork) -> None:
        unit.session.add_all([User(username="msoto", full_name="Marta"), StaffMember(full_name="Marta")])

    store.write(OPERATOR, "test", body).result()

    first, second = entries(store.path)
    assert {first.scope, second.scope} == {"sys", "operaciones"}
    assert first.tx == second.tx
    assert first.hlc == second.hlc


def test_a_unit_that_changes_nothing_leaves_no_entry(store: Store) -> None:
    member = add_member(store, "Marta Soto")
    change_member(store, member, full_name="Marta Soto")

    assert len(entries(store.path)) == 1


STATEMENTS: dict[str, Any] = {
    "insert": insert(StaffMember).values(full_name="x"),
    "update": update(StaffMember).values(full_name="x"),
    "delete": delete(StaffMember),
    "text update": text("UPDATE staff SET full_name = 'x'"),
    "text delete": text("  delete from staff"),
    "text replace": text("REPLACE INTO staff (id) VALUES ('x')"),
    "text with": text("WITH a AS (SELECT 1) UPDATE staff SET full_name = 'x'"),
}


@pytest.mark.parametrize("name", STATEMENTS)
def test_a_statement_that_would_go_round_the_journal_is_refused(store: Store, name: str) -> None:
    add_member(store, "Marta Soto")

    with pytest.raises(RuntimeError, match="journal"):
        store.write(OPERATOR, "test", lambda unit: unit.session.execute(STATEMENTS[name])).result()

    assert len(entries(store.path)) == 1
    assert verify(store.path, KEYS, REGISTERS).is_sound


def test_objects_saved_in_bulk_past_the_journal_are_refused(store: Store) -> None:
    with pytest.raises(RuntimeError, match="journal"):
        store.write(
            OPERATOR, "test", lambda unit: unit.session.bulk_save_objects([StaffMember(full_name="x")])
        ).result()

    assert verify(store.path, KEYS, REGISTERS).is_sound


def test_a_record_is_never_deleted(store: Store) -> None:
    member = add_member(store, "Marta Soto")

    with pytest.raises(RuntimeError, match="never deleted"):
        store.write(
            OPERATOR, "test", lambda unit: unit.session.delete(unit.session.get_one(StaffMember, member))
        ).result()

    assert row_of(store.path, "staff", member)["full_name"] == "Marta Soto"


@pytest.mark.parametrize("ending", ["commit", "rollback"])
def test_an_operation_does_not_end_its_own_transaction(store: Store, ending: str) -> None:
    def body(unit: UnitOfWork) -> None:
        unit.session.add(StaffMember(full_name="Primera"))
        unit.session.flush()
        getattr(unit.session, ending)()
        unit.session.add(StaffMember(full_name="Segunda"))

    with pytest.raises(RuntimeError, match="transaction"):
        store.write(OPERATOR, "test", body).result()

    assert entries(store.path) == []
    assert verify(store.path, KEYS, REGISTERS).is_sound


def test_a_savepoint_taken_back_cannot_leave_entries_without_rows(store: Store) -> None:
    def body(unit: UnitOfWork) -> None:
        unit.session.add(StaffMember(full_name="Primera"))
        savepoint = unit.session.begin_nested()
        unit.session.add(StaffMember(full_name="Segunda", callsign="M2"))
        unit.session.flush()
        savepoint.rollback()
        unit.session.add(StaffMember(full_name="Tercera"))

    with pytest.raises(RuntimeError, match="transaction"):
        store.write(OPERATOR, "test", body).result()

    assert entries(store.path) == []


def test_a_row_of_a_bulk_write_with_an_unknown_field_is_refused(store: Store) -> None:
    with pytest.raises(LookupError, match="telefono"):
        store.write(
            OPERATOR, "test", lambda unit: unit.add_rows(StaffMember, [{"full_name": "x", "telefono": "1"}])
        ).result()

    assert entries(store.path) == []


def test_a_broken_reference_inside_the_file_leaves_nothing(store: Store) -> None:
    def body(unit: UnitOfWork) -> None:
        line = IncidentLine(incident_id=UUID(int=3), at=unit.at, kind=LineKind.NOTE, text="sin incidente")
        unit.session.add(line)

    with pytest.raises(IntegrityError):
        store.write(OPERATOR, "test", body).result()

    assert entries(store.path) == []
    assert add_member(store, "El trabajo sigue").version == 7


def test_a_wrong_wall_clock_never_turns_the_order_round(store: Store, clock: FakeClock) -> None:
    member = add_member(store, "Marta Soto")
    clock.jump(-7 * 86_400)
    change_member(store, member, callsign="M1")

    first, second = entries(store.path)
    assert second.hlc > first.hlc
    row = row_of(store.path, "staff", member)
    assert row["modified_at"] >= row["created_at"]


def test_codes_start_again_with_the_civil_year_of_santiago(database: Path) -> None:
    clock = FakeClock(datetime(2027, 1, 1, 2, 59, tzinfo=UTC))
    with open_store(database, clock=clock) as store:
        before = [row_of(database, "incidents", add_incident(store, "Riña"))["code"] for _ in range(3)]
        clock.advance(timedelta(minutes=2).total_seconds())
        after = [row_of(database, "incidents", add_incident(store, "Riña"))["code"] for _ in range(2)]

    assert [code[:-2] for code in before] == ["INC-26-K7-0001", "INC-26-K7-0002", "INC-26-K7-0003"]
    assert [code[:-2] for code in after] == ["INC-27-K7-0001", "INC-27-K7-0002"]
    assert all(is_well_formed(code) for code in before + after)


def test_a_code_of_an_operation_that_failed_is_given_again(store: Store) -> None:
    def fail(unit: UnitOfWork) -> None:
        unit.allot_code(Incident)
        raise Failure

    with pytest.raises(Failure):
        store.write(OPERATOR, "test", fail).result()
    made = add_incident(store, "Riña")

    assert row_of(store.path, "incidents", made)["code"].startswith("INC-26-K7-0001-")


def test_a_bulk_change_joins_what_the_same_unit_did_before(store: Store) -> None:
    member = add_member(store, "Marta Soto")

    def body(unit: UnitOfWork) -> UUID:
        unit.session.get_one(StaffMember, member).phone = "+56911111111"
        made = StaffMember(full_name="Nueva")
        unit.session.add(made)
        unit.session.flush()
        unit.set_rows(StaffMember, [member, made.id], {"callsign": "M1"})
        return made.id

    made = store.write(OPERATOR, "test", body).result()

    assert row_of(store.path, "staff", member)["phone"] == "+56911111111"
    assert row_of(store.path, "staff", made)["callsign"] == "M1"
    assert len(entries(store.path)[1].ops) == 2
    found = verify(store.path, KEYS, REGISTERS)
    assert found.is_sound, found.text()


def test_rows_of_an_append_only_table_are_not_changed_in_bulk(store: Store) -> None:
    incident = add_incident(store, "Riña")
    lines = store.read(
        lambda session: list(
            session.scalars(select(IncidentLine.id).where(IncidentLine.incident_id == incident))
        )
    ).result()

    with pytest.raises(RuntimeError, match="added and struck"):
        store.write(
            OPERATOR, "test", lambda unit: unit.set_rows(IncidentLine, lines, {"text": "otra"})
        ).result()
