"""The look: every text is readable, states stay apart for every kind of colour vision, switching is live."""

import json
from dataclasses import fields
from itertools import combinations
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication, QPushButton
from pytestqt.qtbot import QtBot

from desktop.views import theme as theme_module
from desktop.views.icons import Icons
from desktop.views.theme import SIZES, TEXT_ON, THEMES, Colours, Theme, load_colours
from tests.support.colour import DICHROMATS, contrast, distance, seen_by

PAIRS = [(text, ground) for text, grounds in TEXT_ON for ground in grounds]


@pytest.mark.parametrize("name", THEMES)
def test_every_text_keeps_its_contrast_on_every_ground(name: str) -> None:
    colours = load_colours(name)

    weak = {
        (text, ground): round(ratio, 2)
        for text, ground in PAIRS
        if (ratio := contrast(getattr(colours, text), getattr(colours, ground))) < 4.5
    }

    assert weak == {}


@pytest.mark.parametrize("name", THEMES)
def test_the_border_of_an_input_is_visible_on_its_ground(name: str) -> None:
    colours = load_colours(name)

    assert (
        min(contrast(colours.line_strong, ground) for ground in (colours.surface, colours.surface_raised))
        >= 3
    )


@pytest.mark.parametrize("vision", ["normal", *DICHROMATS])
@pytest.mark.parametrize("name", THEMES)
def test_priorities_stay_distinct_for_every_colour_vision(name: str, vision: str) -> None:
    colours = load_colours(name)
    seen = {rank: seen_by(vision, getattr(colours, rank)) for rank in ("p1", "p2", "p3", "p4")}

    close = {
        (one, other): round(apart)
        for one, other in combinations(seen, 2)
        if (apart := distance(seen[one], seen[other])) < 15
    }

    assert close == {}


def test_every_text_colour_is_held_to_a_ground() -> None:
    checked = {text for text, _ in PAIRS} | {ground for _, ground in PAIRS}
    not_text = {"line", "line_strong", "exercise_a"}

    assert {field.name for field in fields(Colours)} - checked == not_text


def test_spaces_go_in_steps_of_four_and_no_type_is_below_nine_points() -> None:
    sizes = {field.name: getattr(SIZES, field.name) for field in fields(SIZES)}

    assert [name for name, value in sizes.items() if name.startswith("space") and value % 4] == []
    assert min(value for name, value in sizes.items() if name.startswith("type")) >= 9
    assert 10.5 <= SIZES.type_body <= 11


def test_a_theme_file_with_an_unknown_colour_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "themes").mkdir()
    values = {field.name: "#000000" for field in fields(Colours)} | {"sparkle": "#ffffff"}
    (tmp_path / "themes" / "broken.json").write_text(json.dumps(values), encoding="utf-8")
    monkeypatch.setattr(theme_module, "resources", lambda: tmp_path)

    with pytest.raises(ValueError, match="sparkle"):
        load_colours("broken")


def test_switching_the_theme_repaints_living_widgets(theme: Theme, qapp: QApplication, qtbot: QtBot) -> None:
    button = QPushButton("Guardar")
    qtbot.addWidget(button)
    button.show()
    dark = button.grab().toImage().pixelColor(button.width() // 2, 4)

    with qtbot.waitSignal(theme.changed):
        theme.use("light")

    assert button.grab().toImage().pixelColor(button.width() // 2, 4).lightness() > dark.lightness()
    assert qapp.palette().windowText().color().name() == theme.colours.text


def test_an_unknown_theme_falls_back_to_the_default(theme: Theme) -> None:
    theme.use("light")

    theme.use("plaid")

    assert theme.name == "dark"


def test_icons_arrive_when_loaded_and_follow_the_theme(theme: Theme, qtbot: QtBot) -> None:
    icons = Icons(theme)
    button = QPushButton()
    qtbot.addWidget(button)
    icons.put(button, "bell")
    assert button.icon().isNull()

    icons.load()
    dark = button.icon().pixmap(16, 16).toImage()
    theme.use("light")

    assert not dark.isNull()
    assert button.icon().pixmap(16, 16).toImage() != dark


def test_an_unknown_icon_is_our_error(theme: Theme, icons: Icons) -> None:
    with pytest.raises(ValueError, match="no-such-icon"):
        icons.icon("no-such-icon")
