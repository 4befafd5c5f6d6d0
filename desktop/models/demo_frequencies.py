"""How often each type happens in the demonstration commune.

Police cases: CEAD (Centro de Estudios y Análisis del Delito, Subsecretaría de Prevención del Delito), casos
policiales, comuna de Valdivia, year 2025 by crime; months from the same series, 2023 to 2025 together.
https://cead.minsegpublica.gob.cl/estadisticas-delictuales/

CEAD publishes no hours, and no series of what is not a police case. So the hourly curves and the counts of
`MUNICIPAL_PER_YEAR` are assumptions of this program, made to look plausible and nothing else.
"""

CASES_2025 = {
    "Consumo de alcohol y drogas en la vía pública": 2408,
    "Hurtos": 1862,
    "Violencia intrafamiliar": 1446,
    "Amenazas": 1394,
    "Daños": 1256,
    "Robo de objetos de o desde vehículo": 643,
    "Robo en lugar habitado": 638,
    "Robo en lugar no habitado": 571,
    "Lesiones leves": 540,
    "Crímenes y simples delitos ley de armas": 252,
    "Robos con violencia o intimidación": 254,
    "Delitos asociados a drogas": 211,
    "Robo por sorpresa": 157,
    "Abusos sexuales": 146,
    "Otros robos con fuerza en las cosas": 121,
    "Receptación": 89,
    "Amenaza falta o riña": 87,
    "Robo de vehículo motorizado": 73,
    "Lesiones menos graves": 69,
    "Lesiones graves o gravísimas": 66,
    "Porte de arma cortante o punzante": 40,
    "Violaciones": 40,
    "Acosos sexuales": 29,
    "Desórdenes públicos": 10,
    "Robo violento de vehículo motorizado": 7,
    "Homicidios": 6,
}
"""Police cases of 2025 by CEAD's labels; families that contain other labels are left out."""

MONTHS_2023_2025 = {
    "Consumo de alcohol y drogas en la vía pública": (
        344,
        387,
        392,
        436,
        391,
        356,
        417,
        459,
        446,
        562,
        566,
        378,
    ),
    "Hurtos": (461, 476, 575, 504, 502, 438, 445, 504, 455, 510, 547, 530),
    "Violencia intrafamiliar": (425, 402, 399, 367, 337, 320, 356, 396, 391, 400, 374, 384),
    "Amenazas": (405, 299, 371, 350, 326, 301, 307, 350, 334, 355, 386, 363),
    "Daños": (330, 280, 341, 322, 399, 350, 302, 317, 354, 329, 326, 316),
    "Robo de objetos de o desde vehículo": (130, 117, 117, 118, 159, 154, 167, 182, 173, 141, 141, 138),
    "Robo en lugar habitado": (216, 151, 158, 134, 178, 220, 224, 198, 199, 197, 164, 131),
    "Robo en lugar no habitado": (161, 110, 142, 147, 104, 103, 117, 149, 127, 140, 145, 132),
    "Lesiones leves": (140, 139, 153, 141, 149, 111, 133, 139, 159, 153, 139, 155),
    "Robos con violencia o intimidación": (79, 73, 73, 64, 71, 62, 68, 84, 65, 75, 85, 74),
}
"""Cases by month, January first; the other crimes are too few for a month to mean anything and are spread evenly."""

CODES = {
    "Consumo de alcohol y drogas en la vía pública": (("D03", 0.62), ("D02", 0.30), ("D05", 0.08)),
    "Hurtos": (("C05", 1.0),),
    "Violencia intrafamiliar": (("B01", 0.40), ("B02", 0.52), ("B03", 0.08)),
    "Amenazas": (("A08", 1.0),),
    "Daños": (("C06", 0.93), ("E11", 0.07)),
    "Robo de objetos de o desde vehículo": (("C04", 1.0),),
    "Robo en lugar habitado": (("C01", 1.0),),
    "Robo en lugar no habitado": (("C02", 1.0),),
    "Lesiones leves": (("A06", 1.0),),
    "Lesiones menos graves": (("A06", 1.0),),
    "Lesiones graves o gravísimas": (("A06", 1.0),),
    "Crímenes y simples delitos ley de armas": (("A09", 1.0),),
    "Porte de arma cortante o punzante": (("E03", 0.5), ("A09", 0.5)),
    "Robos con violencia o intimidación": (("A02", 1.0),),
    "Delitos asociados a drogas": (("D01", 0.95), ("D04", 0.05)),
    "Robo por sorpresa": (("A03", 1.0),),
    "Abusos sexuales": (("A10", 1.0),),
    "Violaciones": (("A10", 1.0),),
    "Acosos sexuales": (("A11", 1.0),),
    "Otros robos con fuerza en las cosas": (("C10", 0.5), ("C02", 0.5)),
    "Receptación": (("C07", 0.8), ("C11", 0.2)),
    "Amenaza falta o riña": (("A07", 1.0),),
    "Robo de vehículo motorizado": (("C03", 1.0),),
    "Desórdenes públicos": (("E02", 1.0),),
    "Robo violento de vehículo motorizado": (("A04", 1.0),),
    "Homicidios": (("A01", 1.0),),
}
"""The types of the municipal catalogue that stand for a CEAD label, with their share (an assumption)."""

MUNICIPAL_PER_YEAR = {
    **{"A05": 3, "A07": 260, "B04": 90, "B05": 60, "B06": 70, "B07": 110, "B08": 240, "C08": 120, "C09": 18},
    **{"D04": 40, "D05": 380, "E01": 2600, "E02": 160, "E03": 1500, "E04": 520, "E05": 900, "E06": 640},
    **{
        "E07": 210,
        "E08": 70,
        "E09": 720,
        "E10": 340,
        "E11": 60,
        "E12": 80,
        "F01": 310,
        "F02": 780,
        "F03": 70,
    },
    **{
        "F04": 240,
        "F05": 190,
        "F06": 420,
        "F07": 90,
        "G01": 85,
        "G02": 60,
        "G03": 520,
        "G04": 75,
        "G05": 140,
    },
    **{"G06": 230, "G07": 180, "G08": 14, "G09": 12, "G10": 6, "G11": 3, "H01": 560, "H02": 110, "H03": 90},
    **{
        "H04": 170,
        "I01": 880,
        "I02": 130,
        "I03": 260,
        "I04": 340,
        "I05": 150,
        "I06": 210,
        "I07": 700,
        "I08": 90,
    },
}
"""Incidents of a year that are no police cases, or more than those; assumed."""

MUNICIPAL_MONTHS = {
    "E07": (180, 170, 150, 110, 60, 40, 40, 60, 90, 100, 120, 150),
    "G02": (260, 240, 180, 60, 15, 5, 5, 15, 30, 60, 120, 200),
    "G05": (10, 10, 30, 80, 200, 280, 260, 200, 90, 40, 20, 10),
    "G06": (40, 40, 60, 90, 160, 200, 200, 160, 90, 60, 50, 40),
    "G09": (220, 200, 120, 60, 40, 30, 30, 40, 60, 90, 110, 180),
    "B08": (40, 40, 60, 90, 150, 190, 200, 170, 110, 70, 50, 40),
    "I02": (280, 260, 80, 40, 40, 40, 80, 40, 90, 40, 40, 170),
}
"""Seasons of what depends on fire weather, rain, cold and holidays; assumed."""

HOURS = {
    "night": (9, 9, 8, 7, 6, 4, 2, 1, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 4, 5, 6, 7, 8, 9),
    "evening": (4, 3, 2, 2, 1, 1, 1, 2, 3, 3, 4, 4, 5, 5, 5, 6, 6, 7, 8, 8, 8, 7, 6, 5),
    "shops": (1, 1, 1, 1, 1, 1, 1, 2, 3, 5, 6, 8, 8, 7, 6, 7, 8, 8, 8, 7, 4, 2, 1, 1),
    "office": (1, 0.5, 0.5, 0.5, 0.5, 0.5, 1, 3, 6, 8, 9, 9, 8, 6, 7, 8, 8, 7, 5, 4, 3, 2, 2, 1),
    "flat": (3, 3, 3, 3, 3, 3, 3, 4, 4, 4, 4, 4, 5, 5, 5, 5, 5, 5, 5, 5, 5, 4, 4, 3),
}
"""Hourly weights from 00 to 23; assumed, see above."""

_HOURS_OF = {
    "night": "A07 A09 E01 E02 E12 F07 D05 C02 C04 D04 I06 E03 A06 D03",
    "evening": "A01 A02 A03 A04 A08 A10 A11 B01 B02 B03 B07 C01 C03 D01 D02 E07 E08 F01 F03 G01 H01 I01 I05",
    "shops": "C05 C08 E04 E05 F02 F06 C07 F04 G02",
    "office": "B05 E06 E10 E11 F05 H02 H03 H04 I02 I03 I07 I08 C09",
}
CURVE_OF = {code: curve for curve, codes in _HOURS_OF.items() for code in codes.split()}
"""The curve of each type; those that are not named are `flat`."""


def yearly_by_code() -> dict[str, dict[int, float]]:
    """Return the expected incidents of a year by code and month (1 to 12)."""
    found: dict[str, dict[int, float]] = {}

    def add(code: str, yearly: float, months: tuple[int, ...]) -> None:
        row = found.setdefault(code, dict.fromkeys(range(1, 13), 0.0))
        for month, cases in enumerate(months, 1):
            row[month] += yearly * cases / sum(months)

    even = (1,) * 12
    for label, cases in CASES_2025.items():
        for code, share in CODES[label]:
            add(code, cases * share, MONTHS_2023_2025.get(label, even))
    for code, yearly in MUNICIPAL_PER_YEAR.items():
        add(code, yearly, MUNICIPAL_MONTHS.get(code, even))
    return found
