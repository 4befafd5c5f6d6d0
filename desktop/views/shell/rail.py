"""The rail: pages by group, built from their declarations. Groups fold; the rail shrinks to icons."""

import json
from collections.abc import Callable, Sequence

from PySide6.QtCore import QPointF, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFont, QPainter, QPainterPath, QPaintEvent, QPen
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPushButton, QScrollArea, QSizePolicy, QVBoxLayout, QWidget

from desktop.core.i18n import N_, tr
from desktop.views.commands import key_text
from desktop.views.icons import Icons
from desktop.views.pages import PageSpec, RailGroup
from desktop.views.services import Memory
from desktop.views.theme import SIZES
from desktop.views.widgets.controls import icon_button, paint_ground, restyle

_FOLDED_KEY = "shell/rail/folded"


class _RailButton(QPushButton):
    """A page: icon, words, and its key at the right end."""

    def __init__(self, icons: Icons, spec: PageSpec) -> None:
        super().__init__()
        self._theme = icons.theme
        self._title = tr(spec.title)
        self._key = key_text(spec.shortcut)
        self.is_narrow = False
        self.setProperty("part", "page")
        self.setCheckable(True)
        self.setAccessibleName(self._title)
        self.show_key(self._key)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        icons.put(self, spec.icon)

    def show_key(self, key: str) -> None:
        """Name the key of the page."""
        self._key = key
        self.setToolTip(f"{self._title} ({key})" if key else self._title)
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw the ground by the style sheet, then the parts; the key gives way to the words."""
        colours = self._theme.colours
        painter = QPainter(self)
        paint_ground(self, painter)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if self.isChecked():
            bar = QRectF(0, self.height() / 2 - 9, 3, 18)
            path = QPainterPath()
            path.addRoundedRect(bar, 1.5, 1.5)
            painter.fillPath(path, self._theme.colour("accent"))
        side = SIZES.icon
        left = (self.width() - side) // 2 if self.is_narrow else SIZES.space_3
        icon = self.icon().pixmap(QSize(side, side), self.devicePixelRatioF())
        painter.drawPixmap(QRect(left, (self.height() - side) // 2, side, side), icon)
        if self.is_narrow:
            return
        is_lit = self.isChecked() or self.underMouse()
        words = self.rect().adjusted(left + side + SIZES.space_3, 0, -SIZES.space_3, 0)
        middle = Qt.AlignmentFlag.AlignVCenter
        painter.setFont(self._theme.font(SIZES.type_small))
        key_width = painter.fontMetrics().horizontalAdvance(self._key)
        weight = QFont.Weight.DemiBold if self.isChecked() else QFont.Weight.Medium
        painter.setFont(self._theme.font(SIZES.type_body, weight))
        metrics = painter.fontMetrics()
        room = words.adjusted(0, 0, -key_width - SIZES.space_2, 0)
        has_room = metrics.horizontalAdvance(self._title) <= room.width()
        shown = (
            self._title
            if has_room
            else metrics.elidedText(self._title, Qt.TextElideMode.ElideRight, words.width())
        )
        painter.setPen(colours.text if is_lit else colours.text_muted)
        painter.drawText(words, int(middle | Qt.AlignmentFlag.AlignLeft), shown)
        if has_room:
            painter.setFont(self._theme.font(SIZES.type_small))
            painter.setPen(self._theme.colour("text_muted"))
            painter.drawText(words, int(middle | Qt.AlignmentFlag.AlignRight), self._key)


class _GroupButton(QPushButton):
    """The head of a group; it folds the group."""

    def __init__(self, icons: Icons, group: RailGroup) -> None:
        super().__init__()
        self._theme = icons.theme
        self._title = tr(group.value)
        self.is_folded = False
        self.is_narrow = False
        self.setProperty("part", "group")
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.show_folded(is_folded=False)

    def show_folded(self, *, is_folded: bool) -> None:
        """Turn the arrow, and say it to those who do not see it."""
        self.is_folded = is_folded
        state = tr(N_("plegado")) if is_folded else tr(N_("desplegado"))
        self.setAccessibleName(tr(N_("Grupo {title}, {state}"), title=self._title, state=state))
        self.setToolTip(self._title)
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw the words small and wide, and an arrow under the pointer or when folded."""
        painter = QPainter(self)
        paint_ground(self, painter)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(self._theme.colour("text_muted"))
        if self.is_narrow:
            if self.property("first"):
                return
            painter.setPen(QPen(self._theme.colour("line"), 1))
            middle = self.height() / 2
            painter.drawLine(QPointF(SIZES.space_2, middle), QPointF(self.width() - SIZES.space_2, middle))
            return
        font = self._theme.font(SIZES.type_overline, QFont.Weight.DemiBold)
        font.setLetterSpacing(QFont.SpacingType.PercentageSpacing, 106)
        painter.setFont(font)
        words = self.rect().adjusted(SIZES.space_3, 0, -SIZES.space_3, -SIZES.space_1)
        painter.drawText(words, int(Qt.AlignmentFlag.AlignBottom), self._title.upper())
        if self.is_folded or self.underMouse() or self.hasFocus():
            centre = QPointF(self.width() - SIZES.space_5, self.height() - SIZES.space_3)
            painter.translate(centre)
            painter.rotate(-90 if self.is_folded else 0)
            painter.setPen(QPen(self._theme.colour("text_muted"), 1.5))
            painter.drawPolyline([QPointF(-3.5, -1.5), QPointF(0, 2), QPointF(3.5, -1.5)])


class Rail(QFrame):
    """The pages that the person may open."""

    chosen = Signal(str)
    narrow_asked = Signal()

    def __init__(self, icons: Icons, memory: Memory, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("rail")
        self.setAccessibleName(tr(N_("Páginas")))
        self._icons = icons
        self._memory = memory
        self._buttons: dict[str, _RailButton] = {}
        self._groups: dict[RailGroup, tuple[_GroupButton, list[_RailButton]]] = {}
        self.is_narrow = False
        inner = QWidget()
        inner.setObjectName("railInner")
        self._rows = QVBoxLayout(inner)
        self._rows.setContentsMargins(SIZES.space_2, SIZES.space_3, SIZES.space_2, SIZES.space_2)
        self._rows.setSpacing(2)
        self._rows.addStretch(1)
        scroll = self._scroll = QScrollArea()
        scroll.setWidgetResizable(True)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        scroll.setWidget(inner)
        self._shrink = icon_button(
            icons, "list", tr(N_("Angostar o ensanchar el riel")), "", self.narrow_asked.emit
        )
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 1, SIZES.space_2)
        layout.setSpacing(0)
        layout.addWidget(scroll, 1)
        foot = QHBoxLayout()
        foot.setContentsMargins(SIZES.space_3, 0, 0, 0)
        foot.addWidget(self._shrink, 0, Qt.AlignmentFlag.AlignLeft)
        layout.addLayout(foot)
        self.set_narrow(is_narrow=False)
        icons.theme.changed.connect(self._fit)

    def show_pages(self, specs: Sequence[PageSpec]) -> None:
        """Build the rail anew from the declarations, which come in their order."""
        for head, pages in self._groups.values():
            for old in (head, *pages):
                self._rows.removeWidget(old)
                old.hide()
                old.deleteLater()
        self._groups.clear()
        self._buttons.clear()
        folded = self._folded()
        for spec in specs:
            if spec.group not in self._groups:
                self._add_group(spec.group)
            shown = _RailButton(self._icons, spec)
            shown.clicked.connect(lambda _=False, key=spec.key: self.chosen.emit(key))
            self._rows.insertWidget(self._rows.count() - 1, shown)
            self._groups[spec.group][1].append(shown)
            self._buttons[spec.key] = shown
        for group in self._groups:
            self._fold(group, is_folded=group.name in folded)
        self.set_narrow(is_narrow=self.is_narrow)

    def mark_current(self, key: str) -> None:
        """Show which page is open."""
        for other, shown in self._buttons.items():
            shown.setChecked(other == key)

    def set_narrow(self, *, is_narrow: bool) -> None:
        """Shrink to icons, or widen to words."""
        self.is_narrow = is_narrow
        self.setFixedWidth(SIZES.rail_icons if is_narrow else SIZES.rail)
        policy = Qt.ScrollBarPolicy
        self._scroll.setVerticalScrollBarPolicy(
            policy.ScrollBarAlwaysOff if is_narrow else policy.ScrollBarAsNeeded
        )
        for head, pages in self._groups.values():
            head.is_narrow = is_narrow
            restyle(head, "narrow", is_narrow)
            head.setEnabled(not is_narrow)
            for shown in pages:
                shown.is_narrow = is_narrow
                shown.setVisible(is_narrow or not head.is_folded)
        self.update()

    def show_page_keys(self, key_of: Callable[[str], str]) -> None:
        """Name the key of each page, as the person has set it."""
        for page, shown in self._buttons.items():
            shown.show_key(key_of(page))

    def show_key(self, key: str) -> None:
        """Name the key of the button that shrinks the rail."""
        words = self._shrink.accessibleName()
        self._shrink.setToolTip(f"{words} ({key})" if key else words)

    @property
    def keys(self) -> list[str]:
        """Return the keys of the pages in the rail, top to bottom."""
        return list(self._buttons)

    def head_of(self, group: RailGroup) -> QPushButton:
        """Return the head of a group."""
        return self._groups[group][0]

    def _fit(self) -> None:
        self.set_narrow(is_narrow=self.is_narrow)

    def _add_group(self, group: RailGroup) -> None:
        head = _GroupButton(self._icons, group)
        head.setProperty("first", not self._groups)
        head.clicked.connect(lambda _=False: self._toggle(group))
        self._rows.insertWidget(self._rows.count() - 1, head)
        self._groups[group] = (head, [])

    def _toggle(self, group: RailGroup) -> None:
        self._fold(group, is_folded=not self._groups[group][0].is_folded)
        folded = [group.name for group, (head, _) in self._groups.items() if head.is_folded]
        self._memory.put(_FOLDED_KEY, json.dumps(folded))

    def _fold(self, group: RailGroup, *, is_folded: bool) -> None:
        head, pages = self._groups[group]
        head.show_folded(is_folded=is_folded)
        for shown in pages:
            shown.setVisible(self.is_narrow or not is_folded)

    def _folded(self) -> set[str]:
        try:
            return set(json.loads(self._memory.get(_FOLDED_KEY) or "[]"))
        except (ValueError, TypeError):
            return set()
