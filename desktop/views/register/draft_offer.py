"""A strip that offers what was typed before the program ended."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QHBoxLayout, QWidget

from desktop.core import formats
from desktop.core.i18n import N_, tr
from desktop.views.theme import SIZES
from desktop.views.widgets.controls import button
from desktop.views.widgets.text import label

if TYPE_CHECKING:
    from desktop.views.drafts import Draft
    from desktop.views.services import Services

Recover = Callable[["Draft", Callable[[], None]], None]
"""Writes a draft back, and calls its second argument when that is done."""


class DraftOffer(QWidget):
    """Hidden while there is nothing to offer."""

    def __init__(self, services: Services, key: str, recover: Recover, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._services = services
        self._recover = recover
        found = services.drafts.found(key)
        if found:
            self._fill(found[0])
        else:
            self.hide()

    def _fill(self, draft: Draft) -> None:
        layout = QHBoxLayout(self)
        layout.setContentsMargins(SIZES.space_4, SIZES.space_2, SIZES.space_4, SIZES.space_2)
        when = formats.day_time(draft.saved_at)
        words = label(tr(N_("Quedó algo sin guardar el {when}."), when=when), "warning", wraps=True)
        layout.addWidget(words, 1)
        layout.addWidget(button(tr(N_("Olvidar")), "quiet", partial(self._forget, draft)))
        layout.addWidget(button(tr(N_("Recuperar")), "plain", partial(self.recover, draft)))

    def recover(self, draft: Draft) -> None:
        """Write the draft back."""
        self._recover(draft, partial(self._forget, draft))

    def _forget(self, draft: Draft) -> None:
        self._services.drafts.discard(draft.key)
        self.hide()
