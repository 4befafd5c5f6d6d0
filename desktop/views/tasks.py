"""Work away from the interface's thread, and what becomes of its answers and errors.

    tasks.write(lambda ctx: open_incident(ctx, draft), done=self.show, on_error=self.form.show_error, owner=self)
    tasks.read(lambda ctx: search(ctx, text), done=self.show_found, owner=self, slot="search")
    tasks.job(N_("Importando incidentes"), lambda progress: import_file(path, progress), done=self.show_result)

The answer is dropped when `owner` is gone, or when a newer read or job of the same owner and `slot` was started.
`settled` runs after either outcome. Field and conflict errors go to `on_error`; the rest is shown the same way
everywhere.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from concurrent.futures import CancelledError, Future
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

from PySide6.QtCore import QObject, QTimer, Signal
from shiboken6 import isValid

from desktop.core.errors import AtalayaError, Cancelled, ConflictError, FieldError, Unavailable
from desktop.core.i18n import N_, tr
from desktop.views.handover import Handover

if TYPE_CHECKING:
    from desktop.views.notices import NoticeAction, Notices

T = TypeVar("T")
OnError = Callable[[AtalayaError], None]

SHOW_PROGRESS_AFTER_MS = 150
OFFER_CANCEL_AFTER_MS = 2000
URGENT, NORMAL, QUIET = 0, 10, 20
"""Priorities of writes: a person's key press, a person's batch, housekeeping."""

_log = logging.getLogger(__name__)


class Runner(Protocol):
    """The threads behind: one writer, several readers, a pool for files. `fn` of the first two takes a `Context`."""

    def write(self, fn: Callable[[Any], T], priority: int = URGENT) -> Future[T]:
        """Run `fn` in a unit of work."""
        ...

    def read(self, fn: Callable[[Any], T]) -> Future[T]:
        """Run `fn` on a reader."""
        ...

    def background(self, fn: Callable[[], T]) -> Future[T]:
        """Run `fn` in the pool for files and long work."""
        ...


class Progress:
    """How far a job is; the job reports from its thread, the interface looks now and then."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._state: tuple[int, int, str] = (0, 0, "")
        self._cancel = threading.Event()

    def report(self, done: int, total: int = 0, text: str = "") -> None:
        """Say how far it is; `total` 0 means unknown. Cheap enough for every row."""
        with self._lock:
            self._state = (done, total, text)

    @property
    def state(self) -> tuple[int, int, str]:
        """Return the last report."""
        with self._lock:
            return self._state

    @property
    def cancelled(self) -> bool:
        """Tell whether the person asked to stop."""
        return self._cancel.is_set()

    def cancel(self) -> None:
        """Ask the job to stop."""
        self._cancel.set()

    def check(self) -> None:
        """Pass, or leave the job.

        Raises:
            Cancelled: the person asked to stop.
        """
        if self.cancelled:
            raise Cancelled


class Job(QObject):
    """A running job as the window shows it."""

    changed = Signal()
    finished = Signal()

    def __init__(self, title: str, parent: QObject) -> None:
        super().__init__(parent)
        self.title = title
        self.progress = Progress()
        self.is_visible = False
        self.can_cancel = False
        self._poll = QTimer(self, interval=100)
        self._poll.timeout.connect(self.changed)
        QTimer.singleShot(SHOW_PROGRESS_AFTER_MS, self, self._show)
        QTimer.singleShot(OFFER_CANCEL_AFTER_MS, self, self._offer_cancel)

    def cancel(self) -> None:
        """Ask it to stop; it ends at its next check."""
        self.progress.cancel()
        self.changed.emit()

    def finish(self) -> None:
        """Leave the window."""
        self._poll.stop()
        self.finished.emit()
        self.deleteLater()

    def _show(self) -> None:
        self.is_visible = True
        self._poll.start()
        self.changed.emit()

    def _offer_cancel(self) -> None:
        self.can_cancel = True
        self.changed.emit()


@dataclass(slots=True, eq=False)
class _Pending:
    kind: str
    done: Callable[[Any], None] | None
    on_error: OnError | None
    settled: Callable[[], None] | None
    owner: QObject | None
    future: Future[Any] | None = None
    is_superseded: bool = False
    again: Callable[[], None] | None = field(default=None)
    title: str = ""
    stop: Callable[[], None] | None = None

    @property
    def banner(self) -> str:
        """Return whose next success says that the trouble is over: any write, any read, or the same job."""
        return f"unavailable.{self.kind}.{self.title}".rstrip(".")

    def is_wanted(self) -> bool:
        return not self.is_superseded and (self.owner is None or isValid(self.owner))

    def supersede(self) -> None:
        self.is_superseded = True
        if self.stop is not None:
            self.stop()
        if self.future is not None:
            self.future.cancel()


class Tasks(QObject):
    """Starts work for pages and hands back its answers on the interface's thread."""

    busy_changed = Signal(bool)
    job_started = Signal(Job)

    def __init__(self, runner: Runner, notices: Notices, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._runner = runner
        self._notices = notices
        self._handover = Handover(self)
        self._pending: set[_Pending] = set()
        self._slots: dict[tuple[int, str], _Pending] = {}
        self._is_busy = False
        self._patience = QTimer(self, singleShot=True, interval=SHOW_PROGRESS_AFTER_MS)
        self._patience.timeout.connect(lambda: self._set_busy(True))

    def write(
        self,
        fn: Callable[[Any], T],
        done: Callable[[T], None] | None = None,
        *,
        on_error: OnError | None = None,
        owner: QObject | None = None,
        settled: Callable[[], None] | None = None,
        priority: int = URGENT,
    ) -> None:
        """Run an operation in a unit of work. Its errors are shown even when the page has gone."""
        pending = _Pending("write", done, on_error, settled, owner)
        self._start(pending, lambda: self._runner.write(fn, priority))

    def read(
        self,
        fn: Callable[[Any], T],
        done: Callable[[T], None] | None = None,
        *,
        on_error: OnError | None = None,
        owner: QObject | None = None,
        settled: Callable[[], None] | None = None,
        slot: str = "",
    ) -> None:
        """Read on another thread; with a `slot`, only the newest answer of that owner and slot arrives."""
        pending = _Pending("read", done, on_error, settled, owner)
        pending.again = lambda: self.read(
            fn, done, on_error=on_error, owner=owner, settled=settled, slot=slot
        )
        if slot:
            self._supersede((id(owner), slot), pending)
        self._start(pending, lambda: self._runner.read(fn))

    def job(
        self,
        title: str,
        fn: Callable[[Progress], T],
        done: Callable[[T], None] | None = None,
        *,
        on_error: OnError | None = None,
        owner: QObject | None = None,
        settled: Callable[[], None] | None = None,
        slot: str = "",
    ) -> Job:
        """Run long work in the pool, with progress in the window and a way to stop it.

        With a `slot`, an older job of that owner and slot is asked to stop and its answer does not arrive.
        """
        job = Job(title, self)
        self.job_started.emit(job)

        def leave() -> None:
            job.finish()
            if settled is not None and (owner is None or isValid(owner)):
                settled()

        pending = _Pending("job", done, on_error, leave, owner, title=title, stop=job.cancel)
        if slot:
            self._supersede((id(owner), slot), pending)
        self._start(pending, lambda: self._runner.background(lambda: fn(job.progress)))
        return job

    def abandon(self, owner: QObject, slot: str) -> None:
        """Stop the read of that owner and slot, if one is under way: its answer does not arrive."""
        older = self._slots.pop((id(owner), slot), None)
        if older is not None:
            older.supersede()

    @property
    def is_idle(self) -> bool:
        """Tell whether nothing is under way."""
        return not self._pending

    def _supersede(self, key: tuple[int, str], pending: _Pending) -> None:
        older = self._slots.get(key)
        self._slots[key] = pending
        if older is not None:
            older.supersede()

    def _start(self, pending: _Pending, submit: Callable[[], Future[T]]) -> None:
        self._pending.add(pending)
        if not self._patience.isActive() and not self._is_busy:
            self._patience.start()
        try:
            future = submit()
        except Exception as error:  # the edge: a runner that refuses at once is shown like any other
            future = Future()
            future.set_exception(error)
        pending.future = future
        future.add_done_callback(
            lambda finished: self._handover.post(lambda: self._finish(pending, finished))
        )

    def _finish(self, pending: _Pending, future: Future[Any]) -> None:
        self._pending.discard(pending)
        self._slots = {key: value for key, value in self._slots.items() if value is not pending}
        if not self._pending:
            self._patience.stop()
            self._set_busy(False)
        try:
            result = future.result()
        except (Cancelled, CancelledError):
            pass
        except Exception as error:  # the edge: every error of an operation ends here
            self._show(error, pending)
        else:
            self._notices.clear_banner(pending.banner)
            if pending.done is not None and pending.is_wanted():
                pending.done(result)
        if pending.settled is not None and (pending.kind == "job" or pending.is_wanted()):
            pending.settled()

    def _show(self, error: Exception, pending: _Pending) -> None:
        is_wanted = pending.is_wanted()
        if not isinstance(error, AtalayaError):
            _log.error("unexpected error in a %s", pending.kind, exc_info=error)
            self._notices.crash(error)
        elif pending.is_superseded or (pending.kind == "read" and not is_wanted):
            return
        elif isinstance(error, FieldError | ConflictError) and pending.on_error is not None and is_wanted:
            pending.on_error(error)
        elif isinstance(error, Unavailable):
            self._notices.banner(pending.banner, error.message, action=self._way_out(pending))
        else:
            self._notices.toast(error.message, tone="danger")

    def _way_out(self, pending: _Pending) -> NoticeAction | None:
        if pending.kind == "job":
            return tr(N_("Entendido")), lambda: self._notices.clear_banner(pending.banner)
        return None if pending.again is None else (tr(N_("Reintentar")), pending.again)

    def _set_busy(self, is_busy: bool) -> None:
        if is_busy != self._is_busy:
            self._is_busy = is_busy
            self.busy_changed.emit(is_busy)
