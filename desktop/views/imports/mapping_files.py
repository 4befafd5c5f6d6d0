"""Saving and loading what was decided, as the file that `atalaya import --map` takes."""

from collections.abc import Callable
from pathlib import Path

from PySide6.QtWidgets import QFileDialog, QWidget

from desktop.core.errors import AtalayaError
from desktop.core.i18n import N_, tr
from desktop.operations.imports import mapping as mappings
from desktop.operations.imports.mapping import ColumnMapping
from desktop.views.services import Services


class MappingFiles:
    """`chosen` returns what is decided or says why it does not fit; `take` is given what a file says."""

    def __init__(
        self,
        services: Services,
        window: QWidget,
        chosen: Callable[[], ColumnMapping],
        take: Callable[[ColumnMapping], None],
    ) -> None:
        self._toasts = services.toasts
        self._window = window
        self._chosen = chosen
        self._take = take

    def ask_save(self) -> None:
        """Ask where the mapping goes."""
        kinds = tr(N_("Correspondencia (*.json)"))
        title = tr(N_("Guardar correspondencia"))
        name, _ = QFileDialog.getSaveFileName(self._window, title, "correspondencia.json", kinds)
        if name:
            self.save(Path(name))

    def save(self, path: Path) -> None:
        """Write the mapping."""
        try:
            mappings.save(self._chosen(), path)
        except AtalayaError as error:
            self._toasts.toast(error.message, "danger")
            return
        self._toasts.toast(tr(N_("Correspondencia guardada en {path}."), path=path), "success")

    def ask_load(self) -> None:
        """Ask for a mapping."""
        kinds = tr(N_("Correspondencia (*.json *.toml)"))
        name, _ = QFileDialog.getOpenFileName(self._window, tr(N_("Cargar correspondencia")), "", kinds)
        if name:
            self.load(Path(name))

    def load(self, path: Path) -> None:
        """Take the mapping of a file."""
        try:
            mapping = mappings.load(path)
        except AtalayaError as error:
            self._toasts.toast(error.message, "danger")
            return
        self._take(mapping)
