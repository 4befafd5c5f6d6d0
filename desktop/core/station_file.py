"""`station.json`: what a station is called and how its keys are kept. It holds no secret and no personal data."""

import json
from dataclasses import asdict, dataclass, field, fields
from typing import Any
from uuid import uuid4

from desktop.core.errors import Unavailable
from desktop.core.i18n import N_, tr
from desktop.core.paths import Profile, write_atomically


@dataclass(frozen=True, slots=True)
class StationFile:
    """The public facts of a station. `device` are the two signs that its codes carry."""

    name: str
    device: str
    municipality: str
    commune: str
    key_way: str
    station_id: str = field(default_factory=lambda: str(uuid4()))
    short_number: str = "1451"
    theme: str = "dark"
    is_demo: bool = False
    is_exercise: bool = False
    format: int = 1


def load(profile: Profile) -> StationFile:
    """Read the facts of a profile.

    Raises:
        Unavailable: the file is missing or damaged.
    """
    try:
        held: dict[str, Any] = json.loads(profile.station_file.read_text(encoding="utf-8"))
        known = {item.name for item in fields(StationFile)}
        return StationFile(**{key: value for key, value in held.items() if key in known})
    except (OSError, ValueError, TypeError) as error:
        raise Unavailable(
            tr(
                N_(
                    "El archivo de esta estación falta o está dañado. Restaure un respaldo o configúrela de nuevo."
                )
            )
        ) from error


def save(profile: Profile, facts: StationFile) -> None:
    """Write the facts of a profile."""
    data = json.dumps(asdict(facts), ensure_ascii=False, indent=1).encode()
    write_atomically(profile.station_file, data)
