"""The page on adding a register is followed, step by step, on a copy of the program."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.xdist_group("how-to")
ROOT = Path(__file__).resolve().parents[1]
PAGE = ROOT / "docs" / "how-to" / "add-a-register.md"
COPIED = ("desktop", "wire", "resources", "tests", "docs")
_BLOCK = re.compile(r"^```(python|diff|console)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_LEAVES_OUT = shutil.ignore_patterns("__pycache__", "e2e", "images")


def blocks() -> list[tuple[str, str]]:
    """Return the page's blocks in order, each with its language."""
    return _BLOCK.findall(PAGE.read_text(encoding="utf-8"))


def write_file(copy: Path, block: str) -> None:
    """Write a block whose first line names its file."""
    name = block.splitlines()[0].removeprefix("# ")
    (copy / name).write_text(block.partition("\n")[2], encoding="utf-8")


def edit_file(copy: Path, block: str) -> None:
    """Replace the lines that a block takes away, with those around them, by the lines that it adds."""
    name, *lines = block.splitlines()
    file = copy / name.removeprefix("# ")
    before = "".join(f"{line[1:]}\n" for line in lines if line[0] != "+")
    after = "".join(f"{line[1:]}\n" for line in lines if line[0] != "-")
    text = file.read_text(encoding="utf-8")
    assert text.count(before) == 1, f"{name} no longer holds once:\n{before}"
    file.write_text(text.replace(before, after), encoding="utf-8")


def run(copy: Path, *arguments: str) -> str:
    """Run a module inside the copy and return what it printed."""
    environment = {
        **os.environ,
        "PYTHONPATH": str(copy),
        "QT_QPA_PLATFORM": "offscreen",
        "PYTHONDONTWRITEBYTECODE": "1",
    }
    for name in tuple(environment):
        if name.startswith(("PYTEST_", "COV_")):
            del environment[name]
    done = subprocess.run(
        [sys.executable, "-m", *arguments],
        cwd=copy,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-6000:] + done.stderr[-3000:]
    return done.stdout


def migrate(copy: Path, command: str) -> None:
    """Do what `python3 dev.py migrate` does, in the copy."""
    name = re.fullmatch(r'\$ python3 dev\.py migrate new "([^"]+)"\n', command)
    assert name is not None, command
    run(copy, "desktop.store.migrations", "new", name[1])


@pytest.fixture(scope="module")
def followed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a copy of the program in which the page was followed up to its last test."""
    copy = tmp_path_factory.mktemp("copy")
    for folder in COPIED:
        shutil.copytree(ROOT / folder, copy / folder, ignore=_LEAVES_OUT)
    shutil.copy(ROOT / "pyproject.toml", copy)
    for language, block in blocks():
        if language == "python":
            write_file(copy, block)
        elif language == "diff":
            edit_file(copy, block)
        elif "migrate" in block:
            migrate(copy, block)
    return copy


def test_the_page_shows_files_edits_and_commands() -> None:
    languages = [language for language, _ in blocks()]

    assert languages.count("python") == 2
    assert languages.count("diff") >= 4
    assert languages.count("console") == 2


@pytest.mark.slow
def test_the_page_s_own_tests_pass_after_its_steps(followed: Path) -> None:
    printed = run(followed, "pytest", "-q", "-p", "no:cacheprovider", "tests/store/test_equipment_loans.py")

    assert "2 passed" in printed


@pytest.mark.slow
def test_the_generic_tests_take_the_new_register_in_and_pass(followed: Path) -> None:
    printed = run(
        followed,
        "pytest",
        "-q",
        "-p",
        "no:cacheprovider",
        "tests/test_every_register.py",
        "-k",
        "equipment_loans",
    )

    assert int(re.findall(r"(\d+) passed", printed)[0]) >= 10


@pytest.mark.slow
def test_the_new_module_passes_the_type_checker_and_the_linter(followed: Path) -> None:
    module = "desktop/models/equipment_loans.py"

    run(followed, "ruff", "check", "--no-cache", module, "tests/store/test_equipment_loans.py")
    run(followed, "ruff", "format", "--no-cache", "--check", module, "tests/store/test_equipment_loans.py")
    run(followed, "mypy", "--strict", "--cache-dir", os.devnull, "--follow-imports=silent", module)
