"""The municipality's keys: what they sign, and what nobody else can open or forge."""

import pickle
import ssl
from datetime import UTC, datetime, timedelta
from pathlib import Path

import keyring
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding
from hypothesis import example, given
from hypothesis import strategies as st
from keyring.backend import KeyringBackend
from msgspec import msgpack

from server import sealing
from server.authority import Authority, RequestError, TokenError
from server.sealing import Cost, SealError, passphrase_from, seal, unseal
from tests.support.municipality import CHEAP, PASSPHRASE, START_MS, request_of
from wire import grants, vouchers
from wire.grants import GrantError
from wire.vouchers import VoucherError

HOUR_MS = 3600 * 1000


@pytest.fixture(scope="module")
def authority() -> Authority:
    return Authority.create("maipu", "Maipú", START_MS)


def test_sealed_keys_open_with_their_passphrase_for_their_municipality_alone(authority: Authority) -> None:
    sealed = authority.sealed(PASSPHRASE, CHEAP)

    opened = Authority.load("maipu", sealed, PASSPHRASE)
    assert opened.public_bytes == authority.public_bytes
    assert opened.derived("x") == authority.derived("x") != authority.derived("y")
    for tenant, data, passphrase in (
        ("maipu", sealed, "otra frase, bastante larga"),
        ("otra", sealed, PASSPHRASE),
        ("maipu", sealed[:-1] + bytes([sealed[-1] ^ 1]), PASSPHRASE),
        ("maipu", sealed[:20], PASSPHRASE),
        ("maipu", b"", PASSPHRASE),
    ):
        with pytest.raises(SealError):
            Authority.load(tenant, data, passphrase)


def test_nothing_secret_lies_in_the_sealed_box_or_shows_itself(authority: Authority) -> None:
    sealed = authority.sealed(PASSPHRASE, CHEAP)

    assert authority.signing_key.private_bytes_raw() not in sealed
    assert b"PRIVATE" not in sealed
    assert repr(authority) == "Authority('maipu', …)"
    with pytest.raises(TypeError):
        pickle.dumps(authority)


def test_a_box_cannot_ask_more_of_the_machine_than_is_right() -> None:
    data = msgpack.encode([[1 << 30, 3, 2], bytes(16), bytes(12), b"x"])

    with pytest.raises(SealError):
        unseal(data, PASSPHRASE, "x")


def test_a_passphrase_typed_on_another_system_is_the_same() -> None:
    sealed = seal(b"plain", "la contrase\u00f1a del se\u00f1or", "x", CHEAP)

    assert unseal(sealed, "la contrasen\u0303a del sen\u0303or", "x") == b"plain"
    assert Cost().memory_kib >= 64 * 1024


def test_the_passphrase_comes_from_the_environment_or_a_credential_file(tmp_path: Path) -> None:
    path = tmp_path / sealing.CREDENTIAL
    path.write_text("de un archivo\n", encoding="utf-8")

    assert passphrase_from({}) is None
    assert passphrase_from({sealing.VARIABLE: "directa", sealing.FILE_VARIABLE: str(path)}) == "directa"
    assert passphrase_from({sealing.FILE_VARIABLE: str(path)}) == "de un archivo"
    assert passphrase_from({sealing.CREDENTIALS_VARIABLE: str(tmp_path)}) == "de un archivo"
    assert passphrase_from({sealing.CREDENTIALS_VARIABLE: str(tmp_path / "none")}) is None
    with pytest.raises(SealError):
        passphrase_from({sealing.FILE_VARIABLE: str(tmp_path / "none")})
    assert sealing.is_long_enough(PASSPHRASE)
    assert not sealing.is_long_enough("corta          ")


class _Ring(KeyringBackend):
    priority = 1

    def __init__(self) -> None:
        self.kept: dict[tuple[str, str], str] = {}

    def get_password(self, service: str, username: str) -> str | None:
        return self.kept.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        self.kept[service, username] = password

    def delete_password(self, service: str, username: str) -> None:
        del self.kept[service, username]


def test_only_a_keyring_that_the_system_encrypts_keeps_the_passphrase(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    ring = _Ring()
    monkeypatch.setattr(keyring, "get_keyring", lambda: ring)
    assert (sealing.keep_in_keyring("maipu"), sealing.find_in_keyring("maipu"), ring.kept) == (None, None, {})

    monkeypatch.setattr(sealing, "_REAL_RINGS", frozenset({f"{_Ring.__module__}.{_Ring.__qualname__}"}))
    made = sealing.keep_in_keyring("maipu")
    assert made is not None
    assert sealing.find_in_keyring("maipu") == made
    assert sealing.is_long_enough(made)


def test_a_token_says_what_was_said_for_its_purpose_until_its_hour(authority: Authority) -> None:
    token = authority.token("session", b"device", START_MS + HOUR_MS)

    assert authority.said_by(token, "session", START_MS) == b"device"
    forged = bytes([token[0] ^ 1]) + token[1:]
    for wrong, purpose, now_ms in (
        (token, "nonce", START_MS),
        (token, "session", START_MS + HOUR_MS),
        (forged, "session", START_MS),
        (token[:-1], "session", START_MS),
        (b"", "session", START_MS),
        (token * 100, "session", START_MS),
    ):
        with pytest.raises(TokenError):
            authority.said_by(wrong, purpose, now_ms)


def test_a_grant_holds_for_its_days_and_only_from_this_municipality(authority: Authority) -> None:
    data = authority.grant(bytes(16), bytes(32), ["sys", "operaciones"], ["operaciones"], START_MS)

    grant = grants.opened(data, authority.public_key, "maipu", START_MS)
    assert (grant.reads, grant.writes) == (["operaciones", "sys"], ["operaciones"])
    other = Authority.create("otra", "Otra", START_MS)
    late = START_MS + grants.OFFLINE_DAYS * 24 * HOUR_MS
    for key, tenant, now_ms in (
        (other.public_key, "maipu", START_MS),
        (authority.public_key, "otra", START_MS),
        (authority.public_key, "maipu", late),
    ):
        with pytest.raises(GrantError):
            grants.opened(data, key, tenant, now_ms)


@given(st.binary(max_size=120))
@example(b"\x92" + b"\xc4\x0a" + bytes(10) + b"\xa1\x80")
@example(b"\x91" * 100_000)
def test_bytes_that_are_no_word_of_the_municipality_are_refused_in_one_way(data: bytes) -> None:
    other = Authority.create("otra", "Otra", START_MS)
    with pytest.raises(GrantError):
        grants.opened(data, other.public_key, "otra", START_MS)
    with pytest.raises(VoucherError):
        vouchers.opened(data, other.certificate)


def test_the_authority_vouches_for_one_certificate_and_nobody_else_does(authority: Authority) -> None:
    other = Authority.create("otra", "Otra", START_MS)
    certificate = other.server_certificate(["servidor.muni.cl"], START_MS).certificate
    voucher = authority.vouch(certificate)
    assert vouchers.opened(voucher, authority.certificate) == certificate
    for wrong, by in (
        (voucher, other.certificate),
        (voucher[:-1] + bytes([voucher[-1] ^ 1]), authority.certificate),
        (authority.vouch(certificate * 2), authority.certificate),
        (authority.vouch(b"no certificate"), authority.certificate),
        (bytes(vouchers.MAX_VOUCHER + 1), authority.certificate),
    ):
        with pytest.raises(VoucherError):
            vouchers.opened(wrong, by)


def test_a_server_certificate_carries_its_names_and_is_trusted_through_the_authority(
    authority: Authority, tmp_path: Path
) -> None:
    issued = authority.server_certificate(["servidor.muni.cl", "10.0.0.7"], START_MS)

    certificate = x509.load_pem_x509_certificate(issued.certificate)
    certificate.verify_directly_issued_by(x509.load_pem_x509_certificate(authority.certificate))
    names = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    assert names.get_values_for_type(x509.DNSName) == ["servidor.muni.cl"]
    assert [str(one) for one in names.get_values_for_type(x509.IPAddress)] == ["10.0.0.7"]
    assert certificate.not_valid_after_utc - datetime.fromtimestamp(START_MS / 1000, UTC) > timedelta(
        days=300
    )
    path = tmp_path / "server.pem"
    path.write_bytes(issued.certificate + issued.key)
    ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER).load_cert_chain(path)
    assert len(authority.fingerprint) == 32


def test_a_device_is_named_by_the_server_whatever_it_asks(authority: Authority) -> None:
    made = x509.load_pem_x509_certificate(
        authority.device_certificate(bytes(range(16)), request_of("alcaldía"), START_MS)
    )

    assert made.subject.rfc4514_string() == f"CN={bytes(range(16)).hex()}"
    names = made.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    assert names.get_values_for_type(x509.DNSName) == [f"{bytes(range(16)).hex()}.device.atalaya.internal"]
    assert not made.extensions.get_extension_for_class(x509.BasicConstraints).value.ca


def test_a_request_with_another_kind_of_key_or_a_wrong_signature_is_refused(authority: Authority) -> None:
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "x")])
    key = rsa.generate_private_key(65537, 1024)  # noqa: S505 - it must not be accepted
    weak = x509.CertificateSigningRequestBuilder().subject_name(name).sign(key, hashes.SHA256())
    der = bytearray(x509.load_pem_x509_csr(request_of()).public_bytes(Encoding.DER))
    der[-1] ^= 1
    for request in (weak.public_bytes(Encoding.PEM), bytes(der), b"", b"\x30\x80"):
        with pytest.raises(RequestError):
            authority.device_certificate(bytes(16), request, START_MS)
