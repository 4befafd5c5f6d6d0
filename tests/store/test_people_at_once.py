"""Several people edit, annul and take back the same records with old copies in hand, against a model."""

import shutil
import tempfile
from datetime import date
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, invariant, rule
from sqlalchemy import inspect

from desktop.core.errors import ConflictError, FieldError, UserError
from desktop.core.paths import Profile
from desktop.models.catalogue import BY_KEY, REGISTERS
from desktop.models.people import StaffMember
from desktop.models.roles import Role
from desktop.operations import registers
from desktop.operations.context import Context
from desktop.operations.station import Station, StationIdentity
from desktop.store.verify import verify
from tests.support.clock import FakeClock
from tests.support.profiles import KEYS
from tests.support.stations import SUPERVISOR, somebody

STAFF = BY_KEY["staff"]
SEATS = 3
VALUES = st.fixed_dictionaries(
    {},
    optional={
        "full_name": st.sampled_from(["Ana Rojas", "Beto Ñancupil", "Carla O'Higgins"]),
        "callsign": st.sampled_from([None, "M1", "M2"]),
        "credential_until": st.sampled_from([None, date(2026, 5, 1), date(2027, 1, 31)]),
        "is_active": st.booleans(),
    },
).filter(bool)
FIELDS = ("full_name", "callsign", "credential_until", "is_active", "void_reason")


class PeopleAtOnce(RuleBasedStateMachine):
    """The model: what each record says, and what each person saw of it when they last looked."""

    records: Bundle[UUID] = Bundle("records")
    profile: Path

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp())
        shutil.copy(self.profile, self.folder / "atalaya.db")
        self.clock = FakeClock()
        self.station = self._open(self.folder)
        self.truth: dict[UUID, dict[str, Any]] = {}
        self.seen: dict[tuple[int, UUID], dict[str, Any]] = {}

    def _open(self, folder: Path) -> Station:
        station = Station(Profile(folder), KEYS, StationIdentity("Central 1", "K7"), self.clock)
        station.seat(SUPERVISOR)
        return station

    def teardown(self) -> None:
        self.station.close()
        found = verify(self.folder / "atalaya.db", KEYS, REGISTERS)
        assert found.is_sound, found.text()
        shutil.rmtree(self.folder)

    def _do(self, seat: int, fn: Any) -> Any:
        actor = somebody(Role.SHIFT_SUPERVISOR, number=20 + seat, name=f"Persona {seat}")
        return self.station.write_as(actor, fn).result()

    def _rows(self, station: Station) -> dict[UUID, dict[str, Any]]:
        def read(ctx: Any) -> dict[UUID, dict[str, Any]]:
            return {
                member.id: {name: getattr(member, name) for name in FIELDS}
                for member in ctx.session.query(StaffMember)
            }

        return station.read(read).result()

    @rule(target=records, seat=st.integers(0, SEATS - 1), values=VALUES)
    def create(self, seat: int, values: dict[str, Any]) -> UUID:
        made = {"full_name": "Nueva", "is_active": True, **values}
        record_id: UUID = self._do(seat, lambda ctx: registers.create(ctx, STAFF, made))
        self.truth[record_id] = dict.fromkeys(FIELDS) | made
        for other in range(SEATS):
            self.seen[other, record_id] = dict(self.truth[record_id])
        return record_id

    @rule(seat=st.integers(0, SEATS - 1), record=records)
    def look(self, seat: int, record: UUID) -> None:
        self.seen[seat, record] = dict(self.truth[record])

    @rule(seat=st.integers(0, SEATS - 1), record=records, values=VALUES)
    def edit_what_was_seen(self, seat: int, record: UUID, values: dict[str, Any]) -> None:
        seen, now = self.seen[seat, record], self.truth[record]

        def body(ctx: Context) -> None:
            registers.edit(ctx, STAFF, record, values, seen=seen)

        clash = [name for name, value in values.items() if now[name] != seen[name] and now[name] != value]
        if now["void_reason"] is not None:
            with pytest.raises(UserError):
                self._do(seat, body)
        elif clash:
            with pytest.raises(ConflictError):
                self._do(seat, body)
        else:
            self._do(seat, body)
            now.update(values)
            self.seen[seat, record] = dict(now)

    @rule(seat=st.integers(0, SEATS - 1), record=records, reason=st.sampled_from(["Repetido", "Error"]))
    def void(self, seat: int, record: UUID, reason: str) -> None:
        if self.truth[record]["void_reason"] is None:
            self._do(seat, lambda ctx: registers.void(ctx, STAFF, record, reason))
            self.truth[record]["void_reason"] = reason
        else:
            with pytest.raises(UserError):
                self._do(seat, lambda ctx: registers.void(ctx, STAFF, record, reason))

    @rule(seat=st.integers(0, SEATS - 1), record=records)
    def undo_the_annulment(self, seat: int, record: UUID) -> None:
        self._do(seat, lambda ctx: registers.restore(ctx, STAFF, record))
        self.truth[record]["void_reason"] = None

    @rule(seat=st.integers(0, SEATS - 1), record=records, values=VALUES)
    def a_wrong_value_takes_the_right_ones_with_it(
        self, seat: int, record: UUID, values: dict[str, Any]
    ) -> None:
        with pytest.raises((FieldError, UserError)):
            self._do(
                seat,
                lambda ctx: registers.edit(
                    ctx, STAFF, record, {**values, "run": "11.111.111-9"}, seen=self.truth[record]
                ),
            )

    @rule(records=st.lists(records, min_size=2, max_size=3), values=VALUES)
    def two_edits_of_which_the_second_fails_are_none(
        self, records: list[UUID], values: dict[str, Any]
    ) -> None:
        def body(ctx: Context) -> None:
            for record in records:
                if self.truth[record]["void_reason"] is None:
                    registers.edit(ctx, STAFF, record, values, seen=self.truth[record])
            ctx.session.flush()
            raise UserError("no")

        with pytest.raises(UserError):
            self._do(0, body)

    @rule(seconds=st.integers(-400 * 86_400, 400 * 86_400))
    def set_the_clock(self, seconds: int) -> None:
        self.clock.jump(seconds)

    @rule()
    def the_power_is_cut(self) -> None:
        """Open what is on the disk now, without what only memory holds; what was accepted is there."""
        cut = Path(tempfile.mkdtemp())
        for suffix in ("", "-wal", ".witness"):
            if (self.folder / f"atalaya.db{suffix}").exists():
                shutil.copy(self.folder / f"atalaya.db{suffix}", cut)
        with self._open(cut) as station:
            assert self._rows(station) == self.truth
            assert not station.store.is_behind
        found = verify(cut / "atalaya.db", KEYS, REGISTERS)
        assert found.is_sound, found.text()
        shutil.rmtree(cut)

    @rule()
    def reopen(self) -> None:
        self.station.close()
        self.station = self._open(self.folder)

    @invariant()
    def the_file_says_what_the_model_says(self) -> None:
        assert self._rows(self.station) == self.truth


def test_nobody_overwrites_what_they_did_not_see_whatever_happens(empty_profile: Path) -> None:
    machine = type("Machine", (PeopleAtOnce,), {"profile": empty_profile})
    case = machine.TestCase  # type: ignore[attr-defined]
    case.settings = settings(
        max_examples=20, stateful_step_count=20, deadline=None, suppress_health_check=list(HealthCheck)
    )
    case("runTest").runTest()


def test_the_model_looks_at_every_field_that_it_edits() -> None:
    assert set(FIELDS) <= {attribute.key for attribute in inspect(StaffMember).column_attrs}
