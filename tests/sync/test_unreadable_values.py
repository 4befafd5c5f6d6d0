"""What a version cannot store or read stops nobody: it stays in the journal, and is read after an update (I11, I12)."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.orm import Session

from desktop.core.ids import new_id
from desktop.models.people import StaffMember
from desktop.models.roles import Role
from desktop.register.record import Record
from desktop.store import evolution, layout, peers
from desktop.store.capture import FieldCodec, codecs_of
from desktop.store.models import record_models
from tests.support.replicas import Replica, make
from tests.support.said import say
from tests.support.work import add_member, change_member
from wire.changes import Op, OpKind, Values

NEW_POST = Role.values()[-1]


@pytest.fixture
def stations(tmp_path: Path) -> Iterator[list[Replica]]:
    made = make(tmp_path, ("uno", "dos", "tres"))
    yield made
    for station in made:
        station.store.close()


def made_of(**values: Any) -> Op:
    return Op(OpKind.CREATE, "staff", new_id().bytes, {"full_name": "Alguien", **values})


def names(station: Replica) -> list[str]:
    return station.store.read(lambda session: sorted(session.scalars(select(StaffMember.full_name)))).result()


@pytest.mark.parametrize(
    "values",
    [
        {"full_name": None},
        {"full_name": 7},
        {"full_name": b"\xff"},
        {"post": "cargo que aún no existe"},
        {"is_active": "sí"},
        {"credential_until": "2026-02-30"},
        {"credential_until": 20_260_101},
        {"voided": "no es un mapa"},
        {"voided": {"voided_at": "ayer", "void_reason": "x"}},
        {"voided": {"voided_at": 1 << 62, "void_reason": "x"}},
        {"voided": {"voided_at": (1 << 64) - 1, "void_reason": "x"}},
        {"confidentiality": {"confidentiality": "internal"}},
        {"phone": 3.5},
        {"phone": [1, 2]},
    ],
)
def test_a_record_that_cannot_be_stored_is_passed_over_and_nothing_else_is(
    stations: list[Replica], values: dict[str, Any]
) -> None:
    author, station, other = stations
    before = names(station)
    say(author, made_of(full_name="Antes"), made_of(**values))
    add_member(author.store, "Después")
    assert station.hear(author).refused == {}
    assert other.hear(station).refused == {}

    assert names(station) == sorted([*before, "Antes", "Después"])
    assert station.rows() == other.rows()
    for one in (station, other):
        one.reopen()
        assert one.faults() == []
    assert names(station) == sorted([*before, "Antes", "Después"])


def test_a_change_that_cannot_be_stored_leaves_the_record_as_it_was(stations: list[Replica]) -> None:
    author, station, other = stations
    member = add_member(author.store, "José Ñanco", phone="1")
    say(author, Op(OpKind.SET, "staff", member.bytes, {"full_name": None, "phone": "2"}))
    station.hear(author)
    assert "José Ñanco" in names(station)
    change_member(station.store, member, phone="3")
    other.hear(station)
    assert station.rows() == other.rows()
    assert station.faults() == other.faults() == []


@contextmanager
def older() -> Iterator[None]:
    """Let whatever is opened here be a version whose list of posts is one shorter."""

    def codecs_then(model: type[Record]) -> tuple[FieldCodec, ...]:
        return tuple(
            replace(one, fits=lambda value: value != NEW_POST, choices=one.choices[:-1])
            if one.attribute == "post"
            else one
            for one in codecs_of(model)
        )

    with pytest.MonkeyPatch.context() as patch:
        for module in (layout, evolution):
            patch.setattr(module, "codecs_of", codecs_then)
        yield


def test_a_value_of_a_newer_list_is_shown_after_the_update(stations: list[Replica]) -> None:
    new, old, other = stations
    # A version is settled with the first thing that is taken.
    add_member(new.store, "Una persona")
    other.hear(new)
    with older():
        old.reopen()
        kept = add_member(new.store, "José Ñanco", phone="1")
        old.hear(new)
        change_member(new.store, kept, post=Role(NEW_POST))
        change_member(new.store, kept, phone="2")
        made = add_member(new.store, "Rosa Llanquín", post=Role(NEW_POST))
        change_member(new.store, made, phone="3")
        old.hear(new)
        assert posts(old, kept, made) == [(Role.SECURITY_INSPECTOR.value, "2")]
        assert unread(old) == 2
        change_member(old.store, kept, phone="4")
        other.hear(old)
        assert posts(other, kept, made) == [(NEW_POST, "4"), (NEW_POST, "3")]
    old.reopen()
    new.hear(old)
    assert old.rows() == new.rows() == other.rows()
    assert unread(old) == 0
    assert old.faults() == []


def unread(station: Replica) -> int:
    return station.store.read(lambda session: peers.set_aside(session.connection())[2]).result()


def posts(station: Replica, *ids: UUID) -> list[tuple[Any, Any]]:
    def read(session: Session) -> list[tuple[Any, Any]]:
        sql = "SELECT post, phone FROM staff WHERE id = ?"
        found = [session.connection().exec_driver_sql(sql, (one.bytes,)).first() for one in ids]
        return [tuple(row) for row in found if row is not None]

    return station.store.read(read).result()


def read_all(session: Session, model: type[Record]) -> int:
    return len(list(session.scalars(select(model))))


JUNK = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(1 << 63), (1 << 64) - 1),
    st.integers(-2, 2),
    st.floats(),
    st.text(max_size=12),
    st.sampled_from(["2026-11-23", "2026-13-01", "internal", "[]", "[1", "{}", "null", NEW_POST]),
    st.binary(max_size=20),
    st.binary(min_size=16, max_size=16),
    st.lists(st.integers(0, 3), max_size=3),
)


@st.composite
def junk_ops(draw: st.DrawFn) -> list[tuple[str, Op]]:
    """Give ops on a few records of any table that write anything into any of its fields."""
    model = draw(st.sampled_from(list(record_models())))
    pks = [bytes([number]) * 16 for number in range(1, 3)]
    ops = []
    for _ in range(draw(st.integers(1, 6))):
        values: Values = {}
        for codec in codecs_of(model):
            sound = example_of(codec)
            value = draw(st.one_of(st.just(sound), st.just(sound), st.just(sound), JUNK))
            if codec.is_alone:
                values[codec.group] = value
            else:
                values.setdefault(codec.group, {})[codec.wire_name] = value
        dropped = draw(st.sets(st.sampled_from(sorted(values)), max_size=2))
        kind = draw(st.sampled_from([OpKind.CREATE, OpKind.SET, OpKind.APPEND, OpKind.STRIKE]))
        kept = {group: value for group, value in values.items() if group not in dropped}
        ops.append(
            Op(kind, model.__tablename__, draw(st.sampled_from(pks)), kept, {group: [] for group in kept})
        )
    return [(model.scope.value, op) for op in ops]


def example_of(codec: FieldCodec) -> Any:
    """Return a value that the field can hold."""
    tried = [codec.lacking, *codec.choices, 1, "[]", "2026-11-23", "texto", bytes(16), 1.5]
    return next(one for one in tried if one is not None and codec.fits(one))


@settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[
        HealthCheck.function_scoped_fixture,
        HealthCheck.too_slow,
        HealthCheck.data_too_large,
    ],
)
@given(said=junk_ops())
def test_whatever_is_said_is_taken_and_every_page_still_reads(
    stations: list[Replica], said: list[tuple[str, Op]]
) -> None:
    author, station, other = stations
    for scope, op in said:
        say(author, op, scope=scope)
    assert station.hear(author).refused == {}
    assert other.hear(author, 2_000).refused == {}
    while other.vector != station.vector:
        assert other.hear(station, 2_000).taken
    for one in (station, other):
        for model in record_models():
            one.store.read(partial(read_all, model=model)).result()
    assert station.rows() == other.rows()
    assert station.faults() == []
