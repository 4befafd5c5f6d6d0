"""The command line speaks Spanish: every help, and whatever argparse may say to a person."""

import argparse
import ast
import importlib
import inspect
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from desktop.cli import main as command_line
from desktop.cli import spanish
from desktop.core.entry import Entry

WORDS = ("", "run", "demo", "import", "audit", "exercise", "backup", "restore", "sync", "verify", "doctor")
ENGLISH = re.compile(
    r"\b(usage|options?|arguments?|show|this|help message|exit|required|invalid|choice|choose|from|expected|error|"
    r"unrecognized|following|value|allowed|ambiguous|could|match)\b",
    re.IGNORECASE,
)
FOR_PROGRAMMERS = (
    ".__call__() not defined",
    "'required' is an invalid argument for positionals",
    "mutually exclusive arguments must be optional",
    "%r is not callable",
    "cannot merge actions",
    "invalid option string",
    "dest= is required",
    "invalid conflict_resolution",
    "cannot have multiple subparser",
    "conflicting subparser",
)


def nothing_opens(_folder: Path | None, _pictures: Path | None, _entry: Entry | None) -> int:
    raise AssertionError("no window was asked for")


def said(capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, str]:
    with pytest.raises(SystemExit) as ended:
        command_line.main(words, nothing_opens)
    out, err = capsys.readouterr()
    return int(ended.value.code or 0), out + err


def test_the_words_under_test_are_all_the_words_there_are(capsys: pytest.CaptureFixture[str]) -> None:
    _, text = said(capsys, "--help")

    listed = re.findall(r"(?:^|[;\s])([a-z]+):", text.split("ORDEN", 2)[-1])
    assert set(listed) - {"opciones"} == set(WORDS) - {""}


@pytest.mark.parametrize("word", WORDS)
def test_the_help_of_every_word_has_no_english_of_argparse(
    word: str, capsys: pytest.CaptureFixture[str]
) -> None:
    code, text = said(capsys, *([word] if word else []), "--help")

    assert code == 0
    assert text.startswith("uso: atalaya")
    own = re.sub(r"--[a-z-]+", "", text)
    assert ENGLISH.findall(own) == []


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (("volar",), "'volar' no es una de las posibilidades"),
        (("demo", "--incidents", "muchos"), "--incidents: 'muchos' no es un valor válido"),
        (("demo", "--incidents"), "--incidents: falta el valor"),
        (("verify", "--rapido"), "no se reconoce: --rapido"),
        (("restore",), "falta: RESPALDO"),
        (("exercise", "jugar"), "'jugar' no es una de las posibilidades"),
    ],
)
def test_what_was_typed_wrong_is_said_in_spanish_with_exit_code_2(
    words: tuple[str, ...], expected: str, capsys: pytest.CaptureFixture[str]
) -> None:
    code, text = said(capsys, *words)

    assert code == 2
    assert expected in text
    assert ENGLISH.findall(re.sub(r"--[a-z-]+", "", text)) == []


def test_every_text_that_argparse_has_for_people_is_translated() -> None:
    source = inspect.getsource(importlib.import_module("argparse"))
    texts = {
        call.args[0].value
        for call in ast.walk(ast.parse(source))
        if isinstance(call, ast.Call)
        and isinstance(call.func, ast.Name)
        and call.func.id == "_"
        and isinstance(call.args[0], ast.Constant)
        and isinstance(call.args[0].value, str)
    }

    assert len(texts) > 20
    missing = {text for text in texts - spanish.MESSAGES.keys() if not text.startswith(FOR_PROGRAMMERS)}
    assert missing == set()


def test_a_translation_names_the_same_values() -> None:
    holes = re.compile(r"%\(\w+\)[rs]|%[rs]")
    for english, words in spanish.MESSAGES.items():
        assert set(holes.findall(words)) <= set(holes.findall(english)), english


@pytest.fixture(autouse=True)
def _own_words_again() -> Iterator[None]:
    before = {name: vars(argparse)[name] for name in ("_", "ngettext")}
    yield
    vars(argparse).update(before)
