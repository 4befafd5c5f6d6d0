"""The station's key in the real keyring of a Linux desktop: kept, found again, refused, never left in plain text."""

import base64
import sys
from pathlib import Path

import pytest

from desktop.core import vault
from desktop.core.paths import Profile
from desktop.core.vault import WrongPassphrase
from tests.support.keyring_session import KeyringSession

pytestmark = pytest.mark.skipif(
    sys.platform != "linux", reason="gnome-keyring is the keyring of Linux desktops"
)

STATION = "0b9c0c52-8f0e-4a51-9d3a-5b8a2d1f6c11"
_HEAD = """
import json, sys
from pathlib import Path
from desktop.core import vault
from desktop.core.paths import Profile
profile, station = Profile(Path(sys.argv[1])), sys.argv[2]
vault._TIMEOUT_S = 8.0
"""
MAKE = (
    _HEAD
    + """
profile.prepare()
master, code = vault.create(profile, station, vault.KEYRING)
print(json.dumps({"database": master.database.hex(), "code": code, "secret": master._secret.hex()}))
"""
)
OPEN = (
    _HEAD
    + """
try:
    print(json.dumps({"database": vault.open_with_keyring(station).database.hex()}))
except vault.KeyringUnavailable as error:
    print(json.dumps({"error": error.message, "available": vault.keyring_is_available()}))
"""
)
TRY_TO_MAKE = (
    _HEAD
    + """
profile.prepare()
try:
    vault.create(profile, station, vault.KEYRING)
    print(json.dumps({"made": True}))
except vault.KeyringUnavailable as error:
    print(json.dumps({"error": error.message, "available": vault.keyring_is_available()}))
"""
)


@pytest.fixture
def session(tmp_path: Path) -> KeyringSession:
    return KeyringSession(tmp_path / "home")


@pytest.fixture
def profile(tmp_path: Path) -> Profile:
    return Profile(tmp_path / "perfil")


def test_the_key_is_found_again_in_the_next_session(session: KeyringSession, profile: Profile) -> None:
    made = session.run(MAKE, str(profile.folder), STATION)

    found = session.run(OPEN, str(profile.folder), STATION)

    assert found == {"database": made["database"]}


def test_no_file_of_the_profile_or_of_the_home_holds_the_key_in_plain_text(
    session: KeyringSession, profile: Profile
) -> None:
    made = session.run(MAKE, str(profile.folder), STATION)
    secret = bytes.fromhex(made["secret"])
    forms = (
        secret,
        base64.b64encode(secret),
        secret.hex().encode(),
        made["code"].encode(),
        made["code"].replace("-", "").encode(),
    )

    files = [
        path for folder in (session.home, profile.folder) for path in folder.rglob("*") if path.is_file()
    ]

    assert any("keyrings" in path.parts for path in files), "the keyring wrote its file"
    assert [path for path in files if any(form in path.read_bytes() for form in forms)] == []


def test_a_keyring_that_nobody_opened_is_said_and_nothing_else_opens_the_station(
    session: KeyringSession, profile: Profile
) -> None:
    session.run(MAKE, str(profile.folder), STATION)

    found = session.run(OPEN, str(profile.folder), STATION, is_locked=True)

    assert "Desbloquéelo" in found["error"]


def test_another_station_finds_no_key_and_is_sent_to_the_recovery_code(
    session: KeyringSession, profile: Profile
) -> None:
    session.run(MAKE, str(profile.folder), STATION)

    found = session.run(OPEN, str(profile.folder), "otra-estación")

    assert "código de recuperación" in found["error"]
    assert found["available"]


def test_without_a_message_bus_a_key_is_neither_kept_nor_found(
    session: KeyringSession, profile: Profile
) -> None:
    refused = session.run_without_bus(TRY_TO_MAKE, str(profile.folder), STATION)
    found = session.run_without_bus(OPEN, str(profile.folder), STATION)

    assert refused == {"error": refused["error"], "available": False}
    assert "frase de paso" in refused["error"]
    assert "error" in found
    assert not profile.keys_file.exists()


def test_a_backend_that_writes_plain_text_is_refused(
    session: KeyringSession, profile: Profile, tmp_path: Path
) -> None:
    plain = """
import keyring.backend
class Keyring(keyring.backend.KeyringBackend):
    priority = 9
    def get_password(self, service, user): return None
    def set_password(self, service, user, text): open(sys.argv[1] + "/plano", "w").write(text)
    def delete_password(self, service, user): pass
keyring.set_keyring(Keyring())
"""

    refused = session.run(_HEAD + plain + TRY_TO_MAKE.removeprefix(_HEAD), str(profile.folder), STATION)

    assert "en el que confiar" in refused["error"]
    assert not (profile.folder / "plano").exists()


def test_the_recovery_code_opens_the_station_when_the_keyring_is_lost(
    session: KeyringSession, profile: Profile
) -> None:
    made = session.run(MAKE, str(profile.folder), STATION)

    master = vault.open_with_recovery(profile, STATION, made["code"].lower().replace("-", " "))

    assert master.database.hex() == made["database"]
    with pytest.raises(WrongPassphrase):
        vault.open_with_recovery(profile, STATION, "0" * 28)


def test_a_station_moves_from_a_passphrase_to_the_keyring_and_back(
    session: KeyringSession, profile: Profile
) -> None:
    profile.prepare()
    master, _ = vault.create(profile, STATION, vault.PASSPHRASE, "una frase bastante larga")
    move = (
        _HEAD
        + """
master = vault.open_with_passphrase(profile, station, "una frase bastante larga")
vault.keep_in_keyring(station, master)
vault.drop_passphrase(profile)
held = vault.open_with_keyring(station).database.hex()
try:
    vault.open_with_passphrase(profile, station, "una frase bastante larga")
    way = "both"
except vault.Unavailable:
    way = "keyring"
vault.change_passphrase(profile, station, master, "otra frase bastante larga")
vault.forget_in_keyring(station)
vault.forget_in_keyring(station)
try:
    vault.open_with_keyring(station)
    forgotten = False
except vault.KeyringUnavailable:
    forgotten = True
print(json.dumps({"held": held, "way": way, "forgotten": forgotten}))
"""
    )

    moved = session.run(move, str(profile.folder), STATION)

    assert moved == {"held": master.database.hex(), "way": "keyring", "forgotten": True}
    back = vault.open_with_passphrase(profile, STATION, "otra frase bastante larga")
    assert back.database == master.database


def test_a_keyring_that_never_answers_keeps_nobody_waiting_and_lets_the_program_end(
    session: KeyringSession, profile: Profile
) -> None:
    hang = """
import time
import keyring.backends.SecretService as secret
secret.Keyring.get_password = lambda *_: time.sleep(3600)
vault._TIMEOUT_S = 0.5
"""

    found = session.run(_HEAD + hang + OPEN.removeprefix(_HEAD), str(profile.folder), STATION)

    assert "no responde" in found["error"]
