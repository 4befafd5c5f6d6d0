"""What protects work: drafts that survive, crash reports without personal data, one program per data folder."""

import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

import pytest
from PySide6.QtCore import QObject, QTimer
from PySide6.QtGui import QGuiApplication
from pytestqt.qtbot import QtBot

from desktop.views.drafts import Drafts
from desktop.views.shell.crash import KEPT_REPORTS, CrashDialog, CrashHandler, crash_report, save_report
from desktop.views.shell.single_instance import SingleInstance
from desktop.views.theme import Theme
from tests.support.accessibility import problems
from tests.support.clock import FakeClock
from tests.support.desk import DictMemory
from tests.support.keys import wait_active

ROOT = Path(__file__).resolve().parents[2]
AT = datetime(2026, 3, 16, 17, 0, tzinfo=UTC)


def raised(secret: str) -> Exception:
    try:
        try:
            int(secret)
        except ValueError as error:
            raise LookupError(f"no unit for {secret}") from error
    except LookupError as error:
        return error
    raise AssertionError("int() took words")


# Drafts


def test_input_that_was_never_sent_is_found_at_the_next_start(qtbot: QtBot) -> None:
    memory, clock, form = DictMemory(), FakeClock(), QObject()
    typed = {"narrative": ""}
    drafts = Drafts(memory, UUID(int=1), clock)
    keeper = drafts.keep("intake", form, lambda: {key: text for key, text in typed.items() if text})
    keeper.save()
    nothing = dict(memory.held)

    typed["narrative"] = "Asalto en Picarte"
    keeper.save()

    again = Drafts(memory, UUID(int=1), clock).found("intake")
    assert nothing == {}
    assert [(draft.values, draft.saved_at) for draft in again] == [
        ({"narrative": "Asalto en Picarte"}, clock.now())
    ]
    assert Drafts(memory, UUID(int=2), clock).found("intake") == []
    assert Drafts(memory, UUID(int=1), clock).found("note") == []


def test_what_is_typed_is_put_aside_without_being_asked(
    qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("desktop.views.drafts.EVERY_MS", 10)
    memory, form = DictMemory(), QObject()

    keeper = Drafts(memory, UUID(int=1), FakeClock()).keep("intake", form, lambda: {"text": "hola"})
    qtbot.waitUntil(lambda: bool(memory.held))

    keeper.discard()
    qtbot.wait(40)
    assert memory.held == {}


def test_two_forms_of_a_kind_keep_their_own_drafts(qtbot: QtBot) -> None:
    memory, clock, form = DictMemory(), FakeClock(), QObject()
    drafts = Drafts(memory, UUID(int=1), clock)
    drafts.keep("intake", form, lambda: {"text": "uno"})
    drafts.keep("intake", form, lambda: {"text": "dos"})

    drafts.save_all()

    left = Drafts(memory, UUID(int=1), clock).found("intake")
    assert sorted(draft.values["text"] for draft in left) == ["dos", "uno"]
    assert drafts.found("intake") == [], "what an open form still holds is not offered again"


def test_a_draft_that_cannot_be_read_is_skipped(qtbot: QtBot, caplog: pytest.LogCaptureFixture) -> None:
    memory = DictMemory()
    drafts = Drafts(memory, UUID(int=1), FakeClock())
    memory.put(f"draft/{UUID(int=1)}/intake/x", "{broken")

    assert drafts.found("intake") == []
    assert "cannot be read" in caplog.text


# Crash reports


def test_a_report_names_code_and_no_data() -> None:
    report = crash_report(raised("12.345.678-5"), "0.1.0", AT)

    assert "LookupError" in report
    assert "ValueError" in report
    assert "test_shell_safety.py" in report
    assert "12.345.678-5" not in report
    assert str(Path.home()) not in report
    assert str(ROOT) not in report


def test_only_the_newest_reports_are_kept(tmp_path: Path) -> None:
    for second in range(KEPT_REPORTS + 5):
        save_report(tmp_path, "x", AT.replace(second=second))

    names = sorted(file.name for file in tmp_path.iterdir())
    assert len(names) == KEPT_REPORTS
    assert names[-1].startswith("crash-20260316T170024")


@pytest.fixture
def shown_reports(tmp_path: Path, qtbot: QtBot) -> Iterator[list[str]]:
    shown: list[str] = []
    handler = CrashHandler(tmp_path, "0.1.0", lambda: AT, shown.append)
    restore = handler.install()
    yield shown
    restore()


def test_errors_that_nobody_caught_are_reported_from_any_thread(
    shown_reports: list[str], tmp_path: Path, qtbot: QtBot
) -> None:
    def fails() -> None:
        raise ZeroDivisionError("our bug")

    worker = threading.Thread(target=fails)
    worker.start()
    worker.join()
    error = raised("x")
    sys.excepthook(type(error), error, error.__traceback__)
    qtbot.waitUntil(lambda: len(shown_reports) == 2)

    assert "ZeroDivisionError" in shown_reports[0]
    assert "LookupError" in shown_reports[1]
    assert len(list(tmp_path.glob("crash-*.txt"))) >= 1


def test_a_full_disk_does_not_hide_the_error(tmp_path: Path, qtbot: QtBot) -> None:
    blocked = tmp_path / "logs"
    blocked.write_text("a file where the folder should be", encoding="utf-8")
    shown: list[str] = []

    CrashHandler(blocked, "0.1.0", lambda: AT, shown.append).take(raised("x"))
    qtbot.waitUntil(lambda: bool(shown))

    assert "no se pudo guardar" in shown[0]


def test_the_dialog_copies_restarts_and_goes_on(theme: Theme, qtbot: QtBot) -> None:
    dialog = CrashDialog("details")
    qtbot.addWidget(dialog)
    dialog.show()
    wait_active(dialog)
    found = problems(dialog)

    dialog.copy()
    with qtbot.waitSignal(dialog.restart_asked):
        dialog._restart()

    assert found == []
    assert QGuiApplication.clipboard().text() == "details"


# One program per data folder


def test_a_second_start_raises_the_first(tmp_path: Path, qtbot: QtBot) -> None:
    first, second = SingleInstance(tmp_path), SingleInstance(tmp_path)
    was_first = first.claim()

    with qtbot.waitSignal(first.knocked):
        was_second = second.claim()

    first.release()
    assert (was_first, was_second) == (True, False)


def test_another_folder_is_another_program(tmp_path: Path, qtbot: QtBot) -> None:
    one, other = SingleInstance(tmp_path / "a"), SingleInstance(tmp_path / "b")

    both = (one.claim(), other.claim())

    one.release()
    other.release()
    assert both == (True, True)


def test_a_killed_program_does_not_block_the_next(tmp_path: Path, qtbot: QtBot) -> None:
    code = (
        "import os, sys; from pathlib import Path; from PySide6.QtCore import QCoreApplication; "
        "from desktop.views.shell.single_instance import SingleInstance; app = QCoreApplication([]); "
        f"claimed = SingleInstance(Path({str(tmp_path)!r})).claim(); os.kill(os.getpid(), 9)"
    )
    killed = subprocess.run([sys.executable, "-c", code], cwd=ROOT, env=dict(os.environ), check=False)

    after = SingleInstance(tmp_path)
    is_first = after.claim()

    after.release()
    assert killed.returncode != 0
    assert is_first


def test_the_windows_timers_end_with_their_form(qtbot: QtBot) -> None:
    form = QObject()
    keeper = Drafts(DictMemory(), UUID(int=1), FakeClock()).keep("intake", form, dict)
    timers = keeper.findChildren(QTimer)

    with qtbot.waitSignal(keeper.destroyed):
        form.deleteLater()

    assert len(timers) == 1
