"""The `ficha` of any record, gathered for the document that prints it."""

from dataclasses import replace
from typing import Final
from uuid import UUID

from desktop.core.errors import UserError
from desktop.core.i18n import N_, tr
from desktop.operations.context import ReadContext
from desktop.operations.documents.letterhead import Letterhead
from desktop.operations.documents.sheets import RecordField, RecordSection, RecordSheet
from desktop.operations.history import history
from desktop.operations.query_values import RecordView
from desktop.operations.record_queries import record_view
from desktop.register.access import Action
from desktop.register.kinds import Kind
from desktop.register.spec import Register

_SHEET_COLUMNS: Final = 3
_WIDE: Final = frozenset({Kind.LONG_TEXT, Kind.LIST})


def record_sheet(ctx: ReadContext, register: Register, record_id: UUID, head: Letterhead) -> RecordSheet:
    """Gather the `ficha` of a record.

    Raises:
        NotAllowed: the role may not print it.
        UserError: it is confidential and was not opened with its reason.
    """
    view = record_view(ctx, register, record_id)
    ctx.rights.check(Action.PRINT, register.key, view.confidentiality)
    if view.is_locked:
        raise UserError(tr(N_("Abra primero el registro indicando el motivo; después puede imprimirlo.")))
    return RecordSheet(
        head=replace(head, folio=view.code, confidentiality=view.confidentiality),
        register=tr(register.singular),
        title=view.name,
        state=tr(view.state.label) if view.state is not None else "",
        sections=_sections(view),
        timeline=tuple(reversed(history(ctx, register, record_id))),
    )


def _sections(view: RecordView) -> tuple[RecordSection, ...]:
    # WORKAROUND: the sheet's grid takes a wide field at the start of a row only.
    sections = []
    for section in view.sections:
        fields: list[RecordField] = []
        place = 0
        for field in section.fields:
            is_wide = field.kind in _WIDE and place % _SHEET_COLUMNS == 0
            fields.append(RecordField(field.label, field.text, is_wide))
            place += _SHEET_COLUMNS if is_wide else 1
        sections.append(RecordSection(section.title, tuple(fields)))
    return tuple(sections)
