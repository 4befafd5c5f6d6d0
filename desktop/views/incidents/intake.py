"""Intake: narrative first, one column; the program proposes beside the words and never over a manual choice."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QComboBox,
    QGridLayout,
    QHBoxLayout,
    QLineEdit,
    QPlainTextEdit,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from desktop.core.errors import AtalayaError, FieldError
from desktop.core.i18n import N_, tr
from desktop.models.incidents.states import Channel, PlaceSource, Priority, Risk
from desktop.operations.incidents.values import IntakeDraft, StreetMatch, Suggestions
from desktop.views.drafts import DraftKeeper, Drafts
from desktop.views.incidents.completing import StreetField, TypeField
from desktop.views.incidents.known import KnownList
from desktop.views.register.flow import FlowLayout
from desktop.views.theme import SIZES
from desktop.views.widgets.controls import Field, button
from desktop.views.widgets.text import label

DRAFT = "intake"
_ASK_AFTER_MS = 120


class IntakePanel(QWidget):
    """The form. `saving` carries an `IntakeDraft`; `attaching` also the incident to which the call belongs."""

    saving = Signal(object)
    attaching = Signal(object, object)
    left = Signal()
    asked = Signal(object)
    """An `IntakeDraft` as typed so far: whoever listens answers with `suggest`."""
    opening = Signal(object)
    """The id of an incident that the person wants to look at."""
    classified = Signal(str)
    """The code of the type that stands in the form now, proposed or chosen; empty without one."""

    def __init__(self, drafts: Drafts, now: Callable[[], datetime], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._drafts = drafts
        self._now = now
        self._answered_at: datetime | None = None
        self._priority_is_manual = False
        self._risks_by_hand: set[str] = set()
        self._keeper: DraftKeeper | None = None
        self._is_restored = False
        self._aside: list[IntakeDraft] = []
        self._is_filling = False
        self._asking = QTimer(self, singleShot=True, interval=_ASK_AFTER_MS)
        self._asking.timeout.connect(lambda: self.asked.emit(self.draft()))
        self._build_editors()
        self._build_layout()

    def _build_editors(self) -> None:
        self.narrative = QPlainTextEdit()
        self.narrative.setTabChangesFocus(True)
        self.narrative.setPlaceholderText(
            tr(N_("¿Qué está pasando? Escriba lo que cuentan; el tipo se propone solo."))
        )
        self.narrative.textChanged.connect(self._typed)
        self.address = StreetField()
        self.address.taken.connect(self._asking.start)
        self.address.textEdited.connect(self._typed)
        self.reference = QLineEdit()
        self.phone = QLineEdit()
        self.caller = QLineEdit()
        self.type = TypeField()
        self.type.chosen.connect(self._typed)
        self.type.textChanged.connect(lambda _: self.classified.emit(self.type.code() or ""))
        self.priority = QComboBox()
        for priority in Priority:
            self.priority.addItem(f"{priority.shape} {tr(priority.label)}", priority)
        self.priority.setCurrentIndex(2)
        self.priority.activated.connect(self._priority_chosen)
        self.channel = QComboBox()
        for channel in Channel:
            self.channel.addItem(tr(channel.label), channel)
        for editor in (self.reference, self.phone, self.caller):
            editor.textEdited.connect(self._typed)
        self.risks: dict[str, QToolButton] = {}
        for risk in Risk:
            chip = QToolButton()
            chip.setText(tr(risk.label))
            chip.setAccessibleName(tr(N_("Riesgo: {risk}"), risk=tr(risk.label)))
            chip.setCheckable(True)
            chip.setFocusPolicy(Qt.FocusPolicy.TabFocus)
            chip.clicked.connect(lambda _=False, value=str(risk.value): self._risks_by_hand.add(value))
            self.risks[str(risk.value)] = chip
        self.help = KnownList()
        self.help.attaching.connect(lambda incident_id: self.attaching.emit(self.draft(), incident_id))
        self.help.opening.connect(self.opening)

    def _build_layout(self) -> None:
        self.fields = {
            "narrative": Field(tr(N_("Relato")), self.narrative),
            "address": Field(tr(N_("Dirección o intersección")), self.address),
            "reference": Field(tr(N_("Referencia")), self.reference),
            "phone": Field(tr(N_("Teléfono")), self.phone),
            "caller_name": Field(tr(N_("Quién llama")), self.caller),
            "type_code": Field(tr(N_("Tipo")), self.type),
            "priority": Field(tr(N_("Prioridad")), self.priority),
            "channel": Field(tr(N_("Canal")), self.channel),
        }
        self.narrative.setMinimumHeight(3 * SIZES.control)
        grid = QGridLayout()
        grid.setHorizontalSpacing(SIZES.space_3)
        grid.setVerticalSpacing(SIZES.space_2)
        grid.addWidget(self.fields["narrative"], 0, 0, 1, 2)
        grid.addWidget(self.fields["address"], 1, 0, 1, 2)
        grid.addWidget(self.fields["phone"], 3, 0)
        grid.addWidget(self.fields["caller_name"], 3, 1)
        grid.addWidget(self.fields["type_code"], 4, 0)
        grid.addWidget(self.fields["priority"], 4, 1)
        # Tab goes through them in the order in which they are added: first what every call has.
        grid.addWidget(self.fields["reference"], 2, 0)
        grid.addWidget(self.fields["channel"], 2, 1)
        grid.setRowStretch(0, 1)
        risks = FlowLayout(spacing=SIZES.space_1)
        for chip in self.risks.values():
            risks.addWidget(chip)
        grid.addLayout(risks, 5, 0, 1, 2)
        self._general = label("", "error", wraps=True)
        self._general.hide()
        self._help_title = label(tr(N_("Lo que ya se sabe")), "strong")
        head = QHBoxLayout()
        head.addWidget(label(tr(N_("Nueva llamada")), "title"))
        head.addStretch(1)
        head.addWidget(button(tr(N_("Guardar")), "primary", self.save, tr(N_("Guardar (Ctrl+Enter)"))))
        head.addWidget(
            button(tr(N_("Cerrar")), "quiet", self.leave, tr(N_("Cerrar y conservar lo escrito (Esc)")))
        )
        layout = QVBoxLayout(self)
        layout.setContentsMargins(SIZES.space_5, SIZES.space_3, SIZES.space_5, SIZES.space_3)
        layout.setSpacing(SIZES.space_2)
        layout.addLayout(head)
        layout.addWidget(self._general)
        layout.addLayout(grid)
        layout.addWidget(self._help_title)
        layout.addWidget(self.help, 1)
        self._keys = label("", "small", wraps=True)
        layout.addWidget(self._keys)
        self.show_keys("", "", "")

    def show_keys(self, first: str, known: str, end: str) -> None:
        """Name the keys in force: take the first duplicate, go to what is known, end without an incident."""
        own = (
            (end, N_("{key} sin incidente")),
            (first, N_("{key} suma la llamada al posible duplicado 1")),
            (known, N_("{key} va a lo que ya se sabe; ahí una cifra suma a ese duplicado")),
        )
        changed = [tr(words, key=key) for key, words in own if key]
        self._keys.setText(" · ".join([tr(N_("Ctrl+Enter guarda")), *changed, tr(N_("Esc conserva"))]))
        self.help.show_keys(first, known)

    def start(self, types: Mapping[str, str], prefill: IntakeDraft | None = None) -> None:
        """Open the form; `types` are titles by code. Input that was left or lost in a crash comes back."""
        self.type.use_types(types)
        if self._answered_at is None:
            self._answered_at = self._now()
        if not self._is_restored:
            self._is_restored = True
            found = self._drafts.found(DRAFT)
            if found and prefill is None:
                self._restore(found[0].values)
                self._drafts.discard(found[0].key)
            self._keeper = self._drafts.keep(DRAFT, self, self._collect)
        if prefill is not None:
            self._fill(prefill)
        self.narrative.setFocus()
        self._asking.start()

    def save(self) -> None:
        """Ask for the incident to be made, unless something is plainly missing."""
        self.clear_errors()
        if not self.narrative.toPlainText().strip() and not self.type.text().strip():
            self.show_error(FieldError("narrative", tr(N_("Escriba qué ocurre, o elija un tipo."))))
            return
        place = self.draft()
        if not place.address and not place.reference and place.lat is None:
            self.show_error(
                FieldError("address", tr(N_("Indique dónde ocurre: una dirección o una referencia.")))
            )
            return
        if (text := self.type.text().strip()) and self.type.code() is None:
            self.show_error(
                FieldError("type_code", tr(N_("No hay un tipo «{text}». Elija uno de la lista."), text=text))
            )
            return
        self.saving.emit(self.draft())

    def take_first(self) -> None:
        """Add the call to the first incident that may be the same; with none, go to what is known already."""
        if not self.help.take_duplicate(1):
            self.go_to_help()

    def go_to_help(self) -> None:
        """Give the keyboard to what is known already."""
        self.help.setFocus()
        self.help.setCurrentRow(0)

    def leave(self) -> None:
        """Close the form; what is typed waits for the next opening."""
        if self._keeper is not None:
            self._keeper.save()
        self.left.emit()

    def sent(self) -> None:
        """Empty the form for the next call; what it held is on its way, and is put aside until it has arrived."""
        self._is_filling = True
        for editor in (self.address, self.reference, self.phone, self.caller, self.type):
            editor.clear()
        self.narrative.clear()
        self.priority.setCurrentIndex(2)
        self.channel.setCurrentIndex(0)
        for chip in self.risks.values():
            chip.setChecked(False)
        self.help.forget()
        self.clear_errors()
        self._answered_at = None
        self.type.is_manual = self._priority_is_manual = False
        self._risks_by_hand.clear()
        self.address.forget()
        self._is_filling = False
        if self._aside:
            self._fill(self._aside.pop())

    @property
    def is_empty(self) -> bool:
        """Tell whether nothing is typed."""
        return not self._collect()

    def put_aside(self, draft: IntakeDraft) -> None:
        """Keep a call that could not be saved until the form is free."""
        self._aside.append(draft)

    def draft(self) -> IntakeDraft:
        """Return what the form holds."""
        match = self.address.match()
        return IntakeDraft(
            channel=self.channel.currentData(),
            phone=self.phone.text().strip(),
            caller_name=self.caller.text().strip(),
            is_anonymous=not self.caller.text().strip() and not self.phone.text().strip(),
            narrative=self.narrative.toPlainText().strip(),
            type_code=self.type.code(),
            type_is_manual=self.type.is_manual,
            priority=self.priority.currentData(),
            priority_is_manual=self._priority_is_manual,
            risks=tuple(value for value, chip in self.risks.items() if chip.isChecked()),
            address=self.address.text().strip(),
            reference=self.reference.text().strip(),
            sector=(match.sector or "") if match else "",
            lat=match.lat if match else None,
            lon=match.lon if match else None,
            place_source=PlaceSource.ADDRESS if match and match.lat is not None else None,
            answered_at=self._answered_at,
            acknowledged_hazards=frozenset(self.help.acknowledged),
        )

    def suggest(self, found: Suggestions) -> None:
        """Show what the words, the phone and the place say; manual choices stay."""
        self._is_filling = True
        if found.types and self.type.propose(found.types[0]):
            for risk in found.types[0].risks:
                if risk in self.risks and risk not in self._risks_by_hand:
                    self.risks[risk].setChecked(True)
        if found.priority is not None and not self._priority_is_manual:
            self.priority.setCurrentIndex(list(Priority).index(found.priority))
        self.address.offer(found.streets)
        self.help.show_found(found)
        self._help_title.setVisible(self.help.count() > 0)
        self.help.setVisible(self.help.count() > 0)
        self._is_filling = False

    def show_error(self, error: AtalayaError) -> None:
        """Show an error beside its field, or above the form."""
        field = self.fields.get(error.field) if isinstance(error, FieldError) else None
        if field is None:
            self._general.setText(error.message)
            self._general.show()
            return
        field.show_error(error.message)
        field.editor.setFocus()

    def clear_errors(self) -> None:
        """Forget every error."""
        self._general.hide()
        for field in self.fields.values():
            field.clear_error()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Serve the keys of the form."""
        is_enter = event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter}
        if is_enter and event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self.save()
        elif event.key() == Qt.Key.Key_Escape:
            self.leave()
        elif event.modifiers() & Qt.KeyboardModifier.AltModifier and event.text() in {"1", "2", "3", "4"}:
            self.priority.setCurrentIndex(int(event.text()) - 1)
            self._priority_chosen()
        else:
            super().keyPressEvent(event)

    def _typed(self) -> None:
        if not self._is_filling:
            self._asking.start()

    def _priority_chosen(self) -> None:
        self._priority_is_manual = True

    def _collect(self) -> Mapping[str, Any]:
        draft = self.draft()
        typed = {
            "narrative": draft.narrative,
            "address": draft.address,
            "reference": draft.reference,
            "phone": draft.phone,
            "caller": draft.caller_name,
            "type": self.type.text() if self.type.is_manual else "",
        }
        return typed if any(typed.values()) else {}

    def _restore(self, values: Mapping[str, Any]) -> None:
        self.narrative.setPlainText(str(values.get("narrative", "")))
        for name, editor in (
            ("address", self.address),
            ("reference", self.reference),
            ("phone", self.phone),
            ("caller", self.caller),
            ("type", self.type),
        ):
            editor.setText(str(values.get(name, "")))
        self.type.is_manual = bool(self.type.text())

    def _fill(self, draft: IntakeDraft) -> None:
        self._is_filling = True
        self.narrative.setPlainText(draft.narrative)
        self.address.setText(draft.address)
        self.reference.setText(draft.reference)
        self.phone.setText(draft.phone)
        self.caller.setText(draft.caller_name)
        self.channel.setCurrentIndex(list(Channel).index(draft.channel))
        self.type.is_manual = draft.type_is_manual
        self._priority_is_manual = draft.priority_is_manual
        if draft.type_code is not None:
            self.type.setText(f"{draft.type_code} {self.type.codes.get(draft.type_code, '')}".strip())
        if draft.priority is not None:
            self.priority.setCurrentIndex(list(Priority).index(draft.priority))
        for value, chip in self.risks.items():
            chip.setChecked(value in draft.risks)
        if draft.lat is not None:
            self.address.remember(StreetMatch(draft.address, draft.sector, draft.lat, draft.lon))
        self.help.acknowledged = set(draft.acknowledged_hazards)
        self._answered_at = draft.answered_at or self._answered_at
        self._is_filling = False
        self._asking.start()
