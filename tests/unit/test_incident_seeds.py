"""The catalogues that a new municipality starts with."""

import re

import pytest

from desktop.core.formats import normalise_phone
from desktop.models.incidents.seed_protocols import PROTOCOLS
from desktop.models.incidents.seeds import FAMILIES, SERVICES, TYPE_BY_CODE, TYPES, TypeSeed
from desktop.models.incidents.states import Priority
from desktop.register.record import Confidentiality

OWN_PROTOCOL = {
    *("A01", "A02", "A06", "A09", "A10", "B01", "B02", "B03", "B04", "B06", "B07", "E01", "E07", "E09"),
    *("F01", "F03", "G01", "G02", "G03", "G04", "G05", "G08", "G09", "G10", "G11", "I05"),
}


def test_the_catalogue_has_every_type_of_the_guide_once() -> None:
    expected = {"A": 11, "B": 8, "C": 11, "D": 5, "E": 12, "F": 7, "G": 11, "H": 4, "I": 8}
    assert len(TYPE_BY_CODE) == len(TYPES) == sum(expected.values())
    for letter, count in expected.items():
        assert [t.code for t in TYPES if t.letter == letter] == [
            f"{letter}{n:02d}" for n in range(1, count + 1)
        ]
    assert set(expected) == set(FAMILIES)


@pytest.mark.parametrize("seed", TYPES, ids=lambda seed: seed.code)
def test_every_type_refers_only_to_services_that_exist(seed: TypeSeed) -> None:
    assert set(seed.services) <= {service.short_name for service in SERVICES}
    assert seed.family


def test_sensitive_types_are_reserved_or_secret_and_name_those_of_the_guide() -> None:
    sensitive = {seed.code for seed in TYPES if seed.is_sensitive}
    assert {"A10", "A11", "B01", "B02", "B03", "B04", "B07"} <= sensitive
    for seed in TYPES:
        assert not seed.is_sensitive or seed.raised_to in {Confidentiality.RESERVED, Confidentiality.SECRET}


def test_violent_crimes_and_fires_are_critical_and_street_lights_are_not() -> None:
    assert all(
        TYPE_BY_CODE[code].priority is Priority.P1 for code in ("A02", "A09", "B01", "F03", "G01", "G03")
    )
    assert TYPE_BY_CODE["H01"].priority is Priority.P4


def test_services_have_distinct_names_and_telephones_in_stored_form() -> None:
    assert len({service.short_name for service in SERVICES}) == len(SERVICES)
    for service in SERVICES:
        assert service.phone is None or normalise_phone(service.phone) == service.phone


@pytest.mark.parametrize("seed", TYPES, ids=lambda seed: seed.code)
def test_every_type_has_a_protocol_and_the_dangerous_ones_their_own(seed: TypeSeed) -> None:
    assert any(protocol.type_codes == (seed.letter,) for protocol in PROTOCOLS)
    own = any(seed.code in protocol.type_codes for protocol in PROTOCOLS)
    assert own or seed.code not in OWN_PROTOCOL


def test_protocols_are_versioned_short_and_cite_their_ground() -> None:
    for protocol in PROTOCOLS:
        assert protocol.version == 1
        assert protocol.source
        assert 4 <= len(protocol.steps) <= 8
        assert len(set(protocol.steps)) == len(protocol.steps)
        for step in protocol.steps:
            assert len(step) <= 125
            assert step.endswith((".", "?"))
        for code in protocol.type_codes:
            assert code in TYPE_BY_CODE or code in FAMILIES


def test_protocols_send_people_only_to_numbers_of_the_catalogue() -> None:
    known = {service.phone for service in SERVICES}
    for protocol in PROTOCOLS:
        text = " ".join(protocol.steps)
        for number in re.findall(r"(?:al|fonos?|, al) (\*?1\d{2,3}|\*\d{4})\b", text):
            assert number in known


def test_the_law_is_in_the_steps() -> None:
    def steps(code: str) -> str:
        return " ".join(next(protocol for protocol in PROTOCOLS if code in protocol.type_codes).steps)

    assert "no interrogue al niño" in steps("B04")
    assert "rastros" in steps("A01")
    assert "rastros" in steps("G01")
    assert "24 horas" in steps("B01")
    assert "no graba audio" in steps("E01")
