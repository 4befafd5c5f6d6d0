"""Several who ask at once are answered in one go, and each gets what is theirs."""

import threading
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from uuid import uuid4

from msgspec.structs import replace

from server import take
from server.together import MOST, Together
from tests.support.municipality import Municipality
from wire.messages import Refusal, Want


class _Work:
    """Work that waits for a word before it answers, and notes what it was given together."""

    def __init__(self) -> None:
        self.go = threading.Event()
        self.began = threading.Semaphore(0)
        self.batches: list[list[int]] = []

    def __call__(self, asked: Sequence[int]) -> list[int]:
        self.batches.append(list(asked))
        self.began.release()
        assert self.go.wait(10)
        if 13 in asked:
            raise ZeroDivisionError
        return [10 * one for one in asked]


def _asked_while_busy(work: _Work, numbers: Sequence[int]) -> tuple[Together[int, int], list[int | str]]:
    """Let one be under way, ask all the others, and return what each was given."""
    together: Together[int, int] = Together(work)

    def ask(number: int) -> int | str:
        try:
            return together.ask("key", number)
        except ZeroDivisionError:
            return "error"

    with ThreadPoolExecutor(len(numbers) + 1) as pool:
        first = pool.submit(ask, 0)
        assert work.began.acquire(timeout=10)
        others = [pool.submit(ask, number) for number in numbers]
        while len(together._waiting["key"]) < len(numbers):
            threading.Event().wait(0.001)
        work.go.set()
        assert first.result(10) == 0
        return together, [one.result(10) for one in others]


def test_whoever_asks_while_the_work_is_under_way_is_answered_by_the_next() -> None:
    work = _Work()

    together, given = _asked_while_busy(work, range(1, 6))

    assert given == [10, 20, 30, 40, 50]
    assert [len(batch) for batch in work.batches] == [1, 5]
    assert together.ask("key", 7) == 70


def test_work_that_fails_is_told_to_everybody_in_it_and_to_nobody_after() -> None:
    work = _Work()

    together, given = _asked_while_busy(work, [1, 13, 2])

    assert given == ["error"] * 3
    assert together.ask("key", 7) == 70


def test_a_crowd_is_answered_in_several_goes() -> None:
    work = _Work()

    numbers = range(100, 100 + MOST + 9)

    _, given = _asked_while_busy(work, numbers)

    assert given == [10 * number for number in numbers]
    assert [len(batch) for batch in work.batches] == [1, MOST, 9]


def test_those_who_ask_about_different_things_do_not_wait_for_each_other() -> None:
    work = _Work()
    together: Together[int, int] = Together(work)
    with ThreadPoolExecutor(2) as pool:
        first, second = pool.submit(together.ask, "a", 1), pool.submit(together.ask, "b", 2)
        assert work.began.acquire(timeout=10)
        assert work.began.acquire(timeout=10)
        work.go.set()
        assert (first.result(10), second.result(10)) == (10, 20)


def test_a_bad_piece_beside_good_ones_harms_its_sender_alone(municipality: Municipality) -> None:
    """Everything below is taken in one transaction."""
    good, forger, denied, twin = (municipality.station() for _ in range(4))
    for station in (good, twin):
        for _ in range(2):
            station.create("operaciones", "incidents", uuid4().bytes, {"code": "INC-26-K1-0001-R"})
    denied.create("operaciones", "incidents", uuid4().bytes, {})
    denied.append("operaciones", b"nothing")
    piece = good.piece("operaciones")
    forged = replace(piece, signature=bytes(64))
    pushes = [
        (forger, [forged]),
        (good, [good.piece("operaciones", 1, 1)]),
        (forger, [good.piece("operaciones", 1, 1), forged]),
        (good, [good.piece("operaciones")]),
        (denied, [denied.piece("operaciones")]),
        (twin, [twin.piece("operaciones", 2, 2)]),
        (twin, [twin.piece("operaciones", 1, 1), twin.piece("operaciones", 2, 2)]),
        (good, [good.piece("operaciones", 1, 1)]),
    ]
    asked = [
        take._Asked(municipality.database, municipality.authority, station.device, "operaciones", pieces)
        for station, pieces in pushes
    ]

    lines = [[(one.seq, one.refusal) for one in taken] for taken in take._take_all(asked)]

    assert lines == [
        [(0, Refusal.QUARANTINED)],
        [(1, None)],
        [(1, Refusal.QUARANTINED)],
        [(2, None)],
        [(2, None)],
        [(0, Refusal.GAP)],
        [(2, None)],
        [(2, None)],
    ]
    (part,) = municipality.pull(forger, Want("operaciones"))
    assert part.cursor == sum(len(one.bodies) for one in part.segments) == 7
    assert len(municipality.states("operaciones")) == 5
