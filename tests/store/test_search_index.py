"""The index follows every write, and finds what a person types the way that a person types it."""

from pathlib import Path
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop.models.people import StaffMember
from desktop.register.record import Confidentiality
from desktop.store.search import match_expression
from desktop.store.store import Store
from desktop.store.unit_of_work import UnitOfWork
from tests.support.profiles import OPERATOR, open_store
from tests.support.work import add_incident, add_member, change_member, import_members

ALL = {"staff": 3, "incidents": 3, "incident_lines": 3}


def _find(store: Store, query: str, readable: dict[str, int] | None = None) -> list[UUID]:
    allowed = ALL if readable is None else readable
    hits = store.read(lambda session: store.search.find(session.connection(), query, allowed)).result()
    return [hit.record_id for hit in hits]


@pytest.mark.parametrize(
    "query",
    [
        "Ñancupil",
        "nancupil",
        "ÑANCUPIL",
        "ñancu",
        "o'higgins",
        "O'Higg",
        "josé ñancupil",
        "jose",
        "o’higgins josé",
    ],
)
def test_accents_capitals_and_apostrophes_do_not_matter(store: Store, query: str) -> None:
    member = add_member(store, "José Ñancupil O'Higgins")
    add_member(store, "Otra Persona")

    assert _find(store, query) == [member]


@pytest.mark.parametrize("query", ["12345678-5", "12.345.678-5", "123456785", "12345678-", "12.345"])
@pytest.mark.parametrize("stored", ["12345678-5", "12.345.678-5"])
def test_a_run_is_found_in_every_form(store: Store, query: str, stored: str) -> None:
    if query in {"12345678-", "12.345"} and ("." in query) != ("." in stored):
        return
    member = add_member(store, "Marta Soto", run=stored)
    add_member(store, "Otra Persona", run="12345679-3")

    assert member in _find(store, query)
    assert len(_find(store, query)) == (2 if query == "12.345" and "." not in stored else 1)


def test_a_code_is_found_whole_and_by_its_beginning(store: Store) -> None:
    first, second = add_incident(store, "Riña", lines=0), add_incident(store, "Choque", lines=0)
    code = store.read(lambda session: session.connection().exec_driver_sql(
        "SELECT code FROM incidents WHERE id = ?", (second.bytes,)).scalar_one()).result()  # fmt: skip

    assert _find(store, code) == [second]
    assert _find(store, code[:-2]) == [second]
    assert _find(store, code.lower()) == [second]
    assert _find(store, "INC-26-K7") == [second, first]


def test_an_edit_takes_the_old_words_out_and_puts_the_new_ones_in(store: Store) -> None:
    member = add_member(store, "Marta Soto", callsign="M21")

    change_member(store, member, callsign="Z99")

    assert _find(store, "M21") == []
    assert _find(store, "Z99") == [member]
    assert _find(store, "marta z99") == [member]


def test_a_bulk_change_is_found_by_its_new_words(store: Store) -> None:
    member = add_member(store, "Marta Soto", callsign="M21")

    store.write(
        OPERATOR, "test", lambda unit: unit.set_rows(StaffMember, [member], {"callsign": "Z99"})
    ).result()

    assert _find(store, "M21") == []
    assert _find(store, "Z99") == [member]


def test_what_became_secret_is_found_by_nobody_below(store: Store) -> None:
    one, other = add_member(store, "Marta Soto"), add_member(store, "Marta Rojas")
    assert len(_find(store, "marta", {"staff": 1})) == 2

    change_member(store, one, confidentiality=Confidentiality.SECRET)
    store.write(
        OPERATOR,
        "test",
        lambda unit: unit.set_rows(StaffMember, [other], {"confidentiality": Confidentiality.RESERVED}),
    ).result()

    assert _find(store, "marta", {"staff": 1}) == []
    assert _find(store, "marta", {"staff": 2}) == [other]
    assert _find(store, "marta", {"staff": 3}) == [other, one]


def test_a_bulk_row_keeps_its_secrecy_in_the_index(store: Store) -> None:
    rows = [{"full_name": "Marta Soto", "confidentiality": Confidentiality.SECRET}]

    store.write(OPERATOR, "test", lambda unit: unit.add_rows(StaffMember, rows)).result()

    assert _find(store, "marta", {"staff": 2}) == []
    assert len(_find(store, "marta", {"staff": 3})) == 1


def test_a_register_that_may_not_be_read_is_absent(store: Store) -> None:
    add_member(store, "Riña Marta")
    incident = add_incident(store, "Riña", lines=0)

    assert _find(store, "riña", {"incidents": 3}) == [incident]
    assert _find(store, "riña", {}) == []


def test_hits_come_newest_first_and_no_more_than_asked(store: Store) -> None:
    import_members(store, 120)

    hits = _find(store, "persona imp")

    assert len(hits) == 50
    assert hits == sorted(hits, reverse=True)


def test_a_write_that_failed_is_not_found(store: Store) -> None:
    def fail(unit: UnitOfWork) -> None:
        unit.add_rows(StaffMember, [{"full_name": "Fantasma"}])
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        store.write(OPERATOR, "test", fail).result()

    assert _find(store, "fantasma") == []


def test_nothing_that_is_typed_upsets_the_index(empty_profile: Path, tmp_path: Path) -> None:
    path = tmp_path / "atalaya.db"
    path.write_bytes(empty_profile.read_bytes())
    with open_store(path) as store:
        member = add_member(store, "Marta Soto")

        @given(st.text(max_size=20))
        def typed(query: str) -> None:
            assert set(_find(store, query)) <= {member}

        typed()
        for query in ('"', "*", "a OR", "NEAR(", "full_name:x", "^a", "-", "12.345.678-k AND", "a\0b"):
            assert set(_find(store, query)) <= {member}


def test_signs_alone_ask_nothing() -> None:
    assert match_expression(" - * \" ' ") == ""
