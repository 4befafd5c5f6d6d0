"""What every group of acts of the central needs: the page, its services, one way to write and to say so."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from desktop.operations.context import Context
from desktop.views.incidents.sheet import FormSheet, Line, Values, ask_form
from desktop.views.services import Services

if TYPE_CHECKING:
    from desktop.views.incidents.central import CentralPage


class Acts:
    """Acts of one concern. A short answer is asked with a `Chooser`, words that must not be lost with a form."""

    def __init__(self, page: CentralPage, services: Services) -> None:
        self._page = page
        self._services = services
        self._tasks = services.tasks

    def _write(
        self,
        operation: Callable[[Context], Any],
        *,
        said: str = "",
        undo: Callable[[Context], Any] | None = None,
    ) -> None:
        def done(_result: object) -> None:
            self._tell(said, undo)

        def refused(error: Exception) -> None:
            self._services.toasts.toast(str(error), tone="danger")

        self._tasks.write(operation, done, on_error=refused, owner=self._page)

    def _tell(self, said: str, undo: Callable[[Context], Any] | None) -> None:
        if undo is not None:
            take_back = undo
            self._services.toasts.toast(said, undo=lambda: self._tasks.write(take_back))
        elif said:
            self._say(said)

    def _say(self, text: str) -> None:
        self._services.toasts.toast(text)

    def _form(
        self,
        title: str,
        lines: tuple[Line, ...],
        operation: Callable[[Context, Values], Any],
        *,
        said: str = "",
        undo: Callable[[Context], Any] | None = None,
    ) -> None:
        """Ask for words; the form stays with them until they are in the journal."""

        def save(sheet: FormSheet, values: Values) -> None:
            def saved(_result: object) -> None:
                sheet.done()
                self._tell(said, undo)

            self._tasks.write(lambda ctx: operation(ctx, values), saved, on_error=sheet.refuse, owner=sheet)

        ask_form(self._page, title, lines, save)
