"""Invented narratives of the demonstration, by type, as an operator of a Chilean central writes them.

`{a|b|c}` is one of the three; an empty alternative is allowed.
"""

import random
import re

_OPENERS = (
    "Requirente señala que",
    "Vecina informa que",
    "Vecino informa que",
    "Llama persona anónima e indica que",
    "Se informa que",
    "Requirente indica que",
    "Desde el lugar informan que",
    "",
    "",
)
_CLOSERS = (
    "",
    "",
    "",
    "",
    "Solicita presencia de móvil.",
    "Pide no ser identificado/a.",
    "Se mantiene en el lugar.",
    "Queda atenta al llamado.",
    "Ya había llamado antes.",
)

_TEXTS: dict[str, str] = {
    "A01": """hay una persona fallecida {en la orilla del estero|en un sitio|dentro de un vehículo}, hay curiosos
        encontraron un cuerpo sin vida {detrás del galpón|junto a la línea férrea}""",
    "A02": """{dos|tres} sujetos con {un cuchillo|un arma|fierros} le quitaron {el celular|la mochila} y huyeron
        asaltaron {el minimarket|la botillería|a un repartidor}, los autores van a pie hacia {la costanera|el centro}
        lo intimidaron con {una cortaplumas|una pistola} y le robaron {la billetera|las zapatillas}""",
    "A03": """un sujeto en {bicicleta|moto} le arrebató {el celular|la cartera} y se fue
        le tironearon {la cadena|el bolso} a una señora en {el paradero|la feria}""",
    "A04": """{cuatro|tres} sujetos le hicieron un portonazo y se llevaron {la camioneta|el auto}
        encerrona con {dos|un} vehículo, bajaron a la conductora y se llevaron el auto""",
    "A05": """obligaron a un hombre a subir a {una van|un auto} a la fuerza
        retienen a un familiar y piden dinero por él""",
    "A06": """{un joven|un hombre|una mujer} fue agredido y sangra de {la cabeza|la cara|un brazo}
        le pegaron {entre varios|con un palo|con una botella} a {un joven|un señor}, está en el suelo
        apuñalaron a un hombre {a la salida de un bar|en la plaza}""",
    "A07": """hay una pelea entre {dos|varios} {hombres|jóvenes} {afuera del local|en la esquina|en la plaza}
        riña a combos {entre escolares|entre feriantes|a la salida de una fiesta}""",
    "A08": """{un vecino|su ex socio|un cliente} lo amenazó con {pegarle|quemarle la casa|matarlo}
        recibe amenazas por {teléfono|mensajes|redes sociales} hace {días|semanas}""",
    "A09": """se escuchan {varios|tres|cinco} disparos {en la calle|desde un auto|hacia una casa}
        anda un {sujeto|joven} con {una pistola|una escopeta} {en el pasaje|en la cancha}""",
    "A10": """una {joven|mujer} relata un abuso sexual, está con {una amiga|su madre}
        {un hombre|un conocido} abusó de una joven, se encuentra {en su domicilio|en un local}""",
    "A11": """un hombre {la sigue|la acosa} y le dice cosas sexuales hace {dos|varias} cuadras
        un sujeto acosa a estudiantes en {el paradero|la salida del liceo}""",
    "B01": """{su pareja|su marido|su ex pareja} la está {golpeando|pegando}, hay {niños|gritos} en la casa
        se escucha a {una mujer|una vecina} gritando auxilio, {la pareja|el marido} la está golpeando""",
    "B02": """{su pareja|su marido|su conviviente} la {insulta|controla|amenaza} hace tiempo, ahora no está
        {su ex pareja|su pareja} le pegó {ayer|anoche} y quiere orientación para denunciar""",
    "B03": """{su ex pareja|el agresor} con medida cautelar está {afuera de la casa|golpeando la puerta}
        no respeta la orden de alejamiento y llegó {al trabajo|al domicilio}""",
    "B04": """hay {dos|tres} niños solos en una casa desde {la mañana|anoche}
        {una niña|un niño} de unos {cinco|ocho} años anda solo en la calle""",
    "B05": """{un adulto mayor|una abuelita} vive sola y está {sin comida|muy descuidada}
        un {familiar|sobrino} maltrata a {un abuelito|una abuelita}""",
    "B06": """no aparece {su hijo|su hija|su madre|su padre}, salió {en la mañana|anoche} y no contesta
        una señora mayor anda desorientada y no sabe dónde vive""",
    "B07": """{un joven|una mujer} está en la baranda del puente y dice que se va a tirar
        {un familiar|su hijo} está con una crisis y se quiere hacer daño""",
    "B08": """hay una persona en situación de calle durmiendo en {el paradero|la plaza|la vereda} con mucho frío
        un grupo instaló un ruco {bajo el puente|en la entrada de un edificio}""",
    "C01": """entraron a robar a {su casa|la casa de al lado|su departamento}, forzaron {la puerta|una ventana}
        al llegar encontró la casa desordenada, se llevaron {la tele|joyas|un notebook}
        hay {alguien|dos sujetos} dentro de la casa de {una vecina|un vecino} en este momento""",
    "C02": """forzaron la cortina de {un local|la farmacia|el almacén} y robaron mercadería
        robaron en {la bodega|la escuela|la sede vecinal} durante la noche""",
    "C03": """le robaron {el auto|la camioneta|la moto} que estaba {estacionada|afuera de la casa}
        no está {su auto|su camioneta} donde lo dejó {anoche|hace una hora}""",
    "C04": """le rompieron el vidrio del auto y le sacaron {una mochila|un notebook|herramientas}
        están sacando {las ruedas|la batería|los espejos} a un auto estacionado""",
    "C05": """guardias tienen retenida a una persona por hurto en {el supermercado|una tienda}
        le robaron {la bicicleta|la billetera|un balón de gas} sin darse cuenta
        mecheros {en una tienda|en la farmacia}, se fueron sin pagar""",
    "C06": """{unos jóvenes|varios sujetos} rompen {los vidrios del paradero|los basureros|el letrero}
        le dañaron {el portón|el auto|la reja} a propósito
        apedrearon {la sede|la casa|el techo} y quebraron {una ventana|varios vidrios}""",
    "C07": """venden {celulares|herramientas} robados en {la feria|una casa}
        reconoció su bicicleta robada en {una compraventa|una publicación}""",
    "C08": """lo llamaron haciéndose pasar por {el banco|un familiar} y transfirió dinero
        a {su abuela|su madre} le hicieron el cuento del tío""",
    "C09": """hay personas tomándose un terreno y {parando mediaguas|cerrándolo}
        desconocidos ocuparon una casa y cambiaron la chapa""",
    "C10": """sujetos cortan cables {desde un poste|de una cámara subterránea}
        se robaron {los cables del alumbrado|una tapa de alcantarilla}""",
    "C11": """lectura de patente con encargo por robo, vehículo va hacia {el norte|la costanera}
        encontró estacionado un auto que figura con encargo por robo""",
    "D01": """en una casa venden droga, {entra y sale gente toda la noche|hay pasamanos en la reja}
        venden papelillos de pasta base {en la esquina|desde una ventana}""",
    "D02": """{jóvenes|un grupo} fumando marihuana en {los juegos infantiles|la plaza|la escalera del edificio}
        hay personas consumiendo droga {detrás de la sede|en el paradero}""",
    "D03": """{un grupo|varias personas|unos jóvenes} bebiendo alcohol en {la plaza|la costanera|el pasaje}
        están tomando {cerveza|vino|copete} en la vía pública y {dejan botellas|gritan}""",
    "D04": """venden alcohol sin permiso en {una casa|un quiosco}
        clandestino de alcohol funciona {toda la noche|los fines de semana}""",
    "D05": """hay {un hombre|una persona} en estado de ebriedad {tendido en la vereda|durmiendo en la calle}
        un señor tirado en {el paradero|la plaza}, parece que está borracho""",
    "E01": """música muy fuerte {en una casa|en un departamento|desde un auto} desde {anoche|hace horas}
        fiesta con {karaoke|parlantes|gritos}, no dejan dormir
        ruidos molestos de {un taller|un local|una construcción} a esta hora""",
    "E02": """{encapuchados|un grupo} cortan la calle con barricadas
        grupo de {hinchas|jóvenes} hace desórdenes y lanza piedras""",
    "E03": """{un auto|una camioneta} da vueltas muy lento mirando las casas
        {un sujeto|dos sujetos} probando las manillas de los autos
        hay una persona mirando por las ventanas de las casas hace rato""",
    "E04": """vendedores ambulantes ocupan toda la vereda {frente al banco|de la feria}
        carrito de {completos|sopaipillas} sin permiso {en la esquina|junto al hospital}""",
    "E05": """auto mal estacionado {sobre la vereda|en la entrada de su casa|en estacionamiento de discapacitados}
        cuidador de autos cobra a la fuerza y molesta a {clientes|conductores}""",
    "E06": """botaron {escombros|colchones|basura} en {la esquina|el humedal|un sitio}
        microbasural con {ratones|mal olor} hace semanas""",
    "E07": """un vecino quema {basura|hojas|ramas} en el patio, hay mucho humo
        quema de pastizal en {una parcela|un sitio}""",
    "E08": """un hombre {desnudo|orinando} en la vía pública
        un sujeto se exhibe frente a {la escuela|la plaza}""",
    "E09": """{una jauría|varios perros sueltos} {atacan a la gente|rondan la escuela}
        un perro mordió a {un niño|una señora|un ciclista}
        {un caballo suelto|vacas sueltas} en {la ruta|el camino}""",
    "E10": """discusión con {la vecina|el vecino} por {el deslinde|un cerco|los estacionamientos}
        conflicto entre vecinos del condominio, se {insultan|gritan}""",
    "E11": """están rayando con spray {la muralla|la fachada} de {la escuela|la biblioteca}
        amaneció con grafitis {la sede|el muro}""",
    "E12": """carreras clandestinas de {autos|motos} en {la costanera|la circunvalación}
        motos haciendo piques en la recta, hay mucha gente""",
    "F01": """choque de {dos autos|un auto y una moto|un bus y un camión} con {un herido|dos lesionados}
        se volcó {un auto|una camioneta}, hay {un herido|una persona atrapada}""",
    "F02": """choque por alcance sin lesionados, {discuten|tapan una pista}
        le chocaron el auto estacionado y el conductor se fue
        colisión de dos autos, no hay heridos""",
    "F03": """atropellaron a {un peatón|una señora|un ciclista} en {el paso de cebra|la esquina}
        un auto atropelló a {un niño|un escolar} y {se detuvo|huyó}""",
    "F04": """semáforo {apagado|pegado en rojo} en la intersección
        se cayó {el disco pare|una señalética} de la esquina""",
    "F05": """auto abandonado hace {meses|semanas} {sin ruedas|con basura dentro}
        furgón abandonado ocupa el pasaje hace meses""",
    "F06": """{un camión|un bus|un auto} en panne bloquea {la calle|una pista}
        carga caída de un camión obstruye la vía""",
    "F07": """conductor zigzaguea, parece en estado de ebriedad
        un conductor ebrio se quedó dormido {en el semáforo|al volante}""",
    "G01": """se está quemando {una casa|un galpón|una bodega}, se ven llamas {en el techo|por la ventana}
        sale humo de {un departamento|un local} y hay gente adentro""",
    "G02": """incendio de pastizal {junto a la ruta|cerca de las casas}
        se está quemando el bosque en {el cerro|la ladera}, hay viento""",
    "G03": """{un señor|una señora} se desmayó en {la calle|un local}
        persona con dolor en el pecho {en su domicilio|en el paradero}
        se cayó {una abuelita|un adulto mayor} y no se puede mover""",
    "G04": """fuerte olor a gas en {el edificio|el pasaje}
        fuga de gas por {un cilindro|una cañería rota}""",
    "G05": """se inundó {la calle|una casa|el paso bajo nivel}
        {el estero|el canal} se está desbordando y entra agua a las casas""",
    "G06": """se cayó un árbol sobre {la calle|los cables|un auto}
        cable cortado colgando {con chispas|a baja altura}
        un poste está por caerse con el viento""",
    "G07": """corte de luz en {todo el sector|el pasaje}
        están sin agua desde {la mañana|ayer}""",
    "G08": """se derrumbó {un muro|parte del cerro} sobre {la vereda|el camino}
        socavón en la calzada, se hunde el pavimento""",
    "G09": """cayó una persona al {río|mar} desde {el muelle|la costanera}
        {un kayak|un bote} dado vuelta y hay personas en el agua""",
    "G10": """llamaron a {un colegio|un edificio} diciendo que hay una bomba
        hay {una mochila|una maleta} abandonada en {el terminal|la plaza}""",
    "G11": """se sintió un temblor fuerte, la gente sube a los cerros
        consultan por alarma de tsunami en la costa""",
    "H01": """luminaria apagada hace {una semana|varios días}
        los focos de {la plaza|la cancha} no prenden, está oscuro""",
    "H02": """sitio eriazo con {pasto alto|ratones|basura}
        casa abandonada donde {entran a dormir|se juntan a consumir}""",
    "H03": """la cámara {de la esquina|de la plaza} no funciona
        la alarma comunitaria quedó pegada""",
    "H04": """los juegos de la plaza están rotos
        falta una tapa de cámara en la vereda
        hoyo grande en la vereda, es peligroso""",
    "I01": """solicita rondas {en las noches|el fin de semana}
        pide que pase la patrulla más seguido por {la escuela|el pasaje}""",
    "I02": """sale de viaje y encarga su casa por {una semana|quince días}
        estará de vacaciones y pide vigilar el domicilio""",
    "I03": """inspectores necesitan acompañamiento para notificar {una clausura|una infracción}
        asistente social pide apoyo para una visita""",
    "I04": """Carabineros solicita apoyo para {cortar el tránsito|resguardar el sitio}
        {Bomberos|SAMU} solicita un móvil para despejar el acceso""",
    "I05": """activación de botón de pánico, {no contesta|se escuchan gritos}
        señal de botón SOS desde {un local|un domicilio}""",
    "I06": """suena la alarma comunitaria, {vecinos en la calle|se desconoce el motivo}
        activaron la alarma vecinal por {un desconocido|una pelea}""",
    "I07": """consulta dónde se hace {una denuncia por ruidos|un reclamo}
        quiere saber el horario de atención de la dirección""",
    "I08": """encontró {un carnet|una billetera con documentos} en la calle
        halló {llaves|un celular} en {la micro|la plaza}""",
}

_CHOICE = re.compile(r"\{([^{}]*)\}")
_Part = str | tuple[str, ...]


def _compiled(text: str) -> tuple[_Part, ...]:
    parts: list[_Part] = []
    for place, piece in enumerate(_CHOICE.split(text)):
        if place % 2:
            parts.append(tuple(piece.split("|")))
        elif piece:
            parts.append(piece)
    return tuple(parts)


TEMPLATES = {
    code: tuple(_compiled(line.strip()) for line in block.strip().splitlines())
    for code, block in _TEXTS.items()
}


def narrative(rng: random.Random, code: str) -> str:
    """Return a narrative of that type."""
    templates = TEMPLATES[code]
    parts = templates[int(rng.random() * len(templates))]
    body = "".join([part if isinstance(part, str) else part[int(rng.random() * len(part))] for part in parts])
    opener = _OPENERS[int(rng.random() * len(_OPENERS))]
    closer = _CLOSERS[int(rng.random() * len(_CLOSERS))]
    start = f"{opener} {body}" if opener else body[0].upper() + body[1:]
    return f"{start}. {closer}" if closer else f"{start}."
