"""A password checked at the desk, without changing who is signed in, is what a hand-over is signed with."""

from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest

from desktop.core.errors import NotAllowed
from desktop.core.paths import Profile
from desktop.models.roles import Role
from desktop.operations.handover import handover_view, sign_in_handover, sign_out
from desktop.operations.proofs import prove
from desktop.operations.setup import NewStation, set_up
from desktop.operations.shifts import open_shift
from desktop.operations.station import Station
from desktop.operations.users import add_user, sign_in
from tests.support.clock import FakeClock

FIRST, SECOND = "una frase para Ana 1", "otra frase para Luis 2"


@pytest.fixture
def station(tmp_path: Path) -> Iterator[Station]:
    wanted = NewStation(
        "Municipalidad de Ejemplo",
        "Ejemplo",
        "Central 1",
        "K7",
        "admin",
        "Administración",
        "clave de admin 9",
        "una frase de paso larga",
    )
    with set_up(Profile(tmp_path / "p"), wanted, FakeClock()).station as opened:
        sign_in(opened, "admin", "clave de admin 9")
        for username, name, password in (("ana", "Ana Cayún", FIRST), ("luis", "Luis Ojeda", SECOND)):
            person = partial(
                add_user, username=username, full_name=name, password=password, roles=[Role.OPERATOR]
            )
            opened.write(person).result()
        yield opened


def test_two_people_sign_at_one_desk_without_a_change_of_session(station: Station) -> None:
    ana = sign_in(station, "ana", FIRST)
    shift = station.write(open_shift).result()
    outgoing = prove(station, "ana", FIRST)
    handover = station.write(lambda ctx: sign_out(ctx, shift, outgoing)).result()

    incoming = prove(station, "Luis ", SECOND)
    station.write(lambda ctx: sign_in_handover(ctx, handover, incoming)).result()

    signed = station.read(lambda ctx: handover_view(ctx, handover)).result()
    assert (signed.outgoing_name, signed.incoming_name) == ("Ana Cayún", "Luis Ojeda")
    assert station.actor == ana


def test_a_wrong_name_or_password_proves_nothing(station: Station) -> None:
    for username, password in (("ana", "no es"), ("nadie", FIRST)):
        with pytest.raises(NotAllowed):
            prove(station, username, password)
