"""The digest of a scope, the order of pieces, and markers of what was denied."""

from hypothesis import given
from hypothesis import strategies as st

from wire.causal import Place, order_of
from wire.changes import Op, OpKind
from wire.digest import EMPTY, moved, weight_of
from wire.heads import Heads, Stamp, dot_of
from wire.merge import merge


def _placed(pieces: list[list[Place]], held: dict[int, int]) -> tuple[list[tuple[int, int]], set[int]]:
    order = order_of(pieces, held)
    places = [(pieces[index][place].replica, pieces[index][place].seq) for index, place in order.places]
    return places, order.waiting


def test_the_digest_of_a_record_is_the_same_for_ever() -> None:
    heads = Heads((5, 1, 2), {"status": [(7, 1, 3), (8, 2, 1)]}, (8, 2, 1), [], [(6, 2, 9)])

    weight = weight_of("incidents", bytes(range(16)), heads)

    assert moved(EMPTY, weight).hex() == "055d7f8d8b80bb70bec15ddba1411b4d"


@given(st.permutations(range(4)))
def test_the_digest_of_a_scope_does_not_depend_on_the_order_of_its_records(order: list[int]) -> None:
    digest = EMPTY
    for number in order:
        digest = moved(digest, weight_of("t", bytes([number]), Heads((1, 1, number + 1))))
    again = EMPTY
    for number in range(4):
        again = moved(again, weight_of("t", bytes([number]), Heads((1, 1, number + 1))))

    assert digest == again != EMPTY


def test_a_write_that_was_missed_shows_in_the_digest() -> None:
    made: Stamp = (1, 1, 1)
    before = merge(None, Op(OpKind.CREATE, "t", b"1", {"status": "a"}), made, b"x")
    missed = weight_of("t", b"1", before.heads)
    after = merge(
        before, Op(OpKind.SET, "t", b"1", {"status": "b"}, {"status": [dot_of(made)]}), (2, 1, 2), b"x"
    )

    assert weight_of("t", b"1", after.heads) != missed
    assert moved(moved(EMPTY, missed), weight_of("t", b"1", after.heads) - missed) == moved(
        EMPTY, weight_of("t", b"1", after.heads)
    )


def test_pieces_are_taken_after_what_they_depend_on() -> None:
    late, early = [Place(1, 1, [(2, 1)])], [Place(2, 1, []), Place(2, 2, [])]

    places, waiting = _placed([late, early], {})

    assert (places, waiting) == ([(2, 1), (2, 2), (1, 1)], set())


def test_a_piece_with_one_change_set_that_must_wait_waits_whole_and_so_does_what_needs_it() -> None:
    stuck = [Place(1, 1, []), Place(1, 2, [(9, 4)])]
    needs_it, free = [Place(2, 1, [(1, 1)])], [Place(3, 5, [])]

    order = order_of([stuck, needs_it, free], {3: 4})

    assert (order.places, order.groups, order.waiting) == ([(2, 0)], [[2]], {0, 1})


def test_pieces_that_need_each_other_are_one_group() -> None:
    ana = [Place(1, 1, []), Place(1, 2, [(2, 1)])]
    luis, eva = [Place(2, 1, [(1, 1)])], [Place(3, 1, [(1, 2)])]

    order = order_of([ana, luis, eva], {})

    assert (order.groups, order.waiting) == ([[0, 1], [2]], set())


def test_nobody_waits_for_what_will_never_be_held() -> None:
    order = order_of([[Place(1, 1, [(2, 7)])]], {}, lambda dot: dot == (2, 7))

    assert order.waiting == set()


def test_what_does_not_follow_the_held_end_of_its_chain_waits() -> None:
    assert order_of([[Place(1, 3, [])], [Place(2, 1, [])]], {1: 1, 2: 1}).waiting == {0, 1}
