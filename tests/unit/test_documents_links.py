"""What the documents name exists: pages, files, commands, tests, identifiers, keys."""

import argparse
import importlib
import re
import tomllib
from pathlib import Path

import msgspec
import pytest

from desktop.cli import main as command_line
from desktop.operations.demo import DEMO_PASSPHRASE, DEMO_PASSWORD, DEMO_USER
from desktop.operations.imports.mapping import FIELDS, ColumnMapping, check

ROOT = Path(__file__).resolve().parents[2]
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"), *(ROOT / "changes").glob("*.md")])
IDS = [str(page.relative_to(ROOT)) for page in PAGES]
WORDS = {"run", "test", "check", "bench", "migrate", "lock"}
_LINK = re.compile(r"!?\[[^\]]*\]\(([^)\s]+)\)")
_COMMAND = re.compile(r"\b(?:python3|py) dev\.py ([a-z]+)((?: [^`\n»]+)?)")
_SHORT = re.compile(r"`atalaya ([a-z]+)((?: [^`\n]+)?)`")
_PATH = re.compile(r"`((?:desktop|wire|tests|resources|installer|docs|benchmarks|changes)/[\w./-]*[\w/])`")
_TEST = re.compile(r"`(test_\w+\.py)`")
_NAMES_THE_FUTURE = frozenset({"docs/how-to/add-a-register.md"})
"""The how-to names files that its reader makes; `tests/test_how_to.py` makes them."""


def text_of(page: Path) -> str:
    return page.read_text(encoding="utf-8")


def test_there_are_pages() -> None:
    assert len(PAGES) > 25


@pytest.mark.parametrize("page", PAGES, ids=IDS)
def test_relative_links_lead_somewhere(page: Path) -> None:
    for target in _LINK.findall(text_of(page)):
        if "://" not in target and not target.startswith("#"):
            assert (page.parent / target.partition("#")[0]).exists(), target


@pytest.mark.parametrize("page", PAGES, ids=IDS)
def test_files_that_are_named_exist(page: Path) -> None:
    if str(page.relative_to(ROOT)) in _NAMES_THE_FUTURE:
        return
    for name in _PATH.findall(text_of(page)):
        assert (ROOT / name).exists() or list(ROOT.glob(f"{name}*")), name


@pytest.mark.parametrize("page", PAGES, ids=IDS)
def test_tests_that_are_named_exist(page: Path) -> None:
    known = {path.name for path in (ROOT / "tests").rglob("test_*.py")}
    if str(page.relative_to(ROOT)) not in _NAMES_THE_FUTURE:
        assert set(_TEST.findall(text_of(page))) <= known


def options_of(word: str) -> set[str]:
    """Return the long options of a word of the command line."""
    parser = argparse.ArgumentParser(add_help=False)
    importlib.import_module(command_line._WORDS[word][0]).declare(parser)
    return {name for action in parser._actions for name in action.option_strings} | {"--profile", "--json"}


@pytest.mark.parametrize("page", PAGES, ids=IDS)
def test_commands_that_are_named_exist_with_their_options(page: Path) -> None:
    given = [(word, rest) for word, rest in _SHORT.findall(text_of(page)) if word != "run"]
    for word, rest in _COMMAND.findall(text_of(page)):
        assert word in WORDS, word
        first = rest.split()
        if word == "run" and first and not first[0].startswith("-"):
            given.append((first[0], " ".join(first[1:])))
    for word, rest in given:
        for each in word.split("|"):
            assert each in command_line._WORDS, each
            assert set(re.findall(r"--[a-z-]+", rest)) <= options_of(each), rest


def test_the_public_password_is_the_one_that_is_printed() -> None:
    for page in (ROOT / "README.md", ROOT / "docs" / "user" / "primeros-pasos.md"):
        for secret in (DEMO_USER, DEMO_PASSWORD, DEMO_PASSPHRASE):
            assert f"`{secret}`" in text_of(page)


def test_the_mapping_of_the_manual_can_be_read_and_names_every_field() -> None:
    page = text_of(ROOT / "docs" / "user" / "importar.md")
    example = re.findall(r"```toml\n(.*?)```", page, re.DOTALL)[0]
    mapping = msgspec.convert(tomllib.loads(example), ColumnMapping)

    check(mapping, list(mapping.columns.values()))
    for field in FIELDS:
        assert f"`{field}`" in page


def test_every_identifier_of_the_glossary_stands_in_the_code() -> None:
    page = text_of(ROOT / "docs" / "glossary.md")
    code = "\n".join(path.read_text(encoding="utf-8") for path in (ROOT / "desktop").rglob("*.py"))
    rows = [
        line.split("|")[2] for line in page.splitlines() if line.startswith("| ") and "council`" not in line
    ]
    for cell in rows:
        for name in re.findall(r"`([A-Za-z_][\w.]*)`", cell):
            assert re.search(rf"\b{name.rpartition('.')[2]}\b", code), name


def test_every_row_of_the_features_has_one_of_three_states() -> None:
    page = text_of(ROOT / "docs" / "features.md")
    rows = re.findall(
        r"^\| R(\d+) \|.*\| (\*\*done\*\*|\*\*partly\*\*|not yet) \|(.*)\|$", page, re.MULTILINE
    )

    assert [int(number) for number, _, _ in rows] == list(range(1, 151))
    assert all(shown.strip() for _, state, shown in rows if state != "not yet")
    counts = [sum(state.strip("*") == word for _, state, _ in rows) for word in ("done", "partly", "not yet")]
    assert f"{counts[0]} done, {counts[1]} partly, {counts[2]} not yet." in page


def test_every_key_of_the_manual_is_declared() -> None:
    page = text_of(ROOT / "docs" / "user" / "teclas.md")
    code = "\n".join(path.read_text(encoding="utf-8") for path in (ROOT / "desktop" / "views").rglob("*.py"))
    declared = set(
        re.findall(r'"((?:(?:Ctrl|Alt|Shift)\+)*(?:F\d+|Ins|Del|[A-Z1-9,]|Left|Return|PgUp|PgDown))"', code)
    )
    spoken = {"Alt+←": "Alt+Left", "Supr": "Del", "Ctrl+Enter": "Ctrl+Return"}
    spoken |= {"Ctrl+RePág": "Ctrl+PgUp", "Ctrl+AvPág": "Ctrl+PgDown"}
    handled = {"Enter", "Espacio", "Esc", "→", "Alt+↓", "Av Pág", "Re Pág", "Ctrl++", "Ctrl+-", "Ctrl+0"}
    for key in re.findall(r"`([^`]+)`", page):
        assert key in handled or spoken.get(key, key) in declared, key
