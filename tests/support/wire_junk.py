"""Requests that no program of ours sends: recorded ones changed somewhere, and bytes of any kind."""

from typing import Any

import msgspec
import zstandard
from hypothesis import strategies as st

INTEGERS = st.one_of(st.integers(-3, 5), st.integers(-(2**63), 2**64 - 1), st.just(2**64 - 1))
PLAIN = st.one_of(
    st.none(),
    st.booleans(),
    INTEGERS,
    st.floats(),
    st.text(max_size=8),
    st.binary(max_size=40),
    st.sampled_from([b"\xff\xfe", "\0", "sys", "operaciones", "../sys", "a" * 300, bytes(32), bytes(64)]),
)
NESTED = st.recursive(
    PLAIN,
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(PLAIN, inner, max_size=3)),
    max_leaves=8,
)
DEEP = b"\x91" * 100_000
NOT_TEXT = b"\x93\x01\xa4\xff\xfe\xfd\xfc\x90"
"""A list with a text in it that is no UTF-8."""


@st.composite
def changed(draw: st.DrawFn, message: bytes) -> bytes:
    """Return the packed message with one of its parts taken out, replaced, repeated or put elsewhere."""
    root = [msgspec.msgpack.decode(zstandard.decompress(message))]
    place: Any = root
    while True:
        keys = list(place) if isinstance(place, dict) else list(range(len(place)))
        key = draw(st.sampled_from(keys))
        inner = place[key]
        if not isinstance(inner, list | dict) or not inner or draw(st.integers(0, 3)) == 0:
            break
        place = inner
    _change(draw(st.sampled_from(("replace", "remove", "repeat", "near"))), place, key, draw(NESTED))
    try:
        return zstandard.compress(msgspec.msgpack.encode(root[0] if root else None))
    except (TypeError, OverflowError):
        return zstandard.compress(DEEP)


def _change(how: str, place: Any, key: Any, junk: Any) -> None:
    if how == "remove":
        del place[key]
    elif how == "repeat" and isinstance(place, list):
        place.append(place[key])
    elif how == "near" and isinstance(place[key], int) and not isinstance(place[key], bool):
        place[key] += 1
    elif how == "near" and isinstance(place[key], bytes) and place[key]:
        place[key] = bytes([place[key][0] ^ 1]) + place[key][1:]
    else:
        place[key] = junk


def junk_like(message: bytes) -> st.SearchStrategy[bytes]:
    """Return what may come in the place of a packed message."""
    return st.one_of(
        changed(message),
        changed(message),
        st.binary(max_size=60),
        st.integers(0, len(message) - 1).map(lambda end: message[:end]),
        st.tuples(st.integers(0, len(message) - 1), st.integers(0, 7)).map(
            lambda where: _flipped(message, *where)
        ),
        NESTED.map(_packed),
        st.sampled_from([zstandard.compress(DEEP), zstandard.compress(NOT_TEXT), message + message, b""]),
    )


def bomb(size: int) -> bytes:
    """Return a small message that needs `size` bytes when it is opened."""
    return zstandard.compress(b"\xc6" + size.to_bytes(4) + bytes(size))


def _flipped(message: bytes, place: int, bit: int) -> bytes:
    return message[:place] + bytes([message[place] ^ (1 << bit)]) + message[place + 1 :]


def _packed(value: Any) -> bytes:
    try:
        return zstandard.compress(msgspec.msgpack.encode(value))
    except (TypeError, OverflowError):
        return zstandard.compress(NOT_TEXT)
