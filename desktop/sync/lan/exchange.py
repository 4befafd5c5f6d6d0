"""An exchange with a neighbour: as with the server, but both show the municipality's word of what they may hold."""

from typing import Final

import msgspec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from sqlalchemy import Connection

from desktop.store import peers
from desktop.store.receive import Chain
from desktop.store.store import Store
from desktop.sync.enrolment import Membership, shown_grant
from desktop.sync.exchange import Exchange, Identity
from desktop.sync.lan.guests import is_revoked, own_scopes
from desktop.sync.peer import NotWelcome, Peer
from wire import grants
from wire.grants import GrantError
from wire.messages import ScopeState, Welcome

NO_GRANT: Final = "no_grant"
"""This station has not met the server for so long that its own word ran out; no neighbour may answer it."""


class NeighbourExchange(Exchange):
    """Exchanges with the station whose device answers.

    Nothing is given to it beyond what its own grant lets it hold (I9); what it gives is checked as everything is.
    """

    _gives_voids = True
    _answers_for_chains = False

    def __init__(
        self, store: Store, peer: Peer, device: bytes, member: Membership, identity: Identity
    ) -> None:
        super().__init__(store, peer, device.hex(), identity)
        self._device = device
        self._member = member
        self._file = store

    def _shown(self) -> bytes:
        shown = shown_grant(self._file)
        if not shown:
            raise NotWelcome(NO_GRANT)
        return shown

    def _met(self, welcome: Welcome, clock_ms: int, *, is_new_epoch: bool) -> Welcome:
        if is_revoked(self._file, self._device):
            raise NotWelcome("revoked")
        mine, theirs = own_scopes(self._file, self._member), self._granted(welcome.grant, clock_ms)
        scopes = [
            ScopeState(state.scope, state.epoch, state.n, state.digest, state.scope in theirs)
            for state in welcome.scopes
            if state.scope in mine
        ]

        def keep(connection: Connection) -> None:
            # It says everything each time: what it lost since, with its disk, is given again.
            known = peers.held_by(connection, self._device.hex())
            said = {scope: held for scope, held in _vectors(welcome).items() if scope in mine}
            if is_new_epoch or known != said:
                peers.forget(connection, self._device.hex())
                peers.put_held(
                    connection, self._device.hex(), [one for one in welcome.own if one.scope in mine]
                )

        self._file.local(keep).result()
        return msgspec.structs.replace(welcome, scopes=scopes)

    def _may_settle(self, kept: dict[Chain, int]) -> bool:
        """Tell whether the server, as far as is known, holds no more of our branch than the neighbour shares."""
        held = self._file.read(lambda session: peers.held_by(session.connection(), peers.SERVER)).result()
        return all(held.get(scope, {}).get(replica, 0) <= seq for (scope, replica), seq in kept.items())

    def _granted(self, shown: bytes, now_ms: int) -> frozenset[str]:
        """Return the scopes that the neighbour may hold; none when its word ran out or is somebody else's."""
        key = Ed25519PublicKey.from_public_bytes(self._member.municipal_key)
        try:
            grant = grants.opened(shown, key, self._member.tenant, now_ms)
        except GrantError:
            return frozenset()
        return frozenset(grant.reads) if grant.device == self._device else frozenset()


def _vectors(welcome: Welcome) -> dict[str, dict[int, int]]:
    found: dict[str, dict[int, int]] = {}
    for tail in welcome.own:
        found.setdefault(tail.scope, {})[tail.replica] = tail.seq
    return found
