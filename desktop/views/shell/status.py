"""The status bar: it never lies. Green is shown only when nothing is unsent and a server has it all."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPushButton, QWidget

from desktop.core.clock import SANTIAGO
from desktop.core.i18n import N_, plural, tr
from desktop.views.icons import Icons
from desktop.views.theme import SIZES
from desktop.views.widgets.controls import restyle

StatusTone = Literal["quiet", "ok", "pending", "error"]
_TOKENS: dict[StatusTone, str] = {
    "quiet": "text_muted",
    "ok": "sync_ok",
    "pending": "sync_pending",
    "error": "sync_error",
}


@dataclass(frozen=True, slots=True)
class StatusItem:
    """One thing on the bar. A click opens `page` (its key) or runs `run`; `is_right` puts it at the right end."""

    key: str
    text: str
    icon: str
    tone: StatusTone = "quiet"
    page: str = ""
    tip: str = ""
    is_right: bool = False
    run: Callable[[], None] | None = None


@dataclass(frozen=True, slots=True)
class SyncState:
    """What is known about the exchange. Instants are UTC; `server_seen_at` is the last good exchange."""

    has_server: bool
    is_connected: bool
    unsent: int
    server_seen_at: datetime | None = None
    lost_at: datetime | None = None
    stations: int = 0
    error: str = ""


def sync_items(state: SyncState, page: str = "") -> list[StatusItem]:
    """Return the items of the exchange: the server, what is unsent, the neighbours."""
    is_all_sent = state.unsent == 0
    if not state.has_server:
        server = StatusItem("server", tr(N_("Sin servidor configurado")), "cloud-slash", page=page)
    elif state.error:
        server = StatusItem(
            "server", tr(N_("Servidor: {error}"), error=state.error), "cloud-warning", "error", page
        )
    elif not state.is_connected:
        since = tr(N_(" desde {time}"), time=_time(state.lost_at)) if state.lost_at else ""
        server = StatusItem("server", tr(N_("Sin servidor")) + since, "cloud-slash", "pending", page)
    elif is_all_sent:
        text = tr(N_("Servidor: al día {time}"), time=_time(state.server_seen_at))
        server = StatusItem("server", text, "cloud-check", "ok", page)
    else:
        server = StatusItem("server", tr(N_("Servidor: enviando")), "cloud-arrow-up", "pending", page)
    unsent_tone: StatusTone = "pending" if state.unsent and state.has_server else "quiet"
    items = [server]
    if state.has_server or state.unsent:
        text = tr(N_("{count} por enviar"), count=f"{state.unsent:,}".replace(",", "."))
        items.append(StatusItem("unsent", text, "arrows-down-up", unsent_tone, page))
    if state.stations:
        text = plural(N_("{count} estación en la LAN"), N_("{count} estaciones en la LAN"), state.stations)
        items.append(StatusItem("stations", text, "link", page=page))
    return items


def conflicts_item(count: int, page: str = "") -> StatusItem:
    """Return the item of what was changed in two places and waits for a decision."""
    text = plural(N_("{count} conflicto"), N_("{count} conflictos"), count)
    return StatusItem("conflicts", text, "git-merge", "pending", page)


def backup_item(last_at: datetime | None, now: datetime, page: str = "") -> StatusItem:
    """Return the item of the last good backup; amber after a day without one."""
    if last_at is None:
        return StatusItem("backup", tr(N_("Sin respaldo todavía")), "database", "pending", page)
    is_old = (now - last_at).total_seconds() > 24 * 3600
    form = (
        "%d-%m %H:%M" if last_at.astimezone(SANTIAGO).date() != now.astimezone(SANTIAGO).date() else "%H:%M"
    )
    text = tr(N_("Respaldo {time}"), time=last_at.astimezone(SANTIAGO).strftime(form))
    return StatusItem("backup", text, "database", "pending" if is_old else "quiet", page)


class StatusBar(QFrame):
    """Items from left to right in order of first appearance; a click opens the item's page."""

    def __init__(self, icons: Icons, open_page: Callable[[str], None], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("statusBar")
        self.setAccessibleName(tr(N_("Barra de estado")))
        self.setFixedHeight(SIZES.status_bar)
        icons.theme.changed.connect(self._fit)
        self._icons = icons
        self._open_page = open_page
        self._buttons: dict[str, QPushButton] = {}
        self._items: dict[str, StatusItem] = {}
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(SIZES.space_2, 0, SIZES.space_2, 0)
        self._row.setSpacing(SIZES.space_1)
        self._row.addStretch(1)

    def set_item(self, item: StatusItem) -> None:
        """Show or change one item."""
        if self._items.get(item.key) == item:
            return
        self._items[item.key] = item
        shown = self._buttons.get(item.key)
        if shown is None:
            shown = QPushButton()
            shown.clicked.connect(lambda _=False, key=item.key: self._click(key))
            self._buttons[item.key] = shown
            left = sum(not other.is_right for other in self._items.values()) - 1
            self._row.insertWidget(self._row.count() if item.is_right else left, shown)
        shown.setText(item.text)
        shown.setAccessibleName(item.text)
        shown.setToolTip(item.tip)
        is_door = bool(item.page) or item.run is not None
        shown.setEnabled(is_door)
        shown.setFocusPolicy(Qt.FocusPolicy.TabFocus if is_door else Qt.FocusPolicy.NoFocus)
        shown.setCursor(Qt.CursorShape.PointingHandCursor if is_door else Qt.CursorShape.ArrowCursor)
        restyle(shown, "tone", item.tone)
        self._icons.put(shown, item.icon, _TOKENS[item.tone])

    def remove_item(self, key: str) -> None:
        """Take one item away."""
        self._items.pop(key, None)
        shown = self._buttons.pop(key, None)
        if shown is not None:
            self._row.removeWidget(shown)
            shown.hide()
            shown.deleteLater()

    def show_sync(self, state: SyncState, page: str = "") -> None:
        """Show the exchange as it is now."""
        items = sync_items(state, page)
        for key in {"server", "unsent", "stations"} - {item.key for item in items}:
            self.remove_item(key)
        for item in items:
            self.set_item(item)

    @property
    def items(self) -> dict[str, StatusItem]:
        """Return what is shown by key."""
        return dict(self._items)

    def _fit(self) -> None:
        self.setFixedHeight(SIZES.status_bar)

    def _click(self, key: str) -> None:
        item = self._items.get(key)
        if item is None:
            return
        if item.run is not None:
            item.run()
        elif item.page:
            self._open_page(item.page)


def _time(instant: datetime | None) -> str:
    return f"{instant.astimezone(SANTIAGO):%H:%M}" if instant else ""
