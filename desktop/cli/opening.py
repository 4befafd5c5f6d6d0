"""Opening a station from the command line: secrets come from the keyring or are asked, never from an argument."""

import argparse
import getpass
import json
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from desktop.core import station_file, vault
from desktop.core.clock import SystemClock
from desktop.core.errors import UserError
from desktop.core.i18n import N_, tr
from desktop.core.paths import Profile, default_profile
from desktop.core.second_factor import CodeNeeded
from desktop.core.station_file import StationFile
from desktop.core.vault import MasterKey
from desktop.operations.setup import open_station
from desktop.operations.station import Station
from desktop.operations.users import sign_in


def profile_of(options: argparse.Namespace) -> Profile:
    """Return the profile that the person named, or their own."""
    return Profile(options.profile) if options.profile is not None else default_profile()


def facts_of(profile: Profile) -> StationFile:
    """Return the facts of a station that was set up.

    Raises:
        UserError: there is none in this folder.
    """
    if not profile.exists:
        raise UserError(tr(N_("En {folder} no hay una estación configurada."), folder=profile.folder))
    return station_file.load(profile)


def ask_secret(question: str) -> str:
    """Ask for a secret without showing it; from a pipe, read one line."""
    if sys.stdin.isatty():
        return getpass.getpass(question + " ")
    return sys.stdin.readline().rstrip("\n")


def unlock(profile: Profile, facts: StationFile) -> MasterKey:
    """Return the master key: from the keyring, or asking for the passphrase or the recovery code."""
    if facts.key_way == vault.PASSPHRASE:
        return vault.open_with_passphrase(profile, facts.station_id, ask_secret(tr(N_("Frase de paso:"))))
    try:
        return vault.open_with_keyring(facts.station_id)
    except vault.KeyringUnavailable as error:
        sys.stderr.write(error.message + "\n")
        return vault.open_with_recovery(
            profile, facts.station_id, ask_secret(tr(N_("Código de recuperación:")))
        )


@contextmanager
def opened(options: argparse.Namespace) -> Iterator[Station]:
    """Open the station of the options, without anybody signed in."""
    profile = profile_of(options)
    with open_station(profile, unlock(profile, facts_of(profile)), SystemClock()) as station:
        for warning in station.warnings:
            sys.stderr.write(warning + "\n")
        yield station


def seat(station: Station, username: str) -> None:
    """Sign a person in: what follows is done with their rights and in their name."""
    password = ask_secret(tr(N_("Contraseña de {user}:"), user=username))
    try:
        sign_in(station, username, password)
    except CodeNeeded:
        sign_in(station, username, password, ask_secret(tr(N_("Código de verificación:"))))


def answer(options: argparse.Namespace, plain: str, data: Mapping[str, Any]) -> None:
    """Tell the result, in words or as JSON."""
    text = json.dumps(data, ensure_ascii=False, default=str) if options.json else plain
    sys.stdout.write(text + "\n")
