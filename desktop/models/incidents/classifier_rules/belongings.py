"""Words of crimes against property: family C. The form of a line is told in the package."""

RULES = {
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
        9 robo {house}/morador*; morador* encerrad*/amarrad*/robo/{took}
        9 {house} {took} joyas/dinero/tv/especies/morador*
        8 puerta/ventana/chapa/reja forzad*/reventad*/violentad* falta*/{took}
        8 {people}/ladron* patio/techo/antejardin
        8 salta*/escal*/trepa* reja/muro/pandereta/cierre casa/vecino/{house}; robo lugar habitado
        8 {house} desvalijad*/revuelt*
        7 trat*/intent* ingresar/entrar {house}; ingres* {house} {took}
        7 ladrones/ladron/sujetos/delincuentes {house}/patio; robo casa
        10 desvalij* casa/domicilio
        10 televisor/tele/computador/notebook/joyas {took}; llegue/llegamos {took}; llegue habian robado
    """,
    "C02": """
        7 entraron/entro/entrando/entrar/meti*/robaron/robo/robando {shop}; forz*/romp*/revent* {shop}
        7 {shop} forzad*/abiert*/rot*; alunizaje
        6 rompieron/romp*/quebraron ventanal/vitrina/cortina/candado; saque* {shop}; robar {shop}
        6 cortina levantada/forzada/abierta
        6 ferreteria/panaderia/almacen/peluqueria/restaurant {took}/alarma/robaron; alarma {shop}; {took} {shop}
        6 {shop} {took}; robo no habitado; candado roto
        8 ingres*/entraron/entran/entrar/entro/descerraj*/forzan*/forzar*/revienta*/violenta* {shop}/sede/bodega/local
        8 descerraj*
        8 {shop} {took}
        8 robo {shop}/noche/no habitado; cortina metalica/local; {shop} puerta abierta/especies/revuelt*
        8 candado cortado/roto
        8 activacion/alarma oficina/local/{shop} puerta/robo; caja fuerte; alunizaj*; oxicorte
        8 {shop} desvalijad*
    """,
    "C03": """
        6 deje auto/camioneta/moto/furgon cuando no; salir/sali/volvi no estaba auto/moto
        6 auto/moto/camioneta no estaba; {took} auto/camioneta/moto/motocicleta/vehiculo/furgon/jeep/camion
        6 no esta auto/camioneta/moto/furgon
        5 auto/camioneta/moto/furgon ya no esta; robo de vehiculo; auto robado; {took} mi auto/moto/camioneta
        9 {took}/hurto auto/camioneta/vehiculo/moto/motocicleta/camion/furgon
        9 robo de auto/moto/camioneta/vehiculo/patente
        9 {took} auto/camioneta/moto estacionad*/estacionamiento/calle/fuera
        9 no encuentra/estaba auto/camioneta/moto
        8 auto volver no estaba; robo vehiculo; robo motocicleta
    """,
    "C04": """
        9 quebraron/rompieron ventana/vidrio/luneta auto/camioneta; ventana camioneta/auto {took}
        9 dejaron auto/camioneta ruedas; auto/camioneta ladrillos/tocos; ruedas auto ladrillos
        9 vidrio/ventana auto roto/quebrado
        8 rompieron/quebraron/rompio vidrio auto/camioneta/vehiculo/furgon; vidrio auto/camioneta/furgon {took}
        8 {took}/sacando/robando ruedas/bateria/radio/espejo/espejos/rueda/parachoques/catalitico; inhibidor
        7 robo/robaron/abrieron/sacaron auto/camioneta/vehiculo mochila/herramientas/cosas/bolso/notebook
        7 dentro/adentro/interior del auto {took}; {took} dentro/desde/interior auto/camioneta/vehiculo
        10 interior vehiculo/auto/camioneta {took}
        10 {took} bateria/neumatico*/rueda*/espejo*/plumilla*/catali*/patente*
        9 abri*/revis* auto/vehiculo/camioneta {took}; inhibidor; {took} asiento/maleta/guantera
        9 vidrio roto/quebrado {took}
        8 robo accesorios; catalitic*; cataliza*; tag; {took} radio/focos/luneta/repuesto auto
        11 robo/{took} desde interior; desde interior vehiculo/auto; auto sin ruedas ladrillos
        11 vidrio vehiculo roto
    """,
    "C05": """
        6 sin pagar; no pago; no quiso pagar; salio/fue/iba sin pagar; robo hormiga
        6 escondio mercaderia/productos; hurto*; mecher*; supermercado {took}
        6 {took}/robarse supermercado/tienda; retenid* guardias; guardia retuvo
        6 {took} bicicleta/bici/balon/gas/plantas/ropa/scooter/coche; sin darme cuenta; se robo/robaron cosas
        4 {took} billetera/celular/cartera feria/micro/bus/mesa; escondida ropa; carterista*; se robo
        4 robar* ropa
        8 hurto tienda/supermercado/balon/ropa/mercaderia/almacen/falabella
        8 deten*/reten*/sorpren* guardia*/tienda/hurto
        8 {took} balon/bicicleta/bici/plantas/ropa/cartera/mochila/celular cuenta/descuido; sin pagar
        8 retira/retiran sin pagar
        8 {took} billetera/cartera bolsillo/feria/micro/metro/descuido; bolsillo
        8 {took} supermercado/restaurant/tienda/mall
        8 {took} balon; {took} mercaderia; no se dio cuenta
        8 {took} productos/chocolates/especies gondola/supermercado; consumo sin pagar
        9 {took} bici/bicicleta/scooter/balon/coche
    """,
    "C06": """
        5 destroz*; rompieron/sacaron mallas/letrero/basureros/luces/plantas; dan*/dano plaza/cancha/sede
        5 vandal*; apedre*; quebr*/romp*/patead* vidrio*/paradero/ventana*/porton/basureros/letrero
        5 rayaron/abollaron/rayado/abollado/pincharon auto; a proposito; patadas porton/puerta/auto/reja
        4 quebrando; rompiendo; tirando piedras casa/techo/ventana; piedrazos; romper
        8 destru*/destroz*/rompen/quebr* juegos/plaza/paradero/vidrio*/ventana*/sede/cierre/espejo
        8 piedrazo*/piedra* ventana
        7 dano*/danos vehiculo/auto/fiscal/propiedad/porton/fachada/patrulla; patada* auto/espejo/puerta
        7 rompe* espejo/vidrio
        7 rompen; quiebran vidrio*; lanz*/tir* piedras casa/ventana/techo; vandaliz*; pinch* neumaticos
        7 ray* auto
    """,
    "C07": """
        7 reconocio/reconoci bicicleta/moto/celular/herramientas; vend* herramientas/celulares/cosas robad*
        7 vend* robad*; reducidor*; receptacion; celulares/especies/cosas/herramientas robad*; seguro robad*
        7 bicicleta/celular/moto robad* compraventa/feria/venta; ofrece barat*; vendiendo barat*
        10 desarmaduria*; dudosa procedencia; especies robad*/sospechos*/dudos*
        10 robad* venta/marketplace/yapo/facebook/feria
        9 ofrec*/vend* celular*/bici/moto/especies/herramientas robad*/barat*/bajo/caja; presuntamente robad*
        9 marketplace
        8 reducidor; guardan especies/cosas robad*; encontro/reconoce su bici/moto/celular venta
    """,
    "C08": """
        7 estaf*; cuento del tio; hacer pasar; haciendose pasar; clonaron; transferi* cuenta falsa; phishing
        6 ejecutivo; di/entregue/dio clave; vaciaron/vacio cuenta/tarjeta; transferencia falsa; tarjeta clonada
        6 estafador*; sacaron plata cuenta; deposito falso; {elder} entrego millones; falso ejecutivo
        6 premio falso; hackear*
        8 llamada/llamado/mensaje/correo fals*; compro internet; nunca llego
        8 arriendo/arrendo/deposito/boleta/billete* fals*
        8 {elder} transfiri*/deposit*/entreg*; enganad*/engano*; enganaron; suplant*; fraude*
        8 le hicieron depositar/transferir
        7 banco {took} plata; sacaron plata; transferencia*; hackea*; clon*; billetes falsos
    """,
    "C09": """
        7 tomaron/toma/tomando terreno; usurp*; ocupa*/ocuparon ilegal; parando mediaguas; okupa*; toma ilegal
        7 metieron a vivir; cambiaron chapa; ocup*/tomaron casa; instalaron terreno/carpas; levantando mediagua*
        9 ocupa*/ocupacion irregular/inmueble/fiscal/casa/terreno/sitio; okupa*; usurp*
        9 instalan rucas/carpas/mediaguas/terreno
        9 habitan casa/inmueble; cerc*/parcel*/loteo terreno/municipal/sitio; ingres*/metieron vivir/habitar
        9 tom* casa/sitio/terreno
        8 desconocid* habitan/viven/vive casa; no quieren irse casa/inmueble; toma terreno
    """,
    "C10": """
        8 sac*/rob*/roban cable/cables/cobre; cable/cables/cobre madrugada/subterranea/camara
        8 cort*/rob*/{took} cable*; cables robad*; {took} medidor/tapa*/fierro puente/letrero
        8 roban/sacando cable*
        7 sacando/robando/{took} tapas alcantarilla/camaras; sacando alcantarilla; robo cobre; {took} cobre
        10 {took}/sustraccion/corta*/sacan*/saca* cable*/medidor*/cobre/tapas/fibra; robo cable*/medidor*/tapas
        10 poste sacan* cable*
        9 sustraccion; cable* cobre/fibra/telefon* {took}/cort*/saca*; escalera cable*
        9 {took} luminaria*/bomba/defensa*/camaras
    """,
    "C11": """
        9 encargo por robo; encargo vigente; con encargo; lectora patente*; camara lectora
        9 aparece/sale robado/encargo
        7 auto/camioneta/moto robad* estacionad*/abandonad*/encontr*; portico; encontr* auto/camioneta robad*
        11 encargo; gps auto/vehiculo/camioneta robad*; vehiculo robad*; vehiculo/auto/camioneta/moto encargo
        11 lectora marca
        10 ubica*/detecta*/localiz* vehiculo/auto/camioneta/moto robad*/encargo; portico vehiculo/patente
        10 patente clonada
    """,
}
