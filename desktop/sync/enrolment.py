"""Becoming a station of a municipality, and what is kept of it: whom to trust, and what to show to be trusted.

All of it lies in the station's own encrypted file. The one-time secret is sent only to a server whose authority has the
fingerprint that the code names.
"""

import ssl
from datetime import UTC, datetime
from typing import Final

import httpx
import msgspec
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from sqlalchemy import Connection

from desktop.core.errors import FieldError, Unavailable, UserError
from desktop.core.i18n import N_, tr
from desktop.store.store import Store
from desktop.sync.trust import TIMEOUT_S, AnotherServer, authority_at, trust_vouched, trusting
from wire import enrolment, grants
from wire.grants import GrantError
from wire.messages import PROTOCOL, Enrol, Enrolled, MessageError, Problem, pack, unpack

_KEY: Final = "municipality"
_GRANT: Final = "grant"

_REFUSALS: Final = {
    "code": N_("El código no corresponde a este servidor, o ya no vale. Pida otro."),
    "code_used": N_("Ese código ya se usó. Pida otro."),
    "code_expired": N_("El código venció. Pida otro."),
    "device_code_taken": N_("Las letras de esta estación ya son de otra. Pida un código con otras letras."),
    "replica_taken": N_("Estos datos ya están inscritos como otra estación."),
}


class Membership(msgspec.Struct, frozen=True):
    """What the enrolment gave. Keys are raw, certificates PEM; `address` is `host:port`."""

    tenant: str
    municipality: str
    address: str
    device: bytes
    device_code: str
    municipal_key: bytes
    authority: bytes
    certificate: bytes
    tls_key: bytes
    sealing_key: bytes
    scopes: list[str]


def membership(store: Store) -> Membership | None:
    """Return what this station was given, None when it is not enrolled."""

    data = _kept(store, _KEY)
    return None if data is None else msgspec.msgpack.decode(data, type=Membership)


def shown_grant(store: Store) -> bytes:
    """Return the server's last word of what this station may, as it is shown to neighbours; empty when none came."""
    return _kept(store, _GRANT) or b""


def granted_until(store: Store) -> datetime | None:
    """Return until when the server's last word holds, None when none came."""
    member, shown = membership(store), shown_grant(store)
    if member is None or not shown:
        return None
    key = Ed25519PublicKey.from_public_bytes(member.municipal_key)
    try:
        grant = grants.opened(shown, key, member.tenant, now_ms=0)
    except GrantError:
        return None
    return datetime.fromtimestamp(grant.expires_ms / 1000, UTC)


def keep_grant(connection: Connection, grant: bytes) -> None:
    """Keep the server's word of what this station may."""
    connection.exec_driver_sql("INSERT OR REPLACE INTO enrolment (key, value) VALUES (?, ?)", (_GRANT, grant))


def enrol(store: Store, signing_key: bytes, name: str, device_code: str, code: str) -> Membership:
    """Enrol this station with the code that an administrator gave; called on a thread that may wait.

    Raises:
        FieldError: the code was misread.
        UserError: it is enrolled already, or the server refuses.
        Unavailable: the server cannot be reached, or is another than the code names.
    """
    if membership(store) is not None:
        raise UserError(tr(N_("Esta estación ya está inscrita.")))
    try:
        said = enrolment.parse(code)
    except enrolment.CodeError as error:
        raise FieldError("code", _misread(error.group)) from error
    sealing, tls = X25519PrivateKey.generate(), ec.generate_private_key(ec.SECP256R1())
    asked = Enrol(
        PROTOCOL,
        code,
        name,
        device_code,
        signing_key,
        sealing.public_key().public_bytes_raw(),
        _request(tls),
        store.replica,
    )
    answer = _asked(said, asked)
    found = Membership(
        answer.tenant,
        answer.municipality,
        said.address,
        answer.device,
        answer.device_code,
        answer.municipal_key,
        answer.authority,
        answer.certificate,
        tls.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()),
        sealing.private_bytes_raw(),
        answer.scopes,
    )

    def keep(connection: Connection) -> None:
        connection.exec_driver_sql(
            "INSERT INTO enrolment (key, value) VALUES (?, ?)", (_KEY, msgspec.msgpack.encode(found))
        )

    store.local(keep).result()
    return found


def _kept(store: Store, key: str) -> bytes | None:
    def read(connection: Connection) -> bytes | None:
        found = connection.exec_driver_sql("SELECT value FROM enrolment WHERE key = ?", (key,)).scalar()
        return None if found is None else bytes(found)

    return store.read(lambda session: read(session.connection())).result()


def _asked(said: enrolment.EnrolmentCode, asked: Enrol) -> Enrolled:
    try:
        authority = authority_at(said)
        context = trusting(authority)
        trust_vouched(context, said.address, authority)
        with httpx.Client(verify=context, timeout=TIMEOUT_S, trust_env=False) as client:
            response = client.post(f"https://{said.address}/v1/enrol", content=pack(asked))
        if response.status_code != httpx.codes.OK:
            problem = unpack(response.content, Problem)
            words = _REFUSALS.get(problem.kind, N_("El servidor no inscribió a esta estación ({kind})."))
            raise UserError(tr(words, kind=problem.kind))
        return unpack(response.content, Enrolled)
    except AnotherServer as error:
        raise UserError(
            tr(N_("El servidor que responde en {address} no es el que dio el código."), address=said.address)
        ) from error
    except (httpx.HTTPError, MessageError, ssl.SSLError, OSError) as error:
        raise Unavailable(
            tr(N_("El servidor {address} no responde. Revise la red y el código."), address=said.address)
        ) from error


def _request(key: ec.EllipticCurvePrivateKey) -> bytes:
    subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "estacion")])
    made = x509.CertificateSigningRequestBuilder().subject_name(subject)
    return made.sign(key, hashes.SHA256()).public_bytes(Encoding.PEM)


def _misread(group: int) -> str:
    if group:
        return tr(N_("El grupo {group} del código no está bien escrito."), group=group)
    return tr(N_("Eso no es un código de inscripción."))
