"""What can be done on the import page, each with its key."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from desktop.core.i18n import N_
from desktop.register.access import Action
from desktop.views.commands import Command, Permission

if TYPE_CHECKING:
    from collections.abc import Callable

    from desktop.views.imports.page import ImportPage

_GROUP = N_("Importaciones")


def import_orders(page: ImportPage) -> tuple[Command, ...]:
    """Return the commands of the page."""

    def command(name: str, title: str, run: Callable[[], None], key: str, icon: str) -> Command:
        permission = Permission(Action.IMPORT, "incidents")
        return Command(f"imports.{name}", title, run, key, icon, permission, group=_GROUP)

    return (
        command("choose", N_("Elegir archivo"), page.choose, "Ctrl+O", "folder-open"),
        command("look", N_("Probar la importación"), page.look, "F5", "eye"),
        command("bring", N_("Importar"), page.bring, "Ctrl+S", "upload-simple"),
        command("columns", N_("Ir a las columnas"), partial(page.show_part, 0), "Alt+C", "columns"),
        command("words", N_("Ir a las palabras"), partial(page.show_part, 1), "Alt+P", "list"),
        command("reading", N_("Ir a la lectura del archivo"), partial(page.show_part, 2), "Alt+L", "table"),
        command("save", N_("Guardar la correspondencia"), page.files.ask_save, "Ctrl+Shift+S", "floppy-disk"),
        command("load", N_("Cargar una correspondencia"), page.files.ask_load, "Ctrl+Shift+O", "folder-open"),
        command("undo", N_("Deshacer la importación elegida"), page.earlier.undo, "", "arrow-u-up-left"),
    )
