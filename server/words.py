"""What the server's command line says, in Spanish."""

from typing import Final

SAID: Final = {
    "what": "Servidor municipal de Atalaya: guarda y reparte lo que las estaciones escriben.",
    "init": "fundar el municipio en una carpeta o base de datos vacía",
    "run": "atender a las estaciones",
    "enroll": "dar el código con que una estación se inscribe",
    "devices": "mostrar las estaciones inscritas",
    "revoke": "dejar de confiar en una estación",
    "backup": "guardar un respaldo cifrado del municipio, también mientras se atiende",
    "restore": "devolver un respaldo a una carpeta o base de datos vacía",
    "doctor": "revisar el servidor y decir cómo arreglar lo que esté mal",
    "founded": "{name} quedó fundado. Huella de su autoridad: {fingerprint}",
    "serving": "{name} atiende en {where}. Ctrl+C para terminar.",
    "offered": "Código de inscripción, válido por 24 horas y una sola vez:\n\n  {code}",
    "nobody": "Ninguna estación está inscrita todavía.",
    "revoked": "revocada",
    "was_revoked": "La estación quedó revocada: nada de lo que envíe desde ahora se recibe.",
    "backed_up": "Respaldo hecho y leído de vuelta: {path}, {rows} filas, {size} MB.",
    "restored": (
        "{name} quedó como estaba el {made}. Las estaciones devolverán lo que enviaron después. Si desde entonces "
        "revocó alguna, revóquela de nuevo antes de atender. Haga luego un respaldo nuevo."
    ),
    "database_newer": "Una versión más nueva del servidor escribió esta base de datos. Instale esa versión.",
    "database_away": "No se pudo abrir la base de datos. Revise que esté en marcha y que su dirección sea la correcta.",
    "workers": "Varios procesos necesitan PostgreSQL: agregue --dsn, o deje un solo proceso.",
    "cert_and_key": "--cert y --key van juntos: el certificado del municipio y su llave privada.",
    "certificate": (
        "No se pudo usar el certificado: falta uno de los archivos, venció, o la llave no es la suya. Si la llave está "
        "sellada, su frase va en la variable ATALAYA_SERVER_KEY_PASSPHRASE."
    ),
    "address": "No se puede atender en esa dirección: otro programa la ocupa, o no es de este equipo.",
    "database_damaged": (
        "El archivo de la base de datos está dañado. Devuelva el último respaldo en otra carpeta («atalaya-server "
        "restore») y atienda desde ahí."
    ),
    "no_passphrase": (
        "Falta la frase que sellará las llaves del servidor: al menos 16 signos en la variable "
        "ATALAYA_SERVER_PASSPHRASE o en un archivo de credencial. Guárdela: sin ella no hay servidor."
    ),
    "passphrase": (
        "Falta la frase que abre las llaves del servidor, o no es la correcta. Póngala en la variable "
        "ATALAYA_SERVER_PASSPHRASE o en un archivo de credencial; nunca en la línea de órdenes."
    ),
}
OPTIONS: Final = {
    "word": "ORDEN",
    "folder": "carpeta de los datos, cuando no se usa PostgreSQL",
    "dsn": "base PostgreSQL (postgresql://…)",
    "tenant": "nombre corto del municipio; no hace falta si hay uno solo",
    "json": "responder en JSON",
    "name": "nombre del municipio",
    "listen": "dirección y puerto en que se atiende",
    "address": "nombre o dirección con que las estaciones llaman al servidor; se puede repetir",
    "workers": "cuántos procesos atienden, con PostgreSQL; si uno cae, los otros siguen",
    "cert": "certificado propio del municipio con su cadena (PEM); sin él se usa uno de la autoridad de Atalaya",
    "key": "llave privada de ese certificado (PEM)",
    "metrics": "dirección y puerto en que se responde a Prometheus, sin cifrar: por ejemplo 127.0.0.1:9464",
    "log_requests": "anotar en el registro también los pedidos que salieron bien",
    "quick": "sin recorrer la bitácora completa",
    "reached_at": "dirección y puerto con que la estación encuentra al servidor",
    "station": "nombre de la estación",
    "code": "las dos letras o cifras de sus códigos radiales",
    "scopes": "ámbitos que puede tener, separados por comas",
    "read_only": "de ellos, los que solo lee",
    "device": "identificador de la estación, como lo muestra «devices»",
    "reason": "motivo",
    "backup_file": "archivo que se escribe; no debe existir todavía",
    "restore_file": "archivo de respaldo",
}
_RESTORE: Final = (
    "No siga atendiendo con esta base: devuelva el último respaldo en otro lugar («atalaya-server restore») y atienda "
    "desde ahí; las estaciones devuelven lo que enviaron después."
)
DOCTOR: Final = {
    "database": "Base de datos",
    "database.sqlite": "SQLite, sin daño a la vista",
    "database.postgresql": "PostgreSQL {version}",
    "database.old": "PostgreSQL {version}, que ya no se mantiene",
    "database.old.mend": "Actualice a PostgreSQL 14 o más nuevo.",
    "database.away": "no responde",
    "database.away.mend": SAID["database_away"],
    "database.newer": "es de una versión más nueva del servidor",
    "database.newer.mend": SAID["database_newer"],
    "database.damaged": "el archivo está dañado",
    "database.damaged.mend": _RESTORE,
    "disk": "Disco",
    "disk.free": "{free} GB libres",
    "disk.few": "quedan {free} GB libres",
    "disk.few.mend": "Libere espacio o mueva la carpeta: con el disco lleno el servidor no recibe nada.",
    "durable": "Escritura segura",
    "durable.on": "lo recibido queda en el disco antes de responder",
    "durable.off": "apagado en PostgreSQL: {names}",
    "durable.off.mend": "Enciéndalo en postgresql.conf: sin eso, un corte de luz pierde lo que ya se dio por recibido.",
    "clock": "Reloj",
    "clock.off": "el de la base de datos difiere {seconds} s del de este equipo",
    "clock.off.mend": "Ajuste ambos por NTP.",
    "keys": "Llaves del municipio",
    "keys.open": "{name}: se abren con la frase",
    "keys.sealed": "no se abren",
    "keys.sealed.mend": SAID["passphrase"],
    "keys.no_tenant": "el municipio no está en esta base",
    "keys.no_tenant.mend": "Fúndelo con «atalaya-server init --name …», o nómbrelo con --tenant.",
    "certificate": "Certificado",
    "certificate.until": "vale hasta el {until}",
    "certificate.soon": "vence el {until}",
    "certificate.soon.mend": "Renuévelo y envíe SIGHUP al servidor; nadie se desconecta.",
    "certificate.unusable": "no se puede usar",
    "certificate.unusable.mend": SAID["certificate"],
    "stations": "Estaciones",
    "stations.count": "{count} inscritas",
    "stations.silent": "sin noticias en {days} días: {names}",
    "stations.silent.mend": "Enciéndalas con red. Si alguna ya no existe, revóquela («atalaya-server revoke»).",
    "backup": "Respaldo",
    "backup.made": "hace {hours} h",
    "backup.old": "el último es de hace {hours} h",
    "backup.old.mend": "Haga uno: «atalaya-server backup ARCHIVO», y programe uno cada noche.",
    "backup.none": "ninguno todavía",
    "backup.none.mend": "Haga uno: «atalaya-server backup ARCHIVO», y programe uno cada noche.",
    "denied": "Cambios no aceptados",
    "denied.count": "{count} guardados aparte",
    "denied.count.mend": "Alguien escribió sin permiso o después de perderlo. Su estación lo dice en «Sincronización».",
    "blobs": "Adjuntos",
    "blobs.partial": "{count} a medio llegar desde hace más de un día",
    "blobs.partial.mend": "Los completa la estación que los tiene cuando vuelve a conectarse.",
    "log": "Bitácora",
    "log.whole": "{change_sets} cambios recorridos, {records} registros: cadenas, firmas y resultados calzan",
    "log.places": "en «{scope}» falta algo cerca del lugar {n}",
    "log.places.mend": _RESTORE,
    "log.chain": "en «{scope}» una cadena fue alterada en el lugar {n}",
    "log.chain.mend": _RESTORE,
    "log.heads": "en «{scope}» el final de una cadena no es el que dice la bitácora",
    "log.heads.mend": _RESTORE,
    "log.records": "en «{scope}» los registros no son lo que la bitácora suma",
    "log.records.mend": _RESTORE,
}
_REFUSALS: Final = {
    "tenant": "Ese municipio no está aquí. Fúndelo con «atalaya-server init --name …».",
    "tenant_exists": "Ese municipio ya está fundado aquí.",
    "name": "Ese nombre no se puede usar.",
    "device_code": "Las letras de la estación son dos signos: cifras o letras, salvo I, O, Q, S, U y V.",
    "device_code_taken": "Esas letras ya son de otra estación.",
    "scopes": "Uno de los ámbitos no existe.",
    "revoked": "Esa estación ya estaba revocada.",
    "unknown_device": "Esa estación no está inscrita.",
}
_BACKUPS: Final = {
    "exists": "Ese archivo ya existe. Elija otro nombre: un respaldo nunca se escribe encima de otro.",
    "disk": "No se pudo leer o escribir el archivo. Revise que la carpeta exista, tenga espacio y se pueda escribir.",
    "foreign": "Ese archivo no es un respaldo de un servidor de Atalaya.",
    "passphrase": "La frase no abre este respaldo: es de otro municipio, o el comienzo del archivo está dañado.",
    "damaged": "El respaldo está cortado o dañado. Nada se cambió. Use otro respaldo.",
    "version": "Ese respaldo es de otra versión del servidor. Devuélvalo con esa versión y actualice después.",
    "occupied": "En ese lugar ya hay un municipio. Un respaldo se devuelve solo a una carpeta o base de datos vacía.",
}


def backup_fault(fault: str) -> str:
    """Return why a backup could not be made or brought back, in words."""
    return _BACKUPS[fault]


def refusal(kind: str) -> str:
    """Return why something could not be done, in words."""
    return _REFUSALS.get(kind, f"No se pudo hacer ({kind}).")
