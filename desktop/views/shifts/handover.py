"""Handing the shift over: the sheet, the warnings that stand in the way, and two signatures over the same bytes."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from desktop.core import formats
from desktop.core.errors import AtalayaError, FieldError, NotAllowed, UserError
from desktop.core.i18n import N_, plural, tr
from desktop.operations.context import Context
from desktop.operations.handover import (
    HandoverSheet,
    PasswordProof,
    SheetItem,
    sign_in_handover,
    sign_out,
    withdraw_handover,
)
from desktop.operations.incidents.timers import silence
from desktop.operations.incidents.values import TimerView
from desktop.operations.shift_book import HandoverDesk, handover_desk
from desktop.views.incidents.chooser import Choice, ask
from desktop.views.services import Services
from desktop.views.shifts.signing import Prove, SignBox, proved
from desktop.views.theme import SIZES
from desktop.views.widgets.controls import Field, button, line, surface
from desktop.views.widgets.text import label

_TIMER = Qt.ItemDataRole.UserRole
_ENTER = frozenset({Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space})
_SHORT_HASH = 12
_SECTIONS: tuple[tuple[str, str, str], ...] = (
    ("open_items", N_("Incidentes abiertos"), N_("No quedan incidentes abiertos.")),
    ("units_out", N_("Móviles fuera"), N_("Todos los móviles están disponibles.")),
    ("promises", N_("Compromisos de otros servicios"), N_("Sin compromisos pendientes.")),
    ("timers", N_("Plazos en curso"), N_("Sin plazos en curso.")),
)


class HandoverPanel(QWidget):
    """The flow. `left` goes back to the shift, `finished` carries the id of the handover that both signed."""

    left = Signal()
    finished = Signal(object)

    def __init__(self, services: Services, prove: Prove, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._services = services
        self._prove = prove
        self._shift_id: UUID | None = None
        self._desk: HandoverDesk | None = None
        self._is_starting = False
        self.sheet = QListWidget()
        self.sheet.setProperty("part", "notes")
        self.sheet.setWordWrap(True)
        self.sheet.setAccessibleName(tr(N_("Acta de entrega: lo que recibe el turno siguiente")))
        self.sheet.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.sheet.installEventFilter(self)
        self.sheet.itemDoubleClicked.connect(self._use)
        self._title = label(tr(N_("Entrega de turno")), "title")
        self._facts = label("", "muted", wraps=True)
        self._warning = label("", "error", wraps=True)
        self.observations = QLineEdit()
        self.hash = label("", "small", wraps=True)
        self.outgoing = SignBox(tr(N_("1 · Entrega")), tr(N_("Firmar la entrega")), asks_user=False)
        self.incoming = SignBox(tr(N_("2 · Recibe")), tr(N_("Firmar la recepción")), asks_user=True)
        self._withdraw = button(
            tr(N_("Retirar mi firma")),
            "quiet",
            self.withdraw,
            tr(N_("Retirar la entrega firmada y rehacer el acta")),
        )
        self._build()
        services.theme.changed.connect(self._repaint)
        self.outgoing.signing.connect(lambda _user, password: self._sign_out(password))
        self.incoming.signing.connect(self._sign_in)

    def _build(self) -> None:
        head = QHBoxLayout()
        head.addWidget(self._title, 1)
        head.addWidget(
            button(tr(N_("Volver")), "quiet", self.left.emit, tr(N_("Volver al turno sin firmar (Esc)")))
        )
        left = QVBoxLayout()
        left.setSpacing(SIZES.space_2)
        left.addLayout(head)
        left.addWidget(self._facts)
        left.addWidget(self._warning)
        left.addWidget(self.sheet, 1)
        card = surface("card")
        inside = QVBoxLayout(card)
        inside.setContentsMargins(SIZES.space_4, SIZES.space_4, SIZES.space_4, SIZES.space_4)
        inside.setSpacing(SIZES.space_3)
        self._observed = Field(tr(N_("Observaciones (opcional)")), self.observations)
        for part in (self.outgoing, self._observed):
            inside.addWidget(part)
        inside.addWidget(self._withdraw, 0, Qt.AlignmentFlag.AlignLeft)
        inside.addWidget(line())
        inside.addWidget(self.incoming)
        inside.addWidget(self.hash)
        inside.addStretch(1)
        scroll = QScrollArea()
        scroll.setWidgetResizable(True)
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        scroll.setWidget(card)
        scroll.setMinimumWidth(280)
        scroll.setMaximumWidth(340)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(SIZES.space_5, SIZES.space_4, SIZES.space_5, SIZES.space_4)
        layout.setSpacing(SIZES.space_4)
        layout.addLayout(left, 1)
        layout.addWidget(scroll)

    # --- Showing ----------------------------------------------------------------------------------------------

    def start(self, shift_id: UUID) -> None:
        """Fill the sheet of a shift and take the keyboard to what is to be done first."""
        if shift_id != self._shift_id:
            self.observations.clear()
            self.incoming.user.clear()
        self._shift_id = shift_id
        self._is_starting = True
        self.reload()

    def reload(self) -> None:
        """Fill the sheet again."""
        shift_id = self._shift_id
        if shift_id is not None:
            self._services.tasks.read(
                lambda ctx: handover_desk(ctx, shift_id), self._take, owner=self, slot="handover"
            )

    def _take(self, desk: HandoverDesk) -> None:
        had_unread = bool(self._desk and self._desk.unread) and not self._is_starting
        was_signed = bool(self._desk and self._desk.pending) and not self._is_starting
        self._desk = desk
        sheet = desk.sheet
        self._facts.setText(
            tr(
                N_("{kind} · {day} · {calls} llamadas, {incidents} incidentes, {closed} cerrados"),
                kind=tr(sheet.kind.label),
                day=formats.day(sheet.day),
                calls=sheet.calls,
                incidents=sheet.incidents,
                closed=sheet.closed,
            )
        )
        self._fill(sheet, desk.unread)
        self._warning.setVisible(bool(desk.unread))
        self._warning.setText(
            plural(
                "{count} aviso vencido sin tomar: tómelo con Enter para poder firmar.",
                "{count} avisos vencidos sin tomar: tómelos con Enter para poder firmar.",
                len(desk.unread),
            )
        )
        self._show_signatures(desk)
        if self._is_starting or (had_unread and not desk.unread) or (desk.pending and not was_signed):
            self._is_starting = False
            self._focus_next()

    def _show_signatures(self, desk: HandoverDesk) -> None:
        name = self._services.actor.name
        pending = desk.pending
        self._observed.setVisible(pending is None and not desk.unread)
        self._withdraw.setVisible(pending is not None)
        if pending is None:
            self.hash.setText("")
            self.incoming.wait(tr(N_("Firma después, otra persona, en este mismo puesto.")))
            if desk.unread:
                self.outgoing.wait(tr(N_("Primero hay que tomar los avisos vencidos.")))
            else:
                self.outgoing.ask(
                    tr(N_("{name} firma que entrega lo que dice el acta."), name=name), desk.username
                )
        else:
            self.outgoing.wait(_signed(pending.outgoing_name, pending.outgoing_signed_at))
            self.hash.setText(
                tr(N_("Huella del acta que ambos firman: {hash}…"), hash=pending.sheet_sha256[:_SHORT_HASH])
            )
            self.hash.setToolTip(pending.sheet_sha256)
            if self.incoming.form.isHidden():
                self.incoming.ask(tr(N_("Otra persona lee el acta y la firma con su usuario.")))
        self.hash.setVisible(pending is not None)

    def first_focus(self) -> QWidget:
        """Return what is to be done next: take a warning, sign as who leaves, or sign as who comes."""
        desk = self._desk
        if desk is None or desk.unread:
            return self.sheet
        return (self.outgoing if desk.pending is None else self.incoming).first_focus()

    def _focus_next(self) -> None:
        if self._desk is not None and self._desk.unread:
            self.sheet.setCurrentRow(1)
        self.first_focus().setFocus()

    def _fill(self, sheet: HandoverSheet, unread: tuple[TimerView, ...]) -> None:
        row = self.sheet.currentRow()
        self.sheet.clear()
        if unread:
            self._add_head(tr(N_("Avisos vencidos sin tomar")))
            for timer in unread:
                since = (self._services.clock.now() - timer.due_at).total_seconds()
                text = tr(
                    N_("⚠ {short} {title} · vencido hace {time}"),
                    short=timer.incident_short or "",
                    title=timer.title,
                    time=formats.timer(since),
                )
                self._add(text, timer).setForeground(self._services.theme.colour("danger"))
        for name, title, empty in _SECTIONS:
            items: Iterable[SheetItem] = getattr(sheet, name)
            self._add_head(tr(title))
            for item in items:
                since_text = f"{formats.day_time(item.since)} · " if item.since is not None else ""
                self._add(f"{item.key} · {since_text}{item.text}".strip(" ·"))
            if not getattr(sheet, name):
                self._add(tr(empty)).setForeground(self._services.theme.colour("text_muted"))
        self._add_head(tr(N_("Dotación")))
        for who in sheet.roster:
            self._add(who)
        if not sheet.roster:
            self._add(tr(N_("Sin dotación registrada."))).setForeground(
                self._services.theme.colour("text_muted")
            )
        self._add_head(tr(N_("Novedades")))
        self._add(sheet.notes or tr(N_("Sin novedades escritas.")))
        if row >= 0:
            self.sheet.setCurrentRow(min(row, self.sheet.count() - 1))

    def _repaint(self) -> None:
        if self._desk is not None:
            self._fill(self._desk.sheet, self._desk.unread)

    def _add_head(self, text: str) -> None:
        item = QListWidgetItem(text.upper())
        item.setForeground(self._services.theme.colour("text_muted"))
        self.sheet.addItem(item)

    def _add(self, text: str, timer: TimerView | None = None) -> QListWidgetItem:
        item = QListWidgetItem(text)
        item.setData(_TIMER, timer)
        self.sheet.addItem(item)
        return item

    # --- Acting -----------------------------------------------------------------------------------------------

    def _use(self, item: QListWidgetItem) -> None:
        timer: TimerView | None = item.data(_TIMER)
        if timer is not None:
            self._write(lambda ctx: silence(ctx, timer.key), lambda _: self.reload())

    def _sign_out(self, password: str) -> None:
        shift_id, desk = self._shift_id, self._desk
        if shift_id is None or desk is None:
            return
        words = self.observations.text()

        def signed(_: object) -> None:
            self.observations.clear()
            self.reload()

        def proven(proof: PasswordProof) -> None:
            self._write(
                lambda ctx: sign_out(ctx, shift_id, proof, observations=words), signed, self.outgoing.refuse
            )

        self._check(desk.username, password, proven, self.outgoing)

    def _sign_in(self, user: str, password: str) -> None:
        pending = self._desk.pending if self._desk is not None else None
        if pending is None:
            return

        def signed(_: object) -> None:
            self.incoming.user.clear()
            self.incoming.wait("")
            self.finished.emit(pending.id)

        def proven(proof: PasswordProof) -> None:
            self._write(lambda ctx: sign_in_handover(ctx, pending.id, proof), signed, self.incoming.refuse)

        self._check(user, password, proven, self.incoming)

    def withdraw(self) -> None:
        """Annul the first signature, with its reason, so that the sheet is filled again."""
        pending = self._desk.pending if self._desk is not None else None
        if pending is None:
            return

        def done(choice: Choice) -> None:
            self._is_starting = True
            self._write(lambda ctx: withdraw_handover(ctx, pending.id, choice.note), lambda _: self.reload())

        ask(
            self,
            tr(N_("Retirar la entrega firmada")),
            (),
            done,
            hint=tr(N_("El acta se llena otra vez con lo que haya en ese momento.")),
            note_title=tr(N_("Motivo")),
            note_is_required=True,
        )

    def _check(self, user: str, password: str, proven: Callable[[PasswordProof], None], box: SignBox) -> None:
        prove = self._prove
        self._services.tasks.job(
            tr(N_("Comprobando la firma")),
            lambda _progress: proved(prove, user, password),
            proven,
            on_error=box.refuse,
            owner=self,
        )

    def _write(
        self,
        operation: Callable[[Context], Any],
        done: Callable[[Any], None],
        refused: Callable[[AtalayaError], None] | None = None,
    ) -> None:
        def attempt(ctx: Context) -> Any:
            try:
                return operation(ctx)
            except (UserError, NotAllowed) as error:
                if refused is None:
                    raise
                raise FieldError("", error.message) from error

        self._services.tasks.write(attempt, done, on_error=refused, owner=self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Enter takes the warning under the cursor."""
        is_key = watched is self.sheet and event.type() == QEvent.Type.KeyPress
        if not (is_key and isinstance(event, QKeyEvent) and event.key() in _ENTER):
            return False
        if self.sheet.currentRow() >= 0:
            self._use(self.sheet.currentItem())
        return True

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Esc goes back to the shift; what is typed stays."""
        if event.key() == Qt.Key.Key_Escape:
            self.left.emit()
        else:
            super().keyPressEvent(event)


def _signed(name: str, at: datetime) -> str:
    return tr(N_("✓ {name} firmó a las {time}"), name=name, time=formats.time_hms(at))
