"""`atalaya verify`: walk the journal and name the first broken link and what it touches (R133)."""

import argparse

from desktop.cli.opening import answer, facts_of, profile_of, unlock
from desktop.core.clock import SystemClock
from desktop.core.i18n import N_, tr
from desktop.models.catalogue import BY_TABLE, REGISTERS
from desktop.operations.setup import open_station
from desktop.store.report import Naming
from desktop.store.search_check import rebuild_search
from desktop.store.store import StoreKeys
from desktop.store.verify import verify


def declare(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument(
        "--chain-only", action="store_true", help=tr(N_("solo la cadena y las firmas, más rápido"))
    )
    parser.add_argument(
        "--rebuild-search",
        action="store_true",
        help=tr(N_("antes, reconstruir el índice de búsqueda a partir de los registros")),
    )


def run(options: argparse.Namespace) -> int:
    """Verify; 0 only when nothing is broken."""
    profile = profile_of(options)
    master = unlock(profile, facts_of(profile))
    if options.rebuild_search:
        with open_station(profile, master, SystemClock()) as station:
            station.store.local(lambda connection: rebuild_search(connection, REGISTERS)).result()
    report = verify(
        profile.database, StoreKeys(master.database, master.signing), REGISTERS, deep=not options.chain_only
    )
    answer(options, report.text(Naming(table=_table)), report.as_json())
    return 0 if report.is_sound else 1


def _table(name: str) -> str:
    register = BY_TABLE.get(name)
    return name if register is None else tr(register.title)
