"""Lists: order, filters, words, rights, masks; over a real encrypted file."""

import gc
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from functools import partial
from typing import Any

import pytest
import sqlcipher3.dbapi2 as sqlcipher
from sqlalchemy import select
from sqlalchemy.orm import Session

from desktop.core.errors import Cancelled
from desktop.models.catalogues import Street
from desktop.models.incidents.records import Incident
from desktop.models.incidents.states import IncidentStatus, Priority
from desktop.models.people import StaffMember
from desktop.register.record import Confidentiality, Record
from desktop.store import lists
from desktop.store.lists import (
    Compare,
    Condition,
    ListSpec,
    Source,
    group_counts,
    page,
    row_ids,
    rowid_of,
)
from desktop.store.store import Store
from tests.support.profiles import OPERATOR

SECRET, INTERNAL = Confidentiality.SECRET, Confidentiality.INTERNAL
OPEN = frozenset({"code", "priority", "status", "reported_at"})
INCIDENTS = Source(Incident, "incidents", SECRET, OPEN)
STREETS = Source(Street, "streets", SECRET, frozenset())
NOON = datetime(2026, 3, 16, 15, 0, tzinfo=UTC)


def _add(store: Store, model: type[Record], rows: Sequence[dict[str, Any]]) -> None:
    store.write(OPERATOR, "test", lambda unit: unit.add_rows(model, list(rows))).result()


def _incident(number: int, **values: Any) -> dict[str, Any]:
    return {"code": f"INC-{number:03d}", "reported_at": NOON + timedelta(hours=number), **values}


def _streets(store: Store, *names: str) -> None:
    _add(store, Street, [{"name": name} for name in names])


def _shown(store: Store, source: Source, spec: ListSpec, name: str, limit: int | None = None) -> list[Any]:
    def read(session: Session) -> list[Any]:
        ids = row_ids(session, source, spec, limit)
        rows = page(session, source, (name,), ids)
        return [rows[rowid][name] for rowid in ids]

    return store.read(read).result()


def test_text_is_ordered_as_in_a_directory(store: Store) -> None:
    _streets(store, "Ñuble", "Zañartu", "Álamos", "nogales", "Alerce", "Oñate")

    assert _shown(store, STREETS, ListSpec(sort="name"), "name") == [
        "Álamos",
        "Alerce",
        "nogales",
        "Ñuble",
        "Oñate",
        "Zañartu",
    ]


def test_what_has_no_text_stays_last_in_both_directions(store: Store) -> None:
    _add(
        store,
        Street,
        [{"name": "A", "sector": None}, {"name": "B", "sector": "Sur"}, {"name": "C", "sector": "Este"}],
    )

    assert _shown(store, STREETS, ListSpec(sort="sector"), "name") == ["C", "B", "A"]
    assert _shown(store, STREETS, ListSpec(sort="sector", newest_first=True), "name") == ["B", "C", "A"]


def test_a_choice_is_ordered_as_it_was_declared(store: Store) -> None:
    states = [IncidentStatus.CLOSED, IncidentStatus.ENTERED, IncidentStatus.DISPATCHED]
    _add(store, Incident, [_incident(number, status=status) for number, status in enumerate(states)])

    assert _shown(store, INCIDENTS, ListSpec(sort="status"), "status") == [
        IncidentStatus.ENTERED,
        IncidentStatus.DISPATCHED,
        IncidentStatus.CLOSED,
    ]


def test_the_first_rows_are_the_first_of_the_whole_list(store: Store) -> None:
    _add(store, Incident, [_incident(number) for number in range(50)])
    spec = ListSpec(sort="reported_at", newest_first=True)

    first = store.read(lambda session: row_ids(session, INCIDENTS, spec, 10)).result()
    whole = store.read(lambda session: row_ids(session, INCIDENTS, spec)).result()

    assert len(whole) == 50
    assert first == whole[:10]
    assert whole.itemsize == 8


def test_a_day_of_a_filter_is_a_civil_day_of_santiago(store: Store) -> None:
    late = datetime(2026, 3, 17, 2, 30, tzinfo=UTC)  # 23:30 of the 16th in Santiago
    _add(
        store,
        Incident,
        [{"code": "LATE", "reported_at": late}, {"code": "NEXT", "reported_at": late + timedelta(hours=1)}],
    )
    day = date(2026, 3, 16)
    spec = ListSpec((Condition("reported_at", Compare.BETWEEN, (), day, day),))

    assert _shown(store, INCIDENTS, spec, "code") == ["LATE"]


def test_a_range_may_be_open_at_either_end(store: Store) -> None:
    _add(store, Street, [{"name": str(number), "number_from": number} for number in (1, 5, 9)])
    below = ListSpec((Condition("number_from", Compare.BETWEEN, (), None, 5),), sort="number_from")
    above = ListSpec((Condition("number_from", Compare.BETWEEN, (), 5, None),), sort="number_from")

    assert _shown(store, STREETS, below, "name") == ["1", "5"]
    assert _shown(store, STREETS, above, "name") == ["5", "9"]


def test_empty_is_one_of_the_values_that_can_be_chosen(store: Store) -> None:
    _add(
        store,
        Street,
        [{"name": "A", "sector": None}, {"name": "B", "sector": "Sur"}, {"name": "C", "sector": "Este"}],
    )
    spec = ListSpec((Condition("sector", Compare.IN, (None, "Sur")),), sort="name")

    assert _shown(store, STREETS, spec, "name") == ["A", "B"]


@pytest.mark.parametrize("words", ["alamos", "ÁLA", "los  ala"])
def test_typed_words_find_without_accents_and_unfinished(store: Store, words: str) -> None:
    _streets(store, "Los Álamos", "Los Robles")

    assert _shown(store, STREETS, ListSpec(words=words), "name") == ["Los Álamos"]


@pytest.mark.parametrize("words", ['"', "*", "-", "NEAR(", "' OR 1=1 --", "\x00"])
def test_signs_that_are_no_words_find_nothing_and_break_nothing(store: Store, words: str) -> None:
    _streets(store, "Los Álamos")

    assert _shown(store, STREETS, ListSpec(words=words), "name") == []


def test_voided_rows_are_shown_only_when_asked_for(store: Store) -> None:
    _streets(store, "Una", "Otra")

    def void(unit: Any) -> None:
        street = unit.session.scalars(select(Street).where(Street.name == "Una")).one()
        street.voided_at = NOON

    store.write(OPERATOR, "void", void).result()

    assert _shown(store, STREETS, ListSpec(sort="name"), "name") == ["Otra"]
    assert _shown(store, STREETS, ListSpec(sort="name", with_voided=True), "name") == ["Otra", "Una"]


def test_rows_above_the_ceiling_are_nowhere(store: Store) -> None:
    levels = list(Confidentiality)
    _add(store, Incident, [_incident(number, confidentiality=level) for number, level in enumerate(levels)])
    spec = ListSpec(sort="code")

    for place, level in enumerate(levels):
        source = Source(Incident, "incidents", level, OPEN)
        assert len(_shown(store, source, spec, "code")) == place + 1
        counts = store.read(partial(group_counts, source=source, spec=spec, attribute="priority")).result()
        assert counts == [(Priority.P3, place + 1)]
    nobody = Source(Incident, "incidents", None, OPEN)
    assert _shown(store, nobody, spec, "code") == []


def test_a_row_above_the_ceiling_cannot_be_had_by_its_number_either(store: Store) -> None:
    _add(store, Incident, [_incident(1, confidentiality=SECRET)])
    below = Source(Incident, "incidents", INTERNAL, OPEN)

    def read(session: Session) -> tuple[object, ...]:
        record_id = session.scalars(select(Incident.id)).one()
        rowid = row_ids(session, INCIDENTS, ListSpec())[0]
        return (
            page(session, below, ("code",), [rowid]),
            rowid_of(session, below, record_id),
            rowid_of(session, INCIDENTS, record_id),
        )

    assert store.read(read).result() == ({}, None, 1)


def test_words_of_a_confidential_row_are_masked_and_its_class_is_not(store: Store) -> None:
    rows = [
        _incident(1, address="Picarte 1", confidentiality=Confidentiality.RESERVED),
        _incident(2, address="Picarte 2", is_sensitive=True),
        _incident(3, address="Picarte 3"),
    ]
    _add(store, Incident, rows)

    assert _shown(store, INCIDENTS, ListSpec(sort="code"), "address") == [None, None, "Picarte 3"]
    assert _shown(store, INCIDENTS, ListSpec(sort="code"), "code") == ["INC-001", "INC-002", "INC-003"]


def test_a_filter_order_or_count_by_masked_words_tells_nothing_of_them(store: Store) -> None:
    _add(
        store,
        Incident,
        [
            _incident(1, sector="Sur", confidentiality=Confidentiality.RESERVED),
            _incident(2, sector="Norte"),
        ],
    )
    by_sector = ListSpec((Condition("sector", Compare.IN, ("Sur",)),))

    assert _shown(store, INCIDENTS, by_sector, "code") == []
    counts = store.read(lambda session: group_counts(session, INCIDENTS, ListSpec(), "sector")).result()
    assert sorted(counts, key=str) == [("Norte", 1), (None, 1)]
    assert _shown(store, INCIDENTS, ListSpec(sort="sector"), "code") == ["INC-002", "INC-001"]


def test_a_long_read_stops_when_it_is_cancelled(store: Store) -> None:
    _streets(store, "Una")
    endless = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n"
    reading = store.read(lambda session: session.connection().exec_driver_sql(endless).scalar())
    while not reading.running():
        pass

    reading.cancel()

    with pytest.raises(Cancelled):
        reading.result(timeout=20)
    assert _shown(store, STREETS, ListSpec(), "name") == ["Una"]


def test_a_walk_that_was_stopped_takes_no_row_from_the_next_one(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lists, "BATCH", 10)
    _streets(store, *(f"Calle {number}" for number in range(400)))

    def walk_twice(session: Session) -> int:
        raw: Any = session.connection().connection.dbapi_connection
        calls = 0

        def stop() -> int:
            nonlocal calls
            calls += 1
            return int(calls == 8)

        # The error holds the walk's frames, as the future of a list that was replaced does.
        raw.set_progress_handler(stop, 200)
        with pytest.raises(sqlcipher.OperationalError, match="interrupted") as held:
            row_ids(session, STREETS, ListSpec())
        kept = [held]
        del held
        session.rollback()
        calls = 0

        def forget() -> int:
            nonlocal calls
            calls += 1
            if calls == 8:
                kept.clear()
                gc.collect()
            return 0

        raw.set_progress_handler(forget, 200)
        try:
            return len(row_ids(session, STREETS, ListSpec()))
        finally:
            raw.set_progress_handler(None, 0)

    assert store.read(walk_twice).result() == 400


def test_flags_and_masks_keep_their_types(store: Store) -> None:
    _add(store, StaffMember, [{"full_name": "Ana", "credential_until": date(2026, 5, 1), "is_active": False}])
    staff = Source(StaffMember, "staff", SECRET, frozenset())

    assert _shown(store, staff, ListSpec(), "is_active") == [False]
    assert _shown(store, staff, ListSpec(), "credential_until") == [date(2026, 5, 1)]
