"""Users by keys over a real station: created, corrected, refused beside the field, never a hash on screen."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from desktop.models.people import User
from desktop.models.roles import Role
from desktop.operations.users import add_user, list_users, must_change_password, sign_in
from desktop.views.icons import Icons
from desktop.views.people.users import UsersPage
from desktop.views.theme import Theme
from tests.support.accessibility import problems
from tests.support.desks import Desk, open_desk, write
from tests.support.keys import press
from tests.support.stations import open_station, somebody


@pytest.fixture
def desk(qtbot: QtBot, tmp_path: Path, theme: Theme, icons: Icons) -> Iterator[Desk[UsersPage]]:
    with open_station(tmp_path, somebody(Role.ADMINISTRATOR)) as station:
        station.write(
            lambda ctx: add_user(
                ctx,
                username="admin",
                full_name="Ana Administra",
                password="clave de admin 1",
                roles=(Role.ADMINISTRATOR,),
            )
        ).result()
        opened = open_desk(
            qtbot, station, theme, icons, lambda services, _: UsersPage(services), tmp_path / "papers"
        )
        opened.settle(qtbot)
        yield opened
        opened.close(qtbot)


def type_user(page: UsersPage, username: str, name: str, password: str, *roles: Role) -> None:
    write(page.username, username)
    write(page.full_name, name)
    write(page.password.input, password)
    page.roles.setFocus()
    press(page.roles, "Home")
    for place, role in enumerate(Role):
        if role in roles:
            page.roles.setCurrentRow(place)
            press(page.roles, "Space")


def test_a_user_is_created_by_keys_and_must_change_the_password(desk: Desk[UsersPage], qtbot: QtBot) -> None:
    type_user(desk.page, "privas", "Pedro Rivas Ñanco", "provisoria 77", Role.OPERATOR)
    press(desk.page.roles, "Ctrl+S")
    desk.settle(qtbot)

    (made,) = [user for user in desk.ask(list_users) if user.username == "privas"]
    assert made.roles == {Role.OPERATOR}
    sign_in(desk.station, "privas", "provisoria 77")
    assert desk.ask(must_change_password)


@pytest.mark.parametrize(
    ("username", "name", "password", "roles", "field"),
    [
        ("dos palabras", "Ana Pérez", "provisoria 77", (Role.OPERATOR,), "username"),
        ("admin", "Ana Pérez", "provisoria 77", (Role.OPERATOR,), "username"),
        ("nueva", "", "provisoria 77", (Role.OPERATOR,), "full_name"),
        ("nueva", "Ana Pérez", "corta", (Role.OPERATOR,), "password"),
        ("nueva", "Ana Pérez", "", (Role.OPERATOR,), "password"),
        ("nueva", "Ana Pérez", "provisoria 77", (), "roles"),
    ],
)
def test_what_is_wrong_is_said_beside_its_field_and_nothing_is_written(
    desk: Desk[UsersPage],
    qtbot: QtBot,
    username: str,
    name: str,
    password: str,
    roles: tuple[Role, ...],
    field: str,
) -> None:
    type_user(desk.page, username, name, password, *roles)
    press(desk.page.roles, "Ctrl+S")
    desk.settle(qtbot)

    assert list(desk.page.form.errors) == [field]
    assert desk.page.full_name.text() == name
    assert desk.ask(lambda ctx: ctx.session.query(User).count()) == 1


def test_the_last_administrator_stays(desk: Desk[UsersPage], qtbot: QtBot) -> None:
    desk.page.list.setCurrentRow(0)
    desk.page.is_active.setChecked(False)
    press(desk.page.list, "Ctrl+S")
    desk.settle(qtbot)

    (admin,) = desk.ask(list_users)
    assert admin.is_active


def test_every_control_has_a_name_and_is_reached(desk: Desk[UsersPage]) -> None:
    assert problems(desk.page) == []
