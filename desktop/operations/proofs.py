"""Proof that a person is at the desk now, for a signature, without changing who is signed in."""

from sqlalchemy import select

from desktop.core.errors import NotAllowed
from desktop.core.i18n import N_, tr
from desktop.models.people import User
from desktop.operations.context import Actor
from desktop.operations.handover import PasswordProof
from desktop.operations.station import Station
from desktop.operations.users import confirm_password


def prove(station: Station, username: str, password: str) -> PasswordProof:
    """Check a name and a password and return the proof that `sign_out` and `sign_in_handover` ask for.

    Called off the interface's thread: the check is slow on purpose.

    Raises:
        NotAllowed: they do not match.
        UserError: it is too early for another try.
    """
    name = username.strip().lower()
    user = station.read_as(
        station.system,
        lambda ctx: ctx.session.scalar(
            select(User).where(User.username == name, User.is_active, User.voided_at.is_(None))
        ),
    ).result()
    if user is None:
        raise NotAllowed(tr(N_("El usuario o la contraseña no coinciden.")))
    identity = station.identity
    actor = Actor(user.id, user.full_name, user.initials, user.role_set, identity.name, identity.device)
    confirm_password(station, actor, password)
    return PasswordProof(user.id, user.full_name, station.clock.now())
