"""The municipality's own keys: the one that signs (grants, voids, the server's chains), the X.509 authority behind
every certificate, and the secret behind the server's stateless tokens. One sealed box in the database holds them.
"""

import datetime
import hmac
import ipaddress
import secrets
from collections.abc import Sequence
from typing import Final, NamedTuple

import msgspec
from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from server.sealing import Cost, SealError, seal, unseal
from wire import grants, vouchers
from wire.grants import Grant
from wire.roster import host_of
from wire.unreadable import UNREADABLE

SERVER_DAYS: Final = 397
_AUTHORITY_DAYS: Final = 20 * 365
_DEVICE_DAYS: Final = 10 * 365
_DAY_MS: Final = 24 * 3600 * 1000
_MAX_TOKEN: Final = 1024
_TAG_BYTES: Final = 32


class TokenError(ValueError):
    """The token was not issued here for this, or has run out."""


class RequestError(ValueError):
    """The certificate request is none, or is not signed by its own key."""


class Issued(NamedTuple):
    """A certificate and its private key, PEM."""

    certificate: bytes
    key: bytes


class _Box(msgspec.Struct, frozen=True, array_like=True):
    tenant: str
    name: str
    signing: bytes
    authority_key: bytes
    authority: bytes
    secret: bytes


class Authority:
    """The opened keys of one municipality. It never shows itself in logs or pickles."""

    def __init__(self, box: _Box) -> None:
        self.tenant = box.tenant
        self.name = box.name
        self._box = box
        self.signing_key = Ed25519PrivateKey.from_private_bytes(box.signing)
        key = load_pem_private_key(box.authority_key, None)
        if not isinstance(key, EllipticCurvePrivateKey):
            raise SealError("the sealed keys are damaged")
        self._authority_key = key
        self._authority = x509.load_pem_x509_certificate(box.authority)

    @classmethod
    def create(cls, tenant: str, name: str, now_ms: int) -> "Authority":
        """Make the keys of a municipality."""
        key = ec.generate_private_key(ec.SECP256R1())
        certificate = _authority_certificate(name, key, now_ms)
        box = _Box(
            tenant,
            name,
            Ed25519PrivateKey.generate().private_bytes_raw(),
            _pem(key),
            certificate.public_bytes(Encoding.PEM),
            secrets.token_bytes(32),
        )
        return cls(box)

    def sealed(self, passphrase: str, cost: Cost | None = None) -> bytes:
        """Return the keys as they may lie on a disk."""
        return seal(msgspec.msgpack.encode(self._box), passphrase, _purpose(self.tenant), cost)

    @classmethod
    def load(cls, tenant: str, sealed: bytes, passphrase: str) -> "Authority":
        """Open the keys of a municipality.

        Raises:
            SealError: the passphrase is not the one, or the box is damaged.
        """
        plain = unseal(sealed, passphrase, _purpose(tenant))
        try:
            box = msgspec.msgpack.decode(plain, type=_Box)
            return cls(box)
        except (*UNREADABLE, ValueError) as error:
            raise SealError("the sealed keys are damaged") from error

    @property
    def public_key(self) -> Ed25519PublicKey:
        """Return the municipal key, which stations trust from enrolment on."""
        return self.signing_key.public_key()

    @property
    def public_bytes(self) -> bytes:
        """Return the municipal key's 32 bytes."""
        return self.public_key.public_bytes_raw()

    @property
    def certificate(self) -> bytes:
        """Return the certificate of the municipality's authority, PEM."""
        return self._box.authority

    @property
    def fingerprint(self) -> bytes:
        """Return the SHA-256 of that certificate, by which a station knows the server at enrolment."""
        return self._authority.fingerprint(hashes.SHA256())

    def derived(self, name: str) -> bytes:
        """Return the 32-byte secret called `name`, the same in every process of this municipality's server."""
        return HKDF(hashes.SHA256(), 32, salt=None, info=f"atalaya server:{name}".encode()).derive(
            self._box.secret
        )

    def token(self, purpose: str, said: bytes, expires_ms: int) -> bytes:
        """Return a token that says `said` for `purpose` until an instant; nothing is kept for it."""
        plain = expires_ms.to_bytes(8) + said
        return plain + self._tag(purpose, plain)

    def said_by(self, token: bytes, purpose: str, now_ms: int) -> bytes:
        """Return what a token of ours says.

        Raises:
            TokenError: it is not ours, is for something else, or has run out.
        """
        plain, tag = token[:-_TAG_BYTES], token[-_TAG_BYTES:]
        if (
            len(token) > _MAX_TOKEN
            or len(plain) < 8
            or not hmac.compare_digest(tag, self._tag(purpose, plain))
        ):
            raise TokenError("no token of ours")
        if now_ms >= int.from_bytes(plain[:8]):
            raise TokenError("the token has run out")
        return plain[8:]

    def grant(
        self, device: bytes, signing_key: bytes, reads: Sequence[str], writes: Sequence[str], now_ms: int
    ) -> bytes:
        """Return the signed word of what a device may, for the days in which it may not meet the server."""
        grant = Grant(
            self.tenant,
            device,
            signing_key,
            sorted(reads),
            sorted(writes),
            now_ms,
            now_ms + grants.OFFLINE_DAYS * _DAY_MS,
        )
        return grants.sign(grant, self.signing_key)

    def server_certificate(self, names: Sequence[str], now_ms: int, days: int = SERVER_DAYS) -> Issued:
        """Issue a certificate for the server under these host names and addresses."""
        key = ec.generate_private_key(ec.SECP256R1())
        alternatives: list[x509.GeneralName] = [_general_name(name) for name in names]
        certificate = self._issue(
            names[0], key.public_key(), alternatives, [ExtendedKeyUsageOID.SERVER_AUTH], now_ms, days
        )
        return Issued(certificate, _pem(key))

    def vouch(self, certificate: bytes) -> bytes:
        """Return the signed word that a certificate of another issuer, PEM, is this server's."""
        return vouchers.sign(certificate, self._authority_key)

    def device_certificate(self, device: bytes, request: bytes, now_ms: int) -> bytes:
        """Issue the certificate of a device for the key of its request; every name in the request is ignored.

        Raises:
            RequestError: the request is none, its key too weak or not its own.
        """
        try:
            load = x509.load_pem_x509_csr if request.startswith(b"-----") else x509.load_der_x509_csr
            asked = load(request)
            is_own, key = asked.is_signature_valid, asked.public_key()
        except (ValueError, TypeError, UnsupportedAlgorithm) as error:
            raise RequestError("no certificate request") from error
        if not is_own:
            raise RequestError("the request is not signed by its own key")
        if not isinstance(key, ec.EllipticCurvePublicKey | Ed25519PublicKey):
            raise RequestError("a certificate needs an elliptic curve key")
        return self._issue(
            device.hex(),
            key,
            [x509.DNSName(host_of(device))],
            [ExtendedKeyUsageOID.SERVER_AUTH, ExtendedKeyUsageOID.CLIENT_AUTH],
            now_ms,
            _DEVICE_DAYS,
        )

    def __repr__(self) -> str:
        return f"Authority({self.tenant!r}, …)"

    def __reduce__(self) -> str:
        raise TypeError("keys are not pickled")

    def _tag(self, purpose: str, plain: bytes) -> bytes:
        return hmac.digest(self.derived(f"token {purpose}"), plain, "sha256")

    def _issue(
        self,
        name: str,
        key: ec.EllipticCurvePublicKey | Ed25519PublicKey,
        alternatives: Sequence[x509.GeneralName],
        usages: list[x509.ObjectIdentifier],
        now_ms: int,
        days: int,
    ) -> bytes:
        builder = (
            _certificate(now_ms, days)
            .subject_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name[:64])]))
            .issuer_name(self._authority.subject)
            .public_key(key)
            .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
            .add_extension(x509.SubjectAlternativeName(alternatives), critical=False)
            .add_extension(x509.ExtendedKeyUsage(usages), critical=False)
            .add_extension(_usage(), critical=True)
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(key), critical=False)
            .add_extension(
                x509.AuthorityKeyIdentifier.from_issuer_public_key(self._authority_key.public_key()),
                critical=False,
            )
        )
        return builder.sign(self._authority_key, hashes.SHA256()).public_bytes(Encoding.PEM)


def _purpose(tenant: str) -> str:
    return f"atalaya authority of {tenant}"


def _pem(key: EllipticCurvePrivateKey) -> bytes:
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


def _general_name(name: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(name))
    except ValueError:
        return x509.DNSName(name)


def _certificate(now_ms: int, days: int) -> x509.CertificateBuilder:
    now = datetime.datetime.fromtimestamp(now_ms / 1000, datetime.UTC)
    return (
        x509.CertificateBuilder()
        .serial_number(x509.random_serial_number())
        # A station's clock may be behind: a certificate is not refused for that.
        .not_valid_before(now - datetime.timedelta(days=2))
        .not_valid_after(now + datetime.timedelta(days=days))
    )


def _authority_certificate(name: str, key: EllipticCurvePrivateKey, now_ms: int) -> x509.Certificate:
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, f"Atalaya {name}"[:64])])
    return (
        _certificate(now_ms, _AUTHORITY_DAYS)
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(_usage(signs_certificates=True), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .sign(key, hashes.SHA256())
    )


def _usage(*, signs_certificates: bool = False) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=True,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=signs_certificates,
        crl_sign=signs_certificates,
        encipher_only=False,
        decipher_only=False,
    )
