"""TLS between neighbours: both sides show the certificate that the municipality issued to their device."""

import os
import secrets
import socket
import ssl
import tempfile
from pathlib import Path
from typing import Final

from cryptography import x509
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    PrivateFormat,
    load_pem_private_key,
)

from desktop.sync.enrolment import Membership
from desktop.sync.peer import PeerAway
from desktop.sync.trust import trusting
from wire.roster import device_named

_PROBE_S: Final = 5.0


def calling(member: Membership) -> ssl.SSLContext:
    """Return the settings with which this station calls a neighbour."""
    context = trusting(member.authority)
    _show(context, member)
    return context


def answering(member: Membership) -> ssl.SSLContext:
    """Return the settings with which this station answers whoever has a certificate of the municipality."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_3
    context.verify_mode = ssl.CERT_REQUIRED
    context.load_verify_locations(cadata=member.authority.decode("ascii"))
    _show(context, member)
    return context


def device_at(host: str, port: int, member: Membership) -> bytes:
    """Return the device that answers at an address that a person typed.

    Raises:
        PeerAway: nobody answers there, or none of this municipality.
    """
    context = calling(member)
    context.check_hostname = False
    try:
        with (
            socket.create_connection((host, port), _PROBE_S) as plain,
            context.wrap_socket(plain) as line,
        ):
            shown = line.getpeercert(binary_form=True)
    except (OSError, ssl.SSLError) as error:
        raise PeerAway(type(error).__name__) from error
    device = None if shown is None else _device_of(shown)
    if device is None:
        raise PeerAway("no station")
    return device


def _device_of(certificate: bytes) -> bytes | None:
    try:
        names = x509.load_der_x509_certificate(certificate).extensions.get_extension_for_class(
            x509.SubjectAlternativeName
        )
    except (ValueError, x509.ExtensionNotFound):
        return None
    found = (device_named(name) for name in names.value.get_values_for_type(x509.DNSName))
    return next((device for device in found if device is not None), None)


def _show(context: ssl.SSLContext, member: Membership) -> None:
    """Load this device's certificate; OpenSSL takes a key from a file only, so that file holds it sealed."""
    word = secrets.token_bytes(32)
    key = load_pem_private_key(member.tls_key, None)
    sealed = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, BestAvailableEncryption(word))
    handle, name = tempfile.mkstemp(prefix="atalaya-")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(member.certificate + member.authority + sealed)
        context.load_cert_chain(name, password=word)
    finally:
        Path(name).unlink()
