"""Settings of the municipality are records: rights are asked, the journal has them, everybody works under them."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import Column, select

from desktop.core.errors import FieldError, NotAllowed, Unavailable, UserError
from desktop.core.setting_list import BACKUP_KEEP_DAYS, DIRECTORATE_NAME, LOCK_AFTER_MIN, SHIFT_HOURS, THEME
from desktop.core.settings import Scope, Setting
from desktop.models.people import User
from desktop.models.roles import Role
from desktop.models.system import MunicipalSetting, municipal_setting_id
from desktop.operations.backups import Retention, retention
from desktop.operations.context import Actor
from desktop.operations.settings import (
    KnownTexts,
    municipal,
    municipal_texts,
    note_sounds,
    reset_municipal,
    set_municipal,
    settings_of,
)
from desktop.operations.station import Station
from desktop.store.backups import texts_of
from desktop.store.tables import JOURNAL
from tests.support.desk import DictMemory
from tests.support.profiles import KEYS
from tests.support.stations import SUPERVISOR, open_station, somebody

DIRECTOR = somebody(Role.DIRECTOR)
TWELVE_HOURS = {"day": ("08:00", "20:00"), "night": ("20:00", "08:00")}


@pytest.fixture
def station(tmp_path: Path) -> Iterator[Station]:
    with open_station(tmp_path, DIRECTOR) as opened:
        yield opened


def change(station: Station, setting: Setting[Any], value: object) -> None:
    station.write(lambda ctx: set_municipal(ctx, setting, value)).result()


def journal(station: Station, column: Column[Any]) -> list[Any]:
    statement = select(column).order_by(JOURNAL.c.n)
    return station.read(lambda ctx: list(ctx.session.connection().scalars(statement))).result()


def operations(station: Station) -> list[str]:
    return journal(station, JOURNAL.c.operation)


def test_a_change_is_in_force_for_everybody_and_in_the_journal(station: Station) -> None:
    change(station, DIRECTORATE_NAME, "Dirección de Seguridad Humana")
    change(station, SHIFT_HOURS, TWELVE_HOURS)

    station.seat(SUPERVISOR)
    assert (
        station.read(lambda ctx: municipal(ctx, DIRECTORATE_NAME)).result() == "Dirección de Seguridad Humana"
    )
    assert station.read(lambda ctx: municipal(ctx, SHIFT_HOURS)).result() == TWELVE_HOURS
    assert operations(station).count("settings.change") == 2


def test_a_second_change_and_a_reset_touch_the_same_record(station: Station) -> None:
    change(station, DIRECTORATE_NAME, "Una")
    change(station, DIRECTORATE_NAME, "Otra")
    station.write(lambda ctx: reset_municipal(ctx, DIRECTORATE_NAME)).result()

    rows = station.read(lambda ctx: [row.id for row in ctx.session.query(MunicipalSetting)]).result()
    assert rows == [municipal_setting_id(DIRECTORATE_NAME.key)]
    assert station.read(municipal_texts).result() == {}
    assert station.read(lambda ctx: municipal(ctx, DIRECTORATE_NAME)).result() == DIRECTORATE_NAME.default


@pytest.mark.parametrize("actor", [SUPERVISOR, somebody(Role.OPERATOR), somebody(Role.AUDITOR)])
def test_a_role_without_the_right_changes_nothing(station: Station, actor: Actor) -> None:
    change(station, DIRECTORATE_NAME, "Una")
    station.seat(actor)

    with pytest.raises(NotAllowed):
        change(station, DIRECTORATE_NAME, "Otra")
    with pytest.raises(NotAllowed):
        station.write(lambda ctx: reset_municipal(ctx, DIRECTORATE_NAME)).result()

    assert station.read(lambda ctx: municipal(ctx, DIRECTORATE_NAME)).result() == "Una"


def test_a_wrong_value_is_refused_beside_its_setting(station: Station) -> None:
    with pytest.raises(FieldError) as caught:
        change(station, SHIFT_HOURS, {"day": ("08:00", "20:00")})

    assert caught.value.field == SHIFT_HOURS.key
    assert station.read(municipal_texts).result() == {}


def test_silencing_the_alarms_stands_in_the_journal_with_who_did_it(station: Station) -> None:
    person = User(id=DIRECTOR.user_id, username="dora", full_name="Dora Directora")
    station.write(lambda ctx: ctx.add(person).id).result()

    station.write(lambda ctx: note_sounds(ctx, are_on=False)).result()
    station.write(lambda ctx: note_sounds(ctx, are_on=True)).result()

    assert operations(station)[-2:] == ["alarms.mute", "alarms.unmute"]
    assert journal(station, JOURNAL.c.actor)[-1] == DIRECTOR.user_id.bytes


def test_somebody_who_is_no_user_here_cannot_silence_the_alarms(station: Station) -> None:
    with pytest.raises(UserError):
        station.write(lambda ctx: note_sounds(ctx, are_on=False)).result()


def test_what_a_person_chose_is_theirs_and_what_a_machine_has_is_for_all() -> None:
    memory = DictMemory()
    mine, theirs = settings_of(memory, UUID(int=1)), settings_of(memory, UUID(int=2))

    mine.put(THEME, "light")
    mine.put(LOCK_AFTER_MIN, 3)

    assert (mine.get(THEME), theirs.get(THEME)) == ("light", "dark")
    assert theirs.get(LOCK_AFTER_MIN) == 3
    mine.reset(THEME)
    mine.reset(LOCK_AFTER_MIN)
    assert mine.get(THEME) == "dark"
    assert memory.held == {}


def test_a_municipal_setting_is_never_kept_on_one_machine_alone() -> None:
    settings = settings_of(DictMemory(), UUID(int=1), KnownTexts())

    with pytest.raises(Unavailable):
        settings.put(DIRECTORATE_NAME, "Otra")
    with pytest.raises(Unavailable):
        settings.reset(DIRECTORATE_NAME)
    assert DIRECTORATE_NAME.scope is Scope.MUNICIPALITY


def test_the_command_line_keeps_as_many_backups_as_the_window_was_told(station: Station) -> None:
    settings_of(station.memory).put(BACKUP_KEEP_DAYS, 2)
    station.memory.flush()

    known = KnownTexts()
    known.held = texts_of(station.profile.database, KEYS)

    assert retention(settings_of(known)) == Retention(days=2, weeks=5, months=12)
