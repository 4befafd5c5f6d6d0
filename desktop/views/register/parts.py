"""What stands beside a record's form: its timeline, its links, its files."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import UUID

from PySide6.QtCore import QStringListModel, Qt, QTimer
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import (
    QComboBox,
    QCompleter,
    QFileDialog,
    QFrame,
    QHBoxLayout,
    QLineEdit,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from desktop.core import formats
from desktop.core.i18n import N_, tr
from desktop.models.shared import LinkKind
from desktop.operations.history import Entry
from desktop.operations.query_values import AttachmentView, LinkView
from desktop.operations.search import SearchHit, search_everything
from desktop.views.theme import SIZES
from desktop.views.widgets.controls import button, icon_button, line
from desktop.views.widgets.text import ElidedLabel, label

if TYPE_CHECKING:
    from desktop.views.services import Services

_SEARCH_MS = 180
_LONGEST = 160


class _Column(QScrollArea):
    """Rows below each other that scroll."""

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(name)
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.rows = QVBoxLayout()

    def start_again(self) -> QVBoxLayout:
        """Return an empty column."""
        page = QWidget()
        self.rows = QVBoxLayout(page)
        self.rows.setContentsMargins(SIZES.space_4, SIZES.space_3, SIZES.space_4, SIZES.space_4)
        self.rows.setSpacing(SIZES.space_2)
        self.setWidget(page)
        return self.rows


class HistoryList(_Column):
    """The timeline, newest first: when, who, what, and each field before → after."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(tr(N_("Historial")), parent)

    def show_entries(self, entries: Sequence[Entry]) -> None:
        """Show a timeline."""
        rows = self.start_again()
        for place, entry in enumerate(entries):
            if place:
                rows.addWidget(line())
            head = QHBoxLayout()
            what = f"{entry.operation} · {entry.about}" if entry.about else entry.operation
            head.addWidget(label(what, "strong", wraps=True), 1)
            rows.addLayout(head)
            rows.addWidget(label(f"{formats.day_time_s(entry.at)} · {entry.who}", "small"))
            if entry.reason:
                rows.addWidget(label(tr(N_("Motivo: {reason}"), reason=entry.reason), "body", wraps=True))
            for change in entry.changes:
                before, after = _short(change.old), _short(change.new)
                words = f"{before} → {after or '—'}" if before else after or "—"
                rows.addWidget(label(f"{change.label}: {words}", "body", wraps=True))
        if not entries:
            rows.addWidget(label(tr(N_("Sin movimientos.")), "muted"))
        rows.addStretch(1)


class LinkList(_Column):
    """Links in both directions; a new one is found by searching."""

    def __init__(
        self,
        services: Services,
        open_record: Callable[[str, UUID], None],
        add: Callable[[SearchHit, LinkKind], None],
        remove: Callable[[UUID], None] | None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(tr(N_("Vínculos")), parent)
        self._services = services
        self._open = open_record
        self._add = add
        self._remove = remove
        self._hits: dict[str, SearchHit] = {}
        self.search = QLineEdit()
        self.kind = QComboBox()

    def show_links(self, links: Sequence[LinkView], *, may_add: bool) -> None:
        """Show the links of a record."""
        rows = self.start_again()
        if may_add:
            rows.addLayout(self._adder())
        for link in links:
            entry = QHBoxLayout()
            text = QVBoxLayout()
            text.setSpacing(0)
            text.addWidget(label(link.kind, "small"))
            opener = button(link.name, "link", partial(self._open, link.register, link.record_id))
            opener.setAccessibleName(f"{link.kind}: {link.name}")
            text.addWidget(opener, 0, Qt.AlignmentFlag.AlignLeft)
            entry.addLayout(text, 1)
            if self._remove is not None:
                entry.addWidget(
                    icon_button(
                        self._services.icons,
                        "link-break",
                        tr(N_("Quitar el vínculo con {name}"), name=link.name),
                        "",
                        partial(self._remove, link.id),
                    )
                )
            rows.addLayout(entry)
        if not links:
            rows.addWidget(
                label(tr(N_("Sin vínculos. Busque arriba el registro que va con este.")), "muted", wraps=True)
            )
        rows.addStretch(1)

    def _adder(self) -> QHBoxLayout:
        self.kind = QComboBox()
        self.kind.setAccessibleName(tr(N_("Relación")))
        for kind in LinkKind:
            self.kind.addItem(tr(kind.label), kind)
        self.search = QLineEdit()
        self.search.setPlaceholderText(tr(N_("Folio, nombre, patente…")))
        self.search.setAccessibleName(tr(N_("Buscar el registro que se vincula")))
        names = QStringListModel(self.search)
        completer = QCompleter(names, self.search)
        completer.setCompletionMode(QCompleter.CompletionMode.UnfilteredPopupCompletion)
        self.search.setCompleter(completer)
        later = QTimer(self.search, singleShot=True, interval=_SEARCH_MS)

        def offer(hits: list[SearchHit]) -> None:
            self._hits = {f"{hit.title} — {hit.kind}": hit for hit in hits}
            names.setStringList(list(self._hits))
            if hits and self.search.hasFocus():
                completer.complete()

        def look() -> None:
            words = self.search.text()
            self._services.tasks.read(
                lambda ctx: search_everything(ctx, words, 12), offer, owner=self, slot="links"
            )

        later.timeout.connect(look)
        self.search.textEdited.connect(lambda _: later.start())
        completer.activated.connect(self._take)
        row = QHBoxLayout()
        row.addWidget(self.kind)
        row.addWidget(self.search, 1)
        return row

    def _take(self, words: str) -> None:
        hit = self._hits.get(words)
        kind = self.kind.currentData()
        if hit is not None:
            self.search.clear()
            self._add(hit, kind)


class AttachmentList(_Column):
    """Files of a record: added by button or by dropping them, opened, saved as a copy."""

    def __init__(
        self,
        services: Services,
        add: Callable[[Path], None],
        open_file: Callable[[AttachmentView], None],
        save_file: Callable[[AttachmentView, Path], None],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(tr(N_("Adjuntos")), parent)
        self._services = services
        self._add = add
        self._open = open_file
        self._save = save_file
        self._may_add = False

    def show_attachments(self, files: Sequence[AttachmentView], *, may_add: bool) -> None:
        """Show the files of a record."""
        self._may_add = may_add
        self.setAcceptDrops(may_add)
        rows = self.start_again()
        if may_add:
            rows.addWidget(button(tr(N_("Adjuntar archivo…")), "plain", self._choose))
        for file in files:
            entry = QHBoxLayout()
            text = QVBoxLayout()
            text.setSpacing(0)
            text.addWidget(ElidedLabel(file.name, "body"))
            about = f"{formats.size(file.size_bytes)} · {file.added_on} · {file.added_by}"
            text.addWidget(label(about, "small"))
            entry.addLayout(text, 1)
            icons = self._services.icons
            entry.addWidget(
                icon_button(
                    icons, "eye", tr(N_("Abrir {name}"), name=file.name), "", partial(self._open, file)
                )
            )
            entry.addWidget(
                icon_button(
                    icons,
                    "download-simple",
                    tr(N_("Guardar una copia de {name}"), name=file.name),
                    "",
                    partial(self._ask_where, file),
                )
            )
            rows.addLayout(entry)
        if not files:
            rows.addWidget(
                label(
                    tr(N_("Sin archivos. Arrastre aquí fotos, actas o correos, o use el botón.")),
                    "muted",
                    wraps=True,
                )
            )
        rows.addStretch(1)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Take files."""
        if self._may_add and any(url.isLocalFile() for url in event.mimeData().urls()):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        """Attach what was dropped."""
        for url in event.mimeData().urls():
            if url.isLocalFile():
                self._add(Path(url.toLocalFile()))
        event.acceptProposedAction()

    def _choose(self) -> None:
        dialog = QFileDialog(self, tr(N_("Adjuntar archivo")))
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.setFileMode(QFileDialog.FileMode.ExistingFiles)
        dialog.filesSelected.connect(lambda names: [self._add(Path(name)) for name in names])
        dialog.open()

    def _ask_where(self, file: AttachmentView) -> None:
        dialog = QFileDialog(self, tr(N_("Guardar una copia")))
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.selectFile(file.name)
        dialog.fileSelected.connect(lambda name: self._save(file, Path(name)))
        dialog.open()


def _short(text: str) -> str:
    words = " ".join(text.split())
    return words if len(words) <= _LONGEST else words[: _LONGEST - 1] + "…"
