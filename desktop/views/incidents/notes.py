"""Quick notes: a private pad over any page, whose lines can be moved into the log of an incident (R86)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any
from uuid import UUID

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QApplication,
    QFrame,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QVBoxLayout,
    QWidget,
)

from desktop.core import formats
from desktop.core.i18n import N_, tr
from desktop.operations.incidents.lines import (
    QuickNoteView,
    add_quick_note,
    discard_quick_note,
    move_quick_note,
    quick_notes,
)
from desktop.operations.incidents.queue import open_incidents
from desktop.operations.incidents.values import QueueRow
from desktop.register.access import Action
from desktop.views.commands import Command, Permission
from desktop.views.incidents.chooser import Choice, Option, ask_among
from desktop.views.services import Services
from desktop.views.theme import SIZES
from desktop.views.widgets.controls import Field
from desktop.views.widgets.text import label

if TYPE_CHECKING:
    from desktop.core.events import Changes

DRAFT = "quick_note"
_WIDTH = 460
_HEIGHT = 380
_NOTE = Qt.ItemDataRole.UserRole
_ENTER = frozenset({Qt.Key.Key_Return, Qt.Key.Key_Enter})
Current = Callable[[], UUID | None]
"""Returns the incident that the person is looking at, if any: it is offered first."""


def _nothing() -> UUID | None:
    return None


class QuickNotes(QFrame):
    """The pad. It deletes itself when it closes; what was being typed waits for the next opening."""

    def __init__(self, services: Services, window: QWidget, current: Current = _nothing) -> None:
        super().__init__(window)
        self._services = services
        self._current = current
        self._before: QWidget | None = window.focusWidget()
        self.setProperty("surface", "popup")
        self.setAccessibleName(tr(N_("Notas rápidas")))
        self.input = QLineEdit()
        self.input.setPlaceholderText(tr(N_("Escriba y pulse Enter: sólo la ve usted")))
        self.field = Field(tr(N_("Nota nueva")), self.input)
        self.list = QListWidget()
        self.list.setProperty("part", "notes")
        self.list.setWordWrap(True)
        self.list.setAccessibleName(tr(N_("Mis notas rápidas")))
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._empty = label(
            tr(N_("No tiene notas. Lo que escriba aquí no lo ve nadie más.")), "muted", wraps=True
        )
        layout = QVBoxLayout(self)
        layout.setContentsMargins(SIZES.space_4, SIZES.space_4, SIZES.space_4, SIZES.space_4)
        layout.setSpacing(SIZES.space_2)
        layout.addWidget(label(tr(N_("Notas rápidas")), "strong"))
        layout.addWidget(self.field)
        layout.addWidget(self._empty)
        layout.addWidget(self.list, 1)
        layout.addWidget(
            label(
                tr(N_("Enter lleva la nota a un incidente · Supr la descarta · Esc cierra")),
                "small",
                wraps=True,
            )
        )
        for part in (self.input, self.list):
            part.installEventFilter(self)
        for draft in services.drafts.found(DRAFT)[:1]:
            self.input.setText(str(draft.values.get("text", "")))
            services.drafts.discard(draft.key)
        self._keeper = services.drafts.keep(DRAFT, self, self._collect)
        services.events.changed.connect(self._changed)
        self._place(window)
        self.show()
        self.raise_()
        self.input.setFocus()
        self.reload()

    def reload(self) -> None:
        """Load the person's own notes."""
        self._services.tasks.read(quick_notes, self._take, owner=self, slot="notes")

    def leave(self) -> None:
        """Close; the keyboard goes back to where it was."""
        self._keeper.save()
        if self._before is not None:
            self._before.setFocus()
        self.hide()
        self.deleteLater()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Serve the keys of the pad."""
        if not isinstance(event, QKeyEvent):
            return False
        key = event.key()
        if event.type() == QEvent.Type.ShortcutOverride and watched is self.list:
            event.setAccepted(key == Qt.Key.Key_Delete)  # the page below strikes a line with the same key
            return event.isAccepted()
        if event.type() != QEvent.Type.KeyPress:
            return False
        if key == Qt.Key.Key_Escape:
            self.leave()
        elif watched is self.input and key in _ENTER:
            self._write()
        elif watched is self.input and key == Qt.Key.Key_Down:
            self.list.setFocus()
            self.list.setCurrentRow(max(0, self.list.currentRow()))
        elif watched is self.list and key in _ENTER:
            self._move()
        elif watched is self.list and key == Qt.Key.Key_Delete:
            self._discard()
        else:
            return False
        return True

    def _take(self, notes: Sequence[QuickNoteView]) -> None:
        row = self.list.currentRow()
        self.list.clear()
        for note in notes:
            item = QListWidgetItem(f"{formats.day_time(note.written_at)}\n{note.text}")
            item.setData(_NOTE, note)
            self.list.addItem(item)
        self.list.setCurrentRow(min(row, self.list.count() - 1))
        self.list.setVisible(bool(notes))
        self._empty.setVisible(not notes)
        if not notes and not self.input.hasFocus():
            self.input.setFocus()

    def _changed(self, changes: Changes) -> None:
        if "quick_notes" in changes.touched:
            self.reload()

    def _write(self) -> None:
        text = self.input.text()

        def done(_: object) -> None:
            if self.input.text() == text:
                self.input.clear()
            self._keeper.discard()
            self.reload()

        self.field.clear_error()
        self._services.tasks.write(
            lambda ctx: add_quick_note(ctx, text),
            done,
            on_error=lambda error: self.field.show_error(error.message),
            owner=self,
        )

    def _chosen(self) -> QuickNoteView | None:
        note: QuickNoteView | None = self.list.currentIndex().data(_NOTE)
        return note

    def _move(self) -> None:
        note = self._chosen()
        if note is None:
            return
        wanted = self._current()

        def offer(rows: Sequence[QueueRow]) -> list[Option]:
            ordered = sorted(rows, key=lambda row: row.id != wanted)
            return [Option(row.id, f"{row.short} {row.title}", row.place) for row in ordered]

        def done(choice: Choice) -> None:
            self._services.tasks.write(
                lambda ctx: move_quick_note(ctx, note.id, choice.values[0]),
                lambda _: self._services.toasts.toast(tr(N_("Nota llevada al incidente."))),
                owner=self,
            )

        ask_among(
            self,
            self._services.tasks,
            tr(N_("Llevar la nota al incidente")),
            open_incidents,
            offer,
            done,
            waiting=tr(N_("Buscando incidentes…")),
            empty=tr(N_("No hay incidentes abiertos a los que llevarla.")),
            hint=note.text[:120],
        )

    def _discard(self) -> None:
        note = self._chosen()
        if note is not None:
            self._services.tasks.write(
                lambda ctx: discard_quick_note(ctx, note.id),
                lambda _: self._services.toasts.toast(
                    tr(N_("Nota descartada.")), undo=lambda: self._write_again(note.text)
                ),
                owner=self,
            )

    def _write_again(self, text: str) -> None:
        self._services.tasks.write(lambda ctx: add_quick_note(ctx, text))

    def _collect(self) -> dict[str, Any]:
        text = self.input.text()
        return {"text": text} if text.strip() else {}

    def _place(self, window: QWidget) -> None:
        width = min(_WIDTH, window.width() - 2 * SIZES.space_4)
        height = min(_HEIGHT, window.height() - SIZES.top_bar - SIZES.status_bar - SIZES.space_4)
        self.setGeometry(window.width() - width - SIZES.space_4, SIZES.top_bar + SIZES.space_2, width, height)


def note_orders(services: Services, window: QWidget, current: Current = _nothing) -> tuple[Command, ...]:
    """Return the order that opens the pad over the active window, or over `window`."""

    def show() -> None:
        open_notes(services, window, current)

    return (
        Command(
            "central.quick_notes",
            N_("Notas rápidas"),
            show,
            "Ctrl+Shift+N",
            "notepad",
            Permission(Action.CREATE, "quick_notes"),
            words=("notas", "nota rápida"),
            group=N_("Central"),
        ),
    )


def open_notes(services: Services, window: QWidget, current: Current = _nothing) -> QuickNotes:
    """Open the pad, or give the keyboard to the one that is open."""
    over = QApplication.activeWindow() or window
    for pad in over.findChildren(QuickNotes):
        if pad.isVisible():
            pad.input.setFocus()
            return pad
    return QuickNotes(services, over, current)
