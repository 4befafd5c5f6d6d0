"""How soon a person can work, and in how much memory, against a bare window of the same library."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from benchmarks.measure import Mark, percentile
from desktop.core import vault
from desktop.core.paths import Profile
from desktop.core.station_file import load, save
from desktop.operations.demo import DEMO_PASSPHRASE, DEMO_PASSWORD, DEMO_USER

_ROUNDS = 5
_WAIT_S = 120
_TYPING_S = 2.0


def measure(root: Path, profile: Profile, rounds: int = _ROUNDS) -> list[Mark]:
    """Start both programs in turn over a station that is closed now; medians of each figure.

    One start of each goes before, uncounted: what is installed has its modules compiled.
    """
    facts = load(profile)
    master = vault.open_with_passphrase(profile, facts.station_id, DEMO_PASSPHRASE)
    save(profile, replace(facts, key_way=vault.KEYRING))
    secret = master._secret.hex()
    program = ["-m", "benchmarks.real_program", str(profile.folder), DEMO_USER, DEMO_PASSWORD]
    bare, ours, typed = [], [], []
    try:
        _start(root, ["-m", "benchmarks.bare_window"], "")
        _start(root, [*program, "0"], secret)
        for _ in range(rounds):
            bare.append(_start(root, ["-m", "benchmarks.bare_window"], ""))
            ours.append(_start(root, [*program, "0"], secret))
            typed.append(_start(root, [*program, str(_TYPING_S)], secret))
    finally:
        save(profile, facts)

    def median(found: Sequence[dict[str, float]], name: str) -> float:
        return percentile([one[name] for one in found], 0.5)

    return [
        Mark(
            "start_to_sign_in",
            "s",
            median(ours, "painted_s"),
            4,
            median(bare, "painted_s"),
            note="from exec to the first paint, the real program over this station",
        ),
        Mark(
            "start_to_central",
            "s",
            median(ours, "usable_s"),
            8,
            median(bare, "painted_s"),
            note="from exec to the queue read and painted; whoever signs in types nothing, the password is checked",
        ),
        Mark(
            "wait_for_central",
            "s",
            percentile([one["painted_s"] + one["usable_s"] - one["entered_s"] for one in typed], 0.5),
            8,
            median(bare, "painted_s"),
            note="what a person waits in all, who takes two seconds to type name and password",
        ),
        Mark(
            "change_of_person",
            "s",
            median(ours, "changed_s"),
            5,
            note="from the other person's password to their central read and painted",
        ),
        Mark(
            "memory_at_sign_in",
            "MiB",
            median(ours, "sign_in_mib"),
            5,
            median(bare, "mib"),
            note="resident set",
        ),
        Mark(
            "memory_in_central",
            "MiB",
            median(ours, "mib"),
            5,
            median(bare, "mib"),
            note="resident set, two seconds after the queue is there",
        ),
    ]


def _start(root: Path, program: list[str], secret: str) -> dict[str, float]:
    environment = {name: text for name, text in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    began = time.time()
    done = subprocess.run(
        [sys.executable, *program],
        check=False,
        cwd=root,
        env=environment,
        input=secret,
        capture_output=True,
        text=True,
        timeout=_WAIT_S,
    )
    if done.returncode != 0:
        raise RuntimeError(f"{program[1]} ended with {done.returncode}: {done.stderr[-2000:]}")
    told: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    spans = {"changed_s", "mib", "sign_in_mib"}
    return {name: value if name in spans else value - began for name, value in told.items()}
