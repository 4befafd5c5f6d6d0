"""The settings as fields under their heads: each applied at once, refused beside itself, and put back one by one."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from desktop.core.errors import AtalayaError
from desktop.core.i18n import N_, tr
from desktop.core.setting_list import SECTIONS
from desktop.core.settings import Scope, Setting
from desktop.views.preferences.editors import Editor, editor_of, words_of
from desktop.views.settings import LiveSettings
from desktop.views.theme import SIZES
from desktop.views.widgets.controls import Field, button, surface
from desktop.views.widgets.text import label

_SCOPES = {
    Scope.PERSON: N_("Suya, en esta estación"),
    Scope.MACHINE: N_("De esta estación, para quien se siente en ella"),
    Scope.MUNICIPALITY: N_("De la municipalidad, para todas sus estaciones"),
}
_WIDEST = 640


class SettingRow(QWidget):
    """One setting: its field and the way back to the default. Without the right to change it, its value in words."""

    def __init__(self, setting: Setting[Any], settings: LiveSettings) -> None:
        super().__init__()
        self.setting = setting
        self._settings = settings
        self.editor: Editor | None = None
        self.reset = button(tr(N_("Restablecer")), "quiet", self._reset)
        self.reset.setAccessibleName(tr(N_("Restablecer: {title}"), title=tr(setting.title)))
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(SIZES.space_3)
        self._value = label("", "body", wraps=True)
        if settings.may_change(setting):
            self.editor = editor_of(setting)
            self.field = Field(tr(setting.title), self.editor, tr(setting.help))
            self.editor.chosen.connect(self._choose)
            row.addWidget(self.field, 1)
            row.addWidget(self.reset, 0, Qt.AlignmentFlag.AlignTop)
        else:
            self.field = Field(tr(setting.title), self._value, tr(setting.help))
            row.addWidget(self.field, 1)
            self.reset.setParent(self)
            self.reset.hide()
        self.show_value()

    def show_value(self) -> None:
        """Show what is in force."""
        value = self._settings.get(self.setting)
        if self.editor is not None:
            self.field.clear_error()
            self.editor.show_value(value)
            self.reset.setVisible(value != self.setting.default)
        else:
            self._value.setText(words_of(self.setting, value))

    def _choose(self, value: object) -> None:
        self.field.clear_error()
        self._settings.put(self.setting, value, self._refused)

    def _reset(self) -> None:
        if self.editor is not None:
            self.editor.setFocus()  # the button goes
        self._settings.reset(self.setting, self._refused)

    def _refused(self, error: AtalayaError) -> None:
        self.field.show_error(error.message)


class SettingFields(QScrollArea):
    """All of them, one below the other."""

    def __init__(self, settings: LiveSettings) -> None:
        super().__init__()
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setAccessibleName(tr(N_("Preferencias")))
        self.rows: dict[str, SettingRow] = {}
        ground = QWidget()
        column = QVBoxLayout(ground)
        column.setContentsMargins(0, SIZES.space_4, SIZES.space_4, SIZES.space_4)
        column.setSpacing(SIZES.space_4)
        for title, held in SECTIONS:
            card = surface("card")
            card.setMaximumWidth(_WIDEST)
            inner = QVBoxLayout(card)
            inner.setContentsMargins(SIZES.space_5, SIZES.space_4, SIZES.space_5, SIZES.space_5)
            inner.setSpacing(SIZES.space_4)
            inner.addWidget(label(tr(title), "strong"))
            inner.addWidget(label(self._whose(held, settings), "small", wraps=True))
            for setting in held:
                shown = self.rows[setting.key] = SettingRow(setting, settings)
                inner.addWidget(shown)
            column.addWidget(card)
        column.addStretch(1)
        self.setWidget(ground)
        settings.changed.connect(self._show)

    def first_focus(self) -> QWidget:
        """Return the first input."""
        return next(row.editor for row in self.rows.values() if row.editor is not None)

    def _show(self, key: str) -> None:
        row = self.rows.get(key)
        if row is not None:
            row.show_value()

    @staticmethod
    def _whose(held: tuple[Setting[Any], ...], settings: LiveSettings) -> str:
        words = tr(_SCOPES[held[0].scope])
        if all(settings.may_change(setting) for setting in held):
            return words
        return tr(
            N_("{whose}. Algunas las cambia la dirección o la administración del sistema."), whose=words
        )
