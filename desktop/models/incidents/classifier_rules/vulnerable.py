"""Words of violence at home and of people who need care: family B. The form of a line is told in the package."""

RULES = {
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
        10 violencia intrafamiliar curso/desarrollo/ahora/activa; vif curso/desarrollo/ahora/domicilio/activo
        10 {partner} {knife}/{gun}; {partner} encerrad* amenaz*; {partner} tiene encerrad*
        10 {partner} ahorc*/estrangul*
        10 {partner} agred*/{hit}/golpe* aun/todavia/lugar/adentro/ahora; {partner} entro casa
        10 {partner} rompe/patea puerta
        9 hijo/nieto/hermano/yerno {hit}/{hitting}/agrede madre/mama/abuela/padre/senora
        9 {partner} agrede/agredio
        9 pareja gritos
        9 {partner}/pareja agrede* mujer/hombre/senora; mujer grita*/pide auxilio/ayuda
        9 pareja discut*/pelea* fuerte/gritos
        12 {partner} grita/gritos mata/golpes; {partner} agarrad* pelo/cuello
        12 hijo/nieto/hermano amenaz* papas/mama/papa/padres/abuela
    """,
    "B02": """
        7 vive hombre no deja salir; no deja salir trabajar; trata pesimo/mal
        7 {partner} {hit} ayer/anoche/semana/siempre; denunciar {partner}; {partner} maltrat*
        7 {partner} amenazo anoche
        6 {partner} trata mal; {partner} amenazad*; {partner} celos/celoso/celosa/alcoholico
        6 {partner} pension/plata; {partner} insulta/humilla/controla/cela/revisa/amenaza/amenazo
        6 {partner} ya se fue; maltrato psicologic*; {partner} psicologic*; {partner} ahora no esta
        6 sufro/vivo/victima violencia; {partner} golpeaba/pegaba
        11 {hit}/agredida anoche/ayer pareja/marido/{partner}; {partner} agredi*/{hit} anoche/ayer
        11 vif ayer/anoche/denuncia*
        11 vif agresor no; vif sin agresor; agresor no se encuentra; agresor se retiro/fue; orientacion vif
        11 denuncia vif/violencia
        9 violencia economica/psicologica/verbal; {partner} controla; retirar pertenencias/cosas {partner}
        9 hecho* pasad* vif
        9 {partner} insult*/humill*/hostig*; {partner} fue hogar/casa
    """,
    "B03": """
        9 orden no acerc*; orden de no; prohibicion/orden tribunal {partner}; {partner} orden/medida/prohibicion
        9 cautelar*; orden de alejamiento; prohibicion acerc*; prohibicion de acercamiento; medida de proteccion
        8 alejamiento; no puede acercarse {partner}; {partner} no puede acercarse; desacato; tobillera
        10 medida/medidas cautelar*/proteccion; quebrant* medida/orden/cautelar; zona de exclusion
        10 exclusion agresor; brazalete
        9 {partner} no respeta orden; orden tribunal; incumpl* medida/cautelar/orden; prohibicion ingreso/acerc*
        9 agresor merodea
        11 tiene prohibicion; prohibicion frente/casa/domicilio/cerca; no puede estar cerca; no debe acercarse
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
        10 menor/menores/nino*/nina*/guagua/bebe/lactante sol*/encerrad*/abandonad*/descalz*; {minor} brasero
        10 vecina/vecino/mama/madre/papa/padrastro golpea/pega/castiga/maltrat* {minor}/hijo/hija
        9 {minor} cargo {drunk}/drogad*; madre/padre/mama {drunk} hijos/ninos/guagua
        9 {minor} expuest*/trabajando/explotad*
        8 nino en riesgo; {minor} de noche; {minor} techo/balcon/cornisa; {minor} intoxicad*
        8 ninos gritan golpe*
        10 nina/menor/adolescente hombre mayor/residencial/motel; menor/nina hotel/motel/residencial
        12 bebe/guagua/recien/lactante abandonad*/caja/bolsa/basura; {minor} colgando balcon/ventana
        12 {minor} balcon/cornisa
    """,
    "B05": """
        7 {elder} sola/solo/abandonad*/maltrat*/postrad*/pension; maltrat* {elder}
        7 adulto mayor abandonad*/postrad*/solo
        6 vecina/vecino/senora/persona anos sola/solo/sucia/sucio; noventa/ochenta/setenta sola/solo/come
        6 {elder} sucia/sucio/hambre/golpe*; persona/senora mayor abandonad*/maltrat*/postrad*
        6 {elder} no tiene comida; {elder} no lo van a ver
        4 adulto mayor; adultos mayores; senama
        9 {elder}/mama/papa/senora/adulto pension quita/quitan; quit* pension
        9 {elder} demencia descuidad*/abandonad*/sol*
        9 adulto/adulta/persona mayor maltrat*/encerrad*/descuidad*/insalubre/hambre; insalubre
        9 {elder} encerrad*/descuidad*
        8 hijos/familia/familiares abandon*/descuid*/maltrat* {elder}; {elder} sin comida/remedios/luz
        8 cuidadora {elder}
    """,
    "B06": """
        7 no encontramos/encuentro/encuentran hijo/hija/mama/papa/abuelo/abuela/nino/nina
        7 autismo/autista/demencia salio/encontramos; salio casa no
        7 se perdio hijo/hija/nino/nina/mama/papa/{elder}/sobrin*/hermano/hermana/persona/senora; extravi*
        7 no aparece; desaparec*; alzheimer; desorientad*; no llego colegio/casa/trabajo; presunta desgracia
        7 {elder} perdid*/desorientad*; nino/nina perdid*; no sabe su nombre
        6 no ha vuelto/llegado/aparecido; no vuelve; perdid* {child}; salio comprar vuelto
        4 no contesta celular; no sabe donde vive; anda perdid*; se extravio; no ha vuelto; no volvio; demencia
        8 {people} extraviad*/perdid*; {minor} perdid*/extraviad*/arranco/escapo; no regresa/regreso
        8 arranco/escapo de la casa
        8 se busca {minor}/persona/{elder}; {people} no vuelve/llego/regresa/llega; excursionista*
        8 no sabe volver
        8 {elder} perdid*
        7 desaparecid*; paradero desconocido; alerta sofia; andan buscando
        12 {minor}/ninito/ninita perdid* mall/playa/plaza/feria/supermercado; no sabe como se llama
    """,
    "B07": """
        9 {people} quiere dano; se quiere hacer dano; dice que se va a cortar/matar/tirar
        9 encerro cuchillo cortar
        8 suicid*; quiere/quiero morir/matarse/matarme/ahorcar*/tirar*/lanzar*; se va/iba a tirar/lanzar/matar
        8 ahorcar
        7 amenaza tirarse/matarse/lanzarse/cortarse
        7 antena/torre/techo/puente/azotea tirarse/lanzarse/saltar/subio; saltar puente/techo
        7 se tomo pastillas/remedios/veneno/cloro; cortar las venas; se corto las venas; baranda puente
        7 se quiere cortar
        6 crisis panico/nerviosa/angustia/salud; esquizofreni*; descompensad*; escucha voces; psiquiatric*
        6 salud mental; bipolar; delira*; brote
        4 crisis
        9 autolitic*; ingesta/ingirio/tomo/trago medicamentos/pastillas/veneno/cloro/fin; intent* suicid*
        9 cortes munecas/venas
        9 no quiere vivir; matarse; colgarse; ahorcado; baranda lanzarse
        9 puente/techo/pasarela/torre/edificio lanzarse/tirarse
        8 descompensacion; descompensad* psiqui*; esquizofreni* agresiv*; sin medicamentos agresiv*
        8 crisis psicotica; psicotic*
        7 despedida carta/mensaje; quiere tirarse/lanzarse; brote psicotico; alucina*
        12 se va a matar; se va matar/tirar/lanzar/colgar; quitarse la vida; se quiere matar
        12 sobredosis pastillas/medicamentos/remedios; se va a colgar; colgarse
        12 linea/via tren morir/matarse/tirarse
        12 quiere saltar/tirarse/lanzarse/colgarse/matarse; saltar del edificio/puente/techo/balcon
    """,
    "B08": """
        7 sin hogar; tiritando; persona sin hogar
        7 situacion de calle; indigente*; vagabundo*; ruco*; mendigo*; durmiendo en la calle/vereda
        7 durmiendo frio
        6 vive plaza/calle/puente/paradero; albergue; duerme plaza/puente/calle; persona calle frio; helar
        5 personas/gente/senor de calle; duerme calle/paradero/plaza; durmiendo calle/plaza/paradero/cajero
        8 carpa/carpas calle/bandejon/plaza/puente; persona* calle carpa/albergue/frio; indigente duerme
        8 sin casa
        8 mendigando
        8 situacion calle; gente de la calle; pernocta*; campamento puente/plaza
        8 duerme* cajero/entrada/afuera/portal; pasando frio
    """,
}
