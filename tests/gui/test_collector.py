"""Garbage is collected on the interface's thread only: elsewhere it could stop the window for ever (ADR 17)."""

import gc
import threading
import time
import weakref
from collections.abc import Iterator

import pytest
from pytestqt.qtbot import QtBot

from desktop.views import collector as collector_module
from desktop.views.collector import Collector


class Knot:
    """Refers to itself, so that only the collector ends it."""

    def __init__(self) -> None:
        self.itself = self


def tie_knots(count: int, ended_on: list[int], keep_s: float = 0.0) -> None:
    until = time.monotonic() + keep_s
    for _ in range(count):
        weakref.finalize(Knot(), lambda: ended_on.append(threading.get_ident()))
    while time.monotonic() < until:
        [Knot() for _ in range(1_000)]
        time.sleep(0.001)


@pytest.fixture
def collector(qapp: object) -> Iterator[Collector]:
    made = Collector()
    yield made
    made.deleteLater()


def test_what_other_threads_leave_is_collected_here(collector: Collector, qtbot: QtBot) -> None:
    gc.collect()
    ended_on: list[int] = []
    threads = [threading.Thread(target=tie_knots, args=(2_000, ended_on, 0.3)) for _ in range(3)]
    for thread in threads:
        thread.start()
    qtbot.waitUntil(lambda: len(ended_on) == 6_000, timeout=10_000)
    for thread in threads:
        thread.join()

    assert set(ended_on) == {threading.get_ident()}


def test_the_oldest_generation_is_walked_but_seldom(
    collector: Collector, monkeypatch: pytest.MonkeyPatch
) -> None:
    collected: list[int] = []
    now = [1_000.0]
    monkeypatch.setattr(time, "monotonic", lambda: now[0])
    monkeypatch.setattr(gc, "get_count", lambda: (1_000, 20, 20))
    monkeypatch.setattr(gc, "collect", collected.append)
    collector._oldest_at = now[0]

    collector.collect_if_due()
    now[0] += collector_module.OLDEST_EVERY_S
    collector.collect_if_due()
    collector.collect_if_due()
    assert collected == [1, 2, 1]
