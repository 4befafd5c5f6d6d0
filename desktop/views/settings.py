"""Settings for pages: read at once, changed through one door, and announced when they change."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

from PySide6.QtCore import QObject, Signal

from desktop.core.errors import AtalayaError
from desktop.core.setting_list import SETTINGS, SOUNDS
from desktop.core.settings import Scope, Setting
from desktop.models.system import MUNICIPAL_SETTINGS, MunicipalSetting
from desktop.operations.settings import (
    KnownTexts,
    municipal_texts,
    note_sounds,
    reset_municipal,
    set_municipal,
    settings_of,
)
from desktop.register.access import Action
from desktop.views.handover import Handover

if TYPE_CHECKING:
    from concurrent.futures import Future
    from uuid import UUID

    from desktop.core.events import Changes
    from desktop.operations.context import Context, ReadContext
    from desktop.operations.settings import Texts
    from desktop.register.access import Rights
    from desktop.views.handover import DataEvents
    from desktop.views.tasks import Tasks

T = TypeVar("T")
OnError = Callable[[AtalayaError], None]


class ReadAlways(Protocol):
    """Runs a query whoever sits here."""

    def __call__(self, fn: Callable[[ReadContext], dict[str, str]], /) -> Future[dict[str, str]]:
        """Run `fn` on a reader."""
        ...


class MunicipalTexts(QObject):
    """The municipality's settings as they were read last; read again whenever somebody changed one."""

    changed = Signal(str)
    """The key of each one that has another value now."""

    def __init__(self, read: ReadAlways, events: DataEvents, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.known = KnownTexts()
        self._read = read
        self._handover = Handover(self)
        events.changed.connect(self._look)
        self.reload()

    def reload(self) -> None:
        """Read them again; a reading that fails leaves what was known."""
        self._read(municipal_texts).add_done_callback(
            lambda done: self._handover.post(lambda: self._take(done))
        )

    def _take(self, done: Future[dict[str, str]]) -> None:
        if done.cancelled() or isinstance(done.exception(), AtalayaError):
            return
        before, self.known.held = self.known.held, done.result()
        for setting in SETTINGS:
            if before.get(setting.key) != self.known.held.get(setting.key):
                self.changed.emit(setting.key)

    def _look(self, changes: Changes) -> None:
        if changes.of(MunicipalSetting.__tablename__):
            self.reload()


class LiveSettings(QObject):
    """The settings of the person who sits here. What is wrong with a value goes to `on_error`."""

    changed = Signal(str)
    """The key of the setting that has another value now."""

    def __init__(
        self,
        memory: Texts,
        user_id: UUID,
        tasks: Tasks,
        rights: Rights,
        municipality: MunicipalTexts | None,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._tasks = tasks
        self._rights = rights
        self._kept = settings_of(memory, user_id, None if municipality is None else municipality.known)
        if municipality is not None:
            municipality.changed.connect(self.changed)

    def get(self, setting: Setting[T]) -> T:
        """Return the value in force."""
        return self._kept.get(setting)

    def may_change(self, setting: Setting[Any]) -> bool:
        """Tell whether the person may change it."""
        guard = MUNICIPAL_SETTINGS.key if setting.scope is Scope.MUNICIPALITY else setting.guard
        return not guard or self._rights.may(Action.EDIT, guard)

    def put(self, setting: Setting[T], value: T, on_error: OnError | None = None) -> None:
        """Change it; `changed` follows once it is kept."""
        self._change(setting, lambda ctx: set_municipal(ctx, setting, value), value, on_error)

    def reset(self, setting: Setting[T], on_error: OnError | None = None) -> None:
        """Go back to the default."""
        self._change(setting, lambda ctx: reset_municipal(ctx, setting), setting.default, on_error)

    def _change(
        self,
        setting: Setting[T],
        operation: Callable[[Context], None],
        value: T,
        on_error: OnError | None,
    ) -> None:
        if not self.may_change(setting):
            return
        if setting.scope is Scope.MUNICIPALITY:
            self._tasks.write(operation, on_error=on_error, owner=self)
            return
        try:
            accepted = setting.accepted(value)
        except AtalayaError as error:
            if on_error is not None:
                on_error(error)
            return
        if accepted == self.get(setting):
            return
        if setting.key == SOUNDS.key:  # silence is answered for: first the journal, then the silence
            self._tasks.write(
                lambda ctx: note_sounds(ctx, are_on=bool(accepted)),
                lambda _: self._keep(setting, accepted),
                owner=self,
            )
        else:
            self._keep(setting, accepted)

    def _keep(self, setting: Setting[T], value: T) -> None:
        if value == setting.default:
            self._kept.reset(setting)
        else:
            self._kept.put(setting, value)
        self.changed.emit(setting.key)
