"""The certificate that stations are shown: the municipality's own, or one that its authority makes and renews.

The TLS settings stay the same object while what they show is renewed, so nobody who is connected notices.
"""

import os
import secrets
import ssl
import tempfile
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final, NamedTuple

from cryptography import x509
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    PrivateFormat,
    load_pem_private_key,
)

from server.authority import Authority, Issued

KEY_VARIABLE: Final = "ATALAYA_SERVER_KEY_PASSPHRASE"
"""Where the word of a sealed private key is found."""
RENEW_BEFORE: Final = timedelta(days=30)


class CertificateError(RuntimeError):
    """The files of a certificate cannot be used: missing, of another key, sealed under another word, or run out."""


class Files(NamedTuple):
    """Where the municipality's own certificate is, with its chain behind it, and its private key; both PEM."""

    certificate: Path
    key: Path


class Certificates:
    """What the server shows of itself. `names` are what stations call it by, for the one that it makes."""

    def __init__(
        self,
        authority: Authority,
        names: Sequence[str],
        now_ms: Callable[[], int],
        files: Files | None = None,
    ) -> None:
        self._authority, self._names, self._now_ms, self._files = authority, tuple(names), now_ms, files
        self.voucher = b""
        """The authority's word for the municipality's own certificate; empty where the authority made it."""
        self.until = datetime.fromtimestamp(0, UTC)
        self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.context.minimum_version = ssl.TLSVersion.TLSv1_3
        self._read = b""
        self.renew()

    def renew(self) -> bool:
        """Read the files again, or make a new certificate where the old one runs out soon; tell whether it changed.

        Raises:
            CertificateError: the files cannot be used; what was shown before is shown still.
        """
        if self._files is not None:
            return self._take(self._files)
        now = self._now_ms()
        if self.until - RENEW_BEFORE > datetime.fromtimestamp(now / 1000, UTC):
            return False
        issued = self._authority.server_certificate(self._names, now)
        _load_sealed(self.context, issued, self._authority)
        self.until = leaf_of(issued.certificate).not_valid_after_utc
        return True

    def _take(self, files: Files) -> bool:
        try:
            chain = files.certificate.read_bytes()
            if chain == self._read:
                return False
            leaf = leaf_of(chain)
            if leaf.not_valid_after_utc <= datetime.fromtimestamp(self._now_ms() / 1000, UTC):
                raise CertificateError("it has run out")
            # Looked at apart first: settings that took a certificate and refused its key show neither.
            for context in (ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER), self.context):
                context.load_cert_chain(files.certificate, files.key, _word)
        except (OSError, ssl.SSLError, ValueError) as error:
            raise CertificateError(type(error).__name__) from error
        self.voucher = self._authority.vouch(leaf.public_bytes(Encoding.PEM))
        self._read, self.until = chain, leaf.not_valid_after_utc
        return True


def leaf_of(chain: bytes) -> x509.Certificate:
    """Return the first certificate of a PEM file.

    Raises:
        ValueError: there is none.
    """
    return x509.load_pem_x509_certificates(chain)[0]


def _word() -> str:
    """Return the word of the private key; a sealed key is never asked for on a terminal."""
    return os.environ.get(KEY_VARIABLE, "")


def _load_sealed(context: ssl.SSLContext, issued: Issued, authority: Authority) -> None:
    """Give TLS a certificate of the municipality; its key is never on the disk in the clear."""
    word = secrets.token_bytes(32)
    key = load_pem_private_key(issued.key, None)
    sealed = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, BestAvailableEncryption(word))
    # OpenSSL takes a key from a file only: the file holds it sealed, under a word that is in this memory alone.
    handle, name = tempfile.mkstemp(prefix="atalaya-server-")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(issued.certificate + authority.certificate + sealed)
        context.load_cert_chain(name, password=word)
    finally:
        Path(name).unlink()
