"""Activating the second factor: a QR code for the telephone, a code that shows it worked, ten codes for paper."""

import segno
from PySide6.QtCore import QRectF, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent, QTextDocument
from PySide6.QtWidgets import (
    QCheckBox,
    QDialog,
    QLineEdit,
    QPlainTextEdit,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from desktop.core.errors import AtalayaError, FieldError
from desktop.core.i18n import N_, tr
from desktop.operations.second_factor import Enrolment
from desktop.views.shell.sign_in import Entrance
from desktop.views.theme import SIZES, Theme
from desktop.views.widgets.controls import Form, PasswordEdit, button
from desktop.views.widgets.text import label

_SIDE = 196
_QUIET = 4
"""Light squares around a QR code, as ISO/IEC 18004 asks."""
_GROUP = 4


class QrCode(QWidget):
    """A QR code, dark on light in every theme: cameras read no other."""

    def __init__(self, text: str, name: str) -> None:
        super().__init__()
        self._rows = [
            bytes(row) for row in segno.make(text, error="l", boost_error=False, micro=False).matrix
        ]
        self.setFixedSize(_SIDE, _SIDE)
        self.setAccessibleName(name)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw square by square."""
        painter = QPainter(self)
        painter.fillRect(self.rect(), Qt.GlobalColor.white)
        unit = _SIDE // (len(self._rows) + 2 * _QUIET)
        start = (_SIDE - unit * len(self._rows)) / 2
        for y, row in enumerate(self._rows):
            for x, is_dark in enumerate(row):
                if is_dark:
                    painter.fillRect(
                        QRectF(start + x * unit, start + y * unit, unit, unit), Qt.GlobalColor.black
                    )


class EnrolCard(QWidget):
    """The two steps. Whoever checks the code calls `show_papers` or `refuse`."""

    confirmed = Signal(str, str)
    """The code, and the password where it is asked."""
    finished = Signal()

    def __init__(self, enrolment: Enrolment, *, may_wait: bool, asks_password: bool = False) -> None:
        super().__init__()
        self.setFixedWidth(460)
        self.code = QLineEdit()
        self.form = Form()
        self.form.add("code", tr(N_("Código que muestra el teléfono")), self.code)
        self.password = PasswordEdit()
        if asks_password:
            self.form.add("password", tr(N_("Su contraseña")), self.password)
            self.password.input.returnPressed.connect(self._submit)
        self.form.end()
        self.secret = QLineEdit(_grouped(enrolment.secret))
        self.secret.setReadOnly(True)
        self.secret.setAccessibleName(tr(N_("Clave para escribir a mano")))
        self.go = button(tr(N_("Activar")), "primary", self._submit)
        self.later = button(tr(N_("Ahora no")), "quiet", self.finished.emit)
        self.later.setVisible(may_wait)
        self.papers = QPlainTextEdit()
        self.papers.setReadOnly(True)
        self.papers.setTabChangesFocus(True)
        self.papers.setAccessibleName(tr(N_("Códigos en papel")))
        self.print = button(tr(N_("Imprimir")), "plain", self._print)
        self.kept = QCheckBox(tr(N_("Ya los imprimí o los anoté")))
        self.end = button(tr(N_("Continuar")), "primary", self.finished.emit)
        self.end.setEnabled(False)
        self.kept.toggled.connect(self.end.setEnabled)
        self.code.returnPressed.connect(self._submit)
        self.steps = QStackedWidget()
        self.steps.addWidget(self._first(enrolment))
        self.steps.addWidget(self._second())
        rows = QVBoxLayout(self)
        rows.setContentsMargins(0, 0, 0, 0)
        rows.addWidget(self.steps)

    def refuse(self, error: AtalayaError) -> None:
        """Say why not."""
        self.go.setEnabled(True)
        self.code.clear()
        self.password.clear()
        self.code.setFocus()
        self.form.show_error(error)

    def show_papers(self, papers: tuple[str, ...]) -> None:
        """Show the codes for paper, this once."""
        self.papers.setPlainText("\n".join(papers))
        self.steps.setCurrentIndex(1)
        self.print.setFocus()

    def _first(self, enrolment: Enrolment) -> QWidget:
        why = tr(
            N_(
                "Lea este código con una aplicación de autenticación del teléfono, o escriba en ella la clave. No "
                "necesita red. Después copie aquí las seis cifras que muestra."
            )
        )
        code = QrCode(enrolment.uri, tr(N_("Código QR del segundo factor")))
        step, rows = _step(tr(N_("Active su segundo factor")), why)
        rows.addWidget(code, 0, Qt.AlignmentFlag.AlignHCenter)
        rows.addWidget(self.secret)
        rows.addWidget(self.form)
        rows.addWidget(self.go)
        rows.addWidget(self.later)
        return step

    def _second(self) -> QWidget:
        why = tr(
            N_(
                "Cada código abre su cuenta una vez, sin el teléfono. Se muestran solo ahora: imprímalos y guárdelos "
                "lejos de esta estación."
            )
        )
        step, rows = _step(tr(N_("Guarde sus códigos en papel")), why)
        rows.addWidget(self.papers)
        rows.addWidget(self.print)
        rows.addWidget(self.kept)
        rows.addWidget(self.end)
        return step

    def _submit(self) -> None:
        self.form.clear_errors()
        if not self.code.text().strip():
            self.form.show_error(FieldError("code", tr(N_("Escriba el código."))))
        elif self.go.isEnabled():
            self.go.setEnabled(False)
            self.confirmed.emit(self.code.text(), self.password.text())

    def _print(self) -> None:
        from PySide6.QtPrintSupport import QPrintDialog, QPrinter  # noqa: PLC0415 - once in a person's life

        printer = QPrinter(QPrinter.PrinterMode.HighResolution)
        if QPrintDialog(printer, self).exec() != QDialog.DialogCode.Accepted:
            return
        paper = QTextDocument()
        title = tr(N_("Atalaya · códigos en papel del segundo factor"))
        each = tr(N_("Cada uno abre la cuenta una sola vez. Táchelo al usarlo."))
        paper.setPlainText(f"{title}\n{each}\n\n{self.papers.toPlainText()}")
        paper.print_(printer)


class EnrolWindow(Entrance):
    """Comes after the sign-in of who needs a second factor and has none."""

    def __init__(self, theme: Theme, municipality: str, enrolment: Enrolment, *, may_wait: bool) -> None:
        super().__init__(theme, municipality)
        self.setWindowTitle(tr(N_("Atalaya · Segundo factor")))
        self.card = EnrolCard(enrolment, may_wait=may_wait)
        self.place.addWidget(self.card, 0, Qt.AlignmentFlag.AlignCenter)
        self.card.code.setFocus()


class EnrolDialog(QDialog):
    """The same two steps over the main window, for whoever wants them."""

    def __init__(self, enrolment: Enrolment, parent: QWidget) -> None:
        super().__init__(parent)
        title = tr(N_("Segundo factor"))
        self.setWindowTitle(title)
        self.setAccessibleName(title)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.card = EnrolCard(enrolment, may_wait=False, asks_password=True)
        self.card.finished.connect(self.accept)
        rows = QVBoxLayout(self)
        rows.setContentsMargins(SIZES.space_6, SIZES.space_5, SIZES.space_6, SIZES.space_5)
        rows.addWidget(self.card)
        self.card.code.setFocus()


def _step(title: str, why: str) -> tuple[QWidget, QVBoxLayout]:
    step = QWidget()
    rows = QVBoxLayout(step)
    rows.setContentsMargins(0, 0, 0, 0)
    rows.setSpacing(SIZES.space_3)
    rows.addWidget(label(title, "title", wraps=True))
    rows.addWidget(label(why, "muted", wraps=True))
    return step, rows


def _grouped(secret: str) -> str:
    return " ".join(secret[place : place + _GROUP] for place in range(0, len(secret), _GROUP))
