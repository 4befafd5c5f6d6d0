#!/usr/bin/env python3
"""The project's words, the same on every platform and in CI. Standard library only.

python3 dev.py run [ARGS]        open Atalaya, or give its command line: run doctor --json
python3 dev.py test [ARGS]       run every test, or those that pytest's arguments choose
python3 dev.py check [STEP ...]  format, lint, types, imports
python3 dev.py bench [ARGS]      measure, as JSON
python3 dev.py migrate new NAME  write a migration
python3 dev.py lock [--upgrade]  resolve the dependencies again into requirements.lock

Each word first makes what it lacks: the virtual environment, the locked packages, on Debian the system packages.
"""

# Old interpreters must be able to read this file, to say which one is needed and to look for it.
from __future__ import annotations

import hashlib
import os
import subprocess
import sys
import time
from contextlib import contextmanager
from pathlib import Path

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
    from typing import NoReturn

ROOT = Path(__file__).resolve().parent
VENV = ROOT / ".venv"
ASIDE = ROOT / "build" / "previous-venv"
LOCK = ROOT / "requirements.lock"
DEBIAN = ROOT / "installer" / "debian-packages.txt"
OLDEST = (3, 11)
STAMP = "atalaya.stamp"
OPTIONAL = frozenset({"video"})
"""Groups of system packages without which the program opens all the same."""
_NAMES_PYTHON = tuple(f"python3.{minor}" for minor in (13, 12, 11, 14))
_TELLS_EVERY_S = 10.0


def say(text: str) -> None:
    """Tell the person what happens."""
    print(f"[atalaya] {text}", flush=True)


def stop(text: str) -> NoReturn:
    """End with a message that says what to do."""
    sys.stdout.flush()
    raise SystemExit(f"[atalaya] {text}")


# --- Python, virtual environment and locked packages ------------------------------------------------------------


def venv_python(venv: Path, platform: str = sys.platform) -> Path:
    """Return the interpreter inside a virtual environment."""
    return venv / "Scripts" / "python.exe" if platform == "win32" else venv / "bin" / "python"


def newer_python(which: Callable[[str], str | None]) -> str | None:
    """Return an interpreter that is new enough, among those that the system finds by name and that do start."""
    for name in _NAMES_PYTHON:
        found = which(name)
        if found is not None and starts([found, "-c", ""]):
            return found
    return None


def starts(command: Sequence[str]) -> bool:
    """Tell whether a command ends well; what it says is not shown."""
    try:
        quiet = subprocess.run(command, check=False, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    except OSError:
        return False
    return quiet.returncode == 0


def ensure_python() -> None:
    """Go on with an interpreter that is new enough; Ubuntu 22.04 has one beside its own `python3`."""
    if sys.version_info >= OLDEST:
        return
    from shutil import which  # noqa: PLC0415 - slow to import, seldom needed

    needs = f"Atalaya necesita Python {OLDEST[0]}.{OLDEST[1]} o más nuevo; este es {sys.version.split()[0]}."
    found = None if sys.platform == "win32" else newer_python(which)
    if found is None and which("apt-get"):
        install_or_stop(["python3.11", "python3.11-venv"], needs)
        found = which("python3.11")
    if found is None:
        stop(f"{needs} Instálelo desde python.org y repita.")
    say(f"{needs} Se sigue con {found}.")
    os.execv(found, [found, str(Path(__file__).resolve()), *sys.argv[1:]])  # noqa: S606 - no shell is wanted


def wanted_stamp(lock: bytes, python: str, root: Path) -> str:
    """Return what a finished installation writes; the first word of each line says what it is about."""
    return f"python {python}\nplace {root}\nlock {hashlib.sha256(lock).hexdigest()}\n"


def why_not_ready(venv: Path, stamp: str, platform: str = sys.platform) -> str | None:
    """Return why an environment must be made, in words for the person; None when it is complete."""
    if not venv.exists():
        return "Todavía no hay entorno de Python."
    if not venv_python(venv, platform).exists():
        return "El Python del entorno ya no está."
    written = read_stamp(venv / STAMP)
    if written == stamp:
        return None
    changes = (
        "Cambió la versión de Python.",
        "La carpeta del proyecto se movió.",
        "Cambiaron las dependencias.",
    )
    pairs = zip(changes, written.splitlines(), stamp.splitlines(), strict=False)
    return next(
        (change for change, had, wants in pairs if had != wants), "La instalación anterior no terminó."
    )


def read_stamp(file: Path) -> str:
    """Return what a finished step wrote; nothing when it did not finish."""
    try:
        return file.read_text(encoding="utf-8")
    except FileNotFoundError:
        return ""


def locked_names(text: str) -> list[str]:
    """Return the packages that a lock file names."""
    return [
        line.split("==")[0] for line in text.splitlines() if "==" in line and not line.startswith((" ", "#"))
    ]


def pip_command(python: Path, lock: Path) -> list[str]:
    """Return how the lock is installed: every file by its hash, and nothing built on this machine."""
    options = ["--disable-pip-version-check", "--no-input", "--no-color", "--progress-bar", "off"]
    return [
        *(str(python), "-m", "pip", "install", *options),
        *("--require-hashes", "--only-binary", ":all:", "-r", str(lock)),
    ]


def pip_reason(log: str) -> str:
    """Return what a failed installation means for the person."""
    if "DO NOT MATCH THE HASHES" in log:
        return "Un paquete descargado no coincide con su huella en requirements.lock; no se instaló nada."
    if any(sign in log for sign in ("NewConnectionError", "ConnectTimeout", "ReadTimeout", "ProxyError")):
        return "No hay conexión con el índice de paquetes. Revise la red y repita."
    if "No space left on device" in log:
        return "No queda espacio en el disco. Libere al menos 2 GB y repita."
    if "No matching distribution" in log:
        return f"Falta un paquete listo para este sistema y Python {sys.version.split()[0]}."
    return "No se pudieron instalar los paquetes; arriba está lo que dijo pip."


class Progress:
    """Lines of progress: one that rewrites itself on a terminal, now and then a new one in a log."""

    def __init__(self) -> None:
        self._began = self._told = time.monotonic()
        self._live = sys.stdout.isatty()

    def tell(self, text: str, *, always: bool = False) -> None:
        """Show how far the work is, and since when it runs."""
        now = time.monotonic()
        line = f"  {text} · {now - self._began:.0f} s"
        if self._live:
            print(f"\r{line[:78]:<78}", end="", flush=True)
        elif always or now - self._told >= _TELLS_EVERY_S:
            self._told = now
            print(line, flush=True)

    def end(self) -> None:
        """Leave the terminal on a clean line."""
        if self._live:
            print(f"\r{'':<78}\r", end="", flush=True)


def run_pip(command: Sequence[str], total: int) -> None:
    """Run pip with progress in its place; its own words are shown only when it fails."""
    log: list[str] = []
    got = 0
    progress = Progress()
    environment = {**os.environ, "PYTHONUNBUFFERED": "1", "PYTHONIOENCODING": "utf-8", "PIP_USER": "0"}
    with subprocess.Popen(
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        errors="replace",
        env=environment,
    ) as process:
        for line in process.stdout or ():
            log.append(line)
            if line.startswith("Collecting "):
                got += 1
                progress.tell(f"Descargando {got} de hasta {total}: {line.split()[1].split('==')[0]}")
            elif line.startswith("Installing collected packages:"):
                progress.tell(f"Instalando {line.count(',') + 1} paquetes", always=True)
            elif "Retrying (" in line:
                progress.tell("La red no responde; se reintenta", always=True)
    progress.end()
    if process.returncode != 0:
        sys.stderr.write("".join(log[-30:]))
        stop(pip_reason("".join(log)))


@contextmanager
def only_one() -> Iterator[None]:
    """Keep two starts at once from installing into the same place."""
    ASIDE.parent.mkdir(exist_ok=True)
    with (ASIDE.parent / "install.lock").open("a+") as file:
        if sys.platform == "win32":
            import msvcrt  # noqa: PLC0415

            file.seek(0)
            while True:
                try:
                    msvcrt.locking(file.fileno(), msvcrt.LK_LOCK, 1)
                    break
                except OSError:
                    say("Otra instalación está en marcha; se espera …")
        else:
            import fcntl  # noqa: PLC0415

            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                say("Otra instalación está en marcha; se espera …")
                fcntl.flock(file, fcntl.LOCK_EX)
        yield


@contextmanager
def replacing(venv: Path, aside: Path) -> Iterator[None]:
    """Put the environment aside while a new one is made; bring it back when that fails, if it was complete."""
    import shutil  # noqa: PLC0415 - slow to import, seldom needed

    if (venv / STAMP).is_file():
        shutil.rmtree(aside, ignore_errors=True)
        aside.parent.mkdir(parents=True, exist_ok=True)
        venv.rename(aside)
    elif venv.exists():
        shutil.rmtree(venv)
    try:
        yield
    except BaseException:
        if aside.is_dir():
            shutil.rmtree(venv, ignore_errors=True)
            aside.rename(venv)
        raise
    shutil.rmtree(aside, ignore_errors=True)


def ensure_environment() -> Path:
    """Make the virtual environment and install the lock when that was not done, or not to its end."""
    stamp = wanted_stamp(LOCK.read_bytes(), sys.implementation.cache_tag, ROOT)
    if why_not_ready(VENV, stamp) is not None:
        try:
            with only_one():
                make_environment(stamp)
        except PermissionError as error:
            stop(f"No se puede escribir en {error.filename}. Cierre Atalaya, revise los permisos y repita.")
        except KeyboardInterrupt:
            stop("Instalación interrumpida; la próxima vez se hace completa.")
    return venv_python(VENV)


def make_environment(stamp: str) -> None:
    """Make the environment anew, unless another start did it meanwhile; the stamp is its last file."""
    why = why_not_ready(VENV, stamp)
    if why is None:
        return
    began = time.monotonic()
    say(f"{why} Se prepara en .venv; la primera vez toma unos minutos y pide red.")
    ensure_venv_module()
    with replacing(VENV, ASIDE):
        say("1/2 Creando el entorno de Python …")
        if subprocess.run([sys.executable, "-m", "venv", str(VENV)], check=False).returncode != 0:
            stop("No se pudo crear el entorno de Python; arriba está la causa.")
        total = len(locked_names(LOCK.read_text(encoding="utf-8")))
        say(f"2/2 Instalando los paquetes de requirements.lock (hasta {total}) …")
        run_pip(pip_command(venv_python(VENV), LOCK), total)
        (VENV / STAMP).write_text(stamp, encoding="utf-8")
    say(f"Entorno listo en {time.monotonic() - began:.0f} s.")


def ensure_venv_module() -> None:
    """Debian ships Python without the part that makes environments."""
    from importlib.util import find_spec  # noqa: PLC0415

    if find_spec("venv") is None or find_spec("ensurepip") is None:
        name = f"python{sys.version_info[0]}.{sys.version_info[1]}-venv"
        install_or_stop([name], "A Python le falta el módulo venv.")


# --- System packages --------------------------------------------------------------------------------------------


def listed_packages(text: str, groups: Iterable[str]) -> list[str]:
    """Return the packages that the list names for some groups; `a|b` are two names of one package."""
    wanted = set(groups)
    rows = (line.split() for line in text.splitlines() if line.strip() and not line.startswith("#"))
    return [package for group, package in rows if group in wanted]


def lacking(packages: Iterable[str], installed: set[str]) -> list[str]:
    """Return the name to install for each package of which no name is installed."""
    return [names.split("|")[0] for names in packages if installed.isdisjoint(names.split("|"))]


def installed_packages(packages: Iterable[str]) -> set[str]:
    """Return the names that dpkg holds as installed."""
    names = [name for package in packages for name in package.split("|")]
    asked = subprocess.run(
        ["dpkg-query", "-W", "-f", "${Package} ${db:Status-Status}\n", *names],
        check=False,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        encoding="utf-8",
    )
    return {line.split()[0] for line in asked.stdout.splitlines() if line.endswith(" installed")}


def before_apt() -> list[str] | None:
    """Return what goes before apt-get so that it may install, or None when it may not."""
    from shutil import which  # noqa: PLC0415 - slow to import, seldom needed

    if sys.platform == "win32" or which("apt-get") is None:
        return None
    if os.geteuid() == 0:
        return []
    if which("sudo") is None:
        return None
    return ["sudo", "-n"] if starts(["sudo", "-n", "true"]) else None


def apt_line(names: Sequence[str]) -> str:
    """Return the one line that a person runs."""
    return f"sudo apt-get update && sudo apt-get install -y --no-install-recommends {' '.join(names)}"


def install_debian(names: Sequence[str], why: str) -> bool:
    """Install packages where that is allowed; tell whether they are there now."""
    before = before_apt()
    if before is None:
        return False
    say(f"{why} apt instala {len(names)}: {' '.join(names)} …")
    began = time.monotonic()
    apt = [
        *before,
        "env",
        "DEBIAN_FRONTEND=noninteractive",
        "apt-get",
        "-o",
        "DPkg::Lock::Timeout=300",
        "-qq",
    ]
    for command in (["update"], ["install", "-y", "--no-install-recommends", *names]):
        done = subprocess.run(
            [*apt, *command],
            check=False,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            encoding="utf-8",
            errors="replace",
        )
    if done.returncode != 0:
        sys.stderr.write(done.stdout[-2000:])
        return False
    say(f"Paquetes del sistema listos en {time.monotonic() - began:.0f} s.")
    return True


def install_or_stop(names: Sequence[str], why: str) -> None:
    """Install packages, or end with the line that a person with rights runs."""
    if not install_debian(names, why):
        stop(f"{why} Ejecute esta línea y repita:\n  {apt_line(names)}")


def ensure_system(*groups: str) -> None:
    """Have what Qt, VLC and the tests need from the system, on Debian and its kin; what is optional is told once."""
    if not Path("/usr/bin/dpkg-query").exists():
        return
    text = DEBIAN.read_text(encoding="utf-8")
    digest = hashlib.sha256(text.encode()).hexdigest()
    pending = [group for group in groups if read_stamp(VENV / f"system-{group}.stamp") != digest]
    if not pending:
        return
    packages = listed_packages(text, pending)
    missing = lacking(packages, installed_packages(packages))
    optional = [name for name in missing if name in lacking(listed_packages(text, OPTIONAL), set())]
    required = [name for name in missing if name not in optional]
    if required:
        install_or_stop(required, "Faltan paquetes del sistema.")
    if optional and not install_debian(optional, "Para ver cámaras faltan paquetes del sistema."):
        say(f"Atalaya abre sin ellos. Para ver cámaras, ejecute:\n  {apt_line(optional)}")
    for group in pending:
        (VENV / f"system-{group}.stamp").write_text(digest, encoding="utf-8")


# --- A screen where there is none -------------------------------------------------------------------------------


def has_screen(environment: Mapping[str, str], platform: str = sys.platform) -> bool:
    """Tell whether windows can be shown."""
    if not platform.startswith("linux"):
        return True
    return bool(environment.get("DISPLAY") or environment.get("WAYLAND_DISPLAY"))


def opens_a_window(arguments: Sequence[str]) -> bool:
    """Tell whether the program's command line opens its window: no word, or the word `run`."""
    if any(word in arguments for word in ("-h", "--help")):
        return False
    return not arguments or arguments[0] == "run" or arguments[0].startswith("-")


@contextmanager
def virtual_screen() -> Iterator[dict[str, str]]:
    """Run an X server in memory; yield the environment in which it is the screen. It ends when this program does."""
    import signal  # noqa: PLC0415

    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    reader, writer = os.pipe()
    server = subprocess.Popen(
        ["Xvfb", "-displayfd", str(writer), "-screen", "0", "1920x1080x24", "-nolisten", "tcp", "-noreset"],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        pass_fds=[writer],
    )
    os.close(writer)
    try:
        with os.fdopen(reader) as answer:
            number = answer.readline().strip()
        if not number:
            stop("No se pudo abrir la pantalla virtual (Xvfb).")
        environment = {**os.environ, "DISPLAY": f":{number}"}
        environment.pop("WAYLAND_DISPLAY", None)
        yield environment
    finally:
        server.terminate()
        server.wait()


# --- Words ------------------------------------------------------------------------------------------------------


def call(command: Sequence[str], environment: Mapping[str, str] | None = None) -> int:
    """Run a command of the environment in the project's folder; return its exit code."""
    return subprocess.run(command, check=False, cwd=ROOT, env=environment).returncode


def word_run(arguments: Sequence[str]) -> int:
    """Open the program; without a screen, on a virtual one, saving pictures of its pages."""
    python = ensure_environment()
    # The folder where the person stands is kept: paths in the arguments are theirs.
    environment = {
        **os.environ,
        "PYTHONPATH": os.pathsep.join(filter(None, [str(ROOT), os.getenv("PYTHONPATH")])),
    }
    command = [str(python), "-P", "-m", "desktop", *arguments]
    windowed = opens_a_window(arguments)
    shown = has_screen(os.environ)
    if windowed:
        ensure_system("qt", "video", *(() if shown else ("screen",)))
    if not windowed or shown:
        if sys.platform == "win32":
            return subprocess.run(command, check=False, env=environment).returncode
        os.execve(command[0], command, environment)  # noqa: S606 - no shell is wanted
    pictures = ROOT / "out"
    chosen = any(word.startswith("--screenshots") for word in arguments)
    if not chosen:
        command += ["--screenshots", str(pictures)]
    say(
        "Este equipo no tiene pantalla: Atalaya se abre en una virtual, guarda imágenes de sus páginas y termina."
    )
    began = time.time()
    with virtual_screen() as screen:
        environment["DISPLAY"] = screen["DISPLAY"]
        code = subprocess.run(command, check=False, env=environment).returncode
    if chosen:
        return code
    saved = sum(1 for file in pictures.glob("*.png") if file.stat().st_mtime >= began)
    say(f"Imágenes guardadas en {pictures}: {saved}.")
    return code if saved else code or 1


def pytest_arguments(arguments: Sequence[str]) -> list[str]:
    """Return what pytest is given: a person's choice as it is, else everything on two processes.

    Tests that take the keyboard of the one screen stay together by the mark `xdist_group`.
    """
    return list(arguments) or ["-n", "2", "--dist", "loadgroup"]


def on_a_screen(command: Sequence[str]) -> int:
    """Run a command that opens windows and sends keys: never on the person's own screen where that can be avoided."""
    if not sys.platform.startswith("linux"):
        return call(command)
    ensure_system("qt", "screen", "test")
    with virtual_screen() as environment:
        return call(command, environment)


def word_test(arguments: Sequence[str]) -> int:
    """Run the tests; the last line is pytest's."""
    python = ensure_environment()
    return on_a_screen([str(python), "-m", "pytest", *pytest_arguments(arguments)])


CHECKS: dict[str, tuple[str, list[list[str]]]] = {
    "format": ("Formato (ruff format)", [["-m", "ruff", "format", "--check", "."]]),
    "lint": ("Estilo (ruff check)", [["-m", "ruff", "check", "."]]),
    "types": ("Tipos (mypy --strict)", [["-m", "mypy"], ["-m", "mypy", "dev.py"]]),
    "imports": (
        "Contratos de importación (import-linter)",
        [["-c", "import sys; from importlinter.cli import lint_imports; sys.exit(lint_imports())"]],
    ),
}


def word_check(arguments: Sequence[str]) -> int:
    """Run every static check, or those named, also after one has failed."""
    unknown = [name for name in arguments if name not in CHECKS]
    if unknown:
        stop(f"No existe la revisión «{unknown[0]}». Hay: {', '.join(CHECKS)}.")
    python = ensure_environment()
    failed = []
    for name in arguments or CHECKS:
        title, commands = CHECKS[name]
        say(f"{title} …")
        codes = [call([str(python), *command]) for command in commands]
        if any(codes):
            failed.append(name)
    say(f"Con errores: {', '.join(failed)}." if failed else "Revisión en orden.")
    return 1 if failed else 0


def word_bench(arguments: Sequence[str]) -> int:
    """Measure the marks."""
    python = ensure_environment()
    return on_a_screen([str(python), "-m", "benchmarks", *arguments])


def word_migrate(arguments: Sequence[str]) -> int:
    """Write a migration."""
    return call([str(ensure_environment()), "-m", "desktop.store.migrations", *arguments])


def lock_command(python: Path) -> list[str]:
    """Return how the lock is made: for every platform, with hashes, naming no package index."""
    options = ["--universal", "--generate-hashes", "--no-header", "--no-annotate", "--quiet"]
    version = ".".join(map(str, OLDEST))
    return [
        *(str(python), "-m", "uv", "pip", "compile", *options, "--python-version", version),
        *("pyproject.toml", "--group", "dev", "--output-file", LOCK.name),
    ]


def word_lock(arguments: Sequence[str]) -> int:
    """Resolve the dependencies again with uv, in an environment of its own; what fits still stays as it is."""
    import tempfile  # noqa: PLC0415 - slow to import, seldom needed

    ensure_venv_module()
    with tempfile.TemporaryDirectory() as folder:
        python = venv_python(Path(folder))
        say("Preparando uv …")
        subprocess.run([sys.executable, "-m", "venv", folder], check=True)
        subprocess.run([str(python), "-m", "pip", "install", "--quiet", "uv"], check=True)
        say("Resolviendo las dependencias …")
        return call([*lock_command(python), *arguments])


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
    ensure_python()
    try:
        return WORDS[arguments[0]](arguments[1:])
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(errors="replace")  # type: ignore[union-attr]
    sys.exit(main(sys.argv[1:]))
