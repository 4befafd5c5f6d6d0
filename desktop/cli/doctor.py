"""`atalaya doctor`: the station looks at itself and says how to mend what is wrong (R150)."""

import argparse
from dataclasses import asdict

from desktop.cli.opening import answer, facts_of, profile_of, unlock
from desktop.core.clock import SystemClock
from desktop.core.i18n import N_, tr
from desktop.operations.self_check import Health, check_station

_SIGNS = {Health.GOOD: "✓", Health.WARNING: "!", Health.BAD: "✗"}


def declare(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument("--quick", action="store_true", help=tr(N_("sin recorrer la bitácora completa")))


def run(options: argparse.Namespace) -> int:
    """Check; 0 only when nothing is bad."""
    profile = profile_of(options)
    master = unlock(profile, facts_of(profile))
    lines = check_station(profile, master, SystemClock().now(), chain=not options.quick)
    text = "\n".join(
        f"{_SIGNS[line.health]} {line.title}: {line.found}" + (f"\n    → {line.mend}" if line.mend else "")
        for line in lines
    )
    answer(options, text, {"lines": [{**asdict(line), "health": line.health.value} for line in lines]})
    return 1 if any(line.health is Health.BAD for line in lines) else 0
