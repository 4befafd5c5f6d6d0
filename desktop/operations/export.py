"""Lists and records on paper or in a spreadsheet: what a person may hand out, with their name on it.

A list that holds records above Interno asks the reason; each of those is left in the journal as read. Words of
confidential records stay masked in every list, exported or not.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Protocol
from uuid import UUID

from desktop.core import formats
from desktop.core.errors import UserError
from desktop.core.i18n import N_, tr
from desktop.core.paths import write_atomically
from desktop.operations.context import Context, ReadContext
from desktop.operations.copies import Copies, unwritable
from desktop.operations.queries import ListSpec, columns_of, page_rows, source_of
from desktop.operations.query_values import ColumnView, RowView
from desktop.register.access import Action
from desktop.register.kinds import Kind
from desktop.register.record import Confidentiality
from desktop.register.spec import Register
from desktop.store import lists

if TYPE_CHECKING:
    from desktop.operations.documents.letterhead import Letterhead
    from desktop.operations.documents.sheets import Sheet
    from desktop.operations.documents.spreadsheet import Row, Value
    from desktop.operations.station import Station

CHUNK = 400
_TYPED = frozenset({Kind.DAY, Kind.INSTANT, Kind.INTEGER, Kind.DECIMAL, Kind.FLAG})


class Reports(Protocol):
    """How far it is; `check` raises `Cancelled` when the person asked to stop."""

    def report(self, done: int, total: int = 0, text: str = "") -> None:
        """Say how far it is."""
        ...

    def check(self) -> None:
        """Pass, or leave."""
        ...


class RecordDocuments:
    """Prints and exports of one station. `head` gives the letterhead of a document issued now."""

    def __init__(self, station: Station, head: Callable[[datetime], Letterhead], copies: Copies) -> None:
        self._station = station
        self._copies = copies
        self._head = head

    def print_record(self, register: Register, record_id: UUID, report: str) -> Path:
        """Make the PDF of a record in a private folder and return where it lies.

        Raises:
            NotAllowed: the role may not print it.
            UserError: it is confidential and was not opened with its reason.
            Unavailable: there is no room for it.
        """
        from desktop.operations.documents.engine import render  # noqa: PLC0415 - documents load slowly
        from desktop.operations.documents.letterhead import PrintRun  # noqa: PLC0415
        from desktop.operations.prints import note_record_print  # noqa: PLC0415

        sheet, run = self._station.read(
            lambda ctx: (self._sheet(ctx, register, record_id, report), PrintRun(ctx.actor.name, ctx.now))
        ).result()
        title = tr(N_("Ficha de {record}"), record=tr(register.singular))
        self._station.write(lambda ctx: note_record_print(ctx, title, register.key, record_id)).result()
        target = self._copies.place(record_id, f"{tr(register.singular)} {record_id.hex[-8:]}.pdf")
        try:
            write_atomically(target, render(sheet, run))
        except OSError as error:
            raise unwritable(target.name) from error
        return target

    def export_list(
        self, register: Register, spec: ListSpec, target: Path, reason: str, progress: Reports
    ) -> int:
        """Write a list to XLSX or CSV, by the target's ending; return the rows written.

        Raises:
            NotAllowed: the role may not export this register.
            UserError: the list holds records above Interno and no reason was given.
            Unavailable: the file cannot be written.
            Cancelled: the person stopped it; there is no file.
        """
        from desktop.operations.documents.spreadsheet import write_table  # noqa: PLC0415 - loads slowly

        ids, confidential, line = self._station.read(
            lambda ctx: _prepare(ctx, register, spec, reason)
        ).result()
        columns = columns_of(register)
        total = len(ids)

        def rows() -> Iterator[Row]:
            for start in range(0, total, CHUNK):
                progress.check()
                progress.report(start, total)
                chunk = ids[start : start + CHUNK]
                found = self._station.read(partial(_page, register, chunk)).result()
                yield from (_row(columns, row) for row in found)
            yield ()
            yield (line,)

        if confidential:
            self._station.write(lambda ctx: _journal(ctx, register, confidential, reason)).result()
        written = write_table(target, tr(register.title), [column.label for column in columns], rows())
        return written - 2

    def _sheet(self, ctx: ReadContext, register: Register, record_id: UUID, report: str) -> Sheet:
        from desktop.operations.record_sheets import record_sheet  # noqa: PLC0415 - documents load slowly
        from desktop.operations.reporting import incident_sheet  # noqa: PLC0415

        head = self._head(ctx.now)
        if report == "incident_sheet":
            return incident_sheet(ctx, record_id, head)
        return record_sheet(ctx, register, record_id, head)


def _prepare(
    ctx: ReadContext, register: Register, spec: ListSpec, reason: str
) -> tuple[list[int], list[UUID], str]:
    """Return the rowids, the records above Interno among them, and the line that says who took it."""
    ctx.rights.check(Action.EXPORT, register.key)
    source = source_of(ctx, register)
    ceiling = ctx.rights.ceiling(Action.EXPORT, register.key)
    if source.ceiling is None or ceiling is None:
        return [], [], ""
    source = replace(source, ceiling=min(source.ceiling, ceiling, key=lambda level: level.rank))
    ids = list(lists.row_ids(ctx.session, source, spec))
    above = lists.Condition(
        "confidentiality",
        lists.Compare.IN,
        tuple(level for level in Confidentiality if level.rank > Confidentiality.INTERNAL.rank),
    )
    guarded = lists.row_ids(ctx.session, source, replace(spec, conditions=(*spec.conditions, above)))
    confidential: list[UUID] = []
    for start in range(0, len(guarded), CHUNK):
        found = lists.page(ctx.session, source, (), guarded[start : start + CHUNK])
        confidential.extend(row["id"] for row in found.values())
    if confidential and not reason.strip():
        raise UserError(tr(N_("La lista lleva registros reservados: escriba para qué se exporta.")))
    line = tr(N_("Exportado por {name} el {when}."), name=ctx.actor.name, when=formats.day_time_s(ctx.now))
    if reason.strip():
        line = tr(N_("{line} Motivo: {reason}"), line=line, reason=reason.strip())
    return ids, confidential, line


def _journal(ctx: Context, register: Register, confidential: list[UUID], reason: str) -> None:
    ctx.name_operation(f"{register.key}.export", reason.strip())
    for record_id in confidential:
        ctx.unit.capture.read(ctx.get(register.model, record_id))


def _page(register: Register, rowids: list[int], ctx: ReadContext) -> list[RowView]:
    return page_rows(ctx, register, rowids)


def _row(columns: tuple[ColumnView, ...], row: RowView) -> tuple[Value, ...]:
    return tuple(
        value if column.kind in _TYPED and not (row.is_masked and value is None) else words
        for column, value, words in zip(columns, row.values, row.cells, strict=True)
    )
