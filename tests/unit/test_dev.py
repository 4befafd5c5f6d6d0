"""The set-up script: what it decides, and that a half installation is never taken for a whole one."""

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

import dev

STAMP = dev.wanted_stamp(b"one==1.0", "cpython-311", Path("/srv/atalaya"))
needs_debian = pytest.mark.skipif(
    shutil.which("dpkg-query") is None, reason="only Debian and its kin have dpkg"
)
needs_xvfb = pytest.mark.skipif(shutil.which("Xvfb") is None, reason="only X11 systems have Xvfb")


def make_venv(folder: Path, stamp: str | None, platform: str = "linux") -> Path:
    """Make what an environment looks like from outside."""
    python = dev.venv_python(folder, platform)
    python.parent.mkdir(parents=True)
    python.touch()
    if stamp is not None:
        (folder / dev.STAMP).write_text(stamp, encoding="utf-8")
    return folder


# --- Is the environment ready? ----------------------------------------------------------------------------------


@pytest.mark.parametrize("platform", ["linux", "win32"])
def test_a_finished_environment_is_ready_on_every_platform(tmp_path: Path, platform: str) -> None:
    venv = make_venv(tmp_path / "venv", STAMP, platform)

    assert dev.why_not_ready(venv, STAMP, platform) is None


def test_the_interpreter_of_an_environment_lies_where_each_platform_puts_it() -> None:
    assert dev.venv_python(Path("v"), "win32") == Path("v/Scripts/python.exe")
    assert dev.venv_python(Path("v"), "linux") == Path("v/bin/python")


@pytest.mark.parametrize(
    ("written", "reason"),
    [
        (None, "La instalación anterior no terminó."),
        ("", "La instalación anterior no terminó."),
        (dev.wanted_stamp(b"two==2.0", "cpython-311", Path("/srv/atalaya")), "Cambiaron las dependencias."),
        (dev.wanted_stamp(b"one==1.0", "cpython-313", Path("/srv/atalaya")), "Cambió la versión de Python."),
        (dev.wanted_stamp(b"one==1.0", "cpython-311", Path("/home/x")), "La carpeta del proyecto se movió."),
    ],
)
def test_an_environment_that_does_not_fit_is_made_again_and_the_reason_is_said(
    tmp_path: Path, written: str | None, reason: str
) -> None:
    assert dev.why_not_ready(make_venv(tmp_path / "venv", written), STAMP) == reason


def test_an_environment_whose_python_was_removed_from_the_system_is_made_again(tmp_path: Path) -> None:
    venv = make_venv(tmp_path / "venv", STAMP)
    dev.venv_python(venv).unlink()
    dev.venv_python(venv).symlink_to(tmp_path / "gone")

    assert dev.why_not_ready(venv, STAMP) == "El Python del entorno ya no está."


def test_a_failed_installation_brings_the_complete_environment_back(tmp_path: Path) -> None:
    venv, aside = make_venv(tmp_path / "venv", "old"), tmp_path / "build" / "aside"

    def interrupted() -> None:
        with dev.replacing(venv, aside):
            venv.mkdir()
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()

    assert (venv / dev.STAMP).read_text() == "old"
    assert not aside.exists()


def test_the_complete_environment_survives_a_kill_and_then_a_failure(tmp_path: Path) -> None:
    aside = make_venv(tmp_path / "aside", "old")
    killed_half_way = make_venv(tmp_path / "venv", None)

    with pytest.raises(SystemExit), dev.replacing(killed_half_way, aside):
        raise SystemExit(1)

    assert (killed_half_way / dev.STAMP).read_text() == "old"


def test_a_half_environment_is_thrown_away_before_a_new_one_is_made(tmp_path: Path) -> None:
    venv, aside = make_venv(tmp_path / "venv", None), tmp_path / "aside"

    with dev.replacing(venv, aside):
        assert not venv.exists()
        make_venv(venv, STAMP)

    assert dev.why_not_ready(venv, STAMP) is None
    assert not aside.exists()


def start_setup(project: Path) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", "import dev; dev.ensure_environment()"],
        cwd=project,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
        env={**os.environ, "PYTHONPATH": str(project)},
    )


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="kills a process group")
def test_a_killed_installation_is_finished_on_the_next_start_and_a_moved_one_is_made_again(
    tmp_path: Path,
) -> None:
    project, moved = tmp_path / "project", tmp_path / "moved"
    project.mkdir()
    shutil.copy(dev.__file__, project)
    (project / "requirements.lock").write_text("# nothing to install, so that no network is needed\n")
    with start_setup(project) as killed:
        while not dev.venv_python(project / ".venv").exists():
            assert killed.poll() is None
            time.sleep(0.01)
        os.killpg(killed.pid, signal.SIGKILL)

    second, _ = start_setup(project).communicate(timeout=200)
    third, _ = start_setup(project).communicate(timeout=200)
    project.rename(moved)
    fourth, _ = start_setup(moved).communicate(timeout=200)

    assert "La instalación anterior no terminó." in second
    assert "Entorno listo" in second
    assert third == ""
    assert "La carpeta del proyecto se movió." in fourth
    assert str(moved) in (moved / ".venv" / "bin" / "pip").read_text().splitlines()[0]


# --- pip --------------------------------------------------------------------------------------------------------


def fake_pip(script: str) -> list[str]:
    return [sys.executable, "-c", script]


def test_the_lock_is_installed_by_hash_and_nothing_is_built() -> None:
    command = dev.pip_command(Path("python"), Path("requirements.lock"))

    assert "--require-hashes" in command
    assert command[command.index("--only-binary") + 1] == ":all:"
    assert not any("index" in word for word in command)


def test_pip_is_heard_only_as_progress_while_it_works(capfd: pytest.CaptureFixture[str]) -> None:
    dev.run_pip(
        fake_pip(
            "print('Collecting a==1\\nnoise\\nInstalling collected packages: a, b, c\\nDONE', flush=True)"
        ),
        9,
    )

    said = capfd.readouterr()
    assert "Instalando 3 paquetes" in said.out
    assert "noise" not in said.out + said.err


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        ("ERROR: THESE PACKAGES DO NOT MATCH THE HASHES", "no coincide con su huella"),
        ("NewConnectionError: refused", "No hay conexión"),
        ("OSError: No space left on device", "No queda espacio"),
        ("ERROR: No matching distribution found for a==1", "Falta un paquete listo"),
        ("something else", "arriba está lo que dijo pip"),
    ],
)
def test_when_pip_fails_its_words_and_their_meaning_are_shown(
    capfd: pytest.CaptureFixture[str], words: str, reason: str
) -> None:
    with pytest.raises(SystemExit, match=reason):
        dev.run_pip(fake_pip(f"print({words!r}); raise SystemExit(1)"), 9)

    assert words in capfd.readouterr().err


# --- System packages --------------------------------------------------------------------------------------------


def test_the_list_of_system_packages_names_each_once_in_a_known_group() -> None:
    text = dev.DEBIAN.read_text(encoding="utf-8")
    groups = ("qt", "video", "screen", "test")

    listed = dev.listed_packages(text, groups)

    rows = [line for line in text.splitlines() if line and not line.startswith("#")]
    assert len(listed) == len(set(listed)) == len(rows)
    assert all(dev.listed_packages(text, [group]) for group in groups)


def test_a_package_with_another_name_in_another_release_is_not_lacking() -> None:
    packages = ["libegl1", "libglib2.0-0|libglib2.0-0t64"]

    assert dev.lacking(packages, {"libglib2.0-0t64"}) == ["libegl1"]
    assert dev.lacking(packages, {"libegl1"}) == ["libglib2.0-0"]


@needs_debian
def test_dpkg_is_asked_what_is_installed() -> None:
    assert dev.installed_packages(["dpkg|no-such-name", "no-such-package"]) == {"dpkg"}


def offer(folder: Path, monkeypatch: pytest.MonkeyPatch, **programs: int) -> None:
    """Leave on the path only programs that end at once with a code."""
    for name, code in programs.items():
        file = folder / name.replace("_", "-")
        file.write_text(f"#!/bin/sh\nexit {code}\n")
        file.chmod(0o755)
    monkeypatch.setenv("PATH", str(folder))


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no apt")
@pytest.mark.parametrize(
    ("user", "programs", "before"),
    [
        (0, {"apt_get": 0}, []),
        (1000, {"apt_get": 0, "sudo": 0}, ["sudo", "-n"]),
        (1000, {"apt_get": 0, "sudo": 1}, None),
        (1000, {"apt_get": 0}, None),
        (0, {"sudo": 0}, None),
    ],
    ids=["root", "sudo without password", "sudo with password", "no sudo", "no apt"],
)
def test_apt_is_used_only_by_who_may(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    user: int,
    programs: dict[str, int],
    before: list[str] | None,
) -> None:
    offer(tmp_path, monkeypatch, **programs)
    monkeypatch.setattr(os, "geteuid", lambda: user)

    assert dev.before_apt() == before


@pytest.fixture
def debian(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[set[str]], Path]:
    """Return a function that pretends which packages are installed, where nobody may install more."""

    def pretend(installed: set[str]) -> Path:
        monkeypatch.setattr(dev, "VENV", tmp_path)
        monkeypatch.setattr(dev, "DEBIAN", tmp_path / "list.txt")
        (tmp_path / "list.txt").write_text("qt libegl1\nvideo libvlc5\ntest xdotool\n")
        monkeypatch.setattr(dev, "installed_packages", lambda _packages: installed)
        monkeypatch.setattr(dev, "before_apt", lambda: None)
        return tmp_path

    return pretend


@needs_debian
def test_without_rights_a_required_package_ends_with_the_line_to_run(
    debian: Callable[[set[str]], Path],
) -> None:
    venv = debian({"libvlc5"})

    with pytest.raises(SystemExit) as ended:
        dev.ensure_system("qt", "video")

    assert "sudo apt-get install -y --no-install-recommends libegl1" in str(ended.value)
    assert not list(venv.glob("*.stamp"))


@needs_debian
def test_without_rights_an_optional_package_is_told_once_and_the_work_goes_on(
    debian: Callable[[set[str]], Path], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    debian({"libegl1"})

    dev.ensure_system("qt", "video")
    first = capsys.readouterr().out
    monkeypatch.setattr(dev, "installed_packages", lambda _packages: pytest.fail("asked again"))
    dev.ensure_system("qt", "video")

    assert "--no-install-recommends libvlc5" in first
    assert capsys.readouterr().out == ""


@needs_debian
def test_another_word_asks_only_for_what_it_adds(
    debian: Callable[[set[str]], Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    debian({"libegl1"})
    dev.ensure_system("qt")
    asked: list[Sequence[str]] = []

    def installed(packages: Sequence[str]) -> set[str]:
        asked.append(packages)
        return {"xdotool"}

    monkeypatch.setattr(dev, "installed_packages", installed)

    dev.ensure_system("qt", "test")

    assert asked == [["xdotool"]]


# --- Screen and words -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("environment", "platform", "has"),
    [
        ({}, "linux", False),
        ({"DISPLAY": ""}, "linux", False),
        ({"DISPLAY": ":0"}, "linux", True),
        ({"WAYLAND_DISPLAY": "wayland-0"}, "linux", True),
        ({}, "win32", True),
    ],
)
def test_a_screen_is_missing_only_where_no_server_is_named(
    environment: dict[str, str], platform: str, has: bool
) -> None:
    assert dev.has_screen(environment, platform) is has


@pytest.mark.parametrize(
    ("arguments", "opens"),
    [
        ([], True),
        (["run"], True),
        (["--profile", "x"], True),
        (["run", "--help"], False),
        (["doctor", "--json"], False),
    ],
)
def test_only_the_word_that_opens_a_window_needs_a_screen(arguments: list[str], opens: bool) -> None:
    assert dev.opens_a_window(arguments) is opens


@needs_xvfb
def test_the_virtual_screen_can_be_drawn_on_and_ends_with_its_use(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(signal, "signal", lambda *_: None)
    monkeypatch.setenv("WAYLAND_DISPLAY", "wayland-0")
    draws = (
        "from PySide6.QtWidgets import QApplication; print(QApplication([]).primaryScreen().size().width())"
    )

    with dev.virtual_screen() as environment:
        drawn = subprocess.run(
            [sys.executable, "-c", draws],
            env={**environment, "QT_QPA_PLATFORM": "xcb"},
            capture_output=True,
            text=True,
            check=True,
        )

    assert drawn.stdout.strip() == "1920"
    assert "WAYLAND_DISPLAY" not in environment
    assert not Path(f"/tmp/.X11-unix/X{environment['DISPLAY'][1:]}").exists()  # noqa: S108 - X's own place


def test_a_persons_choice_of_tests_is_left_as_it_is() -> None:
    assert dev.pytest_arguments(["tests/unit", "-x"]) == ["tests/unit", "-x"]
    assert dev.pytest_arguments([])[:2] == ["-n", "2"]


def test_an_unknown_check_names_those_that_exist() -> None:
    with pytest.raises(SystemExit, match="format, lint, types, imports"):
        dev.word_check(["spelling"])


def test_an_old_python_finds_a_newer_one_beside_it_that_does_start(tmp_path: Path) -> None:
    names = {"python3.13": str(tmp_path / "gone"), "python3.11": sys.executable}

    assert dev.newer_python(names.get) == sys.executable
    assert dev.newer_python({"python3.10": sys.executable}.get) is None


def test_a_second_start_loads_nothing_that_only_the_first_needs() -> None:
    listed = subprocess.run(
        [sys.executable, "-S", "-c", "import sys, dev; print(*sys.modules)"],
        cwd=dev.ROOT,
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, "PYTHONPATH": str(dev.ROOT)},
    )

    assert not {"shutil", "tempfile", "typing", "importlib.util", "json"} & set(listed.stdout.split())


def test_the_lock_is_made_for_every_platform_and_names_no_index() -> None:
    command = dev.lock_command(Path("python"))

    assert {"--universal", "--generate-hashes", "--no-header", "--no-annotate"} <= set(command)
    assert "--emit-index-url" not in command


def test_ci_runs_the_commands_of_the_readme_and_the_tests_last() -> None:
    readme = (dev.ROOT / "README.md").read_text(encoding="utf-8")
    ran = [line for line in (dev.ROOT / ".ci" / "run").read_text().splitlines() if line.startswith("python3")]

    assert ran == ["python3 dev.py check </dev/null", "python3 dev.py test </dev/null"]
    assert "\npython3 dev.py run\n" in readme
    assert "\npython3 dev.py test\n" in readme
