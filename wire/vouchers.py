"""Vouchers: the authority's signed word that a certificate of somebody else's is that of the municipality's server.

A municipality may have a certificate of its own, from its own or a public authority. Stations trust the authority of
their enrolment and nobody else; it vouches for that one certificate, not for whoever issued it (ADR 19).
"""

from typing import Final

import msgspec
from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256

from wire.unreadable import UNREADABLE

MAX_VOUCHER: Final = 32 * 1024
_CONTEXT: Final = b"atalaya voucher 1\0"


class VoucherError(ValueError):
    """The bytes are no voucher of this authority."""


class _Signed(msgspec.Struct, frozen=True, array_like=True):
    certificate: bytes
    signature: bytes


def sign(certificate: bytes, key: ec.EllipticCurvePrivateKey) -> bytes:
    """Return the voucher for one certificate, PEM, as it travels."""
    signature = key.sign(_CONTEXT + certificate, ec.ECDSA(SHA256()))
    return msgspec.msgpack.encode(_Signed(certificate, signature))


def opened(data: bytes, authority: bytes) -> bytes:
    """Return the certificate, PEM, for which the authority with this certificate, PEM, vouches.

    It may have run out: whoever is shown it on a line checks that and the name in it.

    Raises:
        VoucherError: another one signed it, or it is no voucher of one certificate.
    """
    if len(data) > MAX_VOUCHER:
        raise VoucherError("too long")
    try:
        signed = msgspec.msgpack.decode(data, type=_Signed)
        key = x509.load_pem_x509_certificate(authority).public_key()
        if not isinstance(key, ec.EllipticCurvePublicKey):
            raise VoucherError("another kind of authority")
        key.verify(signed.signature, _CONTEXT + signed.certificate, ec.ECDSA(SHA256()))
        [certificate] = x509.load_pem_x509_certificates(signed.certificate)
    except (*UNREADABLE, InvalidSignature, ValueError) as error:
        raise VoucherError("no voucher of this authority") from error
    del certificate
    return signed.certificate
