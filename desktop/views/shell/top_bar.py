"""The top bar: whose station, which page, the command field, the bell and the time."""

from datetime import timedelta

from PySide6.QtCore import QSize, Qt, QTimer, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QMenu, QPushButton, QSizePolicy, QWidget

from desktop.core.clock import SANTIAGO, Clock
from desktop.core.i18n import N_, plural, tr
from desktop.views.icons import Icons
from desktop.views.shell.sign_in import Emblem
from desktop.views.theme import SIZES, Theme
from desktop.views.widgets.controls import icon_button, paint_ground
from desktop.views.widgets.text import ElidedLabel, label

_FIELD = 460
_TITLE = 260
"""The name of the page is shown whole up to this width, whatever else has to be shortened."""


class CommandField(QPushButton):
    """Looks like the line that it opens."""

    def __init__(self, icons: Icons) -> None:
        super().__init__()
        self._theme = icons.theme
        self._words = tr(N_("Escriba una orden, un folio, una persona…"))
        self._key = ""
        self.setObjectName("commandField")
        self.setAccessibleName(tr(N_("Barra de órdenes")))
        self.setCursor(Qt.CursorShape.IBeamCursor)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setMinimumWidth(200)
        self.setMaximumWidth(_FIELD)
        icons.put(self, "magnifying-glass")

    def show_key(self, key: str) -> None:
        """Name the key that opens it."""
        self._key = key
        words = tr(N_("Dar una orden o buscar"))
        self.setToolTip(f"{words} ({key})" if key else words)
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw the ground by the style sheet, then icon, words and key."""
        painter = QPainter(self)
        paint_ground(self, painter)
        side = SIZES.icon - 2
        painter.drawPixmap(
            SIZES.space_3,
            (self.height() - side) // 2,
            self.icon().pixmap(QSize(side, side), self.devicePixelRatioF()),
        )
        words = self.rect().adjusted(SIZES.space_3 * 2 + side, 0, -SIZES.space_3, 0)
        painter.setPen(self._theme.colour("text_muted"))
        painter.setFont(self._theme.font(SIZES.type_small))
        middle = Qt.AlignmentFlag.AlignVCenter
        painter.drawText(words, int(middle | Qt.AlignmentFlag.AlignRight), self._key)
        room = words.adjusted(0, 0, -painter.fontMetrics().horizontalAdvance(self._key) - SIZES.space_3, 0)
        painter.setFont(self._theme.font(SIZES.type_body))
        shown = painter.fontMetrics().elidedText(self._words, Qt.TextElideMode.ElideRight, room.width())
        painter.drawText(room, int(middle | Qt.AlignmentFlag.AlignLeft), shown)


class TopBar(QFrame):
    """Everything above the page."""

    commands_asked = Signal()
    bell_asked = Signal()

    def __init__(self, icons: Icons, clock: Clock, municipality: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("topBar")
        self.setAccessibleName(tr(N_("Barra superior")))
        self.setFixedHeight(SIZES.top_bar)
        self._clock = clock
        self._theme: Theme = icons.theme
        emblem = Emblem(icons.theme)
        emblem.setFixedSize(26, 26)
        self.municipality = ElidedLabel(municipality, "muted")
        self.title = ElidedLabel("", "strong", keeps=_TITLE)
        self.field = CommandField(icons)
        self.field.clicked.connect(lambda _=False: self.commands_asked.emit())
        self.bell = icon_button(icons, "bell", tr(N_("Avisos recientes")), "", self.bell_asked.emit)
        self.bell.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.bell.setMinimumWidth(SIZES.control)
        self.bell.setMaximumWidth(72)
        self.menu = QMenu(self)
        self.menu_button = icon_button(icons, "dots-three-circle", tr(N_("Menú")), "", self._open_menu)
        self.time = label("", "strong")
        self.time.setProperty("part", "clock")
        left, right = QHBoxLayout(), QHBoxLayout()
        left.addWidget(emblem)
        left.addWidget(self.title)
        left.addWidget(self.municipality)
        left.addStretch(1)
        right.addStretch(1)
        right.addWidget(self.bell)
        right.addWidget(self.menu_button)
        right.addWidget(self.time)
        row = QHBoxLayout(self)
        row.setContentsMargins(SIZES.space_4, 0, SIZES.space_3, 0)
        row.setSpacing(SIZES.space_3)
        for side in (left, right):
            side.setSpacing(SIZES.space_3)
        row.addLayout(left, 1)
        row.addWidget(self.field, 1)  # in the middle, whatever the page is called
        row.addLayout(right, 1)
        self._tick = QTimer(self, singleShot=True)
        self._tick.timeout.connect(self.show_time)
        self.show_time()
        icons.theme.changed.connect(self._fit)

    def _fit(self) -> None:
        self.setFixedHeight(SIZES.top_bar)

    def show_title(self, title: str) -> None:
        """Name the page."""
        self.title.setText(title)

    def show_unread(self, count: int) -> None:
        """Put the number of unread warnings beside the bell."""
        self.bell.setText(str(count) if count else "")
        words = plural(N_("{count} aviso sin leer"), N_("{count} avisos sin leer"), count) if count else ""
        self.bell.setAccessibleName(words or tr(N_("Avisos recientes")))
        self.bell.setFixedWidth(SIZES.control + (28 if count else 0))

    def show_keys(self, commands: str, bell: str) -> None:
        """Name the keys of the command field and the bell."""
        self.field.show_key(commands)
        words = tr(N_("Avisos recientes"))
        self.bell.setToolTip(f"{words} ({bell})" if bell else words)

    def show_time(self) -> None:
        """Show the civil time, and again when the next second begins."""
        now = self._clock.now()
        here = now.astimezone(SANTIAGO)
        self.time.setText(f"{here:%H:%M:%S}")
        self.time.setToolTip(f"{here:%d-%m-%Y}")
        self.time.setAccessibleName(tr(N_("Hora {time}"), time=f"{here:%H:%M}"))
        left = timedelta(seconds=1) - timedelta(microseconds=now.microsecond)
        self._tick.start(max(20, int(left.total_seconds() * 1000) + 5))

    def _open_menu(self) -> None:
        self.menu.popup(self.menu_button.mapToGlobal(self.menu_button.rect().bottomLeft()))
