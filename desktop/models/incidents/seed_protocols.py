"""The procedures that appear at intake by type (R21): short steps, in the order in which they are done.

Default texts to be read and approved by each municipality before use. What the law orders is kept: crimes are
denounced within 24 hours (art. 176 CPP), at accidents and fires inspectors set a perimeter and touch no traces
(art. 31 Ley 21.802), an arrested person is handed over at once, a child is protected and not questioned, and no
sound is recorded. Source: domain.md F18, §4.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ProtocolSeed:
    """A procedure for types of incident; a code of one letter is that family's general one."""

    title: str
    type_codes: tuple[str, ...]
    steps: tuple[str, ...]
    source: str
    version: int = 1


_CRIME = "Ley 21.802, arts. 20 y 31; Código Procesal Penal, arts. 129, 130 y 176"
_FIRE = "Ley 21.802, art. 31; Ley 21.364"
_VIF = "Ley 20.066; Ley 21.802, arts. 20 y 40; Código Procesal Penal, art. 176"
_CHILD = "Ley 21.057; Ley 21.430; Código Procesal Penal, art. 176"
_USUAL = "Procedimiento municipal; ordenanzas locales"

PROTOCOLS: tuple[ProtocolSeed, ...] = (
    ProtocolSeed(
        "Homicidio o hallazgo de cadáver",
        ("A01",),
        (
            "Llame al 133 y al 131; informe solo el lugar y lo que se ve.",
            "Despache móvil para perímetro amplio; nadie toca, mueve ni cubre el cuerpo o los rastros.",
            "Anote patentes y nombres de testigos; manténgalos separados y fuera del perímetro.",
            "Registre quién entra y quién sale del perímetro, con hora.",
            "Entregue el sitio a Carabineros o PDI y anote quién recibe.",
            "Confirme que la denuncia quedó hecha dentro de 24 horas.",
        ),
        _CRIME,
    ),
    ProtocolSeed(
        "Robo con violencia o portonazo",
        ("A02", "A03", "A04"),
        (
            "Pregunte si hay lesionados y si los autores siguen en el lugar.",
            "Llame al 133: número de autores, armas, vestimenta, vehículo, patente y dirección de huida.",
            "Si hay lesionados, llame al 131.",
            "Avise a cámaras la ruta de huida.",
            "El móvil llega cuando los autores se fueron o junto a Carabineros; no persigue a personas armadas.",
            "Resguarde el sitio y a la víctima; oriente la denuncia y ofrezca atención del CIAV.",
        ),
        _CRIME,
    ),
    ProtocolSeed(
        "Lesiones o agresión",
        ("A06", "A07"),
        (
            "Pregunte por armas, cuántas personas participan y si la agresión sigue.",
            "Llame al 133; con lesionados, al 131.",
            "El móvil se detiene a distancia segura y evalúa antes de bajar.",
            "Separe solo si es seguro; primeros auxilios hasta que llegue SAMU.",
            "Resguarde objetos y rastros sin tocarlos; identifique testigos.",
            "Denuncia dentro de 24 horas.",
        ),
        _CRIME,
    ),
    ProtocolSeed(
        "Disparos o persona armada",
        ("A09",),
        (
            "Pida a quien llama que se aleje de ventanas y se ponga a cubierto.",
            "Llame al 133 de inmediato: lugar exacto, número de disparos, descripción, vehículo.",
            "Ningún móvil municipal entra al lugar; espera a distancia y a cubierto.",
            "Avise por radio a todos los móviles del sector.",
            "Con lesionados, llame al 131 y acuerde el punto de encuentro con Carabineros.",
            "Asegurado el lugar por Carabineros: perímetro, sin tocar vainillas ni rastros.",
        ),
        _CRIME,
    ),
    ProtocolSeed(
        "Delito sexual",
        ("A10", "A11"),
        (
            "Verifique si la víctima está a salvo ahora; si no, llame al 133.",
            "Hable una sola persona, con calma; no pregunte detalles del hecho.",
            "Pida que no se lave ni cambie ropa, y que no limpie el lugar.",
            "Llame al 131 o acuerde el traslado a un centro de salud.",
            "Use «delito sexual» en la radio, nunca el nombre ni el domicilio completo.",
            "Denuncia dentro de 24 horas; ofrezca CIAV con consentimiento.",
        ),
        _CRIME + "; Ley 21.057 si es niño, niña o adolescente",
    ),
    ProtocolSeed(
        "VIF: agresión en curso",
        ("B01",),
        (
            "Pregunte: ¿puede hablar?, ¿está él o ella ahí?, ¿hay armas?, ¿hay niños?",
            "Llame al 133; si hay lesiones, al 131. Mantenga la llamada abierta si es seguro.",
            "Despache móvil; llega junto a Carabineros y no entra solo al domicilio.",
            "Si puede salir, indique un lugar seguro y cercano.",
            "Separe a la víctima del agresor; no medie ni pida que se reconcilien.",
            "Revise si hay medida cautelar vigente e infórmela a Carabineros.",
            "Denuncia dentro de 24 horas; ofrezca CIAV con consentimiento y contacto seguro.",
        ),
        _VIF,
    ),
    ProtocolSeed(
        "VIF sin agresión actual",
        ("B02",),
        (
            "Pregunte si está segura o seguro ahora y si puede hablar.",
            "Pregunte por armas, amenazas de muerte y niños en el hogar.",
            "Oriente: denuncia en Carabineros, PDI, Fiscalía o Tribunal de Familia; fonos 149 y 1455.",
            "Acuerde un contacto seguro: a qué número y a qué hora.",
            "Ofrezca CIAV con consentimiento; si hay delito, denuncia dentro de 24 horas.",
            "Deje advertencia de lugar y teléfono para el próximo llamado.",
        ),
        _VIF,
    ),
    ProtocolSeed(
        "Incumplimiento de medida cautelar",
        ("B03",),
        (
            "Llame al 133: hay medida cautelar vigente y la persona está en el lugar.",
            "Pida a la víctima que se encierre o salga a un lugar seguro.",
            "Anote tribunal, RIT o RUC y la medida, si los tiene a mano; no los exija.",
            "Despache móvil; si la persona es detenida en flagrancia, inicie el plazo y entréguela de inmediato.",
            "Registre hora de entrega y funcionario que recibe.",
            "Informe el incumplimiento dentro de 24 horas.",
        ),
        _VIF,
    ),
    ProtocolSeed(
        "Niño, niña o adolescente en riesgo",
        ("B04",),
        (
            "Si el peligro es actual, llame al 133; si hay lesiones, al 131.",
            "Atienda a quien llama; no interrogue al niño ni le pida contar los hechos.",
            "Si habla espontáneamente, escuche y anote sus palabras textuales, sin corregir ni grabar audio.",
            "No lo deje solo ni lo entregue a la persona señalada como agresora.",
            "Derive a OLN y espere instrucción de Carabineros, Fiscalía o Tribunal de Familia.",
            "Denuncia dentro de 24 horas; en la radio no se dice el nombre.",
        ),
        _CHILD,
    ),
    ProtocolSeed(
        "Persona extraviada",
        ("B06",),
        (
            "No espere 24 horas: la denuncia se hace de inmediato. Llame al 133 y al 134.",
            "Anote nombre, edad, ropa, salud, medicamentos, teléfono y último lugar y hora en que fue vista.",
            "Pida una fotografía reciente y a quién avisar.",
            "Avise a todos los móviles y a cámaras; reparta sectores de búsqueda.",
            "Si es niño o persona mayor con demencia, comience por agua, caminos y lugares habituales.",
            "Registre el hallazgo, con hora y estado de salud; avise a quienes buscan.",
        ),
        "Código Procesal Penal, art. 173; Ley 21.500",
    ),
    ProtocolSeed(
        "Intento de suicidio o crisis de salud mental",
        ("B07",),
        (
            "Llame al 131; según el lugar (altura, agua, gas), también al 132 y al 133.",
            "Mantenga a la persona en la línea: hable con calma, por su nombre, sin juzgar ni desafiar.",
            "Pregunte si está sola, si tomó algo y si hay armas o medicamentos cerca.",
            "El móvil llega sin sirena; se acerca una sola persona y guarda distancia.",
            "No la deje sola hasta que la reciba el equipo de salud.",
            "Informe el fono *4141 y derive seguimiento; dato Secreto.",
        ),
        "Ley 21.331; orientación del Ministerio de Salud",
    ),
    ProtocolSeed(
        "Accidente con lesionados o atropello",
        ("F01", "F03"),
        (
            "Pregunte cuántos lesionados, si respiran y si hay atrapados, fuego o combustible.",
            "Llame al 131 y al 133; con atrapados o derrames, al 132.",
            "Despache móvil: protege con balizas y conos, desvía el tránsito.",
            "No mueva lesionados salvo peligro inmediato; no mueva vehículos ni rastros.",
            "Si el conductor huyó: patente, color, dirección; avise a 133 y a cámaras.",
            "Tome nombres de testigos y entregue el sitio a Carabineros.",
        ),
        "Ley 21.802, art. 31; Ley 18.290",
    ),
    ProtocolSeed(
        "Incendio estructural",
        ("G01",),
        (
            "Llame al 132: dirección, qué se quema, personas dentro, gas o químicos.",
            "Pida que todos salgan y nadie vuelva a entrar; reúna a las personas y cuéntelas.",
            "Despache móvil: despeja acceso y grifos, corta el tránsito, hace perímetro.",
            "Llame al 133, a la empresa eléctrica y a la de gas; al 131 si hay lesionados.",
            "Avise a GRD por damnificados.",
            "Terminado el fuego: nadie entra ni toca rastros hasta la pericia.",
        ),
        _FIRE,
    ),
    ProtocolSeed(
        "Incendio forestal o quema",
        ("G02", "E07"),
        (
            "Llame al 130 y al 132: lugar, qué se quema, viento, casas cercanas.",
            "Despache móvil con viento a la espalda y salida despejada; no combate el fuego.",
            "Despeje caminos para carros y evacúe hacia el lado opuesto al avance.",
            "Avise a GRD y mantenga informe cada 10 minutos.",
            "Si alguien enciende fuego, descríbalo al 133; no lo enfrente.",
            "Si era una quema sin autorización, deje constancia para la denuncia.",
        ),
        _FIRE,
    ),
    ProtocolSeed(
        "Emergencia médica",
        ("G03", "D05"),
        (
            "Pregunte: ¿responde?, ¿respira normal?, ¿sangra mucho?, edad.",
            "Llame al 131 y deje a quien llama con el regulador si se puede.",
            "Si no respira: indique compresiones fuertes al centro del pecho y pida el DEA más cercano.",
            "Si sangra: presión directa; si convulsiona: despeje alrededor y no sujete.",
            "Despache móvil con botiquín; espera a SAMU en la entrada y lo guía.",
            "Anote hora del llamado al 131, número entregado y llegada.",
        ),
        "Coordinación con SAMU; primeros auxilios",
    ),
    ProtocolSeed(
        "Fuga de gas o químico",
        ("G04",),
        (
            "Llame al 132 y a la empresa de gas.",
            "Indique: no encender ni apagar luces, no fumar, no usar el celular dentro, abrir y salir.",
            "Evacúe contra el viento; móvil se detiene lejos y no entra.",
            "Si es un derrame: lea el número del rombo desde lejos; no lo toque.",
            "Corte el tránsito y mantenga perímetro hasta que Bomberos lo levante.",
            "Si hay personas afectadas, llame al 131.",
        ),
        _FIRE,
    ),
    ProtocolSeed(
        "Inundación o anegamiento",
        ("G05",),
        (
            "Pregunte por personas atrapadas, mayores, enfermos y electricidad con agua.",
            "Con personas en peligro, llame al 132; avise a GRD.",
            "Indique cortar la luz si el tablero está seco; no cruzar agua en movimiento.",
            "Despache móvil: corta calles y pasos bajo nivel.",
            "Registre viviendas afectadas para GRD y DIDECO.",
            "Informe sumideros o cámaras tapadas a la empresa sanitaria y a Aseo.",
        ),
        "Ley 21.364; plan comunal de emergencia",
    ),
    ProtocolSeed(
        "Derrumbe o socavón",
        ("G08",),
        (
            "Pregunte por personas atrapadas; llame al 132 y al 131.",
            "Despache móvil: perímetro amplio, sin vehículos cerca del borde.",
            "Corte el tránsito; pida cortes de gas, luz y agua.",
            "Avise a GRD y a DOM para evaluación.",
            "Nadie entra a rescatar sin Bomberos.",
            "Mantenga el cierre hasta el informe de DOM.",
        ),
        _FIRE,
    ),
    ProtocolSeed(
        "Persona al agua",
        ("G09",),
        (
            "Llame al 137 y al 132: lugar, referencia en la orilla, hacia dónde lleva la corriente.",
            "Pida a quien llama que no pierda de vista a la persona y no entre al agua.",
            "Indique lanzar algo que flote o alcanzar con palo o cuerda.",
            "Despache móvil aguas abajo; otro al punto de entrada.",
            "Llame al 131: hipotermia y reanimación.",
            "Si no aparece: marque el último punto visto y entregue el mando a la Autoridad Marítima.",
        ),
        "Coordinación con la Autoridad Marítima",
    ),
    ProtocolSeed(
        "Amenaza de bomba u objeto sospechoso",
        ("G10",),
        (
            "Anote las palabras exactas, la voz y la hora; no corte primero.",
            "Llame al 133 y pida GOPE.",
            "No tocar ni mover el objeto; no usar radio ni celular a menos de 50 metros.",
            "Evacúe a pie, alejado de ventanas, al menos 100 metros.",
            "Perímetro y corte de tránsito; nadie vuelve a entrar hasta que GOPE lo autorice.",
            "Entregue la información a Carabineros y anote quién recibe.",
        ),
        _CRIME,
    ),
    ProtocolSeed(
        "Sismo o tsunami",
        ("G11",),
        (
            "Si cuesta mantenerse en pie en la costa: evacuar de inmediato a zona segura, sin esperar aviso.",
            "Confirme con SENAPRED y GRD; difunda solo información oficial.",
            "Móviles a las rutas de evacuación: a pie, sin autos, hacia cota 30.",
            "Registre daños, lesionados y cortes por sector.",
            "Revise a los móviles y a la central: gente, energía, radio.",
            "No se levanta la evacuación sin orden de la autoridad.",
        ),
        "Ley 21.364; plan comunal de emergencia",
    ),
    ProtocolSeed(
        "Ruidos molestos",
        ("E01",),
        (
            "Pregunte desde cuándo, qué ruido es y si hay riña o menores.",
            "Revise si el lugar tiene permiso de evento o advertencias anteriores.",
            "El móvil llega, escucha desde la vía pública y deja constancia; no graba audio.",
            "Primera vez: advertencia verbal. Se repite: cursa infracción a la ordenanza.",
            "Si pide identificación para cursar, inicie el plazo de 60 minutos.",
            "Si hay resistencia o desórdenes, llame al 133.",
        ),
        "Ordenanza de ruidos; Ley 21.802, art. 20",
    ),
    ProtocolSeed(
        "Animales sueltos, ataque o rescate",
        ("E09",),
        (
            "Pregunte si hay mordidos y si el animal sigue suelto; con heridos, llame al 131.",
            "Indique entrar a un lugar cerrado y no correr.",
            "Si ataca o hay ganado en la ruta, llame al 133.",
            "El móvil mantiene distancia y despeja; no captura sin elementos.",
            "Derive a Tenencia responsable; fauna silvestre al SAG.",
            "Mordido: lavar con agua y jabón, centro de salud, identificar al dueño.",
        ),
        "Ley 21.020; ordenanza de tenencia responsable",
    ),
    ProtocolSeed(
        "Botón de pánico o alarma comunitaria",
        ("I05", "I06"),
        (
            "Abra la ficha del titular; llame una vez, sin delatar el motivo.",
            "Si no contesta o confirma peligro, llame al 133 y despache de inmediato.",
            "Titular VIF: trate como agresión en curso; no diga su nombre por radio.",
            "Mire las cámaras cercanas mientras llega el móvil.",
            "En falsa alarma, compruébelo en persona y deje constancia.",
            "Registre la prueba o la falla del equipo.",
        ),
        "Ley 21.802; convenio del dispositivo",
    ),
    ProtocolSeed(
        "Delitos contra las personas: pasos generales",
        ("A",),
        (
            "¿Hay lesionados?, ¿hay armas?, ¿sigue ocurriendo? Llame al 133 y, si corresponde, al 131.",
            "Despache móvil con los riesgos informados; primero su propia seguridad.",
            "Perímetro; no tocar rastros; testigos separados.",
            "Detención en flagrancia: inicie el plazo y entregue de inmediato a la policía.",
            "Oriente a la víctima y ofrezca CIAV; denuncia dentro de 24 horas.",
        ),
        _CRIME,
    ),
    ProtocolSeed(
        "Grupos vulnerables: pasos generales",
        ("B",),
        (
            "Verifique si la persona está a salvo ahora; si no, 133 y 131.",
            "Hable una sola persona, con respeto; no pida repetir lo ocurrido.",
            "En la radio, solo la clase y el lugar; nunca el nombre.",
            "Derive a la red (DIDECO, OLN, CIAV, SENAMA) y acuerde quién sigue.",
            "Si hay delito, denuncia dentro de 24 horas.",
        ),
        _VIF,
    ),
    ProtocolSeed(
        "Delitos contra la propiedad: pasos generales",
        ("C",),
        (
            "¿Está ocurriendo ahora?, ¿hay alguien dentro? En curso: 133 de inmediato.",
            "Pida que nadie entre ni toque; cuántos, vehículo, patente y huida.",
            "Avise a cámaras y a móviles del sector.",
            "Resguarde el sitio hasta Carabineros; testigos y grabaciones del lugar.",
            "Oriente la denuncia y deje ronda preventiva.",
        ),
        _CRIME,
    ),
    ProtocolSeed(
        "Drogas y alcohol: pasos generales",
        ("D",),
        (
            "Describa lugar, número de personas y conducta; no exponga a quien denuncia.",
            "Tráfico: no se interviene; derive a 133, 134 o Denuncia Seguro. Dato Reservado.",
            "Consumo: móvil disuade y advierte; infracción según ordenanza.",
            "Persona que no responde: 131, de costado y acompañada.",
            "Menores: avise a OLN y a Carabineros.",
        ),
        "Ley 20.000; Ley 19.925; Ley 21.802, art. 20",
    ),
    ProtocolSeed(
        "Incivilidades: pasos generales",
        ("E",),
        (
            "Precise el lugar, desde cuándo y si hay riesgo para alguien.",
            "Describa conductas, no apariencias.",
            "Primero diálogo y advertencia; infracción si persiste.",
            "Identificación solo para cursar una infracción: plazo de 60 minutos, nunca a menores de 18 años.",
            "Si hay violencia o resistencia, llame al 133.",
        ),
        _USUAL,
    ),
    ProtocolSeed(
        "Tránsito: pasos generales",
        ("F",),
        (
            "¿Hay lesionados, combustible o bloqueo de la vía? Con lesionados, 131 y 133.",
            "Móvil protege con baliza y conos; chaleco reflectante.",
            "Desvíe el tránsito; no mueva vehículos con lesionados.",
            "Patente y descripción; conductor ebrio: 133, sin persecución.",
            "Informe a Tránsito lo que queda pendiente.",
        ),
        "Ley 18.290; Ley 21.802, art. 31",
    ),
    ProtocolSeed(
        "Emergencias: pasos generales",
        ("G",),
        (
            "Lugar exacto, personas en peligro, qué pasa ahora.",
            "Llame al servicio que corresponde y anote hora y número entregado.",
            "Perímetro, accesos despejados, rutas de salida; no tocar rastros.",
            "Avise a GRD si hay damnificados o más de un foco.",
            "Informe cada 10 minutos hasta el control.",
        ),
        _FIRE,
    ),
    ProtocolSeed(
        "Espacio público: pasos generales",
        ("H",),
        (
            "Ubique con número, poste o intersección.",
            "Si hay peligro inmediato (cables, hoyos), señalice y suba la prioridad.",
            "Derive a la unidad municipal o empresa y anote el número de atención.",
            "Informe al vecino o vecina el plazo y cómo seguir el caso.",
        ),
        _USUAL,
    ),
    ProtocolSeed(
        "Servicios preventivos: pasos generales",
        ("I",),
        (
            "Precise qué se pide, para cuándo y con quién coordinar.",
            "Revise disponibilidad del turno antes de comprometer hora.",
            "En apoyo a otra institución, el mando es de ella; anote quién lo pide.",
            "Deje constancia de lo entregado y del cierre con el requirente.",
        ),
        _USUAL,
    ),
)
