"""Key presses as a person makes them, with types."""

from PySide6.QtCore import QKeyCombination, Qt
from PySide6.QtGui import QKeySequence
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget


def press(widget: QWidget, *keys: str) -> None:
    """Press keys by their portable names (`"Ctrl+K"`, `"F6"`, `"Return"`) one after the other."""
    for name in keys:
        combination: QKeyCombination = QKeySequence(name)[0]
        QTest.keyClick(widget, combination.key(), combination.keyboardModifiers())


def write(widget: QWidget, text: str) -> None:
    """Type `text` into the widget."""
    QTest.keyClicks(widget, text)


def click(widget: QWidget) -> None:
    """Press the left button of the mouse on the middle of the widget."""
    QTest.mouseClick(widget, Qt.MouseButton.LeftButton)
