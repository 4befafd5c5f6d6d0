"""Exports to XLSX and CSV that no spreadsheet program takes for formulas (R145).

Rows come from an iterator and go to the file one by one; the file appears under its name only when it is complete.
The temporary pieces lie beside it, because there the person wanted plain data, and not in a folder for everybody.
"""

import csv
import unicodedata
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from datetime import date, datetime
from math import isfinite
from pathlib import Path
from typing import Any

from desktop.core import formats
from desktop.core.clock import SANTIAGO
from desktop.core.errors import Unavailable
from desktop.core.i18n import N_, tr
from desktop.core.scratch import Scratch

Value = str | int | float | bool | date | datetime | None
Row = Sequence[Value]
Progress = Callable[[int], None]
"""Called with the rows written so far; it may raise `Cancelled`, and then no file is left."""

_STEP = 500
_SHEET_ROWS = 1_048_575
_CELL_CHARACTERS = 32_767
_EXACT_INTEGER = 2**53
_FIRST_YEAR = 1901
_STARTERS = frozenset("=+-@\u2212")
_BLANK_LETTERS = frozenset("\u115f\u1160\u2800\u3164\uffa0")
_UNREADABLE = dict.fromkeys((*range(9), 11, 12, *range(14, 32), 127, 65534, 65535), "�")


def is_formula_like(text: str) -> bool:
    """Tell whether a spreadsheet might compute `text`: = + - @ first, behind invisible signs or in wide form too."""
    if text[:1] in ("\t", "\r", "\n"):
        return True
    for sign in text:
        if unicodedata.category(sign)[0] in "CZM" or sign in _BLANK_LETTERS:
            continue
        return unicodedata.normalize("NFKC", sign)[0] in _STARTERS
    return False


def clean(text: str) -> str:
    """Return `text` without what no spreadsheet file can hold; line ends become plain ones."""
    if not text.isprintable():
        text = text.replace("\r\n", "\n").replace("\r", "\n").translate(_UNREADABLE)
        text = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return text


def csv_safe(text: str) -> str:
    """Return the text of a CSV cell; an apostrophe goes before what might be computed."""
    return f"'{clean(text)}" if is_formula_like(text) else clean(text)


def write_xlsx(
    path: Path, title: str, columns: Sequence[str], rows: Iterable[Row], progress: Progress | None = None
) -> int:
    """Write `rows` under Spanish `columns` and return how many there were.

    Text stays text, also when it looks like a number; numbers and dates keep their type; instants are shown in the
    civil time of Santiago. More rows than a sheet holds go on in another.

    Raises:
        Unavailable: the file cannot be written.
    """
    return _write(path, progress, lambda target, tick: _fill_book(target, title, columns, rows, tick))


def write_csv(
    path: Path, columns: Sequence[str], rows: Iterable[Row], progress: Progress | None = None
) -> int:
    """Write `rows` as UTF-8 with byte order mark and `;`, as a Chilean spreadsheet opens them; return the count.

    Raises:
        Unavailable: the file cannot be written.
    """
    return _write(path, progress, lambda target, tick: _fill_csv(target, columns, rows, tick))


def write_table(
    path: Path, title: str, columns: Sequence[str], rows: Iterable[Row], progress: Progress | None = None
) -> int:
    """Write XLSX or CSV, by the ending of `path`."""
    if path.suffix.lower() == ".csv":
        return write_csv(path, columns, rows, progress)
    return write_xlsx(path, title, columns, rows, progress)


def _write(path: Path, progress: Progress | None, fill: Callable[[Path, Callable[[int], None]], int]) -> int:
    def tick(count: int) -> None:
        if progress is not None and count % _STEP == 0:
            progress(count)

    try:
        with Scratch(".atalaya-", path.parent) as folder:
            target = folder / path.name
            count = fill(target, tick)
            if progress is not None:
                progress(count)
            target.replace(path)
    except OSError as error:
        raise Unavailable(
            tr(N_("No se pudo escribir {file}. Revise la carpeta y el espacio en disco."), file=path.name)
        ) from error
    return count


def _fill_csv(target: Path, columns: Sequence[str], rows: Iterable[Row], tick: Callable[[int], None]) -> int:
    count = 0
    with target.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file, delimiter=";")
        writer.writerow([csv_safe(column) for column in columns])
        for row in rows:
            writer.writerow([_csv_cell(value) for value in row])
            count += 1
            tick(count)
    return count


def _csv_cell(value: Value) -> str:  # noqa: PLR0911 - one line per kind
    match value:
        case None:
            return ""
        case bool():
            return tr(N_("Sí")) if value else tr(N_("No"))
        case int():
            return str(value)
        case float():
            return str(value).replace(".", ",") if isfinite(value) else ""
        case datetime():
            return formats.day_time_s(value)
        case date():
            return formats.day(value)
        case _:
            return csv_safe(value)


def _fill_book(
    target: Path, title: str, columns: Sequence[str], rows: Iterable[Row], tick: Callable[[int], None]
) -> int:
    import xlsxwriter  # noqa: PLC0415 - slow to import, and most days nobody exports

    book = xlsxwriter.Workbook(
        str(target),
        {
            "constant_memory": True,
            "tmpdir": str(target.parent),
            "strings_to_formulas": False,
            "strings_to_numbers": False,
            "strings_to_urls": False,
        },
    )
    try:
        count = _Book(book, clean(title), [clean(column) for column in columns]).fill(rows, tick)
        book.close()
    except BaseException as error:
        _abandon(book)
        if isinstance(error, xlsxwriter.exceptions.XlsxFileError):
            raise OSError(str(error)) from error
        raise
    return count


def _abandon(book: Any) -> None:
    """Let go of a workbook that will not be: its pieces are closed, and nothing is put together at the end."""
    book.fileclosed = True
    for sheet in book.worksheets():
        if sheet.row_data_fh is not None:
            with suppress(OSError):
                sheet.row_data_fh.close()
            with suppress(OSError):  # a second time: the first fails while it writes what was still in memory
                sheet.row_data_fh.close()


class _Book:
    """A workbook that goes on in a new sheet when one is full."""

    def __init__(self, book: Any, title: str, columns: Sequence[str]) -> None:
        self._book, self._columns = book, columns
        self._title = "".join(" " if sign in "[]:*?/\\" else sign for sign in title).strip("' \n\t")[:26]
        self._head = book.add_format({"bold": True, "bottom": 1, "text_wrap": True, "valign": "top"})
        self._text = book.add_format({"num_format": "@"})
        self._quoted = book.add_format({"num_format": "@", "quote_prefix": True})
        self._day = book.add_format({"num_format": "dd-mm-yyyy"})
        self._instant = book.add_format({"num_format": "dd-mm-yyyy hh:mm:ss"})
        self._sheets = 0
        self._start()

    def fill(self, rows: Iterable[Row], tick: Callable[[int], None]) -> int:
        """Write all rows and return their number."""
        count = 0
        for row in rows:
            if self._line > _SHEET_ROWS:
                self._end()
                self._start()
            for index, value in enumerate(row):
                self._put(index, value)
            self._line += 1
            count += 1
            tick(count)
        self._end()
        return count

    def _start(self) -> None:
        self._sheets += 1
        name = self._title or tr(N_("Datos"))
        self._sheet = self._book.add_worksheet(name if self._sheets == 1 else f"{name} ({self._sheets})")
        self._sheet.freeze_panes(1, 0)
        for index, column in enumerate(self._columns):
            self._sheet.set_column(index, index, min(max(len(column) + 4, 14), 40))
        for index, column in enumerate(self._columns):
            self._sheet.write_string(0, index, column[:_CELL_CHARACTERS], self._head)
        self._line = 1

    def _end(self) -> None:
        if self._columns:
            self._sheet.autofilter(0, 0, max(self._line - 1, 1), len(self._columns) - 1)

    def _put(self, index: int, value: Value) -> None:
        match value:
            case None | "":
                return
            case bool():
                self._put_text(index, tr(N_("Sí")) if value else tr(N_("No")))
            case int() if abs(value) <= _EXACT_INTEGER:
                self._sheet.write_number(self._line, index, value)
            case float() if isfinite(value):
                self._sheet.write_number(self._line, index, value)
            case datetime():
                civil = value.astimezone(SANTIAGO).replace(tzinfo=None, microsecond=0)
                if civil.year < _FIRST_YEAR:
                    self._put_text(index, formats.day_time_s(value))
                else:
                    self._sheet.write_datetime(self._line, index, civil, self._instant)
            case date():
                if value.year < _FIRST_YEAR:
                    self._put_text(index, formats.day(value))
                else:
                    self._sheet.write_datetime(self._line, index, value, self._day)
            case float():
                return
            case _:
                self._put_text(index, str(value))

    def _put_text(self, index: int, text: str) -> None:
        cell = clean(text)
        if len(cell.encode("utf-16-le")) > 2 * _CELL_CHARACTERS:
            cut = tr(N_(" [texto cortado: no cabe en una celda]"))
            room = 2 * (_CELL_CHARACTERS - len(cut))
            cell = cell.encode("utf-16-le")[:room].decode("utf-16-le", "ignore") + cut
        self._sheet.write_string(
            self._line, index, cell, self._quoted if is_formula_like(cell) else self._text
        )
