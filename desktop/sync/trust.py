"""Whom a station trusts on a line: the municipality's authority, and a certificate for which that authority vouches."""

import hashlib
import ssl
from typing import Final

import httpx
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from wire import vouchers
from wire.enrolment import EnrolmentCode
from wire.vouchers import MAX_VOUCHER, VoucherError

TIMEOUT_S: Final = 15.0


class AnotherServer(Exception):
    """Whoever answers at the address is not the server that gave the code."""


def trusting(authority: bytes) -> ssl.SSLContext:
    """Return TLS settings that trust one authority, PEM, and nobody else."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.minimum_version = ssl.TLSVersion.TLSv1_3
    context.load_verify_locations(cadata=authority.decode("ascii"))
    return context


def authority_at(said: EnrolmentCode) -> bytes:
    """Fetch a server's authority, PEM, over a line that nobody vouches for, and take it only under its fingerprint.

    Raises:
        AnotherServer: it has another fingerprint, or none.
        httpx.HTTPError: nobody answers.
    """
    pem = _unproven(said.address, "/v1/authority")
    try:
        der = x509.load_pem_x509_certificate(pem).public_bytes(Encoding.DER)
    except ValueError as error:
        raise AnotherServer from error
    if not hashlib.sha256(der).digest().startswith(said.fingerprint):
        raise AnotherServer
    return pem


def trust_vouched(context: ssl.SSLContext, address: str, authority: bytes) -> bool:
    """Trust also the certificate that the server at `address` shows, where the authority vouches for it.

    The certificate is trusted as it is, not whoever issued it, and only under its own names and until its own day. It
    is told whether there is such a word.

    Raises:
        httpx.HTTPError: nobody answers.
    """
    try:
        certificate = vouchers.opened(_unproven(address, "/v1/certificate"), authority)
    except VoucherError:
        return False
    context.load_verify_locations(cadata=certificate.decode("ascii"))
    context.verify_flags |= ssl.VERIFY_X509_PARTIAL_CHAIN
    return True


def is_unproven(error: BaseException) -> bool:
    """Tell whether a line failed because the other side's certificate is none that is trusted."""
    cause: BaseException | None = error
    while cause is not None and not isinstance(cause, ssl.SSLCertVerificationError):
        cause = cause.__cause__ or cause.__context__
    return cause is not None


def _unproven(address: str, path: str) -> bytes:
    """Ask over a line that proves nothing; what it says is believed only by what is signed in it."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.minimum_version = ssl.TLSVersion.TLSv1_3
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    found = bytearray()
    with (
        httpx.Client(verify=context, timeout=TIMEOUT_S, trust_env=False) as client,
        client.stream("GET", f"https://{address}{path}") as response,
    ):
        if response.status_code != httpx.codes.OK:
            return b""
        for piece in response.iter_bytes():
            found += piece
            if len(found) > MAX_VOUCHER:
                return b""
    return bytes(found)
