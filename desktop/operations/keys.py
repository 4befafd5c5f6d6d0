"""How a station's key is kept: keyring or passphrase, and the recovery code on paper. Changed while it is open.

Each change is a row of steps after any of which a crash leaves a station that opens: first the new way is made and
tried, then `station.json` names it, and only then the old one goes. Doing the same change again finishes it.
"""

from dataclasses import replace

from desktop.core import station_file, vault
from desktop.core.errors import FieldError, NotAllowed, Unavailable, UserError
from desktop.core.i18n import N_, tr
from desktop.core.station_file import StationFile
from desktop.operations.context import Actor, Context
from desktop.operations.station import Station
from desktop.operations.trail import note_of_person
from desktop.operations.users import confirm_password
from desktop.register.access import Action

REGISTER = "keys"
"""What roles are granted; it has no records."""


class StationKeys:
    """Changes how the key of an open station is kept. Everything here is called off the interface's thread."""

    def __init__(self, station: Station) -> None:
        self._station = station

    def way(self) -> str:
        """Return how the key is kept now: `vault.KEYRING` or `vault.PASSPHRASE`.

        Raises:
            NotAllowed: the role does not permit it.
            Unavailable: the file of the station cannot be read.
        """
        self._check_may()
        return self._facts().key_way

    def is_half_changed(self) -> bool:
        """Tell whether a change was cut short: the way before it still opens the station.

        A keyring that does not answer counts as empty.

        Raises:
            NotAllowed: the role does not permit it.
            Unavailable: the files of the station cannot be read.
        """
        self._check_may()
        facts = self._facts()
        if facts.key_way == vault.KEYRING:
            return vault.PASSPHRASE in vault.ways_of(self._station.profile)
        return _is_in_keyring(facts)

    def use_passphrase(self, password: str, passphrase: str) -> bool:
        """Let a passphrase open the station from now on, or change it; return False when the keyring kept the key too.

        Raises:
            FieldError: the password is not that of the person, or the passphrase is too short or too plain.
            UserError: it is too early for another try.
            Unavailable: the files of the station cannot be written; the way before goes on.
        """
        actor, facts = self._confirmed(password), self._facts()
        profile, master = self._station.profile, self._station.master
        vault.checked_passphrase(passphrase)
        self._note(actor, "use_passphrase")
        vault.change_passphrase(profile, facts.station_id, master, passphrase)
        if vault.open_with_passphrase(profile, facts.station_id, passphrase) != master:
            raise Unavailable(
                tr(N_("La frase de paso no se guardó bien. La forma anterior sigue abriendo la estación."))
            )
        self._name_way(facts, vault.PASSPHRASE)
        try:
            vault.forget_in_keyring(facts.station_id)
        except vault.KeyringUnavailable:
            # A machine that never had a keyring has nothing to forget.
            return facts.key_way == vault.PASSPHRASE
        return True

    def use_keyring(self, password: str) -> None:
        """Let the system keep the key from now on; the passphrase opens nothing any more.

        Raises:
            FieldError: the password is not that of the person.
            UserError: it is too early for another try.
            KeyringUnavailable: there is no keyring, or it did not keep the key; the way before goes on.
            Unavailable: the files of the station cannot be written.
        """
        actor, facts = self._confirmed(password), self._facts()
        profile, master = self._station.profile, self._station.master
        self._note(actor, "use_keyring")
        vault.keep_in_keyring(facts.station_id, master)
        if vault.open_with_keyring(facts.station_id) != master:
            raise Unavailable(
                tr(N_("El llavero no devolvió la llave. La forma anterior sigue abriendo la estación."))
            )
        self._name_way(facts, vault.KEYRING)
        vault.drop_passphrase(profile)

    def draft_code(self, password: str) -> str:
        """Return a recovery code to be written on paper; the one before holds until `keep_code`.

        Raises:
            FieldError: the password is not that of the person.
            UserError: it is too early for another try.
        """
        self._confirmed(password)
        return vault.new_recovery_code()

    def keep_code(self, code: str, typed: str) -> None:
        """Let a drafted code open the station in place of the one before, once it was copied from the paper.

        Raises:
            NotAllowed: the role does not permit it.
            FieldError: what was typed is not the code.
            Unavailable: the file of keys cannot be written; the code before goes on.
        """
        actor = self._check_may()
        if vault.plain_code(typed) != vault.plain_code(code):
            raise FieldError(
                "typed", tr(N_("No coincide con el código. Compárelo con el papel, grupo por grupo."))
            )
        facts = self._facts()
        self._note(actor, "recovery_code")
        vault.change_recovery(self._station.profile, facts.station_id, self._station.master, code)

    def _check_may(self) -> Actor:
        actor = self._station.actor
        if actor is None:
            raise NotAllowed(tr(N_("Inicie sesión para continuar.")))
        actor.rights.check(Action.EDIT, REGISTER)
        return actor

    def _confirmed(self, password: str) -> Actor:
        actor = self._check_may()
        try:
            confirm_password(self._station, actor, password)
        except (NotAllowed, UserError) as error:
            raise FieldError("password", error.message) from error
        return actor

    def _facts(self) -> StationFile:
        return station_file.load(self._station.profile)

    def _name_way(self, facts: StationFile, way: str) -> None:
        try:
            station_file.save(self._station.profile, replace(facts, key_way=way))
        except OSError as error:
            raise Unavailable(
                tr(N_("No se pudo guardar el cambio. La forma anterior sigue abriendo la estación."))
            ) from error

    def _note(self, actor: Actor, verb: str) -> None:
        """Leave in the journal who changed the keys, before anything changes."""

        def body(ctx: Context) -> None:
            note_of_person(ctx, f"{REGISTER}.{verb}")

        self._station.write_as(actor, body).result()


def _is_in_keyring(facts: StationFile) -> bool:
    try:
        vault.open_with_keyring(facts.station_id)
    except vault.KeyringUnavailable:
        return False
    return True
