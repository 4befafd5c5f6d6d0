"""An exercise beside the real station: people and catalogues are there, incidents are not, and nothing comes back."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import func, select

from desktop.core import station_file, vault
from desktop.core.errors import FieldError, NotAllowed, UserError
from desktop.core.paths import Profile
from desktop.models.catalogue import BY_KEY, REGISTERS
from desktop.models.catalogues import IncidentType
from desktop.models.fleet import Unit
from desktop.models.incidents.records import Incident
from desktop.models.incidents.states import UnitStatus
from desktop.models.people import User
from desktop.models.roles import CATALOGUES, Role
from desktop.operations.context import Context, ReadContext
from desktop.operations.exercise import (
    DEVICE,
    begin_exercise,
    end_exercise,
    exercise_of,
    has_exercise,
)
from desktop.operations.history import history
from desktop.operations.incidents.intake import open_incident
from desktop.operations.incidents.values import IntakeDraft
from desktop.operations.setup import NewStation, open_station, set_up
from desktop.operations.station import Station
from desktop.operations.users import add_user, sign_in
from desktop.register.record import Record
from desktop.store.store import StoreKeys
from desktop.store.verify import verify
from tests.support.clock import FakeClock

PHRASE = "una frase bastante larga"
PASSWORD = "clave larga 1"
COPIED = [
    register.key for register in REGISTERS if register.key in {*CATALOGUES, "municipal_settings", "users"}
]
WORD = "Ñirecopihue"
"""A word of the exercise that nobody wrote in the real station."""


@pytest.fixture
def station(tmp_path: Path) -> Iterator[Station]:
    made = set_up(
        Profile(tmp_path / "perfil"),
        NewStation(
            municipality="Municipalidad de Puerto Esperanza",
            commune="Puerto Esperanza",
            name="Central 1",
            device="K7",
            admin_username="msoto",
            admin_name="Marta Soto",
            admin_password=PASSWORD,
            passphrase=PHRASE,
        ),
        FakeClock(),
    )
    with made.station as opened:
        opened.write_as(opened.system, _furnish).result()
        opened.memory.put("lists/units", "anchos de columna")
        sign_in(opened, "msoto", PASSWORD)
        opened.write(
            lambda ctx: open_incident(ctx, IntakeDraft(narrative="robo real", address="Picarte 1"))
        ).result()
        yield opened


def _furnish(ctx: Context) -> None:
    add_user(ctx, username="privas", full_name="Pedro Rivas", password=PASSWORD, roles=(Role.OPERATOR,))
    ctx.add(Unit(callsign="M21", status=UnitStatus.ON_SCENE, status_at=ctx.now))


def opened_exercise(station: Station) -> Station:
    profile = exercise_of(station.profile)
    facts = station_file.load(profile)
    return open_station(profile, vault.open_with_passphrase(profile, facts.station_id, PHRASE), FakeClock())


def count(ctx: ReadContext, model: type[Record]) -> int:
    return int(ctx.session.scalar(select(func.count()).select_from(model)) or 0)


def test_people_and_catalogues_are_copied_and_incidents_are_not(station: Station) -> None:
    begin_exercise(station, PHRASE)

    with opened_exercise(station) as exercise:
        sign_in(exercise, "msoto", PASSWORD)
        for key in COPIED:
            model = BY_KEY[key].model
            there = exercise.read(lambda ctx, model=model: count(ctx, model)).result()  # type: ignore[misc]
            here = station.read(lambda ctx, model=model: count(ctx, model)).result()  # type: ignore[misc]
            assert there == here, key
        for register in REGISTERS:
            if register.key not in COPIED:
                model = register.model
                assert exercise.read(lambda ctx, model=model: count(ctx, model)).result() == 0  # type: ignore[misc]
        unit = exercise.read(lambda ctx: ctx.session.scalars(select(Unit)).one()).result()
        assert (unit.status, unit.incident_id) == (UnitStatus.AVAILABLE, None)
        assert exercise.memory.get("lists/units") == "anchos de columna"


def test_everybody_signs_in_with_their_own_password(station: Station) -> None:
    begin_exercise(station, PHRASE)

    with opened_exercise(station) as exercise:
        assert sign_in(exercise, "privas", PASSWORD).name == "Pedro Rivas"
        with pytest.raises(UserError):
            sign_in(exercise, "privas", "otra clave")


def test_nothing_written_in_the_exercise_reaches_the_real_station(station: Station) -> None:
    begin_exercise(station, PHRASE)
    real = station.profile
    before = {
        model: station.read(lambda ctx, model=model: count(ctx, model)).result()  # type: ignore[misc]
        for model in (Incident, IncidentType, Unit, User)
    }

    with opened_exercise(station) as exercise:
        sign_in(exercise, "msoto", PASSWORD)
        made = exercise.write(
            lambda ctx: open_incident(ctx, IntakeDraft(narrative=f"simulacro {WORD}", address="Picarte 1"))
        ).result()
        exercise.write(lambda ctx: setattr(ctx.session.scalars(select(Unit)).one(), "crew", WORD)).result()

    assert f"-{DEVICE}-" in made.code
    for model, rows in before.items():
        assert station.read(lambda ctx, model=model: count(ctx, model)).result() == rows  # type: ignore[misc]
    assert station.read(lambda ctx: ctx.session.get(Incident, made.id)).result() is None
    assert station.read(lambda ctx: ctx.session.scalars(select(Unit)).one().crew).result() is None
    assert exercise.profile.database != real.database
    assert exercise.keys.database != station.keys.database


def test_both_journals_hold_and_the_real_one_says_when_it_began_and_ended(station: Station) -> None:
    begin_exercise(station, PHRASE)
    with opened_exercise(station) as exercise:
        keys = exercise.keys
    assert verify(exercise_of(station.profile).database, keys, REGISTERS, deep=True).is_sound
    end_exercise(station)

    def lines(ctx: ReadContext) -> list[str]:
        return [entry.operation for entry in history(ctx, BY_KEY["users"], ctx.actor.user_id)]

    found = station.read(lines).result()
    assert found[:2] == ["Término de un ejercicio", "Inicio de un ejercicio"]
    folder, own = station.profile, station.keys
    station.close()
    assert verify(folder.database, StoreKeys(own.database, own.signing), REGISTERS, deep=True).is_sound


def test_ending_it_removes_all_of_it_and_another_can_begin(station: Station) -> None:
    begin_exercise(station, PHRASE)
    assert has_exercise(station.profile)
    end_exercise(station)

    assert not exercise_of(station.profile).folder.exists()
    assert station.profile.database.exists()
    begin_exercise(station, PHRASE)
    assert has_exercise(station.profile)


def test_an_exercise_whose_window_is_open_is_not_removed(station: Station) -> None:
    begin_exercise(station, PHRASE)

    with opened_exercise(station), pytest.raises(UserError, match="Cierre primero"):
        end_exercise(station)

    assert has_exercise(station.profile)


def test_a_second_one_and_one_within_an_exercise_are_refused(station: Station) -> None:
    begin_exercise(station, PHRASE)

    with pytest.raises(UserError, match="Ya hay un ejercicio"):
        begin_exercise(station, PHRASE)
    with opened_exercise(station) as exercise:
        sign_in(exercise, "msoto", PASSWORD)
        with pytest.raises(UserError, match="ya es un ejercicio"):
            begin_exercise(exercise, PHRASE)


@pytest.mark.parametrize("phrase", [None, "", "otra frase cualquiera"])
def test_without_the_passphrase_of_the_station_nothing_is_made(station: Station, phrase: str | None) -> None:
    with pytest.raises(FieldError) as caught:
        begin_exercise(station, phrase)

    assert caught.value.field == "passphrase"
    assert not has_exercise(station.profile)


def test_an_operator_neither_begins_nor_ends_one(station: Station) -> None:
    sign_in(station, "privas", PASSWORD)
    with pytest.raises(NotAllowed):
        begin_exercise(station, PHRASE)
    sign_in(station, "msoto", PASSWORD)
    begin_exercise(station, PHRASE)
    sign_in(station, "privas", PASSWORD)
    with pytest.raises(NotAllowed):
        end_exercise(station)


def test_a_folder_that_is_no_exercise_is_never_removed(station: Station) -> None:
    begin_exercise(station, PHRASE)
    profile = exercise_of(station.profile)
    facts = station_file.load(profile)
    station_file.save(profile, replace(facts, is_exercise=False))

    with pytest.raises(UserError, match="no se borra nada"):
        end_exercise(station)

    assert profile.database.exists()
