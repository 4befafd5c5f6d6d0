"""Drafts read from pasted WhatsApp, app and mail texts."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop.models.incidents.pasted import find_address, read_pasted
from desktop.models.incidents.states import Channel

NOW = datetime(2026, 11, 22, 20, 0, tzinfo=UTC)
"""17:00 in Santiago."""


def at(hour: int, minute: int, day: int = 22) -> datetime:
    return datetime(2026, 11, day, hour, minute, tzinfo=UTC) + timedelta(hours=3)


SAMPLES: list[tuple[str, dict[str, object]]] = [
    (
        "[22-11-26 14:30:11] Juan Pérez: hay una pelea en Picarte 1120",
        {
            "channel": Channel.WHATSAPP,
            "caller_name": "Juan Pérez",
            "reported_at": at(14, 30),
            "address": "Picarte 1120",
            "narrative": "hay una pelea en Picarte 1120",
        },
    ),
    (
        "[22-11-26, 2:30:11 p. m.] ~ Rosa: robaron en Calle Los Robles 345",
        {"caller_name": "Rosa", "reported_at": at(14, 30), "address": "Calle Los Robles 345"},
    ),
    (
        "22/11/2026, 14:30 - +56 9 8765 4321: se está quemando una casa en Av. España 900",
        {"phone": "+56987654321", "caller_name": "", "reported_at": at(14, 30), "address": "Av. España 900"},
    ),
    (
        "22/11/26 9:05 - María Soto: música fuerte\n22/11/26 9:06 - María Soto: en Pasaje Los Copihues 45",
        {
            "reported_at": at(9, 5),
            "address": "Pasaje Los Copihues 45",
            "narrative": "música fuerte\nen Pasaje Los Copihues 45",
        },
    ),
    (
        "\u200e[22-11-26 14:30:11] Ana: \u200eubicación: https://maps.google.com/?q=-39.814220,-73.245880",
        {"lat": -39.81422, "lon": -73.24588, "caller_name": "Ana"},
    ),
    ("https://www.google.com/maps/@-39.8142,-73.2459,17z perro suelto", {"lat": -39.8142, "lon": -73.2459}),
    (
        "https://www.google.com/maps/place/Plaza/@-39.8142,-73.2459,17z/data=!3d-39.8142!4d-73.2459",
        {"lat": -39.8142, "lon": -73.2459},
    ),
    ("https://maps.google.com/maps?q=-39.81%2C-73.24 no alcanza", {"lat": None, "lon": None}),
    ("https://maps.google.com/maps?q=-39.8142%2C-73.2459&z=17 choque", {"lat": -39.8142, "lon": -73.2459}),
    ("hay un choque en -39.81422, -73.24588", {"lat": -39.81422, "lon": -73.24588, "phone": ""}),
    ("incendio de pasto -39,81422 -73,24588", {"lat": -39.81422, "lon": -73.24588}),
    (
        "Reenviado\nVecinos, atentos, andan robando en Villa Los Aromos, llamar al 987654321",
        {"phone": "+56987654321", "address": "Villa Los Aromos"},
    ),
    (
        "De: Carla Muñoz <carla@ejemplo.cl>\nPara: seguridad@ejemplo.cl\n"
        "Asunto: RE: Ruidos molestos\nFecha: domingo, 22 de noviembre de 2026 13:45\n\n"
        "Estimados: en Los Castaños 220 tienen fiesta desde anoche.",
        {
            "channel": Channel.MAIL,
            "caller_name": "Carla Muñoz",
            "reported_at": at(13, 45),
            "address": "Los Castaños 220",
            "narrative": "Ruidos molestos\nEstimados: en Los Castaños 220 tienen fiesta desde anoche.",
        },
    ),
    (
        "From: Pedro Rojas <p@ejemplo.cl>\nSent: 22-11-2026 08:10\nSubject: luminaria\n\nSin luz en Calle Sol 12",
        {
            "channel": Channel.MAIL,
            "caller_name": "Pedro Rojas",
            "reported_at": at(8, 10),
            "address": "Calle Sol 12",
        },
    ),
    (
        "---------- Forwarded message ---------\nDe: Inés Vidal <i@ejemplo.cl>\nAsunto: Fwd: basura\nBotan escombros",
        {"channel": Channel.MAIL, "caller_name": "Inés Vidal", "narrative": "basura\nBotan escombros"},
    ),
    (
        "SOSAFE - Nueva alerta\nTipo: Robo\nDirección: Avenida Francia 1540\nUsuario: Luis Cárdenas\n"
        "Teléfono: +56 9 5555 1234\nFecha: 22-11-2026\nHora: 15:20\nDescripción: rompieron el vidrio de un auto",
        {
            "channel": Channel.APP,
            "address": "Avenida Francia 1540",
            "caller_name": "Luis Cárdenas",
            "phone": "+56955551234",
            "reported_at": at(15, 20),
        },
    ),
    (
        "Nuevo reporte en la app\nCategoría: Incendio\n"
        "Ubicación: Baquedano 77 https://goo.gl/maps/abc\nDetalle: humo negro",
        {
            "channel": Channel.APP,
            "address": "Baquedano 77",
            "narrative": "Nuevo reporte en la app\nIncendio\nhumo negro",
        },
    ),
    (
        "buenas tardes me llamo Rosa Catalán, vivo en Los Alerces 334, mi fono es 63 221 4455",
        {"caller_name": "Rosa Catalán", "address": "Los Alerces 334", "phone": "+56632214455"},
    ),
    ("anda un tipo sospechoso en Picarte con Arauco", {"address": "Picarte con Arauco"}),
    ("choque en Avenida Alemania esquina Los Pelúes", {"address": "Avenida Alemania esquina Los Pelúes"}),
    ("asaltaron a un joven a las 15:40 hrs en Plaza Pedro de Valdivia", {"reported_at": at(15, 40)}),
    ("anoche a las 23:30 hrs golpearon mi puerta", {"reported_at": at(23, 30, day=21)}),
    ("pasó como a las 3 de la tarde", {"reported_at": at(15, 0)}),
    (
        "llámenme al +56 9 4444 3333 por favor, soy Jorge Ñancupil",
        {"phone": "+56944443333", "caller_name": "Jorge Ñancupil"},
    ),
    ("fono 56987654321 o 632223344", {"phone": "+56987654321"}),
    ("Lugar: Camino a Niebla km 7\nhay un árbol caído", {"address": "Camino a Niebla km 7"}),
    (
        "[2026-11-22 14:30] Central: apoyo en Ruta T-350",
        {"reported_at": at(14, 30), "caller_name": "Central"},
    ),
    ("hay 3 autos chocados y 5 personas heridas", {"address": "", "phone": ""}),
    ("mi rut es 12.345.678-5 y me robaron", {"phone": ""}),
    ("", {"narrative": "", "address": "", "reported_at": None}),
]


@pytest.mark.parametrize(("text", "expected"), SAMPLES, ids=range(len(SAMPLES)))
def test_a_pasted_text_becomes_a_draft(text: str, expected: dict[str, object]) -> None:
    draft = read_pasted(text, NOW)
    assert {name: getattr(draft, name) for name in expected} == expected


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("incendio en calle Los Laureles 1234, segundo piso", "calle Los Laureles 1234"),
        ("robo en Av. Ramón Picarte N° 1120 depto 3", "Av. Ramón Picarte N° 1120 depto 3"),
        ("pelea en Pje. 4 Norte 56", "Pje. 4 Norte 56"),
        ("me asaltaron ayer", ""),
    ],
)
def test_the_address_is_found_in_running_text(text: str, address: str) -> None:
    assert find_address(text) == address


def test_an_instant_in_the_future_is_not_believed() -> None:
    assert read_pasted("[23-11-26 14:30:11] Juan: hola", NOW).reported_at is None


def test_an_hour_that_the_clocks_skipped_leaves_the_time_open() -> None:
    assert read_pasted("[06-09-26 00:30:00] Juan: hola", NOW).reported_at is None


@given(st.text(max_size=300))
def test_any_text_can_be_pasted(text: str) -> None:
    draft = read_pasted(text, NOW)
    assert (draft.lat is None) == (draft.lon is None)
    assert draft.reported_at is None or draft.reported_at.tzinfo is not None
