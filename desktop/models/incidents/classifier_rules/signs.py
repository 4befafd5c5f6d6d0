"""Words of risk for the crew, and of how things stand."""

RISKS = {
    "weapons": """
        1 {knife}; {gun}; armad*; balazo*; balace*; dispar*; tiros; tiroteo; apunal*; encanon*; palo; fierro
        1 bate; machetazo*; botella rota; punalada*; hacha; martillo
    """,
    "aggressor_present": """
        1 tipo/tipos/sujeto/sujetos/hombre/hombres/ladron/ladrones/agresor/el/ella/alguien adentro/afuera
        1 {hitting}; esta aqui; no se va; esta rompiendo; sigue en el lugar; todavia esta; aun esta; volvio
        1 me tiene; llego a mi
    """,
    "children": """
        1 {minor}; escolares; liceo; jardin infantil; colegio
    """,
    "dangerous_animals": """
        1 pitbull; rottweiler; jauria; perro brav*; perro/perra/perros atac*/mord*; mordio; toro; perros bravos
        1 puma; enjambre; abejas; perro grande suelto
    """,
    "fire": """
        1 incendi*; llamas; fuego; quemando; quema; prendio; humo; ardiendo; barricada*; molotov
    """,
    "chemicals": """
        1 gas; quimic*; cloro; amoniaco; bencina; acido; toxic*; combustible; petroleo; monoxido; parafina
    """,
    "injured": """
        1 herid*; lesionad*; sangr*; inconsciente; apunal*; atropell*; fractur*; quebrad* pierna/brazo
        1 no respira; no reacciona; mordio; desmay*; convulsion*; quemad* cara/mano; atrapad*; apunalad*
        1 desangr*; nariz rota; grave
    """,
}
"""Phrases that tell the crew of a risk, by the stored value of `Risk`."""

SIGNS = {
    "in_progress": """
        1 ahora; en este momento; en estos momentos; recien; sigue/siguen; esta/estan adentro; auxilio; socorro
        1 en curso; en desarrollo; en proceso
        1 apur*; urgente; rapido; esta/estan robando; esta/estan entrando; tratando de entrar/abrir; ayuda
        1 dentro de la casa
        1 esta/estan forz*/metiendo/saltando/trepando/sacando/golpeando; morador* encerrad*/amarrad*
    """,
    "over": """
        1 ya se fue; ya se fueron; se fueron; se arranco; se arrancaron; ya paso; ayer; anoche; antes de ayer
        1 semana pasada; hace dias/semanas/meses; ya no esta/estan; escaparon; huyeron; se dieron a la fuga
        1 hace una semana; en la manana; esta manana; ahora no esta; ya termino
    """,
    "long_ago": """
        1 ayer; anoche; antes de ayer; anteayer; semana pasada; hace dias/semanas/meses/anos; hace una semana
        1 hecho pasado
        1 esta manana; en la manana; mes pasado; el otro dia
    """,
    "armed": """
        1 {knife}; pistola; pistolas; revolver; escopeta; rifle; fusil; metralleta; arma; armas; hechiza; armad*
        1 machetes
        1 balazo*; balace*; dispar*; tiroteo; apunal*; acuchill*; encanon*; punalada*; estocad*; hacha
    """,
    "life": """
        1 inconsciente*; no respira; no puede respirar; cuesta respirar; no responde; no reacciona; no despierta
        1 desangr*
        1 sangr* harto/mucho/activo/abundante; herid* grave*/bala/arma; riesgo vital; en riesgo de muerte
        1 moribund*; agoniz*
        1 {people}/{minor}/{elder} atrapad*; atrapad* {people}/{minor}/{elder}; gente/personas/familia atrapad*
        1 electrodependiente*; oxigeno; convulsion*; atragant*; se ahoga; se esta ahogando; ahorcando*; ahorcad*
        1 brasero; gente/persona/personas/ninos/nino/abuela adentro fuego/humo/llamas/quema*/incendi*
        1 sin signos vitales
        1 fuego/humo/llamas/quema*/incendi* gente/persona/personas/ninos/nino/abuela/familia adentro/dentro
        1 electrocut*
        1 {people}/motoquer*/motorist*/pasajer* no se mueve; sepultad*; aplastad*; {people} quemad*; bala loca
        1 degollad*
        1 gente quemad*; amarrad* familia/gente/duen*/abuel*/morador*/ninos; sin pulso; paro cardi*; sobredosis
        1 {minor} colgando
        1 encima de {people}; encima/sobre {people}/{minor}/{elder} cay*
        1 arbol/poste/cable/muro/techo encima {people}/{minor}/pasajer*
        1 paciente/persona/herid* grave
    """,
    "child_exposed": """
        1 {minor} adentro/dentro/llorando/atrapad*/sol*/encerrad*/peligro/asustad*/herid*/lesionad*/golpead*
        1 {elder} atrapad*/herid*/lesionad*/golpead*; embarazada
    """,
    "trapped": """
        1 atrapad*; no pueden/puede salir; arriba del techo; se esta ahogando; encerrad*; postrad*; oxigeno
        1 gente/familia/personas/persona/pasajer*/ninos/abuel* adentro/dentro/techo; aislad* familia*/personas
        1 pasajer*
    """,
    "attack": """
        1 mord*; atac*; atacando; mordio; mordid*; corretea*
        1 agarrad* {minor}/{elder}/{people}; muerd*; mordiendo
    """,
}
"""Phrases that say how things stand: still going on, over, people who cannot get out, an animal that attacks."""
