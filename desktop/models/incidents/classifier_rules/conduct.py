"""Words of drugs, alcohol and life together: families D and E. The form of a line is told in the package."""

RULES = {
    "D01": """
        7 vend*/venta/traficando/trafico {drug}; narco*; microtrafico; traficante*; traficando; punto de venta
        6 vend* pasta/papelillos/bolsitas/pitos; movimiento toda la noche
        5 {drug} entra sale gente; casa {drug}; pasamanos; trafico; venta de pasta/cocaina; dealer
        9 venta/vend*/trafic*/distribu* {drug}/papelillo*; microtrafico; punto venta; narco*
        9 vend* papelillos/tusi/droga
        8 movimiento autos/gente noche; compran {drug}; entrega droga; dealer; traspaso droga
        8 plantacion/cultivo marihuana/cannabis
    """,
    "D02": """
        7 fuma*/consum*/drogando*/volado/volados {drug}; fumando; drogandose; angustiado*; consumiendo droga
        6 drogandose/drogados; {drug} jovenes/plaza/sede/escala; fumando yerba; consumiendo
        5 pitos; pito; marihuana; angustiad*; pasteros; huele marihuana
        4 consumidores; olor marihuana; volandose; jalando; aspirando neopren; consume*
        8 consum* {drug}; fuma* {drug}/pasta/pasaje; volados; volad* escala/plaza/parque; consumo {drug}
        8 inhala*
        8 neopren
    """,
    "D03": """
        7 tomando/bebiendo/toman/beben/chupando {drink}; tomando plaza/calle/costanera/esquina/pasaje
        7 via publica {drink}
        6 toma/toman/tomando/beben/chupan cerveza/vino/copete/chelas/pisco/trago
        6 tomando/toman/bebiendo chela*/tragos/vino; curados plaza/esquina; chelas; copete
        5 {drink} plaza/calle/via/vereda/costanera/playa/cancha; tomatera; bebiendo; cajas de vino
        5 consumo de alcohol
        3 tomando; botellas; carrete en la plaza
        8 consum*/ingesta/ingiere*/tom* alcohol/{drink} via/calle/plaza/playa/banca*/cancha; grupo {drunk}
        8 consumo alcohol
        8 tom*/beb*/chup* {drink}; bebiendo; bancas {drink}; {drunk} bebiendo/tomando
        8 curados plaza/paradero tomando
    """,
    "D04": """
        8 clandestino/clandestina/clande {drink}; venta/vend* {drink}; {drink} sin permiso/patente
        8 clandestino venden
        6 vend* copete/alcohol menores; botilleria clandestina; venden copete/alcohol; vende trago
        10 venta/vend*/expend* {drink} menores/ilegal/clandestin*/domicilio/noche/patente; clandestino {drink}
        10 botilleria fuera/horario
        9 botilleria funcionando/abierta/clandestin*; fuera de horario; schoperia/bar/pub sin patente
        9 clandestino vende; local sin patente alcohol
    """,
    "D05": """
        9 {drunk} durmiendo/tirado/botado calle/vereda/medio/plaza/suelo
        7 {drunk} botado/tirado/durmiendo/tendido/acostado/suelo/vereda; botado/tirado/tendido/durmiendo {drunk}
        6 huele/olor trago/alcohol/copete botado/tirado/senor; botado afuera botilleria/bar; cayendo {drunk}
        5 {drunk} no puede parar; no se puede parar; senor/hombre/persona/caballero tirado/botado/tendido
        5 intoxicad*
        3 {drunk}; raja curado; pasado de copas
        10 {drunk} tirad*/botad*/tendid*/dorm*/cay*/levantar*; durmiendo la mona; no puede pararse/levantarse
        10 tendid* via
        9 {people} tendid*/tirad*/botad*/caid* via/vereda/suelo/calle/paradero/plaza/piso
        9 via pub* {people} tendid*/caid*
        8 persona tendida; al parecer ebri*; {drunk} se cayo; posible ebri*
    """,
    "E01": """
        7 musica fuert*/alt*/volumen/chancho/noche; ruidos molestos; mucho ruido; bulla; karaoke; parlante*
        7 no deja* dormir; perro/perros ladra*; ladrando
        5 no hemos podido dormir; no podemos dormir; no puedo dormir; gritos fiesta; dias de carrete
        4 musica; ruido*; fiesta*; carrete; todo chancho; volumen; cumpleanos gritos; esmeriladora; reggaeton
        4 cumbia; batucada; cumpleanos
        8 bulla; fiesta clandestina/bulla/ruido*/vecinos/volumen; musica alta/fuerte/envivo; alarma auto; ladra*
        8 construccion bulla/ruido/am
        8 ruido* molesto*/construccion/maquina*/bar/pub/local/taller/noche; volumen; alarma sonando horas
        8 perro ladra*
        8 parlante*; fonda; karaoke; bocina*; tocando bateria; reggaeton; molesta ruido*; after
    """,
    "E02": """
        7 desorden*; barricada*; turba; encapuchad* lanz*/cort*/tir*; hinchas; quemando neumaticos; protesta
        7 manifest*
        6 neumaticos; barricad*; piedrazos autos/micros; toma/tomaron universidad/liceo
        5 cortaron/cortando/tomaron calle/avenida/ruta; lanzando cosas/piedras; saqueo*; molest* gente/pasan
        5 molestando
        9 desorden*; barricada*; manifest*; hinchas; barra brava
        9 tir*/lanz* piedras/objetos/bengala* micro/calle/carabineros/bus; disturbio*
        9 encapuchad* barricada/cort*/quem*/lanz*; escolares lanzan/tiran; destrozos partido/estadio
        9 fuegos artificiales hinchas; marcha
        8 evasion; saqueo*; protest*; toma liceo
        9 turba; turba detenido/delincuente/ladron; detencion ciudadana
    """,
    "E03": """
        8 auto/camioneta sujetos/tipos/hombres/personas adentro/dentro estacionad*/parad*/horas
        6 {car} vidrios polarizados; ocupantes/sujetos/tipos/hombres mira*/observa* casas/autos/locales
        6 horas parad*/estacionad* gente/adentro; encapuchado*; tipo/hombre/mujer/gente/auto rar*/extran*
        6 tocando timbres; timbres; fotografiando; rondando; espiando; tocando puertas; sospechos*
        6 dando vueltas; mirando casas/ventanas/autos; merode*; sapeando; probando manillas; rondando casas
        5 actitud extrana/rara; persona/hombre/sujeto extran*/rar*; sacando fotos casas/portones; marcando casas
        4 mirando ventana*; auto sin patente; lento mirando; desconocido* timbre/puerta/casas; hace rato mirando
        9 sospechos*; merode*; rond* casas/pasaje/condominio/domicilios/edificio
        9 observ*/mira* casas/domicilios/autos; dron
        9 dando vueltas villa/pasaje/sector; sujeto*/{people}/individuo* sospechos*/rond*/merode*/timbre*
        9 encapuchad* merode*/pasaje
        8 toca*/tocan timbre*; prob* manilla*/puertas; anda* mirando; sin patente; polarizad*; marca* casas
        8 actitud sospechosa
    """,
    "E04": """
        8 ambulante*; vender/venden/vendiendo panos/suelo/vereda/calle
        8 carrito/carro completos/sopaipillas/comida
        6 coler*; instal* vender; comercio informal; puesto ilegal; venden sin permiso; fritanga
        9 comercio/venta/vendedor*/puesto* ilegal/ambulante*/informal/sin; carro comida/completos/sin
        9 vend* vereda/frutas/verduras
        9 ambulante*; vendedor* permiso/vereda/calle; puestos vereda; manteros; coleros; frutas esquina
        9 venta en la via
    """,
    "E05": """
        8 tap* salida/entrada/porton/garaje/garage/rampa auto/camioneta; tap* salida/garaje/garage; auto tapando
        8 cuidador* autos; acomodador*
        8 estacionad* entrada/vereda/garage/salida/discapacitados/porton/doble/ciclovia
        7 mal estacionad*; no puedo salir/entrar auto; estacionan vereda/pasto
        7 bloque* salida/porton/garage/entrada
        4 estacionad* arriba; me cobra cuidar; estaciona*; estacionamiento reservado
        10 estacionad* vereda/discapacitad*/entrada/grifo/ciclovia/prohibid*/doble/minusvalid*; acomodador*
        10 cuidador*; furgon/auto obstruye entrada
        10 obstru*/tapa/tapan/bloque* entrada/salida/porton/garage/acceso; cobr* estacionar/cuidar
        10 estaciona* mal/encima/vereda
        9 vehiculo*/auto*/camion* estacionad* vereda/pasaje/entrada; parquimetro*; lugar prohibido
    """,
    "E06": """
        8 microbasural*; escombro*; bot*/tir*/arroj* basura/colchon*/escombro*; vertedero; basural; cachureos
        6 perro/animal muerto; bolsa contenedor*; dejaron/botaron bolsa/bolsas/restos/cachureos/muebles
        6 contenedores llenos/rebals*; bolsas negras/basura
        6 dejar/dejaron/tiraron/botaron sillon/sillones/colchon/bolsas/mugre/muebles; ramas podas vereda
        5 basura; desperdicios; bolsas rotas; camion de la basura; contenedor rebalsad*; colchon*
        9 microbasural*; basura; no pasa camion basura; bota*/tir*/dej* colchon*/mueble*/escombro*/basura/ramas
        9 contenedor* rebals*/lleno*
        8 rebals* contenedor*/basura; malos olores; mal olor basura; retiro escombro*/basura/cachureos
        8 descarga* basura/escombro*
    """,
    "E07": """
        10 quema de/hojas ramas/hojas/basura/pasto/rastrojo
        8 quemando basura/hojas/ramas/pasto/rastrojo/cables/desechos; quema hojas/ramas/basura/pasto/rastrojo
        7 quema; hace fogata*; fogata; quemando sitio/patio; humo patio/vecino/parcela
        6 fogata/fogatas prendida/playa; prendieron/prendio fogata/basura/ramas; brasas
        13 quema*/quema basura/pasto*/neumatic*/ramas/hojas/cable*/desechos
        13 quema de pasto*/neumatic*/basura/parcela; quema no autorizada
        9 humo quema; fogata*; quema ilegal; quema autorizada; hoguera; quemando/queman neumatico*/basura
        13 prendi*/quem* hojas/basura/ramas/pasto/desechos/papeles
    """,
    "E08": """
        7 exhib* escuela/plaza/ninos/calle; se exhibe; sujeto/hombre exhib*
        8 masturb*; desnud*; exhibicionista; mostrando/muestra genitales/todo/partes/pene; orinando
        8 exhibiendose
        6 teniendo/tienen sexo/relaciones; ofensas al pudor; baja* pantalones; pudor; haciendo pipi; defec*
        9 masturb*; desnud* calle/plaza/via; relaciones auto/plaza/publica; exhibicionista*; exhib*; genital*
        9 orina*; hace* necesidades
        10 se esta tocando; tocandose; se toca plaza/parque/micro/paradero; se baja pantalones
    """,
    "E09": """
        9 perr*/gat*/animal*/caballo amarrad*/flac*/maltrat* comida/agua/sol/patio; maltrato animal
        7 perro/perros/perra/pitbull/rottweiler/jauria mord*/suelt*/atac*/herid*/atropellad*/brav*; jauria
        7 mordid*
        7 caballo*/vaca*/vacuno*/oveja*/chancho*/toro/ganado/animal* carretera/ruta/calle/suelt*/escap*/camino
        7 gat*/perr*/ave/animal atrapad*/herid*/arriba; lobo marino; rescat* gat*/perr*/animal*; mordio; zorro
        7 puma
        4 perro*; gat*; pitbull; animal*; huemul; pudu; serpiente; abejas; panal; caballo*
        12 perr*/gat*/caballo/animal atropell*/herid*/amarrad*; jauria ataca; perr* atac*/muerd*/mord*
        9 vaca/caballo*/yegua/burro/toro/oveja*/cabra*/chancho via/ruta/calle/carretera/suelt*; lobo marino
        9 perr* suelt*
        8 vaca*; yegua*; murcielago; ratas plaga; jauria*; perro agresivo/bravo/vago*; culebra*; panal
        8 gato arbol/techo/poste
        10 quiltro*; corretea* ciclista*/gente/ninos
        12 rottweiler/pitbull/perro/perros agarrad* nino/nina/persona/senora; pitbull; rottweiler; perro* ataca*
    """,
    "E10": """
        7 vecino/vecina construyo/muralla/terreno/cerco; dentro de mi terreno
        7 conflicto/problema*/discusion/pelea/discut* vecino/vecina/vecinos/condominio; deslinde
        7 corrio cerco/reja
        6 pele*/discut*/conflicto vecin*; arbol/ramas/reja/agua vecin* lado/patio; vecina/vecino poda/corta/tira
        6 vecino/vecina tira/burla/molesta/insulta/hostiga; condominio; convivencia; medianero
        6 problemas con vecin*
        9 discusion/conflicto/problema*/pelea/rencilla* vecin*/deslinde/estacionamiento/medianero; deslinde*
        9 vecin* insulta/molesta/tira
        9 problema* con vecin*; ramas arbol vecin*; vecin* ramas; mala convivencia; vecin* no se lleva*
        9 pelea entre vecin*
        12 vecin* tira/bota basura patio; siempre discut*; discut* con vecin*; vecin* patio
    """,
    "E11": """
        8 graffiti*; grafiti*; rayado* muralla/pared/fachada; raya* muralla/pared/fachada/monumento; spray
        8 rayando
        4 muralla rayada; pint* muralla/fachada; tags; rayados
        10 raya*/pint*/grafit* muralla*/pared*/fachada*/monumento*/muro*/cortina; spray; grafit*; rayados; rayan
        10 pint* consultorio/escuela
    """,
    "E12": """
        8 carreras autos/motos/clandestinas/calle/ilegales; carrera clandestina; piques
        8 motos/autos corriendo picando
        6 picando; derrapando; trompos; autos tuning; haciendo carreras; haciendo piruetas; motos/moto wheelie
        10 carrera* moto*/auto*/clandestina*/vehiculo*; trompos; piques; tuning; exceso de velocidad; compit*
        10 autos/motos alta velocidad
        9 motos haciendo; wheelie*; willy; picando autos/motos; caballito moto; correteando autos
        9 velocidad compitiendo
    """,
}
