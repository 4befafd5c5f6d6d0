"""Settings as operations and jobs read them, and how those of the municipality are changed.

A machine's and a person's are small texts in the station's own memory. The municipality's are records: journalled,
checked against rights, carried to every station.
"""

import json
from typing import Any, Protocol, TypeVar
from uuid import UUID

from sqlalchemy import select

from desktop.core.errors import Unavailable
from desktop.core.i18n import N_, tr
from desktop.core.settings import Scope, Setting, Settings, SettingsBackend
from desktop.models.system import MUNICIPAL_SETTINGS, MunicipalSetting, municipal_setting_id
from desktop.operations.context import Context, ReadContext
from desktop.operations.trail import note_of_person
from desktop.register.access import Action

T = TypeVar("T")


class Texts(Protocol):
    """The station's memory, as far as settings need it."""

    def get(self, key: str) -> str | None:
        """Return what was put under `key`."""
        ...

    def put(self, key: str, text: str) -> None:
        """Remember `text`."""
        ...

    def forget(self, key: str) -> None:
        """Remove `key`; an unknown one is no error."""
        ...


class KeptTexts:
    """Settings of one scope among the other texts of the station's memory."""

    def __init__(self, memory: Texts, prefix: str) -> None:
        self._memory = memory
        self._prefix = prefix

    def get(self, key: str) -> str | None:
        """Return what was put under `key`."""
        return self._memory.get(self._prefix + key)

    def put(self, key: str, text: str) -> None:
        """Keep `text`."""
        self._memory.put(self._prefix + key, text)

    def forget(self, key: str) -> None:
        """Remove `key`; an unknown one is no error."""
        self._memory.forget(self._prefix + key)


class KnownTexts:
    """The municipality's settings as they were read last; they are changed by `set_municipal`."""

    def __init__(self) -> None:
        self.held: dict[str, str] = {}

    def get(self, key: str) -> str | None:
        """Return what is stored under `key`."""
        return self.held.get(key)

    def put(self, key: str, text: str) -> None:
        """Refuse: this is a reading.

        Raises:
            Unavailable: always.
        """
        raise Unavailable(
            tr(N_("Esta preferencia es de la municipalidad y no se guarda sólo en este equipo."))
        )

    def forget(self, key: str) -> None:
        """Refuse as `put` does.

        Raises:
            Unavailable: always.
        """
        self.put(key, "")


def settings_of(
    memory: Texts, user_id: UUID | None = None, municipality: KnownTexts | None = None
) -> Settings:
    """Return the settings of this machine, of a person, and of the municipality as far as they are given."""
    backends: dict[Scope, SettingsBackend] = {Scope.MACHINE: KeptTexts(memory, "settings/machine/")}
    if user_id is not None:
        backends[Scope.PERSON] = KeptTexts(memory, f"settings/{user_id}/")
    if municipality is not None:
        backends[Scope.MUNICIPALITY] = municipality
    return Settings(backends)


def municipal_texts(ctx: ReadContext) -> dict[str, str]:
    """Return what is stored of the municipality's settings, as JSON by key. Everybody works under them."""
    rows = ctx.session.execute(
        select(MunicipalSetting.key, MunicipalSetting.value).where(MunicipalSetting.value.is_not(None))
    )
    return {key: value for key, value in rows if value is not None}


def municipal(ctx: ReadContext, setting: Setting[T]) -> T:
    """Return a setting of the municipality: what is stored when it is acceptable, else the default."""
    held = ctx.session.scalar(
        select(MunicipalSetting.value).where(MunicipalSetting.id == municipal_setting_id(setting.key))
    )
    known = KnownTexts()
    known.held = {} if held is None else {setting.key: held}
    return Settings({Scope.MUNICIPALITY: known}).get(setting)


def set_municipal(ctx: Context, setting: Setting[Any], value: object) -> None:
    """Change a setting for every station of the municipality.

    Raises:
        FieldError: the value is not acceptable.
        NotAllowed: the role does not permit it.
    """
    ctx.rights.check(Action.EDIT, MUNICIPAL_SETTINGS.key)
    _store(ctx, setting, json.dumps(setting.accepted(value)))


def reset_municipal(ctx: Context, setting: Setting[Any]) -> None:
    """Go back to the default on every station.

    Raises:
        NotAllowed: the role does not permit it.
    """
    ctx.rights.check(Action.EDIT, MUNICIPAL_SETTINGS.key)
    _store(ctx, setting, None)


def note_sounds(ctx: Context, *, are_on: bool) -> None:
    """Leave in the journal, in the history of the person, that alarms were silenced or sound again at a station.

    Raises:
        UserError: the person is no user of this station.
    """
    note_of_person(ctx, "alarms.unmute" if are_on else "alarms.mute")


def _store(ctx: Context, setting: Setting[Any], text: str | None) -> None:
    ctx.name_operation("settings.change", tr(setting.title))
    record_id = municipal_setting_id(setting.key)
    held = ctx.session.get(MunicipalSetting, record_id)
    if held is None:
        ctx.add(MunicipalSetting(id=record_id, key=setting.key, value=text))
    else:
        held.value = text
