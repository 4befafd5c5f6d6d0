"""Rows of a foreign file, one after another, whatever its kind, encoding or separator."""

import csv
import hashlib
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from desktop.core.errors import UserError
from desktop.core.i18n import N_, tr

Cell = str | int | float | bool | date | datetime | None
_SAMPLE_BYTES = 256 * 1024
DELIMITERS = ";,\t|"
ENCODINGS = {
    "utf-8": "UTF-8",
    "utf-8-sig": "UTF-8 con marca",
    "cp1252": "Windows-1252",
    "latin-1": "Latin-1",
    "utf-16": "UTF-16",
}
"""What files come in, and how people call it."""
_MAX_FIELD = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Source:
    """A file that can be read as a table: its columns and, for the preview, how it was understood."""

    path: Path
    columns: tuple[str, ...]
    encoding: str | None
    delimiter: str | None
    sheet: str | None
    sheets: tuple[str, ...] = ()

    def rows(self) -> Iterator[tuple[int, Sequence[Cell]]]:
        """Yield (row number as the person sees it in the file, cells); empty rows are left out."""
        reader = self._excel_rows() if self.sheet is not None else self._text_rows()
        for number, cells in reader:
            if any(cell not in {None, ""} for cell in cells):
                yield number, cells

    def sha256(self) -> str:
        """Return the hash of the file's bytes."""
        with self.path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()

    def _text_rows(self) -> Iterator[tuple[int, Sequence[Cell]]]:
        with self.path.open(encoding=self.encoding, newline="", errors="strict") as file:
            reader = csv.reader(file, delimiter=self.delimiter or ",")
            next(reader, None)
            for cells in reader:
                yield reader.line_num, cells

    def _excel_rows(self) -> Iterator[tuple[int, Sequence[Cell]]]:
        from python_calamine import CalamineWorkbook  # noqa: PLC0415 - only when a workbook is read

        sheet = CalamineWorkbook.from_path(str(self.path)).get_sheet_by_name(self.sheet or "")
        rows = sheet.iter_rows()
        first = (sheet.start or (0, 0))[0] + 2
        next(rows, None)
        for number, cells in enumerate(rows, start=first):
            yield number, [cell if isinstance(cell, Cell) else str(cell) for cell in cells]


def open_source(
    path: Path, sheet: str | None = None, encoding: str | None = None, delimiter: str | None = None
) -> Source:
    """Look at a file and tell how to read it; what is said is not guessed.

    Raises:
        UserError: it is not there, is empty, is neither CSV nor XLSX, or cannot be read as it is said.
    """
    if not path.is_file():
        raise UserError(tr(N_("No se encontró el archivo {name}."), name=path.name))
    if path.suffix.lower() in {".xlsx", ".xlsm", ".xls", ".ods"}:
        return _open_workbook(path, sheet)
    csv.field_size_limit(_MAX_FIELD)
    with path.open("rb") as file:
        sample = file.read(_SAMPLE_BYTES)
    if not sample.strip():
        raise UserError(tr(N_("El archivo {name} está vacío."), name=path.name))
    if b"\0" in sample and not sample.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise UserError(tr(N_("{name} no es una tabla: se esperaba CSV o XLSX."), name=path.name))
    if encoding is None:
        encoding = _encoding_of(path, sample)
    elif not _fits(path, encoding):
        raise UserError(tr(N_("{name} no está en {encoding}."), name=path.name, encoding=encoding))
    text = sample.decode(encoding, errors="ignore")
    header = text.splitlines()[0]
    delimiter = delimiter or max(DELIMITERS, key=header.count)
    columns = next(csv.reader(io.StringIO(text), delimiter=delimiter), [])
    return Source(path, _named(columns), encoding, delimiter, None)


def _open_workbook(path: Path, sheet: str | None) -> Source:
    from python_calamine import CalamineError, CalamineWorkbook  # noqa: PLC0415

    try:
        workbook = CalamineWorkbook.from_path(str(path))
        name = sheet or workbook.sheet_names[0]
        rows = workbook.get_sheet_by_name(name).iter_rows()
        columns = [str(cell) for cell in next(rows, [])]
        sheets = tuple(workbook.sheet_names)
    except (CalamineError, IndexError, ValueError, OSError) as error:
        raise UserError(tr(N_("No se pudo leer la planilla {name}."), name=path.name)) from error
    if not columns:
        raise UserError(tr(N_("La planilla {name} está vacía."), name=path.name))
    return Source(path, _named(columns), None, None, name, sheets)


def _encoding_of(path: Path, sample: bytes) -> str:
    """Return the encoding of the whole file: a late accent decides as much as an early one."""
    if sample.startswith(b"\xef\xbb\xbf"):
        return "utf-8-sig"
    if sample.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "utf-16"
    return next((encoding for encoding in ("utf-8", "cp1252") if _fits(path, encoding)), "latin-1")


def _fits(path: Path, encoding: str) -> bool:
    """Tell whether the whole file can be read so."""
    try:
        with path.open(encoding=encoding, errors="strict", newline="") as file:
            while file.read(_SAMPLE_BYTES):
                pass
    except UnicodeError:
        return False
    except LookupError as error:
        raise UserError(tr(N_("No existe la codificación {encoding}."), encoding=encoding)) from error
    return True


def _named(columns: Sequence[str]) -> tuple[str, ...]:
    """Give every column a name of its own, so that a mapping can point to it."""
    names: list[str] = []
    for index, column in enumerate(columns, start=1):
        name = column.strip() or tr(N_("Columna {number}"), number=index)
        names.append(name if name not in names else f"{name} ({index})")
    return tuple(names)
