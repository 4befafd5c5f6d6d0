"""Everything that a person reads is Spanish, marked where it is declared and shown through `tr` (R142)."""

import ast
import os
import re
import string
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
FILES = sorted(path for path in (ROOT / "desktop").rglob("*.py") if "versions" not in path.parts)
IDS = [str(path.relative_to(ROOT)) for path in FILES]
SHOWN_BY = frozenset(
    {
        *(
            "setText",
            "setWindowTitle",
            "setToolTip",
            "setStatusTip",
            "setPlaceholderText",
            "setAccessibleName",
        ),
        *(
            "setAccessibleDescription",
            "setTitle",
            "setSuffix",
            "setPrefix",
            "setLabelText",
            "setInformativeText",
        ),
        *(
            "label",
            "button",
            "Field",
            "QLabel",
            "QPushButton",
            "QCheckBox",
            "QRadioButton",
            "QGroupBox",
            "toast",
        ),
        *("addAction", "addMenu", "addTab", "EmptyState", "announce"),
    }
)
"""Calls whose positional texts a person reads or hears."""
NAMES_PARTS = frozenset({"label", "button", "toast", "EmptyState"})
"""Of those, the ones that take the name of a style or icon after the text or before it."""
ERRORS = frozenset(
    {"UserError", "NotAllowed", "ConflictError", "Unavailable", "KeyringUnavailable", "WrongPassphrase"}
)
ENGLISH = re.compile(
    r"\b("
    r"and|are|be|been|but|call|calls|cancelled|cannot|choose|close|closed|could|date|deleted|"
    r"delete|done|edit|failed|failure|file|files|folder|from|hand|help|here|incident|incidents|"
    r"invalid|is|list|loading|missing|name|new|not|note|notes|of|open|opened|over|page|password|"
    r"please|print|required|save|saved|search|select|settings|shift|should|that|the|there|these|"
    r"this|those|time|unavailable|units|unknown|user|was|were|what|when|where|which|while|window|"
    r"with|wrong|yes|you|your"
    r")\b",
    re.IGNORECASE,
)
FAMILIAR = re.compile(
    r"\b(tú|tus?|contigo|puedes|quieres|debes|tienes|eres|haz|hazlo|necesitas|deseas)\b", re.IGNORECASE
)
NOT_SAID = re.compile(r"«[^»]*»|\{\w*\}|(Ctrl|Alt|Shift)\+")
"""Names of commands, files and keys are said as they are; a placeholder is not read at all."""


@cache
def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def name_of(call: ast.Call) -> str:
    return call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")


def calls(path: Path, *names: str) -> Iterator[ast.Call]:
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Call) and name_of(node) in names:
            yield node


def is_marked(node: ast.expr) -> bool:
    return isinstance(node, ast.Call) and name_of(node) == "N_"


def literal(node: ast.expr) -> str | None:
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else None


def marked_texts(path: Path) -> Iterator[tuple[int, str]]:
    for call in calls(path, "N_", "plural"):
        for node in call.args[:2]:
            text = literal(node)
            if text is not None:
                yield call.lineno, text


def placeholders(text: str) -> list[str]:
    """Return the names between braces.

    Raises:
        ValueError: braces do not pair.
    """
    return [name for _, name, _, _ in string.Formatter().parse(text) if name is not None]


def every_text() -> list[tuple[str, str]]:
    return [(f"{path.relative_to(ROOT)}:{line}", text) for path in FILES for line, text in marked_texts(path)]


AS_IT_IS = re.compile(r"Atalaya|Ctrl|Alt|Shift|Enter|Esc|Ins|^[a-z_]+$")
"""The program's name, keys, and names of styles."""


def test_there_are_texts_to_look_at() -> None:
    assert len(every_text()) > 1000


@pytest.mark.parametrize("path", FILES, ids=IDS)
def test_a_mark_holds_one_plain_text(path: Path) -> None:
    for call in calls(path, "N_"):
        assert len(call.args) == 1
        assert not call.keywords
        text = literal(call.args[0])
        assert text is not None, f"line {call.lineno}: N_ takes a literal: no f-string, no variable"
        assert text.strip(), f"line {call.lineno}: empty"


@pytest.mark.parametrize("path", FILES, ids=IDS)
def test_what_is_translated_was_marked(path: Path) -> None:
    for call in calls(path, "tr"):
        first = call.args[0]
        assert literal(first) is None, f"line {call.lineno}: tr takes N_(…) or what was marked elsewhere"
        assert not isinstance(first, ast.JoinedStr | ast.BinOp), f"line {call.lineno}: a text put together"
        assert len(call.args) == 1, f"line {call.lineno}: values go by name"
    for call in calls(path, "plural"):
        assert not any(isinstance(form, ast.JoinedStr) for form in call.args[:2]), f"line {call.lineno}"


@pytest.mark.parametrize("path", FILES, ids=IDS)
def test_placeholders_have_names_and_each_gets_its_value(path: Path) -> None:
    for line, text in marked_texts(path):
        for name in placeholders(text):
            assert name.isidentifier(), f"line {line}: {{{name}}}"
    for call in calls(path, "tr", "plural"):
        given = {keyword.arg for keyword in call.keywords}
        if None in given:
            continue
        texts = [
            form.args[0] if isinstance(form, ast.Call) and is_marked(form) else form for form in call.args[:2]
        ]
        always = {"count"} if name_of(call) == "plural" else set()
        for text in filter(None, map(literal, texts)):
            wanted = set(placeholders(text))
            assert wanted <= given | always, f"line {call.lineno}: {wanted - given} without a value"
            if name_of(call) == "tr":
                assert given == wanted, f"line {call.lineno}: {given - wanted} is not in the text"


@pytest.mark.parametrize("path", FILES, ids=IDS)
def test_no_text_reaches_a_person_past_the_marks(path: Path) -> None:
    for call in calls(path, *SHOWN_BY):
        texts = call.args[:1] if name_of(call) in NAMES_PARTS and name_of(call) != "EmptyState" else call.args
        if name_of(call) == "EmptyState":
            texts = call.args[2:]
        for node in texts:
            parts = node.values if isinstance(node, ast.JoinedStr) else [node]
            for part in parts:
                text = literal(part)
                assert text is None or not re.search(r"[^\W\d_]{2,}", AS_IT_IS.sub("", text)), (
                    f"line {call.lineno}: {text!r}"
                )


@pytest.mark.parametrize("path", FILES, ids=IDS)
def test_errors_that_people_see_are_translated(path: Path) -> None:
    for call in calls(path, *ERRORS):
        for node in call.args:
            assert literal(node) is None, f"line {call.lineno}"
            assert not isinstance(node, ast.JoinedStr), f"line {call.lineno}"
    for call in calls(path, "FieldError"):
        if len(call.args) > 1:
            assert literal(call.args[1]) is None, f"line {call.lineno}"


def test_no_text_is_english() -> None:
    found = [f"{place}: {text!r}" for place, text in every_text() if ENGLISH.search(NOT_SAID.sub("", text))]

    assert not found, "\n".join(found)


def test_people_are_addressed_as_usted() -> None:
    found = [f"{place}: {text!r}" for place, text in every_text() if FAMILIAR.search(NOT_SAID.sub("", text))]

    assert not found, "\n".join(found)


def test_questions_and_exclamations_open_as_spanish_does() -> None:
    found = [
        f"{place}: {text!r}"
        for place, text in every_text()
        if text.count("?") > text.count("¿") or text.count("!") > text.count("¡") + (text == "!")
    ]

    assert not found, "\n".join(found)


_ASKS_QT = """
import sys
from desktop.app.program import prepare_qt
qt = prepare_qt([])
from PySide6.QtWidgets import QDialogButtonBox, QLineEdit
box = QDialogButtonBox()
for name in sys.argv[1:]:
    print(box.addButton(getattr(QDialogButtonBox.StandardButton, name)).text().replace("&", ""))
line = QLineEdit()
menu = line.createStandardContextMenu()
print(*[action.text().replace("&", "").partition(chr(9))[0] for action in menu.actions() if action.text()], sep=chr(10))
print(qt.translate("QFileDialog", "Look in:"))
"""
_BUTTONS = {
    "Cancel": "Cancelar",
    "Close": "Cerrar",
    "Save": "Guardar",
    "Discard": "Descartar",
    "Yes": "Sí",
    "No": "No",
    "Apply": "Aplicar",
}
_MENU = ["Deshacer", "Rehacer", "Cortar", "Copiar", "Pegar", "Borrar", "Seleccionar todo"]


def test_the_words_of_qt_itself_are_spanish() -> None:
    environment = {**os.environ, "QT_QPA_PLATFORM": "offscreen", "PYTHONPATH": str(ROOT), "PYTHONUTF8": "1"}
    done = subprocess.run(
        [sys.executable, "-c", _ASKS_QT, *_BUTTONS],
        env=environment,
        capture_output=True,
        encoding="utf-8",
        check=False,
    )

    assert done.returncode == 0, done.stderr
    lines = done.stdout.splitlines()
    assert lines[: len(_BUTTONS)] == list(_BUTTONS.values())
    assert lines[len(_BUTTONS) : -1] == _MENU
    assert lines[-1] == "Ver en:"
