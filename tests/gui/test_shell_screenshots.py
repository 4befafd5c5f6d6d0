"""Pictures of every theme and size come out whole, and the theme in use comes back."""

from pathlib import Path

from PySide6.QtGui import QImage
from pytestqt.qtbot import QtBot

from desktop.views.shell.screenshots import SIZES_SHOT, take
from desktop.views.shell.sign_in import SignInWindow
from desktop.views.theme import THEMES, Theme


def test_one_picture_for_each_scene_theme_and_size(theme: Theme, qtbot: QtBot, tmp_path: Path) -> None:
    window = SignInWindow(theme, "Municipalidad de Los Boldos")
    qtbot.addWidget(window)
    window.show()
    scenes = {
        "empty": lambda: window.card.ask("Ingresar"),
        "known": lambda: window.card.ask("Ingresar", user="msoto"),
    }

    files = take(window, theme, scenes, tmp_path)

    assert len(files) == len(scenes) * len(THEMES) * len(SIZES_SHOT)
    pictures = {file.name: QImage(str(file)) for file in files}
    assert {(picture.width(), picture.height()) for picture in pictures.values()} == set(SIZES_SHOT.values())
    grounds = {pictures[f"empty-{name}-1366x768.png"].pixelColor(1300, 20).name() for name in THEMES}
    assert len(grounds) == len(THEMES)
    assert theme.name == "dark"
