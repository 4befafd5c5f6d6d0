"""Every setting of the program. Name, commune and short number of the municipality are facts of `station.json`."""

from typing import Any

from desktop.core.i18n import N_
from desktop.core.settings import Hours, Keys, Pick, Rename, Scope, Setting, Switch, Text, Whole

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
RAIL = Pick(
    key="look.rail",
    default="auto",
    title=N_("Menú lateral"),
    help=N_("Angosto muestra sólo los íconos y deja más espacio a la página."),
    scope=Scope.PERSON,
    choices={"auto": N_("Según el ancho de la ventana"), "narrow": N_("Angosto"), "wide": N_("Ancho")},
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
    guard="keys",
    minimum=0,
    maximum=240,
    unit=N_("minutos"),
)
BACKUP_EVERY_H = Whole(
    key="backups.every_h",
    default=4,
    title=N_("Respaldar cada"),
    help=N_("Horas entre un respaldo automático y el siguiente."),
    scope=Scope.MACHINE,
    guard="backups",
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
    guard="backups",
    minimum=1,
    maximum=60,
    unit=N_("días"),
)
BACKUP_KEEP_WEEKS = Whole(
    key="backups.keep_weeks",
    default=5,
    title=N_("Respaldos semanales que se conservan"),
    help=N_("Se guarda el último de cada una de estas semanas."),
    scope=Scope.MACHINE,
    guard="backups",
    minimum=0,
    maximum=60,
    unit=N_("semanas"),
)
BACKUP_KEEP_MONTHS = Whole(
    key="backups.keep_months",
    default=12,
    title=N_("Respaldos mensuales que se conservan"),
    help=N_("Se guarda el último de cada uno de estos meses."),
    scope=Scope.MACHINE,
    guard="backups",
    minimum=0,
    maximum=120,
    unit=N_("meses"),
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
DIRECTORATE_NAME = Text(
    key="municipality.directorate_name",
    default="Dirección de Seguridad Pública",
    title=N_("Nombre de la dirección"),
    help=N_("Como aparece bajo el nombre de la municipalidad en los documentos."),
    scope=Scope.MUNICIPALITY,
    pattern=r".*\S.*",
    example="Dirección de Seguridad Pública",
)

KEYS = Keys(
    key="keys.changed",
    default={},
    title=N_("Teclas"),
    help=N_(
        "Cada orden puede tener la tecla que le acomode. Los cambios son suyos y valen en esta estación."
    ),
    scope=Scope.PERSON,
)

SECTIONS: tuple[tuple[str, tuple[Setting[Any], ...]], ...] = (
    (N_("Apariencia"), (THEME, FONT_SCALE, RAIL)),
    (N_("Esta estación"), (SOUNDS, LOCK_AFTER_MIN)),
    (N_("Respaldos"), (BACKUP_EVERY_H, BACKUP_KEEP_DAYS, BACKUP_KEEP_WEEKS, BACKUP_KEEP_MONTHS)),
    (N_("Municipalidad"), (DIRECTORATE_NAME, SHIFT_HOURS)),
)
"""What the preferences show as fields, under its heads."""

SETTINGS: tuple[Setting[Any], ...] = (*(each for _, held in SECTIONS for each in held), KEYS)
"""In the order of the preferences."""

RENAMES: tuple[Rename, ...] = ()
"""Keys that changed since a release, each with its number and a test."""
