"""Ordinary work on a store, for tests that look at what it leaves behind."""

from uuid import UUID

from desktop.models.incidents.records import Incident, IncidentLine
from desktop.models.incidents.states import LineKind
from desktop.models.people import StaffMember
from desktop.store.store import Store
from desktop.store.unit_of_work import UnitOfWork
from tests.support.profiles import OPERATOR


def add_member(store: Store, name: str, **values: object) -> UUID:
    def body(unit: UnitOfWork) -> UUID:
        member = StaffMember(full_name=name, **values)
        unit.session.add(member)
        unit.session.flush()
        return member.id

    return store.write(OPERATOR, "staff.create", body).result()


def change_member(store: Store, member_id: UUID, **values: object) -> None:
    def body(unit: UnitOfWork) -> None:
        member = unit.session.get_one(StaffMember, member_id)
        for name, value in values.items():
            assert hasattr(member, name)
            setattr(member, name, value)

    store.write(OPERATOR, "staff.edit", body).result()


def add_incident(store: Store, narrative: str, lines: int = 1) -> UUID:
    def body(unit: UnitOfWork) -> UUID:
        incident = Incident(reported_at=unit.at, narrative=narrative, code=unit.allot_code(Incident))
        unit.session.add(incident)
        unit.session.flush()
        for number in range(lines):
            unit.session.add(
                IncidentLine(
                    incident_id=incident.id, at=unit.at, kind=LineKind.NOTE, text=f"{narrative} {number}"
                )
            )
        return incident.id

    return store.write(OPERATOR, "incidents.create", body).result()


def import_members(store: Store, count: int, name: str = "Persona importada") -> None:
    rows = [{"full_name": f"{name} {number}"} for number in range(count)]
    store.write(OPERATOR, "staff.import", lambda unit: unit.add_rows(StaffMember, rows)).result()
