"""Random dispatching against an independent model: nothing earlier is lost, no unit is in two places (R75)."""

import shutil
import tempfile
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from sqlalchemy import select

from desktop.core.errors import AtalayaError
from desktop.models.fleet import Unit
from desktop.models.incidents.records import Assignment, Incident, IncidentLine, UnitStatusChange
from desktop.models.incidents.states import (
    BUSY,
    ENDED,
    ClosingResult,
    IncidentStatus,
    UnitStatus,
    allowed_next,
    may_unit_move,
)
from desktop.operations.incidents.dispatch import assign_units, set_unit_status
from desktop.operations.incidents.lines import add_note, strike_line
from desktop.operations.incidents.progress import cancel, close, link_to_major, reopen
from tests.support.central import Central, open_central

UNITS = ("M21", "M22", "M23")
INCIDENTS = 3
unit_sets = st.sets(st.sampled_from(UNITS), min_size=1).map(sorted)
incident_numbers = st.integers(0, INCIDENTS - 1)
_INSTANTS = ("assigned_at", "en_route_at", "on_scene_at", "transporting_at", "released_at", "preempted_at")
_STEP = {
    UnitStatus.EN_ROUTE: "en_route_at",
    UnitStatus.ON_SCENE: "on_scene_at",
    UnitStatus.TRANSPORTING: "transporting_at",
}


@dataclass
class Job:
    """What the model knows of one assignment: state → first instant."""

    unit: str
    incident: int
    instants: dict[str, datetime] = field(default_factory=dict)

    @property
    def is_active(self) -> bool:
        return not {"released_at", "preempted_at"} & self.instants.keys()


class Dispatching(RuleBasedStateMachine):
    """The model is told what was asked and whether it was accepted; it decides itself what must follow."""

    @initialize()
    def begin(self) -> None:
        self.folder = Path(tempfile.mkdtemp())
        self.context = open_central(self.folder)
        self.central: Central = self.context.__enter__()
        self.incidents = [self.central.open() for _ in range(INCIDENTS)]
        self.jobs: list[Job] = []
        self.status = dict.fromkeys(UNITS, UnitStatus.AVAILABLE)
        self.changes = 0
        self.lines: dict[UUID, tuple[Any, ...]] = {}
        self.is_ended = [False] * INCIDENTS

    def teardown(self) -> None:
        if hasattr(self, "context"):
            self.context.__exit__(None, None, None)
            shutil.rmtree(self.folder)

    def ids(self, callsigns: list[str]) -> list[UUID]:
        return [self.central.units[callsign] for callsign in callsigns]

    def accepted(self, operation: Callable[..., object], *args: Any, **kwargs: Any) -> datetime | None:
        """Run an operation a minute later; return its instant, or None when it was refused."""
        self.central.clock.advance(60)

        def run(ctx: Any) -> datetime:
            operation(ctx, *args, **kwargs)
            return ctx.now  # type: ignore[no-any-return]

        try:
            return self.central.do(run)
        except AtalayaError:
            return None

    def job_of(self, unit: str) -> Job | None:
        return next((job for job in self.jobs if job.unit == unit and job.is_active), None)

    @rule(incident=incident_numbers, units=unit_sets)
    def assign(self, incident: int, units: list[str]) -> None:
        at = self.accepted(assign_units, self.incidents[incident].id, self.ids(units))
        may = not self.is_ended[incident] and all(
            (may_unit_move(self.status[unit], UnitStatus.ASSIGNED))
            and ((job := self.job_of(unit)) is None or job.incident != incident)
            for unit in units
        )
        assert (at is not None) == may
        if at is None:
            return
        for unit in units:
            earlier = self.job_of(unit)
            if earlier is not None:
                earlier.instants["preempted_at"] = at
            self.jobs.append(Job(unit, incident, {"assigned_at": at}))
            self.status[unit] = UnitStatus.ASSIGNED
            self.changes += 1

    @rule(units=unit_sets, status=st.sampled_from(UnitStatus))
    def report(self, units: list[str], status: UnitStatus) -> None:
        at = self.accepted(set_unit_status, self.ids(units), status)
        if at is None:
            return
        for unit in units:
            assert may_unit_move(self.status[unit], status)
            job = self.job_of(unit)
            if job is not None and status in BUSY:
                if status in _STEP:
                    job.instants.setdefault(_STEP[status], at)
            elif job is not None and status is not UnitStatus.NO_CONTACT:
                job.instants["released_at"] = at
            else:
                assert job is not None or status not in BUSY
            self.status[unit] = status
            self.changes += 1

    @rule(units=unit_sets)
    def advance(self, units: list[str]) -> None:
        """Take units to their usual next state one by one, so that whole jobs happen often."""
        order = [UnitStatus.ASSIGNED, UnitStatus.EN_ROUTE, UnitStatus.ON_SCENE, UnitStatus.AVAILABLE]
        for unit in units:
            if self.status[unit] in order[:-1]:
                self.report([unit], order[order.index(self.status[unit]) + 1])

    @rule(incident=incident_numbers, free=st.booleans(), by_caller=st.booleans())
    def end(self, incident: int, free: bool, by_caller: bool) -> None:
        record = self.incidents[incident].id
        before = self.central.row(Incident, record).status
        if by_caller:
            at = self.accepted(cancel, record, free_units=free)
            target = IncidentStatus.CANCELLED
        else:
            at = self.accepted(close, record, ClosingResult.SOLVED, free_units=free)
            target = IncidentStatus.CLOSED
        active = [job for job in self.jobs if job.incident == incident and job.is_active]
        assert (at is not None) == (target in allowed_next(before) and (free or not active))
        if at is None:
            return
        self.is_ended[incident] = True
        for job in active:
            job.instants["released_at"] = at
            self.status[job.unit] = UnitStatus.AVAILABLE
            self.changes += 1

    @precondition(lambda self: any(self.is_ended))
    @rule(incident=incident_numbers)
    def open_again(self, incident: int) -> None:
        at = self.accepted(reopen, self.incidents[incident].id, "volvieron")
        if self.is_ended[incident]:
            assert at is not None
            self.is_ended[incident] = False

    @rule(incident=incident_numbers)
    def write(self, incident: int) -> None:
        assert self.accepted(add_note, self.incidents[incident].id, "una nota") is not None

    @rule(number=st.integers(0, 200))
    def strike(self, number: int) -> None:
        known = sorted(self.lines)
        if known:
            self.accepted(strike_line, known[number % len(known)], "equivocada")

    @rule(child=incident_numbers, parent=incident_numbers)
    def link(self, child: int, parent: int) -> None:
        self.accepted(link_to_major, self.incidents[child].id, self.incidents[parent].id)

    @invariant()
    def every_assignment_holds_the_instants_that_the_model_saw(self) -> None:
        if not hasattr(self, "central"):
            return
        rows = self.central.ask(lambda ctx: list(ctx.session.scalars(select(Assignment))))
        numbers = {ref.id: number for number, ref in enumerate(self.incidents)}
        stored = [
            (row.callsign, numbers[row.incident_id], tuple(getattr(row, name) for name in _INSTANTS))
            for row in rows
        ]
        expected = [
            (job.unit, job.incident, tuple(job.instants.get(name) for name in _INSTANTS)) for job in self.jobs
        ]
        key = lambda row: (row[2][0], row[0], row[1])  # noqa: E731
        assert sorted(stored, key=key) == sorted(expected, key=key)

    @invariant()
    def a_unit_is_busy_with_at_most_one_incident_and_its_state_is_its_last_change(self) -> None:
        if not hasattr(self, "central"):
            return
        units, changes = self.central.ask(
            lambda ctx: (
                list(ctx.session.scalars(select(Unit))),
                list(ctx.session.scalars(select(UnitStatusChange).order_by(UnitStatusChange.id))),
            )
        )
        assert len(changes) == self.changes
        for unit in units:
            active = [job for job in self.jobs if job.unit == unit.callsign and job.is_active]
            assert len(active) <= 1
            assert unit.status is self.status[unit.callsign]
            assert unit.incident_id == (self.incidents[active[0].incident].id if active else None)
            own = [change for change in changes if change.unit_id == unit.id]
            if own:
                assert own[-1].status is unit.status
                assert own[-1].at == max(change.at for change in own) == unit.status_at

    @invariant()
    def an_incidents_times_are_the_first_ones_and_its_state_fits_its_units(self) -> None:
        if not hasattr(self, "central"):
            return
        for number, ref in enumerate(self.incidents):
            incident = self.central.row(Incident, ref.id)
            jobs = [job for job in self.jobs if job.incident == number]
            for name, source in (
                ("dispatched_at", "assigned_at"),
                ("en_route_at", "en_route_at"),
                ("arrived_at", "on_scene_at"),
            ):
                known = [job.instants[source] for job in jobs if source in job.instants]
                assert getattr(incident, name) == min(known, default=None)
            assert (incident.status in ENDED) == self.is_ended[number] == (incident.closed_at is not None)
            if any(job.is_active for job in jobs):
                assert incident.status not in ENDED
            working = {self.status[job.unit] for job in jobs if job.is_active} & BUSY
            if working and incident.status is not IncidentStatus.CONTROLLED:
                assert incident.status in {
                    IncidentStatus.DISPATCHED,
                    IncidentStatus.EN_ROUTE,
                    IncidentStatus.ON_SCENE,
                }

    @invariant()
    def the_timeline_only_grows(self) -> None:
        if not hasattr(self, "central"):
            return
        rows = self.central.ask(lambda ctx: list(ctx.session.scalars(select(IncidentLine))))
        now = {row.id: (row.kind, row.text, row.at, row.incident_id, row.created_by) for row in rows}
        for line, values in self.lines.items():
            assert now[line] == values
        self.lines = now


Dispatching.TestCase.settings = settings(
    max_examples=25,
    stateful_step_count=25,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)
TestDispatching = Dispatching.TestCase
