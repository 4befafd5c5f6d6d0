"""Who asks at this hub: a signed hello with a grant of the municipality opens a session, without asking anybody."""

import base64
import binascii
import os
import threading
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from desktop.store.store import Store
from desktop.sync.enrolment import Membership, shown_grant
from wire import grants, roster
from wire.grants import Grant, GrantError
from wire.messages import Challenge, Hello

_NONCE_MS: Final = 2 * 60 * 1000
_SESSION_MS: Final = 60 * 60 * 1000
_RANDOM: Final = 16
_MOST: Final = 1_000
"""Sessions and open questions that are remembered; the oldest are forgotten first."""
_REVOKED: Final = f"SELECT 1 FROM {roster.DEVICES} WHERE id = ? AND revoked_at IS NOT NULL"  # noqa: S608 - declared name


class NotAdmitted(Exception):
    """Nobody whom this hub may answer. It is not said why."""


@dataclass(frozen=True, slots=True)
class Guest:
    """A neighbour with a session, and the scopes that both may hold."""

    device: bytes
    scopes: frozenset[str]
    expires_ms: int


class Guests:
    """Admits neighbours and remembers them."""

    def __init__(self, store: Store, member: Membership, now_ms: Callable[[], int]) -> None:
        self._store = store
        self._member = member
        self._now_ms = now_ms
        self._lock = threading.Lock()
        self._nonces: OrderedDict[bytes, int] = OrderedDict()
        self._guests: OrderedDict[bytes, Guest] = OrderedDict()

    def challenge(self) -> Challenge:
        """Return what is to be signed; it names this hub, so that nobody else can use the answer."""
        nonce = self._member.device + os.urandom(_RANDOM)
        with self._lock:
            self._nonces[nonce] = self._now_ms() + _NONCE_MS
            while len(self._nonces) > _MOST:
                self._nonces.popitem(last=False)
        return Challenge(nonce)

    def admit(self, hello: Hello, body: bytes, signature: str) -> tuple[bytes, Guest]:
        """Return a token and whose it is.

        Raises:
            NotAdmitted: the grant is not the municipality's or has run out, or somebody else signed.
        """
        now_ms = self._now_ms()
        with self._lock:
            expires_ms = self._nonces.pop(hello.nonce, 0)
        grant = self._granted(hello, now_ms)
        try:
            Ed25519PublicKey.from_public_bytes(grant.signing_key).verify(
                base64.b64decode(signature, validate=True), body
            )
        except (InvalidSignature, binascii.Error, ValueError) as error:
            raise NotAdmitted from error
        if expires_ms <= now_ms or grant.device == self._member.device or self._is_revoked(grant.device):
            raise NotAdmitted
        guest = Guest(
            grant.device,
            frozenset(grant.reads) & own_scopes(self._store, self._member),
            min(grant.expires_ms, now_ms + _SESSION_MS),
        )
        token = os.urandom(_RANDOM)
        with self._lock:
            self._guests[token] = guest
            while len(self._guests) > _MOST:
                self._guests.popitem(last=False)
        return token, guest

    def guest_of(self, authorization: str) -> Guest:
        """Return whose session a header names.

        Raises:
            NotAdmitted: there is none, or no longer, or the station was revoked meanwhile.
        """
        kind, _, said = authorization.partition(" ")
        try:
            token = base64.urlsafe_b64decode(said) if kind == "Bearer" else b""
        except (binascii.Error, ValueError) as error:
            raise NotAdmitted from error
        with self._lock:
            guest = self._guests.get(token)
        if guest is None or guest.expires_ms <= self._now_ms() or self._is_revoked(guest.device):
            raise NotAdmitted
        return guest

    def _granted(self, hello: Hello, now_ms: int) -> Grant:
        key = Ed25519PublicKey.from_public_bytes(self._member.municipal_key)
        try:
            grant = grants.opened(hello.grant, key, self._member.tenant, now_ms)
        except GrantError as error:
            raise NotAdmitted from error
        if grant.device != hello.device:
            raise NotAdmitted
        return grant

    def _is_revoked(self, device: bytes) -> bool:
        return is_revoked(self._store, device)


def is_revoked(store: Store, device: bytes) -> bool:
    """Tell whether this station knows that a device was revoked."""
    return store.read(
        lambda session: session.connection().exec_driver_sql(_REVOKED, (device,)).first() is not None
    ).result()


def own_scopes(store: Store, member: Membership) -> frozenset[str]:
    """Return what this station may hold, as the server said last; a grant that ran out says it too."""
    shown = shown_grant(store)
    if not shown:
        return frozenset(member.scopes)
    key = Ed25519PublicKey.from_public_bytes(member.municipal_key)
    try:
        return frozenset(grants.opened(shown, key, member.tenant, now_ms=0).reads)
    except GrantError:
        return frozenset()
