"""What is built while the person looks at the first page, so that no call waits for it (R69)."""

import threading

from PySide6.QtCore import QObject
from pytestqt.qtbot import QtBot

from desktop.app.away import Away
from desktop.models.incidents.classifier import read_narrative
from desktop.models.incidents.classifier_phrases import about, corrected, rulebook
from desktop.models.incidents.classifier_text import vocabulary
from desktop.views.page_makers import load_pages


def test_the_first_narrative_finds_the_rules_built_on_another_thread(qtbot: QtBot, qapp: QObject) -> None:
    for remembered in (rulebook, vocabulary, about, corrected):  # as nobody had read a narrative yet
        remembered.cache_clear()
    away = Away(qapp)
    threads: list[threading.Thread] = []
    over: list[None] = []

    def work() -> None:
        threads.append(threading.current_thread())
        load_pages()

    away.run(work, over.append, lambda error: None)
    qtbot.waitUntil(lambda: bool(over), timeout=30_000)
    away.close()

    assert threads[0] is not threading.main_thread()
    built = (rulebook.cache_info().misses, vocabulary.cache_info().misses)
    assert built == (1, 1)
    assert read_narrative("Asaltaron con cuchillo a una señora en la plaza").best is not None
    assert (rulebook.cache_info().misses, vocabulary.cache_info().misses) == built
