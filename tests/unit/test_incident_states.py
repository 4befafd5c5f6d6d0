"""The states of incidents and units: what may follow what, and how soon."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop.models.incidents import states
from desktop.models.incidents.states import (
    ENDED,
    DeadlineKind,
    FieldTimerKind,
    IncidentStatus,
    Priority,
    ShiftKind,
    Targets,
    UnitStatus,
    allowed_next,
    deadline_for,
    incident_status_after,
    may_reopen,
    may_unit_move,
    shift_at,
    shift_bounds,
    unit_limit_s,
    unit_menu,
)
from desktop.register.choice import Choice

NOW = datetime(2026, 11, 22, 17, 30, tzinfo=UTC)
STATUSES = st.sampled_from(IncidentStatus)
UNITS = st.lists(st.sampled_from(UnitStatus), max_size=5)
CHOICES = [value for value in vars(states).values() if isinstance(value, type) and issubclass(value, Choice)]


@pytest.mark.parametrize(
    "choice", [found for found in CHOICES if found is not Choice], ids=lambda c: c.__name__
)
def test_every_list_has_distinct_short_values_and_distinct_labels(choice: type[Choice]) -> None:
    assert len(choice.values()) >= 2
    assert all(value.isascii() and len(value) <= 40 for value in choice.values())
    assert len({member.label for member in choice}) == len(choice)


def test_every_open_incident_can_end_and_every_state_can_be_reached() -> None:
    reached = {IncidentStatus.ENTERED}
    for _ in IncidentStatus:
        reached |= {after for status in reached for after in allowed_next(status)}
    assert reached == set(IncidentStatus)
    for status in IncidentStatus:
        assert status.is_open == bool(allowed_next(status))
        assert not status.is_open or IncidentStatus.CLOSED in allowed_next(status, by_hand=True)


@given(STATUSES, UNITS, st.booleans())
def test_the_state_that_units_bring_about_is_always_an_allowed_step(
    status: IncidentStatus, units: list[UnitStatus], was_attended: bool
) -> None:
    after = incident_status_after(status, units, was_attended=was_attended)
    assert after is status or after in allowed_next(status)


@given(st.sampled_from(sorted(ENDED | {IncidentStatus.CONTROLLED}, key=lambda s: s.value)), UNITS)
def test_nothing_that_a_unit_does_reopens_an_incident(
    status: IncidentStatus, units: list[UnitStatus]
) -> None:
    assert incident_status_after(status, units) is status
    assert incident_status_after(status, units, reopened=True).is_open


@given(STATUSES.filter(lambda status: status.is_open and status is not IncidentStatus.CONTROLLED), UNITS)
def test_more_units_never_make_an_incident_look_less_advanced(
    status: IncidentStatus, units: list[UnitStatus]
) -> None:
    order = [IncidentStatus.DISPATCHED, IncidentStatus.EN_ROUTE, IncidentStatus.ON_SCENE]
    alone = incident_status_after(status, units)
    joined = incident_status_after(status, [*units, UnitStatus.ON_SCENE])
    assert joined is IncidentStatus.ON_SCENE
    assert alone not in order or order.index(alone) <= order.index(joined)


def test_when_the_last_unit_leaves_an_unattended_incident_waits_and_an_attended_one_is_controlled() -> None:
    assert incident_status_after(IncidentStatus.EN_ROUTE, []) is IncidentStatus.WAITING
    assert incident_status_after(IncidentStatus.ON_SCENE, [], was_attended=True) is IncidentStatus.CONTROLLED
    assert incident_status_after(IncidentStatus.CLASSIFIED, []) is IncidentStatus.CLASSIFIED


def test_a_unit_out_of_contact_does_not_send_its_incident_back_to_wait() -> None:
    assert incident_status_after(IncidentStatus.ON_SCENE, [UnitStatus.NO_CONTACT]) is IncidentStatus.ON_SCENE


def test_an_incident_is_reopened_within_72_hours_and_not_later() -> None:
    ended = NOW - timedelta(hours=72)
    assert may_reopen(IncidentStatus.CLOSED, ended, NOW)
    assert not may_reopen(IncidentStatus.CLOSED, ended - timedelta(seconds=1), NOW)
    assert may_reopen(IncidentStatus.CONTROLLED, None, NOW)
    assert not may_reopen(IncidentStatus.WAITING, None, NOW)


@given(st.sampled_from(UnitStatus), st.booleans())
def test_the_menu_offers_only_allowed_states_under_digits_that_never_change(
    status: UnitStatus, has_incident: bool
) -> None:
    menu = unit_menu(status, has_incident=has_incident)
    assert menu
    for digit, state in menu:
        assert digit == list(UnitStatus).index(state) + 1
        assert may_unit_move(status, state)
        assert state is not status
        assert has_incident or not state.is_busy


def test_a_unit_out_of_service_is_not_assigned_and_a_busy_one_may_be_sent_elsewhere() -> None:
    assert not may_unit_move(UnitStatus.OUT_OF_SERVICE, UnitStatus.ASSIGNED)
    assert all(may_unit_move(status, UnitStatus.ASSIGNED) for status in UnitStatus if status.is_busy)


@pytest.mark.parametrize(
    ("priority", "dispatch_s", "arrival_s", "shape"),
    [
        (Priority.P1, 60, 480, "▲"),
        (Priority.P2, 180, 900, "■"),
        (Priority.P3, 600, 2400, "●"),
        (Priority.P4, 3600, 86400, "○"),
    ],
)
def test_the_targets_run_from_the_entry_until_somebody_arrives(
    priority: Priority, dispatch_s: int, arrival_s: int, shape: str
) -> None:
    waiting = deadline_for(priority, IncidentStatus.WAITING, NOW)
    travelling = deadline_for(priority, IncidentStatus.EN_ROUTE, NOW)
    assert waiting is not None
    assert travelling is not None
    assert (waiting.kind, (waiting.due_at - NOW).total_seconds()) == (DeadlineKind.DISPATCH, dispatch_s)
    assert (travelling.kind, (travelling.due_at - NOW).total_seconds()) == (DeadlineKind.ARRIVAL, arrival_s)
    assert not waiting.is_overdue(waiting.due_at)
    assert waiting.is_overdue(waiting.due_at + timedelta(seconds=1))
    assert deadline_for(priority, IncidentStatus.ON_SCENE, NOW) is None
    assert deadline_for(priority, IncidentStatus.CLOSED, NOW) is None
    assert priority.shape == shape


def test_the_targets_of_the_municipality_go_before_the_defaults() -> None:
    own = deadline_for(Priority.P1, IncidentStatus.ENTERED, NOW, {Priority.P1: Targets(30, 300)})
    other = deadline_for(Priority.P2, IncidentStatus.ENTERED, NOW, {Priority.P1: Targets(30, 300)})
    assert own is not None
    assert other is not None
    assert (own.due_at - NOW).total_seconds() == 30
    assert (other.due_at - NOW).total_seconds() == 180


def test_a_priority_is_raised_and_lowered_within_its_limits() -> None:
    assert Priority.P3.raised() is Priority.P2
    assert Priority.P1.raised() is Priority.P1
    assert Priority.P2.raised(-1) is Priority.P3
    assert Priority.P4.raised(-2) is Priority.P4


def test_the_legal_clocks_are_sixty_minutes_and_fifteen_of_warning() -> None:
    assert FieldTimerKind.IDENTITY_CHECK.limit_s == 3600
    assert FieldTimerKind.FLAGRANCY.limit_s == 900


def test_a_more_urgent_incident_is_asked_about_sooner() -> None:
    for status in (UnitStatus.ASSIGNED, UnitStatus.EN_ROUTE, UnitStatus.ON_SCENE):
        limits = [unit_limit_s(status, priority) or 0 for priority in Priority]
        assert limits == sorted(limits)
        assert min(limits) > 0
    assert unit_limit_s(UnitStatus.AVAILABLE, None) is None


@given(st.datetimes(datetime(2024, 1, 1), datetime(2030, 1, 1), timezones=st.just(UTC)))  # noqa: DTZ001
def test_every_instant_lies_in_the_shift_that_is_said_to_run(instant: datetime) -> None:
    start, end = shift_bounds(*shift_at(instant))
    assert start <= instant < end
    assert timedelta(hours=7) <= end - start <= timedelta(hours=9)


@given(st.dates(date(2024, 1, 1), date(2030, 1, 1)))
def test_the_shifts_of_a_day_follow_each_other_without_gap_also_when_the_clocks_change(on: date) -> None:
    night, day, evening = (
        shift_bounds(kind, on) for kind in (ShiftKind.NIGHT, ShiftKind.DAY, ShiftKind.EVENING)
    )
    assert night[1] == day[0]
    assert day[1] == evening[0]
    assert evening[1] == shift_bounds(ShiftKind.NIGHT, on + timedelta(days=1))[0]


def test_a_shift_of_other_hours_has_no_usual_bounds() -> None:
    with pytest.raises(ValueError, match="other hours"):
        shift_bounds(ShiftKind.OTHER, date(2026, 11, 22))
