"""An opened profile: the store of one station and who sits at it."""

import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from types import TracebackType
from typing import Self, TypeVar

from sqlalchemy.orm import Session

from desktop.core import formats
from desktop.core.clock import Clock
from desktop.core.errors import NotAllowed
from desktop.core.i18n import N_, tr
from desktop.core.paths import Profile
from desktop.core.vault import MasterKey
from desktop.models.catalogue import REGISTERS
from desktop.operations.context import SYSTEM_USER, Actor, Context, ReadContext
from desktop.operations.memory import StoredMemory
from desktop.store.store import Store, StoreKeys
from desktop.store.threads import Reading, Urgency
from desktop.store.unit_of_work import Author, UnitOfWork

T = TypeVar("T")
_FILE_THREADS = 2
_LAG_S = 120
"""Two clocks set by hand differ by less; beyond, somebody has to look."""


@dataclass(frozen=True, slots=True)
class StationIdentity:
    """What the station is called: a name that people read and two signs that its codes carry."""

    name: str
    device: str


class Station:
    """Runs operations and queries for the person who is signed in.

    Without anybody signed in, `write` and `read` refuse; `as_system` is for set-up, jobs and the sign-in itself.
    """

    def __init__(
        self,
        profile: Profile,
        keys: StoreKeys,
        identity: StationIdentity,
        clock: Clock,
        on_close: Callable[[], None] | None = None,
        master: MasterKey | None = None,
    ) -> None:
        self.profile = profile
        self.identity = identity
        self.clock = clock
        self.keys = keys
        self._on_close = on_close
        self._master = master
        self.store = Store(profile.database, keys, clock, REGISTERS, identity.name)
        self.events = self.store.events
        self.memory = StoredMemory(self.store, "")
        self._actor: Actor | None = None
        self._lock = threading.Lock()
        self._pool = ThreadPoolExecutor(max_workers=_FILE_THREADS, thread_name_prefix="files")

    @property
    def master(self) -> MasterKey:
        """Return the key from which those of attachments and backups derive.

        Raises:
            RuntimeError: the station was opened without it, as tests of the store do.
        """
        if self._master is None:
            raise RuntimeError("this station was opened with the keys of its file only")
        return self._master

    @property
    def actor(self) -> Actor | None:
        """Return who is signed in, if anybody."""
        return self._actor

    def seat(self, actor: Actor | None) -> None:
        """Make `actor` the person for whom everything from now on is done; None leaves the chair empty."""
        with self._lock:
            self._actor = actor

    def write(self, fn: Callable[[Context], T], priority: int = Urgency.PERSON) -> Future[T]:
        """Run an operation in a unit of work of its own, on behalf of who is signed in now.

        Raises:
            NotAllowed: nobody is signed in.
        """
        return self.write_as(self._seated(), fn, priority)

    def write_as(self, actor: Actor, fn: Callable[[Context], T], priority: int = Urgency.PERSON) -> Future[T]:
        """Run an operation on behalf of `actor`."""
        author = Author(actor.user_id, actor.station, actor.device)
        rights = actor.rights

        def body(unit: UnitOfWork) -> T:
            return fn(Context(unit.session, self.clock, actor, rights, self.store.search, unit))

        return self.store.write(author, "", body, priority)

    def read(self, fn: Callable[[ReadContext], T]) -> Reading[T]:
        """Run a query on a reader thread.

        Raises:
            NotAllowed: nobody is signed in.
        """
        return self.read_as(self._seated(), fn)

    def read_as(self, actor: Actor, fn: Callable[[ReadContext], T]) -> Reading[T]:
        """Run a query on behalf of `actor`."""
        rights = actor.rights

        def body(session: Session) -> T:
            return fn(ReadContext(session, self.clock, actor, rights, self.store.search))

        return self.store.read(body)

    def background(self, fn: Callable[[], T]) -> Future[T]:
        """Run file or other long work on the pool; it may call `write` and `read`."""
        return self._pool.submit(fn)

    @property
    def system(self) -> Actor:
        """Return the program itself as an author: set-up, jobs, the record of a sign-in. It has no rights."""
        return Actor(
            SYSTEM_USER, tr(N_("Sistema")), "SIS", frozenset(), self.identity.name, self.identity.device
        )

    @property
    def warnings(self) -> tuple[str, ...]:
        """Return what the opening found wrong with the file or the clock, in words, and what to do about it."""
        found = []
        if self.store.is_behind:
            found.append(
                tr(
                    N_(
                        "A los datos de esta estación les faltan anotaciones que ya se habían guardado: el archivo "
                        "fue cortado o reemplazado por una copia más antigua. No borre nada, avise a soporte y "
                        "ejecute «atalaya verify» para ver cuáles faltan."
                    )
                )
            )
        if self.store.clock_lag_s > _LAG_S:
            found.append(
                tr(
                    N_(
                        "El reloj de este equipo está {time} atrás de la última anotación. Póngalo en hora: lo que "
                        "anote conserva su orden, pero con horas que no son las de ahora."
                    ),
                    time=formats.duration(self.store.clock_lag_s),
                )
            )
        return tuple(found)

    def close(self) -> None:
        """Finish what is queued and close the file."""
        self._pool.shutdown(wait=True, cancel_futures=True)
        try:
            self.store.close()
        finally:
            if self._on_close is not None:
                self._on_close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _seated(self) -> Actor:
        with self._lock:
            if self._actor is None:
                raise NotAllowed(tr(N_("Inicie sesión para continuar.")))
            return self._actor
