"""Codes of an authenticator as the RFC gives them, each good once; codes on paper for a lost telephone."""

import base64
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs, unquote, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop.core.second_factor import (
    accepted_step,
    code_of,
    enrolment_uri,
    hashed_paper_code,
    new_paper_codes,
    new_secret,
    step_at,
    use_paper_code,
)

RFC_SECRET = base64.b32encode(b"12345678901234567890").decode()
NOW = datetime(2026, 3, 16, 17, 0, 10, tzinfo=UTC)
STEP = timedelta(seconds=30)


@pytest.mark.parametrize(
    ("seconds", "code"),
    [
        (59, "94287082"),
        (1_111_111_109, "07081804"),
        (1_111_111_111, "14050471"),
        (1_234_567_890, "89005924"),
        (2_000_000_000, "69279037"),
        (20_000_000_000, "65353130"),
    ],
)
def test_the_codes_are_those_of_rfc_6238(seconds: int, code: str) -> None:
    at = datetime.fromtimestamp(seconds, UTC)

    assert code_of(RFC_SECRET, step_at(at), digits=8) == code
    assert accepted_step(RFC_SECRET, code[2:], at) == seconds // 30


@pytest.mark.parametrize(
    ("count", "code"), list(enumerate(["755224", "287082", "359152", "969429", "338314", "254676"]))
)
def test_the_codes_are_those_of_rfc_4226(count: int, code: str) -> None:
    assert code_of(RFC_SECRET, count) == code


@pytest.mark.parametrize(("off", "is_good"), [(-2, False), (-1, True), (0, True), (1, True), (2, False)])
def test_a_telephone_may_be_one_step_off(off: int, is_good: bool) -> None:
    secret = new_secret()
    code = code_of(secret, step_at(NOW) + off)
    others = {code_of(secret, step_at(NOW) + step) for step in (-1, 0, 1)}

    assert (accepted_step(secret, code, NOW) is not None) == (is_good or code in others)


def test_a_code_works_once_and_the_next_one_works_again() -> None:
    code = code_of(RFC_SECRET, step_at(NOW))
    used = accepted_step(RFC_SECRET, code, NOW)
    assert used == step_at(NOW)

    assert accepted_step(RFC_SECRET, code, NOW, used) is None
    assert accepted_step(RFC_SECRET, code, NOW + STEP, used) is None
    earlier = code_of(RFC_SECRET, step_at(NOW) - 1)
    assert accepted_step(RFC_SECRET, earlier, NOW, used) is None
    following = code_of(RFC_SECRET, step_at(NOW) + 1)
    assert accepted_step(RFC_SECRET, following, NOW + STEP, used) == used + 1


def test_spaces_between_the_digits_do_not_matter() -> None:
    code = code_of(RFC_SECRET, step_at(NOW))

    assert accepted_step(RFC_SECRET, f" {code[:3]} {code[3:]} ", NOW) == step_at(NOW)


@given(typed=st.text(max_size=12))
def test_whatever_is_typed_is_accepted_only_when_it_is_a_code_of_now(typed: str) -> None:
    good = {code_of(RFC_SECRET, step_at(NOW) + step) for step in (-1, 0, 1)}

    assert (accepted_step(RFC_SECRET, typed, NOW) is not None) == ("".join(typed.split()) in good)


def test_the_address_for_the_authenticator_carries_names_with_accents() -> None:
    uri = urlsplit(enrolment_uri(RFC_SECRET, "msoto", "Atalaya Ñuñoa & Cía"))

    assert (uri.scheme, uri.netloc) == ("otpauth", "totp")
    assert unquote(uri.path) == "/Atalaya Ñuñoa & Cía:msoto"
    assert parse_qs(uri.query) == {
        "secret": [RFC_SECRET],
        "issuer": ["Atalaya Ñuñoa & Cía"],
        "algorithm": ["SHA1"],
        "digits": ["6"],
        "period": ["30"],
    }


def test_secrets_are_long_and_never_twice_the_same() -> None:
    made = {new_secret() for _ in range(100)}

    assert len(made) == 100
    assert all(len(base64.b32decode(secret)) == 20 for secret in made)


def test_a_paper_code_opens_once_however_it_was_copied() -> None:
    codes = new_paper_codes()
    kept = tuple(hashed_paper_code(code) for code in codes)

    left = use_paper_code(kept, codes[3].lower().replace("-", " ").replace("0", "o"))

    assert left == kept[:3] + kept[4:]
    assert use_paper_code(left, codes[3]) is None
    assert use_paper_code(left, codes[4]) == kept[:3] + kept[5:]


def test_wrong_paper_codes_open_nothing_and_the_kept_ones_tell_nothing() -> None:
    codes = new_paper_codes()
    kept = tuple(hashed_paper_code(code) for code in codes)

    assert use_paper_code(kept, "") is None
    assert use_paper_code(kept, "0000-0000-0000-0000") is None
    assert use_paper_code((), codes[0]) is None
    assert use_paper_code(kept, kept[0]) is None
    assert hashed_paper_code(codes[0]) != kept[0]
    assert len(set(codes)) == 8
