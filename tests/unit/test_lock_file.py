"""The lock file: whole, by hash, from anywhere."""

import re
import tomllib
from dataclasses import dataclass

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

from dev import LOCK, ROOT, locked_names

TEXT = LOCK.read_text(encoding="utf-8")
DECLARED = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))


@dataclass(frozen=True)
class Locked:
    """One entry: its requirement line and the hashes below it."""

    requirement: Requirement
    hashes: tuple[str, ...]

    @property
    def version(self) -> Version:
        (only,) = self.requirement.specifier
        return Version(only.version)


def entries(text: str) -> list[Locked]:
    found = []
    for line in text.replace("\\\n", " ").splitlines():
        requirement, *hashes = line.split(" --hash=")
        found.append(Locked(Requirement(requirement.strip()), tuple(hash_.strip() for hash_ in hashes)))
    return found


LOCKED = {canonicalize_name(entry.requirement.name): entry for entry in entries(TEXT)}


def declared() -> list[str]:
    return [*DECLARED["project"]["dependencies"], *DECLARED["dependency-groups"]["dev"]]


def test_every_entry_names_one_version_and_the_hashes_of_its_files() -> None:
    for name, entry in LOCKED.items():
        assert [term.operator for term in entry.requirement.specifier] == ["=="], name
        assert entry.hashes, name
        assert all(re.fullmatch(r"sha256:[0-9a-f]{64}", found) for found in entry.hashes), name


def test_no_entry_says_where_packages_come_from() -> None:
    allowed = re.compile(r"[A-Za-z0-9._-]+==[^\s:/@]+( ; [^:/@]+)? \\|    --hash=sha256:[0-9a-f]{64}( \\)?")

    strange = [line for line in TEXT.splitlines() if not allowed.fullmatch(line)]

    assert strange == []


@pytest.mark.parametrize("wanted", declared())
def test_what_the_project_declares_is_locked_at_a_version_that_it_accepts(wanted: str) -> None:
    requirement = Requirement(wanted)

    entry = LOCKED[canonicalize_name(requirement.name)]

    assert requirement.specifier.contains(entry.version)
    assert entry.requirement.marker is None, "a declared package is needed on every platform"


def test_qt_and_its_docking_are_locked_as_the_pair_that_was_measured() -> None:
    pair = {
        name: str(LOCKED[canonicalize_name(name)].version)
        for name in ("pyside6-essentials", "shiboken6", "pyside6-qtads")
    }

    assert pair == {"pyside6-essentials": "6.11.2", "shiboken6": "6.11.2", "pyside6-qtads": "5.1.1"}
    exact = {wanted for wanted in declared() if wanted.startswith("PySide6")}
    assert exact == {"PySide6-Essentials==6.11.2", "PySide6-QtAds==5.1.1"}


def test_no_addons_of_qt_are_locked() -> None:
    assert not LOCKED.keys() & {"pyside6", "pyside6-addons"}


def test_the_progress_of_the_installation_counts_every_entry_once() -> None:
    assert [canonicalize_name(name) for name in locked_names(TEXT)] == list(LOCKED)
