"""Pages that follow an import reload calmly, and never miss its end."""

from collections.abc import Callable
from uuid import UUID

from PySide6.QtCore import QObject
from pytestqt.qtbot import QtBot

from desktop.core.events import Changes
from desktop.views.pacing import Pace

BULK = Changes({"incidents": frozenset(UUID(int=number) for number in range(250))})
ONE = Changes({"incidents": frozenset({UUID(int=1)})})


class Reloads:
    """Counts the runs and ends each when the test says so."""

    def __init__(self) -> None:
        self.begun = 0
        self._overs: list[Callable[[], None]] = []

    def begin(self, over: Callable[[], None]) -> None:
        self.begun += 1
        self._overs.append(over)

    def end(self) -> None:
        self._overs.pop()()


def test_many_commits_give_one_reload_now_and_one_after_the_last(qtbot: QtBot) -> None:
    owner, reloads = QObject(), Reloads()
    pace = Pace(reloads.begin, owner)
    for _ in range(100):
        pace.follow(BULK)
    qtbot.waitUntil(lambda: reloads.begun == 1)
    for _ in range(100):
        pace.follow(BULK)
    reloads.end()

    qtbot.waitUntil(lambda: reloads.begun == 2)
    reloads.end()
    pace.follow(ONE)
    qtbot.waitUntil(lambda: reloads.begun == 3)


def test_nothing_is_read_again_while_a_reload_is_under_way(qtbot: QtBot) -> None:
    owner, reloads = QObject(), Reloads()
    pace = Pace(reloads.begin, owner)
    pace.follow(ONE)
    qtbot.waitUntil(lambda: reloads.begun == 1)
    pace.follow(ONE)
    other = Reloads()
    Pace(other.begin, owner).follow(ONE)
    qtbot.waitUntil(lambda: other.begun == 1)
    assert reloads.begun == 1

    reloads.end()
    qtbot.waitUntil(lambda: reloads.begun == 2)


def test_the_act_of_a_person_does_not_wait_behind_an_import(qtbot: QtBot) -> None:
    owner, order = QObject(), list[str]()

    def pace(name: str) -> Pace:
        def run(over: Callable[[], None]) -> None:
            order.append(name)
            over()

        return Pace(run, owner)

    calm, prompt = pace("calm"), pace("prompt")
    calm.follow(BULK)
    prompt.follow(BULK)
    qtbot.waitUntil(lambda: sorted(order) == ["calm", "prompt"])
    order.clear()
    calm.follow(BULK)
    prompt.follow(BULK)
    prompt.follow(ONE)

    qtbot.waitUntil(lambda: len(order) == 2)
    assert order == ["prompt", "calm"]
