"""Ids and codes that a station makes alone."""

import random

from hypothesis import given
from hypothesis import strategies as st

from desktop.core.ids import (
    check_character,
    is_valid_device_code,
    new_id,
    new_replica_id,
    radio_code,
)

ALPHABET = "0123456789ABCDEFGHJKLMNPRTWXYZ"
devices = st.text(ALPHABET, min_size=2, max_size=2)


def test_ids_made_in_a_row_sort_in_the_order_in_which_they_were_made() -> None:
    ids = [new_id() for _ in range(10_000)]

    assert ids == sorted(ids)
    assert len(set(ids)) == len(ids)
    assert {made.version for made in ids} == {7}


def test_a_replica_id_fits_a_signed_integer_of_the_database() -> None:
    assert all(2**62 <= new_replica_id() < 2**63 for _ in range(100))


def test_a_code_reads_as_year_device_counter_and_check_sign() -> None:
    code = radio_code("INC", 2026, "K7", 42)

    assert code == f"INC-26-K7-0042-{check_character('26K70042')}"


@given(devices, st.integers(1, 99_999), st.randoms(use_true_random=False))
def test_one_wrong_sign_is_always_found(device: str, number: int, rng: random.Random) -> None:
    core = f"26{device}{number:04d}"
    place = rng.randrange(len(core))
    wrong = rng.choice([sign for sign in ALPHABET if sign != core[place]])

    assert check_character(core[:place] + wrong + core[place + 1 :]) != check_character(core)


def test_nearly_every_swap_of_neighbours_is_found() -> None:
    rng = random.Random(7)
    missed = swaps = 0
    for _ in range(2000):
        core = [rng.choice(ALPHABET) for _ in range(8)]
        for place in range(7):
            if core[place] != core[place + 1]:
                swapped = core.copy()
                swapped[place], swapped[place + 1] = swapped[place + 1], swapped[place]
                swaps += 1
                missed += check_character("".join(swapped)) == check_character("".join(core))

    assert missed / swaps < 0.005


def test_a_device_code_has_no_sign_that_is_misread() -> None:
    assert is_valid_device_code("K7")
    assert not any(is_valid_device_code(code) for code in ("", "K", "K77", "IO", "k7", "S1"))
