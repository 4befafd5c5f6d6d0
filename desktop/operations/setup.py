"""Setting a station up and opening it: keys, file, identity, catalogues, first user."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from desktop.core import station_file, vault
from desktop.core.clock import Clock
from desktop.core.errors import FieldError, UserError
from desktop.core.i18n import N_, tr
from desktop.core.ids import is_valid_device_code, new_id
from desktop.core.lockfile import ProfileLock
from desktop.core.paths import Profile
from desktop.core.station_file import StationFile
from desktop.core.vault import MasterKey
from desktop.models.roles import Department, Role
from desktop.operations.station import Station, StationIdentity
from desktop.operations.users import add_user
from desktop.store.backups import discard
from desktop.store.engine import is_there, missing, not_writable
from desktop.store.store import StoreKeys


@dataclass(frozen=True, slots=True)
class NewStation:
    """What the set-up asks. `passphrase` is None when the system's keyring keeps the key."""

    municipality: str
    commune: str
    name: str
    device: str
    admin_username: str
    admin_name: str
    admin_password: str
    passphrase: str | None = None
    short_number: str = "1451"


@dataclass(frozen=True, slots=True)
class SetUp:
    """A station that is ready, and the recovery code to be printed once."""

    station: Station
    recovery_code: str


def set_up(profile: Profile, wanted: NewStation, clock: Clock, *, is_demo: bool = False) -> SetUp:
    """Make a station in an empty profile, with the default catalogues and its first user.

    Raises:
        FieldError: a value is missing or not acceptable.
        UserError: there is a station in the folder already.
        KeyringUnavailable: the keyring was chosen and is not there.
        Unavailable: the folder cannot be written.
    """
    for name, value, message in (
        ("municipality", wanted.municipality, N_("Escriba el nombre de la municipalidad.")),
        ("commune", wanted.commune, N_("Escriba la comuna.")),
        ("name", wanted.name, N_("Escriba un nombre para esta estación.")),
    ):
        if not value.strip():
            raise FieldError(name, tr(message))
    device = device_letters(wanted.device)
    facts = StationFile(
        name=wanted.name.strip(),
        device=device,
        municipality=wanted.municipality.strip(),
        commune=wanted.commune.strip(),
        key_way=vault.PASSPHRASE if wanted.passphrase is not None else vault.KEYRING,
        short_number=wanted.short_number.strip(),
        is_demo=is_demo,
    )

    def fill(station: Station) -> StationFile:
        from desktop.operations.seed import seed_catalogues  # noqa: PLC0415 - once in a station's life

        station.write_as(
            station.system,
            lambda ctx: add_user(
                ctx,
                username=wanted.admin_username,
                full_name=wanted.admin_name,
                password=wanted.admin_password,
                roles=(Role.ADMINISTRATOR, Role.SHIFT_SUPERVISOR),
                department=Department.CITIZEN_SECURITY,
            ),
        ).result()
        station.write_as(station.system, seed_catalogues).result()
        return facts

    return make_station(profile, facts, wanted.passphrase, clock, fill)


def device_letters(typed: str) -> str:
    """Return the two signs that a station's codes carry, as they are written.

    Raises:
        FieldError: they are not two, or can be misread.
    """
    letters = typed.strip().upper()
    if not is_valid_device_code(letters):
        raise FieldError("device", tr(N_("Use dos signos: cifras o letras, salvo I, O, Q, S, U y V.")))
    return letters


def make_station(
    profile: Profile,
    facts: StationFile,
    passphrase: str | None,
    clock: Clock,
    fill: Callable[[Station], StationFile],
) -> SetUp:
    """Make keys and file of a station in an empty profile and let `fill` write what it begins with.

    The station is there once `fill` has returned its facts; of what fails before, nothing stays.

    Raises:
        UserError: there is a station in the folder already.
        KeyringUnavailable: the keyring was chosen and is not there.
        Unavailable: the folder cannot be written.
    """
    profile.prepare()
    lock = ProfileLock(profile.folder)
    lock.acquire()
    station: Station | None = None
    try:
        _put_leftovers_aside(profile, clock.now())
        master, code = vault.create(profile, facts.station_id, facts.key_way, passphrase)
        station = _opened(profile, facts, master, clock, lock)
        station_file.save(profile, fill(station))
    except BaseException as error:
        if station is not None:
            station.close()
        if not profile.exists:
            discard(profile.database)
            profile.keys_file.unlink(missing_ok=True)
        lock.release()
        if isinstance(error, OSError):
            raise not_writable(profile.folder) from error
        raise
    return SetUp(station, code)


def open_station(profile: Profile, master: MasterKey, clock: Clock) -> Station:
    """Open a station that was set up.

    Raises:
        Unavailable: the database is missing, damaged, or belongs to another key.
        UserError: another process has it open.
    """
    facts = station_file.load(profile)
    profile.prepare()
    if not is_there(profile.database):
        raise missing(profile.database)
    lock = ProfileLock(profile.folder)
    lock.acquire()
    try:
        return _opened(profile, facts, master, clock, lock)
    except BaseException:
        lock.release()
        raise


def _opened(
    profile: Profile, facts: StationFile, master: MasterKey, clock: Clock, lock: ProfileLock
) -> Station:
    keys = StoreKeys(master.database, master.signing)
    return Station(profile, keys, StationIdentity(facts.name, facts.device), clock, lock.release, master)


def _put_leftovers_aside(profile: Profile, now: datetime) -> None:
    """Move what a set-up that was cut off left to a folder of its own: without a station nothing opens it here.

    Raises:
        UserError: there is a station, not leftovers.
    """
    if profile.exists:
        raise UserError(
            tr(N_("En esta carpeta ya hay una estación configurada. Ábrala o elija otra carpeta."))
        )
    left = [*profile.database.parent.glob(profile.database.name + "*"), profile.keys_file]
    left = [path for path in left if path.is_file()]
    if left:
        aside = profile.folder / f"apartado-{now:%Y%m%dT%H%M%S}-{new_id().hex[-6:]}"
        aside.mkdir(mode=0o700)
        for path in left:
            path.replace(aside / path.name)
