"""One application with the program's look for every test of the interface."""

import os

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

import pytest
from PySide6.QtWidgets import QApplication

from desktop.views.icons import Icons
from desktop.views.theme import Theme


@pytest.fixture(scope="session")
def _shared_theme(qapp: QApplication) -> Theme:
    return Theme(qapp)


@pytest.fixture
def theme(_shared_theme: Theme) -> Theme:
    """Return the application's theme, dark at the start of each test."""
    _shared_theme.use("dark")
    _shared_theme.use_scale(100)
    return _shared_theme


@pytest.fixture(scope="session")
def icons(_shared_theme: Theme) -> Icons:
    loaded = Icons(_shared_theme)
    loaded.load()
    return loaded


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Excuse one message of the off-screen platform: it cannot hint a window manager, and none is there."""
    for item in items:
        if "gui" in item.path.parts:
            item.add_marker(pytest.mark.qt_log_ignore("This plugin does not support propagateSizeHints"))
