"""The commands that belong to the window itself, and one for each page of the rail."""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial
from typing import TYPE_CHECKING

from desktop.core.i18n import N_, tr
from desktop.views.commands import Command
from desktop.views.orders import Argument, Call, Candidate, Give, Order, folded
from desktop.views.theme import THEMES

if TYPE_CHECKING:
    from desktop.views.pages import PageSpec
    from desktop.views.services import OpenPage
    from desktop.views.shell.window import MainWindow

MENU = (
    "shell.keys",
    "shell.bell",
    "",
    "shell.tear_off",
    "shell.full_screen",
    "shell.theme",
    "",
    "shell.lock",
    "shell.quit",
)
"""What the menu of the top bar holds; an empty text is a separator."""

_GROUP = N_("Ventana")
_PAGES = N_("Páginas")


def window_commands(window: MainWindow) -> tuple[Command, ...]:
    """Return the commands of every window."""
    return (
        Command(
            "shell.commands",
            N_("Dar una orden"),
            window.open_commands,
            "Ctrl+K",
            "terminal",
            group=_GROUP,
            enabled_when=lambda: not window.is_bar_open,
        ),
        Command(
            "shell.keys",
            N_("Ver teclas y órdenes"),
            window.toggle_keys,
            "F1",
            "keyboard",
            words=("ayuda",),
            group=_GROUP,
        ),
        Command(
            "shell.lock",
            N_("Bloquear la estación"),
            window.lock,
            "Ctrl+L",
            "lock",
            words=("bloquear",),
            group=_GROUP,
        ),
        Command(
            "shell.undo",
            N_("Deshacer lo último"),
            window.toasts.undo,
            "Ctrl+Z",
            "arrow-counter-clockwise",
            enabled_when=lambda: window.toasts.can_undo,
            words=("deshacer",),
            group=_GROUP,
        ),
        Command(
            "shell.bell",
            N_("Avisos recientes"),
            window.toggle_bell,
            "Ctrl+Shift+A",
            "bell",
            words=("avisos",),
            group=_GROUP,
        ),
        Command(
            "shell.back",
            N_("Volver a la página anterior"),
            window.go_back,
            "Alt+Left",
            "arrow-left",
            group=_GROUP,
        ),
        Command(
            "shell.tear_off",
            N_("Llevar la página a otra ventana"),
            lambda: _tear_off(window),
            "Ctrl+Shift+M",
            "arrow-square-out",
            words=("separar",),
            group=_GROUP,
        ),
        Command(
            "shell.rail",
            N_("Angostar o ensanchar el riel"),
            window.toggle_rail,
            "Ctrl+B",
            "list",
            group=_GROUP,
        ),
        Command(
            "shell.full_screen",
            N_("Pantalla completa"),
            window.toggle_full_screen,
            "F11",
            "corners-out",
            group=_GROUP,
        ),
        Command(
            "shell.theme",
            N_("Cambiar el tema"),
            lambda: _next_theme(window),
            "",
            "moon",
            words=("tema",),
            group=_GROUP,
            order=Order(
                (Argument(N_("tema"), _themes, takes_rest=True),), lambda call: _use_theme(window, call)
            ),
        ),
        Command(
            "shell.sounds",
            N_("Silenciar las alarmas o volver a oírlas"),
            window.toggle_sounds,
            "",
            "speaker-slash",
            words=("silenciar",),
            group=_GROUP,
        ),
        Command(
            "shell.quit",
            N_("Salir de Atalaya"),
            lambda: _close(window),
            "Ctrl+Q",
            "sign-out",
            words=("salir",),
            group=_GROUP,
        ),
    )


def page_commands(specs: Iterable[PageSpec], open_page: OpenPage) -> list[Command]:
    """Return one command for each page."""
    return [
        Command(
            f"page.{spec.key}",
            spec.title,
            partial(open_page, spec.key),
            spec.shortcut,
            spec.icon,
            words=spec.words,
            group=_PAGES,
        )
        for spec in specs
    ]


def _tear_off(window: MainWindow) -> None:
    window.tear_off()


def _close(window: MainWindow) -> None:
    window.close()


def _next_theme(window: MainWindow) -> None:
    names = list(THEMES)
    window.use_theme(names[(names.index(window.theme_name) + 1) % len(names)])


def _themes(prefix: str, give: Give) -> None:
    wanted = folded(prefix)
    give([Candidate(tr(title).lower()) for title in THEMES.values() if folded(tr(title)).startswith(wanted)])


def _use_theme(window: MainWindow, call: Call) -> None:
    by_title = {folded(tr(title)): name for name, title in THEMES.items()}
    name = by_title.get(folded(call.values[0]))
    if name is None:
        call.refuse(
            tr(N_("No hay un tema «{name}». Hay: {names}."), name=call.values[0], names=", ".join(by_title))
        )
        return
    window.use_theme(name)
    call.answer(tr(N_("Tema {name}."), name=call.values[0]))
