"""The form of a record: its sections, what was changed in them, and errors beside their field."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QApplication, QFrame, QLabel, QScrollArea, QVBoxLayout, QWidget

from desktop.core.errors import AtalayaError, FieldError
from desktop.core.i18n import N_, tr
from desktop.operations.query_values import FieldView, RecordView
from desktop.register.kinds import Kind
from desktop.views.register.editors import Editor, FlagEditor, make_editor
from desktop.views.theme import SIZES
from desktop.views.widgets.controls import Field
from desktop.views.widgets.text import label

if TYPE_CHECKING:
    from desktop.views.services import Services


class RecordForm(QScrollArea):
    """Shows a `RecordView` to read or to write. `edited` follows each keystroke."""

    edited = Signal()

    def __init__(self, services: Services, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._services = services
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.fields: dict[str, Field] = {}
        self._editors: dict[str, Editor] = {}
        self._seen: dict[str, Any] = {}
        self._order: list[str] = []
        self._error = label("", "error", wraps=True)

    def show_record(self, view: RecordView) -> None:
        """Show a record as it is; what was typed before is gone, and the keyboard stays in its field."""
        focused = self._focused_field()
        self.fields, self._editors, self._seen, self._order = {}, {}, {}, []
        page = QWidget()
        rows = QVBoxLayout(page)
        rows.setContentsMargins(SIZES.space_4, SIZES.space_3, SIZES.space_4, SIZES.space_4)
        rows.setSpacing(SIZES.space_3)
        for place, section in enumerate(view.sections):
            if place:
                rows.addSpacing(SIZES.space_2)
            rows.addWidget(label(section.title, "strong"))
            for field in section.fields:
                rows.addWidget(self._field(field, may_edit=view.may_edit and not field.is_masked))
        self._error = label("", "error", wraps=True)
        self._error.hide()
        rows.addWidget(self._error)
        rows.addStretch(1)
        self.setWidget(page)
        if focused in self._editors:
            self._editors[focused].setFocus()

    @property
    def is_dirty(self) -> bool:
        """Tell whether something is written that is not saved."""
        return any(self._differs(name) for name in self._order)

    @property
    def seen(self) -> dict[str, Any]:
        """Return the values that the person had before them."""
        return dict(self._seen)

    def values(self, *, everything: bool = False) -> dict[str, Any]:
        """Return the changed values by attribute name, or all of them.

        Raises:
            FieldError: what is written in a field cannot be its value.
        """
        found = {}
        for name in self._order:
            try:
                value = self._editors[name].value()
            except ValueError as error:
                raise FieldError(name, str(error)) from error
            if everything or not _is_same(value, self._seen[name]):
                found[name] = value
        return found

    def raws(self) -> dict[str, Any]:
        """Return what is written in the changed fields, for a draft."""
        return {name: self._editors[name].raw() for name in self._order if self._differs(name)}

    def set_raws(self, raws: dict[str, Any]) -> None:
        """Write back what a draft kept; fields that no longer exist are skipped."""
        for name, raw in raws.items():
            if name in self._editors:
                self._editors[name].set_raw(raw)

    def show_error(self, error: AtalayaError) -> None:
        """Show an error beside its field, which takes the keyboard."""
        field = self.fields.get(error.field) if isinstance(error, FieldError) else None
        if field is None:
            self._error.setText(error.message)
            self._error.show()
            self.ensureWidgetVisible(self._error)
            return
        field.show_error(error.message)
        field.editor.setFocus()
        self.ensureWidgetVisible(field)

    def clear_errors(self) -> None:
        """Forget every error."""
        self._error.hide()
        for field in self.fields.values():
            field.clear_error()

    def focus_first(self) -> None:
        """Put the keyboard in the first field that can be written."""
        if self._order:
            self._editors[self._order[0]].setFocus()

    def editor(self, name: str) -> Editor:
        """Return the editor of a field."""
        return self._editors[name]

    def _focused_field(self) -> str:
        held = QApplication.focusWidget()
        for name, editor in self._editors.items():
            if held is not None and (editor.main is held or editor.isAncestorOf(held)):
                return name
        return ""

    def _differs(self, name: str) -> bool:
        try:
            return not _is_same(self._editors[name].value(), self._seen[name])
        except ValueError:
            return True

    def _field(self, field: FieldView, *, may_edit: bool) -> QWidget:
        if not may_edit or field.is_read_only:
            return _ReadOnly(field)
        editor = make_editor(self._services, field)
        editor.set_value(field.value, field.text)
        help_text = field.help
        if field.kind is Kind.LIST:
            help_text = f"{help_text}. {tr(N_('Uno por línea.'))}" if help_text else tr(N_("Uno por línea."))
        title = tr(N_("{label} *"), label=field.label) if field.is_required else field.label
        shown = Field("" if isinstance(editor, FlagEditor) else title, editor)
        layout = shown.layout()
        if help_text and layout is not None:
            layout.addWidget(label(help_text, "small", wraps=True))
            editor.setAccessibleDescription(help_text)
        for caption in shown.findChildren(QLabel):
            if not caption.text():
                caption.hide()
        editor.setAccessibleName(field.label)
        self.fields[field.name] = shown
        self._editors[field.name] = editor
        self._order.append(field.name)
        self._seen[field.name] = field.value if field.kind is not Kind.LIST else (field.value or ())
        editor.changed.connect(lambda: self._edited(field.name))
        return shown

    def _edited(self, name: str) -> None:
        self.fields[name].clear_error()
        self.edited.emit()


def _is_same(one: Any, other: Any) -> bool:
    """Tell whether two values are the same to a person: nothing and an empty text are."""
    return bool(one == other) or (_is_empty(one) and _is_empty(other))


def _is_empty(value: Any) -> bool:
    return value is None or value in ("", ())


class _ReadOnly(QWidget):
    """A field that is only read; its words can be selected and copied."""

    def __init__(self, field: FieldView) -> None:
        super().__init__()
        self.setAccessibleName(f"{field.label}: {field.text}")
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(2)
        layout.addWidget(label(field.label, "label"))
        words = label(field.text or "—", "muted" if field.is_masked or not field.text else "body", wraps=True)
        words.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
        words.setAccessibleName(field.label)
        layout.addWidget(words)
