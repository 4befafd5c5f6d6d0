"""`atalaya verify`: is what this file says still what was written? (R133)

Nothing is believed that the file says of itself: signatures are checked with the station's own key, and the tails
of the chains against the witness beside the file.
"""

import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from desktop.core.errors import Cancelled
from desktop.register.spec import Register
from desktop.store.chain_check import ChainCheck
from desktop.store.engine import connect, telling_of_the_disk
from desktop.store.report import Fault, Finding, VerifyReport
from desktop.store.rows_check import RowsCheck
from desktop.store.search_check import SearchCheck
from desktop.store.store import StoreKeys
from desktop.store.witness import Witness, WitnessError, read_witness, witness_path

_SECOND_LOOK_S = 0.2
Progress = Callable[[str, int, int], bool]
"""Called with the part under way (`chain`, `rows`, `search`), what is done and the whole; False stops."""


def verify(
    path: Path,
    keys: StoreKeys,
    registers: Iterable[Register] = (),
    progress: Progress = lambda _part, _done, _total: True,
    *,
    deep: bool = True,
    needs_witness: bool = True,
) -> VerifyReport:
    """Check the file as it is now; the program may go on writing meanwhile.

    `deep` compares the records and, for `registers`, the search index too. `needs_witness` is false for files
    that have none by nature: backups.

    Raises:
        Unavailable: the file cannot be opened with this key, or a part of it cannot be read.
        Cancelled: `progress` returned False.
    """
    with telling_of_the_disk():
        return _verify(path, keys, registers, progress, deep=deep, needs_witness=needs_witness)


def _verify(
    path: Path,
    keys: StoreKeys,
    registers: Iterable[Register],
    progress: Progress,
    *,
    deep: bool,
    needs_witness: bool,
) -> VerifyReport:
    report = VerifyReport()
    # The witness is read first: what it has seen is then in the state that is read, whoever writes meanwhile.
    witness = _witness_of(path, keys, report)
    connection = connect(path, keys.database, read_only=True)
    try:
        connection.execute("BEGIN")
        started = time.perf_counter()
        chain = ChainCheck(connection, keys.signing.public_key(), witness, report)
        chain.run(lambda done, total: progress("chain", done, total))
        report.chain_s = time.perf_counter() - started
        if needs_witness and witness is None and report.change_sets and report.is_sound:
            report.add(Finding(Fault.WITNESS_MISSING))
        if deep:
            started = time.perf_counter()
            RowsCheck(connection, report).run(
                chain.body_bytes, lambda done, total: progress("rows", done, total)
            )
            report.rows_s = time.perf_counter() - started
            SearchCheck(connection, registers, report).run()
            for _ in _damaged_pages(connection):
                report.add(Finding(Fault.PAGE))
            if not progress("search", 1, 1):
                raise Cancelled
        connection.execute("ROLLBACK")
    finally:
        connection.close()
    return report


def _damaged_pages(connection: Any) -> list[str]:
    """Return what the cipher says of pages that are not as they were written, also where no record lies.

    A page that the writer is folding in at this moment may look torn; a damaged one still does when asked again.
    """
    asked = "PRAGMA cipher_integrity_check"
    first = {row[0] for row in connection.execute(asked).fetchall()}
    if not first:
        return []
    time.sleep(_SECOND_LOOK_S)
    return sorted(first & {row[0] for row in connection.execute(asked).fetchall()})


def _witness_of(path: Path, keys: StoreKeys, report: VerifyReport) -> Witness | None:
    try:
        witness = read_witness(witness_path(path), keys.signing.public_key())
    except (WitnessError, OSError):
        report.add(Finding(Fault.WITNESS_DAMAGED))
        return Witness()
    report.has_witness = witness is not None
    return witness
