"""Words of traffic: family F. The form of a line is told in the package."""

RULES = {
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
        11 {crash}/accidente/colision lesionad*/herid*/atrapad*/inconsciente/grave*/responde/frontal
        11 motociclista lesionad*/herid*
        11 volc* lesionad*/inconsciente/atrapad*/herid*; auto/moto contra auto/moto/camion lesionad*/herid*
        11 moto contra auto
        10 choca* poste/arbol/muro/casa responde/inconsciente/atrapad*/sangr*
        10 chofer/conductor* no responde/atrapad*/inconsciente
        9 con lesionad*/herid* {crash}/vehiculo*; accidente con lesionad*/persona atrapad*; volcamiento
        9 colision multiple/frontal
        12 motoquer*/motorist* suelo/tirado/cay*/casco/mueve; chofer/conductor* aplastad*
        12 auto/bus/camion/camioneta/micro cay* quebrada/barranco/rio/canal
        12 impact*/estrell* lesionad*/herid*/grave*
    """,
    "F02": """
        8 {crash} sin herid*/lesionad*; {crash} no herid*/lesionad*; sin herid*/lesionad* {crash}
        8 {crash} solo danos
        6 topo/toparon/choco/chocaron atras; raspo/rayo/raspon auto; no quiere dar datos; latas; laton
        6 {crash} {car}/poste/estacionad*/muro/reja; por alcance; topon; parabrisas
        5 colision; choque; choca*; choco; topo poste/auto; chocaron; dieron a la fuga auto; latas; latazo; tope
        9 auto/camioneta/camion/micro/bus contra reja/poste/muro/casa/auto; roce; ileso*/ilesa*; solo danos
        9 danos materiales
        9 choque/colision/{crash} leve/menor/danos/alcance/ileso*; conductores discut*/acuerdo
        9 se dio a la fuga danos; choco fuga danos
        8 roce micros/autos/buses; choque simple; encontronazo; sin lesionados; topon
        9 topa*/topo/toparon parachoques/auto/espejo; toparon; rasp*/ray* auto choc*
    """,
    "F03": """
        9 atropell*; paso a llevar nino/nina/persona/senora/senor/caballero/peaton/ciclista; paso por encima
        7 paso por encima pie/pierna/persona/estudiante; auto/micro/bus pie/pierna peaton/estudiante/senora
        7 auto/camioneta/micro/moto botar/boto/embistio/arrastro senora/senor/nino/nina/persona/cruzaba
        7 cruzaba auto/micro
        6 choco/chocaron peaton/peatones; auto paso encima; levanto peaton
        6 embisti* peaton/persona/gente/transeunte
        12 atropell* persona/peaton/nino/nina/senora/hombre/sujeto/ciclista/menor/mujer
        12 persona/peaton/nino/menor atropellad*
        11 arroll*; tren atropell*; atropello fuga; pas* llevar peaton/ciclista/persona/nino/nina/senora
        11 embist* peaton/ciclista/nino/menor
    """,
    "F04": """
        9 semaforo* apagad*/pegad*/mal*/rojo/intermitente/funciona*/sincroniz*/fall*/choc*/caid*
        8 disco pare; senaletica; senal transito; ceda el paso; disco cay*; letrero transito
        4 semaforo*
        11 senal/senales transito/caid*/pare; senaletica; falta letrero/pare/ceda; ceda paso; disco pare
    """,
    "F05": """
        10 {car} botado/abandonado basura/meses/ano/anos/ruedas/desinflad*
        8 {car} abandonad*; {car} botad*; abandonad* {car}; {car} meses; {car} sin ruedas; {car} desinflad*
        8 chatarra
        10 {car} abandonad*; carcasa*; chatarra; {car} botad* ruedas/meses/ano/desinflad*; vehiculo quemad*
        10 {car} desmantelad*
    """,
    "F06": """
        7 parad* medio puente/calle/pista; cola inmensa/enorme/autos; quedo/parada puente
        7 camion/bus/auto/arbol atravesado; no deja pasar; no se puede pasar; no pueden pasar; corte transito
        7 cuesta bloqueada; panne; pana; quedo parad*/botado bus/camion/auto; taco
        7 bloque* puente/calle/via/ruta/pista; atochamiento
        6 cayo carga; tapada via/calle; obstru*; tapando via/calle/pista; se quedo en pana
        6 bus/camion/auto atravesado
        10 en panne/pana; {car}/micro/bus/camion panne/pana/detenid*; micro/bus/camion detenid*/corta/bloquea
        10 calle/via/ruta bloquead*
        9 piedras/rocas/carga/aceite/ramas calzada/pista/via/ruta; calzada bloqueada; corta transito; obstacul*
        9 obstru* calle/via/pista; tapa calle
        10 puente/camino/ruta/calle cortad*/tapad*; ambulancia no puede pasar
    """,
    "F07": """
        9 {drunk} manejar/maneja/auto/volante/camioneta; va a manejar; subio auto {drunk}
        9 manejar {drunk}/copete
        8 bandazos; chofer/conductor/volante tomando/bebiendo; maneja/va tomando cerveza/vino/copete
        8 manejando borracho; conduc*/manej*/chofer/volante {drunk}/trago/copete
        8 {drunk} manejando/conduciendo/volante/conductor/chofer
        7 zigzag*; anda con trago; chofer dormido semaforo; manejando mal; haciendo eses; conductor {drunk}
        12 conduc*/manej* estado/ebri*/{drunk}/alcohol*; estado de ebriedad; halito alcoholico; {drunk} choco
        12 zigzag*
        11 conductor*/chofer/automovilista/camionero {drunk}/alcohol*/halito; manej* {drunk}; {drunk} al volante
        11 conduc* zigzag*
    """,
}
