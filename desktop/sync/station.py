"""What a station's own program does with the exchange: enrol, join, exchange once, and keep up in the background."""

import json
import re
from collections.abc import Callable
from dataclasses import replace
from typing import Final

from desktop.core.clock import Clock
from desktop.core.errors import FieldError, Unavailable, UserError
from desktop.core.i18n import N_, tr
from desktop.core.paths import Profile
from desktop.core.station_file import StationFile
from desktop.core.vault import KEYRING, PASSPHRASE
from desktop.operations.setup import SetUp, device_letters, make_station
from desktop.operations.station import Station
from desktop.store import peers
from desktop.store.peers import SERVER
from desktop.sync.bundle_parts import blobs_of, devices_of
from desktop.sync.enrolment import Membership, enrol, granted_until, membership
from desktop.sync.exchange import Exchange, Identity
from desktop.sync.http_peer import HttpPeer
from desktop.sync.lan.answering import DEFAULT_PORT
from desktop.sync.lan.neighbours import Neighbours, Where
from desktop.sync.outcome import Outcome
from desktop.sync.peer import NotWelcome, PeerAway
from desktop.sync.service import ExchangeService
from desktop.sync.state import ExchangeState

APP: Final = "atalaya"
_TYPED: Final = "exchange/neighbours"
_NO_LETTERS: Final = "00"
"""Until the server says which ones the administrator chose."""
_LAST_PORT: Final = 65_535
_HOST: Final = re.compile(r"[A-Za-z0-9]([A-Za-z0-9.-]{0,251}[A-Za-z0-9])?")


def enrol_station(station: Station, code: str) -> Membership:
    """Enrol a station that was set up already: the municipality's first one.

    Raises:
        FieldError: the code was misread.
        UserError: the station is enrolled, the server refuses, or the code is for other letters.
        Unavailable: the server cannot be reached.
    """
    identity = station.identity
    key = station.keys.signing.public_key().public_bytes_raw()
    return enrol(station.store, key, identity.name, identity.device, code)


def join(
    profile: Profile,
    name: str,
    code: str,
    passphrase: str | None,
    clock: Clock,
    *,
    commune: str = "",
    is_demo: bool = False,
) -> SetUp:
    """Make a station in an empty profile that takes people, catalogues and everything else from the municipality.

    Its letters are those that the administrator chose with the code. `commune` stands in its documents.

    Raises:
        FieldError: the code was misread.
        UserError: there is a station in the folder, or the server refuses.
        Unavailable: the server cannot be reached, or gave nothing to begin with; nothing was made.
    """
    facts = StationFile(
        name=name.strip(),
        device=device_letters(_NO_LETTERS),
        municipality="",
        commune=commune.strip(),
        key_way=KEYRING if passphrase is None else PASSPHRASE,
        is_demo=is_demo,
    )

    def fill(station: Station) -> StationFile:
        member = enrol_station(station, code)
        exchange_once(station, with_history=False)
        if all(one.id != member.device for one in devices_of(station)):
            raise Unavailable(
                tr(N_("El servidor {address} no entregó los datos del municipio."), address=member.address)
            )
        return replace(facts, municipality=member.municipality, device=member.device_code)

    return make_station(profile, facts, passphrase, clock, fill)


def exchange_once(station: Station, *, with_history: bool = True) -> Outcome:
    """Exchange with the server until neither side has more.

    Without the history, what was written before this station began comes later, in the background.

    Raises:
        UserError: the station is not enrolled, or not welcome any more.
        Unavailable: the server does not answer; what was exchanged until then counts.
    """
    member = _member(station)
    peer = HttpPeer.server(member, station.keys.signing)
    try:
        exchange = Exchange.with_server(station.store, peer, _identity(member))
        outcome = exchange.run()
        while with_history and not outcome.forked:
            recalled = exchange.recall(lambda: None)
            outcome.taken += recalled.taken
            if not recalled.history or not recalled.taken:
                break
    except NotWelcome as error:
        raise UserError(
            tr(N_("El servidor ya no reconoce a esta estación. Consulte a quien lo administra."))
        ) from error
    except PeerAway as error:
        raise Unavailable(
            tr(
                N_("El servidor {address} no responde. Lo escrito está guardado aquí y se enviará después."),
                address=member.address,
            )
        ) from error
    else:
        return outcome
    finally:
        peer.close()


def only_here(station: Station) -> int:
    """Return how many change-sets the server does not hold yet, as far as is known."""
    return station.store.read(lambda session: peers.only_here(session.connection(), SERVER)).result()


def begin_exchange(station: Station, told: Callable[[ExchangeState], None]) -> ExchangeService | None:
    """Keep up with the server in the background; None when this station is not enrolled.

    `told` is called on the exchange's threads.
    """
    member = membership(station.store)
    if member is None:
        return None
    start = ExchangeState(
        remaining=only_here(station),
        granted_until=granted_until(station.store),
        municipality=member.municipality,
        address=member.address,
    )
    return ExchangeService(
        station.store,
        blobs_of(station),
        lambda: HttpPeer.server(member, station.keys.signing),
        _identity(member),
        told,
        start,
    )


def begin_neighbours(
    station: Station, told: Callable[[], None], where: Where | None = None
) -> Neighbours | None:
    """Answer the neighbours and call some, in the background; None when this station is not enrolled.

    `told` is called on threads of its own when somebody comes or goes.
    """
    member = membership(station.store)
    if member is None:
        return None
    made = Neighbours(
        station.store, blobs_of(station), member, station.keys.signing, _identity(member), told, where
    )
    made.type_addresses(typed_addresses(station))
    return made


def typed_addresses(station: Station) -> tuple[str, ...]:
    """Return the addresses of neighbours (`host:port`) that a person typed on this station."""
    text = station.memory.get(_TYPED)
    return () if text is None else tuple(json.loads(text))


def type_addresses(station: Station, text: str) -> tuple[str, ...]:
    """Keep the addresses that a person typed, separated by blanks or commas; return them with their ports.

    Raises:
        FieldError: one of them is none.
    """
    found = tuple(dict.fromkeys(_address(word) for word in text.replace(",", " ").split()))
    station.memory.put(_TYPED, json.dumps(found))
    return found


def _address(word: str) -> str:
    host, colon, port = word.rpartition(":") if ":" in word else (word, ":", str(DEFAULT_PORT))
    if not _HOST.fullmatch(host) or not port.isdigit() or not 0 < int(port) <= _LAST_PORT:
        raise FieldError(
            "neighbours",
            tr(N_("{word} no es una dirección. Escriba, por ejemplo, 192.168.1.20"), word=word),
        )
    return f"{host}{colon}{port}"


def _identity(member: Membership) -> Identity:
    return Identity(member.device, member.municipal_key, APP)


def _member(station: Station) -> Membership:
    member = membership(station.store)
    if member is None:
        raise UserError(
            tr(N_("Esta estación no está inscrita. Inscríbala con: {order}"), order="atalaya sync enroll")
        )
    return member
