"""Who signs in: users, passwords, offline sign-in with patience, change of user at a shared desk."""

import json
import logging
from collections.abc import Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil
from uuid import UUID

from sqlalchemy import select

from desktop.core import formats
from desktop.core.errors import FieldError, NotAllowed, UserError
from desktop.core.i18n import N_, tr
from desktop.core.passwords import (
    STATION_PATIENCE,
    USER_PATIENCE,
    Patience,
    Throttle,
    hash_password,
    needs_rehash,
    verify,
)
from desktop.models.people import User
from desktop.models.roles import Department, Role
from desktop.operations.context import Actor, Context, ReadContext
from desktop.operations.memory import StoredMemory
from desktop.operations.second_factor import Enrolment, SecondFactor, check_code, needs_code, was_seen_lately
from desktop.operations.station import Station
from desktop.register.access import Action
from desktop.register.types import instant_from_wire, instant_to_wire

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class UserView:
    """A user as an administrator sees them; never a hash."""

    id: UUID
    username: str
    full_name: str
    department: Department
    roles: frozenset[Role]
    is_active: bool
    has_second_factor: bool = False


def list_users(ctx: ReadContext) -> tuple[UserView, ...]:
    """Return the users by name.

    Raises:
        NotAllowed: the role does not permit it.
    """
    ctx.rights.check(Action.READ, "users")
    found = ctx.session.scalars(select(User).where(User.voided_at.is_(None)))
    views = [
        UserView(
            user.id,
            user.username,
            user.full_name,
            user.department,
            user.role_set,
            user.is_active,
            user.totp_secret is not None,
        )
        for user in found
    ]
    return tuple(sorted(views, key=lambda view: formats.sort_key(view.full_name)))


def must_change_password(ctx: ReadContext) -> bool:
    """Tell whether the person who is signed in was given their password by somebody else."""
    return bool(ctx.session.scalar(select(User.must_change_password).where(User.id == ctx.actor.user_id)))


def create_user(
    ctx: Context,
    *,
    username: str,
    full_name: str,
    password: str,
    roles: Sequence[Role],
    department: Department = Department.CITIZEN_SECURITY,
    must_change: bool = False,
) -> UUID:
    """Make a user.

    Raises:
        FieldError: the name is taken or has spaces, there is no role, or the password is too short.
        NotAllowed: the role does not permit it.
    """
    ctx.rights.check(Action.CREATE, "users")
    return add_user(
        ctx,
        username=username,
        full_name=full_name,
        password=password,
        roles=roles,
        department=department,
        must_change=must_change,
    )


def add_user(
    ctx: Context,
    *,
    username: str,
    full_name: str,
    password: str,
    roles: Sequence[Role],
    department: Department = Department.CITIZEN_SECURITY,
    must_change: bool = False,
) -> UUID:
    """Make a user without asking for rights: the set-up of a station, where nobody has any yet."""
    name = username.strip().lower()
    if not name or len(name.split()) != 1:
        raise FieldError("username", tr(N_("Escriba un usuario sin espacios.")))
    if ctx.session.scalar(select(User).where(User.username == name, User.voided_at.is_(None))) is not None:
        raise FieldError("username", tr(N_("Ya existe el usuario «{name}»."), name=name))
    if not full_name.strip():
        raise FieldError("full_name", tr(N_("Escriba el nombre completo.")))
    if not roles:
        raise FieldError("roles", tr(N_("Elija al menos un rol.")))
    user = User(
        username=name,
        full_name=" ".join(full_name.split()),
        initials=_initials(full_name),
        roles=tuple(str(role.value) for role in roles),
        department=department,
        password_hash=hash_password(password),
        must_change_password=must_change,
    )
    ctx.name_operation("users.create")
    return ctx.add(user).id


def change_password(ctx: Context, *, current: str, new: str) -> None:
    """Let a person change their own password.

    Raises:
        FieldError: the current one is wrong, or the new one is too short or the same.
    """
    user = ctx.get(User, ctx.actor.user_id)
    if not verify(user.password_hash, current):
        raise FieldError("current", tr(N_("La contraseña actual no es esa.")))
    if new == current:
        raise FieldError("password", tr(N_("La nueva contraseña debe ser distinta.")))
    user.password_hash = hash_password(new)
    user.must_change_password = False
    ctx.name_operation("users.change_password")


def reset_password(ctx: Context, user_id: UUID, new: str) -> None:
    """Give somebody a password that they must change when they sign in.

    Raises:
        FieldError: it is too short.
        NotAllowed: the role does not permit it.
    """
    ctx.rights.check(Action.EDIT, "users")
    user = ctx.get(User, user_id)
    user.password_hash = hash_password(new)
    user.must_change_password = True
    ctx.name_operation("users.reset_password")


def edit_user(
    ctx: Context,
    user_id: UUID,
    *,
    full_name: str,
    roles: Sequence[Role],
    department: Department,
    is_active: bool,
) -> None:
    """Change what a user is.

    Raises:
        FieldError: a value is missing.
        UserError: nobody would be left to administer the system.
        NotAllowed: the role does not permit it.
    """
    ctx.rights.check(Action.EDIT, "users")
    user = ctx.get(User, user_id)
    if not full_name.strip():
        raise FieldError("full_name", tr(N_("Escriba el nombre completo.")))
    if not roles:
        raise FieldError("roles", tr(N_("Elija al menos un rol.")))
    user.full_name = " ".join(full_name.split())
    user.initials = _initials(full_name)
    user.roles = tuple(str(role.value) for role in roles)
    user.department = department
    user.is_active = is_active
    ctx.session.flush()
    admins = [
        other
        for other in ctx.session.scalars(select(User).where(User.is_active, User.voided_at.is_(None)))
        if Role.ADMINISTRATOR in other.role_set
    ]
    if not admins:
        raise UserError(tr(N_("Debe quedar al menos una persona que administre el sistema.")))
    ctx.name_operation("users.edit")


def sign_in(
    station: Station, username: str, password: str, code: str = "", *, is_change: bool = False
) -> Actor:
    """Check who it is without any network, and seat the person. Called off the interface's thread.

    `is_change` is a change of person at a running station: who gave a code here lately is not asked again.

    Raises:
        CodeNeeded: the password is right and the person has a second factor, but `code` is empty.
        FieldError: the code is wrong, old or used.
        UserError: they do not match (which of the two is never said), or it is too early for another try.
    """
    name = username.strip().lower()
    now = station.clock.now()
    patience = _Patience(station.memory, f"sign-in/{name}", USER_PATIENCE, now)
    everybody = _Patience(station.memory, "sign-in", STATION_PATIENCE, now)
    _check_patience(max(patience.state.wait(now), everybody.state.wait(now)))
    system = station.system
    user = station.read_as(
        system,
        lambda ctx: ctx.session.scalar(
            select(User).where(User.username == name, User.is_active, User.voided_at.is_(None))
        ),
    ).result()
    stored = user.password_hash if user is not None else None
    if not verify(stored, password) or user is None:
        patience.put(patience.state.failed(now))
        everybody.put(everybody.state.failed(now))
        raise UserError(tr(N_("El usuario o la contraseña no coinciden.")))
    patience.put(patience.state.succeeded())
    everybody.put(everybody.state.succeeded())
    actor = Actor(
        user.id,
        user.full_name,
        user.initials,
        user.role_set,
        station.identity.name,
        station.identity.device,
    )
    if user.totp_secret is not None and not (
        is_change and was_seen_lately(station, user.id, user.totp_secret)
    ):
        _check_second_factor(station, actor, name, user.totp_secret, code)
    if needs_rehash(user.password_hash):
        station.write_as(actor, lambda ctx: _rehash(ctx, password)).result()
    station.seat(actor)
    station.write_as(actor, _note_sign_in).add_done_callback(_warn_of_a_gap)
    return actor


def _note_sign_in(ctx: Context) -> None:
    ctx.name_operation("users.sign_in")
    ctx.unit.capture.read(ctx.get(User, ctx.actor.user_id))


def _warn_of_a_gap(noted: Future[None]) -> None:
    """Leave a trace in the log when the journal took no note: nobody is kept out because a disk is full."""
    error = None if noted.cancelled() else noted.exception()
    if error is not None:
        _log.warning("a sign-in is not in the journal: %s", type(error).__name__)


def confirm_password(station: Station, actor: Actor, password: str) -> None:
    """Check that the person at the desk is who signed in: to unlock, and to sign a hand-over.

    Raises:
        NotAllowed: the password is not theirs.
        UserError: it is too early for another try.
    """
    user = station.read_as(station.system, lambda ctx: ctx.session.get(User, actor.user_id)).result()
    if user is None:
        raise NotAllowed(tr(N_("Esa persona ya no es usuaria de esta estación.")))
    now = station.clock.now()
    patience = _Patience(station.memory, f"sign-in/{user.username}", USER_PATIENCE, now)
    wait = patience.state.wait(now)
    if wait > timedelta(0):
        raise UserError(
            tr(N_("Demasiados intentos. Espere {time}."), time=formats.timer(ceil(wait.total_seconds())))
        )
    if not verify(user.password_hash, password):
        patience.put(patience.state.failed(now))
        raise NotAllowed(tr(N_("La contraseña no es esa.")))
    patience.put(patience.state.succeeded())


def enrol(station: Station, enrolment: Enrolment, code: str, password: str) -> tuple[str, ...]:
    """Activate the second factor of who sits here, or change it, and return the codes for paper.

    Raises:
        FieldError: the code is not that of the secret.
        NotAllowed: the password is not theirs.
        UserError: it is too early for another try.
    """
    actor = station.actor
    if actor is None:
        raise NotAllowed(tr(N_("Inicie sesión para continuar.")))
    confirm_password(station, actor, password)
    return SecondFactor(station).confirm(enrolment, code)


def _check_second_factor(station: Station, actor: Actor, name: str, sealed: str, code: str) -> None:
    """Check a code with a patience of its own: a right password does not give free tries at the code."""
    now = station.clock.now()
    patience = _Patience(station.memory, f"second-factor/{name}", USER_PATIENCE, now)
    _check_patience(patience.state.wait(now))
    needs_code(has_code=bool(code.strip()))
    try:
        check_code(station, actor, sealed, code)
    except FieldError:
        patience.put(patience.state.failed(now))
        raise
    patience.put(patience.state.succeeded())


def _check_patience(wait: timedelta) -> None:
    if wait > timedelta(0):
        raise UserError(
            tr(
                N_("Demasiados intentos. Espere {time} y pruebe otra vez, o pida ayuda a la administración."),
                time=formats.timer(ceil(wait.total_seconds())),
            )
        )


def _rehash(ctx: Context, password: str) -> None:
    ctx.get(User, ctx.actor.user_id).password_hash = hash_password(password)
    ctx.name_operation("users.rehash")


def _initials(full_name: str) -> str:
    return "".join(word[0] for word in full_name.split()[:3]).upper()


class _Patience:
    """The failed tries under one key, remembered by the station across restarts."""

    def __init__(self, memory: StoredMemory, key: str, patience: Patience, now: datetime) -> None:
        self._memory = memory
        self._key = key
        held = json.loads(memory.get(key) or "{}")
        seen = held.get("seen_at")
        at = None if seen is None else instant_from_wire(seen)
        stored = Throttle(int(held.get("failures", 0)), at, patience)
        self.state = stored.seen(now)
        if self.state != stored:  # the clock went back: the wait begins now and not in the future
            self.put(self.state)

    def put(self, state: Throttle) -> None:
        self.state = state
        if state.failures == 0:
            self._memory.forget(self._key)
            return
        seen = None if state.seen_at is None else instant_to_wire(state.seen_at)
        self._memory.put(self._key, json.dumps({"failures": state.failures, "seen_at": seen}))
        self._memory.flush()
