"""Every setting of the program. Name, commune and short number of the municipality are facts of `station.json`."""

from typing import Any

from desktop.core.i18n import N_
from desktop.core.settings import Hours, Pick, Rename, Scope, Setting, Switch, Text, Whole

THEME = Pick(
    key="look.theme",
    default="dark",
    title=N_("Tema"),
    help=N_("Oscuro para salas en penumbra; alto contraste cuando cuesta distinguir los colores."),
    scope=Scope.PERSON,
    choices={"dark": N_("Oscuro"), "light": N_("Claro"), "contrast": N_("Alto contraste")},
)
FONT_SCALE = Whole(
    key="look.font_scale",
    default=100,
    title=N_("Tamaño de la letra"),
    help=N_("Agranda o achica todo el texto del programa."),
    scope=Scope.PERSON,
    minimum=80,
    maximum=200,
    unit=N_("%"),
)
RAIL_IS_NARROW = Switch(
    key="look.rail_is_narrow",
    default=False,
    title=N_("Menú angosto"),
    help=N_("Muestra sólo los íconos del menú, para dejar más espacio a la página."),
    scope=Scope.PERSON,
)
SOUNDS = Switch(
    key="alarms.sounds",
    default=True,
    title=N_("Sonido de alarmas"),
    help=N_("Los plazos vencidos y las alertas suenan en este equipo. Sin sonido se siguen mostrando."),
    scope=Scope.MACHINE,
)
LOCK_AFTER_MIN = Whole(
    key="safety.lock_after_min",
    default=10,
    title=N_("Bloquear después de"),
    help=N_(
        "Minutos sin uso hasta que se pide la contraseña. El tablero sigue a la vista. Con 0 no se bloquea."
    ),
    scope=Scope.MACHINE,
    minimum=0,
    maximum=240,
    unit=N_("minutos"),
)
BACKUP_EVERY_H = Whole(
    key="backups.every_h",
    default=6,
    title=N_("Respaldar cada"),
    help=N_("Horas entre un respaldo automático y el siguiente."),
    scope=Scope.MACHINE,
    minimum=1,
    maximum=168,
    unit=N_("horas"),
)
BACKUP_KEEP_DAYS = Whole(
    key="backups.keep_days",
    default=7,
    title=N_("Respaldos diarios que se conservan"),
    help=N_("Se guarda el último de cada uno de estos días."),
    scope=Scope.MACHINE,
    minimum=1,
    maximum=60,
)
BACKUP_KEEP_WEEKS = Whole(
    key="backups.keep_weeks",
    default=5,
    title=N_("Respaldos semanales que se conservan"),
    help=N_("Se guarda el último de cada una de estas semanas."),
    scope=Scope.MACHINE,
    minimum=0,
    maximum=60,
)
BACKUP_KEEP_MONTHS = Whole(
    key="backups.keep_months",
    default=12,
    title=N_("Respaldos mensuales que se conservan"),
    help=N_("Se guarda el último de cada uno de estos meses."),
    scope=Scope.MACHINE,
    minimum=0,
    maximum=120,
)
SHIFT_HOURS = Hours(
    key="shifts.hours",
    default={"day": ("08:00", "16:00"), "evening": ("16:00", "00:00"), "night": ("00:00", "08:00")},
    title=N_("Horario de los turnos"),
    help=N_("Inicio y término de cada turno, en hora de Chile continental. Deben cubrir el día completo."),
    scope=Scope.MUNICIPALITY,
    labels={
        "day": N_("Turno de día"),
        "evening": N_("Turno de tarde"),
        "night": N_("Turno de noche"),
        "other": N_("Otro turno"),
    },
)
COMMUNE_CUT = Text(
    key="municipality.commune_cut",
    default="",
    title=N_("Código de la comuna"),
    help=N_("Código único territorial de cinco cifras; elige el mapa y las cifras de la comuna."),
    scope=Scope.MUNICIPALITY,
    pattern=r"(\d{5})?",
    example="14101",
)
DIRECTORATE_NAME = Text(
    key="municipality.directorate_name",
    default="Dirección de Seguridad Pública",
    title=N_("Nombre de la dirección"),
    help=N_("Como aparece bajo el nombre de la municipalidad en los documentos."),
    scope=Scope.MUNICIPALITY,
    pattern=r".*\S.*",
    example="Dirección de Seguridad Pública",
)

SETTINGS: tuple[Setting[Any], ...] = (
    THEME,
    FONT_SCALE,
    RAIL_IS_NARROW,
    SOUNDS,
    LOCK_AFTER_MIN,
    BACKUP_EVERY_H,
    BACKUP_KEEP_DAYS,
    BACKUP_KEEP_WEEKS,
    BACKUP_KEEP_MONTHS,
    SHIFT_HOURS,
    COMMUNE_CUT,
    DIRECTORATE_NAME,
)
"""In the order of the preferences."""

RENAMES: tuple[Rename, ...] = ()
"""Keys that changed since a release, each with its number and a test."""
