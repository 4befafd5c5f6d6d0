"""In which order pieces of chains can be taken, and which must wait for what is not held yet (I3).

A piece is taken whole or not at all: only its end is signed. Pieces may need each other both ways (one author wrote
after hearing of the other, and the other again); then they are taken together.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

from wire.changes import Dot


class Place(NamedTuple):
    """A change-set in its chain, as far as order is concerned."""

    replica: int
    seq: int
    deps: Sequence[Dot]


class Order(NamedTuple):
    """An order that respects causes.

    `places` are (index of the piece, index in the piece); `groups` the taken pieces, those together that need each
    other; `waiting` the pieces left out.
    """

    places: list[tuple[int, int]]
    groups: list[list[int]]
    waiting: set[int]


def order_of(
    pieces: Sequence[Sequence[Place]],
    held: Mapping[int, int],
    beyond: Callable[[Dot], bool] = lambda _: False,
) -> Order:
    """Order pieces after what is `held` of each chain.

    `beyond` tells of what will never be held, as its author was revoked: nobody waits for it.
    """
    left = [index for index, piece in enumerate(pieces) if piece]
    waiting: set[int] = set()
    while True:
        places, groups, stuck = _run(pieces, left, held, beyond)
        if not stuck:
            return Order(places, groups, waiting)
        waiting |= stuck
        left = [index for index in left if index not in stuck]


def _run(
    pieces: Sequence[Sequence[Place]],
    left: Sequence[int],
    held: Mapping[int, int],
    beyond: Callable[[Dot], bool],
) -> tuple[list[tuple[int, int]], list[list[int]], set[int]]:
    """Go as far as possible; return the way, the groups that were completed, and the pieces that were not."""
    vector = dict(held)
    at = dict.fromkeys(left, 0)
    places: list[tuple[int, int]] = []
    groups: list[list[int]] = []
    begun: set[int] = set()

    def is_enabled(place: Place) -> bool:
        if place.seq != vector.get(place.replica, 0) + 1:
            return False
        return all(seq <= vector.get(replica, 0) or beyond((replica, seq)) for replica, seq in place.deps)

    has_moved = True
    while has_moved and at:
        has_moved = False
        for index in list(at):
            piece, done = pieces[index], at[index]
            while done < len(piece) and is_enabled(piece[done]):
                vector[piece[done].replica] = piece[done].seq
                places.append((index, done))
                done += 1
            if done == at[index]:
                continue
            has_moved = True
            begun.add(index)
            at[index] = done
            if done == len(piece):
                del at[index]
            if not any(one in at for one in begun):
                groups.append(sorted(begun))
                begun = set()
    return places, groups, set(at)
