"""The exchange in bulk: a first push and pull, changes to what everybody has, and the same record changed twice.

The references are raw inserts of the same rows and, where npm is present, PouchDB doing the same between two files and
a server of its own (`benchmarks/pouch`).
"""

import secrets
from collections.abc import Callable
from pathlib import Path

import sqlcipher3.dbapi2 as sqlcipher
from sqlalchemy import select

from benchmarks import pouch
from benchmarks.field import change_incidents, field, raw_insert_speed, taken_s, through, write_incidents
from benchmarks.measure import Mark
from desktop.models.incidents.records import Incident
from tests.support.enrolled import Enrolled
from tests.support.proxy import Proxy


def measure(folder: Path, rows: int, changes: int, *, with_pouch: bool = True) -> list[Mark]:
    """Measure with `rows` incidents, then `changes` changed ones of them."""
    folder.mkdir()
    peer = pouch.measure(folder / "pouch", rows, changes) if with_pouch else None
    with (
        field(folder, ("Una", "Otra", "Nueva")) as (server, [first, second, third]),
        Proxy(server.port) as line,
    ):
        one, two = through(first, line.address), through(second, line.address)
        ids = write_incidents(first, rows)
        plain = raw_insert_speed(folder, first)
        sealed = raw_insert_speed(folder, first, sqlcipher, secrets.token_hex(32))
        push_s = taken_s(lambda: _whole(one.exchange, rows))
        push_bytes = line.carried.to_server
        pull_s = taken_s(lambda: _whole(two.exchange_from_the_start, rows, given=False))
        snapshot_s = taken_s(third.exchange)
        if third.file.rows() != first.file.rows():
            raise RuntimeError("the snapshot says something else")
        history_s = taken_s(third.recall)
        some = ids[:changes]

        change_incidents(first, some, narrative="Ruidos molestos, corregido", sector="Norte")
        line.mend()
        update_s = taken_s(one.exchange) + taken_s(two.exchange)
        update_bytes = line.carried.to_server + line.carried.to_station

        change_incidents(first, some, police_report="A", narrative="Lo dijo una")
        change_incidents(second, some, external_ref="B", narrative="Lo dijo la otra")
        both_s = taken_s(lambda: (one.exchange(), two.exchange(), one.exchange()))
        _check(first, second, some)
    file = f"raw SQLCipher, as the station's own file: {sealed:.0f} rows/s"
    begun = f"made, taken and searchable; {file}; its history came in {history_s:.0f} s more"
    marks = [
        Mark("push_speed", "rows/s", rows / push_s, 0.45, plain, f"{push_bytes / 1e6:.1f} MB; {file}", at_least=True),
        Mark("pull_speed", "rows/s", rows / pull_s, 0.35, plain, f"with journal and search; {file}", at_least=True),
        Mark("snapshot_speed", "rows/s", rows / snapshot_s, 0.6, plain, begun, at_least=True),
    ]  # fmt: skip
    own = {"update_s": update_s, "update_bytes": update_bytes, "concurrent_s": both_s}
    if peer is None:
        note = "PouchDB was not measured: no npm, or little data"
        return [
            *marks,
            *(Mark(name, name.rpartition("_")[2], value, 0, note=note) for name, value in own.items()),
        ]
    return [
        *marks,
        Mark("push_against_pouch", "rows/s", rows / push_s, 10, rows / peer.push_s, peer.note, at_least=True),
        Mark("update_s", "s", update_s, 1 / 6, peer.update_s, f"{changes} rows, to the server and on"),
        Mark("update_bytes", "bytes", update_bytes, 1 / 6, peer.update_bytes, f"{changes} rows, both ways"),
        Mark("concurrent_s", "s", both_s, 1 / 25, peer.concurrent_s, f"{changes} rows, all {changes} questions found"),
    ]  # fmt: skip


def _whole(exchange: Callable[[], object], rows: int, *, given: bool = True) -> None:
    outcome = exchange()
    done = outcome.sent if given else outcome.taken  # type: ignore[attr-defined]
    if done < rows:
        raise RuntimeError(f"{done} of {rows} went")


def _check(first: Enrolled, second: Enrolled, ids: list[object]) -> None:
    """See that both hold the same, every question stands open, and what only one changed is kept from both."""
    if first.file.rows() != second.file.rows():
        raise RuntimeError("the stations differ")

    def look(session: object) -> tuple[int, int]:
        run = session.connection().exec_driver_sql  # type: ignore[attr-defined]
        asked = run("SELECT count(*) FROM rival WHERE is_open = 1 AND field_group = 'narrative'").scalar_one()
        kept = session.execute(  # type: ignore[attr-defined]
            select(Incident.id).where(Incident.police_report == "A", Incident.external_ref == "B")
        )
        return asked, len(kept.all())

    found = first.file.store.read(look).result()
    if found != (len(ids), len(ids)):
        raise RuntimeError(f"{found[0]} questions and {found[1]} records with both fields of {len(ids)}")
