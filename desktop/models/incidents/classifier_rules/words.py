"""Lists of words that phrases name, and words that are read in a way of their own."""

WORDS = {
    "partner": """
        marido esposo esposa pareja pololo polola conviviente ex exmarido expareja expololo cunado padrastro
        novio novia exnovio cony* expolola andante
    """,
    "hitting": """
        pegando* golpeando* pega golpea agrediendo* ahorcando* zamarreando* pateando* aforrando*
    """,
    "hit": """
        pego golpeo agredio pegaron golpearon agredieron pegado golpeado agredido aforro
        agredida agredidas golpeada golpearla
    """,
    "child": """
        nino nina ninos ninas guagua guaguas bebe lactante menor menores hijo hija hijos hijas chiquitito
        chiquititos cabro cabrito cabrita
        infante pequeno pequena adolescente
    """,
    "elder": """
        abuelo abuela abuelito abuelita anciano anciana ancianita ancianito viejito viejita tata
        nonagenari* octogenari*
    """,
    "car": """
        auto autos camioneta vehiculo vehiculos furgon jeep suv camion hilux
    """,
    "knife": """
        cuchillo cuchilla cortaplumas punal machete navaja corvo cuchillas cuchillos estoque sable
        estilete cortapluma cuchillon katana
    """,
    "gun": """
        pistola pistolas revolver escopeta rifle fusil metralleta subametralladora arma armas hechiza fierros
        escopetas revolveres arma pistolon pistolas
    """,
    "kin": """
        hijo hija sobrino sobrina hermano hermana mujer senora joven nino nina polola pololo amigo amiga primo prima
        mama papa marido esposa
    """,
    "drunk": """
        curado curada curados ebrio ebria ebrios borracho borracha borrachos cocido cocidos
        bebid* etilic* borrachit* curadit*
    """,
    "drug": """
        droga drogas marihuana pitos pito cocaina coca pasta papelillo papelillos pastabase tusi mota
        pasteros yerba hierba porro porros cannabis ketamina base pastillas
    """,
    "drink": """
        alcohol copete cerveza cervezas vino chelas pisco trago ron
        chela pilsen tragos licor licores ponche navegado melon
    """,
    "took": """
        robaron robo robar robarme quitaron quito sacaron saco llevaron llevo robando
        sustra* roban quitan quita sacan robado robada llevan llevandose hurta* arrebata*
    """,
    "house": """
        casa departamento depto domicilio hogar vivienda cabana parcela pieza dormitorio
        domicilios inmueble morada residencia block condominio edificio
    """,
    "shop": """
        local negocio bodega oficina escuela colegio liceo sede tienda vitrina cortina farmacia botilleria
        taller jardin iglesia consultorio posta minimarket obra galpon kiosco computadores mercaderia
        almacen ferreteria panaderia peluqueria sucursal oficinas
    """,
    "people": """
        persona personas hombre mujer senora senor caballero joven muchacha muchacho nino nina cabro tipo sujeto
        vecino vecina abuelito abuelita anciano adulto turista chofer conductor ciclista peaton estudiante
        individuo individuos sujetos tipos hombres mujeres jovenes adulta ancianos caballeros usuario usuaria
    """,
    "crash": """
        choque choco chocaron chocar colision colisiono accidente volcamiento volco impacto estrello topo chocan
        impactan impacta choca colisiona colisionan vuelca estrella embiste embistio
    """,
    "service": """
        carabineros pdi bomberos samu ambulancia detectives policia comisaria
        carabinero detective policias bombero cesfam conaf
    """,
    "minor": """
        nino nina ninos ninas guagua guaguas bebe lactante menor menores chiquitito chiquititos cabritos hijos
        bebes
        infante adolescente escolar escolares alumno alumna
    """,
}
"""Lists of words that phrases name; separated by spaces."""

FUNCTION_WORDS = """
    a al la el los las lo un una unos unas de del en y e o que se me le les nos te mi mis su sus tu con por para es
    muy ya mas como este esta ese esa hay ahi aqui aca alla
"""
"""Words that do not count as distance between the words of a phrase."""

NEGATED_VERBS = """
    hay hubo ay tiene tienen veo ve ven anda andan lleva llevan vi vio quedaron quedo presenta presentan registra
    registran mantiene mantienen porta portan existe existen resulto resultaron observa observan aprecia aprecian
    escucha escuchan
"""
"""After `no`, these deny the next words."""

NOT_CORRECTED = """
    cuando cocina cocinas costado bastante mientras nosotros ninguno pequeno despues durante mercado mercados persona
    personas partido partidos senales
"""
"""Common words that are one letter away from one of the rules'."""

DENYING = "sin nadie ningun ninguna ninguno descarta descartan niega niegan"
"""These deny the next words by themselves."""

ABBREVIATIONS = {
    "av": "avenida",
    "avda": "avenida",
    "bh": "homicidio",
    "btn": "boton",
    "caball": "caballero",
    "carab": "carabineros",
    "cbro": "carabinero",
    "cel": "celular",
    "choq": "choque",
    "col": "colision",
    "depa": "departamento",
    "depto": "departamento",
    "doc": "documentos",
    "docs": "documentos",
    "dom": "domicilio",
    "dpto": "departamento",
    "edif": "edificio",
    "estac": "estacionado",
    "fem": "mujer",
    "femenina": "mujer",
    "femenino": "mujer",
    "hab": "habitado",
    "ilum": "luminaria",
    "incend": "incendio",
    "intrafam": "intrafamiliar",
    "masc": "hombre",
    "masculino": "hombre",
    "masculinos": "hombres",
    "munic": "municipal",
    "nna": "nino",
    "patr": "patrullaje",
    "pcr": "paro cardiorrespiratorio",
    "pers": "personas",
    "pje": "pasaje",
    "pob": "poblacion",
    "pobla": "poblacion",
    "ppu": "patente",
    "psje": "pasaje",
    "rci": "robo con intimidacion",
    "rcv": "robo con violencia",
    "rlh": "robo lugar habitado",
    "rlnh": "robo no habitado",
    "situac": "situacion",
    "sospech": "sospechoso",
    "sr": "senor",
    "sra": "senora",
    "sras": "senoras",
    "sres": "senores",
    "srta": "senorita",
    "suj": "sujeto",
    "tec": "golpe cabeza",
    "tel": "telefono",
    "vec": "vecino",
    "veh": "vehiculo",
    "vehic": "vehiculo",
    "vehics": "vehiculos",
    "viv": "vivienda",
    "vtr": "patrulla",
    "x": "por",
}
"""What operators shorten, in whole words; a full stop after one of these ends no sentence."""
