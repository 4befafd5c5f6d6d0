"""The exchange as a person sees and drives it: who holds what, exchange now, carry it on a stick, enrol."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final

from sqlalchemy import Connection

from desktop.core.errors import NotAllowed
from desktop.core.i18n import N_, tr
from desktop.models.catalogue import BY_KEY
from desktop.operations.context import Context
from desktop.operations.station import Station
from desktop.operations.trail import note_of_person
from desktop.register.access import Action
from desktop.store import base, peers
from desktop.store.peers import SERVER
from desktop.sync import receipts
from desktop.sync.bundle_export import Exported, export_bundle
from desktop.sync.bundle_import import Imported, import_bundle
from desktop.sync.bundle_parts import ProgressLike, devices_of, reading
from desktop.sync.enrolment import Membership, membership
from desktop.sync.lan.discovery import own_addresses
from desktop.sync.lan.neighbours import Neighbours
from desktop.sync.outcome import Outcome
from desktop.sync.state import EXCHANGE
from desktop.sync.station import enrol_station, exchange_once, type_addresses, typed_addresses

_LAST: Final = {"export": "exchange/last_export", "import": "exchange/last_import"}

_NOWHERE_ELSE: Final = """
    SELECT substr(j.operation, 1, instr(j.operation, '.') - 1) AS register, count(*) AS n
    FROM journal AS j
    LEFT JOIN (SELECT scope, replica, max(seq) AS seq FROM peer_chain GROUP BY scope, replica) AS p
        ON p.scope = j.scope AND p.replica = j.replica
    WHERE j.seq > coalesce(p.seq, 0) GROUP BY register ORDER BY n DESC, register
"""


@dataclass(frozen=True, slots=True)
class Holder:
    """Somebody who holds a copy. `lacks` counts what is here and not there, None when nothing was heard of them."""

    name: str
    letters: str
    lacks: int | None
    is_server: bool = False
    is_revoked: bool = False
    is_near: bool = False
    """There is a line to it over the local network now."""


@dataclass(frozen=True, slots=True)
class Carried:
    """The last file that left or came."""

    at: datetime
    name: str
    other: str


@dataclass(frozen=True, slots=True)
class ExchangeOverview:
    """How the exchange stands. `only_here` are counts of notes that nobody else is known to hold, by register."""

    municipality: str
    address: str
    holders: tuple[Holder, ...]
    only_here: tuple[tuple[str, int], ...]
    exported: Carried | None
    imported: Carried | None
    answers_at: tuple[str, ...] = ()
    """Addresses under which neighbours reach this station; none while it does not answer."""
    typed: tuple[str, ...] = ()
    denied: int = 0
    """Notes that were here and that the municipality did not accept."""
    rewritten: int = 0
    """Notes that were written again because another copy of a station's disk went on under the same name."""
    unread: int = 0
    """Records of which something came that this version of the program cannot read."""
    history: int = 0
    """Notes of the time before this station that are still to come; its records say what they did already."""
    altered_at: datetime | None = None
    """When the server last showed less than it had confirmed, or something else."""

    @property
    def is_enrolled(self) -> bool:
        """Tell whether this station belongs to a municipality's server."""
        return bool(self.address)


class ExchangeCare:
    """What may be done with the exchange of one open station by whoever sits there. Everything may wait.

    `neighbours` gives those that there are now, None while this station neither answers nor calls.
    """

    def __init__(self, station: Station, neighbours: Callable[[], Neighbours | None] = lambda: None) -> None:
        self._station = station
        self._neighbours = neighbours

    def overview(self) -> ExchangeOverview:
        """Return who holds what, as far as is known here.

        Raises:
            NotAllowed: the role does not permit it.
        """
        self._check_may(Action.READ)
        member = membership(self._station.store)
        if member is None:
            return ExchangeOverview("", "", (), (), None, None)
        return ExchangeOverview(
            member.municipality,
            member.address,
            self._holders(member),
            self._only_here(),
            self._carried("export"),
            self._carried("import"),
            self._answers_at(),
            typed_addresses(self._station),
            *reading(self._station, peers.set_aside),
            reading(self._station, base.untold),
            reading(self._station, receipts.altered_at),
        )

    def now(self) -> Outcome:
        """Exchange with the server at once.

        Raises:
            NotAllowed: the role does not permit it.
            UserError: the station is not enrolled, or not welcome any more.
            Unavailable: the server does not answer.
        """
        self._check_may(Action.READ)
        return exchange_once(self._station)

    def export(self, path: Path, progress: ProgressLike, *, everything: bool = False) -> Exported:
        """Write a file for the other stations; it is journalled.

        Raises:
            NotAllowed: the role does not permit it.
            UserError, Unavailable, Cancelled: as `export_bundle`.
        """
        self._check_may(Action.EXPORT)
        self._note("export")
        made = export_bundle(self._station, path, progress, everything=everything)
        self._remember("export", made.path.name, ", ".join(made.recipients))
        return made

    def take(self, path: Path, progress: ProgressLike) -> Imported:
        """Take a file of another station; it is journalled.

        Raises:
            NotAllowed: the role does not permit it.
            UserError, Unavailable, Cancelled: as `import_bundle`.
        """
        self._check_may(Action.IMPORT)
        self._note("import")
        found = import_bundle(self._station, path, progress)
        self._remember("import", path.name, found.maker)
        return found

    def call(self, text: str) -> tuple[str, ...]:
        """Call neighbours at these addresses from now on, and at no others that were typed before.

        Raises:
            NotAllowed: the role does not permit it.
            FieldError: one of them is no address.
        """
        self._check_may(Action.EXPORT)
        found = type_addresses(self._station, text)
        self._note("neighbours")
        neighbours = self._neighbours()
        if neighbours is not None:
            neighbours.type_addresses(found)
        return found

    def enrol(self, code: str) -> Membership:
        """Make this station one of the municipality's, with the code that its administrator gave.

        Raises:
            NotAllowed: the role does not permit it.
            FieldError: the code was misread.
            UserError: it is enrolled already, or the server refuses.
            Unavailable: the server cannot be reached.
        """
        self._check_may(Action.CREATE)
        self._note("enrol")
        return enrol_station(self._station, code)

    def _holders(self, member: Membership) -> tuple[Holder, ...]:
        def look(connection: Connection) -> tuple[Holder, ...]:
            known = {row[0] for row in connection.exec_driver_sql("SELECT DISTINCT peer FROM peer_chain")}

            def lacks(peer: str, scopes: frozenset[str]) -> int | None:
                return peers.lacked_by(connection, peer, scopes) if peer in known else None

            server = Holder(
                tr(N_("Servidor municipal")),
                "",
                lacks(SERVER, frozenset(member.scopes)),
                is_server=True,
            )
            others = (
                Holder(
                    one.name,
                    one.letters,
                    lacks(one.id.hex(), one.scopes),
                    is_revoked=one.is_revoked,
                    is_near=one.id in near,
                )
                for one in devices
                if one.id != member.device
            )
            return (server, *sorted(others, key=lambda one: (one.is_revoked, one.letters)))

        devices = devices_of(self._station)
        neighbours = self._neighbours()
        near = frozenset() if neighbours is None else neighbours.connected
        return reading(self._station, look)

    def _answers_at(self) -> tuple[str, ...]:
        neighbours = self._neighbours()
        if neighbours is None:
            return ()
        return tuple(f"{address}:{neighbours.port}" for address in own_addresses())

    def _only_here(self) -> tuple[tuple[str, int], ...]:
        rows = reading(self._station, lambda connection: connection.exec_driver_sql(_NOWHERE_ELSE).fetchall())
        counts: dict[str, int] = {}
        for register, count in rows:
            title = BY_KEY[register].title if register in BY_KEY else N_("Otras anotaciones")
            counts[title] = counts.get(title, 0) + count
        return tuple(counts.items())

    def _carried(self, way: str) -> Carried | None:
        text = self._station.memory.get(_LAST[way])
        if text is None:
            return None
        held = json.loads(text)
        return Carried(datetime.fromisoformat(held["at"]), held["name"], held["other"])

    def _remember(self, way: str, name: str, other: str) -> None:
        at = self._station.clock.now().isoformat()
        said = {"at": at, "name": name, "other": other}
        self._station.memory.put(_LAST[way], json.dumps(said, ensure_ascii=False))

    def _check_may(self, action: Action) -> None:
        actor = self._station.actor
        if actor is None:
            raise NotAllowed(tr(N_("Inicie sesión para continuar.")))
        actor.rights.check(action, EXCHANGE)

    def _note(self, verb: str) -> None:
        def body(ctx: Context) -> None:
            note_of_person(ctx, f"{EXCHANGE}.{verb}")

        self._station.write(body).result()
