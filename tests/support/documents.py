"""Invented data for each document, with long content, accents and signs that a typesetter might take for orders."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

from msgspec import structs

from desktop.core.formats import make_run, run
from desktop.models.incidents.states import (
    DEFAULT_TARGETS,
    Channel,
    ClosingResult,
    FieldTimerKind,
    IncidentStatus,
    LineKind,
    PersonRole,
    Priority,
    ReferralStatus,
    ShiftKind,
    UnitStatus,
)
from desktop.models.shifts import ShiftStatus
from desktop.operations.documents.letterhead import Letterhead, PrintRun, Signature
from desktop.operations.documents.sheets import (
    Count,
    DailyReport,
    HandoverAct,
    IncidentLine,
    IncidentSheet,
    ListSheet,
    NewsLine,
    PaperCard,
    RecordField,
    RecordSection,
    RecordSheet,
    ResponseReport,
    Sheet,
    ShiftReport,
    UnitLine,
)
from desktop.operations.handover import HandoverSheet, SheetItem
from desktop.operations.history import Entry, FieldChange
from desktop.operations.incidents import values
from desktop.operations.incidents.response_times import GroupBy, Percentiles, ResponseRow, ResponseTimes
from desktop.operations.shifts import RosterEntry, ShiftView
from desktop.register.record import Confidentiality

START = datetime(2026, 11, 22, 17, 29, 40, tzinfo=UTC)
TRAPS = r"# $ * _ @ < > \ [ ] #let x = 1 $x^2$ *no* _no_ `c` <label> @ref // no /* no */ ~ -- ' \" {}"
RUN = PrintRun("Marisol Soto Peña", datetime(2026, 11, 22, 19, 5, tzinfo=UTC))
HEAD = Letterhead(
    "Ilustre Municipalidad de Puerto Ñielol",
    "Puerto Ñielol",
    datetime(2026, 11, 22, 19, 0, tzinfo=UTC),
    folio="INC-2026-000451",
    unit="Departamento de Seguridad Ciudadana · Central de Comunicaciones",
    signatures=(Signature("Marisol Soto Peña", "Operadora de central"),),
    distribution=("Director/a de Seguridad Pública", "Archivo de la Central"),
)


def at(seconds: float) -> datetime:
    return START + timedelta(seconds=seconds)


def number(value: int) -> UUID:
    return UUID(int=value)


def line(index: int, text: str, kind: LineKind = LineKind.NOTE) -> values.LineView:
    moment = at(30 * index)
    return values.LineView(
        number(index), kind, text, moment, moment, "M. Soto", number(1), False, None, None, None, True
    )


def incident_view(lines: int = 9) -> values.IncidentView:
    timeline = [
        line(0, "Incidente creado · 1451", LineKind.CREATED),
        line(1, "Despachado M21 · recomendado: 1,2 km · disponible", LineKind.DISPATCH),
        line(2, "M21 en camino", LineKind.UNIT_STATUS),
        structs.replace(
            line(3, "Sujeto huye por calle O'Higgins hacia la costanera"),
            struck_at=at(200),
            strike_reason="Era por calle Los Ñirres",
        ),
        line(4, "Requirente informa que el agresor viste polerón rojo y va a pie por Los Ñirres"),
        structs.replace(
            line(5, "Carabineros confirma concurrencia", LineKind.REFERRAL),
            is_late_entry=True,
            entered_at=at(5400),
        ),
        line(6, "M21 en lugar", LineKind.UNIT_STATUS),
        structs.replace(line(7, "Otro llamado por el mismo hecho", LineKind.CALL), from_short="449"),
        *(line(index, f"Nota {index} de seguimiento: sin cambios en el lugar") for index in range(8, lines)),
    ]
    return values.IncidentView(
        number(451),
        "INC-26-K7-0451",
        "451",
        "INC-2026-000451",
        False,
        Confidentiality.INTERNAL,
        "Robo con violencia o intimidación",
        "A01",
        True,
        False,
        Priority.P1,
        IncidentStatus.CLOSED,
        "Centro",
        START,
        at(2),
        at(32),
        at(71),
        at(402),
        at(1500),
        at(2710),
        False,
        False,
        None,
        (),
        author="Marisol Soto Peña",
        channel=Channel.SHORT_NUMBER,
        narrative="Dos sujetos, uno con cuchillo, quitan el bolso a una señora frente a la panadería «La Ñusta». "
        "La víctima está con crisis y tiene un corte en la mano. " + TRAPS,
        risks=("weapons", "aggressor_present", "injured"),
        address="Avda. Libertador O'Higgins 1120, esquina Pérez Rosales",
        reference="frente a la panadería",
        lat=-39.814212,
        lon=-73.245893,
        result=ClosingResult.HANDED_TO_POLICE,
        result_note="Se entrega procedimiento a Carabineros; la víctima es trasladada por SAMU.",
        police_report="2600451234-5",
        needs_follow_up=True,
        calls=(
            values.CallView(
                number(11),
                "LL-26-K7-0902",
                START,
                Channel.SHORT_NUMBER,
                "+56 9 8765 4321",
                "Íngrid Muñoz D'Angelo",
                False,
                "Asaltaron a una señora",
                False,
            ),
            values.CallView(
                number(12),
                "LL-26-K7-0903",
                at(70),
                Channel.WHATSAPP,
                None,
                None,
                True,
                "Hay una señora herida",
                False,
            ),
        ),
        timeline=tuple(timeline),
        assignments=(
            values.AssignmentView(
                number(21),
                number(31),
                "M21",
                "J. Ñanco / P. O'Ryan",
                UnitStatus.AVAILABLE,
                at(32),
                at(71),
                at(402),
                None,
                at(2650),
                None,
                None,
                "recomendado",
                False,
            ),
            values.AssignmentView(
                number(22),
                number(32),
                "M23",
                "R. Águila",
                UnitStatus.AVAILABLE,
                at(95),
                at(120),
                None,
                None,
                at(300),
                at(300),
                "Reasignado a incidente 455",
                None,
                False,
            ),
        ),
        referrals=(
            values.ReferralView(
                number(41),
                None,
                "Carabineros (133)",
                "133",
                ReferralStatus.DONE,
                at(50),
                "Cabo Peña",
                "C-7781",
                at(600),
                at(540),
                "Toma el procedimiento",
            ),
            values.ReferralView(
                number(42),
                None,
                "SAMU (131)",
                "131",
                ReferralStatus.ARRIVED,
                at(85),
                "Reguladora",
                None,
                at(900),
                at(980),
                None,
            ),
        ),
        people=(
            values.PersonView(
                number(51),
                PersonRole.VICTIM,
                "Rosa Ester Ñancupil Ünal",
                run(make_run(9123456)),
                "+56 9 1234 5678",
                "Corte en la mano izquierda",
            ),
            values.PersonView(
                number(52), PersonRole.OFFENDER, None, None, None, "Hombre, polerón rojo, unos 25 años"
            ),
        ),
        vehicles=(values.VehicleView(number(61), "BBCD-12", "Sedán gris, vidrio trasero roto", True),),
        checklists=(
            values.ChecklistView(
                number(71),
                "Robo con violencia en curso",
                3,
                "Manual de operaciones de la central",
                (
                    values.StepView(
                        1, "Confirmar si hay personas lesionadas y pedir SAMU", number(1), at(80), "M. Soto"
                    ),
                    values.StepView(2, "Avisar a Carabineros 133", number(2), at(50), "M. Soto"),
                    values.StepView(3, "Revisar cámaras cercanas y guardar la grabación", None, None, None),
                ),
            ),
        ),
        field_timers=(
            values.FieldTimerView(
                number(81),
                FieldTimerKind.FLAGRANCY,
                "Robo con violencia",
                "Hombre adulto",
                number(31),
                None,
                at(900),
                at(1800),
                at(1450),
                "Entregado a Carabineros",
                "Sgto. 2° Vera",
                at(910),
                False,
            ),
        ),
        linked=(
            values.LinkedIncident(
                number(449),
                "INC-26-K7-0449",
                "449",
                "Lesiones en la vía pública",
                Priority.P2,
                IncidentStatus.DUPLICATE,
                "child",
            ),
        ),
    )


def incident_lines(count: int) -> tuple[IncidentLine, ...]:
    kinds = (
        (
            "Robo con violencia",
            "Avda. Picarte 1120, Centro",
            IncidentStatus.CLOSED,
            "Entrega a Carabineros o PDI",
        ),
        ("Ruidos molestos", "Pasaje Los Ñirres 45, Las Ánimas", IncidentStatus.CLOSED, "Advertencia verbal"),
        ("Accidente con lesionados", "Ruta T-350 km 3", IncidentStatus.ON_SCENE, ""),
        ("Luminaria apagada", "Isla Teja, frente al parque", IncidentStatus.REFERRED, ""),
    )
    lines = []
    for index in range(count):
        title, place, status, result = kinds[index % 4]
        lines.append(
            IncidentLine(
                f"INC-26-K7-{440 + index:04}",
                at(index * 900),
                list(Priority)[index % 4],
                title,
                place,
                status,
                result,
                "M21, M22" if index % 3 else "",
                index == 2,
            )
        )
    return tuple(lines)


def handover_sheet() -> HandoverSheet:
    return HandoverSheet(
        ShiftKind.EVENING,
        date(2026, 11, 22),
        datetime(2026, 11, 22, 19, tzinfo=UTC),
        datetime(2026, 11, 23, 3, tzinfo=UTC),
        (
            "Marisol Soto Peña · Supervisora de turno",
            "Íngrid Muñoz · Operadora",
            "José Ñanco · Móvil M21",
            "Pía O'Ryan · Móvil M22 (ausente)",
        ),
        tuple(
            SheetItem(
                f"INC-26-K7-{440 + i:04}",
                "P2 Alta · Accidente con lesionados · Ruta T-350 km 3 · En lugar · M21",
                at(600 * i),
            )
            for i in range(4)
        ),
        (SheetItem("M21", "En lugar · 451", at(402)), SheetItem("M23", "Sin comunicación", at(1000))),
        (SheetItem("INC-26-K7-0440", "SAMU (131) · Aceptada · llega a las 15:10", at(500)),),
        (SheetItem("451", "Control de identidad: 60 min", at(4000)),),
        (),
        42,
        17,
        13,
        "Radio base con ruido en canal 2. Cámara 14 desenfocada.",
    )


def percentiles(count: int, p50: float, p90: float) -> Percentiles:
    return Percentiles(count, p50, p90)


def response_row(key: str, title: str, count: int = 120, share: float = 0.83) -> ResponseRow:
    return ResponseRow(
        key,
        title,
        count,
        percentiles(count, 52, 171),
        percentiles(count - 7, 391, 845),
        percentiles(count - 9, 2460, 7300),
        share,
        share - 0.12,
    )


def response_times() -> ResponseTimes:
    return ResponseTimes(
        datetime(2026, 11, 1, 3, tzinfo=UTC),
        datetime(2026, 12, 1, 3, tzinfo=UTC),
        response_row("", "Todos", 1240),
        {
            GroupBy.PRIORITY: tuple(
                response_row(found.value, found.label, 90 * found.rank, 1 - found.rank / 9)
                for found in Priority
            ),
            GroupBy.TYPE: tuple(
                response_row(f"A{i:02}", f"A{i:02} Robo con violencia o intimidación", 10 + i, 0.6 + i / 60)
                for i in range(1, 22)
            ),
            GroupBy.SECTOR: (
                response_row("Centro", "Centro"),
                ResponseRow("", "Sin dato", 1, Percentiles(), Percentiles(), Percentiles(), None, None),
            ),
            GroupBy.UNIT: (
                ResponseRow("", "Sin móvil", 3, Percentiles(), Percentiles(), Percentiles(), None, None),
                response_row("M21", "M21", 44),
            ),
            GroupBy.HOUR: tuple(
                response_row(f"{hour:02}", f"{hour:02}:00–{hour:02}:59", 9) for hour in range(24)
            ),
            GroupBy.WEEKDAY: (response_row("0", "Lunes", 61), response_row("6", "Domingo", 88)),
            GroupBy.SHIFT: (
                response_row("day", "Día (08–16)"),
                response_row("night", "Noche (00–08)", 300, 0.7),
            ),
        },
        14,
        6,
    )


def times_before() -> ResponseTimes:
    """Return the month before: fewer incidents, slower arrivals, and no group but one sector."""
    total = replace(
        response_row("", "Todos", 1100), arrival=percentiles(1000, 420, 905), arrival_in_target=0.66
    )
    return ResponseTimes(
        datetime(2026, 10, 2, 3, tzinfo=UTC),
        datetime(2026, 11, 1, 3, tzinfo=UTC),
        total,
        {GroupBy.SECTOR: (replace(response_row("Centro", "Centro"), arrival=percentiles(9, 60, 777)),)},
        0,
        0,
    )


def counts(**pairs: int) -> tuple[Count, ...]:
    return tuple(Count(label.replace("_", " "), count, count + 3) for label, count in pairs.items())


def priorities() -> tuple[Count, ...]:
    return tuple(Count(found.label, 5 * found.rank, 4 * found.rank) for found in Priority)


def shift_report() -> ShiftReport:
    return ShiftReport(
        replace(HEAD, folio="PN-2026-000312"),
        ShiftView(
            number(5),
            ShiftKind.EVENING,
            date(2026, 11, 22),
            datetime(2026, 11, 22, 19, tzinfo=UTC),
            datetime(2026, 11, 23, 3, tzinfo=UTC),
            ShiftStatus.OPEN,
            number(1),
            "",
            (
                RosterEntry("Marisol Soto Peña", "Supervisora de turno"),
                RosterEntry("José Ñanco", "Conductor M21", note="Licencia A2"),
                RosterEntry("Pía O'Ryan", "Inspectora", is_present=False, note="Reemplaza R. Águila"),
            ),
        ),
        "Marisol Soto Peña",
        42,
        17,
        13,
        4,
        priorities(),
        counts(Robo_con_violencia=2, Ruidos_molestos=9, Accidentes=3, Luminarias=3),
        incident_lines(30),
        (
            NewsLine(at(60), "Se recibe el turno con 4 pendientes.", "M. Soto"),
            NewsLine(at(3600), "Corte de luz en sector Las Ánimas", "Í. Muñoz", is_late_entry=True),
            NewsLine(at(4000), "M22 con panne", "M. Soto", is_struck=True),
        ),
        (UnitLine("M21", "J. Ñanco / P. O'Ryan", 7), UnitLine("M22", "R. Águila", 5, "Neumático repuesto")),
        "Turno sin mayores dificultades.",
    )


def daily_report() -> DailyReport:
    return DailyReport(
        replace(HEAD, folio="ID-2026-000326"),
        datetime(2026, 11, 21, 11, tzinfo=UTC),
        datetime(2026, 11, 22, 11, tzinfo=UTC),
        131,
        54,
        49,
        5,
        12,
        priorities(),
        counts(
            Ruidos_molestos=19,
            Robo_con_violencia=4,
            Accidentes_de_tránsito=8,
            Luminarias=7,
            Violencia_intrafamiliar=6,
            Comercio_ambulante=5,
            Otros=5,
        ),
        counts(Noche=14, Día=18, Tarde=22),
        counts(Número_corto_municipal=31, Radio=9, Televigilancia=8, WhatsApp=6),
        incident_lines(8),
        tuple(response_row(found.value, found.label, 12 * found.rank, 0.9) for found in Priority),
        "Sin observaciones.",
    )


def record_sheet() -> RecordSheet:
    return RecordSheet(
        replace(HEAD, folio="CON-2026-000044"),
        "Contactos e instituciones",
        "Junta de Vecinos N.° 12 «Los Ñirres»",
        "Vigente",
        (
            RecordSection(
                "Identificación",
                (
                    RecordField("Nombre", "Junta de Vecinos N.° 12"),
                    RecordField("RUT", run(make_run(65432100))),
                    RecordField("Sector", "Las Ánimas"),
                    RecordField(
                        "Observaciones",
                        "Reunión el primer martes de cada mes.\nLlevar actas. " + TRAPS,
                        wide=True,
                    ),
                ),
            ),
            RecordSection(
                "Contacto",
                (
                    RecordField("Presidenta", "Rosa Ñancupil"),
                    RecordField("Teléfono", "+56 9 1234 5678"),
                    RecordField("Correo", ""),
                ),
            ),
        ),
        (
            Entry(at(0), "M. Soto", "Creación", ""),
            Entry(
                at(90000),
                "Í. Muñoz",
                "Modificación",
                "Cambio de directiva",
                (
                    FieldChange("Presidenta", "Luis Pérez", "Rosa Ñancupil"),
                    FieldChange("Correo", "jjvv@ejemplo.cl", ""),
                ),
            ),
        ),
    )


def list_sheet(rows: int = 90) -> ListSheet:
    return ListSheet(
        replace(HEAD, folio="", signatures=()),
        "Incidentes",
        ("Código", "Ingreso", "Prioridad", "Tipo", "Lugar", "Estado", "Llamadas"),
        tuple(
            (
                f"INC-26-K7-{i:04}",
                "22-11-2026 14:29",
                "P2 Alta",
                "Ruidos molestos",
                "Pasaje Los Ñirres 45, Las Ánimas",
                "Cerrado",
                str(i % 4 + 1),
            )
            for i in range(rows)
        ),
        "Desde 01-11-2026 · Sector: Las Ánimas",
        frozenset({6}),
    )


def every_document() -> dict[str, Sheet]:
    pair = (
        Signature("Marisol Soto Peña", "Supervisora de turno", "Entrega", at(34_000)),
        Signature("Íngrid Muñoz D'Angelo", "Supervisora de turno", "Recibe", at(34_060)),
    )
    return {
        "incident": IncidentSheet(HEAD, incident_view()),
        "shift_report": shift_report(),
        "handover": HandoverAct(
            replace(HEAD, folio="AET-2026-000312", signatures=pair),
            handover_sheet(),
            "Noche (00–08), 23-11-2026",
            "Se entregan 2 radios.",
            "a" * 64,
        ),
        "daily": daily_report(),
        "response": ResponseReport(
            replace(HEAD, folio="ITR-2026-000011"), response_times(), DEFAULT_TARGETS, times_before()
        ),
        "record": record_sheet(),
        "list": list_sheet(),
        "paper_card": PaperCard(
            replace(HEAD, folio="", signatures=(), distribution=()),
            phones=("Carabineros 133", "Bomberos 132", "SAMU 131"),
        ),
    }
