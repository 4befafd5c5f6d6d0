"""What a check of the file found, for a person in Spanish and for a program as plain data."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import msgspec

from desktop.core.clock import SANTIAGO
from desktop.core.i18n import N_, tr
from desktop.register.choice import Choice
from wire.changes import Op
from wire.clock import wall_ms_of
from wire.unreadable import UNREADABLE

MAX_FINDINGS = 200
"""How many findings are kept in full; beyond, they are only counted."""
_MAX_RECORDS = 20


class Fault(Choice):
    """What can be wrong; the stored value is what the JSON report says."""

    UNREADABLE = "unreadable", N_("La anotación no se puede leer")
    ALTERED = "altered", N_("El contenido de la anotación fue alterado")
    COLUMNS = "columns", N_("Los datos junto a la anotación no coinciden con su contenido")
    LINK = "link", N_("La anotación no continúa la anterior: fue cambiada, insertada o movida")
    MISSING = "missing", N_("Faltan anotaciones")
    ORDER = "order", N_("La anotación está repetida o fuera de orden")
    UNSIGNED = "unsigned", N_("Hay anotaciones sin firma")
    SIGNATURE = "signature", N_("La firma no corresponde a las anotaciones")
    UNKNOWN_STATION = "unknown_station", N_("La estación que firma no es conocida o su llave fue cambiada")
    TRUNCATED = "truncated", N_("Se quitaron las últimas anotaciones")
    TAIL = "tail", N_("El archivo dice otra cosa de hasta dónde llegan las anotaciones")
    WITNESS_MISSING = "witness_missing", N_("Falta el archivo testigo junto a la base de datos")
    WITNESS_DAMAGED = "witness_damaged", N_("El archivo testigo fue alterado o está dañado")
    ROW_MISSING = "row_missing", N_("Falta un registro que la bitácora contiene")
    ROW_EXTRA = "row_extra", N_("Hay un registro que no pasó por la bitácora")
    ROW_CHANGED = "row_changed", N_("El registro no dice lo mismo que la bitácora")
    UNKNOWN_TABLE = "unknown_table", N_("La anotación nombra una tabla que esta versión no conoce")
    TIMELINE = "timeline", N_("Falta una anotación en el índice de la cronología")
    PAGE = "page", N_("Una parte del archivo está dañada en el disco")
    SEARCH = "search", N_("El índice de búsqueda no coincide con los registros")

    @property
    def is_repairable(self) -> bool:
        """Tell whether it lies in an index that can be built again from the records."""
        return self is Fault.SEARCH


@dataclass(frozen=True, slots=True)
class Naming:
    """How the report calls what the store knows only by key: tables, people, operations, scopes."""

    table: Callable[[str], str] = str
    person: Callable[[UUID], str] = str
    operation: Callable[[str], str] = str
    scope: Callable[[str], str] = str


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong: where it is and what it touches."""

    fault: Fault
    scope: str = ""
    replica: int | None = None
    seq: int | None = None
    seq_last: int | None = None
    operation: str = ""
    actor: UUID | None = None
    at: datetime | None = None
    records: tuple[tuple[str, UUID], ...] = ()
    fields: tuple[str, ...] = ()

    def text(self, naming: Naming) -> str:
        """Return one Spanish paragraph."""
        parts = [tr(self.fault.label) + "."]
        if self.scope:
            number = str(self.seq) if self.seq_last in {None, self.seq} else f"{self.seq} a {self.seq_last}"
            parts.append(
                tr(
                    N_("Ámbito «{scope}», estación {replica}, anotación {number}."),
                    scope=naming.scope(self.scope),
                    replica=f"{self.replica or 0:x}",
                    number=number,
                )
            )
        if self.operation:
            parts.append(tr(N_("Operación: {operation}."), operation=naming.operation(self.operation)))
        if self.actor is not None:
            parts.append(tr(N_("Autor/a: {person}."), person=naming.person(self.actor)))
        if self.at is not None:
            parts.append(
                tr(N_("Hora: {when}."), when=self.at.astimezone(SANTIAGO).strftime("%d-%m-%Y %H:%M:%S"))
            )
        if self.records:
            named = ", ".join(f"{naming.table(table)} {record_id}" for table, record_id in self.records)
            parts.append(tr(N_("Toca: {records}."), records=named))
        if self.fields:
            parts.append(tr(N_("Campos: {fields}."), fields=", ".join(self.fields)))
        return " ".join(parts)

    def as_json(self) -> dict[str, Any]:
        """Return plain values that any JSON writer takes."""
        return {
            "fault": self.fault.value,
            "scope": self.scope,
            "replica": None if self.replica is None else f"{self.replica:x}",
            "seq": self.seq,
            "seq_last": self.seq_last,
            "operation": self.operation,
            "actor": None if self.actor is None else str(self.actor),
            "at": None if self.at is None else self.at.isoformat(),
            "records": [[table, str(record_id)] for table, record_id in self.records],
            "fields": list(self.fields),
        }


@dataclass(slots=True)
class VerifyReport:
    """Everything that one check found; `findings[0]` is the first broken place."""

    findings: list[Finding] = field(default_factory=list)
    count: int = 0
    """How many findings there were, kept or not."""
    change_sets: int = 0
    chains: int = 0
    segments: int = 0
    records: int = 0
    has_witness: bool = False
    chain_s: float = 0.0
    rows_s: float = 0.0

    def add(self, finding: Finding) -> None:
        """Keep a finding, or only count it when there are too many."""
        self.count += 1
        if len(self.findings) < MAX_FINDINGS:
            self.findings.append(finding)

    @property
    def is_sound(self) -> bool:
        """Tell whether nothing was found."""
        return self.count == 0

    @property
    def needs_only_rebuild(self) -> bool:
        """Tell whether everything that was found can be built again from the records."""
        return self.count > 0 and all(finding.fault.is_repairable for finding in self.findings)

    def text(self, naming: Naming | None = None) -> str:
        """Return the report in Spanish, one finding per paragraph."""
        naming = naming or Naming()
        head = tr(
            N_(
                "Se revisaron {change_sets} anotaciones de {chains} cadenas, {segments} firmas y {records} registros."
            ),
            change_sets=_count(self.change_sets),
            chains=_count(self.chains),
            segments=_count(self.segments),
            records=_count(self.records),
        )
        if self.is_sound:
            return head + "\n" + tr(N_("Todo está íntegro: nada fue cambiado, quitado ni reordenado."))
        lines = [head, tr(N_("Se encontraron {count} problemas. El primero:"), count=_count(self.count))]
        lines.extend(finding.text(naming) for finding in self.findings)
        if self.count > len(self.findings):
            lines.append(tr(N_("… y {count} más."), count=_count(self.count - len(self.findings))))
        lines.append(
            tr(
                N_(
                    "Los registros mismos están íntegros. Reconstruya el índice de búsqueda con «atalaya verify "
                    "--rebuild-search»."
                )
            )
            if self.needs_only_rebuild
            else tr(
                N_(
                    "No siga escribiendo en esta base. Guarde una copia tal como está y avise a la administración del "
                    "sistema; el último respaldo verificado contiene lo anterior."
                )
            )
        )
        return "\n".join(lines)

    def as_json(self) -> dict[str, Any]:
        """Return plain values that any JSON writer takes."""
        return {
            "sound": self.is_sound,
            "count": self.count,
            "change_sets": self.change_sets,
            "chains": self.chains,
            "segments": self.segments,
            "records": self.records,
            "witness": self.has_witness,
            "chain_s": round(self.chain_s, 3),
            "rows_s": round(self.rows_s, 3),
            "findings": [finding.as_json() for finding in self.findings],
        }


def instant_of(hlc: Any) -> datetime | None:
    """Return the wall time of a hybrid instant, None when it is no time at all."""
    try:
        return datetime.fromtimestamp(wall_ms_of(hlc) / 1000, UTC)
    except (TypeError, ValueError, OverflowError, OSError):
        return None


def touched_by(ops: Iterable[Op]) -> tuple[tuple[str, UUID], ...]:
    """Return the records that ops name, the first ones of very many."""
    found: dict[tuple[str, UUID], None] = {}
    for op in ops:
        if len(op.pk) == 16:
            found.setdefault((op.table, UUID(bytes=op.pk)))
        if len(found) == _MAX_RECORDS:
            break
    return tuple(found)


def ops_of(body: bytes) -> list[Op]:
    """Return the ops that can still be read in a body, however damaged the rest is."""
    try:
        parts = msgspec.msgpack.decode(body, type=list[msgspec.Raw])
        return msgspec.msgpack.decode(parts[-1], type=list[Op])
    except (*UNREADABLE, IndexError):
        return []


def uuid_of(data: Any) -> UUID | None:
    """Return the id of 16 bytes, None for anything else."""
    return UUID(bytes=data) if isinstance(data, bytes) and len(data) == 16 else None


def _count(value: int) -> str:
    return f"{value:,}".replace(",", ".")
