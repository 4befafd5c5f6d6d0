"""Identifiers that a station makes alone and that never meet another's: UUIDv7, replica ids, spoken codes."""

import secrets
import threading
import time
from uuid import UUID

_CODE_ALPHABET = "0123456789ABCDEFGHJKLMNPRTWXYZ"
"""30 signs without those that are misread or misheard (I O Q S U V); 31 is prime, which the check sign needs."""

_lock = threading.Lock()
_last_ms = 0
_last_sequence = 0


def new_id() -> UUID:
    """Return a UUIDv7 (RFC 9562) that sorts after every earlier one of this process.

    Within a millisecond the twelve bits after the time count upwards, so that rows made together keep their
    order and the index grows at its end.
    """
    global _last_ms, _last_sequence  # noqa: PLW0603 - the order of ids is a property of the process
    now_ms = time.time_ns() // 1_000_000
    with _lock:
        if now_ms > _last_ms:
            _last_ms, _last_sequence = now_ms, secrets.randbits(10)
        else:
            _last_sequence += 1
            if _last_sequence > 0xFFF:
                _last_ms, _last_sequence = _last_ms + 1, 0
        milliseconds, sequence = _last_ms, _last_sequence
    value = milliseconds << 80 | 0x7 << 76 | sequence << 64 | 0b10 << 62 | secrets.randbits(62)
    return UUID(int=value)


def new_replica_id() -> int:
    """Return a random 63-bit id for one database file on one station; 63 bits fit SQLite's signed integer."""
    return secrets.randbits(63) | 1 << 62


def check_character(text: str) -> str:
    """Return the check sign of `text`: the hybrid system of ISO 7064 over our alphabet, MOD 31,30.

    Catches every single wrong sign and all but a few swaps of neighbours, the two commonest errors of dictation.
    Signs outside the alphabet (hyphens) are skipped.
    """
    modulus = len(_CODE_ALPHABET)
    product = modulus
    for sign in text.upper():
        if sign not in _CODE_ALPHABET:
            continue
        total = (product + _CODE_ALPHABET.index(sign)) % modulus or modulus
        product = (total * 2) % (modulus + 1)
    return _CODE_ALPHABET[(modulus + 1 - product) % modulus]


def radio_code(prefix: str, year: int, device: str, number: int) -> str:
    """Return a code such as `INC-26-K7-0042-R`: unique for ever, made without asking anybody.

    `year` is the four-digit civil year of Santiago, `device` the two signs of the station, `number` its counter.
    The check sign covers year, device and number, so the prefix may be left out when spoken.
    """
    core = f"{year % 100:02d}-{device}-{number:04d}"
    return f"{prefix}-{core}-{check_character(core)}"


def is_valid_device_code(device: str) -> bool:
    """Tell whether `device` is two signs of the code alphabet."""
    return len(device) == 2 and all(sign in _CODE_ALPHABET for sign in device)
