"""The rosters of the demonstration: three shifts a day, people taking turns, crews in units."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from desktop.models.demo_commune import DemoCommune, DemoStaff
from desktop.models.incidents.states import ShiftKind, UnitKind, shift_bounds


@dataclass(frozen=True, slots=True)
class DemoShiftMember:
    """A person on a roster; `callsign` is the unit of those who patrol."""

    full_name: str
    post: str
    callsign: str | None = None


@dataclass(frozen=True, slots=True)
class DemoShift:
    """A shift of the centre with its roster."""

    kind: ShiftKind
    day: date
    starts_at: datetime
    ends_at: datetime
    members: tuple[DemoShiftMember, ...]


_ORDER = (ShiftKind.NIGHT, ShiftKind.DAY, ShiftKind.EVENING)
_AT_POSTS = {"shift_supervisor": 1, "operator": 3, "dispatcher": 1, "camera_operator": 2}
_CREWED = frozenset({UnitKind.PICKUP, UnitKind.CAR})


def demo_shifts(commune: DemoCommune, first: date, last: date) -> Iterator[DemoShift]:
    """Yield the shifts of every day from `first` to `last`, in order of time."""
    by_post: dict[str, list[DemoStaff]] = {}
    for member in commune.staff:
        by_post.setdefault(member.post, []).append(member)
    crewed = [unit.callsign for unit in commune.units if unit.kind in _CREWED]
    turn = first.toordinal() * len(_ORDER)
    for offset in range((last - first).days + 1):
        day = first + timedelta(days=offset)
        for kind in _ORDER:
            members = [
                DemoShiftMember(person.full_name, post)
                for post, wanted in _AT_POSTS.items()
                for person in _next(by_post[post], turn, wanted)
            ]
            patrol = _next(by_post["security_inspector"], turn, 12)
            members += [
                DemoShiftMember(person.full_name, person.post, crewed[(turn + place // 2) % len(crewed)])
                for place, person in enumerate(patrol)
            ]
            starts_at, ends_at = shift_bounds(kind, day)
            yield DemoShift(kind, day, starts_at, ends_at, tuple(members))
            turn += 1


def _next(people: list[DemoStaff], turn: int, wanted: int) -> list[DemoStaff]:
    return [people[(turn * wanted + place) % len(people)] for place in range(wanted)]
