"""The audit over a real encrypted file: every line is found, none says more than its reader may know."""

import csv
import hashlib
import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from desktop.core.errors import Cancelled, NotAllowed, Unavailable, UserError
from desktop.core.ids import radio_code
from desktop.models.fleet import Unit
from desktop.models.incidents.records import Incident, IncidentLine
from desktop.models.incidents.register import INCIDENTS
from desktop.models.incidents.states import LineKind
from desktop.models.people import STAFF, StaffMember, User
from desktop.models.roles import Role
from desktop.operations import audit_export
from desktop.operations.audit import (
    Act,
    AuditLine,
    AuditQuery,
    audit_choices,
    audit_line,
    audit_lines,
    audit_numbers,
    audit_rows,
    note_consultation,
    read_moment,
)
from desktop.operations.audit_export import export_audit
from desktop.operations.context import Actor, Context
from desktop.operations.registers import edit, open_confidential
from desktop.operations.station import Station
from desktop.operations.users import add_user, sign_in
from desktop.register.record import Confidentiality
from tests.support.clock import FakeClock
from tests.support.stations import SUPERVISOR, open_station, somebody

AUDITOR = somebody(Role.AUDITOR, number=20, name="Raúl Cárcamo")
BOTH = somebody(Role.AUDITOR, Role.SHIFT_SUPERVISOR, number=20, name="Raúl Cárcamo")
SECRET = "Huenchumán en calle Los Notros 77"
FIRST, SECOND = radio_code("INC", 2026, "K7", 1), radio_code("INC", 2026, "K7", 2)
OPEN, GUARDED = UUID(int=101), UUID(int=102)


class Watched:
    """Progress that may be told to stop after some reports."""

    def __init__(self, stop_after: int | None = None) -> None:
        self.reports = 0
        self.stop_after = stop_after

    def report(self, done: int, total: int = 0, text: str = "") -> None:
        del done, total, text
        self.reports += 1

    def check(self) -> None:
        if self.stop_after is not None and self.reports >= self.stop_after:
            raise Cancelled


def fill(ctx: Context) -> None:
    for number, name, role in ((7, "Marta Soto", "shift_supervisor"), (20, "Raúl Cárcamo", "auditor")):
        ctx.add(User(id=UUID(int=number), username=name.split()[0], full_name=name, roles=(role,)))


def add_open(ctx: Context) -> None:
    ctx.add(Incident(id=OPEN, code=FIRST, narrative="Ruidos molestos", reported_at=ctx.now))
    ctx.name_operation("incidents.create")


def add_guarded(ctx: Context) -> None:
    ctx.add(
        Incident(
            id=GUARDED,
            code=SECOND,
            narrative=SECRET,
            reported_at=ctx.now,
            confidentiality=Confidentiality.RESERVED,
        )
    )
    ctx.name_operation("incidents.create")


def add_line_to_guarded(ctx: Context) -> None:
    ctx.add(IncidentLine(incident_id=GUARDED, at=ctx.now, kind=LineKind.NOTE, text=f"Llama {SECRET}"))


@pytest.fixture
def station(tmp_path: Path) -> Iterator[Station]:
    with open_station(tmp_path) as opened:
        assert isinstance(opened.clock, FakeClock)
        for operation in (
            fill,
            add_open,
            add_guarded,
            add_line_to_guarded,
            lambda ctx: open_confidential(ctx, INCIDENTS, GUARDED, "Seguimiento pedido por fiscalía"),
            lambda ctx: edit(ctx, INCIDENTS, OPEN, {"narrative": "Ruidos y música"}, seen={}),
        ):
            opened.clock.advance(60)
            opened.write_as(SUPERVISOR, operation).result()
        opened.seat(AUDITOR)
        yield opened


def find(station: Station, reader: Actor = AUDITOR, /, **query: object) -> tuple[AuditLine, ...]:
    asked = AuditQuery(**query)  # type: ignore[arg-type]
    return station.read_as(reader, lambda ctx: audit_lines(ctx, asked)).result().lines


def all_words(line: AuditLine) -> str:
    return repr((line.cells, line.touched))


def test_the_newest_line_comes_first_and_says_who_when_where_and_what_changed(station: Station) -> None:
    newest = find(station)[0]
    shown = station.read(lambda ctx: audit_line(ctx, newest.place.n)).result()

    assert (shown.who, shown.station, shown.title) == ("Marta Soto", "Central 1", "Modificación")
    assert (shown.subject, shown.code) == ("Incidente", FIRST)
    assert [(one.label, one.old, one.new) for one in shown.touched[0].changes] == [
        ("Relato", "Ruidos molestos", "Ruidos y música")
    ]
    assert shown.seq == 5
    older = next(line for line in find(station) if line.seq == 4 and line.scope == shown.scope)
    assert shown.prev == older.hash


def test_nobody_without_the_right_to_audit_reads_counts_or_exports_it(
    station: Station, tmp_path: Path
) -> None:
    for role in Role:
        if role is Role.AUDITOR:
            continue
        other = somebody(role, number=7, name="Marta Soto")
        for ask in (
            lambda ctx: audit_lines(ctx, AuditQuery()),
            lambda ctx: audit_numbers(ctx, AuditQuery()),
            lambda ctx: audit_rows(ctx, [1]),
            lambda ctx: audit_line(ctx, 1),
            audit_choices,
        ):
            with pytest.raises(NotAllowed):
                station.read_as(other, ask).result()
        with pytest.raises(NotAllowed):
            station.write_as(other, note_consultation).result()
        station.seat(other)
        with pytest.raises(NotAllowed):
            export_audit(station, AuditQuery(), tmp_path / "a.csv", Watched())
    assert not (tmp_path / "a.csv").exists()


@pytest.mark.parametrize("reader", [AUDITOR, BOTH])
def test_a_confidential_record_leaves_a_line_without_its_words(station: Station, reader: Actor) -> None:
    lines = find(station, reader, folio=SECOND)

    assert [line.act for line in lines] == [Act.READ, Act.CREATE, Act.CREATE]
    assert all(line.is_hidden for line in lines)
    for line in lines:
        detail = station.read_as(AUDITOR, partial(_detail, line.place.n)).result()
        assert "Huenchumán" not in all_words(line) + all_words(detail)
        assert all(part.changes == () for part in detail.touched)
    rows = station.read_as(reader, lambda ctx: audit_rows(ctx, [line.place.n for line in lines])).result()
    assert "Huenchumán" not in repr(rows)


def _detail(number: int, ctx: Context) -> AuditLine:
    return audit_line(ctx, number)


def test_the_reason_of_an_opening_is_for_the_auditor_to_read(station: Station) -> None:
    (opening,) = find(station, act=Act.READ)

    assert opening.reason == "Seguimiento pedido por fiscalía"
    assert opening.code == SECOND


def test_a_search_for_hidden_words_finds_nothing(station: Station) -> None:
    assert find(station, words="huenchuman") == ()
    assert find(station, BOTH, words="notros 77") == ()
    assert [line.code for line in find(station, words="MÚSICA")] == [FIRST]


def test_who_opened_a_record_with_its_reason_reads_its_values_in_the_detail(station: Station) -> None:
    station.write_as(BOTH, lambda ctx: open_confidential(ctx, INCIDENTS, GUARDED, "Auditoría")).result()
    creation = find(station, BOTH, folio=SECOND, act=Act.CREATE)[-1]

    shown = station.read_as(BOTH, lambda ctx: audit_line(ctx, creation.place.n)).result()

    assert any(change.new == SECRET for change in shown.touched[0].changes)


def test_what_the_program_does_not_know_any_more_is_a_line_without_words(
    station: Station, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("desktop.operations.audit_sight.BY_TABLE", {})
    monkeypatch.setattr("desktop.operations.audit.BY_TABLE", {})

    assert all(line.is_hidden and not line.code and not line.reason for line in find(station))


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({"act": Act.READ}, 1),
        ({"register": "incident_lines"}, 1),
        ({"register": "incidents"}, 4),
        ({"register": "no_such_register"}, 0),
        ({"person": SUPERVISOR.user_id}, 6),
        ({"person": AUDITOR.user_id}, 0),
        ({"station": "Central 1"}, 6),
        ({"station": "Central 9"}, 0),
        ({"folio": "1"}, 2),
        ({"folio": "INC-26-K7-0009-X"}, 0),
        ({"words": "soto fiscalia"}, 1),
    ],
)
def test_each_filter_narrows(station: Station, query: dict[str, object], expected: int) -> None:
    lines = find(station, **query)
    numbers = station.read(lambda ctx: audit_numbers(ctx, AuditQuery(**query))).result()  # type: ignore[arg-type]

    assert len(lines) == expected
    assert list(numbers) == [line.place.n for line in lines]


def test_a_range_of_time_holds_its_start_and_not_its_end(station: Station) -> None:
    moments = sorted({line.at for line in find(station)})

    inside = find(station, since=moments[1], until=moments[3])

    assert {line.at for line in inside} == set(moments[1:3])


def test_looking_at_the_audit_is_in_the_journal(station: Station) -> None:
    station.write(note_consultation).result()

    newest = find(station)[0]
    assert (newest.act, newest.who, newest.title) == (
        Act.CONSULT,
        "Raúl Cárcamo",
        "Consulta de la auditoría",
    )


def test_who_signs_in_is_in_the_journal(station: Station) -> None:
    def make(ctx: Context) -> None:
        add_user(ctx, username="ana", full_name="Ana Cayún", password="clave larga 1", roles=(Role.OPERATOR,))

    station.write_as(somebody(Role.ADMINISTRATOR, number=30, name="Eva Ríos"), make).result()
    sign_in(station, "ana", "clave larga 1")
    station.write_as(AUDITOR, note_consultation).result()

    (line,) = find(station, act=Act.SIGN_IN)
    assert (line.who, line.title) == ("Ana Cayún", "Ingreso al programa")


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    size=st.integers(min_value=1, max_value=9),
    register=st.sampled_from(["", "staff", "incidents", "units"]),
    act=st.sampled_from([None, Act.CREATE, Act.CHANGE, Act.IMPORT]),
    words=st.sampled_from(["", "persona", "soto", "nada así"]),
)
def test_pages_in_a_row_hold_each_line_once_and_in_order(
    long_station: Station, size: int, register: str, act: Act | None, words: str
) -> None:
    query = AuditQuery(register=register, act=act, words=words)
    whole = long_station.read(lambda ctx: audit_lines(ctx, query, limit=1_000)).result().lines
    found: list[AuditLine] = []
    after = None
    while True:
        place = after
        page = long_station.read(
            lambda ctx, place=place: audit_lines(ctx, query, after=place, limit=size)  # type: ignore[misc]
        ).result()
        assert len(page.lines) <= size
        found.extend(page.lines)
        after = page.after
        if after is None:
            break

    assert found == list(whole)
    assert [line.place for line in found] == sorted((line.place for line in found), reverse=True)


@pytest.fixture(scope="module")
def long_station(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Station]:
    with open_station(tmp_path_factory.mktemp("long")) as opened:
        assert isinstance(opened.clock, FakeClock)
        opened.write(fill).result()
        made: list[UUID] = []
        for number in range(300):
            opened.clock.advance(number % 3)
            if number % 7 == 6:
                change = {"full_name": f"Otro nombre {number}"}
                opened.write(partial(_rename, made[number % 5], change)).result()
            elif number % 11 == 10:
                opened.write(partial(_import, number)).result()
            elif number % 5 == 4:
                opened.write(partial(_add_unit, number)).result()
            else:
                made.append(opened.write(partial(_add_person, number)).result())
        opened.seat(AUDITOR)
        yield opened


def _rename(record_id: UUID, change: dict[str, str], ctx: Context) -> None:
    edit(ctx, STAFF, record_id, change, seen={})


def _import(number: int, ctx: Context) -> None:
    ctx.add_rows(StaffMember, [{"full_name": f"Importada {number}-{place}"} for place in range(3)])
    ctx.name_operation("staff.import")


def _add_unit(number: int, ctx: Context) -> None:
    ctx.add(Unit(callsign=f"M{number}", status_at=ctx.now))


def _add_person(number: int, ctx: Context) -> UUID:
    return ctx.add(StaffMember(full_name=f"Persona {number}")).id


@pytest.mark.parametrize("query", [AuditQuery(), AuditQuery(act=Act.CREATE), AuditQuery(words="otro nombre")])
def test_an_export_holds_what_the_search_finds(
    long_station: Station, tmp_path: Path, query: AuditQuery
) -> None:
    expected = long_station.read(lambda ctx: audit_lines(ctx, query, limit=2_000)).result().lines
    as_json, as_csv = tmp_path / "auditoria.json", tmp_path / "auditoria.csv"

    until = replace_until(query, long_station)
    first = export_audit(long_station, until, as_json, Watched())
    second = export_audit(long_station, until, as_csv, Watched())

    objects = json.loads(as_json.read_text("utf-8"))
    assert [one["line"] for one in objects] == [line.place.n for line in expected]
    assert [one["hash"] for one in objects] == [line.hash for line in expected]
    with as_csv.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file, delimiter=";"))
    assert [int(row["Línea"]) for row in rows] == [line.place.n for line in expected for _ in line.touched]
    assert first.lines == second.lines == len(expected)
    assert first.sha256 == hashlib.sha256(as_json.read_bytes()).hexdigest()


def replace_until(query: AuditQuery, station: Station) -> AuditQuery:
    """Close the range now and let the clock go on, so that an export does not find the one before it."""
    assert isinstance(station.clock, FakeClock)
    station.clock.advance(60)
    return AuditQuery(act=query.act, words=query.words, until=station.clock.now() - timedelta(seconds=30))


def test_an_export_is_in_the_journal_with_its_range_its_lines_and_its_hash(
    station: Station, tmp_path: Path
) -> None:
    made = export_audit(station, AuditQuery(folio=FIRST), tmp_path / "a.csv", Watched())

    newest = find(station)[0]
    assert (newest.act, newest.who) == (Act.EXPORT, "Raúl Cárcamo")
    assert newest.reason == (
        f"CSV, 2 líneas; desde el comienzo hasta ahora; folio {FIRST}; SHA-256 {made.sha256}"
    )
    assert made.sha256 == hashlib.sha256((tmp_path / "a.csv").read_bytes()).hexdigest()


@pytest.mark.parametrize("name", ["a.csv", "a.json"])
def test_an_export_carries_no_word_of_a_confidential_record(
    station: Station, tmp_path: Path, name: str
) -> None:
    export_audit(station, AuditQuery(), tmp_path / name, Watched())

    text = (tmp_path / name).read_text("utf-8")
    assert "Ruidos molestos" in text
    assert "Huenchumán" not in text
    assert "Notros" not in text


def test_what_a_spreadsheet_would_compute_is_quoted(station: Station, tmp_path: Path) -> None:
    station.write_as(
        SUPERVISOR,
        lambda ctx: open_confidential(ctx, INCIDENTS, GUARDED, '=HYPERLINK("http://x";"a")'),
    ).result()

    export_audit(station, AuditQuery(act=Act.READ), tmp_path / "a.csv", Watched())

    with (tmp_path / "a.csv").open(encoding="utf-8-sig", newline="") as file:
        assert next(csv.DictReader(file, delimiter=";"))["Motivo"].startswith("'=HYPERLINK")


@pytest.mark.parametrize("name", ["a.csv", "a.json"])
def test_a_stopped_export_leaves_no_file_and_no_line(
    long_station: Station, tmp_path: Path, name: str
) -> None:
    before = len(long_station.read(lambda ctx: audit_numbers(ctx, AuditQuery())).result())

    with pytest.raises(Cancelled):
        export_audit(long_station, AuditQuery(), tmp_path / name, Watched(stop_after=1))

    assert list(tmp_path.iterdir()) == []
    assert len(long_station.read(lambda ctx: audit_numbers(ctx, AuditQuery())).result()) == before


def test_a_full_disk_leaves_the_earlier_file_as_it_was(
    station: Station, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    target = tmp_path / "papers" / "a.json"
    target.parent.mkdir()
    target.write_text("anterior")

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(audit_export, "_write_json", full)
    with pytest.raises(Unavailable):
        export_audit(station, AuditQuery(), target, Watched())

    assert target.read_text() == "anterior"
    assert [path.name for path in target.parent.iterdir()] == ["a.json"]


def test_an_export_asks_for_a_known_kind_of_file(station: Station, tmp_path: Path) -> None:
    with pytest.raises(UserError, match=r"\.csv o \.json"):
        export_audit(station, AuditQuery(), tmp_path / "a.xlsx", Watched())


def test_a_day_alone_begins_with_its_first_minute_also_when_the_clocks_skip_it() -> None:
    assert read_moment("16-03-2026") == datetime(2026, 3, 16, 3, 0, tzinfo=UTC)
    assert read_moment("16-03-2026 08:30") == datetime(2026, 3, 16, 11, 30, tzinfo=UTC)
    assert read_moment("06-09-2026") == datetime(2026, 9, 6, 4, 0, tzinfo=UTC)
    assert read_moment("  ") is None
    with pytest.raises(ValueError, match="día-mes-año"):
        read_moment("ayer")
