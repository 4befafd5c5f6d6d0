"""The window of the demonstration of the exchange: which of the three run, and what to try with them."""

from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QGridLayout, QVBoxLayout, QWidget

from desktop.core.errors import AtalayaError
from desktop.core.i18n import N_, tr
from desktop.views.shell.sign_in import Entrance
from desktop.views.theme import SIZES, Theme
from desktop.views.widgets.controls import button
from desktop.views.widgets.marks import Mark
from desktop.views.widgets.text import label

_TO_TRY = (
    N_("Anote una llamada en una estación: aparece en la otra al momento."),
    N_("Detenga el servidor y siga anotando: la barra de cada estación dice cuánto falta por enviar."),
    N_("Cambie el mismo dato en las dos: al reunirse, los dos valores esperan en Sistema → Conflictos."),
    N_("Inicie el servidor: todo llega, una sola vez, y la barra vuelve al verde."),
)


class TrialWindow(Entrance):
    """Says only what it is told; whoever runs the three listens to its signals."""

    server_asked = Signal(bool)
    """Whether the server is to run."""
    station_asked = Signal(int)

    def __init__(self, theme: Theme, stations: tuple[str, ...]) -> None:
        super().__init__(theme, "")
        self.resize(1040, 660)
        self._server_runs = False
        self.server_button = button("", "plain", self._ask_server)
        self.station_buttons = [
            button(tr(N_("Abrir")), "primary", partial(self.station_asked.emit, place))
            for place in range(len(stations))
        ]
        self._marks = [Mark(theme, "ring", "text_muted", "") for _ in range(len(stations) + 1)]
        self.states = [label("", "muted") for _ in self._marks]
        self._error = label("", "error", wraps=True)
        self._error.hide()
        self.place.addWidget(self._built(stations), 0, Qt.AlignmentFlag.AlignVCenter)
        self.show_state(server=False, stations=tuple(False for _ in stations))
        self.station_buttons[0].setFocus()

    def show_state(self, *, server: bool, stations: tuple[bool, ...]) -> None:
        """Show which of them run."""
        self._server_runs = server
        words = [tr(N_("en marcha")) if server else tr(N_("detenido"))]
        words += [tr(N_("abierta")) if is_open else tr(N_("cerrada")) for is_open in stations]
        for state, mark, text, runs in zip(self.states, self._marks, words, (server, *stations), strict=True):
            state.setText(text)
            mark.show_state("disc" if runs else "ring", "success" if runs else "text_muted", text)
        self.server_button.setText(tr(N_("Detener")) if server else tr(N_("Iniciar")))
        for made, is_open in zip(self.station_buttons, stations, strict=True):
            made.setEnabled(not is_open)

    def refuse(self, error: AtalayaError) -> None:
        """Say why something did not start."""
        self._error.setText(error.message)
        self._error.show()

    def _ask_server(self) -> None:
        self._error.hide()
        self.server_asked.emit(not self._server_runs)

    def _built(self, stations: tuple[str, ...]) -> QWidget:
        names = (tr(N_("Servidor municipal")), *stations)
        grid = QGridLayout()
        grid.setHorizontalSpacing(SIZES.space_3)
        grid.setVerticalSpacing(SIZES.space_2)
        grid.setColumnStretch(2, 1)
        for row, (name, made) in enumerate(
            zip(names, (self.server_button, *self.station_buttons), strict=True)
        ):
            made.setAccessibleDescription(name)
            grid.addWidget(self._marks[row], row, 0)
            grid.addWidget(label(name, "strong"), row, 1)
            grid.addWidget(self.states[row], row, 2)
            grid.addWidget(made, row, 3)
        card = QWidget()
        rows = QVBoxLayout(card)
        rows.setContentsMargins(0, 0, 0, 0)
        rows.setSpacing(SIZES.space_3)
        rows.addWidget(label(tr(N_("Ver la sincronización")), "title", wraps=True))
        what = N_(
            "Un servidor y dos estaciones de una comuna inventada, en este equipo. Al cerrar esta ventana terminan "
            "los tres."
        )
        rows.addWidget(label(tr(what), "muted", wraps=True))
        rows.addLayout(grid)
        rows.addWidget(self._error)
        rows.addSpacing(SIZES.space_2)
        rows.addWidget(label(tr(N_("Qué probar")), "strong"))
        for number, text in enumerate(_TO_TRY, start=1):
            rows.addWidget(label(f"{number}. {tr(text)}", "body", wraps=True))
        return card
