"""The station's master key: sealed by the system's keyring or by a passphrase, never in plain text, never by both.

Every other key is derived from it by name (HKDF-SHA-256), so that adding one changes no file. The way is chosen at
set-up and written in `station.json`; when the keyring is away later the program says so and stops, it never falls
back to something weaker. A recovery code, printed once for the municipality's safe, opens a slot of its own.
"""

import base64
import json
import secrets
import threading
import unicodedata
from collections.abc import Callable
from concurrent.futures import Future
from concurrent.futures import TimeoutError as FutureTimeoutError
from dataclasses import dataclass
from typing import Any, Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.argon2 import Argon2id
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from desktop.core.errors import FieldError, Unavailable, UserError
from desktop.core.i18n import N_, tr
from desktop.core.paths import Profile, write_atomically

KEYRING: Final = "keyring"
PASSPHRASE: Final = "passphrase"  # noqa: S105 - the name of a way, not a secret
RECOVERY: Final = "recovery"
MIN_PASSPHRASE = 16
_KEY_BYTES = 32
_SERVICE = "Atalaya"
_TIMEOUT_S = 60.0
"""A keyring may ask the person to unlock it; after this long it counts as away."""
_ALLOWED_BACKENDS = frozenset(
    {
        "keyring.backends.SecretService.Keyring",
        "keyring.backends.libsecret.Keyring",
        "keyring.backends.kwallet.DBusKeyring",
        "keyring.backends.Windows.WinVaultKeyring",
        "keyring.backends.macOS.Keyring",
    }
)
"""Stores that the system encrypts. `keyrings.alt` writes plain text, `null` and `fail` keep nothing: refused."""
_ARGON = {"memory_kib": 64 * 1024, "iterations": 3, "lanes": 2}
_RECOVERY_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_RECOVERY_SIGNS = 28
_MIN_DISTINCT = 6
_MOST = {"memory_kib": 1024 * 1024, "iterations": 20, "lanes": 16}
"""What a file of keys may ask of this machine; more is damage, not a setting."""


class KeyringUnavailable(Unavailable):
    """The system's keyring is missing, locked, or does not answer."""


class WrongPassphrase(UserError):
    """The passphrase or recovery code does not open the keys."""


@dataclass(frozen=True, slots=True)
class MasterKey:
    """The one secret of a station. It never shows itself in logs, tracebacks or pickles."""

    _secret: bytes

    def derive(self, name: str) -> bytes:
        """Return the 32-byte key called `name`."""
        return HKDF(SHA256(), _KEY_BYTES, salt=None, info=f"atalaya:{name}".encode()).derive(self._secret)

    @property
    def database(self) -> bytes:
        """Return the key of the database."""
        return self.derive("database")

    @property
    def blobs(self) -> bytes:
        """Return the key of the attachments."""
        return self.derive("blobs")

    @property
    def backups(self) -> bytes:
        """Return the key of the backups."""
        return self.derive("backups")

    @property
    def signing(self) -> Ed25519PrivateKey:
        """Return the key that signs this station's journal."""
        return Ed25519PrivateKey.from_private_bytes(self.derive("signing"))

    def __repr__(self) -> str:
        return "MasterKey(…)"

    def __reduce__(self) -> Any:
        raise TypeError("keys are not pickled")


def create(
    profile: Profile, station_id: str, way: str, passphrase: str | None = None
) -> tuple[MasterKey, str]:
    """Make a master key, keep it in the chosen way, and return it with the recovery code to be printed.

    Raises:
        FieldError: the passphrase is too short or too plain.
        KeyringUnavailable: the keyring was chosen and is not there.
    """
    master, code = secrets.token_bytes(_KEY_BYTES), new_recovery_code()
    slots = {RECOVERY: _seal(master, plain_code(code), station_id)}
    if way == PASSPHRASE:
        slots[PASSPHRASE] = _seal(master, checked_passphrase(passphrase), station_id)
    else:
        _put_in_keyring(station_id, master)
    _write_slots(profile, slots)
    return MasterKey(master), code


def new_recovery_code() -> str:
    """Return a code to be printed; it opens nothing before `change_recovery` keeps it."""
    signs = "".join(secrets.choice(_RECOVERY_ALPHABET) for _ in range(_RECOVERY_SIGNS))
    return "-".join(signs[place : place + 4] for place in range(0, _RECOVERY_SIGNS, 4))


def plain_code(typed: str) -> str:
    """Return the signs of a recovery code; case, hyphens, spaces and letters that look like figures do not matter."""
    text = typed.upper().replace("O", "0").replace("I", "1").replace("L", "1")
    return "".join(text.replace("-", " ").split())


def open_with_keyring(station_id: str) -> MasterKey:
    """Return the master key that the system keeps.

    Raises:
        KeyringUnavailable: the keyring is away, locked, or has forgotten the key.
    """
    text: str | None = _ask_keyring(lambda ring: ring.get_password(_SERVICE, station_id))
    if text is None:
        raise KeyringUnavailable(
            tr(
                N_(
                    "El llavero del sistema ya no tiene la llave de esta estación. Ábrala con el código de "
                    "recuperación que guarda la municipalidad."
                )
            )
        )
    try:
        master = base64.b64decode(text, validate=True)
    except ValueError:
        master = b""
    if len(master) != _KEY_BYTES:
        raise KeyringUnavailable(
            tr(
                N_(
                    "Lo que guarda el llavero del sistema no es la llave de esta estación. Ábrala con el código de "
                    "recuperación que guarda la municipalidad."
                )
            )
        )
    return MasterKey(master)


def open_with_passphrase(profile: Profile, station_id: str, passphrase: str) -> MasterKey:
    """Return the master key sealed by a passphrase.

    Raises:
        WrongPassphrase: it does not open the keys.
        Unavailable: the file of keys is missing or damaged.
    """
    return _open_slot(profile, station_id, PASSPHRASE, passphrase)


def open_with_recovery(profile: Profile, station_id: str, code: str) -> MasterKey:
    """Return the master key sealed by the printed recovery code, as `plain_code` reads what was typed.

    Raises:
        WrongPassphrase: it does not open the keys.
        Unavailable: the file of keys is missing or damaged.
    """
    return _open_slot(profile, station_id, RECOVERY, plain_code(code))


def ways_of(profile: Profile) -> frozenset[str]:
    """Return the ways for which the file of keys has a slot.

    Raises:
        Unavailable: the file of keys is missing or damaged.
    """
    return frozenset(_read_slots(profile))


def change_passphrase(profile: Profile, station_id: str, master: MasterKey, passphrase: str) -> None:
    """Seal the keys by another passphrase, also when the keyring kept them before (`operations/keys.py`).

    Raises:
        FieldError: the passphrase is too short or too plain.
        Unavailable: the file of keys is missing or damaged.
    """
    slots = _read_slots(profile)
    slots[PASSPHRASE] = _seal(master._secret, checked_passphrase(passphrase), station_id)
    _write_slots(profile, slots)


def change_recovery(profile: Profile, station_id: str, master: MasterKey, code: str) -> None:
    """Seal the keys by another recovery code; the one before opens nothing from now on.

    Raises:
        Unavailable: the file of keys is missing or damaged, or cannot be written.
    """
    slots = _read_slots(profile)
    slots[RECOVERY] = _seal(master._secret, plain_code(code), station_id)
    _write_slots(profile, slots)


def keep_in_keyring(station_id: str, master: MasterKey) -> None:
    """Give the key to the system's keyring and read it back.

    Raises:
        KeyringUnavailable: there is no keyring, or it did not keep the key.
    """
    _put_in_keyring(station_id, master._secret)


def drop_passphrase(profile: Profile) -> None:
    """Remove the passphrase's slot; nothing happens when there is none.

    Raises:
        Unavailable: the file of keys is missing or damaged, or cannot be written.
    """
    slots = _read_slots(profile)
    if slots.pop(PASSPHRASE, None) is not None:
        _write_slots(profile, slots)


def forget_in_keyring(station_id: str) -> None:
    """Remove the key from the keyring: after moving to a passphrase, or when a station is retired.

    Raises:
        KeyringUnavailable: the keyring is away; a key that is not there is no error.
    """

    def forget(ring: Any) -> None:
        if ring.get_password(_SERVICE, station_id) is not None:
            ring.delete_password(_SERVICE, station_id)

    _ask_keyring(forget)


def keyring_is_available() -> bool:
    """Tell whether the system offers a keyring that we accept."""
    try:
        _ask_keyring(lambda _ring: None)
    except KeyringUnavailable:
        return False
    return True


def _put_in_keyring(station_id: str, master: bytes) -> None:
    text = base64.b64encode(master).decode()

    def put(ring: Any) -> bool:
        ring.set_password(_SERVICE, station_id, text)
        return bool(ring.get_password(_SERVICE, station_id) == text)

    if not _ask_keyring(put):
        raise KeyringUnavailable(tr(N_("El llavero del sistema no guardó la llave. Use una frase de paso.")))


def _ask_keyring(question: Callable[[Any], Any]) -> Any:
    """Put a question to an accepted keyring, without waiting for ever on one that does not answer."""
    answer: Future[Any] = Future()

    def ask() -> None:
        try:
            answer.set_result(question(_accepted_ring()))
        except Exception as error:
            answer.set_exception(error)

    # A thread of a pool would keep the program from ending while a prompt of the keyring hangs.
    threading.Thread(target=ask, name="keyring", daemon=True).start()
    try:
        return answer.result(timeout=_TIMEOUT_S)
    except KeyringUnavailable:
        raise
    except FutureTimeoutError as error:
        raise KeyringUnavailable(
            tr(N_("El llavero del sistema no responde. Desbloquéelo e intente otra vez."))
        ) from error
    except Exception as error:
        # What a backend says about a failed write may hold what was to be written.
        raise KeyringUnavailable(
            tr(N_("El llavero del sistema está cerrado o no se puede usar. Desbloquéelo e intente otra vez."))
        ) from _named(error)


def _named(error: BaseException) -> RuntimeError:
    """Return an error that says what kind of error it was and nothing of its text."""
    return RuntimeError(f"keyring: {type(error).__module__}.{type(error).__qualname__}")


def _accepted_ring() -> Any:
    import keyring  # noqa: PLC0415 - slow to import, and not needed with a passphrase
    from keyring.backends import chainer  # noqa: PLC0415

    ring = keyring.get_keyring()
    candidates = list(ring.backends) if isinstance(ring, chainer.ChainerBackend) else [ring]
    for candidate in candidates:
        kind = type(candidate)
        if f"{kind.__module__}.{kind.__qualname__}" in _ALLOWED_BACKENDS:
            return candidate
    raise KeyringUnavailable(
        tr(N_("Este equipo no tiene un llavero del sistema en el que confiar. Use una frase de paso."))
    )


def checked_passphrase(passphrase: str | None) -> str:
    """Return a passphrase that is long enough and not too plain.

    Raises:
        FieldError: it is not.
    """
    text = passphrase or ""
    if len(text.strip()) < MIN_PASSPHRASE:
        raise FieldError(
            "passphrase",
            tr(N_("La frase de paso necesita al menos {count} caracteres."), count=MIN_PASSPHRASE),
        )
    if len(set(text.casefold())) < _MIN_DISTINCT:
        raise FieldError(
            "passphrase", tr(N_("La frase de paso repite muy pocos signos. Use varias palabras distintas."))
        )
    return text


def _seal(master: bytes, text: str, station_id: str) -> dict[str, Any]:
    salt, nonce = secrets.token_bytes(16), secrets.token_bytes(12)
    sealed = AESGCM(_stretch(text, salt, _ARGON)).encrypt(nonce, master, station_id.encode())
    encoded = {"salt": salt, "nonce": nonce, "sealed": sealed}
    return {"kdf": "argon2id", **_ARGON, **{k: base64.b64encode(v).decode() for k, v in encoded.items()}}


def _open_slot(profile: Profile, station_id: str, name: str, text: str) -> MasterKey:
    slot = _read_slots(profile).get(name)
    if slot is None:
        raise Unavailable(tr(N_("Esta estación no se abre de esa manera.")))
    try:
        if not all(0 < int(slot[part]) <= most for part, most in _MOST.items()):
            raise _damaged()
        salt, nonce, sealed = (
            base64.b64decode(slot[part], validate=True) for part in ("salt", "nonce", "sealed")
        )
        key = _stretch(text, salt, slot)
        return MasterKey(AESGCM(key).decrypt(nonce, sealed, station_id.encode()))
    except InvalidTag as error:
        raise WrongPassphrase(
            tr(N_("La frase o el código no abre esta estación. Revise mayúsculas y espacios."))
        ) from error
    except (KeyError, ValueError, TypeError) as error:
        raise _damaged() from error


def _stretch(text: str, salt: bytes, parameters: dict[str, Any]) -> bytes:
    # «ñ» and «á» are one sign or two, depending on the keyboard and the system that typed them.
    typed = unicodedata.normalize("NFKC", text)
    return Argon2id(
        salt=salt,
        length=_KEY_BYTES,
        iterations=int(parameters["iterations"]),
        lanes=int(parameters["lanes"]),
        memory_cost=int(parameters["memory_kib"]),
    ).derive(typed.encode())


def _read_slots(profile: Profile) -> dict[str, dict[str, Any]]:
    try:
        slots: Any = json.loads(profile.keys_file.read_bytes())["slots"]
    except FileNotFoundError as error:
        raise Unavailable(
            tr(N_("Falta el archivo de llaves de esta estación. Restaure un respaldo."))
        ) from error
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise _damaged() from error
    if not isinstance(slots, dict) or not all(isinstance(slot, dict) for slot in slots.values()):
        raise _damaged()
    return dict(slots)


def _write_slots(profile: Profile, slots: dict[str, dict[str, Any]]) -> None:
    data = json.dumps({"format": 1, "slots": slots}, indent=1).encode()
    try:
        write_atomically(profile.keys_file, data)
    except OSError as error:
        raise Unavailable(
            tr(
                N_(
                    "No se pudo guardar el archivo de llaves; el anterior sigue igual. Revise el espacio y los "
                    "permisos de la carpeta de datos."
                )
            )
        ) from error


def _damaged() -> Unavailable:
    return Unavailable(tr(N_("El archivo de llaves de esta estación está dañado. Restaure un respaldo.")))
