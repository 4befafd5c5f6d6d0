"""The audit as a file: any range, line by line, as CSV or JSON, and the export itself in the journal.

CSV has one row for each record that a line touches (UTF-8, `;`, safe against formulas); JSON is one array with one
object for each line of the audit. The file takes its name only when it is complete and the journal knows of it.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from desktop.core import formats
from desktop.core.clock import SANTIAGO
from desktop.core.errors import UserError
from desktop.core.i18n import N_, tr
from desktop.core.scratch import Scratch
from desktop.models.catalogue import BY_KEY
from desktop.models.people import User
from desktop.operations.audit import AuditLine, AuditQuery, audit_lines
from desktop.operations.audit_sight import AUDIT
from desktop.operations.copies import unwritable
from desktop.operations.documents.spreadsheet import Row, write_csv
from desktop.operations.names import people_names
from desktop.register.access import Action
from desktop.store.journal_walk import Place, last_number

if TYPE_CHECKING:
    from desktop.operations.context import Context, ReadContext
    from desktop.operations.imports.running import ProgressLike, Runner

FORMATS = ("csv", "json")
_CHUNK = 200
_TITLES = (
    N_("Línea"),
    N_("Fecha y hora"),
    N_("Persona"),
    N_("Estación"),
    N_("Acto"),
    N_("Registro"),
    N_("Folio"),
    N_("Motivo"),
    N_("Cambios"),
    N_("Ámbito"),
    N_("Réplica"),
    N_("Secuencia"),
    N_("Huella"),
    N_("Huella anterior"),
)


@dataclass(frozen=True, slots=True)
class AuditFile:
    """An export that is done. `lines` counts lines of the audit; `sha256` is of the file."""

    path: Path
    lines: int
    sha256: str


def export_audit(station: Runner, query: AuditQuery, target: Path, progress: ProgressLike) -> AuditFile:
    """Write what a search finds to CSV or JSON, by the target's ending. Memory does not grow with its length.

    Raises:
        NotAllowed: the role may not export the audit.
        UserError: the ending is neither.
        Unavailable: the file cannot be written; nothing is left of it.
        Cancelled: the person stopped it; there is no file.
    """
    kind = target.suffix.lower().removeprefix(".")
    if kind not in FORMATS:
        raise UserError(tr(N_("La auditoría se exporta a un archivo .csv o .json.")))
    up_to = station.read(_begin).result()
    counted = _Counted(station, query, up_to, progress)
    try:
        with Scratch(".atalaya-", target.parent) as folder:
            made = folder / target.name
            if kind == "csv":
                write_csv(made, [tr(title) for title in _TITLES], counted.rows())
            else:
                _write_json(made, counted.objects())
            progress.check()
            with made.open("rb+") as file:
                digest = hashlib.file_digest(file, "sha256").hexdigest()
                os.fsync(file.fileno())
            words = partial(_note, query=query, kind=kind, lines=counted.lines, digest=digest)
            station.write(words).result()
            made.replace(target)
    except OSError as error:
        raise unwritable(target.name) from error
    return AuditFile(target, counted.lines, digest)


@dataclass(slots=True)
class _Counted:
    """The lines of an export, page by page, each page under the rights of its moment."""

    station: Runner
    query: AuditQuery
    up_to: int
    progress: ProgressLike
    lines: int = 0

    def _each(self) -> Iterator[AuditLine]:
        after: Place | None = None
        while True:
            self.progress.check()
            page = self.station.read(partial(self._page, after)).result()
            for line in page.lines:
                self.lines += 1
                yield line
            self.progress.report(self.lines, 0, tr(N_("{count} líneas"), count=formats.number(self.lines)))
            after = page.after
            if after is None:
                return

    def _page(self, after: Place | None, ctx: ReadContext) -> Any:
        ctx.rights.check(Action.EXPORT, AUDIT)
        return audit_lines(ctx, self.query, after=after, limit=_CHUNK, up_to=self.up_to, with_before=True)

    def rows(self) -> Iterator[Row]:
        for line in self._each():
            for part in line.touched:
                changes = "\n".join(f"{one.label}: {one.old} → {one.new}" for one in part.changes)
                yield (
                    line.place.n,
                    line.at,
                    line.who,
                    line.station,
                    line.title,
                    part.register,
                    part.code,
                    line.reason,
                    tr(N_("(sin acceso)")) if part.is_hidden else changes,
                    line.scope,
                    str(line.replica),
                    line.seq,
                    line.hash,
                    line.prev,
                )

    def objects(self) -> Iterator[dict[str, Any]]:
        for line in self._each():
            yield {
                "line": line.place.n,
                "at": line.at.astimezone(SANTIAGO).isoformat(timespec="milliseconds"),
                "who": line.who,
                "station": line.station,
                "act": line.act.value,
                "title": line.title,
                "reason": line.reason,
                "scope": line.scope,
                "replica": line.replica,
                "seq": line.seq,
                "hash": line.hash,
                "prev": line.prev,
                "records": [
                    {
                        "register": part.key,
                        "title": part.register,
                        "code": part.code,
                        "hidden": part.is_hidden,
                        "changes": [
                            {"field": one.label, "before": one.old, "after": one.new} for one in part.changes
                        ],
                    }
                    for part in line.touched
                ],
            }


def _begin(ctx: ReadContext) -> int:
    ctx.rights.check(Action.EXPORT, AUDIT)
    return last_number(ctx.session)


def _write_json(path: Path, objects: Iterator[dict[str, Any]]) -> None:
    with path.open("w", encoding="utf-8", newline="\n") as file:
        file.write("[")
        for place, one in enumerate(objects):
            file.write(",\n" if place else "\n")
            file.write(json.dumps(one, ensure_ascii=False))
        file.write("\n]\n")


def _note(ctx: Context, query: AuditQuery, kind: str, lines: int, digest: str) -> None:
    ctx.rights.check(Action.EXPORT, AUDIT)
    said = tr(
        N_("{format}, {lines} líneas; {filters}; SHA-256 {digest}"),
        format=kind.upper(),
        lines=lines,
        filters=_filters(ctx, query),
        digest=digest,
    )
    ctx.name_operation("audit.export", said)
    ctx.unit.capture.read(ctx.get(User, ctx.actor.user_id))


def _filters(ctx: Context, query: AuditQuery) -> str:
    """Return in words what was asked for."""
    since = formats.day_time_s(query.since) if query.since is not None else tr(N_("el comienzo"))
    until = formats.day_time_s(query.until) if query.until is not None else tr(N_("ahora"))
    said = [tr(N_("desde {since} hasta {until}"), since=since, until=until)]
    if query.person is not None:
        named = people_names(ctx, [query.person]).get(query.person, str(query.person))
        said.append(tr(N_("persona {name}"), name=named))
    if query.station:
        said.append(tr(N_("estación {name}"), name=query.station))
    if query.register:
        title = tr(BY_KEY[query.register].title) if query.register in BY_KEY else query.register
        said.append(tr(N_("registro {name}"), name=title))
    if query.act is not None:
        said.append(tr(N_("acto {name}"), name=tr(query.act.label)))
    if query.folio:
        said.append(tr(N_("folio {name}"), name=query.folio))
    if query.words:
        said.append(tr(N_("palabras «{name}»"), name=query.words))
    return "; ".join(said)
