"""Who is asking: a signed hello opens a session, a token carries it; nothing of it is kept here.

Any process of the municipality's server accepts what another one began: nonces and tokens are signed with keys that all
of them derive from the same authority.
"""

import base64
import binascii
import os
from typing import Final

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from server import roster_book
from server.authority import Authority, TokenError
from server.engine import Database
from server.give import rights_of, welcome_state
from server.rolled_back import begin_anew_if_put_back
from wire.messages import Challenge, Hello, Welcome

_NONCE: Final = "nonce"
_SESSION: Final = "session"
_NONCE_MS: Final = 2 * 60 * 1000
_SESSION_MS: Final = 60 * 60 * 1000
_RANDOM: Final = 16
MIN_SCHEMA: Final = 1


class Unknown(Exception):
    """Nobody whom this municipality knows: a wrong signature, an old nonce, a revoked device. It is not said which."""


class Sessions:
    """Begins sessions and tells whose they are."""

    def __init__(self, database: Database, authority: Authority) -> None:
        self._database = database
        self._authority = authority

    def challenge(self) -> Challenge:
        """Return what is to be signed."""
        expires = self._database.now_ms() + _NONCE_MS
        return Challenge(self._authority.token(_NONCE, os.urandom(_RANDOM), expires))

    def hello(self, hello: Hello, body: bytes, signature: str) -> Welcome:
        """Begin a session for whoever signed the bytes of a hello.

        A wrong station clock is told, never a reason to refuse.

        Raises:
            Unknown: it was signed by nobody here.
            DatabaseAway: the database is gone.
        """
        now_ms = self._database.now_ms()
        device = roster_book.device_of(self._database, self._authority.tenant, hello.device)
        if device is None or device.is_revoked:
            raise Unknown
        try:
            self._authority.said_by(hello.nonce, _NONCE, now_ms)
            key = Ed25519PublicKey.from_public_bytes(device.signing_key)
            key.verify(base64.b64decode(signature, validate=True), body)
        except (TokenError, InvalidSignature, binascii.Error, ValueError) as error:
            raise Unknown from error
        roster_book.note_replica(self._database, self._authority, hello.device, hello.replica)
        roster_book.note_seen(self._database, self._authority.tenant, hello.device)
        begin_anew_if_put_back(self._database, self._authority, hello.receipts)
        epoch, server, scopes, own = welcome_state(self._database, self._authority, hello.device, hello)
        expires = now_ms + _SESSION_MS
        return Welcome(
            self._authority.token(_SESSION, hello.device, expires),
            now_ms,
            MIN_SCHEMA,
            epoch,
            server,
            scopes,
            own,
            expires,
            self._authority.grant(
                hello.device,
                device.signing_key,
                [state.scope for state in scopes],
                [state.scope for state in scopes if state.may_write],
                now_ms,
            ),
        )

    def device_of(self, authorization: str) -> bytes:
        """Return the device whose session a header names.

        Raises:
            Unknown: there is no such session, or no longer.
        """
        kind, _, token = authorization.partition(" ")
        try:
            said = base64.urlsafe_b64decode(token) if kind == "Bearer" else b""
            return self._authority.said_by(said, _SESSION, self._database.now_ms())
        except (TokenError, binascii.Error, ValueError) as error:
            raise Unknown from error

    def readable(self, device: bytes) -> frozenset[str]:
        """Return the scopes that a device may hold now."""
        with self._database.reading() as tx:
            return frozenset(rights_of(tx, self._authority.tenant, device))
