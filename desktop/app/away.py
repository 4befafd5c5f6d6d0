"""Slow work of the entrance, away from the interface's thread."""

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TypeVar

from PySide6.QtCore import QObject

from desktop.core.errors import AtalayaError
from desktop.views.handover import Handover

T = TypeVar("T")


class Away:
    """Threads for work before and beside the main window; outcomes come back to the interface's thread.

    Two of them: the password is checked while the pages are still being imported.
    """

    def __init__(self, owner: QObject) -> None:
        self._pool = ThreadPoolExecutor(max_workers=2, thread_name_prefix="opening")
        self._handover = Handover(owner)

    def submit(self, work: Callable[[], T]) -> Future[T]:
        """Do `work` soon."""
        return self._pool.submit(work)

    def post(self, fn: Callable[[], None]) -> None:
        """Run `fn` on the interface's thread."""
        self._handover.post(fn)

    def hand_back(self, future: Future[T], answered: Callable[[Future[T]], None]) -> None:
        """Call `answered` on the interface's thread once `future` is done."""
        future.add_done_callback(lambda done: self._handover.post(lambda: answered(done)))

    def run(
        self, work: Callable[[], T], done: Callable[[T], None], refused: Callable[[AtalayaError], None]
    ) -> None:
        """Do `work` and hand its outcome back; an error that is no `AtalayaError` is a crash."""

        def finish(future: Future[T]) -> None:
            error = future.exception()
            if error is None:
                done(future.result())
            elif isinstance(error, AtalayaError):
                refused(error)
            else:
                raise error

        self.hand_back(self.submit(work), finish)

    def close(self) -> None:
        """Wait for what was given."""
        self._pool.shutdown(wait=True)
