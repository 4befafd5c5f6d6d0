"""Foreign dispatch logs: read in whatever form, mapped, imported once, rejected with reasons, undone whole."""

import csv
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

import pytest
import xlsxwriter
from sqlalchemy import func, select

from benchmarks.foreign_log import write_foreign_log
from desktop.core.errors import Cancelled, NotAllowed, UserError
from desktop.models.catalogue import REGISTERS
from desktop.models.incidents.records import Incident
from desktop.models.incidents.states import IncidentStatus, Priority
from desktop.models.roles import Role
from desktop.models.system import ImportBatch, ImportStatus
from desktop.operations.context import Context, ReadContext
from desktop.operations.imports import mapping as mappings
from desktop.operations.imports.history import earlier_imports, settle_interrupted
from desktop.operations.imports.mapping import ColumnMapping, propose
from desktop.operations.imports.moments import (
    OFFERED_DATES,
    OFFERED_TIMES,
    DateGuess,
    guess_dates,
    layout_of,
    words_of,
)
from desktop.operations.imports.run import Summary, import_incidents, preview
from desktop.operations.imports.source import open_source
from desktop.operations.imports.survey import survey, vocabulary
from desktop.operations.imports.undo import Undone, undo_import
from desktop.operations.search import search_everything
from desktop.operations.seed import seed_catalogues
from desktop.operations.station import Station
from desktop.store.tables import JOURNAL
from desktop.store.verify import verify
from tests.support.profiles import KEYS
from tests.support.stations import open_station, somebody

HEADER = "Folio;Fecha;Hora;Tipología;Dirección;Observación;Prioridad;Cierre"
ROWS = (
    "1001;05-03-2026;14:32;Robo con violencia o intimidación;Picarte 1120;Asalto a peatón;P1;15:10",
    "1002;05-03-2026;23:50;ruidos molestos;Los Ñandúes 340;Música fuerte;P3;00:20",
    "1003;06-03-2026;8.15;choque con lesionados;Arauco esquina Maipú;;;",
)
BAD = (
    "1004;31-02-2026;14:32;Hurto;Picarte 1;;;",
    "1005;06-03-2026;14:32;;;;;",
    "1006;06-03-2026;14:32;zzzz qqqq;Picarte 1;;;",
    "1007;06-09-2026;00:30;Hurto;Picarte 1;;;",
    "1008;06-03-2031;14:32;Hurto;Picarte 1;;;",
)


class Silent:
    """Progress that nobody looks at; it may stop the import after some reports."""

    def __init__(self, stop_after: int | None = None) -> None:
        self.checks = 0
        self._stop_after = stop_after

    def report(self, done: int, total: int = 0, text: str = "") -> None:
        del done, total, text

    def check(self) -> None:
        self.checks += 1
        if self._stop_after is not None and self.checks > self._stop_after:
            raise Cancelled


@pytest.fixture
def station(tmp_path: Path) -> Iterator[Station]:
    with open_station(tmp_path) as opened:
        opened.write(seed_catalogues).result()
        yield opened


def write_csv(
    path: Path, rows: tuple[str, ...] = ROWS, encoding: str = "utf-8", header: str = HEADER
) -> Path:
    path.write_text("\r\n".join((header, *rows)) + "\r\n", encoding=encoding, newline="")
    return path


def bring(station: Station, path: Path, *, dry_run: bool = False, progress: Silent | None = None) -> Summary:
    source = open_source(path)
    return import_incidents(
        station,
        source,
        propose(source.columns),
        progress or Silent(),
        rejected_file=path.with_suffix(".rechazadas.csv"),
        dry_run=dry_run,
    )


def incidents(station: Station) -> list[Incident]:
    def query(ctx: ReadContext) -> list[Incident]:
        kept = select(Incident).where(Incident.voided_at.is_(None)).order_by(Incident.reported_at)
        return list(ctx.session.scalars(kept))

    return station.read(query).result()


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "latin-1", "cp1252", "utf-16"])
def test_a_log_is_read_in_any_usual_encoding(station: Station, tmp_path: Path, encoding: str) -> None:
    done = bring(station, write_csv(tmp_path / "log.csv", encoding=encoding))

    assert (done.read, done.imported, done.rejected) == (3, 3, 0)
    assert {row.address for row in incidents(station)} >= {"Los Ñandúes 340"}


def test_times_types_and_priorities_are_understood(station: Station, tmp_path: Path) -> None:
    bring(station, write_csv(tmp_path / "log.csv"))
    first, second, third = incidents(station)

    assert first.reported_at == datetime(2026, 3, 5, 17, 32, tzinfo=UTC)
    assert (first.type_code, first.priority) == ("A02", Priority.P1)
    assert second.type_code == "E01"
    assert second.closed_at == datetime(2026, 3, 6, 3, 20, tzinfo=UTC)
    assert third.type_code == "F01"
    assert all(row.status is IncidentStatus.CLOSED and row.times_edited for row in (first, second, third))
    assert len({row.code for row in (first, second, third)}) == 3


def test_a_workbook_gives_the_same_as_its_text(station: Station, tmp_path: Path) -> None:
    path = tmp_path / "log.xlsx"
    book = xlsxwriter.Workbook(str(path))
    sheet = book.add_worksheet("Procedimientos")
    sheet.write_row(0, 0, ["N°", "Fecha y hora", "Tipo", "Dirección"])
    sheet.write(1, 0, 77)
    sheet.write_datetime(1, 1, datetime(2026, 3, 5, 14, 32), book.add_format({"num_format": "dd-mm-yyyy"}))  # noqa: DTZ001
    sheet.write_row(1, 2, ["Hurto", "Picarte 9"])
    book.close()

    done = bring(station, path)

    assert (done.imported, done.rejected) == (1, 0)
    (row,) = incidents(station)
    assert row.reported_at == datetime(2026, 3, 5, 17, 32, tzinfo=UTC)
    assert row.external_ref == "n:77"


def test_bad_rows_stand_in_a_file_with_their_reason_and_the_rest_comes_in(
    station: Station, tmp_path: Path
) -> None:
    done = bring(station, write_csv(tmp_path / "log.csv", (*ROWS, *BAD)))

    assert (done.imported, done.rejected) == (3, len(BAD))
    assert done.rejected_file is not None
    with done.rejected_file.open(encoding="utf-8-sig", newline="") as file:
        header, *rows = csv.reader(file, delimiter=";")
    assert header[:2] == ["Fila", "Motivos"]
    reasons = {row[2]: row[1] for row in rows}
    assert "fecha ilegible" in reasons["1004"]
    assert "sin dirección" in reasons["1005"]
    assert "tipo que no se reconoce" in reasons["1006"]
    assert "no existió" in reasons["1007"]
    assert "fecha imposible" in reasons["1008"]
    assert [row[0] for row in rows] == ["5", "6", "7", "8", "9"]


def test_a_dry_run_tells_and_writes_nothing(station: Station, tmp_path: Path) -> None:
    done = bring(station, write_csv(tmp_path / "log.csv", (*ROWS, ROWS[0], *BAD)), dry_run=True)

    assert (done.imported, done.duplicate, done.rejected) == (3, 1, len(BAD))
    assert incidents(station) == []
    assert station.read(lambda ctx: ctx.session.scalar(select(func.count(ImportBatch.id)))).result() == 0


def test_rows_that_are_known_are_not_doubled(station: Station, tmp_path: Path) -> None:
    bring(station, write_csv(tmp_path / "marzo.csv"))
    more = "1009;07-03-2026;10:00;Hurto;Picarte 5;;;"
    done = bring(station, write_csv(tmp_path / "abril.csv", (*ROWS, more, more)))

    assert (done.imported, done.duplicate) == (1, 4)
    assert len(incidents(station)) == 4


def test_the_same_file_is_refused_the_second_time(station: Station, tmp_path: Path) -> None:
    path = write_csv(tmp_path / "log.csv")
    bring(station, path)

    with pytest.raises(UserError, match="ya se importó"):
        bring(station, path)


def test_the_whole_import_is_undone_and_can_be_done_again(station: Station, tmp_path: Path) -> None:
    path = write_csv(
        tmp_path / "log.csv", tuple(f"{i};05-03-2026;14:32;Hurto;Picarte {i};;;" for i in range(600))
    )
    done = bring(station, path)
    assert done.batch_id is not None

    assert undo_import(station, done.batch_id, Silent()) == Undone(600, 0)
    assert incidents(station) == []
    assert station.read(lambda ctx: search_everything(ctx, "picarte", 10)).result() == []
    batch = station.read(lambda ctx: ctx.session.get_one(ImportBatch, done.batch_id)).result()
    assert batch.status is ImportStatus.UNDONE

    assert bring(station, path).imported == 600


def test_a_stopped_import_keeps_what_it_wrote_and_says_so(station: Station, tmp_path: Path) -> None:
    path = write_csv(
        tmp_path / "log.csv", tuple(f"{i};05-03-2026;14:32;Hurto;Picarte {i};;;" for i in range(1200))
    )
    done = bring(station, path, progress=Silent(stop_after=2))

    assert done.was_cancelled
    assert 0 < done.imported < 1200
    assert len(incidents(station)) == done.imported
    batch = station.read(lambda ctx: ctx.session.get_one(ImportBatch, done.batch_id)).result()
    assert (batch.status, batch.rows_imported) == (ImportStatus.CANCELLED, done.imported)


def test_who_may_not_import_is_refused_before_anything_is_written(station: Station, tmp_path: Path) -> None:
    station.seat(somebody(Role.OPERATOR))

    with pytest.raises(NotAllowed):
        bring(station, write_csv(tmp_path / "log.csv"))
    station.seat(somebody(Role.SHIFT_SUPERVISOR))
    assert incidents(station) == []


def test_impossible_coordinates_are_left_out_and_the_address_is_enough(
    station: Station, tmp_path: Path
) -> None:
    rows = ("1;05-03-2026 14:32;Hurto;Picarte 1;-39,8142;-73,2459", "2;05-03-2026 15:32;Hurto;Picarte 2;0;0")
    bring(
        station, write_csv(tmp_path / "log.csv", rows, header="ID;Fecha hora;Delito;Lugar;Latitud;Longitud")
    )
    first, second = incidents(station)

    assert (first.lat, first.lon) == (-39.8142, -73.2459)
    assert second.lat is None


def test_the_preview_shows_both_and_writes_nothing(station: Station, tmp_path: Path) -> None:
    source = open_source(write_csv(tmp_path / "log.csv", (*ROWS, *BAD)))
    seen = station.read(lambda ctx: preview(ctx, source, propose(source.columns))).result()

    assert (len(seen.samples), len(seen.rejected)) == (3, len(BAD))
    assert incidents(station) == []


@pytest.mark.parametrize(
    ("content", "message"),
    [(b"", "vacío"), (b"\x00\x01\x02\x03", "no es una tabla")],
)
def test_what_is_no_table_is_refused_in_words(tmp_path: Path, content: bytes, message: str) -> None:
    path = tmp_path / "log.csv"
    path.write_bytes(content)

    with pytest.raises(UserError, match=message):
        open_source(path)


def test_a_mapping_that_does_not_fit_says_what_is_missing() -> None:
    with pytest.raises(UserError, match="fecha"):
        mappings.check(ColumnMapping(columns={"type": "Tipo"}), ["Tipo"])
    with pytest.raises(UserError, match="Dirección"):
        mappings.check(ColumnMapping(columns={"reported_at": "F", "address": "Dirección"}), ["F"])


def test_foreign_words_are_translated_by_the_mapping(station: Station, tmp_path: Path) -> None:
    path = write_csv(tmp_path / "log.csv", ("9;05-03-2026;14:32;K-33;Picarte 1;;URGENTE;",))
    source = open_source(path)
    found = propose(source.columns)
    mapping = ColumnMapping(found.columns, values={"type": {"K-33": "C05"}, "priority": {"URGENTE": "P1"}})
    import_incidents(station, source, mapping, Silent(), rejected_file=tmp_path / "r.csv")
    (row,) = incidents(station)

    assert (row.type_code, row.priority) == ("C05", Priority.P1)


def long_log(path: Path, rows: int) -> Path:
    return write_csv(path, tuple(f"{i};05-03-2026;14:32;Hurto;Picarte {i};;;" for i in range(rows)))


def batch_of(station: Station, batch_id: UUID) -> ImportBatch:
    return station.read(lambda ctx: ctx.session.get_one(ImportBatch, batch_id)).result()


def test_a_stopped_undoing_says_what_remains_and_goes_on(station: Station, tmp_path: Path) -> None:
    done = bring(station, long_log(tmp_path / "log.csv", 1200))
    assert done.batch_id is not None

    half = undo_import(station, done.batch_id, Silent(stop_after=2))
    assert (half.voided, half.remaining) == (500, 700)
    assert "quedan 700" in half.text
    assert batch_of(station, done.batch_id).status is ImportStatus.UNDOING
    assert station.read(earlier_imports).result()[0].remaining == 700
    with pytest.raises(UserError, match="ya se importó"):
        bring(station, tmp_path / "log.csv")

    rest = undo_import(station, done.batch_id, Silent())
    assert rest == Undone(700, 0)
    assert incidents(station) == []
    with pytest.raises(UserError, match="ya está deshecha"):
        undo_import(station, done.batch_id, Silent())


def test_a_record_that_was_voided_by_hand_is_left_as_it_is(station: Station, tmp_path: Path) -> None:
    done = bring(station, write_csv(tmp_path / "log.csv"))
    assert done.batch_id is not None
    kept = incidents(station)[0]

    def void(ctx: Context) -> None:
        incident = ctx.get(Incident, kept.id)
        incident.voided_at, incident.void_reason = ctx.now, "a mano"

    station.write(void).result()
    assert undo_import(station, done.batch_id, Silent()) == Undone(2, 0)
    reason = station.read(lambda ctx: ctx.session.get_one(Incident, kept.id).void_reason).result()
    assert reason == "a mano"


def test_the_journal_tells_each_step_of_an_undoing(station: Station, tmp_path: Path) -> None:
    done = bring(station, long_log(tmp_path / "log.csv", 300))
    assert done.batch_id is not None
    undo_import(station, done.batch_id, Silent())

    told = station.read(
        lambda ctx: ctx.session.scalars(select(JOURNAL.c.operation).order_by(JOURNAL.c.n)).all()
    ).result()
    assert [name for name in told if name.startswith("import.undo")] == [
        "import.undo.start",
        "import.undo",
        "import.undo",
        "import.undo.end",
    ]


def test_an_undoing_that_is_killed_goes_on_where_it_was(tmp_path: Path) -> None:
    folder = tmp_path / "estacion"
    folder.mkdir()
    with open_station(folder) as station:
        station.write(seed_catalogues).result()
        done = bring(station, long_log(tmp_path / "log.csv", 5_000))
    assert done.batch_id is not None

    child = subprocess.Popen(
        [sys.executable, "-m", "tests.support.undoing", str(folder), str(done.batch_id)],
        stdout=subprocess.PIPE,
        cwd=Path(__file__).parents[2],
    )
    assert child.stdout is not None
    child.stdout.readline()  # a part is committed
    child.kill()
    child.wait()
    child.stdout.close()

    with open_station(folder) as station:
        (view,) = station.read(earlier_imports).result()
        assert view.status is ImportStatus.UNDOING
        assert view.remaining is not None
        assert 0 < view.remaining < 5_000
        assert len(incidents(station)) == view.remaining
        assert undo_import(station, done.batch_id, Silent()) == Undone(view.remaining, 0)
        assert incidents(station) == []
    assert verify(folder / "atalaya.db", KEYS, REGISTERS).findings == []


def test_an_import_that_a_killed_program_left_is_settled_and_can_be_completed(
    station: Station, tmp_path: Path
) -> None:
    path = long_log(tmp_path / "log.csv", 600)
    done = bring(station, path, progress=Silent(stop_after=1))
    assert done.batch_id is not None

    batch_id = done.batch_id

    def as_killed(ctx: Context) -> None:
        batch = ctx.get(ImportBatch, batch_id)
        batch.status, batch.rows_imported = ImportStatus.RUNNING, 0

    station.write(as_killed).result()
    with pytest.raises(UserError, match="en curso"):
        undo_import(station, done.batch_id, Silent())
    station.write_as(station.system, settle_interrupted).result()

    batch = batch_of(station, done.batch_id)
    assert (batch.status, batch.rows_imported) == (ImportStatus.CANCELLED, 250)
    again = bring(station, path)
    assert (again.imported, again.duplicate) == (350, 250)


def test_a_file_is_surveyed_for_words_samples_and_first_rows(station: Station, tmp_path: Path) -> None:
    log = write_foreign_log(tmp_path / "log.csv", 3_000)
    source = open_source(log.path)
    seen = survey(source, Silent())

    assert seen.rows == 3_000
    assert len(seen.first) == 8
    assert set(seen.words["URGENCIA"]) >= {"ALTA", "MEDIA", "BAJA"}
    assert "GLOSA" not in seen.words
    assert guess_dates(seen.samples["FECHA INGRESO"]) == DateGuess("%d/%m/%Y", is_ambiguous=False)
    found = station.read(lambda ctx: vocabulary(ctx, source, propose(source.columns), seen)).result()
    assert [word.becomes for word in found.words][:3] == [None, None, None]
    said = station.read(lambda ctx: vocabulary(ctx, source, log.mapping, seen)).result()
    assert [word.word for word in said.words if word.becomes is None] == ["SEGUN CRITERIO"]
    with pytest.raises(Cancelled):
        survey(source, Silent(stop_after=0))


def test_a_foreign_log_comes_in_as_it_was_written(station: Station, tmp_path: Path) -> None:
    log = write_foreign_log(tmp_path / "log.csv", 3_000)
    done = import_incidents(
        station, open_source(log.path), log.mapping, Silent(), rejected_file=tmp_path / "r.csv"
    )

    assert (done.read, done.imported, done.rejected, done.duplicate) == (
        log.rows,
        log.good,
        log.rejected,
        log.duplicate,
    )


def test_a_closing_after_midnight_is_read_on_the_night_when_clocks_change(
    station: Station, tmp_path: Path
) -> None:
    rows = (
        "1;05-04-2025;23:40;Hurto;Picarte 1;;;23:10",  # the clocks go back at midnight: the second 23:10
        "2;07-09-2025;23:50;Hurto;Picarte 2;;;00:20",  # 00:20 did not exist that morning, the next one it did
    )
    bring(station, write_csv(tmp_path / "log.csv", rows))
    first, second = incidents(station)

    assert first.closed_at == datetime(2025, 4, 6, 3, 10, tzinfo=UTC)
    assert second.closed_at == datetime(2025, 9, 8, 3, 20, tzinfo=UTC)


@pytest.mark.parametrize(
    ("form", "cell", "expected"),
    [
        ("mm/dd/aaaa", "03/05/2026 14:32", datetime(2026, 3, 5, 17, 32, tzinfo=UTC)),
        ("aaaammdd hhmm", "20260305 1432", datetime(2026, 3, 5, 17, 32, tzinfo=UTC)),
        ("dd/mm/aa hh:mm am/pm", "05/03/26 02:32 PM", datetime(2026, 3, 5, 17, 32, tzinfo=UTC)),
        ("%d.%m.%Y", "05.03.2026", datetime(2026, 3, 5, 3, 0, tzinfo=UTC)),
    ],
)
def test_the_form_of_a_column_is_said(
    station: Station, tmp_path: Path, form: str, cell: str, expected: datetime
) -> None:
    path = write_csv(tmp_path / "log.csv", (f"1;{cell};Hurto;Picarte 1",), header="ID;Ingreso;Tipo;Lugar")
    said = tmp_path / "map.toml"
    said.write_text(
        f'[columns]\nreported_at = "Ingreso"\ntype = "Tipo"\naddress = "Lugar"\n[formats]\nreported_at = "{form}"\n'
    )
    import_incidents(
        station, open_source(path), mappings.load(said), Silent(), rejected_file=tmp_path / "r.csv"
    )

    assert [row.reported_at for row in incidents(station)] == [expected]


def test_a_row_that_does_not_fit_the_said_form_is_rejected_and_not_read_otherwise(
    station: Station, tmp_path: Path
) -> None:
    path = write_csv(
        tmp_path / "log.csv", ("1;25/03/2026 10:00;Hurto;Picarte 1",), header="ID;Ingreso;Tipo;Lugar"
    )
    source = open_source(path)
    mapping = ColumnMapping(propose(source.columns).columns, formats={"reported_at": "%m/%d/%Y"})
    seen = station.read(lambda ctx: preview(ctx, source, mapping)).result()

    assert seen.samples == ()
    assert "fecha ilegible" in seen.rejected[0].reasons[0]


@pytest.mark.parametrize(
    ("values", "guess"),
    [
        (("03/05/2026", "04/06/2026"), DateGuess("%d/%m/%Y", is_ambiguous=True)),
        (("03/25/2026", "04/06/2026"), DateGuess("%m/%d/%Y", is_ambiguous=False)),
        (("25-03-2026 10:00", "04-06-2026 11:00"), DateGuess("%d-%m-%Y", is_ambiguous=False)),
        (("2026-03-05T10:00",), DateGuess("%Y-%m-%d", is_ambiguous=False)),
        (("ayer",), DateGuess(None, is_ambiguous=False)),
        ((), DateGuess(None, is_ambiguous=False)),
    ],
)
def test_the_form_of_dates_is_guessed_from_a_sample(values: tuple[str, ...], guess: DateGuess) -> None:
    assert guess_dates(values) == guess


@pytest.mark.parametrize("layout", [*OFFERED_DATES, *OFFERED_TIMES, "%d/%m/%Y %H:%M:%S"])
def test_a_form_is_read_as_it_is_shown(layout: str) -> None:
    assert layout_of(words_of(layout)) == layout


def test_rows_without_priority_get_the_one_that_is_said(station: Station, tmp_path: Path) -> None:
    path = write_csv(tmp_path / "log.csv", (ROWS[2], "1010;06-03-2026;08:15;Hurto;Picarte 2;;P2;"))
    source = open_source(path)
    mapping = ColumnMapping(propose(source.columns).columns, default_priority="P4")
    import_incidents(station, source, mapping, Silent(), rejected_file=tmp_path / "r.csv")

    assert [row.priority for row in incidents(station)] == [Priority.P4, Priority.P2]
    with pytest.raises(UserError, match="prioridad por omisión"):
        mappings.check(ColumnMapping(mapping.columns, default_priority="P9"), source.columns)


def test_encoding_and_separator_can_be_said_in_the_mapping(tmp_path: Path) -> None:
    path = tmp_path / "log.csv"
    path.write_bytes("Fecha|Observación;Tipo\r\n1|2\r\n".encode("latin-1"))

    assert open_source(path).columns == ("Fecha|Observación", "Tipo")
    assert open_source(path, delimiter="|").columns == ("Fecha", "Observación;Tipo")
    with pytest.raises(UserError, match="no está en utf-8"):
        open_source(path, encoding="utf-8")
    with pytest.raises(UserError, match="No existe la codificación"):
        open_source(path, encoding="klingon")


def test_a_saved_mapping_is_the_one_that_is_loaded(tmp_path: Path) -> None:
    mapping = ColumnMapping(
        {"reported_day": "Día", "type": "Tipo"},
        formats={"reported_day": "%m/%d/%Y"},
        values={"type": {"K-33": "C05"}},
        default_type="I07",
        default_priority="P3",
        encoding="cp1252",
        delimiter=";",
    )
    mappings.save(mapping, tmp_path / "map.json")

    assert mappings.load(tmp_path / "map.json") == mapping
    with pytest.raises(UserError, match="No se pudo escribir"):
        mappings.save(mapping, tmp_path / "no" / "map.json")
