"""What a new municipality finds in its catalogues: types of incident, services, telephones.

Rows to be edited, not rules: nothing in the program depends on a code except as a default. Source: domain.md §4
and §8; telephones that the guide marks unverified carry that in their note.
"""

from dataclasses import dataclass

from desktop.models.incidents.states import Priority
from desktop.register.record import Confidentiality

_R, _S = Confidentiality.RESERVED, Confidentiality.SECRET
_P1, _P2, _P3, _P4 = Priority.P1, Priority.P2, Priority.P3, Priority.P4

FAMILIES = {
    "A": "Delitos violentos y contra las personas",
    "B": "Violencia intrafamiliar y grupos vulnerables",
    "C": "Delitos contra la propiedad",
    "D": "Drogas y alcohol",
    "E": "Incivilidades y convivencia",
    "F": "Tránsito",
    "G": "Emergencias",
    "H": "Infraestructura y espacio público",
    "I": "Servicios preventivos",
}


@dataclass(frozen=True, slots=True)
class TypeSeed:
    """A type of incident. `services` are short names of `SERVICES`."""

    code: str
    title: str
    priority: Priority
    services: tuple[str, ...] = ()
    note: str = ""
    priority_note: str = ""
    raised_to: Confidentiality | None = None
    is_sensitive: bool = False
    is_dmcs: bool = False

    @property
    def letter(self) -> str:
        """Return the letter of the family."""
        return self.code[0]

    @property
    def family(self) -> str:
        """Return the title of the family."""
        return FAMILIES[self.letter]


@dataclass(frozen=True, slots=True)
class ServiceSeed:
    """Whom an incident can be referred to; `phone` is None where each municipality has its own."""

    short_name: str
    name: str
    phone: str | None = None
    is_municipal: bool = False
    note: str = ""


_UNVERIFIED = "Número por confirmar antes de usarlo."

SERVICES: tuple[ServiceSeed, ...] = (
    ServiceSeed("133", "Carabineros de Chile", "133"),
    ServiceSeed("131", "SAMU", "131"),
    ServiceSeed("132", "Bomberos", "132"),
    ServiceSeed("134", "Policía de Investigaciones (PDI)", "134"),
    ServiceSeed("130", "CONAF, incendios forestales", "130", note=_UNVERIFIED),
    ServiceSeed("137", "Rescate marítimo, Autoridad Marítima", "137", note=_UNVERIFIED),
    ServiceSeed("149", "Fono Familia de Carabineros", "149", note=_UNVERIFIED),
    ServiceSeed("147", "Fono Niños de Carabineros", "147", note=_UNVERIFIED),
    ServiceSeed("1455", "SernamEG, orientación en violencia", "1455", note=_UNVERIFIED),
    ServiceSeed("*4141", "Prevención del suicidio", "*4141", note=_UNVERIFIED),
    ServiceSeed("Denuncia Seguro", "Denuncia Seguro, SPD", "+566004000101"),
    ServiceSeed("PAV", "Programa de Apoyo a Víctimas", "+566008181000", note=_UNVERIFIED),
    ServiceSeed("Fiscalía", "Ministerio Público, Fiscalía Local"),
    ServiceSeed("SENAPRED", "SENAPRED, dirección regional"),
    ServiceSeed("SENAMA", "Servicio Nacional del Adulto Mayor"),
    ServiceSeed("SAG", "Servicio Agrícola y Ganadero"),
    ServiceSeed("Registro Civil", "Servicio de Registro Civil e Identificación"),
    ServiceSeed("Eléctrica", "Empresa de distribución eléctrica"),
    ServiceSeed("Sanitaria", "Empresa sanitaria"),
    ServiceSeed("Gas", "Empresa de gas"),
    ServiceSeed("Telecomunicaciones", "Empresa de telecomunicaciones"),
    ServiceSeed("CIAV", "Centro Integral de Atención a Víctimas", is_municipal=True),
    ServiceSeed("OLN", "Oficina Local de la Niñez", is_municipal=True),
    ServiceSeed("DIDECO", "Dirección de Desarrollo Comunitario", is_municipal=True),
    ServiceSeed("GRD", "Gestión del Riesgo de Desastres", is_municipal=True),
    ServiceSeed("Inspección", "Departamento de Inspección General", is_municipal=True),
    ServiceSeed("Patrullaje", "Departamento de Seguridad Ciudadana", is_municipal=True),
    ServiceSeed("Televigilancia", "Central de cámaras", is_municipal=True),
    ServiceSeed("Tránsito", "Dirección de Tránsito", is_municipal=True),
    ServiceSeed("Aseo", "Dirección de Aseo y Ornato", is_municipal=True),
    ServiceSeed("DOM", "Dirección de Obras Municipales", is_municipal=True),
    ServiceSeed("Alumbrado", "Alumbrado público", is_municipal=True),
    ServiceSeed("Tenencia", "Tenencia responsable de mascotas", is_municipal=True),
    ServiceSeed("Mediación", "Mediación vecinal", is_municipal=True),
    ServiceSeed("Código Azul", "Operativo de calle, Código Azul", is_municipal=True),
    ServiceSeed("JPL", "Juzgado de Policía Local", is_municipal=True),
)

TYPES: tuple[TypeSeed, ...] = (
    TypeSeed(
        "A01",
        "Homicidio o hallazgo de cadáver",
        _P1,
        ("133", "134", "Fiscalía", "131"),
        "Perímetro; no tocar nada.",
        is_dmcs=True,
    ),
    TypeSeed("A02", "Robo con violencia o intimidación", _P1, ("133",), is_dmcs=True),
    TypeSeed("A03", "Robo por sorpresa (lanzazo)", _P2, ("133",), is_dmcs=True),
    TypeSeed("A04", "Robo violento de vehículo (portonazo o encerrona)", _P1, ("133",), is_dmcs=True),
    TypeSeed("A05", "Secuestro o retención", _P1, ("133", "134"), raised_to=_R),
    TypeSeed("A06", "Lesiones o agresión", _P1, ("133", "131"), is_dmcs=True),
    TypeSeed("A07", "Riña o pelea en vía pública", _P2, ("133",), priority_note="P1 si hay armas."),
    TypeSeed("A08", "Amenazas", _P2, ("133",)),
    TypeSeed("A09", "Disparos o persona armada", _P1, ("133",), "No acercarse."),
    TypeSeed(
        "A10",
        "Delito sexual",
        _P1,
        ("133", "134", "131", "CIAV"),
        raised_to=_S,
        is_sensitive=True,
        is_dmcs=True,
    ),
    TypeSeed("A11", "Acoso sexual callejero", _P2, ("133", "CIAV"), raised_to=_R, is_sensitive=True),
    TypeSeed("B01", "VIF: agresión en curso", _P1, ("133", "131", "CIAV"), raised_to=_S, is_sensitive=True),
    TypeSeed("B02", "VIF: sin agresión actual", _P2, ("133", "149", "CIAV"), raised_to=_S, is_sensitive=True),
    TypeSeed("B03", "Incumplimiento de medida cautelar", _P1, ("133",), raised_to=_S, is_sensitive=True),
    TypeSeed(
        "B04", "NNA en riesgo o vulneración", _P1, ("133", "OLN", "147"), raised_to=_S, is_sensitive=True
    ),
    TypeSeed(
        "B05",
        "Persona mayor en abandono o maltrato",
        _P2,
        ("DIDECO", "SENAMA", "CIAV"),
        raised_to=_R,
        is_sensitive=True,
    ),
    TypeSeed("B06", "Persona extraviada", _P1, ("133", "134")),
    TypeSeed(
        "B07",
        "Intento de suicidio o crisis de salud mental",
        _P1,
        ("131", "132", "133", "*4141"),
        raised_to=_S,
        is_sensitive=True,
    ),
    TypeSeed("B08", "Persona en situación de calle", _P3, ("DIDECO", "Código Azul")),
    TypeSeed(
        "C01", "Robo en lugar habitado", _P2, ("133",), priority_note="P1 si está ocurriendo.", is_dmcs=True
    ),
    TypeSeed("C02", "Robo en lugar no habitado", _P2, ("133",), is_dmcs=True),
    TypeSeed("C03", "Robo de vehículo motorizado", _P2, ("133",), is_dmcs=True),
    TypeSeed("C04", "Robo de accesorios o desde vehículo", _P2, ("133",), is_dmcs=True),
    TypeSeed("C05", "Hurto", _P2, ("133",), "Incluye hurto en el comercio.", is_dmcs=True),
    TypeSeed("C06", "Daños o vandalismo", _P3, ("133",)),
    TypeSeed("C07", "Receptación o especies sospechosas", _P3, ("133",)),
    TypeSeed("C08", "Estafa o cuento del tío", _P3, ("134",)),
    TypeSeed("C09", "Usurpación u ocupación ilegal", _P2, ("133",)),
    TypeSeed("C10", "Robo de cables o infraestructura", _P2, ("133", "Telecomunicaciones", "Eléctrica")),
    TypeSeed("C11", "Vehículo con encargo localizado", _P1, ("133",), "Puede venir de lectura de patentes."),
    TypeSeed(
        "D01", "Tráfico o microtráfico (denuncia)", _P3, ("133", "134", "Denuncia Seguro"), raised_to=_R
    ),
    TypeSeed("D02", "Consumo de drogas en vía pública", _P3, ("133",)),
    TypeSeed("D03", "Consumo de alcohol en vía pública", _P3, ("133",)),
    TypeSeed("D04", "Venta clandestina de alcohol", _P3, ("133", "Inspección")),
    TypeSeed("D05", "Ebriedad o persona tendida", _P2, ("131", "133")),
    TypeSeed("E01", "Ruidos molestos o fiesta", _P3, ("Inspección", "133")),
    TypeSeed("E02", "Desórdenes", _P2, ("133",)),
    TypeSeed(
        "E03", "Persona o vehículo sospechoso", _P2, ("133",), "Se describe la conducta, no a la persona."
    ),
    TypeSeed("E04", "Comercio ambulante", _P4, ("Inspección",)),
    TypeSeed("E05", "Estacionamiento o cuidador de autos irregular", _P4, ("Tránsito", "Inspección")),
    TypeSeed("E06", "Microbasural o basura", _P4, ("Aseo",)),
    TypeSeed("E07", "Quema", _P2, ("132", "130")),
    TypeSeed("E08", "Ofensas al pudor", _P3, ("133",)),
    TypeSeed(
        "E09",
        "Animales sueltos, ataque o rescate",
        _P3,
        ("Tenencia", "SAG", "133"),
        priority_note="P1 si ataca a una persona.",
    ),
    TypeSeed("E10", "Conflicto vecinal", _P3, ("Mediación",)),
    TypeSeed("E11", "Rayados", _P4, ("Aseo",)),
    TypeSeed("E12", "Carreras clandestinas", _P2, ("133",)),
    TypeSeed("F01", "Accidente con lesionados", _P1, ("131", "132", "133"), "Perímetro; no mover vehículos."),
    TypeSeed("F02", "Accidente sin lesionados", _P3, ("133",)),
    TypeSeed("F03", "Atropello", _P1, ("131", "133")),
    TypeSeed("F04", "Semáforo apagado o señalética", _P3, ("Tránsito",)),
    TypeSeed("F05", "Vehículo abandonado", _P4, ("Inspección",)),
    TypeSeed("F06", "Obstrucción de vía o panne", _P3, ("Tránsito",)),
    TypeSeed("F07", "Conductor en estado de ebriedad", _P1, ("133",)),
    TypeSeed("G01", "Incendio estructural", _P1, ("132", "133", "GRD")),
    TypeSeed("G02", "Incendio forestal o de pastizal", _P1, ("132", "130", "GRD")),
    TypeSeed("G03", "Emergencia médica", _P1, ("131",)),
    TypeSeed("G04", "Fuga de gas o químico", _P1, ("132", "Gas")),
    TypeSeed("G05", "Inundación o anegamiento", _P2, ("GRD",), priority_note="P1 si hay personas atrapadas."),
    TypeSeed("G06", "Árbol o tendido eléctrico caído", _P2, ("Eléctrica", "GRD")),
    TypeSeed("G07", "Corte de luz o agua", _P3, ("Eléctrica", "Sanitaria")),
    TypeSeed("G08", "Derrumbe o socavón", _P1, ("132", "DOM", "GRD")),
    TypeSeed("G09", "Rescate fluvial o persona al agua", _P1, ("137", "132"), "Autoridad Marítima."),
    TypeSeed("G10", "Amenaza de bomba u objeto sospechoso", _P1, ("133",), "GOPE; evacuar."),
    TypeSeed("G11", "Sismo o tsunami (evacuación)", _P1, ("GRD", "SENAPRED")),
    TypeSeed("H01", "Luminaria apagada", _P4, ("Alumbrado",), "Alimenta el catastro de sectores de riesgo."),
    TypeSeed(
        "H02",
        "Sitio eriazo o inmueble abandonado",
        _P4,
        ("DOM", "Inspección"),
        "Alimenta el catastro de sectores de riesgo.",
    ),
    TypeSeed("H03", "Cámara o alarma con falla", _P3, ("Televigilancia",)),
    TypeSeed("H04", "Mobiliario dañado", _P4, ("Aseo", "DOM")),
    TypeSeed("I01", "Ronda o presencia preventiva solicitada", _P3, ("Patrullaje",)),
    TypeSeed(
        "I02", "Encargo de domicilio (vacaciones)", _P4, ("Patrullaje",), "Con fecha de inicio y de término."
    ),
    TypeSeed("I03", "Acompañamiento o apoyo a funcionarios", _P3, ("Patrullaje",)),
    TypeSeed("I04", "Apoyo a Carabineros, PDI, Bomberos o SAMU", _P2, (), "Coadyuvancia."),
    TypeSeed("I05", "Activación de botón de pánico", _P1, ("133",), "Titular VIF: se trata como Secreto."),
    TypeSeed("I06", "Activación de alarma comunitaria", _P2, ("133",)),
    TypeSeed("I07", "Orientación o consulta", _P4),
    TypeSeed("I08", "Hallazgo de especies o documentos", _P4, ("133", "Registro Civil")),
)

TYPE_BY_CODE = {seed.code: seed for seed in TYPES}
