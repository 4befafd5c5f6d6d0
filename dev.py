#!/usr/bin/env python3
"""The project's words, the same on every platform and in CI. Standard library only.

python3 dev.py run      open Atalaya
python3 dev.py test     run every test
python3 dev.py check    lint, types, import contracts
python3 dev.py bench    measure, as JSON
python3 dev.py migrate  write a migration: migrate new "what changes"
python3 dev.py lock     resolve the dependencies again into requirements.lock

Each word first makes what it lacks: the virtual environment, the locked packages, on Debian the system packages.
"""

import hashlib
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import NoReturn

ROOT = Path(__file__).resolve().parent
VENV = ROOT / ".venv"
LOCK = ROOT / "requirements.lock"
DEBIAN = ROOT / "installer" / "debian-packages.txt"
OLDEST = (3, 11)
_DISPLAYS = range(90, 200)


def say(text: str) -> None:
    """Tell the person what happens."""
    print(f"[atalaya] {text}", flush=True)


def stop(text: str) -> NoReturn:
    """End with a message that says what to do."""
    raise SystemExit(f"[atalaya] {text}")


def venv_python(venv: Path = VENV, platform: str = sys.platform) -> Path:
    """Return the interpreter inside a virtual environment."""
    return venv / "Scripts" / "python.exe" if platform == "win32" else venv / "bin" / "python"


# --- Virtual environment and locked packages -------------------------------------------------------------------


def wanted_stamp(lock: bytes, version: tuple[int, ...], root: Path) -> str:
    """Return what a finished environment writes: another lock, Python or place means another environment."""
    text = f"{'.'.join(map(str, version))}\0{root}\0".encode() + lock
    return hashlib.sha256(text).hexdigest()


def is_ready(venv: Path, stamp: str, platform: str = sys.platform) -> bool:
    """Tell whether an environment was installed to its end for this stamp."""
    file = venv / "atalaya.stamp"
    return venv_python(venv, platform).exists() and file.is_file() and file.read_text() == stamp


def pip_command(python: Path, lock: Path) -> list[str]:
    """Return how the lock is installed: whole, and only what its hashes name."""
    return [
        str(python),
        "-m",
        "pip",
        "install",
        "--disable-pip-version-check",
        "--no-input",
        "--require-hashes",
        "--only-binary=:all:",
        "-r",
        str(lock),
    ]


def ensure_environment() -> Path:
    """Make the virtual environment and install the lock when that was not done, or not to its end."""
    if sys.version_info < OLDEST:
        stop(f"Se necesita Python {OLDEST[0]}.{OLDEST[1]} o más nuevo; este es {sys.version.split()[0]}.")
    stamp = wanted_stamp(LOCK.read_bytes(), sys.version_info[:3], ROOT)
    if is_ready(VENV, stamp):
        return venv_python()
    began = time.monotonic()
    if VENV.exists() and not (VENV / "atalaya.stamp").is_file():
        say("La instalación anterior no terminó: se hace de nuevo.")
        shutil.rmtree(VENV)
    elif VENV.exists():
        say("Cambiaron las dependencias: se prepara el entorno de nuevo.")
        shutil.rmtree(VENV)
    say("Creando el entorno de Python en .venv …")
    made = subprocess.run(
        [sys.executable, "-m", "venv", str(VENV)], check=False, capture_output=True, text=True
    )
    if made.returncode != 0:
        install_debian(["python3-venv"], "Falta el módulo venv de Python.")
        again = subprocess.run([sys.executable, "-m", "venv", "--clear", str(VENV)], check=False)
        if again.returncode != 0:
            stop("No se pudo crear el entorno de Python.")
    count = sum(1 for line in LOCK.read_text().splitlines() if "==" in line and not line.startswith(" "))
    say(f"Instalando los paquetes fijados en requirements.lock (hasta {count}); tarda unos minutos …")
    run_pip(pip_command(venv_python(), LOCK))
    (VENV / "atalaya.stamp").write_text(stamp)
    say(f"Entorno listo en {time.monotonic() - began:.0f} s.")
    return venv_python()


def run_pip(command: Sequence[str]) -> None:
    """Run pip, showing one line of progress for each package; its whole output only when it fails."""
    log: list[str] = []
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as process:
        for line in process.stdout or ():
            log.append(line)
            text = line.strip()
            if text.startswith(("Collecting ", "Downloading ")):
                print("\r\033[K  " + text.split(" (")[0][:100], end="", flush=True)
    print("\r\033[K", end="", flush=True)
    if process.returncode != 0:
        sys.stderr.write("".join(log[-40:]))
        stop(
            "No se pudieron instalar los paquetes; arriba está lo que dijo pip. Revise la conexión y repita."
        )


# --- System packages --------------------------------------------------------------------------------------------


def debian_packages(text: str, purposes: Iterable[str]) -> list[str]:
    """Return the packages that a list names for some purposes."""
    wanted = set(purposes)
    rows = (line.split() for line in text.splitlines() if line.strip() and not line.startswith("#"))
    return [name for purpose, name in rows if purpose in wanted]


def missing_packages(names: Sequence[str]) -> list[str]:
    """Return those that dpkg does not know as installed."""
    asked = subprocess.run(
        ["dpkg-query", "-W", "-f", "${Package} ${db:Status-Status}\n", *names],
        check=False,
        capture_output=True,
        text=True,
    )
    installed = {line.split()[0] for line in asked.stdout.splitlines() if line.endswith(" installed")}
    return [name for name in names if name not in installed]


def may_install() -> list[str] | None:
    """Return what goes before apt-get so that it may install, or None when it may not."""
    if os.geteuid() == 0:
        return []
    if shutil.which("sudo"):
        asked = subprocess.run(["sudo", "-n", "true"], check=False, capture_output=True)
        if asked.returncode == 0:
            return ["sudo", "-n"]
    return None


def apt_line(names: Sequence[str]) -> str:
    """Return the one line that a person runs."""
    return f"sudo apt-get install -y {' '.join(names)}"


def install_debian(names: Sequence[str], why: str) -> None:
    """Install packages where that is allowed; else end with the line to run."""
    before = may_install() if shutil.which("apt-get") else None
    if before is None:
        stop(f"{why} Ejecute:\n  {apt_line(names)}\ny repita.")
    say(f"{why} Instalando con apt: {' '.join(names)} …")
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    for command in (["apt-get", "update", "-qq"], ["apt-get", "install", "-y", "-qq", *names]):
        done = subprocess.run(
            [*before, *command],
            check=False,
            capture_output=True,
            text=True,
            env=environment,
            stdin=subprocess.DEVNULL,
        )
    if done.returncode != 0:
        sys.stderr.write(done.stdout[-2000:] + done.stderr[-2000:])
        stop(f"apt no pudo instalar. Ejecute:\n  {apt_line(names)}\ny repita.")


def ensure_system(*purposes: str) -> None:
    """Install what Qt and the tests need from the system, on Debian and its kin."""
    if not shutil.which("dpkg-query"):
        return
    stamp = VENV / f"system-{'-'.join(purposes)}.stamp"
    listed = DEBIAN.read_text()
    digest = hashlib.sha256(listed.encode()).hexdigest()
    if stamp.is_file() and stamp.read_text() == digest:
        return
    missing = missing_packages(debian_packages(listed, purposes))
    if missing:
        install_debian(missing, "Faltan paquetes del sistema.")
    stamp.write_text(digest)


# --- A screen where there is none -------------------------------------------------------------------------------


def has_screen(environment: Mapping[str, str], platform: str = sys.platform) -> bool:
    """Tell whether windows can be shown."""
    if not platform.startswith("linux"):
        return True
    return bool(environment.get("DISPLAY") or environment.get("WAYLAND_DISPLAY"))


@contextmanager
def virtual_screen() -> Iterator[dict[str, str]]:
    """Run an X server in memory; yield the environment in which it is the screen."""
    number = next(n for n in _DISPLAYS if not Path(f"/tmp/.X11-unix/X{n}").exists())  # noqa: S108 - X's own place
    command = ["Xvfb", f":{number}", "-screen", "0", "1920x1080x24", "-nolisten", "tcp"]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as server:
        for _ in range(100):
            if Path(f"/tmp/.X11-unix/X{number}").exists():  # noqa: S108
                break
            time.sleep(0.05)
        try:
            yield {**os.environ, "DISPLAY": f":{number}"}
        finally:
            server.terminate()


# --- Words ------------------------------------------------------------------------------------------------------


def word_run(arguments: Sequence[str]) -> int:
    """Open the program; without a screen, on a virtual one, saving pictures of its pages."""
    python = ensure_environment()
    ensure_system("run")
    command = [str(python), "-m", "desktop", *arguments]
    if has_screen(os.environ):
        return subprocess.run(command, check=False, cwd=ROOT).returncode
    ensure_system("run", "test")
    pictures = ROOT / "out"
    say(f"Aquí no hay pantalla: se abre en una virtual y se guardan imágenes en {pictures.name}/ …")
    with virtual_screen() as environment:
        return subprocess.run(
            [*command, "--screenshots", str(pictures)], check=False, cwd=ROOT, env=environment
        ).returncode


def word_test(arguments: Sequence[str]) -> int:
    """Run the tests; the last line is pytest's."""
    python = ensure_environment()
    ensure_system("run", "test")
    chosen = list(arguments) or ["-n", "2", "--dist", "loadfile"]
    command = [str(python), "-m", "pytest", *chosen]
    if has_screen(os.environ):
        return subprocess.run(command, check=False, cwd=ROOT).returncode
    with virtual_screen() as environment:
        return subprocess.run(command, check=False, cwd=ROOT, env=environment).returncode


def word_check(_arguments: Sequence[str]) -> int:
    """Run every static check, also after one has failed."""
    python = ensure_environment()
    steps = (
        ("Formato", ["-m", "ruff", "format", "--check", "."]),
        ("Estilo", ["-m", "ruff", "check", "."]),
        ("Tipos", ["-m", "mypy"]),
        ("Contratos de importación", ["-c", "from importlinter.cli import lint_imports_command as c; c()"]),
    )
    failed = []
    for title, step in steps:
        say(f"{title} …")
        if subprocess.run([str(python), *step], check=False, cwd=ROOT).returncode != 0:
            failed.append(title)
    say("Con errores: " + ", ".join(failed) if failed else "Todo en orden.")
    return 1 if failed else 0


def word_bench(arguments: Sequence[str]) -> int:
    """Measure the marks."""
    python = ensure_environment()
    ensure_system("run", "test")
    command = [str(python), "-m", "benchmarks", *arguments]
    if has_screen(os.environ):
        return subprocess.run(command, check=False, cwd=ROOT).returncode
    with virtual_screen() as environment:
        return subprocess.run(command, check=False, cwd=ROOT, env=environment).returncode


def word_migrate(arguments: Sequence[str]) -> int:
    """Write a migration."""
    command = [str(ensure_environment()), "-m", "desktop.store.migrations", *arguments]
    return subprocess.run(command, check=False, cwd=ROOT).returncode


def word_lock(_arguments: Sequence[str]) -> int:
    """Resolve the dependencies again; the lock names versions and hashes, and no package index."""
    python = ensure_environment()
    tools = VENV / "lock-tools"
    subprocess.run([str(python), "-m", "pip", "install", "-q", "--target", str(tools), "uv"], check=True)
    return subprocess.run(
        [
            str(python),
            "-m",
            "uv",
            "pip",
            "compile",
            "--universal",
            "--generate-hashes",
            "--no-header",
            "--no-annotate",
            "--python-version",
            ".".join(map(str, OLDEST)),
            "pyproject.toml",
            "--group",
            "dev",
            "-q",
            "-o",
            str(LOCK),
        ],
        check=False,
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(tools)},
    ).returncode


WORDS: dict[str, Callable[[Sequence[str]], int]] = {
    "run": word_run,
    "test": word_test,
    "check": word_check,
    "bench": word_bench,
    "migrate": word_migrate,
    "lock": word_lock,
}


def main(arguments: Sequence[str]) -> int:
    """Run one word."""
    if not arguments or arguments[0] not in WORDS:
        print(__doc__)
        return 0 if arguments[:1] in (["-h"], ["--help"]) else 2
    try:
        return WORDS[arguments[0]](arguments[1:])
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
