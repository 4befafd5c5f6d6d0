"""The pages of the station itself: backups, self-check and keys, over a station that was really set up."""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TypeVar

import pytest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from desktop.core import station_file, vault
from desktop.core.paths import Profile
from desktop.models.fleet import Unit
from desktop.models.incidents.states import UnitStatus
from desktop.operations.keys import StationKeys
from desktop.operations.self_check import Health
from desktop.operations.setup import open_station
from desktop.operations.station import Station
from desktop.operations.upkeep import Upkeep
from desktop.operations.users import sign_in
from desktop.store.engine import connect
from desktop.views.icons import Icons
from desktop.views.services import Services
from desktop.views.station.backups import BackupsPage
from desktop.views.station.keys import KeysPage
from desktop.views.station.self_check import SelfCheckPage
from desktop.views.theme import THEMES, Theme
from tests.support.accessibility import problems
from tests.support.clock import FakeClock
from tests.support.desks import Desk, open_desk, write
from tests.support.keys import click, press
from tests.support.set_up_stations import PASSWORD, PHRASE, QUICK_ARGON, USERNAME, Ring, make_station

Page = TypeVar("Page", bound=QWidget)
Opener = Callable[[Callable[[Services], Page]], Desk[Page]]
NEW = "otra frase bastante larga"


@pytest.fixture(autouse=True)
def ring(monkeypatch: pytest.MonkeyPatch) -> Ring:
    made = Ring()
    monkeypatch.setattr(vault, "_accepted_ring", lambda: made)
    monkeypatch.setattr(vault, "_ARGON", QUICK_ARGON)
    return made


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(vault, "_ARGON", QUICK_ARGON)
        made = tmp_path_factory.mktemp("estación") / "perfil"
        make_station(made).station.close()
    return made


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def station(folder: Path, tmp_path: Path, clock: FakeClock) -> Iterator[Station]:
    profile = Profile(tmp_path / "perfil")
    shutil.copytree(folder, profile.folder)
    master = vault.open_with_passphrase(profile, station_file.load(profile).station_id, PHRASE)
    with open_station(profile, master, clock) as opened:
        sign_in(opened, USERNAME, PASSWORD)
        yield opened


@pytest.fixture
def opener(
    qtbot: QtBot, station: Station, theme: Theme, icons: Icons, tmp_path: Path
) -> Iterator[Callable[[Callable[[Services], QWidget]], Desk[QWidget]]]:
    desks: list[Desk[QWidget]] = []

    def make(page: Callable[[Services], QWidget]) -> Desk[QWidget]:
        desk = open_desk(
            qtbot, station, theme, icons, lambda services, _: page(services), tmp_path / "papeles"
        )
        desks.append(desk)
        return desk

    yield make
    for desk in desks:
        desk.close(qtbot)


def cells(page: BackupsPage, row: int) -> list[str]:
    found = (page.list.item(row, column) for column in range(page.list.columnCount()))
    return ["" if item is None else item.text() for item in found]


# Backups


@pytest.fixture
def shown_states() -> list[str]:
    return []


@pytest.fixture
def backups(opener: Opener[BackupsPage], station: Station, shown_states: list[str]) -> Desk[BackupsPage]:
    return opener(
        lambda services: BackupsPage(services, Upkeep(station), lambda: shown_states.append("told"))
    )


def test_without_a_backup_the_page_says_so_and_only_offers_to_make_one(backups: Desk[BackupsPage]) -> None:
    page = backups.page

    assert "Todavía no hay ningún respaldo" in page.state.text()
    assert page.make_button.isEnabled()
    assert not page.drill_button.isEnabled()
    assert not page.copy_button.isEnabled()
    press(page.list, "F5")
    press(page.list, "Ctrl+E")
    assert len(backups.notices.toasts) == 2


def test_a_backup_made_here_is_listed_with_what_it_holds_and_the_status_bar_is_told(
    backups: Desk[BackupsPage], qtbot: QtBot, clock: FakeClock, shown_states: list[str]
) -> None:
    page = backups.page

    click(page.make_button)
    backups.settle(qtbot)

    assert page.list.rowCount() == 1
    made, size, read, holds, tried = cells(page, 0)
    assert made == "16-03-2026 14:00"
    assert size.endswith("B")
    assert (read, tried) == ("Sí", "Sin ensayar")
    assert "filas, 0 archivos adjuntos" in holds
    assert "Último respaldo bueno: 16-03-2026 14:00" in page.state.text()
    assert shown_states == ["told"]
    assert any("leído de vuelta" in text for text, _ in backups.notices.toasts)

    clock.advance(2 * 24 * 3600)
    page.reload()
    backups.settle(qtbot)
    assert "hace 2 d" in page.state.text()
    assert page.state.mark.accessibleName() == "Atención"


def test_a_drill_shows_what_was_compared_and_leaves_no_scratch(
    backups: Desk[BackupsPage], qtbot: QtBot, station: Station
) -> None:
    page = backups.page
    assert page.lines.isHidden()
    page.back_up()
    backups.settle(qtbot)
    before = set(station.profile.folder.rglob("*"))

    press(page.list, "F5")
    backups.settle(qtbot)

    assert "Simulacro correcto" in page.result.text()
    assert [line.health for line in page.lines.lines] == [Health.GOOD] * 4
    titles = [page.tables.item(row, 0) for row in range(page.tables.rowCount())]
    assert "Usuarios" in [item.text() for item in titles if item is not None]
    assert cells(page, 0)[4].startswith("Correcto, ")
    assert set(station.profile.folder.rglob("*")) == before


def test_a_backup_that_does_not_open_is_said_in_words(
    backups: Desk[BackupsPage], qtbot: QtBot, station: Station
) -> None:
    page = backups.page
    page.back_up()
    backups.settle(qtbot)
    (path,) = station.profile.backups.iterdir()
    path.write_bytes(path.read_bytes()[:700])

    page.reload()
    backups.settle(qtbot)
    page.rehearse()
    backups.settle(qtbot)

    assert cells(page, 0)[2] == "No"
    assert "No se abre" in cells(page, 0)[3]
    assert "Todavía no hay ningún respaldo que se pueda abrir" in page.state.text()
    (banner,) = backups.notices.banners.values()
    assert "dañado o incompleto" in banner
    assert page.lines.isHidden()


def test_a_copy_on_another_drive_is_read_back_and_remembered(
    backups: Desk[BackupsPage], qtbot: QtBot, tmp_path: Path
) -> None:
    page, stick = backups.page, tmp_path / "pendrive"
    stick.mkdir()
    page.back_up()
    backups.settle(qtbot)

    page.copy_into(str(stick))
    backups.settle(qtbot)

    assert [path.suffix for path in stick.iterdir()] == [".atb"]
    assert str(stick) in page.copied.text()
    assert any("leída de vuelta e igual" in text for text, _ in backups.notices.toasts)

    page.copy_into(str(tmp_path / "no está"))
    backups.settle(qtbot)
    assert any("No se encontró la carpeta" in text for text, _ in backups.notices.toasts)


# Self-check


@pytest.fixture
def check(opener: Opener[SelfCheckPage], station: Station) -> Desk[SelfCheckPage]:
    return opener(lambda services: SelfCheckPage(services, Upkeep(station)))


def test_a_station_that_was_never_looked_at_is_not_said_to_be_well(check: Desk[SelfCheckPage]) -> None:
    page = check.page

    assert "Todavía no se ha comprobado" in page.state.text()
    assert "nunca se ha verificado" in page.verified.text()
    assert page.state.mark.accessibleName() == "Sin comprobar"
    assert page.lines.lines == ()


def test_each_line_has_its_word_its_mend_and_the_worst_come_first(
    check: Desk[SelfCheckPage], qtbot: QtBot, station: Station
) -> None:
    station.profile.keys_file.write_text("{")

    click(check.page.check_button)
    check.settle(qtbot)

    lines = check.page.lines.lines
    assert lines[0].key == "key"
    order = [Health.BAD, Health.WARNING, Health.GOOD]
    places = [order.index(line.health) for line in lines]
    assert places == sorted(places)
    assert all(line.mend for line in lines if line.health is not Health.GOOD)
    spoken = check.page.lines.accessibleDescription()
    assert all(word in spoken for word in ("Mal", "Atención", "Bien", lines[0].mend))
    assert "Hay algo mal (1). Comprobado el 16-03-2026 14:00" in check.page.state.text()
    assert check.page.check_button.isEnabled()
    assert check.window.focusWidget() is check.page.check_button


def test_a_sound_journal_is_said_with_its_date_and_again_at_the_next_visit(
    check: Desk[SelfCheckPage], opener: Opener[SelfCheckPage], qtbot: QtBot, station: Station
) -> None:
    click(check.page.verify_button)
    check.settle(qtbot)
    assert "Bitácora íntegra, verificada el 16-03-2026 14:00" in check.page.verified.text()

    again = opener(lambda services: SelfCheckPage(services, Upkeep(station)))

    assert again.page.verified.text() == check.page.verified.text()
    assert again.page.state.text() == check.page.state.text()
    assert again.page.lines.lines


def test_the_first_broken_link_and_what_it_touches_are_on_screen(
    check: Desk[SelfCheckPage], qtbot: QtBot, station: Station
) -> None:
    station.write(
        lambda ctx: ctx.add(Unit(callsign="M21", status=UnitStatus.AVAILABLE, status_at=ctx.now))
    ).result()
    connection = connect(station.profile.database, station.keys.database)
    connection.execute("UPDATE units SET callsign = 'M99'")
    connection.close()

    press(check.page.check_button, "Ctrl+S")
    check.settle(qtbot)

    page = check.page
    assert "Bitácora con problemas" in page.verified.text()
    assert page.verified.mark.accessibleName() == "Mal"
    assert "no dice lo mismo que la bitácora" in page.first.text()
    assert page.touches.text().startswith("Toca: Móvil")
    assert page.advice.isVisible()


# Keys


@pytest.fixture
def keys(opener: Opener[KeysPage], station: Station) -> Desk[KeysPage]:
    return opener(lambda services: KeysPage(services, StationKeys(station)))


def test_the_passphrase_is_changed_and_nothing_typed_stays(
    keys: Desk[KeysPage], qtbot: QtBot, station: Station
) -> None:
    choice = keys.page.passphrase
    write(choice.phrase.input, NEW)
    write(choice.again.input, NEW)
    write(choice.password.input, PASSWORD)

    press(choice.password.input, "Return")
    keys.settle(qtbot)

    facts = station_file.load(station.profile)
    assert vault.open_with_passphrase(station.profile, facts.station_id, NEW) == station.master
    assert (choice.phrase.text(), choice.again.text(), choice.password.text()) == ("", "", "")
    assert any("frase de paso nueva" in text for text, _ in keys.notices.toasts)


@pytest.mark.parametrize(
    ("phrase", "again", "password", "wrong"),
    [
        (NEW, "otra", PASSWORD, "again"),
        ("corta", "corta", PASSWORD, "passphrase"),
        (NEW, NEW, "no es esa", "password"),
    ],
)
def test_a_wrong_answer_is_said_beside_its_field_and_what_was_typed_stays(
    keys: Desk[KeysPage], qtbot: QtBot, station: Station, phrase: str, again: str, password: str, wrong: str
) -> None:
    choice = keys.page.passphrase
    write(choice.phrase.input, phrase)
    write(choice.again.input, again)
    write(choice.password.input, password)

    click(choice.go)
    keys.settle(qtbot)

    assert list(choice.form.errors) == [wrong]
    assert choice.phrase.text() == phrase
    assert choice.go.isEnabled()
    facts = station_file.load(station.profile)
    assert vault.open_with_passphrase(station.profile, facts.station_id, PHRASE) == station.master


def test_the_key_moves_to_the_keyring_and_the_page_says_so(
    keys: Desk[KeysPage], qtbot: QtBot, station: Station, ring: Ring
) -> None:
    assert "frase de paso" in keys.page.state.text()
    keys.page.list.setCurrentRow(1)
    write(keys.page.keyring.password.input, PASSWORD)

    press(keys.page.keyring.password.input, "Return")
    keys.settle(qtbot)

    assert "llavero del sistema" in keys.page.state.text()
    assert station_file.load(station.profile).key_way == vault.KEYRING
    assert len(ring.held) == 1


def test_a_keyring_that_does_not_answer_is_said_and_the_phrase_goes_on(
    keys: Desk[KeysPage], qtbot: QtBot, station: Station, ring: Ring
) -> None:
    ring.is_away = True
    keys.page.list.setCurrentRow(1)
    write(keys.page.keyring.password.input, PASSWORD)

    click(keys.page.keyring.go)
    keys.settle(qtbot)

    (banner,) = keys.notices.banners.values()
    assert "Desbloquéelo" in banner
    assert station_file.load(station.profile).key_way == vault.PASSPHRASE


def test_a_new_code_holds_after_it_was_copied_from_the_paper(
    keys: Desk[KeysPage], qtbot: QtBot, station: Station
) -> None:
    choice, facts = keys.page.code, station_file.load(station.profile)
    keys.page.list.setCurrentRow(2)
    write(choice.password.input, PASSWORD)
    press(choice.password.input, "Return")
    keys.settle(qtbot)
    code = choice.code.text()
    assert code.count("-") == 6
    assert problems(keys.page) == []

    write(choice.typed, "no es")
    click(choice.keep)
    keys.settle(qtbot)
    assert list(choice.second.errors) == ["typed"]
    assert choice.code.text() == code

    choice.typed.clear()
    write(choice.typed, code.lower().replace("-", " "))
    press(choice.typed, "Return")
    keys.settle(qtbot)

    assert vault.open_with_recovery(station.profile, facts.station_id, code) == station.master
    assert (choice.code.text(), choice.typed.text()) == ("", "")
    assert choice.drafted.isHidden()


# All of them


@pytest.mark.parametrize("name", THEMES)
def test_every_control_of_the_three_pages_has_a_name_and_is_reached(
    opener: Opener[QWidget], qtbot: QtBot, station: Station, theme: Theme, name: str
) -> None:
    theme.use(name)
    upkeep = Upkeep(station)
    backups = opener(lambda services: BackupsPage(services, upkeep, lambda: None))
    assert isinstance(backups.page, BackupsPage)
    found = problems(backups.page)
    backups.page.back_up()
    backups.settle(qtbot)
    backups.page.rehearse()
    backups.settle(qtbot)
    found += problems(backups.page)
    check = opener(lambda services: SelfCheckPage(services, upkeep))
    assert isinstance(check.page, SelfCheckPage)
    check.page.verify()
    check.settle(qtbot)
    found += problems(check.page)
    found += problems(opener(lambda services: KeysPage(services, StationKeys(station))).page)

    assert found == []
