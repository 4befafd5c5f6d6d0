"""A field that holds a catalogue's code is read by its title: list, order, filter, form, timeline, search, export."""

from collections.abc import Iterator
from pathlib import Path
from uuid import UUID

import pytest

from desktop.models.catalogues import INCIDENT_TYPES, IncidentType
from desktop.models.incidents.records import Incident
from desktop.models.incidents.register import INCIDENTS
from desktop.operations.context import Context
from desktop.operations.history import history
from desktop.operations.incidents.progress import classify
from desktop.operations.names import names_of
from desktop.operations.queries import MASK, ListSpec, code_options, group_counts, list_rows, page_rows
from desktop.operations.record_queries import record_view
from desktop.operations.registers import open_confidential
from desktop.operations.search import search_everything
from desktop.register.record import Confidentiality
from tests.support.central import Central, open_central

TYPE = [column.key for column in INCIDENTS.columns].index("type_code")


@pytest.fixture
def central(tmp_path: Path) -> Iterator[Central]:
    with open_central(tmp_path) as opened:
        yield opened


def _title(central: Central, code: str) -> str:
    return central.ask(lambda ctx: names_of(ctx, INCIDENT_TYPES, (code,)))[code]


def _open(central: Central, *codes: str) -> list[UUID]:
    return [central.open("ruido", type_code=code).id for code in codes]


def _types(central: Central, spec: ListSpec) -> list[str]:
    rowids = central.ask(list_rows, INCIDENTS, spec)
    return [row.cells[TYPE] for row in central.ask(page_rows, INCIDENTS, rowids)]


def _unknown(ctx: Context, incident_id: UUID) -> None:
    ctx.get(Incident, incident_id).type_code = "ZZ9"
    ctx.name_operation("incidents.edit")


def test_the_list_shows_titles_and_goes_by_them(central: Central) -> None:
    codes = central.ask(
        lambda ctx: [
            kind.code
            for kind in ctx.session.query(IncidentType).filter_by(raised_to=None, is_sensitive=False)
        ]
    )[:6]
    _open(central, *codes)
    titles = sorted((_title(central, code) for code in codes), key=str.casefold)

    shown = _types(central, ListSpec(sort="type_code"))

    assert set(codes).isdisjoint(shown)
    assert [title.casefold() for title in shown] == [title.casefold() for title in titles]
    assert _types(central, ListSpec(sort="type_code", newest_first=True)) == shown[::-1]
    first = central.ask(list_rows, INCIDENTS, ListSpec(sort="type_code"), 3)
    assert len(first) == 3


def test_an_unknown_code_is_shown_as_it_is(central: Central) -> None:
    (incident,) = _open(central, "A01")
    central.do(_unknown, incident)

    assert _types(central, ListSpec()) == ["ZZ9"]
    view = central.ask(record_view, INCIDENTS, incident)
    assert (view.field("type_code").text, view.field("type_code").value) == ("ZZ9", "ZZ9")


def test_form_name_search_and_timeline_say_the_title(central: Central) -> None:
    (incident,) = _open(central, "A01")
    central.do(classify, incident, "A02")
    first, second = _title(central, "A01"), _title(central, "A02")

    view = central.ask(record_view, INCIDENTS, incident)

    assert view.field("type_code").text == second
    assert second in view.name
    hits = central.ask(search_everything, view.code)
    assert second in hits[0].title
    changes = [
        change
        for entry in central.ask(history, INCIDENTS, incident)
        for change in entry.changes
        if change.label == view.field("type_code").label
    ]
    assert (first, second) in [(change.old, change.new) for change in changes]


def test_a_filter_offers_titles_and_an_editor_the_code_beside(central: Central) -> None:
    _open(central, "A01", "A01", "A02")
    title = _title(central, "A01")

    counts = central.ask(group_counts, INCIDENTS, ListSpec(), "type_code")
    options = central.ask(code_options, INCIDENT_TYPES, title)

    assert counts[0] == ("A01", title, 2)
    assert ("A01", f"{title} · A01") in options


def test_a_confidential_incident_shows_its_code_and_no_title_until_its_reason(central: Central) -> None:
    incident = central.open("mi marido me está pegando").id
    stored = central.row(Incident, incident)
    assert stored.confidentiality.rank >= Confidentiality.RESERVED.rank
    assert stored.type_code is not None
    title = _title(central, stored.type_code)
    central.clock.advance(7200)

    rowids = central.ask(list_rows, INCIDENTS, ListSpec())
    (row,) = central.ask(page_rows, INCIDENTS, rowids)
    locked = central.ask(record_view, INCIDENTS, incident)
    hits = central.ask(search_everything, stored.code)

    assert (row.is_masked, row.cells[TYPE]) == (True, stored.type_code)
    assert MASK in row.cells
    assert locked.field("type_code").text == stored.type_code
    shown = [*row.cells, locked.name, *(field.text for part in locked.sections for field in part.fields)]
    assert all(title not in words for words in [*shown, *(hit.title + hit.subtitle for hit in hits)])
    central.do(open_confidential, INCIDENTS, incident, "Seguimiento del caso")
    assert central.ask(record_view, INCIDENTS, incident).field("type_code").text == title
