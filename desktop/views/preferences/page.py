"""Preferences: what each person, station and municipality may have its own way."""

from __future__ import annotations

from PySide6.QtWidgets import QStackedWidget, QTabBar, QVBoxLayout, QWidget

from desktop.core.i18n import N_, tr
from desktop.views.commands import Command
from desktop.views.preferences.fields import SettingFields
from desktop.views.preferences.keys import KeyList
from desktop.views.services import Services
from desktop.views.theme import SIZES


class PreferencesPage(QWidget):
    """Settings in one tab, keys in the other."""

    def __init__(self, services: Services) -> None:
        super().__init__()
        self.fields = SettingFields(services.settings)
        self.keys = KeyList(services.commands, services.settings)
        self.tabs = QTabBar()
        self.tabs.setAccessibleName(tr(N_("Partes de las preferencias")))
        self.tabs.setExpanding(False)
        self.tabs.setDrawBase(False)
        self._stack = QStackedWidget()
        for title, part in ((N_("Preferencias"), self.fields), (N_("Teclas"), self.keys)):
            self.tabs.addTab(tr(title))
            self._stack.addWidget(part)
        self.tabs.currentChanged.connect(self._stack.setCurrentIndex)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(SIZES.space_5, SIZES.space_3, SIZES.space_5, SIZES.space_4)
        layout.setSpacing(0)
        layout.addWidget(self.tabs)
        layout.addWidget(self._stack, 1)
        group = N_("Preferencias")
        services.commands.add(
            Command("preferences.keys", N_("Ver y cambiar las teclas"), self.show_keys, "Alt+T", group=group),
            Command("preferences.fields", N_("Ver las preferencias"), self.show_fields, "Alt+P", group=group),
            page=self,
        )

    def first_focus(self) -> QWidget:
        """Start in the first field, or in the search of the keys."""
        return self.keys.search if self.tabs.currentIndex() else self.fields.first_focus()

    def go_to(self, **where: object) -> None:
        """Show the keys (`keys=True`)."""
        if where.get("keys"):
            self.show_keys()

    def show_keys(self) -> None:
        """Show the keys."""
        self.tabs.setCurrentIndex(1)
        self.keys.search.setFocus()

    def show_fields(self) -> None:
        """Show the settings."""
        self.tabs.setCurrentIndex(0)
        self.fields.first_focus().setFocus()
