"""Puerto Esperanza, the invented commune of the demonstration: sectors, streets, staff, units.

Nothing here exists. The place lies in the open sea; the RUNs come from `make_run` over numbers that are not issued
yet; the telephones have a prefix that nobody has; the plates begin with ZZ.
"""

import random
from dataclasses import dataclass

from desktop.core.formats import make_run
from desktop.models.incidents.places import StreetRow
from desktop.models.incidents.states import UnitKind

NAME = "Puerto Esperanza"
ORIGIN = (-39.93, -74.21)
"""South-west corner, WGS84."""

_BLOCK_LAT, _BLOCK_LON = 0.0009, 0.00117
"""A block of 100 metres at that latitude."""

_BLOCKS = 8
"""Blocks on each side of a sector."""

_SECTOR_NAMES = (
    ("Caleta Norte", "El Faro", "Mirador", "Las Lomas"),
    ("Puerto Viejo", "Centro", "San Andrés", "Los Canelos"),
    ("Costa Azul", "Estación", "Villa Austral", "Barrio Industrial"),
    ("Humedal", "Los Boldos", "Santa Elvira", "Camino Real"),
)
_AVENUES = (
    "Avenida de los Navegantes",
    "Avenida del Puerto",
    "Avenida Los Fundadores",
    "Avenida Costanera Sur",
    "Avenida Las Mareas",
    "Avenida El Trigal",
    "Avenida Los Alerces",
    "Avenida Estación",
)
_STREETS = (
    "Los Aromos|Los Arrayanes|Los Avellanos|Los Boldos|Los Canelos|Los Castaños|Los Cipreses|Los Coigües|Los Copihues"
    "|Los Espinos|Los Helechos|Los Laureles|Los Lingues|Los Lirios|Los Mañíos|Los Maquis|Los Notros|Los Olmos"
    "|Los Pelúes|Los Pinos|Los Quillayes|Los Raulíes|Los Robles|Los Sauces|Los Tilos|Los Ulmos|Las Camelias"
    "|Las Hortensias|Las Lengas|Las Lumas|Las Magnolias|Las Petunias|Las Quilas|Las Rosas|Las Violetas|El Albatros"
    "|El Alcatraz|El Cauquén|El Chercán|El Chucao|El Cisne|El Cóndor|El Martín Pescador|El Ñandú|El Pelícano"
    "|El Pidén|El Pitío|El Queltehue|El Tiuque|El Zorzal|La Bandurria|La Gaviota|La Loica|La Torcaza|La Ancla"
    "|La Baliza|La Bitácora|La Brújula|La Caleta|La Draga|La Escollera|La Fragata|La Goleta|La Proa|La Quilla"
    "|La Vela|El Almirante|El Arriero|El Carpintero|El Herrero|El Molinero|El Panadero|El Pescador|El Sembrador"
    "|El Tonelero|Esperanza|Fraternidad|Independencia Vieja|La Unión Vecinal|Libertad|Progreso|Porvenir|Trabajo"
    "|Calafquén|Huillinco|Llancahue|Lilcura|Mehuén|Niblinto|Pichoy|Quitaqui|Rapaco|Rucaco|Tralcán|Trumao|Antilhue"
    "|Primero de Abril|Dos de Mayo|Tres de Junio|Ocho de Marzo|Doce de Agosto|Veinte de Enero|Poeta Anónimo"
    "|Maestra Rosario|Doctor Pinares|Capitán Olavarri|Profesor Quilapán|Sargento Maldonado|Piloto Barrera"
    "|Los Alfareros|Los Bordadores|Los Calafates|Los Cesteros|Los Colonos|Los Estibadores|Los Faroleros|Los Herreros"
    "|Los Lancheros|Los Maestres|Los Marineros|Los Telares|Las Artesas|Las Balsas|Las Caletas|Las Dunas|Las Espigas"
    "|Las Garzas|Las Golondrinas|Las Jarcias|Las Redes|Las Rocas|El Astillero|El Bosque|El Embarcadero|El Estuario"
    "|El Mercado|El Molino|El Muelle|El Peumo|El Vergel|La Aldea|La Cascada|La Ladera|La Rinconada|La Vertiente"
)
_STREET_NAMES = tuple(_STREETS.split("|"))
_FIRST_NAMES = (
    "Alejandra Ana Andrés Antonia Bárbara Bastián Benjamín Camila Carlos Carolina Catalina Cecilia Claudia Constanza "
    "Cristian Cristóbal Daniela Diego Eduardo Elena Elizabeth Felipe Fernanda Francisca Francisco Gabriela Gladys "
    "Gonzalo Héctor Hernán Ignacio Inés Isabel Iván Javiera Jorge José Juan Juana Karina Lorena Luis Macarena "
    "Manuel Marcela Marco Margarita María Mario Martín Matías Mónica Natalia Nicolás Nancy Óscar Pablo Pamela "
    "Patricia Patricio Paula Pedro Raúl René Ricardo Roberto Rodrigo Rosa Rubén Sandra Sebastián Sergio Silvia "
    "Tamara Teresa Valentina Verónica Víctor Ximena Yasna"
)
FIRST_NAMES = tuple(_FIRST_NAMES.split())
_SURNAMES = (
    "Acuña Aguilar Alarcón Álvarez Antilef Araya Arriagada Barría Barrientos Bustos Cáceres Calfumán Cárcamo "
    "Cárdenas Carrasco Castillo Catalán Catrileo Cayumil Contreras Cortés Curiñanco Delgado Díaz Espinoza Fernández "
    "Figueroa Flores Fuentes Gallardo Garrido Gómez González Guerrero Gutiérrez Henríquez Hernández Huaiquil Huenchul "
    "Jara Jaramillo Lagos Leal Lefián Llanquimán Loncomilla Maldonado Mansilla Manquecoy Martínez Medina Mella Mora "
    "Morales Moreno Muñoz Navarro Núñez Ñancupil Obando Ojeda Olivares Oyarzún Pacheco Painel Parra Paredes Peña Pérez "
    "Pinto Poblete Quezada Quilodrán Ramírez Retamal Reyes Ríos Riquelme Rivas Rivera Rojas Ruiz Saavedra Salazar Sáez "
    "Sandoval Santibáñez Sepúlveda Silva Soto Tapia Toledo Torres Triviños Uribe Valdebenito Valenzuela Vargas Vásquez "
    "Vega Velásquez Vera Vergara Vidal Villagrán Villanueva Yáñez Zapata Zúñiga"
)
SURNAMES = tuple(_SURNAMES.split())


@dataclass(frozen=True, slots=True)
class DemoSector:
    """A sector with its centre, in the south-west to north-east grid of the commune."""

    name: str
    quadrant: str
    lat: float
    lon: float
    row: int
    column: int


@dataclass(frozen=True, slots=True)
class DemoStaff:
    """An invented person who works in the centre or in the street; `post` is a stored value of `Role`."""

    full_name: str
    run: str
    post: str
    phone: str
    callsign: str | None = None


@dataclass(frozen=True, slots=True)
class DemoUnit:
    """A unit with its crew of the day."""

    callsign: str
    kind: UnitKind
    sector: str
    crew: str
    plate: str | None
    equipment: tuple[str, ...]
    lat: float
    lon: float


@dataclass(frozen=True, slots=True)
class DemoCommune:
    """Everything that does not change from day to day."""

    name: str
    sectors: tuple[DemoSector, ...]
    streets: tuple[StreetRow, ...]
    staff: tuple[DemoStaff, ...]
    units: tuple[DemoUnit, ...]


def full_name(rng: random.Random) -> str:
    """Return a name with two surnames."""
    return f"{rng.choice(FIRST_NAMES)} {rng.choice(SURNAMES)} {rng.choice(SURNAMES)}"


def phone(rng: random.Random) -> str:
    """Return a mobile number whose prefix is nobody's."""
    return f"+56900{rng.randrange(1_000_000):06d}"


def _sectors() -> tuple[DemoSector, ...]:
    return tuple(
        DemoSector(
            name,
            f"Cuadrante {1 + row * 2 + column // 2}",
            round(ORIGIN[0] + (row + 0.5) * _BLOCKS * _BLOCK_LAT, 6),
            round(ORIGIN[1] + (column + 0.5) * _BLOCKS * _BLOCK_LON, 6),
            row,
            column,
        )
        for row, names in enumerate(_SECTOR_NAMES)
        for column, name in enumerate(names)
    )


def _line(
    name: str,
    sector: str | None,
    start: tuple[float, float],
    end: tuple[float, float],
    *,
    first: int,
    blocks: int,
) -> StreetRow:
    """Return a street of `blocks` blocks between two corners given in blocks from the origin."""
    last = first + blocks * 100
    points = []
    for step in range(blocks + 1):
        share = step / blocks
        bend = 0.06 if step % 3 == 1 else 0.0
        north = start[0] + share * (end[0] - start[0]) + bend
        east = start[1] + share * (end[1] - start[1]) + bend
        lat, lon = round(ORIGIN[0] + north * _BLOCK_LAT, 6), round(ORIGIN[1] + east * _BLOCK_LON, 6)
        points.append((float(first + step * 100), lat, lon))
    return StreetRow(name, sector, first, last, tuple(points))


def _streets(rng: random.Random, sectors: tuple[DemoSector, ...]) -> tuple[StreetRow, ...]:
    side = 4 * _BLOCKS
    streets = []
    for place, name in enumerate(_AVENUES):
        at = (place % 4 + 0.5) * _BLOCKS
        ends = ((at, 0.0), (at, float(side))) if place < 4 else ((0.0, at), (float(side), at))
        streets.append(_line(name, None, *ends, first=0, blocks=side))
    names = iter(rng.sample(_STREET_NAMES, len(_STREET_NAMES)))
    offsets = (1.0, 2.0, 3.0, 5.0, 6.0, 7.0)
    per_sector = len(_STREET_NAMES) // len(sectors)
    for sector in sectors:
        south, west = sector.row * _BLOCKS, sector.column * _BLOCKS
        for place in range(per_sector):
            along = offsets[place // 2 % len(offsets)]
            if place % 2:
                ends = ((south + along, float(west)), (south + along, float(west + _BLOCKS)))
            else:
                ends = ((float(south), west + along), (float(south + _BLOCKS), west + along))
            prefix = "Pasaje " if place >= 6 else ""
            streets.append(_line(prefix + next(names), sector.name, *ends, first=100, blocks=_BLOCKS))
    return tuple(streets)


_POSTS = (
    ("director", 1),
    ("citizen_security_head", 1),
    ("shift_supervisor", 5),
    ("operator", 12),
    ("dispatcher", 6),
    ("camera_operator", 6),
    ("security_inspector", 40),
)
_FLEET = (
    *((f"M{number}", UnitKind.PICKUP) for number in range(21, 29)),
    *((f"M{number}", UnitKind.CAR) for number in range(31, 35)),
    *((f"M{number}", UnitKind.MOTORCYCLE) for number in range(41, 45)),
    ("M51", UnitKind.QUAD),
    ("B61", UnitKind.BICYCLE),
    ("P71", UnitKind.ON_FOOT),
    ("L81", UnitKind.BOAT),
    ("D91", UnitKind.DRONE),
)
_EQUIPMENT = {
    UnitKind.PICKUP: ("Baliza", "Conos", "Botiquín", "Extintor", "Desfibrilador"),
    UnitKind.CAR: ("Baliza", "Conos", "Botiquín", "Extintor"),
    UnitKind.MOTORCYCLE: ("Baliza", "Botiquín"),
    UnitKind.QUAD: ("Botiquín", "Huincha de rescate"),
    UnitKind.BOAT: ("Chalecos salvavidas", "Aro salvavidas", "Botiquín"),
    UnitKind.DRONE: ("Cámara térmica",),
}
_WITHOUT_PLATE = frozenset({UnitKind.BICYCLE, UnitKind.ON_FOOT, UnitKind.BOAT, UnitKind.DRONE})


def demo_commune(seed: int) -> DemoCommune:
    """Return the commune of `seed`; the same seed gives the same commune."""
    rng = random.Random(f"commune {seed}")
    sectors = _sectors()
    streets = _streets(rng, sectors)
    bodies = rng.sample(range(41_000_000, 48_000_000), sum(count for _, count in _POSTS))
    posts = [post for post, count in _POSTS for _ in range(count)]
    staff = tuple(
        DemoStaff(full_name(rng), make_run(body), post, phone(rng), f"K{place:02d}")
        for place, (post, body) in enumerate(zip(posts, bodies, strict=True), 1)
    )
    patrol = [member.full_name for member in staff if member.post == "security_inspector"]
    units = []
    for place, (callsign, kind) in enumerate(_FLEET):
        sector = sectors[(place * 7) % len(sectors)]
        crew = " · ".join(
            patrol[(place * 2 + step) % len(patrol)] for step in range(2 if kind in _CREWED_BY_TWO else 1)
        )
        letters = "".join(rng.choice("BCDFGHJKLPRSTVWXYZ") for _ in range(2))
        plate = None if kind in _WITHOUT_PLATE else f"ZZ{letters}{rng.randrange(10, 100)}"
        lat = round(sector.lat + rng.uniform(-3, 3) * _BLOCK_LAT, 6)
        lon = round(sector.lon + rng.uniform(-3, 3) * _BLOCK_LON, 6)
        units.append(DemoUnit(callsign, kind, sector.name, crew, plate, _EQUIPMENT.get(kind, ()), lat, lon))
    return DemoCommune(NAME, sectors, streets, staff, tuple(units))


_CREWED_BY_TWO = frozenset({UnitKind.PICKUP, UnitKind.CAR, UnitKind.BOAT})
