"""The left side of a register's page: search, filters, groups, the table and what stands below it."""

from __future__ import annotations

from array import array
from collections.abc import Callable, Iterable
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any
from uuid import UUID

from PySide6.QtCore import QTimer, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLineEdit,
    QMenu,
    QStackedLayout,
    QVBoxLayout,
    QWidget,
)

from desktop.core import formats
from desktop.core.clock import civil_day
from desktop.core.events import Changes
from desktop.core.i18n import N_, plural, tr
from desktop.operations import queries
from desktop.operations.queries import Compare, Condition, ListSpec
from desktop.operations.query_values import RowView
from desktop.register.kinds import Kind, choices_of, kind_of
from desktop.register.spec import Attribute, Register
from desktop.views.pacing import Pace
from desktop.views.register.chip import GroupChip
from desktop.views.register.desk import ListDesk
from desktop.views.register.dialogs import NameDialog
from desktop.views.register.filters import Counts, FilterBar
from desktop.views.register.flow import FlowLayout
from desktop.views.register.model import RowsModel
from desktop.views.register.table import RegisterTable
from desktop.views.theme import SIZES
from desktop.views.widgets.controls import button, icon_button
from desktop.views.widgets.empty import EmptyState
from desktop.views.widgets.text import label

if TYPE_CHECKING:
    from desktop.views.services import Services

FIRST_ROWS = 200
"""So many rows are read first, so that something is on screen while a long list is ordered."""
TYPING_MS = 180
_GROUPS_SHOWN = 8
_LOW = 420


class ListPanel(QWidget):
    """`chosen` carries a record id; `opened` follows Enter; `shown` follows each complete list."""

    chosen = Signal(object)
    opened = Signal()
    shown = Signal()

    def __init__(
        self,
        services: Services,
        register: Register,
        *,
        on_new: Callable[[], None] | None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._services = services
        self._register = register
        self._desk = ListDesk(services.memory, services.actor.user_id, register)
        self.spec: ListSpec = self._desk.first_spec()
        self._is_complete = False
        self._has_groups = False
        self._waiting: array[int] | None = None
        self._to_choose: int | None = None
        self.model = RowsModel(queries.columns_of(register), services.tasks, self._reader, self)
        title = tr(register.title)
        self.table = RegisterTable(services.theme, self.model, self._desk, title)
        self.search = QLineEdit()
        self.search.setClearButtonEnabled(True)
        self.search.setPlaceholderText(tr(N_("Buscar en {title}  (Ctrl+F)"), title=title.lower()))
        self.search.setAccessibleName(tr(N_("Buscar en {title}"), title=title.lower()))
        self.filters = FilterBar(register.filters, lambda: civil_day(services.clock.now()), self._read_counts)
        self._groups = QWidget()
        self._groups_layout = FlowLayout(self._groups, most_lines=1)
        self._chips: dict[tuple[Any, ...], GroupChip] = {}
        self._group_by = _group_attribute(register)
        self.new_rows = button("", "link", self.take_new_rows)
        self.new_rows.hide()
        self._count = label("", "small")
        self._count.setAccessibleName(tr(N_("Resultados")))
        self._empty_box = QWidget()
        self._empty_layout = QVBoxLayout(self._empty_box)
        self._empty_layout.setContentsMargins(0, 0, 0, 0)
        self._on_new = on_new
        self._build()
        self._following = Pace(self._follow, self)
        self._typing = QTimer(self, singleShot=True, interval=TYPING_MS)
        self._typing.timeout.connect(self._search_now)
        self.search.textChanged.connect(lambda _: self._typing.start())
        self.search.returnPressed.connect(self._to_table)
        self.filters.changed.connect(self._filtered)
        self.table.sorted_by.connect(self._sorted)
        self.table.chosen.connect(self._choose_place)
        self.table.opened.connect(lambda _: self.opened.emit())
        self.model.page_arrived.connect(self._page_arrived)
        self.table.show_order(self.spec.sort, newest_first=self.spec.newest_first)

    def reload(self, choose: UUID | None = None) -> None:
        """Read the list again; `choose` names the record to stand on afterwards."""
        self.new_rows.hide()
        self._waiting = None
        self._is_complete = False
        spec, register = self.spec, self._register
        tasks = self._services.tasks
        if self.model.rowCount() == 0:
            tasks.read(
                lambda ctx: queries.list_rows(ctx, register, spec, FIRST_ROWS),
                self._show_first,
                owner=self,
                slot="first",
            )

        def read(ctx: Any) -> tuple[array[int], int | None]:
            rowid = queries.row_of(ctx, register, choose) if choose is not None else None
            return queries.list_rows(ctx, register, spec), rowid

        tasks.read(read, self._show_all, owner=self, slot="rows")
        self._read_groups()

    def use_spec(self, spec: ListSpec) -> None:
        """Show another list."""
        self.spec = spec
        self.filters.set_conditions(spec.conditions)
        if self.search.text() != spec.words:
            blocked = self.search.blockSignals(True)
            self.search.setText(spec.words)
            self.search.blockSignals(blocked)
        self.table.show_order(spec.sort, newest_first=spec.newest_first)
        self.reload()

    def on_changes(self, changes: Changes) -> None:
        """Follow what was written: cells at once, new rows behind a counter while a row is chosen."""
        if changes.of(self._register.model.__tablename__):
            self._following.follow(changes)

    def take_new_rows(self) -> None:
        """Let the waiting rows in; the chosen one stays chosen."""
        self.new_rows.hide()
        if self._waiting is not None:
            self._show_keeping_place(self._waiting)
            self._waiting = None
        self.table.setFocus()

    def choose_record(self, record_id: UUID) -> None:
        """Stand on a record, when it is in the list."""
        register = self._register

        def show(rowid: int | None) -> None:
            self.table.choose(self.model.place_of(rowid) if rowid is not None else -1)

        self._services.tasks.read(
            lambda ctx: queries.row_of(ctx, register, record_id), show, owner=self, slot="choose"
        )

    def focus_search(self) -> None:
        """Put the keyboard where a search or filter starts."""
        target = self.search if self.search.isVisibleTo(self) else self.table
        target.setFocus()
        self.search.selectAll()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Leave the room of the groups to the rows where there is little of it."""
        super().resizeEvent(event)
        self._groups.setVisible(self._has_groups and self.height() >= _LOW)

    def _build(self) -> None:
        icons = self._services.icons
        top = QHBoxLayout()
        top.setSpacing(SIZES.space_2)
        if self._register.search:
            top.addWidget(self.search, 1)
        else:
            self.search.setParent(self)
            self.search.hide()
            top.addStretch(1)
        saved = icon_button(icons, "bookmark-simple", tr(N_("Filtros guardados")), "", self._ask_saved)
        columns = icon_button(icons, "columns", tr(N_("Columnas")), "", self._ask_columns)
        self._menus = {"saved": saved, "columns": columns}
        top.addWidget(saved)
        top.addWidget(columns)
        footer = QHBoxLayout()
        footer.addWidget(self._count)
        footer.addWidget(self.new_rows)
        footer.addStretch(1)
        stack = QWidget()
        self._stack = QStackedLayout(stack)
        self._stack.addWidget(self.table)
        self._stack.addWidget(self._empty_box)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(SIZES.space_4, SIZES.space_2, SIZES.space_2, SIZES.space_2)
        layout.setSpacing(SIZES.space_2)
        layout.addLayout(top)
        if self._register.filters:
            layout.addWidget(self.filters)
        layout.addWidget(self._groups)
        layout.addWidget(stack, 1)
        layout.addLayout(footer)
        self._groups.hide()

    def _reader(self, rowids: Any) -> Callable[[Any], list[RowView]]:
        register = self._register
        return lambda ctx: queries.page_rows(ctx, register, rowids)

    def _follow(self, over: Callable[[], None]) -> None:
        """Read cells, list and counts again, one after another; `over` ends it."""
        register, spec = self._register, self.spec
        self.model.refresh()

        def take(ids: array[int]) -> None:
            if spec != self.spec:
                self._following.again()
            elif self._is_complete:
                self._news(ids)
            else:
                self._show_all((ids, None))

        self._services.tasks.read(
            lambda ctx: queries.list_rows(ctx, register, spec),
            take,
            owner=self,
            settled=lambda: self._read_groups(over),
        )

    def _show_first(self, ids: array[int]) -> None:
        if not self._is_complete and len(ids):
            self.model.show_ids(ids)
            self._stack.setCurrentWidget(self.table)

    def _show_all(self, answer: tuple[array[int], int | None]) -> None:
        ids, rowid = answer
        self._is_complete = True
        if rowid is not None:
            self.model.show_ids(ids)
            self.table.choose(self.model.place_of(rowid))
        elif not (self.model.rowCount() and self.model.extend(ids)):
            self._show_keeping_place(ids)
        else:
            self.model.refresh()
        self._settled(ids)

    def _news(self, ids: array[int]) -> None:
        if ids == self.model.ids:
            return
        added = len(ids) - len(self.model.ids)
        if self.table.place() < 0 and self.table.verticalScrollBar().value() == 0:
            self._show_keeping_place(ids)
            self._settled(ids)
            return
        self._waiting = ids
        count = max(1, added)
        text = (
            plural(N_("{count} nuevo ▲"), N_("{count} nuevos ▲"), count)
            if added > 0
            else tr(N_("La lista cambió ▲"))
        )
        self.new_rows.setText(text)
        self.new_rows.setToolTip(tr(N_("Mostrar los cambios (F5)")))
        self.new_rows.show()

    def _show_keeping_place(self, ids: array[int]) -> None:
        place = self.table.place()
        rowid = self.model.ids[place] if place >= 0 else None
        top = self.table.verticalScrollBar().value()
        self.model.show_ids(ids)
        if rowid is not None:
            self.table.choose(self.model.place_of(rowid))
        else:
            self.table.verticalScrollBar().setValue(top)
        self._settled(ids)

    def _settled(self, ids: array[int]) -> None:
        count = len(ids)
        self._count.setText(
            plural(N_("{count} registro"), N_("{count} registros"), count)
            if count < 1000
            else tr(N_("{count} registros"), count=formats.number(count))
        )
        if count:
            self._stack.setCurrentWidget(self.table)
        else:
            self._show_empty()
        self.shown.emit()

    def _show_empty(self) -> None:
        while (item := self._empty_layout.takeAt(0)) is not None:
            if (old := item.widget()) is not None:
                old.deleteLater()
        is_filtered = bool(self.spec.conditions or self.spec.words)
        if is_filtered:
            state = EmptyState(
                self._services.icons,
                "funnel",
                tr(N_("Nada con estos filtros")),
                tr(N_("Ningún registro que usted pueda ver coincide con lo buscado.")),
                action=(tr(N_("Quitar filtros")), self.clear_filters),
            )
        else:
            state = EmptyState(
                self._services.icons,
                self._register.icon,
                tr(self._register.title),
                tr(self._register.empty),
                action=(tr(N_("Crear")), self._on_new) if self._on_new is not None else None,
            )
        self._empty_layout.addWidget(state)
        self._stack.setCurrentWidget(self._empty_box)

    def clear_filters(self) -> None:
        """Show everything again."""
        self.use_spec(replace(self.spec, conditions=(), words=""))

    def _page_arrived(self) -> None:
        self.table.fit_once()
        self.table.viewport().update()
        if self._to_choose is not None:
            place, self._to_choose = self._to_choose, None
            self._choose_place(place)

    def _choose_place(self, place: int) -> None:
        row = self.model.row(place)
        if row is None:
            self._to_choose = place
        else:
            self.chosen.emit(row.id)

    def _to_table(self) -> None:
        self._typing.stop()
        self._search_now()
        self.table.setFocus()
        if self.model.rowCount() and self.table.place() < 0:
            self.table.selectRow(0)

    def _search_now(self) -> None:
        words = self.search.text()
        if words.strip() != self.spec.words.strip():
            self.spec = replace(self.spec, words=words)
            self.reload()

    def _filtered(self) -> None:
        self.spec = replace(self.spec, conditions=self.filters.conditions)
        self.reload()

    def _sorted(self, name: str, newest_first: bool) -> None:
        self.spec = replace(self.spec, sort=name, newest_first=newest_first)
        self._desk.keep_order(self.spec)
        self.reload()

    def _read_counts(self, name: str, show: Callable[[Counts], None]) -> None:
        register = self._register
        spec = _without(self.spec, name)
        self._services.tasks.read(
            lambda ctx: queries.group_counts(ctx, register, spec, name), show, owner=self, slot="counts"
        )

    def _read_groups(self, over: Callable[[], None] | None = None) -> None:
        if self._group_by is None:
            if over is not None:
                over()
            return
        register, name = self._register, self._group_by.key
        spec = _without(self.spec, name)

        def show(counts: Counts) -> None:
            if spec == _without(self.spec, name):
                self._show_groups(counts)

        self._services.tasks.read(
            lambda ctx: queries.group_counts(ctx, register, spec, name),
            show,
            owner=self,
            settled=over,
            slot="" if over is not None else "groups",
        )

    def _show_groups(self, counts: Counts) -> None:
        """Show the counts; a chip that stays keeps the keyboard."""
        if self._group_by is None or len(counts) < 2:
            self._has_groups = False
            self._groups.hide()
            return
        self._has_groups = True
        self._groups.setVisible(self.height() >= _LOW)
        name = self._group_by.key
        present = {
            value
            for condition in self.spec.conditions
            if condition.field == name
            for value in condition.values
        }
        total = sum(count for _, _, count in counts)
        if kind_of(self._group_by) is Kind.CHOICE:
            declared = list(choices_of(self._group_by))
            counts = sorted(
                counts, key=lambda found: declared.index(found[0]) if found[0] in declared else 99
            )
        chips = [((), tr(N_("Todos")), total), *(((value,), words, count) for value, words, count in counts)]
        chips = chips[: _GROUPS_SHOWN + 1]
        if [values for values, _, _ in chips] != list(self._chips):
            self._make_chips([(values, words) for values, words, _ in chips])
        for values, _, count in chips:
            self._chips[values].show_count(formats.number(count))
            self._chips[values].setChecked(present == set(values))
        self._groups.updateGeometry()

    def _make_chips(self, groups: Iterable[tuple[tuple[Any, ...], str]]) -> None:
        while (item := self._groups_layout.takeAt(0)) is not None:
            if (old := item.widget()) is not None:
                old.deleteLater()
        self._chips = {}
        for values, words in groups:
            shown = words or tr(N_("(sin dato)"))
            chip = GroupChip(self._services.theme, shown, "", values[0] if values else None)
            chip.clicked.connect(partial(self._use_group, values))
            self._groups_layout.addWidget(chip)
            self._chips[values] = chip

    def _use_group(self, values: tuple[Any, ...], _is_on: bool = True) -> None:
        if self._group_by is None:
            return
        name = self._group_by.key
        conditions = _without(self.spec, name).conditions
        if values:
            conditions = (*conditions, Condition(name, Compare.IN, values))
        self.use_spec(replace(self.spec, conditions=conditions))

    def _ask_columns(self) -> None:
        anchor = self._menus["columns"]
        self.table.columns_menu().popup(anchor.mapToGlobal(anchor.rect().bottomLeft()))

    def _ask_saved(self) -> None:
        menu = QMenu(self)
        saved = self._desk.saved_filters()
        for entry in saved:
            menu.addAction(entry.name, partial(self.use_spec, entry.spec))
        if saved:
            menu.addSeparator()
        menu.addAction(tr(N_("Guardar este filtro…")), self._name_filter)
        voided = menu.addAction(tr(N_("Mostrar también los anulados")))
        voided.setCheckable(True)
        voided.setChecked(self.spec.with_voided)
        voided.toggled.connect(lambda on: self.use_spec(replace(self.spec, with_voided=on)))
        if saved:
            forget = menu.addMenu(tr(N_("Olvidar un filtro")))
            for entry in saved:
                forget.addAction(entry.name, partial(self._desk.forget_filter, entry.name))
        anchor = self._menus["saved"]
        menu.popup(anchor.mapToGlobal(anchor.rect().bottomLeft()))

    def _name_filter(self) -> None:
        NameDialog(
            tr(N_("Guardar filtro")),
            tr(N_("Guarda lo buscado, los filtros y el orden de esta lista para volver a ellos.")),
            field=tr(N_("Nombre del filtro")),
            verb=tr(N_("Guardar")),
            done=self.save_filter,
            parent=self,
        ).open()

    def save_filter(self, name: str) -> None:
        """Give the present list a name."""
        self._desk.save_filter(name, self.spec)
        self._services.toasts.toast(tr(N_("Filtro «{name}» guardado."), name=name), "success")


def _group_attribute(register: Register) -> Attribute | None:
    """Return the column whose counts stand above the list: the state, or the first closed list of the filters."""
    if register.workflow is not None:
        return register.workflow.field
    choices = [column for column in register.filters if kind_of(column) is Kind.CHOICE]
    stated = [column for column in choices if "status" in column.key]
    return next(iter([*stated, *choices]), None)


def _without(spec: ListSpec, name: str) -> ListSpec:
    return replace(spec, conditions=tuple(c for c in spec.conditions if c.field != name))
