"""How the window tells a person something without stopping them."""

from collections.abc import Callable
from typing import Literal, Protocol

Tone = Literal["info", "success", "warning", "danger"]
NoticeAction = tuple[str, Callable[[], None]]
"""The words of a button and what it does."""


class Notices(Protocol):
    """Toasts pass, banners stay until their cause is gone, the crash dialog is for our own errors."""

    def toast(
        self,
        text: str,
        tone: Tone = "info",
        undo: Callable[[], None] | None = None,
        action: NoticeAction | None = None,
    ) -> None:
        """Say `text` for some seconds; `undo` adds a button «Deshacer», also reached by its key."""
        ...

    def banner(self, key: str, text: str, tone: Tone = "warning", action: NoticeAction | None = None) -> None:
        """Show `text` above the page until `clear_banner(key)`; the same key replaces the text."""
        ...

    def clear_banner(self, key: str) -> None:
        """Take the banner away; an unknown key is no error."""
        ...

    def crash(self, error: BaseException) -> None:
        """Show the dialog for an error of ours."""
        ...
