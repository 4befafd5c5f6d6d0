"""A day of a large commune by stick: what a station wrote since the last file, out and into another one (R125)."""

import json
import os
import secrets
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import httpx

from benchmarks.measure import Mark
from desktop.core.clock import SystemClock
from desktop.core.paths import Profile
from desktop.operations.demo import make_demo
from desktop.operations.incidents.intake import open_incident
from desktop.operations.incidents.lines import add_note
from desktop.operations.incidents.values import IntakeDraft
from desktop.operations.station import Station
from desktop.sync.bundle_export import export_bundle
from desktop.sync.bundle_import import import_bundle
from desktop.sync.station import enrol_station, exchange_once, join

_NOTES = 6
_TARGET_S = 10.0
_READY_S = 30.0


def measure(scratch: Path, root: Path, incidents: int, day: int) -> list[Mark]:
    """Measure `day` incidents with a demonstration of `incidents` behind them."""
    scratch.mkdir()
    with (
        _server(scratch / "server", root) as address,
        make_demo(Profile(scratch / "a"), SystemClock(), incidents) as first,
    ):
        code = _ordered(
            scratch / "server",
            root,
            "enroll",
            "--address",
            address,
            "--name",
            "Una",
            "--code",
            first.identity.device,
        )
        enrol_station(first, code)
        exchange_once(first)
        code = _ordered(
            scratch / "server", root, "enroll", "--address", address, "--name", "Otra", "--code", "Z9"
        )
        joined = join(Profile(scratch / "b"), "Otra", code, secrets.token_urlsafe(24), SystemClock())
        exchange_once(first)
        with joined.station as second:
            return _day(first, second, scratch, day)


def _day(first: Station, second: Station, scratch: Path, incidents: int) -> list[Mark]:
    import_bundle(first, export_bundle(second, scratch / "so far").path)
    for i in range(incidents):
        draft = IntakeDraft(
            narrative=f"Ruidos molestos, caso {i}", address=f"Los Notros {i}", phone="912345678"
        )
        made = first.write(lambda ctx, draft=draft: open_incident(ctx, draft)).result()  # type: ignore[misc]
        for note in range(_NOTES):
            first.write(
                lambda ctx, made=made, note=note: add_note(ctx, made.id, f"Nota {note}")  # type: ignore[misc]
            ).result()
    began = time.perf_counter()
    written = export_bundle(first, scratch / "day")
    exported_s = time.perf_counter() - began
    began = time.perf_counter()
    taken = import_bundle(second, written.path)
    imported_s = time.perf_counter() - began
    again = import_bundle(second, written.path)
    if taken.taken != written.change_sets or again.taken or taken.refused:
        raise RuntimeError(f"{taken.taken} of {written.change_sets} were taken, then {again.taken}")
    note_text = f"{incidents} incidents, {written.change_sets} change-sets, {written.size_bytes // 1024} KiB"
    return [
        Mark("stick_out", "s", round(exported_s, 2), _TARGET_S, note=note_text),
        Mark("stick_in", "s", round(imported_s, 2), _TARGET_S, note=note_text),
    ]


@contextmanager
def _server(folder: Path, root: Path) -> Iterator[str]:
    with closing(socket.socket()) as one:
        one.bind(("127.0.0.1", 0))
        address = f"127.0.0.1:{one.getsockname()[1]}"
    os.environ["ATALAYA_SERVER_PASSPHRASE"] = secrets.token_urlsafe(24)
    _ordered(folder, root, "init", "--name", "Medición")
    process = subprocess.Popen(
        [sys.executable, "-m", "server", "run", "--folder", str(folder), "--listen", address],
        cwd=root,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        limit = time.monotonic() + _READY_S
        while not _answers(address):
            if time.monotonic() > limit:
                raise TimeoutError("the server does not answer")
            time.sleep(0.1)
        yield address
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(30)


def _answers(address: str) -> bool:
    try:
        return httpx.get(f"https://{address}/healthz", verify=False, trust_env=False).is_success  # noqa: S501 - loopback
    except httpx.HTTPError:
        return False


def _ordered(folder: Path, root: Path, *words: str) -> str:
    """Run an order of the server and return what it prints, the code of an enrolment among it."""
    done = subprocess.run(
        [sys.executable, "-m", "server", words[0], "--folder", str(folder), "--json", *words[1:]],
        cwd=root,
        capture_output=True,
        text=True,
        check=True,
    )
    return str(json.loads(done.stdout).get("code", ""))
