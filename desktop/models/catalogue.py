"""Every register of the program, in menu order."""

from desktop.models import catalogues, devices, fleet, people, shared, shifts, system
from desktop.models.incidents import register as incidents
from desktop.register.spec import Register

REGISTERS: tuple[Register, ...] = (
    *incidents.REGISTERS,
    shifts.SHIFTS,
    shifts.SHIFT_MEMBERS,
    shifts.HANDOVERS,
    shifts.QUICK_NOTES,
    fleet.UNITS,
    people.STAFF,
    catalogues.INCIDENT_TYPES,
    catalogues.RESPONSE_TARGETS,
    catalogues.PROTOCOLS,
    catalogues.SERVICES,
    catalogues.LOCAL_PHONES,
    catalogues.STREETS,
    catalogues.SECTORS,
    shared.ATTACHMENTS,
    shared.LINKS,
    system.IMPORT_BATCHES,
    system.MUNICIPAL_SETTINGS,
    people.USERS,
)
BY_KEY = {register.key: register for register in REGISTERS}
BY_TABLE = {register.model.__tablename__: register for register in REGISTERS}
WITHOUT_REGISTER = (devices.Device, devices.DeviceReplica)
"""Records that no form, list or print of a register shows: what an exchange trusts, on the page of the exchange."""
