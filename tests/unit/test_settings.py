"""Settings are declared once, checked on the way in, and never keep anybody from working."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop.core.errors import FieldError, Unavailable
from desktop.core.setting_list import (
    DIRECTORATE_NAME,
    FONT_SCALE,
    KEYS,
    LOCK_AFTER_MIN,
    RENAMES,
    SETTINGS,
    SHIFT_HOURS,
    SOUNDS,
    THEME,
)
from desktop.core.settings import (
    VERSION_KEY,
    FileBackend,
    Pick,
    Rename,
    Scope,
    Setting,
    Settings,
    Whole,
    migrate,
)
from desktop.models.incidents.states import ShiftKind
from desktop.operations.shifts import rules_of
from desktop.views.theme import THEMES

IDS = [setting.key for setting in SETTINGS]
DAY, EVENING, NIGHT = ("08:00", "16:00"), ("16:00", "00:00"), ("00:00", "08:00")
json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner, max_size=3),
    max_leaves=6,
)


class Memory:
    """Keeps settings for one test."""

    def __init__(self, **values: str) -> None:
        self.values = dict(values)

    def get(self, key: str) -> str | None:
        return self.values.get(key)

    def put(self, key: str, text: str) -> None:
        self.values[key] = text

    def forget(self, key: str) -> None:
        self.values.pop(key, None)


def everywhere(memory: Memory) -> Settings:
    return Settings(dict.fromkeys(Scope, memory))


@pytest.mark.parametrize("setting", SETTINGS, ids=IDS)
def test_every_setting_has_words_and_a_default_that_it_accepts(setting: Setting[Any]) -> None:
    assert setting.title.strip()
    assert setting.help.endswith(".")
    assert setting.accepted(setting.default) == setting.default


def test_no_two_settings_share_a_key() -> None:
    assert len(set(IDS)) == len(IDS)


@pytest.mark.parametrize("setting", SETTINGS, ids=IDS)
def test_the_default_survives_being_stored(setting: Setting[Any]) -> None:
    memory = Memory()

    everywhere(memory).put(setting, setting.default)

    assert everywhere(Memory(**memory.values)).get(setting) == setting.default


@given(value=json_values, place=st.integers(0, len(SETTINGS) - 1))
def test_whatever_is_stored_gives_an_acceptable_value(value: object, place: int) -> None:
    setting = SETTINGS[place]

    found = everywhere(Memory(**{setting.key: json.dumps(value)})).get(setting)

    assert setting.accepted(found) == found


@pytest.mark.parametrize("text", ["", "{", "[" * 10_000, "NaN", '"' * 3])
def test_a_text_that_is_no_json_gives_the_default(text: str) -> None:
    assert everywhere(Memory(**{FONT_SCALE.key: text})).get(FONT_SCALE) == FONT_SCALE.default


@pytest.mark.parametrize(
    ("setting", "value", "said"),
    [
        (THEME, "rosado", "una de las opciones"),
        (THEME, ["dark"], "una de las opciones"),
        (FONT_SCALE, 500, "entre 80 y 200"),
        (FONT_SCALE, True, "número entero"),
        (FONT_SCALE, 100.5, "número entero"),
        (SOUNDS, 1, "sí o no"),
        (DIRECTORATE_NAME, "  ", "por ejemplo"),
        (DIRECTORATE_NAME, "x" * 121, "a lo más 120"),
        (KEYS, {"shell.lock": 3}, "una tecla por orden"),
        (KEYS, ["F9"], "una tecla por orden"),
        (SHIFT_HOURS, {}, "al menos un turno"),
        (SHIFT_HOURS, {"siesta": DAY}, "al menos un turno"),
        (SHIFT_HOURS, {"day": ["08:00"]}, "inicio y término"),
        (SHIFT_HOURS, {"day": DAY, "evening": EVENING}, "día completo"),
        (SHIFT_HOURS, {"day": ("08:00", "17:00"), "evening": EVENING, "night": NIGHT}, "día completo"),
        (SHIFT_HOURS, {"day": DAY, "evening": DAY, "night": NIGHT}, "día completo"),
        (SHIFT_HOURS, {"day": ("08:00", "08:00"), "night": ("20:00", "20:00")}, "día completo"),
        (SHIFT_HOURS, {"day": ("25:00", "16:00")}, "como 14:30"),
    ],
)
def test_a_wrong_value_is_refused_beside_its_setting_and_the_old_one_stays(
    setting: Setting[Any], value: object, said: str
) -> None:
    memory = Memory()
    settings = everywhere(memory)

    with pytest.raises(FieldError, match=said) as caught:
        settings.put(setting, value)

    assert caught.value.field == setting.key
    assert memory.values == {}


@pytest.mark.parametrize(
    "hours",
    [
        {"day": ("08:00", "20:00"), "night": ("20:00", "08:00")},
        {"day": ("07:30", "15:30"), "evening": ("15:30", "23:30"), "night": ("23:30", "07:30")},
        {"day": ("08:00", "08:00")},
    ],
)
def test_other_shifts_that_fill_the_day_are_accepted(hours: Mapping[str, tuple[str, str]]) -> None:
    settings = everywhere(Memory())

    settings.put(SHIFT_HOURS, hours)

    assert settings.get(SHIFT_HOURS) == hours


def test_the_shift_hours_are_the_kinds_of_the_shifts() -> None:
    assert set(SHIFT_HOURS.labels) == set(ShiftKind.values())
    assert [
        (rule.kind, f"{rule.starts:%H:%M}", f"{rule.ends:%H:%M}") for rule in rules_of(SHIFT_HOURS.default)
    ] == [
        (ShiftKind.DAY, "08:00", "16:00"),
        (ShiftKind.EVENING, "16:00", "00:00"),
        (ShiftKind.NIGHT, "00:00", "08:00"),
    ]


def test_the_themes_are_those_of_the_program() -> None:
    assert isinstance(THEME, Pick)
    assert THEME.choices == THEMES


def test_a_reset_setting_has_its_default_again() -> None:
    settings = everywhere(Memory())
    settings.put(LOCK_AFTER_MIN, 0)
    assert settings.get(LOCK_AFTER_MIN) == 0

    settings.reset(LOCK_AFTER_MIN)

    assert settings.get(LOCK_AFTER_MIN) == LOCK_AFTER_MIN.default


def test_before_anybody_signs_in_a_person_has_the_defaults_and_changes_nothing() -> None:
    settings = Settings({Scope.MACHINE: Memory()})

    assert settings.get(THEME) == "dark"
    with pytest.raises(Unavailable, match="después de iniciar sesión"):
        settings.put(THEME, "light")
    settings.reset(THEME)


def test_the_machine_keeps_its_settings_in_a_file(tmp_path: Path) -> None:
    path = tmp_path / "settings.json"
    Settings({Scope.MACHINE: FileBackend(path)}).put(SOUNDS, value=False)

    again = Settings({Scope.MACHINE: FileBackend(path)})
    assert again.get(SOUNDS) is False
    again.reset(SOUNDS)

    assert Settings({Scope.MACHINE: FileBackend(path)}).get(SOUNDS) is True


@pytest.mark.parametrize("text", ["", "[1, 2]", '{"alarms.sounds": 3}', "\x00", "[" * 10_000])
def test_a_damaged_file_gives_defaults_and_can_be_written_again(tmp_path: Path, text: str) -> None:
    path = tmp_path / "settings.json"
    path.write_text(text)
    settings = Settings({Scope.MACHINE: FileBackend(path)})
    assert settings.get(SOUNDS) is True

    settings.put(SOUNDS, value=False)

    assert Settings({Scope.MACHINE: FileBackend(path)}).get(SOUNDS) is False


def test_a_file_that_cannot_be_written_is_said_and_the_old_value_stays(tmp_path: Path) -> None:
    settings = Settings({Scope.MACHINE: FileBackend(tmp_path / "no está" / "settings.json")})

    with pytest.raises(Unavailable, match="No se pudo guardar la preferencia"):
        settings.put(SOUNDS, value=False)

    assert settings.get(SOUNDS) is True


WIDTH = Whole(
    key="look.width", default=3, title="Ancho", help="Ancho.", scope=Scope.PERSON, minimum=1, maximum=9
)
CHAIN = (
    Rename(1, Scope.PERSON, "narrow", "shell.narrow", lambda text: json.dumps(text == "1")),
    Rename(2, Scope.PERSON, "shell.width", "look.width"),
    Rename(3, Scope.MACHINE, "bell", "alarms.bell"),
)


def test_renamed_keys_keep_their_values_and_move_once() -> None:
    memory = Memory(narrow="1", **{"shell.width": "7", "bell": "true"})

    assert migrate(memory, Scope.PERSON, CHAIN) == 2

    assert memory.values == {"shell.narrow": "true", "look.width": "7", "bell": "true", VERSION_KEY: "3"}
    assert everywhere(memory).get(WIDTH) == 7
    memory.put("shell.width", "1")
    assert migrate(memory, Scope.PERSON, CHAIN) == 0
    assert memory.get("look.width") == "7"


def test_a_migration_cut_short_is_finished_the_next_time() -> None:
    whole = Memory(narrow="0", **{"shell.width": "7"})
    cut = Memory(**{"shell.narrow": "false", "narrow": "0", "shell.width": "7"})

    migrate(whole, Scope.PERSON, CHAIN)
    migrate(cut, Scope.PERSON, CHAIN)

    assert cut.values == whole.values


@pytest.mark.parametrize("held", ["", "-3", "dos", "2.5"])
def test_a_version_that_is_no_number_counts_as_none(held: str) -> None:
    memory = Memory(**{VERSION_KEY: held, "shell.width": "7"})

    migrate(memory, Scope.PERSON, CHAIN)

    assert memory.get("look.width") == "7"


def test_renames_are_numbered_without_gaps_and_no_old_key_lives_on() -> None:
    assert [rename.number for rename in RENAMES] == list(range(1, len(RENAMES) + 1))
    assert not {rename.old for rename in RENAMES} & set(IDS)
