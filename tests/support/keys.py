"""Key presses as a person makes them, with types."""

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget


def press(widget: QWidget, *keys: str) -> None:
    """Press keys by their portable names (`"Ctrl+K"`, `"F6"`, `"Return"`) one after the other."""
    for name in keys:
        QTest.keySequence(widget, QKeySequence(name))


def write(widget: QWidget, text: str) -> None:
    """Type `text` into the widget."""
    QTest.keyClicks(widget, text)


def click(widget: QWidget) -> None:
    """Press the left button of the mouse on the middle of the widget."""
    QTest.mouseClick(widget, Qt.MouseButton.LeftButton)


def wait_active(window: QWidget) -> None:
    """Wait until `window` takes the keyboard."""
    window.activateWindow()
    if not QTest.qWaitForWindowActive(window):
        raise TimeoutError(f"{window} did not become active")
