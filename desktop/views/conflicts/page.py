"""Conflicts: one question at a time, every value with who gave it, when and where; a digit chooses (ux.md §9)."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QHBoxLayout,
    QListWidget,
    QListWidgetItem,
    QPushButton,
    QSplitter,
    QStackedLayout,
    QVBoxLayout,
    QWidget,
)

from desktop.core import formats
from desktop.core.i18n import N_, plural, tr
from desktop.models.catalogue import BY_KEY
from desktop.operations.conflicts import (
    RECEIVED,
    Question,
    Questions,
    Value,
    open_questions,
    settle,
    words_of,
)
from desktop.register.access import Action
from desktop.views.commands import Command, Permission
from desktop.views.pacing import Pace
from desktop.views.theme import SIZES
from desktop.views.widgets.controls import button, surface
from desktop.views.widgets.empty import EmptyState
from desktop.views.widgets.text import label

if TYPE_CHECKING:
    from collections.abc import Callable

    from desktop.core.events import Changes
    from desktop.views.services import Services

_MAY = Permission(Action.EDIT, "incidents")
_KEYS = ("Alt+1", "Alt+2", "Alt+3", "Alt+4", "Alt+5", "Alt+6", "Alt+7", "Alt+8", "Alt+9")


class ConflictsPage(QWidget):
    """The questions on the left, the values of the chosen one on the right."""

    def __init__(self, services: Services, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._services = services
        self.questions: tuple[Question, ...] = ()
        self.list = QListWidget()
        self.list.setAccessibleName(tr(N_("Conflictos por resolver")))
        self.list.setProperty("part", "notes")
        self.list.setWordWrap(True)
        self.list.setSpacing(SIZES.space_1)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.currentRowChanged.connect(lambda _: self._show_values())
        self.list.itemActivated.connect(lambda _: self._to_values())
        self.hidden = label("", "muted", wraps=True)
        self.choices: list[QPushButton] = []
        self._values = QVBoxLayout()
        self._values.setSpacing(SIZES.space_3)
        self._arrange()
        self._following = Pace(self._follow, self)
        services.events.changed.connect(self._changed)
        services.commands.add(*self._orders(), page=self)
        self.reload()

    def first_focus(self) -> QWidget:
        """Start on the list of questions."""
        return self.list

    def reload(self) -> None:
        """Read the questions again; the one that was chosen stays chosen while it is there."""
        self._services.tasks.read(open_questions, self._show, owner=self, slot="conflicts")

    def choose(self, place: int) -> None:
        """Decide for one of the values of the question that is shown, counted from 0."""
        question = self._current()
        if question is None or not question.may_settle or place >= len(question.values):
            return
        value = question.values[place]
        register = BY_KEY[question.register]
        self._services.tasks.write(
            lambda ctx: settle(ctx, register, question.record_id, question.group, value.dot),
            lambda _: self._settled(),
            on_error=self._refused,
            owner=self,
        )

    def _arrange(self) -> None:
        left = QWidget()
        column = QVBoxLayout(left)
        column.setContentsMargins(0, 0, SIZES.space_3, 0)
        column.setSpacing(SIZES.space_2)
        column.addWidget(self.list, 1)
        column.addWidget(self.hidden)
        right = surface("card")
        inner = QVBoxLayout(right)
        inner.setContentsMargins(SIZES.space_4, SIZES.space_3, SIZES.space_4, SIZES.space_3)
        inner.addLayout(self._values)
        inner.addStretch(1)
        splitter = QSplitter(Qt.Orientation.Horizontal)
        splitter.setChildrenCollapsible(False)
        splitter.addWidget(left)
        splitter.addWidget(right)
        splitter.setStretchFactor(0, 2)
        splitter.setStretchFactor(1, 3)
        empty = EmptyState(
            self._services.icons,
            "git-merge",
            tr(N_("Nada por resolver")),
            tr(
                N_(
                    "Cuando dos estaciones cambian el mismo dato sin haberse visto, ambos valores aparecen aquí "
                    "y usted elige el que vale."
                )
            ),
        )
        body = QWidget()
        self._stack = QStackedLayout(body)
        self._stack.addWidget(empty)
        self._stack.addWidget(splitter)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(SIZES.space_5, SIZES.space_4, SIZES.space_5, SIZES.space_4)
        layout.setSpacing(SIZES.space_3)
        layout.addWidget(label(tr(N_("Conflictos")), "title"))
        layout.addWidget(body, 1)

    def _orders(self) -> tuple[Command, ...]:
        def order(name: str, title: str, key: str, run: Callable[[], None]) -> Command:
            return Command(f"conflicts.{name}", title, run, key, "git-merge", _MAY, group=N_("Conflictos"))

        return (
            order("again", N_("Leer los conflictos de nuevo"), "F5", self.reload),
            *(
                order(
                    f"choose_{place + 1}",
                    N_("Elegir uno de los valores"),
                    key,
                    partial(self.choose, place),
                )
                for place, key in enumerate(_KEYS)
            ),
        )

    def _changed(self, changes: Changes) -> None:
        if changes.operation == RECEIVED or changes.operation.endswith(".settle"):
            self._following.follow(changes)

    def _follow(self, over: Callable[[], None]) -> None:
        self._services.tasks.read(open_questions, self._show, owner=self, slot="conflicts", settled=over)

    def _show(self, found: Questions) -> None:
        before = self._current()
        self.questions = found.shown
        blocked = self.list.blockSignals(True)
        self.list.clear()
        for question in found.shown:
            name = question.name or question.kind
            self.list.addItem(QListWidgetItem(f"{name}\n{question.kind} · {question.title}"))
        self.list.blockSignals(blocked)
        places = {(one.record_id, one.group): place for place, one in enumerate(found.shown)}
        place = 0 if before is None else places.get((before.record_id, before.group), 0)
        self.list.setCurrentRow(place if found.shown else -1)
        self.hidden.setText(
            plural(
                N_("{count} conflicto en un registro que usted no puede ver o debe abrir con su motivo."),
                N_("{count} conflictos en registros que usted no puede ver o debe abrir con su motivo."),
                found.hidden,
            )
        )
        self.hidden.setVisible(found.hidden > 0)
        self._stack.setCurrentIndex(1 if found.shown or found.hidden else 0)
        self._show_values()

    def _show_values(self) -> None:
        while (item := self._values.takeAt(0)) is not None:
            if (old := item.widget()) is not None:
                old.deleteLater()
        self.choices = []
        question = self._current()
        if question is None:
            return
        self._values.addWidget(label(question.name or question.kind, "strong", wraps=True))
        self._values.addWidget(label(f"{question.kind} · {question.title}", "muted", wraps=True))
        for place, value in enumerate(question.values):
            self._values.addWidget(self._card(question, place, value))
        if not question.may_settle:
            words = tr(N_("Su rol permite ver este conflicto, no resolverlo."))
            self._values.addWidget(label(words, "warning", wraps=True))

    def _card(self, question: Question, place: int, value: Value) -> QWidget:
        card = surface("popup")
        row = QHBoxLayout(card)
        row.setContentsMargins(SIZES.space_3, SIZES.space_2, SIZES.space_3, SIZES.space_2)
        column = QVBoxLayout()
        said = words_of(value.words)
        column.addWidget(label(said, wraps=True))
        if value.at is not None:
            author = tr(
                N_("{who} · {at} · {station}"),
                who=value.who,
                at=formats.day_time(value.at),
                station=value.station,
            )
            column.addWidget(label(author, "muted", wraps=True))
        row.addLayout(column, 1)
        words = tr(N_("Vale este"))
        if place < len(_KEYS):
            key = self._services.commands.key_of_id(f"conflicts.choose_{place + 1}", self)
            words = f"{words}  {key}" if key else words
        choose = button(words, "plain", partial(self.choose, place))
        choose.setAccessibleName(tr(N_("Vale este: {words}"), words=said))
        choose.setEnabled(question.may_settle)
        row.addWidget(choose)
        self.choices.append(choose)
        return card

    def _current(self) -> Question | None:
        place = self.list.currentRow()
        return self.questions[place] if 0 <= place < len(self.questions) else None

    def _to_values(self) -> None:
        if self.choices:
            self.choices[0].setFocus()

    def _settled(self) -> None:
        self._services.toasts.toast(tr(N_("Conflicto resuelto.")), "success")
        self.list.setFocus()
        self.reload()

    def _refused(self, error: Exception) -> None:
        self._services.toasts.toast(str(error), "warning")
        self.reload()
