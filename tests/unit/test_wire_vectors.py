"""Bytes that travelled once are read for ever, and today's are the ones that were kept."""

import hashlib
import io
from pathlib import Path

import msgspec
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from tests.support import wire_vectors
from tests.support.wire_vectors import EXAMPLES, kept, kinds, now
from wire import enrolment, grants, receipts, snapshots, voids
from wire.bundle import BundleReader
from wire.messages import ScopeState, Tail
from wire.segments import signed_message
from wire.snapshots import Kept, Manifest

BUNDLE = Path(__file__).resolve().parents[1] / "golden" / "bundle_1.atalaya"
SIGNING = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
SEALING = X25519PrivateKey.from_private_bytes(bytes(range(32, 64)))
SPOKEN = (
    "60RKV-4CSMD-6MV3H-EE1SV-CSK61-CSK6F-CSK6X-CSK6C-CSK6T-CSK69-CSSPK-"
    "AWKPA-D5J6V-YWHES-DNTPC-WTB3P-D5R61-JVSE2-CDP3Y-ME1MA-6GSGA"
)
BY_NAME = {type(example).__name__: example for example in EXAMPLES}


def test_everything_that_travels_has_an_example() -> None:
    assert {type(example) for example in EXAMPLES} == kinds()


@pytest.mark.parametrize(("name", "data"), kept())
def test_bytes_of_every_version_say_what_they_said(name: str, data: bytes) -> None:
    read = msgspec.msgpack.decode(data, type=type(BY_NAME[name]))
    assert read == BY_NAME[name]


def test_the_bytes_of_this_version_are_kept() -> None:
    last = dict(kept())
    assert {name: data.hex() for name, data in now().items()} == {
        name: data.hex() for name, data in last.items()
    }, f"say it with `python -m {wire_vectors.__name__}`"


def test_signed_words_are_the_same_for_ever() -> None:
    tail = b"h" * 32
    assert signed_message("sys", 7, 1, 12, tail) == b"atalaya segment 1\0sys\x007\x001\x0012\0" + tail
    void = voids.made("sys", 7, 3, b"p" * 32, tail, SIGNING)
    assert void.signature.hex().startswith("b652a200e875e86d")
    grant = BY_NAME["Grant"]
    assert isinstance(grant, grants.Grant)
    signed = grants.sign(grant, SIGNING)
    assert signed[-64:].hex().startswith("95a3e6128a25f9f1")
    assert grants.opened(signed, SIGNING.public_key(), "municipio", grant.issued_ms) == grant


def test_receipts_and_snapshots_are_signed_alike_for_ever() -> None:
    state = receipts.signed(ScopeState("sys", 2, 40, b"d" * 16, may_write=True), SIGNING)
    assert state.receipt.hex().startswith("766e6f5fcc2f389d")
    assert receipts.is_genuine(state, SIGNING.public_key())
    assert not receipts.is_genuine(msgspec.structs.replace(state, n=39), SIGNING.public_key())
    manifest = BY_NAME["Manifest"]
    assert isinstance(manifest, Manifest)
    given = snapshots.signed(manifest, SIGNING)
    assert given.signature.hex().startswith("429fe00e7d91ed23")
    assert snapshots.opened(given, SIGNING.public_key()) == manifest
    chunk = next(snapshots.chunks_of([Kept("incidents", b"p" * 16, b"state")]))
    assert snapshots.records_of(chunk, hashlib.sha256(chunk).digest()) == [
        Kept("incidents", b"p" * 16, b"state")
    ]


def test_a_code_that_was_read_aloud_once_is_understood_for_ever() -> None:
    code = enrolment.EnrolmentCode(b"0123456789", b"f" * 16, "servidor.municipio.cl:8443")
    assert code.spoken == SPOKEN
    assert enrolment.parse(code.spoken) == code


def test_a_stick_of_the_first_version_is_read() -> None:
    reader = BundleReader(io.BytesIO(BUNDLE.read_bytes()).read, SEALING)
    frames = list(reader.frames())
    assert reader.device == b"d" * 16
    assert [frame.scope for frame in frames] == ["operaciones", "operaciones"]
    assert frames[0].tails == [Tail("operaciones", 7, 12, b"h" * 32)]
    assert reader.is_signed(frames[0], SIGNING.public_key())
    assert frames[1] == BY_NAME["Frame"]
