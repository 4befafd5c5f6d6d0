"""The second factor of a sign-in: codes of an authenticator application, and codes on paper for when it is lost.

Works without a network: both sides only share a secret and the time. Source: RFC 4226 and RFC 6238, with SHA-1, six
digits and steps of 30 s, which is what every authenticator understands.
"""

import base64
import hashlib
import hmac
import secrets
from collections.abc import Sequence
from datetime import datetime
from urllib.parse import quote, urlencode

from desktop.core.errors import UserError

STEP_S = 30
DIGITS = 6
DRIFT_STEPS = 1
"""A telephone may be half a minute off, and a person takes a while to type."""
_SECRET_BYTES = 20
_PAPER_SIGNS = 16
_PAPER_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_SALT_BYTES = 16


class CodeNeeded(UserError):
    """The password is right and the account has a second factor: ask for the code."""


def new_secret() -> str:
    """Return a new secret in Base32, as authenticators take it."""
    return base64.b32encode(secrets.token_bytes(_SECRET_BYTES)).decode()


def enrolment_uri(secret: str, account: str, issuer: str) -> str:
    """Return the address that an authenticator reads from a QR code."""
    label = quote(f"{issuer}:{account}", safe="")
    values = {"secret": secret, "issuer": issuer, "algorithm": "SHA1", "digits": DIGITS, "period": STEP_S}
    return f"otpauth://totp/{label}?{urlencode(values, quote_via=quote)}"


def code_of(secret: str, step: int, digits: int = DIGITS) -> str:
    """Return the code of a step: the count of half minutes since 1970."""
    key = base64.b32decode(secret)
    digest = hmac.digest(key, step.to_bytes(8, "big"), hashlib.sha1)
    place = digest[-1] & 0x0F
    number = int.from_bytes(digest[place : place + 4], "big") & 0x7FFF_FFFF
    return str(number % 10**digits).zfill(digits)


def step_at(now: datetime) -> int:
    """Return the step of an instant."""
    return int(now.timestamp()) // STEP_S


def accepted_step(secret: str, typed: str, now: datetime, last_step: int | None = None) -> int | None:
    """Return the step that a typed code belongs to, or None when it is wrong, old, or was used already.

    Keep the step and give it back as `last_step`: a code that somebody read over the shoulder works once.
    """
    code = "".join(typed.split()).encode()
    here = step_at(now)
    found = None
    for step in range(max(0, here - DRIFT_STEPS), here + DRIFT_STEPS + 1):
        is_new = last_step is None or step > last_step
        if hmac.compare_digest(code_of(secret, step).encode(), code) and is_new and found is None:
            found = step
    return found


def new_paper_codes(count: int = 8) -> tuple[str, ...]:
    """Return codes to be printed once; each opens the account one time without the telephone."""
    made = []
    for _ in range(count):
        signs = "".join(secrets.choice(_PAPER_ALPHABET) for _ in range(_PAPER_SIGNS))
        made.append("-".join(signs[place : place + 4] for place in range(0, _PAPER_SIGNS, 4)))
    return tuple(made)


def hashed_paper_code(code: str) -> str:
    """Return what is kept of a paper code. Its 80 bits of chance need no slow hash."""
    salt = secrets.token_bytes(_SALT_BYTES)
    return f"{salt.hex()}:{_paper_hash(salt, code)}"


def use_paper_code(kept: Sequence[str], typed: str) -> tuple[str, ...] | None:
    """Return the codes that are left after using one, or None when it is none of them."""
    used = None
    for place, held in enumerate(kept):
        salt, _, expected = held.partition(":")
        if hmac.compare_digest(_paper_hash(bytes.fromhex(salt), typed), expected):
            used = place
    return None if used is None else (*kept[:used], *kept[used + 1 :])


def _paper_hash(salt: bytes, code: str) -> str:
    plain = "".join(code.upper().replace("O", "0").replace("I", "1").replace("L", "1").split("-"))
    return hmac.new(salt, "".join(plain.split()).encode(), hashlib.sha256).hexdigest()
