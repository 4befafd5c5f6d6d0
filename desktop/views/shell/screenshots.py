"""Pictures of windows in every theme and the usual sizes, for eyes and for a machine without a screen."""

from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

from PySide6.QtCore import QEventLoop, QTimer
from PySide6.QtWidgets import QApplication, QWidget

from desktop.views.theme import THEMES, Theme

SIZES_SHOT = {"1366x768": (1366, 768), "1920x1080": (1920, 1080), "960x540": (960, 540)}
"""The last one is what a 1920 × 1080 screen at 200 % leaves."""
_SETTLES_MS = 120


def settle(milliseconds: int = _SETTLES_MS) -> None:
    """Let layouts, queued answers and icons arrive."""
    loop = QEventLoop()
    QTimer.singleShot(milliseconds, loop.quit)
    loop.exec()
    QApplication.processEvents()


def take(
    window: QWidget,
    theme: Theme,
    scenes: Mapping[str, Callable[[], None]],
    folder: Path,
    *,
    themes: Iterable[str] = THEMES,
    sizes: Iterable[str] = SIZES_SHOT,
) -> list[Path]:
    """Save `window` in each scene, theme and size as `scene-theme-size.png`; a scene is a function that sets it."""
    folder.mkdir(parents=True, exist_ok=True)
    before = theme.name
    files = []
    for scene, prepare in scenes.items():
        prepare()
        for name in themes:
            theme.use(name)
            for size in sizes:
                window.resize(*SIZES_SHOT[size])
                settle()
                file = folder / f"{scene}-{name}-{size}.png"
                window.grab().save(str(file))
                files.append(file)
    theme.use(before)
    return files
