"""The keys of a station: sealed by a passphrase and a recovery code, told apart when damaged, never shown."""

import copy
import json
import pickle
import stat
import sys
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from desktop.core import vault
from desktop.core.errors import FieldError, Unavailable
from desktop.core.paths import Profile
from desktop.core.vault import MasterKey, WrongPassphrase

STATION = "0b9c0c52-8f0e-4a51-9d3a-5b8a2d1f6c11"
PHRASE = "el año del ñandú en la montaña"
DECOMPOSED = "el an\u0303o del n\u0303andu\u0301 en la montan\u0303a"


@pytest.fixture(autouse=True)
def quick_stretching(monkeypatch: pytest.MonkeyPatch) -> None:
    """Stretch little: the strength is one of the values kept in the file, and one test keeps the real ones."""
    monkeypatch.setattr(vault, "_ARGON", {"memory_kib": 64, "iterations": 1, "lanes": 1})


@pytest.fixture
def profile(tmp_path: Path) -> Profile:
    made = Profile(tmp_path / "perfil")
    made.prepare()
    return made


def made(profile: Profile) -> tuple[MasterKey, str]:
    return vault.create(profile, STATION, vault.PASSPHRASE, PHRASE)


def test_the_passphrase_opens_the_same_keys_again(profile: Profile) -> None:
    master, _ = made(profile)

    again = vault.open_with_passphrase(profile, STATION, PHRASE)

    assert (again.database, again.blobs, again.backups) == (master.database, master.blobs, master.backups)
    signature = master.signing.sign(b"segmento")
    again.signing.public_key().verify(signature, b"segmento")


def test_a_phrase_typed_on_a_system_that_splits_its_accents_opens_the_same_keys(profile: Profile) -> None:
    master, _ = made(profile)
    assert DECOMPOSED != PHRASE

    assert vault.open_with_passphrase(profile, STATION, DECOMPOSED) == master


def test_the_keys_of_two_purposes_and_of_two_stations_differ(tmp_path: Path, profile: Profile) -> None:
    master, _ = made(profile)
    other_profile = Profile(tmp_path / "otro")
    other_profile.prepare()
    other, _ = made(other_profile)

    keys = [master.database, master.blobs, master.backups, master.derive("victims"), other.database]

    assert len(set(keys)) == len(keys)
    assert all(len(key) == 32 for key in keys)


@pytest.mark.parametrize(
    ("phrase", "said"),
    [
        (None, "al menos 16"),
        ("corta", "al menos 16"),
        (" " * 40, "al menos 16"),
        ("a" * 40, "muy pocos signos"),
    ],
)
def test_a_weak_phrase_is_refused_beside_its_field_and_nothing_is_written(
    profile: Profile, phrase: str | None, said: str
) -> None:
    with pytest.raises(FieldError, match=said) as caught:
        vault.create(profile, STATION, vault.PASSPHRASE, phrase)

    assert caught.value.field == "passphrase"
    assert not profile.keys_file.exists()


def test_a_wrong_phrase_is_said_and_its_text_is_nowhere_in_the_error(profile: Profile) -> None:
    made(profile)
    wrong = "una frase que no es la correcta"

    with pytest.raises(WrongPassphrase, match="no abre esta estación") as caught:
        vault.open_with_passphrase(profile, STATION, wrong)

    assert wrong not in "".join(traceback.format_exception(caught.value))


def test_the_file_of_another_station_does_not_open_with_the_right_phrase(profile: Profile) -> None:
    made(profile)

    with pytest.raises(WrongPassphrase):
        vault.open_with_passphrase(profile, "otra-estación", PHRASE)


def test_the_recovery_code_opens_as_it_was_copied_by_hand(profile: Profile) -> None:
    master, code = made(profile)
    careless = code.lower().replace("-", "  ").replace("0", "o").replace("1", "l")

    assert vault.open_with_recovery(profile, STATION, careless) == master
    assert len(code.replace("-", "")) * 5 >= 128, "bits of chance"


def test_the_recovery_code_goes_on_opening_after_the_phrase_changed(profile: Profile) -> None:
    master, code = made(profile)

    vault.change_passphrase(profile, STATION, master, "otra frase bastante larga")

    assert vault.open_with_passphrase(profile, STATION, "otra frase bastante larga") == master
    assert vault.open_with_recovery(profile, STATION, code) == master
    with pytest.raises(WrongPassphrase):
        vault.open_with_passphrase(profile, STATION, PHRASE)


def test_every_cut_of_the_file_is_told_from_a_wrong_phrase(profile: Profile) -> None:
    made(profile)
    whole = profile.keys_file.read_bytes()

    for length in range(0, len(whole) - 3, 7):
        profile.keys_file.write_bytes(whole[:length])
        with pytest.raises(Unavailable, match="dañado"):
            vault.open_with_passphrase(profile, STATION, PHRASE)


def test_a_missing_file_of_keys_is_said(profile: Profile) -> None:
    with pytest.raises(Unavailable, match="Falta el archivo de llaves"):
        vault.open_with_passphrase(profile, STATION, PHRASE)


def changed(part: str, value: Any) -> Callable[[dict[str, Any]], None]:
    return lambda slot: slot.__setitem__(part, value)


@pytest.mark.parametrize(
    "change",
    [
        changed("memory_kib", 10**12),
        changed("memory_kib", -1),
        changed("iterations", 10**9),
        changed("lanes", 0),
        changed("lanes", "muchos"),
        changed("salt", "¡"),
        changed("nonce", ""),
        changed("sealed", None),
        lambda slot: slot.pop("salt"),
    ],
)
def test_nonsense_in_the_file_is_damage_and_never_a_crash_or_an_endless_wait(
    profile: Profile, change: Callable[[dict[str, Any]], None]
) -> None:
    made(profile)
    held = json.loads(profile.keys_file.read_text())
    change(held["slots"][vault.PASSPHRASE])
    profile.keys_file.write_text(json.dumps(held))

    with pytest.raises(Unavailable, match="dañado"):
        vault.open_with_passphrase(profile, STATION, PHRASE)


@pytest.mark.parametrize("text", ["[]", '{"slots": []}', '{"slots": {"passphrase": 3}}', "null", "ÿ"])
def test_a_file_of_another_form_is_damage(profile: Profile, text: str) -> None:
    profile.keys_file.write_text(text, encoding="latin-1")

    with pytest.raises(Unavailable, match="dañado"):
        vault.open_with_passphrase(profile, STATION, PHRASE)


@pytest.mark.parametrize("part", ["salt", "nonce", "sealed"])
def test_one_changed_bit_never_opens(profile: Profile, part: str) -> None:
    made(profile)
    held = json.loads(profile.keys_file.read_text())
    text = held["slots"][vault.PASSPHRASE][part]
    held["slots"][vault.PASSPHRASE][part] = ("B" if text[0] == "A" else "A") + text[1:]
    profile.keys_file.write_text(json.dumps(held))

    with pytest.raises(WrongPassphrase):
        vault.open_with_passphrase(profile, STATION, PHRASE)


def test_keys_show_themselves_nowhere(profile: Profile) -> None:
    master, code = made(profile)
    secret = master._secret

    assert secret.hex() not in repr(master)
    assert repr(secret) not in f"{master!r} {master} {[master]}"
    with pytest.raises(TypeError):
        pickle.dumps(master)
    with pytest.raises(TypeError):
        copy.deepcopy(master)
    files = [path.read_bytes() for path in profile.folder.rglob("*") if path.is_file()]
    assert files
    for form in (
        secret,
        secret.hex().encode(),
        PHRASE.encode(),
        code.encode(),
        code.replace("-", "").encode(),
    ):
        assert not any(form in held for held in files)


@pytest.mark.skipif(sys.platform == "win32", reason="POSIX permissions")
def test_only_the_owner_reads_the_file_of_keys(profile: Profile) -> None:
    made(profile)

    assert stat.S_IMODE(profile.keys_file.stat().st_mode) == 0o600
    assert stat.S_IMODE(profile.folder.stat().st_mode) == 0o700


def test_a_write_that_fails_leaves_the_old_keys(profile: Profile, monkeypatch: pytest.MonkeyPatch) -> None:
    master, _ = made(profile)

    def no_room(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", no_room)
    with pytest.raises(Unavailable, match="No se pudo guardar"):
        vault.change_passphrase(profile, STATION, master, "otra frase bastante larga")
    monkeypatch.undo()

    assert vault.open_with_passphrase(profile, STATION, PHRASE) == master
    assert [path.name for path in profile.folder.iterdir() if path.is_file()] == [profile.keys_file.name]


def test_what_a_real_station_keeps_is_stretched_as_decided(
    profile: Profile, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.undo()
    master, _ = made(profile)

    slot = json.loads(profile.keys_file.read_text())["slots"][vault.PASSPHRASE]

    assert (slot["kdf"], slot["memory_kib"], slot["iterations"], slot["lanes"]) == ("argon2id", 65_536, 3, 2)
    assert vault.open_with_passphrase(profile, STATION, PHRASE) == master
