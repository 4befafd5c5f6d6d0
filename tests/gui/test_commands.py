"""Commands: one declaration feeds keys, menus, the bar and the key sheet, under the rights of the person."""

import pytest
from PySide6.QtWidgets import QLineEdit, QMenu, QStackedWidget, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from desktop.register.access import Action, Rights
from desktop.views.commands import Command, CommandRegistry, Permission
from desktop.views.orders import (
    Argument,
    Call,
    Order,
    completed,
    folded,
    take_apart,
    verb_of,
    what_is_missing,
)
from tests.support.desk import rights_to
from tests.support.keys import press, wait_active

DISPATCH = (Argument("móvil"), Argument("incidente"))
STATE = (Argument("móvil"), Argument("estado", takes_rest=True))


@pytest.fixture
def window(qtbot: QtBot) -> QWidget:
    widget = QWidget()
    QVBoxLayout(widget)
    qtbot.addWidget(widget)
    widget.show()
    wait_active(widget)
    return widget


def test_the_longest_verb_wins_and_accents_do_not_matter() -> None:
    assert verb_of("CAMARA 12", ["cámara"]) == ("cámara", "12")
    assert verb_of("entregar turno ahora", ["entregar", "entregar turno"]) == ("entregar turno", "ahora")
    assert verb_of("entregado", ["entregar"]) is None


def test_values_are_split_and_the_last_may_take_the_rest() -> None:
    assert take_apart("despachar", "M21 451", DISPATCH).values == ("M21", "451")
    assert take_apart("estado", "M21 en lugar", STATE).values == ("M21", "en lugar")
    assert take_apart("despachar", '"Moto 3" 451', DISPATCH).values == ("Moto 3", "451")


def test_a_space_begins_the_next_value() -> None:
    typed = take_apart("despachar", "M21 ", DISPATCH)

    assert typed.current is DISPATCH[1]
    assert typed.prefix == ""


def test_completing_keeps_what_is_already_there_and_quotes_spaces() -> None:
    assert completed(take_apart("despachar", "M", DISPATCH), "Moto 3") == 'despachar "Moto 3" '
    assert completed(take_apart("despachar", "M21 4", DISPATCH), "451") == "despachar M21 451"
    assert completed(take_apart("estado", "M21 en", STATE), "en lugar") == "estado M21 en lugar"


def test_the_missing_argument_is_named_with_the_shape_of_the_order() -> None:
    sentence = what_is_missing(take_apart("despachar", "M21", DISPATCH))

    assert sentence == "Falta: incidente. Escriba: despachar ‹móvil› ‹incidente›"


def test_folding_ignores_case_accents_and_extra_spaces() -> None:
    assert folded("  Ñuñoa   Río ") == "nunoa rio"


def test_a_key_runs_its_command(window: QWidget, qtbot: QtBot) -> None:
    ran: list[str] = []
    registry = CommandRegistry(window, Rights())
    registry.add(Command("lock", "Bloquear", lambda: ran.append("lock"), shortcut="Ctrl+L"))

    press(window, "Ctrl+L")

    assert ran == ["lock"]


def test_a_key_can_be_changed_and_turned_off(window: QWidget, qtbot: QtBot) -> None:
    ran: list[str] = []
    registry = CommandRegistry(window, Rights())
    lock = Command("lock", "Bloquear", lambda: ran.append("lock"), shortcut="Ctrl+L")
    registry.add(lock)

    registry.use_keys({"lock": "Ctrl+B"})
    press(window, "Ctrl+L")
    press(window, "Ctrl+B")
    shown = registry.key_of(lock)
    registry.use_keys({"lock": ""})
    press(window, "Ctrl+B")

    assert ran == ["lock"]
    assert (shown, registry.key_of(lock)) == ("Ctrl+B", "")


def test_the_same_page_key_belongs_to_the_page_on_screen(window: QWidget, qtbot: QtBot) -> None:
    ran: list[str] = []
    stack, one, other = QStackedWidget(), QWidget(), QWidget()
    stack.addWidget(one)
    stack.addWidget(other)
    layout = window.layout()
    assert layout is not None
    layout.addWidget(stack)
    stack.show()
    registry = CommandRegistry(window, Rights())
    registry.add(Command("note", "Nota", lambda: ran.append("one"), shortcut="F2"), page=one)
    registry.add(Command("note", "Nota", lambda: ran.append("other"), shortcut="F2"), page=other)

    press(window, "F2")
    stack.setCurrentWidget(other)
    press(window, "F2")

    assert ran == ["one", "other"]
    assert [command.id for command in registry.available(window)] == ["note"]
    assert registry.conflicts() == []


def test_a_page_that_closes_takes_its_commands_along(window: QWidget, qtbot: QtBot) -> None:
    page = QLineEdit(window)
    page.show()
    registry = CommandRegistry(window, Rights())
    registry.add(Command("note", "Nota", lambda: None, shortcut="F2"), page=page)
    assert registry.find("nota")

    with qtbot.waitSignal(page.destroyed):
        page.deleteLater()

    assert registry.find("nota") == []


def test_what_the_person_may_not_do_is_nowhere(window: QWidget, qtbot: QtBot) -> None:
    ran: list[str] = []
    registry = CommandRegistry(window, Rights())
    registry.add(
        Command(
            "new",
            "Nuevo incidente",
            lambda: ran.append("new"),
            shortcut="Ctrl+N",
            permission=Permission(Action.CREATE, "incidents"),
            words=("nuevo",),
        )
    )

    press(window, "Ctrl+N")
    hidden = (registry.find("nuevo"), registry.typed("nuevo"), list(ran))
    registry.use_rights(rights_to("incidents"))
    press(window, "Ctrl+N")

    assert hidden == ([], None, [])
    assert ran == ["new"]


def test_a_command_that_makes_no_sense_now_does_nothing(window: QWidget, qtbot: QtBot) -> None:
    ran: list[str] = []
    registry = CommandRegistry(window, Rights())
    registry.add(Command("x", "Cerrar", lambda: ran.append("x"), shortcut="F9", enabled_when=lambda: False))

    press(window, "F9")

    assert ran == []
    assert registry.find("cerrar") == []


def test_an_order_reaches_its_command_with_its_values(window: QWidget) -> None:
    calls: list[tuple[str, ...]] = []
    registry = CommandRegistry(window, Rights())

    def dispatch(call: Call) -> None:
        calls.append(call.values)

    registry.add(
        Command("dispatch", "Despachar", lambda: None, words=("despachar",), order=Order(DISPATCH, dispatch))
    )

    found = registry.typed("Despachar M21 451")

    assert found is not None
    command, typed = found
    assert command.order is not None
    command.order.run(Call(typed.values, print, print))
    assert calls == [("M21", "451")]


def test_best_answers_come_first(window: QWidget) -> None:
    registry = CommandRegistry(window, Rights())
    for number, title in enumerate(("Entregar el turno", "Turno", "Turnos de la semana", "Salir")):
        registry.add(Command(str(number), title, lambda: None))

    assert [command.title for command in registry.find("turno")] == [
        "Turno",
        "Turnos de la semana",
        "Entregar el turno",
    ]


def test_two_commands_on_one_key_are_reported(window: QWidget) -> None:
    registry = CommandRegistry(window, Rights())
    registry.add(
        Command("a", "A", lambda: None, shortcut="F8"),
        Command("b", "B", lambda: None, shortcut="F8"),
    )

    assert registry.conflicts() == [("a", "b")]


def test_one_id_cannot_be_declared_twice(window: QWidget) -> None:
    registry = CommandRegistry(window, Rights())
    registry.add(Command("a", "A", lambda: None))

    with pytest.raises(ValueError, match="declared twice"):
        registry.add(Command("a", "A", lambda: None))


def test_a_menu_shows_what_is_allowed_and_makes_sense(window: QWidget, qtbot: QtBot) -> None:
    registry = CommandRegistry(window, Rights())
    registry.add(
        Command("a", "Uno", lambda: None),
        Command("b", "Dos", lambda: None, enabled_when=lambda: False),
        Command("c", "Tres", lambda: None, permission=Permission(Action.READ, "x")),
    )
    menu = QMenu(window)

    registry.fill_menu(menu, ("a", "", "b", "c"))

    assert [(action.text(), action.isEnabled()) for action in menu.actions() if not action.isSeparator()] == [
        ("Uno", True),
        ("Dos", False),
    ]


def test_the_windows_keys_work_in_a_second_window_too(window: QWidget, qtbot: QtBot) -> None:
    ran: list[str] = []
    registry = CommandRegistry(window, Rights())
    second = QWidget()
    qtbot.addWidget(second)
    registry.add(Command("lock", "Bloquear", lambda: ran.append("lock"), shortcut="Ctrl+L"))
    registry.attach(second)
    second.show()
    wait_active(second)

    press(second, "Ctrl+L")

    assert ran == ["lock"]
