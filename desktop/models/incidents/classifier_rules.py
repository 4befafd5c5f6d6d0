"""The words by which people in Chile tell what is happening, per type of incident.

A line of a type is its weight and its phrases, separated by `;`. In a phrase `a/b` is one word or the other,
`word*` any ending, `{name}` a list of `WORDS`; up to three other words may stand between two of its words, and a
phrase of two is also understood the other way round. Everything is written without accents and matched by sound:
b and v, s, c and z, a silent h do not matter. A stem ends where the sound of its last letter is decided: `balace*`,
not `balac*`.
"""

WORDS = {
    "partner": """
        marido esposo esposa pareja pololo polola conviviente ex exmarido expareja expololo cunado padrastro
    """,
    "hitting": """
        pegando* golpeando* pega golpea agrediendo* ahorcando* zamarreando* pateando* aforrando*
    """,
    "hit": """
        pego golpeo agredio pegaron golpearon agredieron pegado golpeado agredido aforro
    """,
    "child": """
        nino nina ninos ninas guagua guaguas bebe lactante menor menores hijo hija hijos hijas chiquitito
        chiquititos cabro cabrito cabrita
    """,
    "elder": """
        abuelo abuela abuelito abuelita anciano anciana ancianita ancianito viejito viejita tata
    """,
    "car": """
        auto autos camioneta vehiculo vehiculos furgon jeep suv camion hilux
    """,
    "knife": """
        cuchillo cuchilla cortaplumas punal machete navaja corvo cuchillas cuchillos estoque sable
    """,
    "gun": """
        pistola pistolas revolver escopeta rifle fusil metralleta subametralladora arma armas hechiza fierros
    """,
    "drunk": """
        curado curada curados ebrio ebria ebrios borracho borracha borrachos cocido cocidos
    """,
    "drug": """
        droga drogas marihuana pitos pito cocaina coca pasta papelillo papelillos pastabase tusi mota
    """,
    "drink": """
        alcohol copete cerveza cervezas vino chelas pisco trago ron
    """,
    "took": """
        robaron robo robar robarme quitaron quito sacaron saco llevaron llevo robando
    """,
    "house": """
        casa departamento depto domicilio hogar vivienda cabana parcela pieza dormitorio
    """,
    "shop": """
        local negocio bodega oficina escuela colegio liceo sede tienda vitrina cortina farmacia botilleria
        taller jardin iglesia consultorio posta minimarket obra galpon kiosco computadores mercaderia
    """,
    "people": """
        persona personas hombre mujer senora senor caballero joven muchacha muchacho nino nina cabro tipo sujeto
        vecino vecina abuelito abuelita anciano adulto turista chofer conductor ciclista peaton estudiante
    """,
    "crash": """
        choque choco chocaron chocar colision colisiono accidente volcamiento volco impacto estrello topo chocan
    """,
    "service": """
        carabineros pdi bomberos samu ambulancia detectives policia comisaria
    """,
    "minor": """
        nino nina ninos ninas guagua guaguas bebe lactante menor menores chiquitito chiquititos cabritos hijos
        bebes
    """,
}
"""Lists of words that phrases name; separated by spaces."""

RULES = {
    "A01": """
        6 cadaver; sin vida; lo/la/los mataron; lo/la mato; asesin*; homicidio; osamenta*
        6 fallecid* calle/via/auto; aparecio/encontr*/esta/hay/halle/hallaron muert*
        6 encontr*/hay/aparecio/flota*/hallaron cuerpo; femicidio
        3 cuerpo; falleci*; muerto
        2 muert*; fallecid*; mal olor casa; tapado frazada
    """,
    "A02": """
        7 encapuchados/sujetos/tipos amenaz* bencinera/servicio/local/bombero/cajera; amenaz* arma/pistola/cuchillo
        6 pistola/cuchill*/arma* cabeza/guata/cuello/costillas pidio/pidieron/plata/billetera/celular/{took}
        6 robando pistola/cuchill*
        5 cuchill*/pistola/arma* pus*/guata/cuello {took}; {took} bajaron; dentro micro {took} cuchillo; asalt*
        5 cogote*; encanon*; robo con violencia; robo con intimidacion; a mano armada; atrac*
        5 robar/robaron/robo/quitar*/quito/quitaron {knife}; robar/robaron/quitaron/quitar/robando {gun}
        5 {knife}/{gun} robar*/robaron/quitaron/quito/quitar; intimid* robaron/quitaron/{took}
        5 {hit} quitarle/robarle/robarme/quitarme/robar; amenaz* cajera/cajero/vendedora pistola/cuchillo
        5 {hit} {took}; me/le quitaron celular/mochila/plata/billetera/zapatillas/cartera; turbazo
        3 robo; robaron; quitaron; delincuentes; ladrones; ladron
    """,
    "A03": """
        6 manote* celular/telefono/cartera; mano celular/telefono bicicleta/bici/moto/corriendo; {took} pasada
        6 robo corriendo
        5 lanzazo; lanza/lanzas arranc*; arrebat*; manotazo; tironea*; de un tiron; por sorpresa
        5 arranc*/tiron* celular/telefono/cartera/cadena/bolso/collar/mochila/cuello; cartereo
        5 celular/telefono/cartera/bolso/cadena salio/arranc*/paso corriendo
        5 {took} celular/cartera bicicleta/moto
    """,
    "A04": """
        7 portonazo*; encerrona*; turbazo auto; abordazo
        6 {took} {car} apunt*; {took} auto llegando/bajando/entrando; apunt* {took} {car}; {car} apuntaron
        6 baja* auto/camioneta/vehiculo fuerza; bajaron del auto/camioneta; {took} {car} {gun}
        6 {took} {car} punta; {took} {car} {knife}; {gun}/{knife} {took} {car}; {car} punta {gun}
        4 {took} {car} llaves; {took} {car} porton; {took} {car} encapuchados
    """,
    "A05": """
        7 oblig* subir auto/van/camioneta; retien* familiar/persona/hijo/hombre/mujer
        6 secuestr*; rapt*; plagio; subieron/subio/echaron/metieron fuerza; tienen retenid*; rescate plata
        6 tiene/tienen encerrad*; no deja salir; amarrad* pieza/casa; privad* libertad; piden plata por
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
    """,
    "A07": """
        6 sacando/dando la cresta/mugre senoras/hombres/mujeres/dos; pelean/peleando dos/grupo/varios; se pegan
        6 agarron; se agarran
        5 pelea*; rina*; combos; a puno*; punetes; mocha; trifulca; agarr* combos/punetes; gresca; peleando
        4 se estan pegando; se estan dando duro; se agarraron; se tiran piedras; dos grupos; pelean*
    """,
    "A08": """
        6 audios/mensajes desaparecer/matar/golpear; hacer desaparecer
        6 audio/audios/mensaje/mensajes/llamada/whatsapp quemar*/matar*/dano/amenaz*
        6 van/iba/va quemarme/quemar/matarme/pegarme
        5 amenaz*; me va a matar; iba a matar; te voy/va/vamos matar; va quemar casa; funar*; hacer dano
        5 mandando mensajes/audios; amedrent*; extorsi*; sabe donde vivo; dijo iba matar
    """,
    "A09": """
        6 balazo*; balace*; dispar*; tiroteo; rafaga; tiros; escopetazo; baleando; plomazos
        6 anda/hay/esta/tiene/lleva/apuntando/saco/porta* pistola/escopeta/revolver/rifle/fusil/metralleta
        5 disparo/disparos/dispararon aire; casquillos; vainillas; fuego cruzado; matonaje; balas
        4 persona/hombre/sujeto/tipo/loco/joven armad*/pistola/escopeta; {gun} mano; apunt* gente/pistola
        3 {gun}; armad*
    """,
    "A10": """
        7 abusando/abusan/abusar de joven/nina/mujer/menor; abusaron; relaciones menor; desnudar nina/joven
        7 propas*; viola*; abus* sexual*; abuso/abusaron de; desperto sin ropa; tocaciones; manose*; ultraj*
        6 toco/toca/tocaba/tocado/tocando/manoseo sobrina/hija/hijo/nieta/nina/nino
        6 sobrina/hija/nina/alumna la toco/tocaron
        5 abusador; toco/toca/tocando/tocan partes/intimas; grooming; obligo/obligaron desnud*
        5 abusaron/abuso/abusan
    """,
    "A11": """
        5 acos*; groserias sexual*; piropos; cosas sexuales; fotos debajo; siguiendo groserias
        5 me quiere agarrar
        4 me persigue/sigue/siguiendo cuadras; me viene siguiendo; siguiendo mujer/ninas/estudiantes/escolares
    """,
    "B01": """
        8 {partner} dando palo/combos/patadas/golpes; vecina/mujer/senora socorro/auxilio
        8 {partner} {drunk} pegar/ayuda/encerrada/agresivo; {partner} quiere/intenta pegar*/matar*
        8 {partner} agresiv*; encerrada bano {partner}; hermano/hijo/padre {hitting} senora/mama
        8 {partner} {hitting}; {hitting} {partner}
        8 {hitting} a la/su/una senora/mujer/mama/madre/esposa/polola/pareja
        7 mugre/cresta/duro/combos vecina/senora/mujer; papa {hitting} mama; {partner} violento
        7 gritos vecina/mujer; {partner} me/la/lo/le {hit}; {partner} tiene del cuello
        7 {partner} me/la/le pego combos/recien/ahora; {partner} cuchillo/pistola
        7 hijo/nieto/hermano {hitting} mama/papa/madre/abuela/padre; {partner} rompiendo/quebrando/destrozando
        6 mujer/senora/vecina gritando/grita/pidiendo auxilio/socorro/ayuda; violencia intrafamiliar; vif
        5 {partner} llego {drunk}; {partner} me empujo/empuja/ahorca; le/la esta/estan {hitting}
        5 {hitting} senora/mujer
    """,
    "B02": """
        7 vive hombre no deja salir; no deja salir trabajar; trata pesimo/mal
        7 {partner} {hit} ayer/anoche/semana/siempre; denunciar {partner}; {partner} maltrat*
        7 {partner} amenazo anoche
        6 {partner} trata mal; {partner} amenazad*; {partner} celos/celoso/celosa/alcoholico
        6 {partner} pension/plata; {partner} insulta/humilla/controla/cela/revisa/amenaza/amenazo
        6 {partner} ya se fue; maltrato psicologic*; {partner} psicologic*; {partner} ahora no esta
        6 sufro/vivo/victima violencia; {partner} golpeaba/pegaba
    """,
    "B03": """
        9 orden no acerc*; orden de no; prohibicion/orden tribunal {partner}; {partner} orden/medida/prohibicion
        9 cautelar*; orden de alejamiento; prohibicion acerc*; prohibicion de acercamiento; medida de proteccion
        8 alejamiento; no puede acercarse {partner}; {partner} no puede acercarse; desacato; tobillera
    """,
    "B04": """
        8 {child} llorando horas/solo/sola; nadie abre guagua/nino/nina
        9 {child} pide/pidiendo/vendiendo plata/monedas/semaforo; {child} noche sola/solo
        7 ninito/ninita/criatura/pequeno/pequena/nino solo/sola/solito/solita; {child} sol* calle; panales
        7 ninito*; {child} sol*/solit* casa/horas/calle/noche/semaforo; {child} encerrad* auto
        7 {child} abandonad*; ninos solos
        7 pega/pegan/pegando/maltrat*/golpea a/sus/su/los/la hijos/hijas/hijo/hija/ninos/guagua/hijito chic*
        7 moretead*
        6 nino/nina/ninita/ninito perdid*/mama/encuentra; chico/chica solo/sola calle
        6 {child} pidiendo/durmiendo calle; {child} golpead*/moretead*/maltrat*
        6 {child} pide/pidiendo plata/monedas; {child} mama/papa/padre drogad*/{drunk}
        6 mama/papa/madre drogada/{drunk} {child}; {child} descuidad*/desnutrid*; vulneracion
        6 {child} esta sola/solo
    """,
    "B05": """
        7 {elder} sola/solo/abandonad*/maltrat*/postrad*/pension; maltrat* {elder}
        7 adulto mayor abandonad*/postrad*/solo
        6 vecina/vecino/senora/persona anos sola/solo/sucia/sucio; noventa/ochenta/setenta sola/solo/come
        6 {elder} sucia/sucio/hambre/golpe*; persona/senora mayor abandonad*/maltrat*/postrad*
        6 {elder} no tiene comida; {elder} no lo van a ver
        4 adulto mayor; adultos mayores; senama
    """,
    "B06": """
        7 no encontramos/encuentro/encuentran hijo/hija/mama/papa/abuelo/abuela/nino/nina
        7 autismo/autista/demencia salio/encontramos; salio casa no
        7 se perdio hijo/hija/nino/nina/mama/papa/{elder}/sobrin*/hermano/hermana/persona/senora; extravi*
        7 no aparece; desaparec*; alzheimer; desorientad*; no llego colegio/casa/trabajo; presunta desgracia
        7 {elder} perdid*/desorientad*; nino/nina perdid*; no sabe su nombre
        6 no ha vuelto/llegado/aparecido; no vuelve; perdid* {child}; salio comprar vuelto
        4 no contesta celular; no sabe donde vive; anda perdid*; se extravio; no ha vuelto; no volvio; demencia
    """,
    "B07": """
        9 {people} quiere dano; se quiere hacer dano; dice que se va a cortar/matar/tirar; encerro cuchillo cortar
        8 suicid*; quiere/quiero morir/matarse/matarme/ahorcar*/tirar*/lanzar*; se va/iba a tirar/lanzar/matar
        8 ahorcar
        7 amenaza tirarse/matarse/lanzarse/cortarse
        7 antena/torre/techo/puente/azotea tirarse/lanzarse/saltar/subio; saltar puente/techo
        7 se tomo pastillas/remedios/veneno/cloro; cortar las venas; se corto las venas; baranda puente
        7 se quiere cortar
        6 crisis panico/nerviosa/angustia/salud; esquizofreni*; descompensad*; escucha voces; psiquiatric*
        6 salud mental; bipolar; delira*; brote
        4 crisis
    """,
    "B08": """
        7 sin hogar; tiritando; persona sin hogar
        7 situacion de calle; indigente*; vagabundo*; ruco*; mendigo*; durmiendo en la calle/vereda
        7 durmiendo frio
        6 vive plaza/calle/puente/paradero; albergue; duerme plaza/puente/calle; persona calle frio; helar
        5 personas/gente/senor de calle; duerme calle/paradero/plaza; durmiendo calle/plaza/paradero/cajero
    """,
    "C01": """
        7 {people}/alguien patio/antejardin/techo forz*/ventana/puerta/escond*; forz* ventana/puerta/chapa/reja
        7 tratando forzar; sujeto patio
        6 chapa/puerta/ventana/candado/protecciones rot*/forzad*/violentad*/abierta
        6 faltan/falta tele/computador/joyas/cosas; alguien/ladron/sujeto/tipo dentro/adentro casa/patio
        6 saltaron/salto/saltando reja/muro/pandereta; escondid* bano; meti* robar {house}; metieron casa
        6 entraron {house}/ventana; entrar*/entraron/entro/entrando robar/robaron {house}; {house} vecin* robar
        6 puerta reventada/forzada/abierta {took}; desvalij*; alguien dentro/adentro {house}
        6 entrar/abrir {house} fierro; forzando/abrir/forcejeando puerta/ventana/chapa {house}
        6 {house} {took} tele/joyas/notebook/cosas
        5 estan adentro; mientras dormiamos; robo habitado; {took} {house}
        5 ladron/ladrones {house}/patio/techo/adentro
    """,
    "C02": """
        7 entraron/entro/entrando/entrar/meti*/robaron/robo/robando {shop}; forz*/romp*/revent* {shop}
        7 {shop} forzad*/abiert*/rot*; alunizaje
        6 rompieron/romp*/quebraron ventanal/vitrina/cortina/candado; saque* {shop}; robar {shop}
        6 cortina levantada/forzada/abierta
        6 ferreteria/panaderia/almacen/peluqueria/restaurant {took}/alarma/robaron; alarma {shop}; {took} {shop}
        6 {shop} {took}; robo no habitado; candado roto
    """,
    "C03": """
        6 deje auto/camioneta/moto/furgon cuando no; salir/sali/volvi no estaba auto/moto
        6 auto/moto/camioneta no estaba; {took} auto/camioneta/moto/motocicleta/vehiculo/furgon/jeep/camion
        6 no esta auto/camioneta/moto/furgon
        5 auto/camioneta/moto/furgon ya no esta; robo de vehiculo; auto robado; {took} mi auto/moto/camioneta
    """,
    "C04": """
        9 quebraron/rompieron ventana/vidrio/luneta auto/camioneta; ventana camioneta/auto {took}
        9 dejaron auto/camioneta ruedas; auto/camioneta ladrillos/tocos; ruedas auto ladrillos
        9 vidrio/ventana auto roto/quebrado
        8 rompieron/quebraron/rompio vidrio auto/camioneta/vehiculo/furgon; vidrio auto/camioneta/furgon {took}
        8 {took}/sacando/robando ruedas/bateria/radio/espejo/espejos/rueda/parachoques/catalitico; inhibidor
        7 robo/robaron/abrieron/sacaron auto/camioneta/vehiculo mochila/herramientas/cosas/bolso/notebook
        7 dentro/adentro/interior del auto {took}; {took} dentro/desde/interior auto/camioneta/vehiculo
    """,
    "C05": """
        6 sin pagar; no pago; no quiso pagar; salio/fue/iba sin pagar; robo hormiga
        6 escondio mercaderia/productos; hurto*; mecher*; supermercado {took}
        6 {took}/robarse supermercado/tienda; retenid* guardias; guardia retuvo
        6 {took} bicicleta/bici/balon/gas/plantas/ropa/scooter/coche; sin darme cuenta; se robo/robaron cosas
        4 {took} billetera/celular/cartera feria/micro/bus/mesa; escondida ropa; carterista*; se robo
        4 robar* ropa
    """,
    "C06": """
        5 destroz*; rompieron/sacaron mallas/letrero/basureros/luces/plantas; dan*/dano plaza/cancha/sede
        5 vandal*; apedre*; quebr*/romp*/patead* vidrio*/paradero/ventana*/porton/basureros/letrero
        5 rayaron/abollaron/rayado/abollado/pincharon auto; a proposito; patadas porton/puerta/auto/reja
        4 quebrando; rompiendo; tirando piedras casa/techo/ventana; piedrazos; romper
    """,
    "C07": """
        7 reconocio/reconoci bicicleta/moto/celular/herramientas; vend* herramientas/celulares/cosas robad*
        7 vend* robad*; reducidor*; receptacion; celulares/especies/cosas/herramientas robad*; seguro robad*
        7 bicicleta/celular/moto robad* compraventa/feria/venta; ofrece barat*; vendiendo barat*
    """,
    "C08": """
        7 estaf*; cuento del tio; hacer pasar; haciendose pasar; clonaron; transferi* cuenta falsa; phishing
        6 ejecutivo; di/entregue/dio clave; vaciaron/vacio cuenta/tarjeta; transferencia falsa; tarjeta clonada
        6 estafador*; sacaron plata cuenta; deposito falso; {elder} entrego millones; falso ejecutivo
        6 premio falso; hackear*
    """,
    "C09": """
        7 tomaron/toma/tomando terreno; usurp*; ocupa*/ocuparon ilegal; parando mediaguas; okupa*; toma ilegal
        7 metieron a vivir; cambiaron chapa; ocup*/tomaron casa; instalaron terreno/carpas; levantando mediagua*
    """,
    "C10": """
        8 sac*/rob*/roban cable/cables/cobre; cable/cables/cobre madrugada/subterranea/camara
        8 cort*/rob*/{took} cable*; cables robad*; {took} medidor/tapa*/fierro puente/letrero
        8 roban/sacando cable*
        7 sacando/robando/{took} tapas alcantarilla/camaras; sacando alcantarilla; robo cobre; {took} cobre
    """,
    "C11": """
        9 encargo por robo; encargo vigente; con encargo; lectora patente*; camara lectora
        9 aparece/sale robado/encargo
        7 auto/camioneta/moto robad* estacionad*/abandonad*/encontr*; portico; encontr* auto/camioneta robad*
    """,
    "D01": """
        7 vend*/venta/traficando/trafico {drug}; narco*; microtrafico; traficante*; traficando; punto de venta
        6 vend* pasta/papelillos/bolsitas/pitos; movimiento toda la noche
        5 {drug} entra sale gente; casa {drug}; pasamanos; trafico; venta de pasta/cocaina; dealer
    """,
    "D02": """
        7 fuma*/consum*/drogando*/volado/volados {drug}; fumando; drogandose; angustiado*; consumiendo droga
        6 drogandose/drogados; {drug} jovenes/plaza/sede/escala; fumando yerba; consumiendo
        5 pitos; pito; marihuana; angustiad*; pasteros; huele marihuana
        4 consumidores; olor marihuana; volandose; jalando; aspirando neopren; consume*
    """,
    "D03": """
        7 tomando/bebiendo/toman/beben/chupando {drink}; tomando plaza/calle/costanera/esquina/pasaje
        7 via publica {drink}
        6 toma/toman/tomando/beben/chupan cerveza/vino/copete/chelas/pisco/trago
        6 tomando/toman/bebiendo chela*/tragos/vino; curados plaza/esquina; chelas; copete
        5 {drink} plaza/calle/via/vereda/costanera/playa/cancha; tomatera; bebiendo; cajas de vino
        5 consumo de alcohol
        3 tomando; botellas; carrete en la plaza
    """,
    "D04": """
        8 clandestino/clandestina/clande {drink}; venta/vend* {drink}; {drink} sin permiso/patente
        8 clandestino venden
        6 vend* copete/alcohol menores; botilleria clandestina; venden copete/alcohol; vende trago
    """,
    "D05": """
        9 {drunk} durmiendo/tirado/botado calle/vereda/medio/plaza/suelo
        7 {drunk} botado/tirado/durmiendo/tendido/acostado/suelo/vereda; botado/tirado/tendido/durmiendo {drunk}
        6 huele/olor trago/alcohol/copete botado/tirado/senor; botado afuera botilleria/bar; cayendo {drunk}
        5 {drunk} no puede parar; no se puede parar; senor/hombre/persona/caballero tirado/botado/tendido
        5 intoxicad*
        3 {drunk}; raja curado; pasado de copas
    """,
    "E01": """
        7 musica fuert*/alt*/volumen/chancho/noche; ruidos molestos; mucho ruido; bulla; karaoke; parlante*
        7 no deja* dormir; perro/perros ladra*; ladrando
        5 no hemos podido dormir; no podemos dormir; no puedo dormir; gritos fiesta; dias de carrete
        4 musica; ruido*; fiesta*; carrete; todo chancho; volumen; cumpleanos gritos; esmeriladora; reggaeton
        4 cumbia; batucada; cumpleanos
    """,
    "E02": """
        7 desorden*; barricada*; turba; encapuchad* lanz*/cort*/tir*; hinchas; quemando neumaticos; protesta
        7 manifest*
        6 neumaticos; barricad*; piedrazos autos/micros; toma/tomaron universidad/liceo
        5 cortaron/cortando/tomaron calle/avenida/ruta; lanzando cosas/piedras; saqueo*; molest* gente/pasan
        5 molestando
    """,
    "E03": """
        8 auto/camioneta sujetos/tipos/hombres/personas adentro/dentro estacionad*/parad*/horas
        6 {car} vidrios polarizados; ocupantes/sujetos/tipos/hombres mira*/observa* casas/autos/locales
        6 horas parad*/estacionad* gente/adentro; encapuchado*; tipo/hombre/mujer/gente/auto rar*/extran*
        6 tocando timbres; timbres; fotografiando; rondando; espiando; tocando puertas; sospechos*
        6 dando vueltas; mirando casas/ventanas/autos; merode*; sapeando; probando manillas; rondando casas
        5 actitud extrana/rara; persona/hombre/sujeto extran*/rar*; sacando fotos casas/portones; marcando casas
        4 mirando ventana*; auto sin patente; lento mirando; desconocido* timbre/puerta/casas; hace rato mirando
    """,
    "E04": """
        8 ambulante*; vender/venden/vendiendo panos/suelo/vereda/calle
        8 carrito/carro completos/sopaipillas/comida
        6 coler*; instal* vender; comercio informal; puesto ilegal; venden sin permiso; fritanga
    """,
    "E05": """
        8 tap* salida/entrada/porton/garaje/garage/rampa auto/camioneta; tap* salida/garaje/garage; auto tapando
        8 cuidador* autos; acomodador*
        8 estacionad* entrada/vereda/garage/salida/discapacitados/porton/doble/ciclovia
        7 mal estacionad*; no puedo salir/entrar auto; estacionan vereda/pasto
        7 bloque* salida/porton/garage/entrada
        4 estacionad* arriba; me cobra cuidar; estaciona*; estacionamiento reservado
    """,
    "E06": """
        8 microbasural*; escombro*; bot*/tir*/arroj* basura/colchon*/escombro*; vertedero; basural; cachureos
        6 perro/animal muerto; bolsa contenedor*; dejaron/botaron bolsa/bolsas/restos/cachureos/muebles
        6 contenedores llenos/rebals*; bolsas negras/basura
        6 dejar/dejaron/tiraron/botaron sillon/sillones/colchon/bolsas/mugre/muebles; ramas podas vereda
        5 basura; desperdicios; bolsas rotas; camion de la basura; contenedor rebalsad*; colchon*
    """,
    "E07": """
        10 quema de/hojas ramas/hojas/basura/pasto/rastrojo
        8 quemando basura/hojas/ramas/pasto/rastrojo/cables/desechos; quema hojas/ramas/basura/pasto/rastrojo
        7 quema; hace fogata*; fogata; quemando sitio/patio; humo patio/vecino/parcela
        6 fogata/fogatas prendida/playa; prendieron/prendio fogata/basura/ramas; brasas
    """,
    "E08": """
        7 exhib* escuela/plaza/ninos/calle; se exhibe; sujeto/hombre exhib*
        8 masturb*; desnud*; exhibicionista; mostrando/muestra genitales/todo/partes/pene; orinando
        8 exhibiendose
        6 teniendo/tienen sexo/relaciones; ofensas al pudor; baja* pantalones; pudor; haciendo pipi; defec*
    """,
    "E09": """
        9 perr*/gat*/animal*/caballo amarrad*/flac*/maltrat* comida/agua/sol/patio; maltrato animal
        7 perro/perros/perra/pitbull/rottweiler/jauria mord*/suelt*/atac*/herid*/atropellad*/brav*; jauria
        7 mordid*
        7 caballo*/vaca*/vacuno*/oveja*/chancho*/toro/ganado/animal* carretera/ruta/calle/suelt*/escap*/camino
        7 gat*/perr*/ave/animal atrapad*/herid*/arriba; lobo marino; rescat* gat*/perr*/animal*; mordio; zorro
        7 puma
        4 perro*; gat*; pitbull; animal*; huemul; pudu; serpiente; abejas; panal; caballo*
    """,
    "E10": """
        7 vecino/vecina construyo/muralla/terreno/cerco; dentro de mi terreno
        7 conflicto/problema*/discusion/pelea/discut* vecino/vecina/vecinos/condominio; deslinde
        7 corrio cerco/reja
        6 pele*/discut*/conflicto vecin*; arbol/ramas/reja/agua vecin* lado/patio; vecina/vecino poda/corta/tira
        6 vecino/vecina tira/burla/molesta/insulta/hostiga; condominio; convivencia; medianero
        6 problemas con vecin*
    """,
    "E11": """
        8 graffiti*; grafiti*; rayado* muralla/pared/fachada; raya* muralla/pared/fachada/monumento; spray
        8 rayando
        4 muralla rayada; pint* muralla/fachada; tags; rayados
    """,
    "E12": """
        8 carreras autos/motos/clandestinas/calle/ilegales; carrera clandestina; piques
        8 motos/autos corriendo picando
        6 picando; derrapando; trompos; autos tuning; haciendo carreras; haciendo piruetas; motos/moto wheelie
    """,
    "F01": """
        8 auto/camioneta/camion/bus/moto salio/cayo camino/canal/barranco/quebrada/zanja/cuneta/ruta
        8 accidente ruta/personas/atrapad*/adentro
        7 {crash} herid*/lesionad*/atrapad*/sangre/grave/inconsciente/quejan*; volcamiento; se volco
        7 herid* {crash}
        6 autos/auto/moto golpe/impacto; golpe rotonda/ruta/esquina; se dieron golpe; motociclista; motorista
        6 volcado; accidente moto/bicicleta/ciclista/motociclista
        6 motociclista/ciclista/moto suelo/cay*/tirado/botado; volco
        5 volcad*; ciclista cay*; moto choco; chocar* atrapad*; accidente transito; desbarranc*
        5 se dio vuelta auto
        4 accidente; choque fuerte/violento; {crash} bus/micro camion
    """,
    "F02": """
        8 {crash} sin herid*/lesionad*; {crash} no herid*/lesionad*; sin herid*/lesionad* {crash}
        8 {crash} solo danos
        6 topo/toparon/choco/chocaron atras; raspo/rayo/raspon auto; no quiere dar datos; latas; laton
        6 {crash} {car}/poste/estacionad*/muro/reja; por alcance; topon; parabrisas
        5 colision; choque; choca*; choco; topo poste/auto; chocaron; dieron a la fuga auto; latas; latazo; tope
    """,
    "F03": """
        9 atropell*; paso a llevar nino/nina/persona/senora/senor/caballero/peaton/ciclista; paso por encima
        7 paso por encima pie/pierna/persona/estudiante; auto/micro/bus pie/pierna peaton/estudiante/senora
        7 auto/camioneta/micro/moto botar/boto/embistio/arrastro senora/senor/nino/nina/persona/cruzaba
        7 cruzaba auto/micro
        6 choco/chocaron peaton/peatones; auto paso encima; levanto peaton
        6 embisti* peaton/persona/gente/transeunte
    """,
    "F04": """
        9 semaforo* apagad*/pegad*/mal*/rojo/intermitente/funciona*/sincroniz*/fall*/choc*/caid*
        8 disco pare; senaletica; senal transito; ceda el paso; disco cay*; letrero transito
        4 semaforo*
    """,
    "F05": """
        10 {car} botado/abandonado basura/meses/ano/anos/ruedas/desinflad*
        8 {car} abandonad*; {car} botad*; abandonad* {car}; {car} meses; {car} sin ruedas; {car} desinflad*
        8 chatarra
    """,
    "F06": """
        7 parad* medio puente/calle/pista; cola inmensa/enorme/autos; quedo/parada puente
        7 camion/bus/auto/arbol atravesado; no deja pasar; no se puede pasar; no pueden pasar; corte transito
        7 cuesta bloqueada; panne; pana; quedo parad*/botado bus/camion/auto; taco
        7 bloque* puente/calle/via/ruta/pista; atochamiento
        6 cayo carga; tapada via/calle; obstru*; tapando via/calle/pista; se quedo en pana
        6 bus/camion/auto atravesado
    """,
    "F07": """
        9 {drunk} manejar/maneja/auto/volante/camioneta; va a manejar; subio auto {drunk}
        9 manejar {drunk}/copete
        8 bandazos; chofer/conductor/volante tomando/bebiendo; maneja/va tomando cerveza/vino/copete
        8 manejando borracho; conduc*/manej*/chofer/volante {drunk}/trago/copete
        8 {drunk} manejando/conduciendo/volante/conductor/chofer
        7 zigzag*; anda con trago; chofer dormido semaforo; manejando mal; haciendo eses; conductor {drunk}
    """,
    "G01": """
        7 se incendia; incendia/incendio panaderia/fabrica/escuela/departamento/edificio
        7 quemando/quema/quemo/incendi*/fuego/llamas/ardiendo/arde {house}/bodega/edificio/local/techo/cocina/auto
        7 {house}/bodega/edificio/local/techo/escuela/cocina/galpon incendi*/quema*/llamas/fuego/ardiendo/arde
        6 exploto/explosion/explosion llamas/fuego/humo/fabrica/casa; llamas fabrica/casa/local
        6 prendio/prendiendo cocina/casa/techo/cortina; humo departamento/edificio/casa/techo/piso; amago
        5 humo negro; humo casa/ventana/techo; olor quemado; explosion; exploto
        4 incendio; llamas; humo; se esta quemando; fuego; quemando; canon chimenea; inflamacion; cortocircuito
    """,
    "G02": """
        8 incendi*/quema*/fuego/llamas/humo bosque/cerro/pastizal*/eucaliptu*/pino*/monte/matorral*/pasto/potrero
        8 bosque/cerro/pastizal*/eucaliptus/pinos/matorral* quem*/incendi*/fuego/llamas/ardiendo
        8 incendio forestal
        7 arde*/ardiendo/fuego/humo matorral*/pasto/carretera/ruta/zarzas/aromos/reserva
        7 fuego/humo/llamas cerro/campo/loma/quebrada/viento; fuego arriba
        5 pastizal*; eucaliptus; forestal
    """,
    "G03": """
        7 {child} no reacciona/respira/mora*/atora*; guagua morada/fiebre/ahog*; se desvanecio; sangra nariz
        7 caida altura; dolor fuerte pecho; dolor pecho; no despierta; no reacciona; perdio conocimiento
        7 se desplomo; se atoro; se ahoga; no puede respirar; no respira; desmay*; infarto; duele pecho
        7 convulsion*; contracciones; parto; inconsciente; paro; ataque epilep*; ahog* comida; atragant*
        7 embarazad*; no se puede mover; derrame; acv
        6 se cayo/callo escalera/bano/techo/andamio; se siente mal; ambulancia; mora*; fiebre; diabetic*
        6 fractur*
        5 cayo caballero/senora/abuelita/abuelito; quebro pierna/cadera/brazo; sangra mucho; vomit*; alergi*
        5 epilepsia
        3 enferm*; respirar; se pego en la cabeza; presion alta; salud; mareada
    """,
    "G04": """
        10 camion gas choco/volco; botando gas/quimico/bencina; perdiendo gas
        9 romp* caneria/tuberia/matriz gas; caneria/tuberia/matriz de gas; olor raro/quimico/bencina
        8 olor/huele huevo podrido; huevo podrido; olor fuerte gas; olor/huele/fuga/escape gas; hay fuga
        8 fuga gas/cilindro/quimico; gas fuga; cilindro; balon gas fuga/suena/pierde; gas licuado; quimic*
        8 toxic*
        7 cloro; amoniaco; derrame combustible/acido/petroleo/bencina; acido; nube toxica
        7 camion cloro/acido/combustible/quimicos; huele a bencina; monoxido
    """,
    "G05": """
        8 entrando rio/agua/estero; rio poblacion/casas
        8 lluvia sumidero/agua/puerta/calle/casa; tapo sumidero/alcantarilla/camara/canaleta
        8 agua llega/llego puerta/casa; sumidero tapado/agua/lluvia; inund*; anega*
        8 se salio estero/rio/canal/acequia; desbord*; entrando agua; agua casa/casas/patio; aluvion
        7 rio/estero/canal/humedal desborda*/subio/crecio; lluvia/agua entra/entrando/metio patio/casa/casas
        7 se llueve; matriz agua/rota/revent*; revento matriz/caneria; rebals* alcantarilla/colector/camara
        7 aguas servidas
    """,
    "G06": """
        10 cable electrico/luz/tension cort*/suelo/colg*/cay*; cable suelo/colgando/calle
        10 poste/arbol suelo/calle/encima
        8 viento boto/volo/tiro arbol/rama/poste/techo/letrero/planchas; boto arbol/poste/cable; arbol encima
        8 planchas zinc
        8 arbol/rama/poste/cable/cables/tendido cay*/cort*/colg*/caid*/caer*/cae/suelto/chispas/inclinad*/quebr*
        8 cay*/caid*/caer* arbol/rama/poste/cable/cables/tendido; cort* cable colg*; cable* chispas
        8 chispas poste/cable*
        5 transformador; linea electrica; rama cables; chispas; volaron planchas techo viento; gancho arbol
    """,
    "G07": """
        8 no tenemos/tengo/hay luz/agua; sin luz/agua villa/sector/pasaje
        8 cort* luz/agua/suministro; sin luz/agua/electricidad/suministro; no hay luz/agua/electricidad
        8 corte luz/agua
        7 apagon; estamos sin; no llega agua; quedamos oscuras; se fue la luz; baja de voltaje
    """,
    "G08": """
        8 derrumb*; socavon; se vino abajo; deslizamiento; hund* pavimento/calle/camino
        8 hoyo gigante/enorme calle
        7 cay*/caer/cae pandereta/muro/muralla/muralla/cornisa/fachada; pandereta/muro/muralla suelo/calle/caer*
        7 tierra camino/casa; desliz* tierra/cerro; rodado*; cayo muro/muralla; remocion; se hunde
        7 colaps* muro/techo/casa; aluvion; forado
    """,
    "G09": """
        9 cayo lancha/bote/kayak/muelle; pescador cayo/agua/lancha/mar
        9 cay*/lanz*/tiro rio/lago/agua/mar/muelle; ahogando/ahoga/ahogo rio/lago/playa/agua/mar
        9 persona al agua
        8 dio vuelta bote/kayak/lancha/velero; gente/personas nadando/flotando rio/muelle/agua
        8 bote/lancha hundiendo; kayak/bote/lancha/velero vuelta/hund*/volcad*/volc*
        8 personas/persona/nino en el agua; corriente se llevo/lleva
        6 rio arrastra/llevo/arrastro; naufrag*; a la deriva; banista*; se esta ahogando; ahogando
    """,
    "G10": """
        9 bomba; explosivo*; artefacto; maleta/mochila/bolso/paquete/caja abandonad*/cables/sospechos*
        7 aviso de bomba; objeto sospechoso; granada; molotov; detonacion
    """,
    "G11": """
        9 tsunami; maremoto; temblo; terremoto; sismo; temblor; evacu* costa/cerro; replica*
    """,
    "H01": """
        9 no hay/tienen luz postes/poste; luz/luces postes/poste/calle/plaza; calle/pasaje oscura/oscuro
        9 postes sin luz
        8 luminaria*; foco/focos apagad*/plaza/quemad*/prenden/malo; poste luz apag*/parpade*/malo; luz poste
        8 alumbrado; oscuras/oscura/oscuro pasaje/calle/plaza/postes/esquina; pasaje/calle/plaza oscur*
        8 postes no encienden/prenden
        6 farol*; no prende* focos/luces/postes; oscuro/oscura pasaje/plaza/calle/esquina; esta oscuro
    """,
    "H02": """
        8 {house} abandonada llena/entran/maleza/ocupan/dormir; maleza; casa vacia/abandonada; sitio eriazo
        8 eriazo; {house}/inmueble/local/propiedad/galpon/edificio abandonad*; sitio abandonado; pasto alto
        5 ratones; maleza; terreno baldio; sitio pelado
    """,
    "H03": """
        10 alarma quedo pegada; alarma pegada
        8 camara/camaras no funciona*/mala*/apagada*/fall*/caida*/doblada/tapada
        8 alarma pegad*/mala/fall*/no funciona
        7 alarma quedo pegada/sonando; camara esquina no/mala/rota; sirena pegada; se quedo pegada
    """,
    "H04": """
        8 rompio/roto/rota resbalin/columpio/juego/banca/escano parque/plaza; resbalin/columpio roto/quebrado/rompio
        8 juegos/columpio/resbalin/escano*/banca/bancas/asiento/baranda/basurero/paradero/maquina* rot*/quebrad*/mal*
        8 falta tapa; tapa camara; hoyo/evento vereda/calle; baldosa*; vereda rota/mala; tapa alcantarilla falta
        8 bolardo
        7 hoyo/hoyos vereda/calle/pista; vereda rota/levantada; casi se cae
        6 rejilla; sumidero; juegos infantiles rot*; reja plaza rota; bache*
    """,
    "I01": """
        8 darse vuelta; dar vueltas; vuelta villa/poblacion/sector/pasaje noche; andan robando
        8 presencia/vigilancia carabineros/patrulla; ronda*; patrullaje*; patrulla pase/seguido/noche
        8 pase/pasen/pasar/pasara patrulla; presencia preventiva
        6 mas seguridad; mas vigilancia; que pasen seguido; pedir que pasen; dar una vuelta; mas patrullas
        6 mas seguido
    """,
    "I02": """
        8 vacaciones vigil*/encarg*/casa/domicilio; encarg* casa/domicilio; salgo de viaje
        8 casa encargada/sola viaje
        6 de viaje casa; cuidar casa; nos vamos vacaciones; vigilen domicilio/casa; voy viaje
    """,
    "I03": """
        8 acompana* inspector*/funcionari*/notificar/asistente/visita; asistente social
        8 inspectores apoyo/obras/necesitan
        6 funcionari* municipal* apoyo/acompan*; notificar clausura; apoyo visita; acompanamiento
        6 apoyo a funcionari*
    """,
    "I04": """
        8 {service} pide/piden/solicita/solicitan/requiere/necesita/requieren/necesitan; apoyo a {service}
        8 apoyo {service}
    """,
    "I05": """
        9 boton panico/sos/emergencia/auxilio; boton de panico; senal sos; alerta sos; pulsador; activo boton
    """,
    "I06": """
        8 alarma comunitaria/vecinal; activ* alarma; sonando alarma; sirena comunitaria/vecinal
    """,
    "I07": """
        6 quiero saber; a que hora/horario atiende*; necesito el telefono/numero/correo/direccion; donde puedo
        6 consulta; donde se hace/denuncia/paga/pago; como puedo/hago; horario; informacion; orientacion
        6 quisiera saber; dame/saber telefono/numero
        4 consultar; queria consultar; una consulta; pregunta
    """,
    "I08": """
        8 encontre/halle/hallo/encontro/encontramos licencia/llaves/bolso/cartera/carnet/documentos/celular/billetera
        8 encontr*/halle/hallaron/hallazgo carnet/cedula/billetera/documento*/llaves/celular/pasaporte/cartera/mochila
    """,
}
"""Phrases that speak for each type."""

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
        1 apur*; urgente; rapido; esta/estan robando; esta/estan entrando; tratando de entrar/abrir; ayuda
        1 dentro de la casa
    """,
    "over": """
        1 ya se fue; ya se fueron; se fueron; se arranco; se arrancaron; ya paso; ayer; anoche; antes de ayer
        1 semana pasada; hace dias/semanas/meses; ya no esta/estan; escaparon; huyeron; se dieron a la fuga
        1 hace una semana; en la manana; esta manana; ahora no esta; ya termino
    """,
    "trapped": """
        1 atrapad*; no pueden/puede salir; arriba del techo; se esta ahogando; encerrad*; postrad*; oxigeno
    """,
    "attack": """
        1 mord*; atac*; atacando; mordio; mordid*; corretea*
    """,
}
"""Phrases that say how things stand: still going on, over, people who cannot get out, an animal that attacks."""

FUNCTION_WORDS = """
    a al la el los las lo un una unos unas de del en y e o que se me le les nos te mi mis su sus tu con por para es
    muy ya mas como este esta ese esa hay ahi aqui aca alla
"""
"""Words that do not count as distance between the words of a phrase."""

NEGATED_VERBS = "hay hubo ay tiene tienen veo ve ven anda andan lleva llevan vi vio quedaron quedo"
"""After `no`, these deny the next words."""

NOT_CORRECTED = """
    cuando cocina cocinas costado bastante mientras nosotros ninguno pequeno despues durante mercado mercados persona
    personas partido partidos senales
"""
"""Common words that are one letter away from one of the rules'."""
