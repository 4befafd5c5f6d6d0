"""Words of emergencies: family G. The form of a line is told in the package."""

RULES = {
    "G01": """
        7 se incendia; incendia/incendio panaderia/fabrica/escuela/departamento/edificio
        7 quemando/quema/quemo/incendi*/fuego/llamas/ardiendo/arde {house}/bodega/edificio/local/techo/cocina/auto
        7 {house}/bodega/edificio/local/techo/escuela/cocina/galpon incendi*/quema*/llamas/fuego/ardiendo/arde
        6 exploto/explosion/explosion llamas/fuego/humo/fabrica/casa; llamas fabrica/casa/local
        6 prendio/prendiendo cocina/casa/techo/cortina; humo departamento/edificio/casa/techo/piso; amago
        5 humo negro; humo casa/ventana/techo; olor quemado; explosion; exploto
        4 incendio; llamas; humo; se esta quemando; fuego; quemando; canon chimenea; inflamacion; cortocircuito
        8 incendio casa/habitacion/block/local/vivienda/edificio/bodega/estructura*/fabrica/comercial
        8 fuego cocina/casa/bodega/local/pieza
        8 amago; amago de incendio; humo negro/denso bodega/casa/local; se quema casa/{house}/local/bodega
        8 auto ardiendo/incendiado/quema*
        8 principio de incendio; sale humo {house}/bodega/local/techo/ventana; incendio {house}; corto circuito
        8 inflamacion
    """,
    "G02": """
        8 incendi*/quema*/fuego/llamas/humo bosque/cerro/pastizal*/eucaliptu*/pino*/monte/matorral*/pasto/potrero
        8 bosque/cerro/pastizal*/eucaliptus/pinos/matorral* quem*/incendi*/fuego/llamas/ardiendo
        8 incendio forestal
        7 arde*/ardiendo/fuego/humo matorral*/pasto/carretera/ruta/zarzas/aromos/reserva
        7 fuego/humo/llamas cerro/campo/loma/quebrada/viento; fuego arriba
        5 pastizal*; eucaliptus; forestal
        12 incendio/fuego/foco forestal/pastizal*/cerro/plantacion/eucaliptus/matorral*/bosque/quebrada
        12 forestal
        11 quema/quemando/arde matorral*/cerro/pastizal*/eucaliptus/bosque/pasto autopista/costado/orilla/ladera
        11 foco incendio
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
        9 desmay*; convuls*; cardiorrespiratorio; infart*; atragant*; parto; fractur*; no respira; inconsciente
        9 dificultad respirar*
        9 cayo/caida/caid* {elder}/adulto/escalera/fractur*/altura; {elder} cayo/caid*/desmay*/mareo*
        9 dolor pecho/abdominal/toracico
        8 hemorragia; hipoglicemia; diabet* descompensad*; intoxicacion; sobredosis; sangra nariz; quemadura*
        8 electrocut*; falta de aire
        8 trabajo de parto; contracciones; acv; cara caida; posible infarto; crisis asma*; asma; asmatic*
        8 no reacciona; no puede respirar
        12 electrocutad*; descarga electrica; cara dormida/durmio; cierra garganta; shock; mareo; cayo andamio
        9 paro cardiac*; sin pulso; alergia grave; sincope; crisis hipertensiva; intoxicad* comida/pastillas
    """,
    "G04": """
        10 camion gas choco/volco; botando gas/quimico/bencina; perdiendo gas
        9 romp* caneria/tuberia/matriz gas; caneria/tuberia/matriz de gas; olor raro/quimico/bencina
        8 olor/huele huevo podrido; huevo podrido; olor fuerte gas; olor/huele/fuga/escape gas; hay fuga
        8 fuga gas/cilindro/quimico; gas fuga; cilindro; balon gas fuga/suena/pierde; gas licuado; quimic*
        8 toxic*
        7 cloro; amoniaco; derrame combustible/acido/petroleo/bencina; acido; nube toxica
        7 camion cloro/acido/combustible/quimicos; huele a bencina; monoxido
        10 fuga/escape/olor gas/amoniaco/quimic*/cilindro/balon; derrame quimic*/liquido/acido/combustible
        10 balon de gas fuga; olor quimic*
        9 liquido desconocido; amoniaco; monoxido; emanacion*; intoxicados gas; nube cloro/quimic*
        9 camion cloro/acido/gas
        12 gas calefon/estufa; maread*/intoxicad* gas; calefon; gas maread*/desmay*
    """,
    "G05": """
        8 entrando rio/agua/estero; rio poblacion/casas
        8 lluvia sumidero/agua/puerta/calle/casa; tapo sumidero/alcantarilla/camara/canaleta
        8 agua llega/llego puerta/casa; sumidero tapado/agua/lluvia; inund*; anega*
        8 se salio estero/rio/canal/acequia; desbord*; entrando agua; agua casa/casas/patio; aluvion
        7 rio/estero/canal/humedal desborda*/subio/crecio; lluvia/agua entra/entrando/metio patio/casa/casas
        7 se llueve; matriz agua/rota/revent*; revento matriz/caneria; rebals* alcantarilla/colector/camara
        7 aguas servidas
        10 aneg*; inund*; desbord*; matriz rota/agua; agua entra/entro casa/casas; atrapad* agua
        10 auto agua personas/atrapad*
        9 lluvia casa/calle/agua; colector; auto atrapado agua; crecida rio/estero
        9 sumidero*/alcantarilla tapad*/rebals*
        12 aluvion familia/agua/casas; paso nivel/bajo inundad*; inundad* gente/auto/personas
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
        11 arbol/poste/rama/cable*/tendido caid*/caer/corta/suelo/chispe*/colg*/inclinad*
        11 cable* electric*/suelo/chispe*
        10 poste chocado/caer/inclinad*/quebrad*; arbol viento/calle/auto/casa; chispe*
        10 planchas/techumbre viento
    """,
    "G07": """
        8 no tenemos/tengo/hay luz/agua; sin luz/agua villa/sector/pasaje
        8 cort* luz/agua/suministro; sin luz/agua/electricidad/suministro; no hay luz/agua/electricidad
        8 corte luz/agua
        7 apagon; estamos sin; no llega agua; quedamos oscuras; se fue la luz; baja de voltaje
        10 corte energia/luz/agua/electric*/suministro; no hay agua/luz/energia; sin luz/agua/energia; apagon
        10 electrodependiente*
        9 luz electrodependiente; corte luz; falta agua; baja presion agua; agua turbia
    """,
    "G08": """
        8 derrumb*; socavon; se vino abajo; deslizamiento; hund* pavimento/calle/camino
        8 hoyo gigante/enorme calle
        7 cay*/caer/cae pandereta/muro/muralla/muralla/cornisa/fachada; pandereta/muro/muralla suelo/calle/caer*
        7 tierra camino/casa; desliz* tierra/cerro; rodado*; cayo muro/muralla; remocion; se hunde
        7 colaps* muro/techo/casa; aluvion; forado
        11 derrumb*; socavon*; remocion*; remocion en masa
        11 muralla/muro/pandereta/techo caer/caerse/colaps*/encima
        11 deslizamiento
        10 alud; aluvion; rodado; desmoron*; muro/muralla a punto de caer; hund* suelo/pavimento/calle/vereda
        10 colapso estructura
        13 sepultad*; enterrad* zanja/tierra; techo gimnasio/galpon/escuela/iglesia; cayo/colapso techo
        13 zanja obrer*/trabajador*
    """,
    "G09": """
        9 cayo lancha/bote/kayak/muelle; pescador cayo/agua/lancha/mar
        9 cay*/lanz*/tiro rio/lago/agua/mar/muelle; ahogando/ahoga/ahogo rio/lago/playa/agua/mar
        9 persona al agua
        8 dio vuelta bote/kayak/lancha/velero; gente/personas nadando/flotando rio/muelle/agua
        8 bote/lancha hundiendo; kayak/bote/lancha/velero vuelta/hund*/volcad*/volc*
        8 personas/persona/nino en el agua; corriente se llevo/lleva
        6 rio arrastra/llevo/arrastro; naufrag*; a la deriva; banista*; se esta ahogando; ahogando
        12 cae/cayo/caer/caen rio/canal/agua/estero/mar/lago/laguna/muelle
        12 {minor} canal/rio/estero/laguna/pozo/piscina; se ahoga playa/rio
        11 banista ahog*; ahog* playa/rio/mar/piscina/laguna; kayak/bote/lancha volcad*/agua/deriva
        11 persona* agua rio/canal/mar
        10 arrastrad* corriente/rio; corriente arrastra/lleva; rescate rio/playa; personas en el agua
    """,
    "G10": """
        9 bomba; explosivo*; artefacto; maleta/mochila/bolso/paquete/caja abandonad*/cables/sospechos*
        7 aviso de bomba; objeto sospechoso; granada; molotov; detonacion
        12 maletin/maleta/bolso/paquete/mochila/caja abandonad*/sospechos*; bomba; explosiv*; granada*; municion
        12 artefacto explosivo
    """,
    "G11": """
        9 tsunami; maremoto; temblo; terremoto; sismo; temblor; evacu* costa/cerro; replica*
        11 temblor; sismo*; terremoto; tsunami; evacuacion preventiva/costa/sismo
        11 evacu* tsunami/sismo/borde/costero; maremoto
    """,
}
