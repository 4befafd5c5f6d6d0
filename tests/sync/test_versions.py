"""Stations of different versions: an old one carries what it does not know, and knows it after its update (I12)."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from desktop.models.fleet import Unit
from desktop.models.people import StaffMember
from desktop.models.shifts import QuickNote
from desktop.register.record import Record
from desktop.store import apply, evolution, layout
from desktop.store.capture import FieldCodec, codecs_of
from desktop.store.models import record_models
from desktop.store.unit_of_work import UnitOfWork
from tests.support.profiles import OPERATOR
from tests.support.replicas import Replica, make
from tests.support.work import add_member, change_member

NEW_FIELD, NEW_TABLE = (StaffMember, "callsign"), QuickNote


@contextmanager
def older() -> Iterator[None]:
    """Let whatever is opened here be a version without one field and one table."""
    codecs, models = codecs_of, record_models

    def codecs_then(model: type[Record]) -> tuple[FieldCodec, ...]:
        return tuple(one for one in codecs(model) if (model, one.attribute) != NEW_FIELD)

    def models_then() -> Sequence[type[Record]]:
        return [model for model in models() if model is not NEW_TABLE]

    with pytest.MonkeyPatch.context() as patch:
        for module in (layout, evolution):
            patch.setattr(module, "codecs_of", codecs_then)
        for module in (apply, evolution):
            patch.setattr(module, "record_models", models_then)
        yield


@pytest.fixture
def stations(tmp_path: Path) -> Iterator[list[Replica]]:
    """Two new stations and an old one, which is open until it is updated."""
    made = make(tmp_path, ["Nueva 1", "Nueva 2", "Antigua"])
    first, second, _ = made
    # A version is settled with the first thing that is taken.
    change_member(first.store, add_member(first.store, "Una persona"), phone="0")
    second.hear(first)
    add_member(second.store, "Otra persona")
    first.hear(second)
    yield made
    for one in made:
        one.store.close()


def add_note(replica: Replica, text: str) -> None:
    def body(unit: UnitOfWork) -> None:
        unit.session.add(QuickNote(text=text, written_at=unit.at))

    replica.store.write(OPERATOR, "quick_notes.create", body).result()


def strike_notes(replica: Replica) -> None:
    def body(unit: UnitOfWork) -> None:
        for note in unit.session.query(QuickNote):
            note.text = f"{note.text}, tachada"

    replica.store.write(OPERATOR, "quick_notes.edit", body).result()


def stored(replica: Replica, table: str, *columns: str) -> list[tuple[Any, ...]]:
    sql = f'SELECT {", ".join(columns)} FROM "{table}" ORDER BY id'  # noqa: S608 - declared names
    return replica.store.read(
        lambda session: [tuple(row) for row in session.connection().exec_driver_sql(sql)]
    ).result()


def test_an_old_station_carries_what_it_does_not_know_and_knows_it_after_its_update(
    stations: list[Replica],
) -> None:
    first, second, old = stations
    with older():
        old.reopen()
        member = add_member(first.store, "José Ñanco", phone="+56911111111", callsign="M21")
        add_note(first, "Llamar al SAMU")
        old.hear(first)
        assert stored(old, "staff", "callsign", "phone")[-1:] == [(None, "+56911111111")]
        assert stored(old, "quick_notes", "id") == []

        change_member(old.store, member, phone="+56922222222")
        second.hear(old)
        assert stored(second, "staff", "callsign", "phone")[-1:] == [("M21", "+56922222222")]
        assert [row[0] for row in stored(second, "quick_notes", "text")] == ["Llamar al SAMU"]

        change_member(second.store, member, callsign="M22")
        strike_notes(second)
        old.hear(second)
        first.hear(old)
        assert stored(first, "staff", "callsign", "phone")[-1:] == [("M22", "+56922222222")]

    before = old.vector
    old.reopen()
    assert old.vector == before
    assert stored(old, "staff", "callsign", "phone")[-1:] == [("M22", "+56922222222")]
    assert [row[0] for row in stored(old, "quick_notes", "text")] == ["Llamar al SAMU, tachada"]
    second.hear(old)
    assert old.rows() == first.rows() == second.rows()
    assert [one.faults() for one in stations] == [[], [], []]


def test_two_values_that_an_old_station_could_not_see_wait_for_a_person_after_its_update(
    stations: list[Replica],
) -> None:
    first, second, old = stations
    with older():
        old.reopen()
        member = add_member(first.store, "José Ñanco", callsign="M21")
        for one in (second, old):
            one.hear(first)
        change_member(first.store, member, callsign="M22")
        change_member(second.store, member, callsign="M23")
        old.hear(first)
        old.hear(second)
    old.reopen()
    first.hear(second)
    second.hear(first)
    assert old.rows() == first.rows() == second.rows()
    assert len(old.rows()["rival"]) == 1
    assert old.faults() == []


def test_what_an_update_brought_in_is_found_by_searching(stations: list[Replica]) -> None:
    first, _, old = stations
    with older():
        old.reopen()
        member = add_member(first.store, "José Ñanco", callsign="M21")
        old.hear(first)
    old.reopen()
    found = old.store.read(
        lambda session: old.store.search.find(session.connection(), "M21", {"staff": 3})
    ).result()
    assert [hit.record_id for hit in found] == [member]


def test_a_file_that_is_as_this_version_left_it_is_not_looked_through_again(
    stations: list[Replica], monkeypatch: pytest.MonkeyPatch
) -> None:
    first = stations[0]
    first.store.write(
        OPERATOR, "units.create", lambda unit: unit.session.add(Unit(callsign="M1", status_at=unit.at))
    ).result()

    def refuse(*_: object) -> None:
        raise AssertionError("looked through again")

    monkeypatch.setattr(evolution, "_replay", refuse)
    first.reopen()
