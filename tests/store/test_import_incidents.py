"""Foreign dispatch logs: read in whatever form, mapped, imported once, rejected with reasons, undone whole."""

import csv
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
import xlsxwriter
from sqlalchemy import func, select

from desktop.core.errors import Cancelled, NotAllowed, UserError
from desktop.models.incidents.records import Incident
from desktop.models.incidents.states import IncidentStatus, Priority
from desktop.models.roles import Role
from desktop.models.system import ImportBatch, ImportStatus
from desktop.operations.context import ReadContext
from desktop.operations.imports import mapping as mappings
from desktop.operations.imports.mapping import ColumnMapping, propose
from desktop.operations.imports.run import Summary, import_incidents, preview
from desktop.operations.imports.source import open_source
from desktop.operations.imports.undo import Undone, undo_import
from desktop.operations.search import search_everything
from desktop.operations.seed import seed_catalogues
from desktop.operations.station import Station
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
