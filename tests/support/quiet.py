"""Waiting until a window has nothing more to do, on a machine that may be busy with something else."""

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QAbstractItemView, QWidget
from pytestqt.qtbot import QtBot

from desktop.views.tasks import Tasks

_CALM_LOOKS = 5
_SOON_MS = 500
"""A timer that fires later than this is no part of what was begun."""


def wait_until_quiet(qtbot: QtBot, tasks: Tasks, window: QWidget) -> None:
    """Wait until nothing is read, written, about to be loaded or still to be painted, several looks in a row."""
    calm = 0

    def is_calm() -> bool:
        nonlocal calm
        for view in window.findChildren(QAbstractItemView):
            if view.isVisible():
                view.viewport().repaint()
        calm = 0 if not tasks.is_idle or _has_begun_something(window, tasks) else calm + 1
        return calm >= _CALM_LOOKS

    qtbot.waitUntil(is_calm, timeout=30_000)


def _has_begun_something(window: QWidget, tasks: Tasks) -> bool:
    return any(
        timer.isSingleShot() and timer.isActive() and timer.interval() <= _SOON_MS
        for timer in window.findChildren(QTimer)
        if timer.parent() is not tasks
    )
