"""Words of crimes against people: family A. The form of a line is told in the package."""

RULES = {
    "A01": """
        6 cadaver; sin vida; lo/la/los mataron; lo/la mato; asesin*; homicidio; osamenta*
        6 fallecid* calle/via/auto; aparecio/encontr*/esta/hay/halle/hallaron muert*
        6 encontr*/hay/aparecio/flota*/hallaron cuerpo; femicidio
        3 cuerpo; falleci*; muerto
        2 muert*; fallecid*; mal olor casa; tapado frazada
        8 occiso*; signos vitales; sin signos vitales; hallazgo cadaver/cuerpo/osamenta*; persona fallecida
        6 brigada homicidio*; restos humanos; huesos humanos; no presenta signos; acribillad*
        6 cuerpo quemado/enterrado/baleado
        12 mataron; lo/la mataron; dispararon muri*/mataron/muert*; baleado fallec*
        13 sin signos vitales; signos vitales
    """,
    "A02": """
        7 encapuchados/sujetos/tipos amenaz* bencinera/servicio/local/bombero/cajera
        7 amenaz* arma/pistola/cuchillo
        6 pistola/cuchill*/arma* cabeza/guata/cuello/costillas pidio/pidieron/plata/billetera/celular/{took}
        6 robando pistola/cuchill*
        5 cuchill*/pistola/arma* pus*/guata/cuello {took}; {took} bajaron; dentro micro {took} cuchillo; asalt*
        5 cogote*; encanon*; robo con violencia; robo con intimidacion; a mano armada; atrac*
        5 robar/robaron/robo/quitar*/quito/quitaron {knife}; robar/robaron/quitaron/quitar/robando {gun}
        5 {knife}/{gun} robar*/robaron/quitaron/quito/quitar; intimid* robaron/quitaron/{took}
        5 {hit} quitarle/robarle/robarme/quitarme/robar; amenaz* cajera/cajero/vendedora pistola/cuchillo
        5 {hit} {took}; me/le quitaron celular/mochila/plata/billetera/zapatillas/cartera; turbazo
        3 robo; robaron; quitaron; delincuentes; ladrones; ladron
        7 robo violencia/intimidacion; asalto*; intimidad* arma/{gun}/{knife}; intimid* {took}
        7 {gun}/{knife} {took}
        7 violencia {took} celular/bolso/mochila/cartera/billetera/documentos/plata/dinero/especies
        7 {took} violencia
        7 golpead*/agredid*/{hit} {took}; asaltad*; asaltante*; quisieron/intentaron asaltar; asaltando
        7 entregar celular/plata
        7 asalto botilleria/local/almacen/minimarket/banco/servicentro/bencinera; {took} caja/recaudacion
        7 mexicana
        12 {gun}/{knife} pid*/exig*/quier* plata/caja/dinero/celular/billetera
        11 entraron/entran/ingresan/ingresaron {shop}/local/negocio {gun}/{knife}/armad*
        12 turba joyeria/tienda/local/mall/farmacia armas/martillo*/{gun}; turbazo; asaltan; asaltando
        12 joyeria armas
    """,
    "A03": """
        6 manote* celular/telefono/cartera; mano celular/telefono bicicleta/bici/moto/corriendo; {took} pasada
        6 robo corriendo
        5 lanzazo; lanza/lanzas arranc*; arrebat*; manotazo; tironea*; de un tiron; por sorpresa
        5 arranc*/tiron* celular/telefono/cartera/cadena/bolso/collar/mochila/cuello; cartereo
        5 celular/telefono/cartera/bolso/cadena salio/arranc*/paso corriendo
        5 {took} celular/cartera bicicleta/moto
        7 {took} de la mano celular/telefono; de la mano corre*; motochorro*; robo por sorpresa
        7 por sorpresa {took}
        6 {took} aros/anteojos/jockey/gorro/aro corriendo/escapa/huye/arranca
        6 bici/moto {took} aros/celular/cartera
        6 {took} celular/cartera/telefono/bolso huye*/corre/corriendo/arranca*/escapa*; tiron celular/cartera
        6 tironeo
    """,
    "A04": """
        7 portonazo*; encerrona*; turbazo auto; abordazo
        6 {took} {car} apunt*; {took} auto llegando/bajando/entrando; apunt* {took} {car}; {car} apuntaron
        6 baja* auto/camioneta/vehiculo fuerza; bajaron del auto/camioneta; {took} {car} {gun}
        6 {took} {car} punta; {took} {car} {knife}; {gun}/{knife} {took} {car}; {car} punta {gun}
        4 {took} {car} llaves; {took} {car} porton; {took} {car} encapuchados
        8 {took} auto/camioneta/vehiculo/jeep violencia/intimidacion
        8 intercept*/abord*/cruzan conductor/vehiculo {took}
        9 {took} auto/camioneta/vehiculo/suv/jeep {gun}/{knife}/arma
        9 {gun}/{knife} {took} auto/camioneta/vehiculo/suv
        8 abord* conductor*; baj* conductor*/chofer; {took} auto uber/pasajer*/conductor*/chofer
        8 robo violento vehiculo
        12 bajaron/bajan/bajo/bajar auto/camioneta/vehiculo apunt*; {car} apunt*; apunt* {car}
    """,
    "A05": """
        7 oblig* subir auto/van/camioneta; retien* familiar/persona/hijo/hombre/mujer
        6 secuestr*; rapt*; plagio; subieron/subio/echaron/metieron fuerza; tienen retenid*; rescate plata
        6 tiene/tienen encerrad*; no deja salir; amarrad* pieza/casa; privad* libertad; piden plata por
        8 pid*/exig* dinero/plata/rescate liberar/soltar*; contra su voluntad; rescate liberar
        8 liberar hermano/hijo/marido
        9 {took} fuerza furgon/auto/camioneta/van; {took} mujer/hombre/joven/persona fuerza
        9 fuerza auto/furgon/van/maletero
        7 maleta/maletero de un auto; metieron/subieron auto/maleta/maletero/van; maniatad*; retenid* contra
        7 privad* de
        12 llevaron/llevo/llevan/subieron {kin} auto/jeep/camioneta/van/furgon; {kin} piden plata
        12 llevaron {kin} plata
    """,
    "A06": """
        5 golpear/golpearon/golpeado chofer/hombre/mujer/joven; cara hinchada; acaban de golpear
        6 taje*; cort* cara/brazo/cuello; punal*; ensangrentad*; le dieron/dio golpe/combo/patada*/palo*
        6 patead* suelo; quebraron dientes
        5 apunal*; acuchill*; punalada*; lesionad* pelea; sangrando cabeza; sacaron la mugre; sacaron la cresta
        4 golpead*; todo/toda golpead*; moretones; {hit}; pegando; golpes; golpeando
        4 sacan/sacaban la mugre/cresta; {hit} palo/fierro/botella/cabeza/joven/senor/caballero/vecino; agresion
        4 agredi*; golpiza; paliza; le/me/lo/la pegaron/golpearon/pego/golpeo/agredio/agredieron; botella cara
        4 golpeo/golpearon; fracturaron
        3 sangr* cabeza/nariz/cara; nariz rota; sangre suelo; corte feo; herido arma
        7 herid* arma/blanca/bala/{knife}; arma blanca torax/abdomen/brazo/pierna/cuello; estocad*/estocada
        7 lesiones graves
        6 persona/hombre/mujer/joven agredid*; golpe/palo/botella/piedra/fierro/bate cabeza; contusion*
        6 policontus*
        6 fue agredid*
        6 {people} inconsciente golpe*/agre*; guardia/cliente {hit}; agredid* por; lesiones; apalead*
        6 desfigurad*
        6 sangr* harto
        11 todo/toda golpead*; enterr*/clav* {knife}; molid* a golpes
        12 balead* posta/hospital/llega/pierna/brazo/espalda; punalada*; apunal*; acuchill*; herid* bala
        11 cortaron cuello/cara/brazo; turba golpea; quedo tirado sangr*
    """,
    "A07": """
        6 sacando/dando la cresta/mugre senoras/hombres/mujeres/dos; pelean/peleando dos/grupo/varios; se pegan
        6 agarron; se agarran
        5 pelea*; rina*; combos; a puno*; punetes; mocha; trifulca; agarr* combos/punetes; gresca; peleando
        4 se estan pegando; se estan dando duro; se agarraron; se tiran piedras; dos grupos; pelean*
        7 van a las manos; rina/pelea/mocha masiva/multiple/escolares/curados; pelea* {knife}/{gun}/machetes
        7 rina {knife}
        6 agarr* golpes/patadas/pelea; a combo limpio; combos entre; pugilato; pelea/rina callejera/campal
        6 agresion mutua
        5 rina; pelea
        9 agarrando/agarran punetes/combos/golpes
    """,
    "A08": """
        6 audios/mensajes desaparecer/matar/golpear; hacer desaparecer
        6 audio/audios/mensaje/mensajes/llamada/whatsapp quemar*/matar*/dano/amenaz*
        6 van/iba/va quemarme/quemar/matarme/pegarme
        5 amenaz*; me va a matar; iba a matar; te voy/va/vamos matar; va quemar casa; funar*; hacer dano
        5 mandando mensajes/audios; amedrent*; extorsi*; sabe donde vivo; dijo iba matar
        8 amenaz* {knife}/{gun}/arma vecin*/otro/senora; vecin* amenaz*
        8 amenaz* muerte/telefon*/vecin*/funcionari*/quemar
        6 amenaz* por; llamados/llamadas anonim*; intimida* mensajes/vecin*; lo/la van a matar; coaccion*
        6 amedrent*
        11 me iba a matar; iba matar quemar; dijo matar; matar quemar
    """,
    "A09": """
        10 disparar; disparan; dispararon; esta disparando; disparando
        6 balazo*; balace*; dispar*; tiroteo; rafaga; tiros; escopetazo; baleando; plomazos
        6 anda/hay/esta/tiene/lleva/apuntando/saco/porta* pistola/escopeta/revolver/rifle/fusil/metralleta
        5 disparo/disparos/dispararon aire; casquillos; vainillas; fuego cruzado; matonaje; balas
        4 persona/hombre/sujeto/tipo/loco/joven armad*/pistola/escopeta; {gun} mano; apunt* gente/pistola
        3 {gun}; armad*
        9 disparos/disparo/balacera aire/funeral/calle/pasaje/noche/pobla*; arma/armas de fuego; percut*
        9 funeral narco
        8 escuch*/oye*/sienten/siente disparo*/balazo*/tiros/balacera/detonaciones
        8 sujeto*/hombre*/tipo* {gun}/armad*
        7 ajuste de cuentas; balead*; armad* frente/afuera; arma cinto/cintura/mano; armas largas
        7 escopeta techo
        12 bala loca; bala ventana/techo/pared/casa; impacto bala; balas locas
    """,
    "A10": """
        12 violacion; violaron; violada; violado
        7 abusando/abusan/abusar de joven/nina/mujer/menor; abusaron; relaciones menor; desnudar nina/joven
        7 propas*; viola*; abus* sexual*; abuso/abusaron de; desperto sin ropa; tocaciones; manose*; ultraj*
        6 toco/toca/tocaba/tocado/tocando/manoseo sobrina/hija/hijo/nieta/nina/nino
        6 sobrina/hija/nina/alumna la toco/tocaron
        5 abusador; toco/toca/tocando/tocan partes/intimas; grooming; obligo/obligaron desnud*
        5 abusaron/abuso/abusan
        9 violad*/violacion/violaron; abusad*/abuso/abusaron nina/menor/joven/hija/mujer/sexual*
        9 intento* violar/violacion/abuso
        8 tocaciones; manose* pasajera/mujer/menor/alumna; agresion sexual; drogad* abusad*; sumision quimica
        8 sin consentimiento
        7 estupro; delito sexual; pedofil*; material abuso; acceso carnal
        13 padrastro/padre/papa/tio/abuelo/profesor/vecino/hermano abusa*/abuso/viola*/toca*
        13 abusa*/abuso de nina/menor/joven/mujer
    """,
    "A11": """
        5 acos*; groserias sexual*; piropos; cosas sexuales; fotos debajo; siguiendo groserias
        5 me quiere agarrar
        4 me persigue/sigue/siguiendo cuadras; me viene siguiendo; siguiendo mujer/ninas/estudiantes/escolares
        8 acos* mujer*/estudiante*/escolar*/callejero; graba*/fotos falda/calzones
        8 obscen* mujer*/escolar*/estudiante*
        7 persigue/sigue escolares/estudiantes/joven/mujer; comentarios/gestos/palabras obscen*/sexuales
        7 se le insinua; piropos
    """,
}
