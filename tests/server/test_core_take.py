"""What a push leaves behind."""

from uuid import uuid4

from tests.support.municipality import Municipality
from wire.messages import Want


def test_what_one_station_pushes_another_one_gets_as_it_was_signed(municipality: Municipality) -> None:
    ana, luis = municipality.station(), municipality.station()
    user = municipality.administrator(ana)
    for number in range(3):
        ana.create("operaciones", "incidents", uuid4().bytes, {"narrative": f"ruido {number}"}, actor=user)
    piece = ana.piece("operaciones")

    taken = municipality.push(ana, piece)
    (part,) = municipality.pull(luis, Want("operaciones"))

    assert [(one.seq, one.hash, one.refusal) for one in taken] == [(3, piece.tail, None)]
    assert part.segments == [piece]
    assert (part.cursor, part.more) == (3, False)
