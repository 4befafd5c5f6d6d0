"""An exercise: a station of its own inside the folder of the real one, with its people and catalogues and no incidents.

It has its own database and its own keys, kept the same way as the real ones. People sign in with their own passwords.
The real station's journal says when it began and when it was ended; nothing else of it reaches the real station.
"""

import shutil
from collections.abc import Mapping
from dataclasses import replace
from typing import Any
from uuid import uuid4

from sqlalchemy import select

from desktop.core import station_file, vault
from desktop.core.clock import Clock
from desktop.core.errors import AtalayaError, FieldError, Unavailable, UserError
from desktop.core.i18n import N_, tr
from desktop.core.lockfile import ProfileLock
from desktop.core.paths import Profile
from desktop.core.station_file import StationFile
from desktop.models.catalogue import REGISTERS
from desktop.models.fleet import Unit
from desktop.models.incidents.states import UnitStatus
from desktop.models.people import User
from desktop.models.roles import CATALOGUES
from desktop.operations.context import Context, ReadContext
from desktop.operations.station import Station, StationIdentity
from desktop.register.access import Action
from desktop.register.record import Record
from desktop.store.capture import codecs_of
from desktop.store.store import StoreKeys

FOLDER = "ejercicio"
DEVICE = "EJ"
"""The two signs that the codes of an exercise carry: nobody takes INC-26-EJ-0001 for a real incident."""
_COPIED = frozenset({*CATALOGUES, "municipal_settings", "users"})
_BEGUN = N_("Se inicia un ejercicio con datos aparte.")
_ENDED = N_("Se termina el ejercicio y se borran sus datos.")
Rows = Mapping[type[Record], list[dict[str, Any]]]


def exercise_of(profile: Profile) -> Profile:
    """Return the folder of the station's exercise, whether there is one or not."""
    return Profile(profile.folder / FOLDER)


def has_exercise(profile: Profile) -> bool:
    """Tell whether an exercise was begun and not ended."""
    return exercise_of(profile).exists


def begin_exercise(station: Station, passphrase: str | None = None) -> Profile:
    """Make the exercise of an opened station and note its start; the person who is signed in begins it.

    `passphrase` is that of the real station, where it is kept by one: the exercise opens with the same.

    Raises:
        NotAllowed: the role may not begin an exercise.
        UserError: this is an exercise, or there is one already.
        FieldError: the passphrase is missing, or is not the station's.
        Unavailable: the disk is full, or the keyring is away.
    """
    facts = station_file.load(station.profile)
    target = exercise_of(station.profile)
    if facts.is_exercise:
        raise UserError(tr(N_("Esta ventana ya es un ejercicio.")))
    if target.exists:
        raise UserError(
            tr(N_("Ya hay un ejercicio en esta estación. Ábralo, o termínelo antes de iniciar otro."))
        )
    rows = station.read(_copied).result()
    _check_passphrase(station.profile, facts, passphrase)
    memory = {key: station.memory.get(key) for key in station.memory.keys("")}
    _make(target, facts, passphrase, station.clock, rows, memory)
    try:
        station.write(
            lambda ctx: _note(ctx, "exercise.begin_exercise", N_("Se inicia un ejercicio con datos aparte."))
        ).result()
    except BaseException:
        _remove(target)
        raise
    return target


def end_exercise(station: Station) -> None:
    """Note the end of the exercise in the real station's journal and remove everything of it.

    Raises:
        NotAllowed: the role may not end an exercise.
        UserError: there is none, or its window is still open.
    """
    target = exercise_of(station.profile)
    station.read(_check_right).result()
    if not target.exists:
        raise UserError(tr(N_("No hay un ejercicio que terminar.")))
    _check_closed(target)
    station.write(
        lambda ctx: _note(ctx, "exercise.end_exercise", N_("Se termina el ejercicio y se borran sus datos."))
    ).result()
    _remove(target)


def _check_right(ctx: ReadContext) -> None:
    ctx.rights.check(Action.VOID, "shifts")


def _copied(ctx: ReadContext) -> Rows:
    """Return people and catalogues as they are now; units are free and nobody has a second factor."""
    _check_right(ctx)
    found: dict[type[Record], list[dict[str, Any]]] = {}
    for register in REGISTERS:
        if register.key not in _COPIED:
            continue
        model = register.model
        names = ["id", *(codec.attribute for codec in codecs_of(model))]
        found[model] = [
            {name: getattr(row, name) for name in names if name != "voided_at"}
            for row in ctx.session.scalars(select(model).where(model.voided_at.is_(None)))
        ]
    for row in found[Unit]:
        row |= {"status": UnitStatus.AVAILABLE, "status_at": ctx.now, "incident_id": None}
    for row in found[User]:
        row |= {"totp_secret": None, "totp_step": None, "paper_codes": ()}  # sealed by the real station's key
    return found


def _check_passphrase(profile: Profile, facts: StationFile, passphrase: str | None) -> None:
    if facts.key_way != vault.PASSPHRASE:
        return
    if not passphrase:
        raise FieldError("passphrase", tr(N_("Escriba la frase de paso de esta estación.")))
    try:
        vault.open_with_passphrase(profile, facts.station_id, passphrase)
    except vault.WrongPassphrase as error:
        raise FieldError("passphrase", error.message) from error


def _make(
    target: Profile,
    facts: StationFile,
    passphrase: str | None,
    clock: Clock,
    rows: Rows,
    memory: Mapping[str, str | None],
) -> None:
    own = replace(
        facts,
        name=tr(N_("{name} · Ejercicio"), name=facts.name),
        device=DEVICE,
        station_id=str(uuid4()),
        is_exercise=True,
    )
    shutil.rmtree(target.folder, ignore_errors=True)  # what a start that was cut off left
    target.prepare()
    lock = ProfileLock(target.folder)
    lock.acquire()
    station: Station | None = None
    try:
        master, _ = vault.create(
            target, own.station_id, own.key_way, passphrase if own.key_way == vault.PASSPHRASE else None
        )
        keys = StoreKeys(master.database, master.signing)
        identity = StationIdentity(own.name, own.device)
        station = Station(target, keys, identity, clock, None, master)

        def fill(ctx: Context) -> None:
            ctx.name_operation("exercise.begin_exercise")
            for model, held in rows.items():
                ctx.add_rows(model, held)

        station.write_as(station.system, fill).result()
        for key, text in memory.items():
            if text is not None:
                station.memory.put(key, text)
        station.memory.flush()
        station.close()
        station = None
        station_file.save(target, own)
    except BaseException:
        if station is not None:
            station.close()
        lock.release()
        _forget_key(own)
        shutil.rmtree(target.folder, ignore_errors=True)
        raise
    lock.release()


def _note(ctx: Context, operation: str, reason: str) -> None:
    """Leave a line in the history of the person who begins or ends it."""
    _check_right(ctx)
    ctx.name_operation(operation, tr(reason))
    ctx.unit.capture.read(ctx.get(User, ctx.actor.user_id))


def _check_closed(target: Profile) -> None:
    lock = ProfileLock(target.folder)
    try:
        lock.acquire()
    except UserError as error:
        raise UserError(tr(N_("Cierre primero la ventana del ejercicio; después termínelo."))) from error
    lock.release()


def _remove(target: Profile) -> None:
    """Remove the folder of an exercise, and nothing that is not one."""
    facts = station_file.load(target)
    if not facts.is_exercise:
        raise UserError(tr(N_("En {folder} no hay un ejercicio: no se borra nada."), folder=target.folder))
    target.station_file.unlink()
    _forget_key(facts)
    try:
        shutil.rmtree(target.folder)
    except OSError as error:
        raise Unavailable(
            tr(N_("No se pudo borrar todo el ejercicio. Borre la carpeta {folder}."), folder=target.folder)
        ) from error


def _forget_key(facts: StationFile) -> None:
    """Let the keyring forget the key; one that is away keeps a key that opens nothing any more."""
    if facts.key_way == vault.KEYRING:
        try:
            vault.forget_in_keyring(facts.station_id)
        except AtalayaError:
            return
