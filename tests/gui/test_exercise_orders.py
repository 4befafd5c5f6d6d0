"""Beginning, opening and ending an exercise from the bar; the stripe and the word wherever it shows."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from functools import partial
from io import BytesIO
from pathlib import Path

import pytest
from pypdf import PdfReader
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QFileDialog, QLabel, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from desktop.core.errors import FieldError, UserError
from desktop.models.roles import Role
from desktop.operations.second_factor import Enrolment
from desktop.views.icons import Icons
from desktop.views.people.change_password import ChangePasswordWindow
from desktop.views.people.enrolment import EnrolDialog
from desktop.views.register.dialogs import ConflictDialog, NameDialog, ReasonDialog, UnsavedDialog
from desktop.views.reports.documents import CardDocument, DailyDocument
from desktop.views.reports.page import ReportsPage
from desktop.views.reports.printing import PrintDesk
from desktop.views.reports.response import ResponseDocument
from desktop.views.services import Services
from desktop.views.shell.crash import CrashDialog
from desktop.views.shell.exercise import ExerciseStripe, ExerciseWindows
from desktop.views.shell.exercise_orders import ExerciseDesk, ExerciseDialog, exercise_orders
from desktop.views.shell.sign_in import SignInWindow
from desktop.views.shell.unlock import UnlockWindow
from desktop.views.theme import Theme
from tests.support.accessibility import nameless
from tests.support.desks import Desk, furnish, open_desk, write
from tests.support.keys import press
from tests.support.stations import open_station, somebody

PHRASE = "una frase bastante larga"


@dataclass
class Place:
    """Where exercises would be, and what was asked of it."""

    is_there: bool = False
    begun: list[str | None] = field(default_factory=list)
    ended: int = 0
    started: list[Path] = field(default_factory=list)
    refusal: str = ""

    def begin(self, passphrase: str | None) -> None:
        if passphrase != PHRASE:
            raise FieldError("passphrase", "La frase no abre esta estación.")
        self.begun.append(passphrase)
        self.is_there = True

    def end(self) -> None:
        if self.refusal:
            raise UserError(self.refusal)
        self.ended += 1
        self.is_there = False

    def start(self, folder: Path) -> bool:
        self.started.append(folder)
        return True


class Empty(QWidget):
    def __init__(self, services: Services, desk: PrintDesk) -> None:
        super().__init__()
        self.services = services


@pytest.fixture
def place() -> Place:
    return Place()


@pytest.fixture
def desk(qtbot: QtBot, tmp_path: Path, theme: Theme, icons: Icons, place: Place) -> Iterator[Desk[Empty]]:
    with open_station(tmp_path) as station:
        furnish(station)
        opened = open_desk(qtbot, station, theme, icons, Empty, tmp_path / "papers")
        exercises = ExerciseDesk(
            tmp_path / "ejercicio", True, lambda: place.is_there, place.begin, place.end, place.start
        )
        opened.services.commands.add(*exercise_orders(opened.services, exercises, opened.window))
        yield opened
        opened.close(qtbot)


def run(desk: Desk[Empty], order: str) -> None:
    (command,) = (each for each in desk.services.commands.available() if each.id == order)
    desk.services.commands.run(command)


def dialog() -> ExerciseDialog:
    (found,) = (each for each in QApplication.topLevelWidgets() if isinstance(each, ExerciseDialog))
    return found


def dialogs() -> list[ExerciseDialog]:
    return [each for each in QApplication.topLevelWidgets() if isinstance(each, ExerciseDialog)]


def test_an_exercise_begins_with_the_passphrase_of_the_station_and_opens_in_its_own_program(
    desk: Desk[Empty], qtbot: QtBot, place: Place
) -> None:
    run(desk, "exercise.begin")
    asked = dialog()
    assert asked.passphrase is not None
    assert nameless(asked) == []
    assert asked.focusWidget() is asked.passphrase.input

    write(asked.passphrase.input, PHRASE)
    press(asked.passphrase.input, "Return")
    qtbot.waitUntil(lambda: bool(place.started))
    qtbot.waitUntil(lambda: not dialogs())

    assert place.begun == [PHRASE]
    assert [folder.name for folder in place.started] == ["ejercicio"]


def test_a_wrong_passphrase_is_said_in_the_dialog_and_can_be_typed_again(
    desk: Desk[Empty], qtbot: QtBot, place: Place
) -> None:
    run(desk, "exercise.begin")
    asked = dialog()
    assert asked.passphrase is not None

    write(asked.passphrase.input, "otra frase")
    press(asked.passphrase.input, "Return")
    qtbot.waitUntil(lambda: "passphrase" in asked.form.errors)
    assert asked.passphrase.text() == ""
    write(asked.passphrase.input, PHRASE)
    press(asked.passphrase.input, "Return")
    qtbot.waitUntil(lambda: bool(place.started))

    assert place.begun == [PHRASE]


def test_where_there_is_one_it_is_opened_and_not_made_again(desk: Desk[Empty], place: Place) -> None:
    place.is_there = True

    run(desk, "exercise.begin")

    assert dialogs() == []
    assert len(place.started) == 1
    assert place.begun == []


def test_ending_asks_first_and_says_why_it_cannot(desk: Desk[Empty], qtbot: QtBot, place: Place) -> None:
    place.is_there = True
    place.refusal = "Cierre primero la ventana del ejercicio."
    run(desk, "exercise.end")
    asked = dialog()
    assert place.ended == 0

    asked.go.click()
    qtbot.waitUntil(lambda: bool(asked.form.errors))
    place.refusal = ""
    asked.go.click()
    qtbot.waitUntil(lambda: place.ended == 1)
    qtbot.waitUntil(lambda: not dialogs())


def test_every_window_of_an_exercise_carries_the_stripe(theme: Theme, qtbot: QtBot) -> None:
    changing = ChangePasswordWindow(theme, "Puerto Ñielol")
    changing.mark_exercise()
    for window in (
        SignInWindow(theme, is_exercise=True),
        UnlockWindow(theme, is_exercise=True),
        UnlockWindow(theme, is_exercise=True, by_recovery_code=True),
        changing,
    ):
        qtbot.addWidget(window)
        window.show()
        (stripe,) = window.findChildren(ExerciseStripe)
        assert stripe.isVisible()
        assert "EJERCICIO" in stripe.accessibleName()


@pytest.fixture
def marked(qapp: QApplication, theme: Theme) -> Iterator[None]:
    windows = ExerciseWindows(theme, qapp)
    yield
    qapp.removeEventFilter(windows)
    qapp.setAttribute(Qt.ApplicationAttribute.AA_DontUseNativeDialogs, on=False)
    windows.deleteLater()


@pytest.mark.usefixtures("marked")
def test_every_dialog_of_an_exercise_carries_the_stripe_once(theme: Theme, qtbot: QtBot) -> None:
    home = QWidget()
    QVBoxLayout(home).addWidget(QLabel("Página"))
    qtbot.addWidget(home)
    dialogs: list[QWidget] = [
        home,
        ReasonDialog("Motivo", "¿Por qué?", choices=["Uno"], verb="Abrir", done=print, parent=home),
        NameDialog("Nombre", "", field="Nombre", verb="Guardar", done=print, parent=home),
        UnsavedDialog("Ana", lambda: None, lambda: None, home),
        ConflictDialog("Texto", [("Nombre", "a", "b")], lambda: None, lambda: None, home),
        ExerciseDialog("Título", "Texto", "Hacer", lambda _: None, home),
        EnrolDialog(Enrolment("JBSWY3DPEHPK3PXP", "otpauth://totp/x?secret=JBSWY3DPEHPK3PXP"), home),
        CrashDialog("informe", home),
        QFileDialog(home, "Adjuntar archivo"),
        SignInWindow(theme, is_exercise=True),
    ]
    for window in dialogs:
        if window.parent() is None and window is not home:
            qtbot.addWidget(window)
        window.show()
        qtbot.waitExposed(window)
        (stripe,) = window.findChildren(ExerciseStripe, "", Qt.FindChildOption.FindDirectChildrenOnly)
        assert stripe.isVisible(), window
        assert (stripe.pos().x(), stripe.pos().y(), stripe.width()) == (0, 0, window.width()), window
        content = window.layout()
        assert content is not None
        assert window.height() >= content.minimumSize().height(), "nothing is squeezed"
        window.hide()
        window.show()
        assert len(window.findChildren(ExerciseStripe, "", Qt.FindChildOption.FindDirectChildrenOnly)) == 1
        window.hide()


@pytest.mark.usefixtures("marked")
@pytest.mark.parametrize(("kind", "count"), [(Qt.WindowType.Popup, 0), (Qt.WindowType.Dialog, 1)])
def test_lists_that_drop_down_carry_no_stripe(qtbot: QtBot, kind: Qt.WindowType, count: int) -> None:
    window = QWidget(None, kind)
    QVBoxLayout(window).addWidget(QLabel("Una opción"))
    qtbot.addWidget(window)
    window.ensurePolished()

    assert len(window.findChildren(ExerciseStripe)) == count


def test_a_narrow_window_says_the_word_whole(theme: Theme, qtbot: QtBot) -> None:
    stripe = ExerciseStripe(theme)
    qtbot.addWidget(stripe)
    stripe.resize(900, stripe.height())
    assert stripe.words().startswith("EJERCICIO · ")

    stripe.resize(160, stripe.height())
    assert stripe.words() == "EJERCICIO"


def _has_more(files: list[Path], before: int) -> bool:
    return len(files) > before


def test_every_document_of_the_page_says_exercise_on_every_page_and_in_its_name(
    qtbot: QtBot, tmp_path: Path, theme: Theme, icons: Icons
) -> None:
    with open_station(tmp_path) as station:
        furnish(station)
        desk = open_desk(
            qtbot,
            station,
            theme,
            icons,
            lambda services, papers: ReportsPage(services, replace(papers, is_exercise=True)),
            tmp_path / "papers",
        )
        for document in (DailyDocument, ResponseDocument, CardDocument):
            made = len(desk.files)
            desk.page.go_to(document=document)
            press(desk.page.list, "Ctrl+P")
            qtbot.waitUntil(partial(_has_more, desk.files, made), timeout=20_000)
            desk.settle(qtbot)
        for path in desk.files:
            assert path.name.startswith("EJERCICIO-")
            pages = PdfReader(BytesIO(path.read_bytes())).pages
            assert all("EJERCICIO" in page.extract_text().replace(" ", "") for page in pages)
        assert len(desk.files) == 3
        desk.close(qtbot)


def test_who_does_not_lead_a_shift_is_not_offered_to_begin_one(
    qtbot: QtBot, tmp_path: Path, theme: Theme, icons: Icons, place: Place
) -> None:
    with open_station(tmp_path, somebody(Role.OPERATOR)) as station:
        desk = open_desk(qtbot, station, theme, icons, Empty, tmp_path / "papers")
        exercises = ExerciseDesk(tmp_path, True, lambda: True, place.begin, place.end, place.start)
        desk.services.commands.add(*exercise_orders(desk.services, exercises, desk.window))

        offered = {command.id for command in desk.services.commands.available()}
        desk.close(qtbot)

    assert "exercise.open" in offered
    assert not offered & {"exercise.begin", "exercise.end"}
