"""What comes before the window: signing in, opening the data, the first start of a station."""

import subprocess
import sys
from pathlib import Path
from typing import TypeVar

import pytest
from PySide6.QtWidgets import QLineEdit, QWidget
from pytestqt.qtbot import QtBot

from desktop.core.errors import FieldError, UserError
from desktop.views.shell.first_run import FirstRunWindow
from desktop.views.shell.first_run_forms import StationSetup
from desktop.views.shell.sign_in import SignInWindow
from desktop.views.shell.unlock import UnlockWindow
from desktop.views.theme import THEMES, Theme
from desktop.views.widgets.controls import PasswordEdit
from tests.support.accessibility import problems
from tests.support.keys import click, press, wait_active, write

W = TypeVar("W", bound=QWidget)
ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def sign_in(theme: Theme, qtbot: QtBot) -> SignInWindow:
    window = SignInWindow(theme, "Municipalidad de Los Boldos")
    return shown(window, qtbot)


@pytest.fixture
def first_run(theme: Theme, qtbot: QtBot) -> FirstRunWindow:
    window = FirstRunWindow(theme)
    window.offer_keyring(True)
    return shown(window, qtbot)


def shown(window: W, qtbot: QtBot) -> W:
    qtbot.addWidget(window)
    window.show()
    wait_active(window)
    return window


def fill(window: FirstRunWindow, **values: str) -> None:
    for form in window.forms:
        for name, field in form.fields.items():
            if name in values:
                editor = field.editor.input if isinstance(field.editor, PasswordEdit) else field.editor
                assert isinstance(editor, QLineEdit)
                editor.clear()
                write(editor, values[name])


GOOD = {
    "municipality": "Municipalidad de Los Boldos",
    "commune": "Los Boldos",
    "station": "Central, puesto 1",
    "device": "k7",
    "admin_name": "Marta Soto",
    "admin_user": "msoto",
    "admin_password": "una frase corta",
    "admin_again": "una frase corta",
}


def test_signing_in_needs_only_the_keyboard(sign_in: SignInWindow, qtbot: QtBot) -> None:
    card = sign_in.card

    with qtbot.waitSignal(sign_in.submitted) as caught:
        write(card.user, "msoto")
        press(card.user, "Return")
        write(card.password.input, "secreta")
        press(card.password.input, "Return")

    assert caught.args == ["msoto", "secreta"]


def test_a_second_try_waits_for_the_first_answer(sign_in: SignInWindow) -> None:
    tries: list[tuple[str, str]] = []
    sign_in.submitted.connect(lambda user, password: tries.append((user, password)))
    write(sign_in.card.user, "msoto")
    write(sign_in.card.password.input, "secreta")

    press(sign_in.card.password.input, "Return", "Return")

    assert tries == [("msoto", "secreta")]


def test_a_wrong_password_is_told_beside_its_field_and_the_user_stays(sign_in: SignInWindow) -> None:
    write(sign_in.card.user, "msoto")
    write(sign_in.card.password.input, "mala")

    sign_in.refuse(FieldError("password", "La contraseña no es correcta. Quedan 4 intentos."))

    assert sign_in.card.form.errors == {"password": "La contraseña no es correcta. Quedan 4 intentos."}
    assert sign_in.card.user.text() == "msoto"
    assert sign_in.card.password.text() == ""
    assert "4 intentos" in sign_in.card.password.input.accessibleDescription()
    assert sign_in.card.go.isEnabled()


def test_typing_again_takes_the_error_away(sign_in: SignInWindow) -> None:
    sign_in.refuse(FieldError("password", "No."))

    write(sign_in.card.password.input, "x")

    assert sign_in.card.form.errors == {}


def test_an_error_of_no_field_is_told_below_the_form(sign_in: SignInWindow) -> None:
    sign_in.refuse(UserError("Su cuenta está bloqueada hasta las 14:05."))

    assert sign_in.card.form.errors == {"": "Su cuenta está bloqueada hasta las 14:05."}


def test_empty_fields_are_told_without_asking_anybody(sign_in: SignInWindow) -> None:
    click(sign_in.card.go)

    assert sign_in.card.form.errors == {"user": "Escriba su usuario."}


def test_a_known_user_only_types_the_password(theme: Theme, qtbot: QtBot) -> None:
    window = shown(SignInWindow(theme, last_user="msoto"), qtbot)

    assert window.focusWidget() is window.card.password.input


def test_the_passphrase_goes_out_and_a_wrong_one_is_told(theme: Theme, qtbot: QtBot) -> None:
    window = shown(UnlockWindow(theme), qtbot)

    with qtbot.waitSignal(window.submitted) as caught:
        write(window.passphrase.input, "cuatro palabras al azar")
        press(window.passphrase.input, "Return")
    window.refuse(FieldError("passphrase", "La frase de paso no abre estos datos."))

    assert caught.args == ["cuatro palabras al azar"]
    assert window.form.errors == {"passphrase": "La frase de paso no abre estos datos."}


def test_the_first_door_asks_nothing(first_run: FirstRunWindow, qtbot: QtBot) -> None:
    with qtbot.waitSignal(first_run.demo_chosen):
        press(first_run.demo_door, "Space")


def test_the_assistant_hands_over_what_was_decided(first_run: FirstRunWindow, qtbot: QtBot) -> None:
    click(first_run.setup_door)
    fill(first_run, **GOOD)

    with qtbot.waitSignal(first_run.finished) as caught:
        for _ in range(4):
            click(first_run.next)

    assert caught.args == [
        StationSetup(
            municipality="Municipalidad de Los Boldos",
            commune="Los Boldos",
            station="Central, puesto 1",
            device="K7",
            admin_name="Marta Soto",
            admin_user="msoto",
            admin_password="una frase corta",
        )
    ]


@pytest.mark.parametrize(
    ("wrong", "step", "error"),
    [
        ({"municipality": ""}, 0, {"municipality": "Este dato es necesario."}),
        ({"device": "O1"}, 1, {"device": "Escriba dos signos: cifras o letras, salvo I, O, Q, S, U y V."}),
        ({"admin_password": "corta"}, 2, {"admin_password": "Escriba al menos 10 signos."}),
        ({"admin_again": "otra frase corta"}, 2, {"admin_again": "No coincide con la primera."}),
        ({"admin_user": "m soto"}, 2, {"admin_user": "El usuario va sin espacios."}),
    ],
)
def test_what_is_wrong_is_told_beside_its_field_and_the_step_stays(
    first_run: FirstRunWindow, wrong: dict[str, str], step: int, error: dict[str, str]
) -> None:
    click(first_run.setup_door)
    fill(first_run, **(GOOD | wrong))

    for _ in range(4):
        click(first_run.next)

    assert first_run.steps.currentIndex() == step
    assert first_run.forms[step].errors == error


def test_without_a_keyring_a_passphrase_is_needed(theme: Theme, qtbot: QtBot) -> None:
    window = shown(FirstRunWindow(theme), qtbot)
    window.offer_keyring(False)
    click(window.setup_door)
    fill(window, **GOOD)
    for _ in range(4):
        click(window.next)
    errors = window.forms[3].errors

    phrase = "cuatro palabras tomadas al azar"
    fill(window, passphrase=phrase, passphrase_again=phrase)
    with qtbot.waitSignal(window.finished) as caught:
        click(window.next)

    assert errors == {"passphrase": "Escriba al menos 16 signos."}
    assert caught.args is not None
    assert caught.args[0].passphrase == phrase


@pytest.mark.parametrize("is_late", [False, True], ids=["before the last step", "on the last step"])
def test_a_keyring_that_answers_late_is_offered_and_changes_nothing_under_the_hands(
    theme: Theme, qtbot: QtBot, is_late: bool
) -> None:
    window = shown(FirstRunWindow(theme), qtbot)
    click(window.setup_door)
    fill(window, **GOOD)
    for _ in range(3 if is_late else 1):
        click(window.next)
    assert window.answers.by_phrase.isChecked()

    window.offer_keyring(True)

    assert window.answers.by_keyring.isChecked() is not is_late
    assert not window.answers.by_keyring.isHidden()
    assert window.forms[3].fields["passphrase"].isHidden() is not is_late


def test_going_back_and_a_refusal_lose_nothing_that_was_typed(first_run: FirstRunWindow) -> None:
    click(first_run.setup_door)
    fill(first_run, **GOOD)
    for _ in range(4):
        click(first_run.next)

    first_run.refuse(FieldError("device", "Ese código ya lo usa otra estación."))
    click(first_run.back)

    assert first_run.forms[1].errors == {"device": "Ese código ya lo usa otra estación."}
    assert first_run.steps.currentIndex() == 0
    assert first_run.answers.setup().admin_user == "msoto"
    assert first_run.answers.setup().municipality == "Municipalidad de Los Boldos"


@pytest.mark.parametrize("name", THEMES)
def test_every_control_before_the_window_is_named_and_reached(theme: Theme, qtbot: QtBot, name: str) -> None:
    theme.use(name)
    assistant = shown(FirstRunWindow(theme), qtbot)
    assistant.offer_keyring(True)
    found = problems(assistant)
    click(assistant.setup_door)
    fill(assistant, **GOOD)
    for _ in range(3):
        found += problems(assistant)
        click(assistant.next)
    found += problems(assistant)

    for window in (
        SignInWindow(theme),
        UnlockWindow(theme),
        UnlockWindow(theme, by_recovery_code=True),
        SignInWindow(theme, is_exercise=True),
    ):
        found += problems(shown(window, qtbot))

    assert found == []


def test_the_first_window_needs_nothing_that_is_slow_to_import() -> None:
    code = (
        "import sys; from desktop.views.shell import sign_in, unlock, first_run; "
        "print(sorted({'sqlalchemy', 'PySide6QtAds', 'PySide6.QtNetwork', 'typst'} & set(sys.modules)))"
    )

    run = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)

    assert run.stdout.strip() == "[]"
