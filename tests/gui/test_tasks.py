"""The task runner: answers on the interface's thread, errors shown by what the person can do about them."""

import logging
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from typing import Any, TypeVar
from uuid import UUID

import pytest
import shiboken6
from PySide6.QtCore import QObject
from pytestqt.qtbot import QtBot

from desktop.core.errors import (
    AtalayaError,
    Cancelled,
    ConflictError,
    FieldError,
    NotAllowed,
    Unavailable,
    UserError,
)
from desktop.core.events import Changes, Events
from desktop.views import tasks as tasks_module
from desktop.views.handover import DataEvents
from desktop.views.tasks import Progress, Tasks
from tests.support.desk import Noted, ThreadRunner, running

T = TypeVar("T")


@pytest.fixture
def runner() -> Iterator[ThreadRunner]:
    with running("context") as threads:
        yield threads


@pytest.fixture
def noted() -> Noted:
    return Noted()


@pytest.fixture
def tasks(runner: ThreadRunner, noted: Noted, qapp: object) -> Iterator[Tasks]:
    made = Tasks(runner, noted)
    yield made
    made.deleteLater()


def failing(error: Exception) -> Callable[[Any], None]:
    def fn(_: object) -> None:
        raise error

    return fn


def test_the_operation_runs_elsewhere_and_its_answer_arrives_here(tasks: Tasks, qtbot: QtBot) -> None:
    where: dict[str, int] = {}
    answers: list[str] = []

    def operation(context: str) -> str:
        where["operation"] = threading.get_ident()
        return f"saved with {context}"

    def show(answer: str) -> None:
        where["answer"] = threading.get_ident()
        answers.append(answer)

    tasks.write(operation, done=show)
    qtbot.waitUntil(lambda: bool(answers))

    assert answers == ["saved with context"]
    assert where["answer"] == threading.get_ident() != where["operation"]


@pytest.mark.parametrize(
    "error", [FieldError("phone", "Falta un dígito."), ConflictError("Otra persona lo cambió.")]
)
def test_field_and_conflict_errors_go_to_the_form(
    tasks: Tasks, noted: Noted, qtbot: QtBot, error: AtalayaError
) -> None:
    shown: list[AtalayaError] = []

    tasks.write(failing(error), on_error=shown.append)
    qtbot.waitUntil(lambda: tasks.is_idle)

    assert shown == [error]
    assert noted.toasts == []


@pytest.mark.parametrize(
    "error", [UserError("Elija un móvil."), NotAllowed("Su rol no basta."), FieldError("x", "No")]
)
def test_what_the_person_can_mend_is_a_toast(
    tasks: Tasks, noted: Noted, qtbot: QtBot, error: AtalayaError
) -> None:
    tasks.write(failing(error))
    qtbot.waitUntil(lambda: tasks.is_idle)

    assert noted.toasts == [(error.message, "danger")]


def test_a_banner_stays_until_the_same_kind_of_work_succeeds(
    tasks: Tasks, noted: Noted, qtbot: QtBot
) -> None:
    tasks.write(failing(Unavailable("El disco está lleno.")))
    qtbot.waitUntil(lambda: tasks.is_idle)
    tasks.read(lambda _: None)
    qtbot.waitUntil(lambda: tasks.is_idle)
    after_a_read = dict(noted.banners)

    tasks.write(lambda _: None)
    qtbot.waitUntil(lambda: tasks.is_idle)

    assert after_a_read == {"unavailable.write": "El disco está lleno."}
    assert noted.banners == {}


def test_a_read_that_was_not_possible_can_be_tried_again_from_its_banner(
    tasks: Tasks, noted: Noted, qtbot: QtBot
) -> None:
    answers: list[int] = []
    attempts: list[int] = []

    def operation(_: object) -> int:
        attempts.append(1)
        if len(attempts) == 1:
            raise Unavailable("La base está ocupada.")
        return 7

    tasks.read(operation, done=answers.append)
    qtbot.waitUntil(lambda: tasks.is_idle)
    noted.actions["Reintentar"]()
    qtbot.waitUntil(lambda: bool(answers))

    assert answers == [7]
    assert noted.banners == {}


def test_what_the_person_stopped_is_not_mentioned(tasks: Tasks, noted: Noted, qtbot: QtBot) -> None:
    tasks.write(failing(Cancelled()))
    qtbot.waitUntil(lambda: tasks.is_idle)

    assert (noted.toasts, noted.banners, noted.crashes) == ([], {}, [])


def test_our_own_error_opens_the_crash_dialog_and_is_logged(
    tasks: Tasks, noted: Noted, qtbot: QtBot, caplog: pytest.LogCaptureFixture
) -> None:
    bug = ZeroDivisionError("our bug")

    with caplog.at_level(logging.ERROR):
        tasks.write(failing(bug))
        qtbot.waitUntil(lambda: tasks.is_idle)

    assert noted.crashes == [bug]
    assert "unexpected error" in caplog.text


def test_an_answer_for_a_closed_page_is_dropped_but_its_refusal_is_told(
    tasks: Tasks, noted: Noted, qtbot: QtBot
) -> None:
    answers: list[str] = []
    owner = QObject()
    gate = threading.Event()

    def waits(_: object) -> str:
        gate.wait(10)
        return "late"

    tasks.read(waits, done=answers.append, owner=owner)
    tasks.write(failing(UserError("No se guardó.")), done=lambda _: answers.append("x"), owner=owner)
    with qtbot.waitSignal(owner.destroyed):
        owner.deleteLater()
    gate.set()
    qtbot.waitUntil(lambda: tasks.is_idle)

    assert answers == []
    assert noted.toasts == [("No se guardó.", "danger")]


def test_a_newer_read_of_the_same_slot_supersedes(tasks: Tasks, qtbot: QtBot) -> None:
    answers: list[str] = []
    owner = QObject()
    gate = threading.Event()

    def slow(_: object) -> str:
        gate.wait(10)
        return "old"

    tasks.read(slow, done=answers.append, owner=owner, slot="search")
    tasks.read(lambda _: "new", done=answers.append, owner=owner, slot="search")
    tasks.read(lambda _: "other", done=answers.append, owner=owner, slot="list")
    qtbot.waitUntil(lambda: len(answers) == 2)
    gate.set()
    qtbot.waitUntil(lambda: tasks.is_idle)

    assert sorted(answers) == ["new", "other"]


def test_settled_runs_after_either_outcome(tasks: Tasks, qtbot: QtBot) -> None:
    settled: list[str] = []

    tasks.write(lambda _: None, settled=lambda: settled.append("good"))
    tasks.write(failing(UserError("No.")), settled=lambda: settled.append("bad"))
    qtbot.waitUntil(lambda: tasks.is_idle)

    assert settled == ["good", "bad"]


def test_busy_is_shown_only_for_work_that_takes_a_while(
    tasks: Tasks, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[bool] = []
    tasks.busy_changed.connect(seen.append)
    tasks.read(lambda _: None)
    qtbot.waitUntil(lambda: tasks.is_idle)
    quick = list(seen)
    gate = threading.Event()

    tasks.read(lambda _: gate.wait(10))
    qtbot.waitUntil(lambda: seen == [True])
    gate.set()
    qtbot.waitUntil(lambda: seen == [True, False])

    assert quick == []


def test_a_job_reports_and_can_be_stopped(
    tasks: Tasks, noted: Noted, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tasks_module, "OFFER_CANCEL_AFTER_MS", 200)
    answers: list[str] = []
    settled: list[bool] = []
    tick = threading.Event()

    def count(progress: Progress) -> str:
        for row in range(10_000):
            progress.report(row, 10_000, "filas")
            progress.check()
            tick.wait(0.02)
        return "all"

    job = tasks.job("Importando", count, done=answers.append, settled=lambda: settled.append(True))
    qtbot.waitUntil(lambda: job.is_visible and job.progress.state[0] > 0)
    qtbot.waitUntil(lambda: job.can_cancel)
    with qtbot.waitSignal(job.finished):
        job.cancel()

    assert (answers, settled) == ([], [True])
    assert noted.toasts == []


def test_an_older_job_of_the_same_slot_is_stopped_and_its_answer_does_not_arrive(
    tasks: Tasks, noted: Noted, qtbot: QtBot
) -> None:
    owner = QObject()
    answers: list[str] = []
    tick = threading.Event()

    def late(progress: Progress) -> str:
        while not progress.cancelled:
            tick.wait(0.01)
        return "older"

    def refused(progress: Progress) -> str:
        raise UserError(late(progress))

    for work in (late, refused, lambda _: "newest"):
        tasks.job("Leyendo", work, done=answers.append, owner=owner, slot="file")
    qtbot.waitUntil(lambda: tasks.is_idle)

    assert answers == ["newest"]
    assert noted.toasts == []


def test_a_runner_that_refuses_at_once_is_handled_like_any_error(noted: Noted, qtbot: QtBot) -> None:
    class Shut(ThreadRunner):
        def write(self, fn: Callable[[Any], T], priority: int = 0) -> Future[T]:
            raise Unavailable("La estación se está cerrando.")

    tasks = Tasks(Shut(), noted)

    tasks.write(lambda _: None)
    qtbot.waitUntil(lambda: tasks.is_idle)

    assert noted.banners == {"unavailable.write": "La estación se está cerrando."}


def test_changes_committed_elsewhere_arrive_on_the_interfaces_thread(qtbot: QtBot) -> None:
    source = Events()
    events = DataEvents(source)
    changes = Changes({"incidents": frozenset({UUID(int=1)})}, "open_incident")
    threads: list[int] = []
    events.changed.connect(lambda _: threads.append(threading.get_ident()))

    with qtbot.waitSignal(events.changed) as caught:
        announcer = threading.Thread(target=source.announce, args=(changes,))
        announcer.start()
    announcer.join()
    events.stop()

    assert caught.args == [changes]
    assert threads == [threading.get_ident()]


def test_the_trouble_of_a_job_stays_until_the_same_job_succeeds_or_it_was_read(
    tasks: Tasks, noted: Noted, qtbot: QtBot
) -> None:
    def full(_: Progress) -> None:
        raise Unavailable("No queda espacio en el disco.")

    def wait_idle() -> None:
        qtbot.waitUntil(lambda: tasks.is_idle)

    tasks.job("Exportando", full)
    wait_idle()
    tasks.job("Respaldando", lambda _: None)
    wait_idle()
    assert list(noted.banners.values()) == ["No queda espacio en el disco."]

    tasks.job("Exportando", lambda _: None)
    wait_idle()
    assert noted.banners == {}

    tasks.job("Exportando", full)
    wait_idle()
    (understood,) = noted.actions.values()
    understood()
    assert noted.banners == {}


def test_what_a_job_leaves_behind_is_not_told_to_a_page_that_has_gone(tasks: Tasks, qtbot: QtBot) -> None:
    owner = QObject()
    go_on = threading.Event()
    told: list[bool] = []
    job = tasks.job("Exportando", lambda _: go_on.wait(10), owner=owner, settled=lambda: told.append(True))

    shiboken6.delete(owner)
    with qtbot.waitSignal(job.finished):
        go_on.set()

    assert told == []
