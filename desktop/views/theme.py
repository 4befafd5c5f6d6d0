"""Named tokens of the look, and the one object that lays them over the application.

A theme file in `resources/themes/` gives every colour of `Colours` a value; a missing or unknown name is an error
at load. Sizes are the same in every theme. No view writes a colour, a distance or a font size itself.
"""

import json
from dataclasses import dataclass, fields
from pathlib import Path
from string import Template

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QColor, QFont, QFontDatabase, QPalette
from PySide6.QtWidgets import QApplication, QStyleFactory

from desktop.core.i18n import N_

THEMES = {"dark": N_("Oscuro"), "light": N_("Claro"), "contrast": N_("Alto contraste")}
"""File name of each theme and the words that the person reads; the first is the default."""


@dataclass(frozen=True, slots=True)
class Colours:
    """Every colour by purpose, as `#rrggbb`. Text colours keep 4.5:1 on the grounds of `TEXT_ON`."""

    window: str  # behind everything: rail, top bar, gaps between surfaces
    surface: str  # the page itself
    surface_raised: str  # cards, pop-ups, inputs
    surface_hover: str  # under the pointer
    surface_selected: str  # chosen row or rail entry
    line: str  # separates two surfaces; never decoration
    line_strong: str  # border of an input, 3:1 on its ground
    text: str  # body
    text_muted: str  # secondary: captions, units of measure, hints
    accent: str  # the one accent: main button, focus, links
    accent_hover: str  # main button under the pointer
    on_accent: str  # text on the accent
    danger: str  # error text and marks
    danger_surface: str  # ground of an error banner
    warning: str  # warning text and marks
    warning_surface: str  # ground of a warning banner
    success: str  # finished, agreed, healthy
    success_surface: str  # ground of a success toast
    info: str  # neutral notice
    info_surface: str  # ground of a neutral notice
    p1: str  # priority P1, with a triangle
    p2: str  # priority P2, with a square
    p3: str  # priority P3, with a disc
    p4: str  # priority P4, with a ring
    on_priority: str  # text on a filled priority mark
    unit_available: str  # disponible
    unit_assigned: str  # asignado, not yet moving
    unit_moving: str  # en camino, en traslado
    unit_on_scene: str  # en lugar
    unit_out: str  # en pausa, fuera de servicio
    unit_lost: str  # sin comunicación
    sync_ok: str  # nothing unsent
    sync_pending: str  # working without the server, something unsent
    sync_error: str  # an exchange failed
    exercise_a: str  # stripe of the EJERCICIO banner
    exercise_b: str  # its other stripe
    on_exercise: str  # its words, on a plate of exercise_b


GROUNDS = ("window", "surface", "surface_raised", "surface_hover", "surface_selected")
"""Where plain text may stand."""

TEXT_ON: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("text", (*GROUNDS, "danger_surface", "warning_surface", "success_surface", "info_surface")),
    ("text_muted", GROUNDS),
    ("accent", GROUNDS),
    ("on_accent", ("accent", "accent_hover")),
    ("danger", (*GROUNDS, "danger_surface")),
    ("warning", (*GROUNDS, "warning_surface")),
    ("success", (*GROUNDS, "success_surface")),
    ("info", (*GROUNDS, "info_surface")),
    *((f"p{rank}", GROUNDS) for rank in (1, 2, 3, 4)),
    ("on_priority", ("p1", "p2", "p3", "p4")),
    *((f"unit_{state}", GROUNDS) for state in ("available", "assigned", "moving", "on_scene", "out", "lost")),
    *((f"sync_{state}", GROUNDS) for state in ("ok", "pending", "error")),
    ("on_exercise", ("exercise_b",)),
)
"""Every pair of text and ground that the program uses; a test holds each to 4.5:1 in each theme."""


@dataclass(slots=True)
class Sizes:
    """Distances in logical pixels (steps of four) and type in points. Nothing is set below nine points.

    What holds text grows with the size of the letter that the person chose; spaces and icons stay.
    """

    space_1: int = 4  # inside a compound: mark and its word
    space_2: int = 8  # between neighbours
    space_3: int = 12  # padding of a row or an input
    space_4: int = 16  # padding of a card; between fields
    space_5: int = 20  # padding of a page
    space_6: int = 24  # between groups
    space_8: int = 32  # around a lone block
    space_12: int = 48  # above an empty state
    radius: int = 6  # corners of inputs and buttons
    radius_large: int = 10  # corners of cards and pop-ups
    control: int = 32  # height of an input or a button
    row: int = 32  # height of a list row
    row_touch: int = 40  # height of a rail or command-bar row
    top_bar: int = 52
    status_bar: int = 30
    status_button: int = 22  # inside the status bar
    rail: int = 248  # rail with words
    rail_icons: int = 56  # rail with icons only
    rail_page: int = 34  # height of a page in the rail, and of the command field
    rail_group: int = 36  # height of a group's head
    rail_first: int = 24  # height of the first group's head
    icon: int = 18
    type_overline: float = 9.0  # head of a group, in capitals
    type_small: float = 9.5  # captions, column heads
    type_body: float = 10.5
    type_strong: float = 11.5  # a card's title, a row that matters
    type_title: float = 15.0  # a page's title
    type_clock: float = 13.0  # the time in the top bar
    type_display: float = 22.0  # the one figure or word of a screen

    def scale(self, percent: int) -> None:
        """Set what holds text to `percent` of its declared size."""
        for name in (*_TEXT_HEIGHTS, *_TEXT_SIZES):
            declared = getattr(_DECLARED, name)
            if isinstance(declared, float):
                setattr(self, name, max(_SMALLEST_PT, declared * percent / 100))
            else:
                setattr(self, name, round(declared * percent / 100))


_SMALLEST_PT = 9.0
_DECLARED = Sizes()
_TEXT_SIZES = tuple(field.name for field in fields(Sizes) if field.name.startswith("type_"))
_TEXT_HEIGHTS = (
    "control",
    "row",
    "row_touch",
    "top_bar",
    "status_bar",
    "status_button",
    "rail",
    "rail_page",
    "rail_group",
    "rail_first",
)
SIZES = Sizes()
"""The sizes in use, for the whole program."""


def resources() -> Path:
    """Return the folder of fonts, themes and icons that ships with the program."""
    return Path(__file__).resolve().parents[2] / "resources"


def load_colours(name: str) -> Colours:
    """Read a theme file.

    Raises:
        ValueError: it lacks a colour or has one that nobody declared.
    """
    values: dict[str, str] = json.loads((resources() / "themes" / f"{name}.json").read_text(encoding="utf-8"))
    declared = {field.name for field in fields(Colours)}
    if wrong := declared.symmetric_difference(values):
        raise ValueError(f"theme {name}: missing or unknown colours {sorted(wrong)}")
    return Colours(**values)


class Theme(QObject):
    """The look in use. Widgets that paint themselves read `colours` when they paint and repaint on `changed`."""

    changed = Signal()

    def __init__(self, app: QApplication, name: str = "dark") -> None:
        super().__init__(app)
        self._app = app
        self.name = ""
        self.scale = 100
        self.sizes = SIZES
        app.setStyle(QStyleFactory.create("Fusion"))
        self._family = _load_font()
        app.setFont(self.font(SIZES.type_body))
        self.colours = load_colours(name)
        self.use(name)

    def use(self, name: str) -> None:
        """Lay the theme `name` over every window at once; an unknown name falls back to the default."""
        name = name if name in THEMES else next(iter(THEMES))
        if name == self.name:
            return
        self.name = name
        self.colours = load_colours(name)
        self._app.setPalette(_palette(self.colours))
        self._app.setStyleSheet(_style_sheet(name, self.colours))
        self.changed.emit()

    def use_scale(self, percent: int) -> None:
        """Make every text `percent` of its declared size, and what holds it, in every window at once."""
        if percent == self.scale:
            return
        self.scale = percent
        SIZES.scale(percent)
        self._app.setFont(self.font(SIZES.type_body))
        self._app.setStyleSheet(_style_sheet(self.name, self.colours))
        self.changed.emit()

    def colour(self, token: str) -> QColor:
        """Return the colour of a token whose name is data, such as the one of a priority."""
        return QColor(str(getattr(self.colours, token)))

    def font(self, points: float, weight: QFont.Weight = QFont.Weight.Normal) -> QFont:
        """Return the program's font with tabular figures, so that clocks and columns do not dance."""
        font = QFont(self._family) if self._family else QFont(self._app.font())
        font.setPointSizeF(points)
        font.setWeight(weight)
        font.setFeature(QFont.Tag("tnum"), 1)
        return font


def _load_font() -> str:
    """Register the bundled Inter and return its family, or an empty text when it is not there."""
    family = ""
    for file in sorted((resources() / "fonts").glob("Inter-*.ttf")):
        number = QFontDatabase.addApplicationFont(str(file))
        families = QFontDatabase.applicationFontFamilies(number) if number >= 0 else []
        family = family or next(iter(families), "")
    return family


def _palette(colours: Colours) -> QPalette:
    palette = QPalette()
    roles = {
        QPalette.ColorRole.Window: colours.surface,
        QPalette.ColorRole.WindowText: colours.text,
        QPalette.ColorRole.Base: colours.surface_raised,
        QPalette.ColorRole.AlternateBase: colours.surface,
        QPalette.ColorRole.Text: colours.text,
        QPalette.ColorRole.Button: colours.surface_raised,
        QPalette.ColorRole.ButtonText: colours.text,
        QPalette.ColorRole.BrightText: colours.danger,
        QPalette.ColorRole.ToolTipBase: colours.surface_raised,
        QPalette.ColorRole.ToolTipText: colours.text,
        QPalette.ColorRole.PlaceholderText: colours.text_muted,
        QPalette.ColorRole.Highlight: colours.surface_selected,
        QPalette.ColorRole.HighlightedText: colours.text,
        QPalette.ColorRole.Accent: colours.accent,
        QPalette.ColorRole.Link: colours.accent,
        QPalette.ColorRole.LinkVisited: colours.accent,
        QPalette.ColorRole.Light: colours.surface_hover,
        QPalette.ColorRole.Midlight: colours.line,
        QPalette.ColorRole.Mid: colours.line,
        QPalette.ColorRole.Dark: colours.line_strong,
        QPalette.ColorRole.Shadow: colours.window,
    }
    for role, value in roles.items():
        palette.setColor(role, QColor(value))
    muted = (QPalette.ColorRole.WindowText, QPalette.ColorRole.Text, QPalette.ColorRole.ButtonText)
    for role in muted:
        palette.setColor(QPalette.ColorGroup.Disabled, role, QColor(colours.text_muted))
    return palette


def _style_sheet(name: str, colours: Colours) -> str:
    """Fill the template: `$name` is a token, `$theme` the theme's name, `$icons` the folder of small pictures."""
    template = Template((resources() / "themes" / "atalaya.qss").read_text(encoding="utf-8"))
    values: dict[str, str] = {field.name: str(getattr(colours, field.name)) for field in fields(Colours)}
    values |= {field.name: str(getattr(SIZES, field.name)) for field in fields(Sizes)}
    return template.substitute(values, theme=name, icons=(resources() / "icons").as_posix())
