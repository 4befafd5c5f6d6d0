"""Walks a tree of widgets as a screen reader and a keyboard do, and reports what they would miss.

    assert problems(page) == []

A control needs a name (its own words, an accessible name, or a label that is its buddy), every control that the mouse
can use must be reached by Tab, and Tab must come round instead of being swallowed. The widget must be shown first.
"""

from collections.abc import Iterator

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QAbstractScrollArea,
    QAbstractSlider,
    QAbstractSpinBox,
    QApplication,
    QButtonGroup,
    QCalendarWidget,
    QComboBox,
    QHeaderView,
    QLabel,
    QLineEdit,
    QPlainTextEdit,
    QProgressBar,
    QScrollBar,
    QTabBar,
    QTextEdit,
    QWidget,
)

CONTROLS = (
    QAbstractButton,
    QAbstractItemView,
    QAbstractSlider,
    QAbstractSpinBox,
    QComboBox,
    QLineEdit,
    QPlainTextEdit,
    QProgressBar,
    QTabBar,
    QTextEdit,
)
_NOT_STOPS = (QHeaderView, QScrollBar, QProgressBar)
_INNER = (QAbstractSpinBox, QComboBox, QCalendarWidget)
_MOST_STOPS = 500


def problems(root: QWidget) -> list[str]:
    """Return what is wrong in the tree of `root`, each with the way to the control; empty when all is well."""
    return [*nameless(root), *unreachable(root)]


def nameless(root: QWidget) -> list[str]:
    """Return the visible controls that have nothing to be called by."""
    labelled = {id(label.buddy()) for label in root.findChildren(QLabel) if label.buddy() is not None}
    return [
        f"no name: {where(control, root)}"
        for control in _controls(root)
        if not isinstance(control, QScrollBar | QHeaderView)
        and not _name(control)
        and id(control) not in labelled
    ]


def unreachable(root: QWidget) -> list[str]:
    """Return the controls that the mouse can use and Tab never meets, and those that Tab cannot leave."""
    stops, trap = _tab_round(root)
    met = set(map(id, stops))
    found = [f"Tab cannot leave: {where(trap, root)}"] if trap is not None else []
    for control in _controls(root):
        if isinstance(control, _NOT_STOPS) or not control.isEnabled():
            continue
        is_passive = (
            isinstance(control, QAbstractScrollArea) and control.focusPolicy() == Qt.FocusPolicy.NoFocus
        )
        if is_passive:
            continue
        if id(control) not in met and not _in_group_met(control, met):
            found.append(f"Tab never meets: {where(control, root)}")
    return found


def where(widget: QWidget, root: QWidget) -> str:
    """Return the way from `root` to `widget` in words that help to find it."""
    steps = []
    here: QWidget | None = widget
    while here is not None and here is not root:
        text = here.objectName() or here.accessibleName()
        steps.append(f"{type(here).__name__}({text})" if text else type(here).__name__)
        here = here.parentWidget()
    return " < ".join(steps)


def _controls(root: QWidget) -> Iterator[QWidget]:
    for widget in root.findChildren(QWidget):
        is_inner = any(isinstance(above, _INNER) for above in _above(widget, root))
        is_popup = widget.window() is not root.window()
        if isinstance(widget, CONTROLS) and widget.isVisibleTo(root) and not is_inner and not is_popup:
            yield widget


def _above(widget: QWidget, root: QWidget) -> Iterator[QWidget]:
    here = widget.parentWidget()
    while here is not None and here is not root:
        yield here
        here = here.parentWidget()


def _name(control: QWidget) -> str:
    words = control.accessibleName()
    if not words and isinstance(control, QAbstractButton):
        words = control.text()
    if not words and isinstance(control, QTabBar):
        words = "".join(control.tabText(place) for place in range(control.count()))
    return words.strip()


def _in_group_met(control: QWidget, met: set[int]) -> bool:
    """Tell whether Tab meets another button of an exclusive group: arrows lead from it to this one."""
    if not isinstance(control, QAbstractButton) or not control.isCheckable():
        return False
    group: QButtonGroup | None = control.group()
    home = control.parentWidget()
    if group is not None:
        siblings = group.buttons()
    else:
        siblings = home.findChildren(QAbstractButton) if control.autoExclusive() and home else []
    return any(id(sibling) in met for sibling in siblings)


def _tab_round(root: QWidget) -> tuple[list[QWidget], QWidget | None]:
    """Press Tab in thought until it comes round; return the stops, and the control that kept it, if any."""
    window = root.window()
    window.activateWindow()
    before = QApplication.focusWidget()
    stops: list[QWidget] = []
    trap: QWidget | None = None
    focus: QWidget | None = window.focusWidget()
    (focus or window).setFocus()
    for _ in range(_MOST_STOPS):
        here = QApplication.focusWidget()
        if here is None or here in stops:
            break
        stops.append(here)
        if _keeps_tab(here):
            trap = trap or here
        if not here.focusNextPrevChild(True):
            break
    if before is not None:
        before.setFocus()
    return stops, trap


def _keeps_tab(control: QWidget) -> bool:
    if isinstance(control, QPlainTextEdit | QTextEdit):
        return not control.tabChangesFocus() and not control.isReadOnly()
    if isinstance(control, QAbstractItemView):
        return control.tabKeyNavigation()
    return False
