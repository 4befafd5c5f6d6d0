"""The second factor of a sign-in: enrolling, checking a code without any network, reset by an administrator.

The secret is sealed by a key that derives from the station's master key and bound to its user, so that the journal
and copies of the database only carry sealed text. Who was seen here lately changes places with the password alone
(`docs/adr/0014-second-factor.md`).
"""

import base64
import hashlib
import json
import secrets
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from desktop.core import second_factor as codes
from desktop.core.clock import SANTIAGO
from desktop.core.errors import FieldError, NotAllowed, UserError
from desktop.core.i18n import N_, tr
from desktop.core.second_factor import CodeNeeded
from desktop.models.people import User
from desktop.models.roles import NEEDS_SECOND_FACTOR
from desktop.operations.context import Actor, Context
from desktop.operations.station import Station
from desktop.register.access import Action
from desktop.register.types import instant_from_wire, instant_to_wire

PAPER_CODES = 10
TRUSTED_FOR = timedelta(hours=12)
"""A long shift: who gave a code here within it changes places with the password."""
MAY_WAIT = timedelta(days=7)
"""How long somebody whose role needs a second factor may put it off, so that nobody is left outside."""
_KEY = "second-factor"
_NONCE_BYTES = 12


@dataclass(frozen=True, slots=True)
class Enrolment:
    """What an authenticator needs: the address behind the QR code, and the secret to be typed by hand."""

    secret: str
    uri: str


@dataclass(frozen=True, slots=True)
class Standing:
    """What a person has and what their role asks for."""

    is_on: bool
    papers_left: int
    must_enrol: bool
    may_wait: bool


class SecondFactor:
    """The second factor of who is signed in. Everything here is called off the interface's thread."""

    def __init__(self, station: Station) -> None:
        self._station = station

    def standing(self, *, is_invented: bool = False) -> Standing:
        """Return what the person has; asking for the first time starts the days that they may put it off.

        Nobody must enrol where the data is invented: in an exercise, and in the example commune.
        """
        actor, user = self._person()
        is_on = user.totp_secret is not None
        must = not is_on and not is_invented and bool(actor.roles & NEEDS_SECOND_FACTOR)
        return Standing(is_on, len(user.paper_codes), must, must and self._may_wait(actor))

    def begin(self) -> Enrolment:
        """Return a new secret; nothing is kept before `confirm`."""
        _, user = self._person()
        secret = codes.new_secret()
        return Enrolment(secret, codes.enrolment_uri(secret, user.username, tr(N_("Atalaya"))))

    def confirm(self, enrolment: Enrolment, typed: str) -> tuple[str, ...]:
        """Keep the secret once a code shows that the telephone has it; return the codes for paper, in clear this once.

        Raises:
            FieldError: the code is not that of the secret.
        """
        actor, _ = self._person()
        station = self._station
        papers = codes.new_paper_codes(PAPER_CODES)
        sealed = _sealed(station, actor.user_id, enrolment.secret)

        def keep(ctx: Context) -> None:
            user = ctx.get(User, actor.user_id)
            step = codes.accepted_step(enrolment.secret, typed, ctx.now)
            if step is None:
                raise _wrong(station)
            user.totp_secret = sealed
            user.totp_step = step
            user.paper_codes = tuple(codes.hashed_paper_code(paper) for paper in papers)
            ctx.name_operation("users.enrol_second_factor")

        station.write_as(actor, keep).result()
        _remember(station, actor.user_id, sealed)
        return papers

    def _person(self) -> tuple[Actor, User]:
        actor = self._station.actor
        if actor is None:
            raise NotAllowed(tr(N_("Inicie sesión para continuar.")))
        user = self._station.read_as(
            self._station.system, lambda ctx: ctx.session.get(User, actor.user_id)
        ).result()
        if user is None:
            raise NotAllowed(tr(N_("Esa persona ya no es usuaria de esta estación.")))
        return actor, user

    def _may_wait(self, actor: Actor) -> bool:
        memory, now = self._station.memory, self._station.clock.now()
        key = f"{_KEY}/asked/{actor.user_id}"
        held = memory.get(key)
        if held is None:
            memory.put(key, json.dumps(instant_to_wire(now)))
            memory.flush()
            return True
        return now - instant_from_wire(json.loads(held)) < MAY_WAIT


def check_code(station: Station, actor: Actor, sealed: str, typed: str) -> None:
    """Take a code of the authenticator or of the paper: each opens the account once.

    Raises:
        FieldError: it is wrong, old, or was used already.
        UserError: the secret was sealed by another station's key.
    """
    secret = _opened(station, actor.user_id, sealed)

    def take(ctx: Context) -> None:
        user = ctx.get(User, actor.user_id)
        step = codes.accepted_step(secret, typed, ctx.now, user.totp_step)
        if step is not None:
            user.totp_step = step
            ctx.name_operation("users.use_code")
            return
        left = codes.use_paper_code(user.paper_codes, typed)
        if left is None:
            raise _wrong(station)
        user.paper_codes = left
        ctx.name_operation("users.use_paper_code")

    station.write_as(actor, take).result()
    _remember(station, actor.user_id, sealed)


def needs_code(*, has_code: bool) -> None:
    """Ask for the code where none was typed.

    Raises:
        CodeNeeded: none was.
    """
    if not has_code:
        raise CodeNeeded(
            tr(N_("Escriba el código de seis cifras de su teléfono, o uno de sus códigos en papel."))
        )


def was_seen_lately(station: Station, user_id: UUID, sealed: str) -> bool:
    """Tell whether the person gave a code at this station within a shift, with the secret that they have now."""
    held = station.memory.get(f"{_KEY}/seen/{user_id}")
    if held is None:
        return False
    seen = json.loads(held)
    ago = station.clock.now() - instant_from_wire(seen["at"])
    return bool(seen["mark"] == _mark(sealed)) and timedelta(0) <= ago < TRUSTED_FOR


def reset_second_factor(ctx: Context, user_id: UUID) -> None:
    """Take away the second factor of somebody who lost telephone and paper; the role may ask for another at once.

    Raises:
        NotAllowed: the role does not permit it.
        UserError: there is none.
    """
    ctx.rights.check(Action.EDIT, "users")
    user = ctx.get(User, user_id)
    if user.totp_secret is None:
        raise UserError(tr(N_("Esa persona no tiene segundo factor.")))
    user.totp_secret = None
    user.totp_step = None
    user.paper_codes = ()
    ctx.name_operation("users.reset_second_factor")


def _wrong(station: Station) -> FieldError:
    here = station.clock.now().astimezone(SANTIAGO)
    return FieldError(
        "code",
        tr(
            N_(
                "El código no es correcto o ya se usó. Esta estación tiene las {time}; si su teléfono tiene otra "
                "hora, corrija la que esté mala."
            ),
            time=f"{here:%H:%M:%S}",
        ),
    )


def _remember(station: Station, user_id: UUID, sealed: str) -> None:
    seen = {"at": instant_to_wire(station.clock.now()), "mark": _mark(sealed)}
    station.memory.put(f"{_KEY}/seen/{user_id}", json.dumps(seen))
    station.memory.flush()


def _mark(sealed: str) -> str:
    return hashlib.sha256(sealed.encode()).hexdigest()[:16]


def _sealed(station: Station, user_id: UUID, secret: str) -> str:
    nonce = secrets.token_bytes(_NONCE_BYTES)
    sealed = AESGCM(station.master.derive(_KEY)).encrypt(nonce, secret.encode(), user_id.bytes)
    return base64.b64encode(nonce + sealed).decode()


def _opened(station: Station, user_id: UUID, sealed: str) -> str:
    data = base64.b64decode(sealed)
    try:
        cipher = AESGCM(station.master.derive(_KEY))
        return cipher.decrypt(data[:_NONCE_BYTES], data[_NONCE_BYTES:], user_id.bytes).decode()
    except InvalidTag as error:
        raise UserError(
            tr(
                N_(
                    "El segundo factor de esta persona se activó con otra llave. Pida a la administración que lo "
                    "restablezca."
                )
            )
        ) from error
