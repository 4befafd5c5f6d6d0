"""Words of public space and of services asked for: families H and I. The form of a line is told in the package."""

RULES = {
    "H01": """
        9 no hay/tienen luz postes/poste; luz/luces postes/poste/calle/plaza; calle/pasaje oscura/oscuro
        9 postes sin luz
        8 luminaria*; foco/focos apagad*/plaza/quemad*/prenden/malo; poste luz apag*/parpade*/malo; luz poste
        8 alumbrado; oscuras/oscura/oscuro pasaje/calle/plaza/postes/esquina; pasaje/calle/plaza oscur*
        8 postes no encienden/prenden
        6 farol*; no prende* focos/luces/postes; oscuro/oscura pasaje/plaza/calle/esquina; esta oscuro
        10 alumbrado publico/apagad*; luminaria*; foco* quemad*/plaza/apagad*/pasaje; pasaje oscur*/oscuras
        10 poste* sin luz; farol*
        12 luz postes/poste; falta luz postes/plaza
    """,
    "H02": """
        8 {house} abandonada llena/entran/maleza/ocupan/dormir; maleza; casa vacia/abandonada; sitio eriazo
        8 eriazo; {house}/inmueble/local/propiedad/galpon/edificio abandonad*; sitio abandonado; pasto alto
        5 ratones; maleza; terreno baldio; sitio pelado
        11 sitio baldio/eriazo/abandonad*; inmueble/casa/propiedad/edificio abandon*/deshabitad*; deshabitad*
        11 en abandono; cierre perimetral
    """,
    "H03": """
        10 alarma quedo pegada; alarma pegada
        8 camara/camaras no funciona*/mala*/apagada*/fall*/caida*/doblada/tapada
        8 alarma pegad*/mala/fall*/no funciona
        7 alarma quedo pegada/sonando; camara esquina no/mala/rota; sirena pegada; se quedo pegada
        12 camara fuera/servicio/falla*/imagen/sucio/sucia/lente/mala; alarma no funciona; lente camara
        12 portico conexion/falla; sin conexion
        11 camara/camaras/portico/lectora/alarma sin imagen/senal/conexion; pantalla negra; camara no se ve
        11 camara movida/apunta
        14 portico sin conexion; lectora/portico conexion/falla*/sin senal
        12 camara*/camaras no graba*/grabando/ve/muestra/prende; camara*/camaras tapada/pegada/caida/cortada
    """,
    "H04": """
        8 rompio/roto/rota resbalin/columpio/juego/banca/escano parque/plaza
        8 resbalin/columpio roto/quebrado/rompio
        8 juegos/columpio/resbalin/escano*/banca/bancas/asiento/baranda/basurero/paradero/maquina* rot*/quebrad*/mal*
        8 falta tapa; tapa camara; hoyo/evento vereda/calle; baldosa*; vereda rota/mala; tapa alcantarilla falta
        8 bolardo
        7 hoyo/hoyos vereda/calle/pista; vereda rota/levantada; casi se cae
        6 rejilla; sumidero; juegos infantiles rot*; reja plaza rota; bache*
        10 juego/juegos/banca/basurero/paradero/refugio/columpio/escano mal/estado/quebrad*/arrancad*/rot*/sacad*
        10 refugio peatonal
        9 mal estado; tapa alcantarilla/camara faltante/falta; reja/baranda/maquina rot*/suelta
        9 basurero arrancad*
        9 vereda levantad*
    """,
    "I01": """
        8 darse vuelta; dar vueltas; vuelta villa/poblacion/sector/pasaje noche; andan robando
        8 presencia/vigilancia carabineros/patrulla; ronda*; patrullaje*; patrulla pase/seguido/noche
        8 pase/pasen/pasar/pasara patrulla; presencia preventiva
        6 mas seguridad; mas vigilancia; que pasen seguido; pedir que pasen; dar una vuelta; mas patrullas
        6 mas seguido
        9 solicit*/pid* patrullaje/ronda*/presencia/vigilancia; pase/pasar movil/patrulla/vuelta
        9 ronda preventiva
        9 pase el movil; mas patrullaje
        11 pedir/pide/piden/solicita/solicitan/solicitar/quiere ronda*/patrullaje*
    """,
    "I02": """
        8 vacaciones vigil*/encarg*/casa/domicilio; encarg* casa/domicilio; salgo de viaje
        8 casa encargada/sola viaje
        6 de viaje casa; cuidar casa; nos vamos vacaciones; vigilen domicilio/casa; voy viaje
        11 encargo casa/domicilio/vacaciones; casa sola vacaciones/viaje/desde/hasta/febrero/enero
        11 viaj* ronda*/casa/domicilio; plan vacaciones
        11 sin moradores
        11 viaje vacaciones; fuera de la ciudad
    """,
    "I03": """
        8 acompana* inspector*/funcionari*/notificar/asistente/visita; asistente social
        8 inspectores apoyo/obras/necesitan
        6 funcionari* municipal* apoyo/acompan*; notificar clausura; apoyo visita; acompanamiento
        6 apoyo a funcionari*
        10 apoyo/acompan*/escolta inspector*/funcionari*/municipal*/visita/asistente/desalojo/dideco/social
        10 visita domiciliaria
        10 funcionari* apoyo/requiere/pide/solicita; fiscaliz* apoyo; inspectores municipales
        10 apoyo fiscaliz*/clausura/desalojo
        11 piden/pide/solicita/solicitan/quieren acompan*; aseo/dideco/dom/transito acompan*
        11 acompan* retiro/operativo/terreno
    """,
    "I04": """
        8 {service} pide/piden/solicita/solicitan/requiere/necesita/requieren/necesitan; apoyo a {service}
        8 apoyo {service}
        10 apoyo bomberos/carabineros/pdi/samu; {service} apoyo/resguardo/cooperacion; apoyo procedimiento
    """,
    "I05": """
        9 boton panico/sos/emergencia/auxilio; boton de panico; senal sos; alerta sos; pulsador; activo boton
        14 boton panico/sos/emergencia/app; boton de panico; presion* boton; alerta app; boton; pulsador
    """,
    "I06": """
        8 alarma comunitaria/vecinal; activ* alarma; sonando alarma; sirena comunitaria/vecinal
        10 alarma comunitaria/vecinal/pasaje/activ*/activo; activ* alarma/sirena comunitaria/vecinal/pasaje
        10 sirena comunitaria
    """,
    "I07": """
        6 quiero saber; a que hora/horario atiende*; necesito el telefono/numero/correo/direccion; donde puedo
        6 consulta; donde se hace/denuncia/paga/pago; como puedo/hago; horario; informacion; orientacion
        6 quisiera saber; dame/saber telefono/numero
        4 consultar; queria consultar; una consulta; pregunta
        9 pregunt*/consulta/consultan/consultar por/como/telefono/tramite/horario/donde/licencia
        9 orientacion sobre; permiso circulacion
        9 tramite; como denunciar
        7 informacion; numero de; a quien; requisitos
    """,
    "I08": """
        8 encontre/halle/hallo/encontro/encontramos licencia/llaves/bolso/cartera/carnet/documentos/celular/billetera
        8 encontr*/halle/hallaron/hallazgo carnet/cedula/billetera/documento*/llaves/celular/pasaporte/cartera/mochila
        10 encontr*/hall*/hallazgo/entreg* documento*/carnet/bolso/celular/billetera/llaves/licencia/cedula/pasaporte
        10 documento* encontr*
        9 quiere entregar*/devolver*; carnet/cedula/documentos/llaves encontrad*/botad*/extraviad*
        9 perdio documentos/carnet
    """,
}
