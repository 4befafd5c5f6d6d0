"""What a page needs around it in a test: threads, notices, memory and rights that do as they are told."""

from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, TypeVar
from uuid import UUID

from desktop.models.roles import Role
from desktop.register.access import Action, Grant, Rights
from desktop.views.notices import NoticeAction, Tone

T = TypeVar("T")


class ThreadRunner:
    """One writer and two readers, as the station has; `context` is what the functions receive."""

    def __init__(self, context: object = None) -> None:
        self._context = context
        self._writer = ThreadPoolExecutor(1)
        self._readers = ThreadPoolExecutor(2)

    def write(self, fn: Callable[[Any], T], priority: int = 0) -> Future[T]:
        return self._writer.submit(fn, self._context)

    def read(self, fn: Callable[[Any], T]) -> Future[T]:
        return self._readers.submit(fn, self._context)

    def background(self, fn: Callable[[], T]) -> Future[T]:
        return self._readers.submit(fn)

    def close(self) -> None:
        self._writer.shutdown(cancel_futures=True)
        self._readers.shutdown(cancel_futures=True)


@contextmanager
def running(context: object = None) -> Iterator[ThreadRunner]:
    runner = ThreadRunner(context)
    try:
        yield runner
    finally:
        runner.close()


@dataclass
class Noted:
    """Notices that are only written down."""

    toasts: list[tuple[str, Tone]] = field(default_factory=list)
    banners: dict[str, str] = field(default_factory=dict)
    crashes: list[BaseException] = field(default_factory=list)
    actions: dict[str, Callable[[], None]] = field(default_factory=dict)

    def toast(
        self,
        text: str,
        tone: Tone = "info",
        undo: Callable[[], None] | None = None,
        action: NoticeAction | None = None,
    ) -> None:
        self.toasts.append((text, tone))
        if undo is not None:
            self.actions["undo"] = undo
        if action is not None:
            self.actions[action[0]] = action[1]

    def banner(self, key: str, text: str, tone: Tone = "warning", action: NoticeAction | None = None) -> None:
        self.banners[key] = text
        if action is not None:
            self.actions[action[0]] = action[1]

    def clear_banner(self, key: str) -> None:
        self.banners.pop(key, None)

    def crash(self, error: BaseException) -> None:
        self.crashes.append(error)


class DictMemory:
    """A station's memory that lasts as long as the test."""

    def __init__(self) -> None:
        self.held: dict[str, str] = {}

    def get(self, key: str) -> str | None:
        return self.held.get(key)

    def put(self, key: str, text: str) -> None:
        self.held[key] = text

    def forget(self, key: str) -> None:
        self.held.pop(key, None)

    def keys(self, prefix: str) -> list[str]:
        return [key for key in self.held if key.startswith(prefix)]


@dataclass(frozen=True)
class Somebody:
    """A signed-in person."""

    user_id: UUID = field(default_factory=lambda: UUID(int=1))
    name: str = "Marta Soto"
    roles: frozenset[Role] = frozenset({Role.OPERATOR})


def rights_to(*registers: str) -> Rights:
    """Return rights to do everything public with `registers` and nothing else."""
    everything = Grant(frozenset(Action))
    return Rights(dict.fromkeys(registers, (everything,)))
