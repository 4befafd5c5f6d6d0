"""One application with the program's look for every test of the interface."""

import gc
import os
from collections.abc import Iterator

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

import pytest
from PySide6.QtWidgets import QApplication

from desktop.views.collector import Collector
from desktop.views.icons import Icons
from desktop.views.theme import Theme


@pytest.fixture(scope="session")
def _collector(qapp: QApplication) -> Collector:
    return Collector(qapp)


@pytest.fixture(autouse=True)
def _collecting_here(_collector: Collector) -> Iterator[None]:
    """Collect as the program does; tests of other folders have no window that could stand still."""
    gc.disable()
    yield
    _collector.collect_if_due()
    gc.enable()


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
