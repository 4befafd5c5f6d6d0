"""Exports to spreadsheets: nothing is computed, nothing changes its kind."""

import csv
import tempfile
from datetime import UTC, date, datetime
from pathlib import Path
from zipfile import ZipFile

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from python_calamine import CalamineWorkbook

from desktop.core.clock import SANTIAGO
from desktop.core.errors import Cancelled, Unavailable
from desktop.operations.documents import spreadsheet
from desktop.operations.documents.spreadsheet import (
    Value,
    clean,
    csv_safe,
    is_formula_like,
    write_csv,
    write_xlsx,
)

DANGEROUS = (
    "=1+1",
    "+1",
    "-1",
    "@SUM(A1)",
    "\t=1",
    "\r=1",
    "\n=1",
    " =1",
    "\u200b=1",
    "\ufeff=cmd|' /C calc'!A0",
    "\u2060\u00a0+1",
    "＝1+1",
    "＋1",
    "－1",
    "＠SUM(A1)",
    "\u3164=1",
    "\u0301=1",
    "\u00ad@x",
    "−1",
)
leads = st.sampled_from(
    ["", *"=+-@\t\r\n＝＋－＠", "\u200b", "\ufeff", " ", "\u00ad", "'", '"', ";", "_x0041_"]
)
texts = st.builds(lambda lead, rest: lead + rest, leads, st.text(max_size=30))
values = st.one_of(
    st.none(),
    texts,
    st.booleans(),
    st.integers(-(2**53), 2**53),
    st.floats(allow_nan=False, allow_infinity=False, allow_subnormal=False, width=32),
    st.dates(date(1901, 1, 1), date(9000, 12, 31)),
    st.integers(-600_000_000, 29_000_000_000).map(lambda second: datetime.fromtimestamp(second, UTC)),
)


def read_csv(path: Path) -> list[list[str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.reader(file, delimiter=";"))


def read_xlsx(path: Path) -> list[list[object]]:
    sheet = CalamineWorkbook.from_path(path).get_sheet_by_index(0)
    return [list(row) for row in sheet.to_python(skip_empty_area=False)]


@pytest.mark.parametrize("text", DANGEROUS)
def test_text_that_might_be_computed_is_marked(text: str) -> None:
    assert is_formula_like(text)
    assert csv_safe(text).startswith("'")


@pytest.mark.parametrize("text", ["", "Picarte 1120", "'=1", "12.345.678-5", "ñandú = ave", "\u200b"])
def test_plain_text_is_left_alone(text: str) -> None:
    assert csv_safe(text) == text


@settings(deadline=None, max_examples=150)
@given(st.lists(texts, min_size=1, max_size=4))
def test_no_cell_of_a_csv_starts_a_formula_and_the_text_comes_back(row: list[str]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "lista.csv"
        write_csv(path, ["Relato"] * len(row), [row])
        _, back = read_csv(path)
    for sent, cell in zip(row, back, strict=True):
        assert not is_formula_like(cell)
        assert cell == (f"'{clean(sent)}" if is_formula_like(sent) else clean(sent))


@settings(deadline=None, max_examples=150)
@given(st.lists(values, min_size=1, max_size=5))
def test_values_of_an_xlsx_come_back_with_their_kind_and_no_formula(row: list[Value]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "lista.xlsx"
        write_xlsx(path, "Incidentes", ["Columna"] * (len(row) + 1), [[*row, "fin"]])
        _, back = read_xlsx(path)
        sheet = ZipFile(path).read("xl/worksheets/sheet1.xml")
    assert b"<f>" not in sheet
    for sent, cell in zip(row, back, strict=False):
        assert_same(sent, cell)


def assert_same(sent: Value, cell: object) -> None:
    match sent:
        case None:
            assert cell == ""
        case bool():
            assert cell == ("Sí" if sent else "No")
        case datetime():
            assert isinstance(cell, datetime)
            civil = sent.astimezone(SANTIAGO).replace(tzinfo=None)
            assert abs((cell - civil).total_seconds()) < 1
        case date():
            assert cell == sent
        case int() | float():
            assert isinstance(cell, float)
            assert cell == pytest.approx(sent)
        case _:
            assert cell == clean(sent)


def test_instants_are_civil_times_of_santiago_in_both_files(tmp_path: Path) -> None:
    instant = datetime(2026, 11, 22, 17, 30, 5, tzinfo=UTC)
    write_csv(tmp_path / "a.csv", ["Hora"], [[instant]])
    write_xlsx(tmp_path / "a.xlsx", "Hora", ["Hora"], [[instant]])
    assert read_csv(tmp_path / "a.csv")[1] == ["22-11-2026 14:30:05"]
    assert read_xlsx(tmp_path / "a.xlsx")[1] == [datetime(2026, 11, 22, 14, 30, 5)]  # noqa: DTZ001 - a cell


def test_a_plate_or_a_run_that_looks_like_a_number_stays_text(tmp_path: Path) -> None:
    write_xlsx(tmp_path / "a.xlsx", "Códigos", ["CUT"], [["01101"], ["1E5"]])
    assert read_xlsx(tmp_path / "a.xlsx")[1:] == [["01101"], ["1E5"]]


def test_half_a_character_from_a_foreign_file_does_not_stop_an_export(tmp_path: Path) -> None:
    write_csv(tmp_path / "a.csv", ["Nota"], [["a\ud800b\x00"]])
    write_xlsx(tmp_path / "a.xlsx", "Nota", ["Nota"], [["a\ud800b\x00"]])
    assert read_csv(tmp_path / "a.csv")[1] == read_xlsx(tmp_path / "a.xlsx")[1] == ["a\ufffdb\ufffd"]


def test_a_csv_begins_with_the_mark_that_tells_a_spreadsheet_its_encoding(tmp_path: Path) -> None:
    write_csv(tmp_path / "a.csv", ["Señal"], [["ñ;ñ"]])
    assert (tmp_path / "a.csv").read_bytes() == '\ufeffSeñal\r\n"ñ;ñ"\r\n'.encode()


def test_a_text_too_long_for_a_cell_says_that_it_was_cut(tmp_path: Path) -> None:
    write_xlsx(tmp_path / "a.xlsx", "Relatos", ["Relato"], [["ñ" * 40_000]])
    cell = str(read_xlsx(tmp_path / "a.xlsx")[1][0])
    assert len(cell) == 32_767
    assert cell.endswith("[texto cortado: no cabe en una celda]")


def test_rows_beyond_a_full_sheet_go_on_in_the_next(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(spreadsheet, "_SHEET_ROWS", 3)
    assert write_xlsx(tmp_path / "a.xlsx", "Lista", ["N°"], ([number] for number in range(7))) == 7
    book = CalamineWorkbook.from_path(tmp_path / "a.xlsx")
    assert book.sheet_names == ["Lista", "Lista (2)", "Lista (3)"]
    assert book.get_sheet_by_index(2).to_python() == [["N°"], [6.0]]


def test_progress_is_told_and_a_cancelled_export_leaves_nothing(tmp_path: Path) -> None:
    told: list[int] = []
    write_csv(tmp_path / "a.csv", ["N°"], ([number] for number in range(1200)), told.append)
    assert told == [500, 1000, 1200]

    def stop(count: int) -> None:
        raise Cancelled

    for write in (write_csv, lambda path, *rest: write_xlsx(path, "Lista", *rest)):
        with pytest.raises(Cancelled):
            write(tmp_path / "b", ["N°"], ([number] for number in range(1200)), stop)
    assert [file.name for file in tmp_path.iterdir()] == ["a.csv"]


def test_a_folder_that_is_not_there_is_said_in_spanish(tmp_path: Path) -> None:
    with pytest.raises(Unavailable, match="No se pudo escribir"):
        write_csv(tmp_path / "no" / "a.csv", ["N°"], [])
