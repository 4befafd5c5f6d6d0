"""Two pages that look like real ones, for tests and pictures of the window around them."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QHBoxLayout,
    QHeaderView,
    QLineEdit,
    QPlainTextEdit,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from desktop.views.commands import Command
from desktop.views.pages import PageSpec, RailGroup
from desktop.views.services import Services
from desktop.views.theme import SIZES
from desktop.views.widgets.controls import Form, button, surface
from desktop.views.widgets.empty import EmptyState
from desktop.views.widgets.marks import PRIORITY_MARKS, Mark
from desktop.views.widgets.text import label

ROWS = (
    ("P1", "Robo con violencia", "Picarte 1120", "0:42"),
    ("P1", "Violencia intrafamiliar (reservado)", "—", "3:10"),
    ("P2", "Accidente sin lesionados", "Av. Los Robles con Las Lilas", "8:55"),
    ("P3", "Ruidos molestos", "Pasaje Ñandú 44", "21:03"),
    ("P4", "Luminaria apagada", "Plaza de Armas", "2 h"),
)


class QueuePage(QWidget):
    """A list on the left, a form on the right."""

    def __init__(self, services: Services) -> None:
        super().__init__()
        self.services = services
        self.went: list[dict[str, object]] = []
        self.notes: list[str] = []
        self.is_dirty = False
        table = self.table = QTableWidget(len(ROWS), 4)
        table.setAccessibleName("Cola de incidentes")
        table.setHorizontalHeaderLabels(["Prioridad", "Tipo", "Dirección", "Tiempo"])
        table.horizontalHeader().setSectionResizeMode(1, QHeaderView.ResizeMode.Stretch)
        table.horizontalHeader().setSectionResizeMode(2, QHeaderView.ResizeMode.Stretch)
        table.horizontalHeader().setDefaultAlignment(Qt.AlignmentFlag.AlignLeft)
        table.verticalHeader().hide()
        table.verticalHeader().setDefaultSectionSize(SIZES.row_touch)
        table.setShowGrid(False)
        table.setTabKeyNavigation(False)
        table.setSelectionBehavior(QTableWidget.SelectionBehavior.SelectRows)
        table.setEditTriggers(QTableWidget.EditTrigger.NoEditTriggers)
        for row, cells in enumerate(ROWS):
            for column, text in enumerate(cells):
                table.setItem(row, column, QTableWidgetItem(text))
            holder = QWidget()
            inside = QHBoxLayout(holder)
            inside.setContentsMargins(SIZES.space_2, 0, 0, 0)
            shape, token = PRIORITY_MARKS[cells[0]]
            inside.addWidget(Mark(services.theme, shape, token, cells[0]))
            inside.addWidget(label(cells[0], "strong"))
            inside.addStretch(1)
            item = table.item(row, 0)
            if item is not None:
                item.setText("")
            table.setCellWidget(row, 0, holder)
        table.selectRow(0)
        self.note = QPlainTextEdit()
        self.note.setTabChangesFocus(True)
        self.address = QLineEdit("Picarte 1120")
        form = Form()
        form.add("address", "Dirección", self.address)
        form.add("note", "Relato", self.note, "Lo que se escucha, con las palabras de quien llama.")
        form.end()
        card = surface("card")
        inner = QVBoxLayout(card)
        inner.setContentsMargins(SIZES.space_4, SIZES.space_4, SIZES.space_4, SIZES.space_4)
        inner.setSpacing(SIZES.space_4)
        inner.addWidget(label("INC-2026-000451", "title"))
        inner.addWidget(label("Robo con violencia · P1 Crítica", "muted"))
        inner.addWidget(form, 1)
        feet = QHBoxLayout()
        feet.addStretch(1)
        feet.addWidget(button("Derivar"))
        feet.addWidget(button("Despachar", "primary"))
        inner.addLayout(feet)
        halves = QHBoxLayout(self)
        halves.setContentsMargins(SIZES.space_5, SIZES.space_4, SIZES.space_5, SIZES.space_4)
        halves.setSpacing(SIZES.space_5)
        halves.addWidget(table, 3)
        halves.addWidget(card, 2)
        services.commands.add(
            Command("queue.note", "Agregar una nota", lambda: self.notes.append("note"), "F2", "note"),
            page=self,
        )

    def go_to(self, **where: object) -> None:
        self.went.append(where)

    def may_close(self) -> bool:
        return not self.is_dirty

    def first_focus(self) -> QWidget:
        return self.table


class EmptyPage(QWidget):
    """A page with nothing in it yet."""

    def __init__(self, services: Services) -> None:
        super().__init__()
        QVBoxLayout(self).addWidget(
            EmptyState(
                services.icons,
                "users",
                "Todavía no hay contactos",
                "Aquí quedan las personas e instituciones a las que la central llama. Ctrl+N crea el primero.",
                action=("Crear el primero", lambda: None),
            )
        )


SPECS = (
    PageSpec(
        "queue",
        "Central",
        RailGroup.OPERATE,
        "headset",
        QueuePage,
        "Ctrl+1",
        words=("central",),
        is_readable_when_locked=True,
    ),
    PageSpec("incidents", "Incidentes", RailGroup.OPERATE, "list-bullets", EmptyPage, "Ctrl+2"),
    PageSpec("contacts", "Contactos e instituciones", RailGroup.PEOPLE, "users", EmptyPage, "Ctrl+3"),
    PageSpec("import", "Importación", RailGroup.MANAGEMENT, "upload-simple", EmptyPage),
    PageSpec("users", "Usuarios", RailGroup.SYSTEM, "user-gear", EmptyPage),
    PageSpec("backup", "Respaldo", RailGroup.SYSTEM, "database", EmptyPage),
)
