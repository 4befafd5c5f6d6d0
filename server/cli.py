"""The command line of the municipal server. Secrets come from the environment or a credential file, never from here."""

import argparse
import json
import logging
import os
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

from server import logs, roster_book, tenants
from server.authority import Authority
from server.backup import back_up, examine, tenant_of
from server.backup_file import BackupError
from server.certificates import CertificateError, Certificates, Files
from server.doctor import Health, Line, look
from server.engine import FILE, Database, DatabaseAway, DatabaseDamaged
from server.metrics import FOLDER_VARIABLE, show
from server.refusals import RosterError
from server.restoring import restore
from server.roster_book import Wanted
from server.schema import NewerDatabase
from server.sealing import SealError, find_in_keyring, is_long_enough, keep_in_keyring, passphrase_from
from server.serving import AddressError, listen, serve
from server.words import OPTIONS, SAID, backup_fault, refusal
from server.workers import Crew, Order
from wire.enrolment import EnrolmentCode

FAILED: Final = 1
MOST_WORKERS: Final = 64
PATIENCE_S: Final = 60.0
_AGAIN_S: Final = 2.0
DEFAULT_PORT: Final = 8443
_SCOPES: Final = "sys,operaciones,emergencia,inventario,gestion,personal"
_FAULTS: Final[dict[type[Exception], str]] = {
    SealError: "passphrase",
    NewerDatabase: "database_newer",
    DatabaseAway: "database_away",
    DatabaseDamaged: "database_damaged",
    CertificateError: "certificate",
    AddressError: "address",
}
"""What is said of each thing that an administrator can put right."""
_log = logging.getLogger("server")


_SIGNS: Final = {Health.GOOD: "✓", Health.WARNING: "!", Health.BAD: "✗"}


class _Misused(ValueError):
    """The options do not fit together; the text says why."""


def main(arguments: Sequence[str]) -> int:
    """Run one word; 0 when it did what it says."""
    options = _parser().parse_args(arguments)
    work: Callable[[argparse.Namespace], int] = options.work
    try:
        return work(options)
    except RosterError as error:
        return _failed(options, refusal(error.kind))
    except BackupError as error:
        return _failed(options, backup_fault(error.fault))
    except _Misused as error:
        return _failed(options, str(error))
    except tuple(_FAULTS) as error:
        return _failed(options, SAID[_FAULTS[type(error)]])


@contextmanager
def _opened(options: argparse.Namespace) -> Iterator[Database]:
    database = Database.open(_place(options))
    try:
        yield database
    finally:
        database.close()


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="atalaya-server", description=SAID["what"])
    words = parser.add_subparsers(required=True, metavar=OPTIONS["word"])
    common = argparse.ArgumentParser(add_help=False)
    common.add_argument("--folder", default="atalaya-server", help=OPTIONS["folder"])
    common.add_argument("--dsn", help=OPTIONS["dsn"])
    common.add_argument("--tenant", help=OPTIONS["tenant"])
    common.add_argument("--json", action="store_true", help=OPTIONS["json"])

    def outer(name: str, work: Callable[[argparse.Namespace], int]) -> argparse.ArgumentParser:
        made = words.add_parser(name, parents=[common], help=SAID[name], description=SAID[name])
        made.set_defaults(work=work)
        return made

    def word(name: str, work: Callable[[argparse.Namespace, Database], int]) -> argparse.ArgumentParser:
        def opened(options: argparse.Namespace) -> int:
            with _opened(options) as database:
                return work(options, database)

        return outer(name, opened)

    init = word("init", _init)
    init.add_argument("--name", required=True, help=OPTIONS["name"])
    run = outer("run", _run)
    run.add_argument("--listen", default=f"0.0.0.0:{DEFAULT_PORT}", help=OPTIONS["listen"])
    run.add_argument(
        "--workers",
        type=int,
        choices=range(1, MOST_WORKERS + 1),
        default=1,
        metavar="N",
        help=OPTIONS["workers"],
    )
    run.add_argument("--metrics", help=OPTIONS["metrics"])
    run.add_argument("--log-requests", action="store_true", help=OPTIONS["log_requests"])
    run.add_argument("--address", action="append", default=[], help=OPTIONS["address"])
    _own_certificate(run)
    doctor = outer("doctor", _doctor)
    doctor.add_argument("--quick", action="store_true", help=OPTIONS["quick"])
    _own_certificate(doctor)
    enroll = word("enroll", _enroll)
    enroll.add_argument("--address", required=True, help=OPTIONS["reached_at"])
    enroll.add_argument("--name", required=True, help=OPTIONS["station"])
    enroll.add_argument("--code", required=True, help=OPTIONS["code"])
    enroll.add_argument("--scopes", default=_SCOPES, help=OPTIONS["scopes"])
    enroll.add_argument("--read-only", default="", help=OPTIONS["read_only"])
    word("devices", _devices)
    revoke = word("revoke", _revoke)
    revoke.add_argument("device", help=OPTIONS["device"])
    revoke.add_argument("--reason", required=True, help=OPTIONS["reason"])
    word("backup", _back_up).add_argument("file", type=Path, help=OPTIONS["backup_file"])
    outer("restore", _restore).add_argument("file", type=Path, help=OPTIONS["restore_file"])
    return parser


def _own_certificate(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--cert", type=Path, help=OPTIONS["cert"])
    parser.add_argument("--key", type=Path, help=OPTIONS["key"])


def _init(options: argparse.Namespace, database: Database) -> int:
    tenant = options.tenant or "municipio"
    word = passphrase_from(os.environ) or keep_in_keyring(tenant)
    if word is None or not is_long_enough(word):
        return _failed(options, SAID["no_passphrase"])
    authority = tenants.found(database, tenant, options.name, word)
    return _told(
        options,
        SAID["founded"].format(name=authority.name, fingerprint=authority.fingerprint.hex()),
        {"tenant": tenant, "fingerprint": authority.fingerprint.hex()},
    )


def _run(options: argparse.Namespace) -> int:
    if options.workers > 1 and not options.dsn:
        return _failed(options, SAID["workers"])
    files = _files(options)
    logs.begin(every_request=options.log_requests)
    names = options.address or ["localhost", "127.0.0.1"]
    with ExitStack() as ends:
        sockets = listen(options.listen)
        for one in sockets:
            ends.callback(one.close)
        folder = ends.enter_context(_counting(options))
        with closing(_patiently(options)) as database:
            tenant = _tenant(options, database)
            order = Order(_place(options), tenant, _passphrase(tenant), names, files, options.log_requests)
            authority = tenants.open_authority(database, tenant, order.passphrase)
            said = SAID["serving"].format(name=authority.name, where=options.listen)
            if options.workers == 1:
                _told(options, said, {"listen": options.listen})
                return 0 if serve(database, authority, sockets, names, files) else FAILED
            # Whoever could not serve is told here, not by each of the others.
            Certificates(authority, names, database.now_ms, files)
        _told(options, said, {"listen": options.listen})
        return Crew(order, sockets, options.workers, folder).run()


@contextmanager
def _counting(options: argparse.Namespace) -> Iterator[Path | None]:
    """Answer Prometheus meanwhile, where it was asked for; give the folder in which several processes count."""
    with ExitStack() as ends:
        folder = None
        if options.workers > 1:
            folder = Path(ends.enter_context(TemporaryDirectory(prefix="atalaya-metrics-")))
            os.environ[FOLDER_VARIABLE] = str(folder)
        if options.metrics:
            try:
                ends.callback(show(options.metrics, folder))
            except (OSError, ValueError, OverflowError) as error:
                raise AddressError(options.metrics) from error
        yield folder


def _patiently(options: argparse.Namespace) -> Database:
    """Open the database; at the start of a machine it may be a moment behind."""
    limit = time.monotonic() + PATIENCE_S
    while True:
        try:
            return Database.open(_place(options))
        except DatabaseAway:
            if time.monotonic() > limit:
                raise
            _log.warning("database away")
            time.sleep(_AGAIN_S)


def _files(options: argparse.Namespace) -> Files | None:
    if bool(options.cert) != bool(options.key):
        raise _Misused(SAID["cert_and_key"])
    return Files(options.cert, options.key) if options.cert else None


def _doctor(options: argparse.Namespace) -> int:
    if not options.dsn and not (Path(options.folder) / FILE).exists():
        return _failed(options, refusal("tenant"))
    found: list[Line] = []
    tenant = options.tenant or ""
    for line in look(_place(options), tenant, _word_of, _files(options), log=not options.quick):
        found.append(line)
        if not options.json:
            mend = f"\n    → {line.mend}" if line.mend else ""
            sys.stdout.write(f"{_SIGNS[line.health]} {line.title}: {line.found}{mend}\n")
    if options.json:
        _told(options, "", {"lines": [asdict(line) for line in found]})
    return FAILED if any(line.health is Health.BAD for line in found) else 0


def _place(options: argparse.Namespace) -> str | Path:
    return options.dsn or Path(options.folder)


def _enroll(options: argparse.Namespace, database: Database) -> int:
    authority = _authority(options, database)
    code = EnrolmentCode.new(options.address, authority.fingerprint)
    reads = tuple(filter(None, options.scopes.split(",")))
    kept = frozenset(filter(None, options.read_only.split(",")))
    wanted = Wanted(options.name, options.code, reads, tuple(scope for scope in reads if scope not in kept))
    roster_book.offer_enrolment(database, authority, code.secret, wanted)
    return _told(options, SAID["offered"].format(code=code.spoken), {"code": code.spoken})


def _devices(options: argparse.Namespace, database: Database) -> int:
    authority = _authority(options, database)
    found = roster_book.devices(database, authority.tenant)
    lines = [
        f"{one.id.hex()}  {one.code}  {one.name}" + (f"  ({SAID['revoked']})" if one.is_revoked else "")
        for one in found
    ]
    said = [
        {"device": one.id.hex(), "code": one.code, "name": one.name, "revoked": one.is_revoked}
        for one in found
    ]
    return _told(options, "\n".join(lines) or SAID["nobody"], {"devices": said})


def _revoke(options: argparse.Namespace, database: Database) -> int:
    authority = _authority(options, database)
    try:
        device = bytes.fromhex(options.device)
    except ValueError:
        return _failed(options, refusal("unknown_device"))
    roster_book.revoke_device(database, authority, device, options.reason)
    return _told(options, SAID["was_revoked"], {"device": options.device})


def _back_up(options: argparse.Namespace, database: Database) -> int:
    tenant = _tenant(options, database)
    word = _passphrase(tenant)
    made = back_up(database, tenants.open_authority(database, tenant, word), word, options.file)
    plain = {"file": str(options.file), "made_ms": made.made_ms, "size": made.size, "rows": made.rows}
    size = f"{made.size / 1_000_000:.1f}".replace(".", ",")
    return _told(options, SAID["backed_up"].format(path=options.file, rows=made.rows, size=size), plain)


def _restore(options: argparse.Namespace) -> int:
    """Look at all of the file before anything is opened that would be made by opening it."""
    word = _passphrase(tenant_of(options.file))
    examined = examine(options.file, word)
    with _opened(options) as database:
        done = restore(database, options.file, word, examined)
    made = datetime.fromtimestamp(done.made_ms / 1000).astimezone()
    return _told(
        options,
        SAID["restored"].format(name=done.name, made=f"{made:%d-%m-%Y %H:%M}"),
        {"tenant": done.tenant, "made_ms": done.made_ms, "rows": done.rows, "epoch": done.epoch},
    )


def _tenant(options: argparse.Namespace, database: Database) -> str:
    """Return the municipality that is meant: the only one there is, where none is named."""
    known = tenants.names(database)
    return options.tenant or (next(iter(known)) if len(known) == 1 else "")


def _word_of(tenant: str) -> str | None:
    return passphrase_from(os.environ) or find_in_keyring(tenant)


def _passphrase(tenant: str) -> str:
    word = _word_of(tenant)
    if word is None:
        raise SealError("no passphrase")
    return word


def _authority(options: argparse.Namespace, database: Database) -> Authority:
    tenant = _tenant(options, database)
    return tenants.open_authority(database, tenant, _passphrase(tenant))


def _told(options: argparse.Namespace, text: str, plain: dict[str, Any]) -> int:
    sys.stdout.write((json.dumps(plain, ensure_ascii=False) if options.json else text) + "\n")
    sys.stdout.flush()
    return 0


def _failed(options: argparse.Namespace, text: str) -> int:
    sys.stderr.write((json.dumps({"error": text}, ensure_ascii=False) if options.json else text) + "\n")
    return FAILED
