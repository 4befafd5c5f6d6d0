"""What holds for every declared register, so that a new one gets these tests free."""

import csv
import os
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

import pytest
from pypdf import PdfReader
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot
from sqlalchemy import select

from desktop.core.errors import AtalayaError, NotAllowed, UserError
from desktop.models.catalogue import BY_KEY, REGISTERS
from desktop.models.roles import Role, rights_of
from desktop.operations import queries, record_queries, registers
from desktop.operations.context import Actor, ReadContext
from desktop.operations.copies import Copies
from desktop.operations.documents.letterhead import Letterhead
from desktop.operations.export import RecordDocuments
from desktop.operations.history import history
from desktop.operations.names import code_of, open_attributes, owner_register
from desktop.operations.queries import ListSpec
from desktop.operations.record_sheets import record_sheet
from desktop.operations.search import search_everything
from desktop.operations.station import Station
from desktop.register.access import Action
from desktop.register.kinds import Kind, choices_of, kind_of
from desktop.register.record import Confidentiality, field_info
from desktop.register.spec import Attribute, Register
from desktop.views.icons import Icons
from desktop.views.tasks import Progress
from desktop.views.theme import Theme
from tests.support.register_pages import open_page
from tests.support.samples import complete_row, labelled, sample
from tests.support.stations import SUPERVISOR, open_station, somebody

ALL = [pytest.param(register, id=register.key) for register in REGISTERS]
FORMS = [pytest.param(register, id=register.key) for register in REGISTERS if register.generic_forms]
PAGES = [register.key for register in REGISTERS if register.page]
THEMES = ("dark", "light", "contrast")
ROLES = [pytest.param(role, id=role.value) for role in Role]
ALSO_GRANTED = frozenset({"audit", "backups", "keys", "self_check", "exchange"})
"""What roles are granted that is a page of its own and no register of records."""


def _named(register: Register) -> Iterable[Attribute]:
    """Return every field that the declaration names."""
    yield from register.name_by
    yield from register.columns
    yield from register.filters
    yield from register.search
    for section in register.form:
        yield from section.fields


@pytest.fixture
def station(tmp_path: Path) -> Iterator[Station]:
    with open_station(tmp_path) as opened:
        yield opened


# --- The declaration -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("register", ALL)
def test_everything_that_people_read_is_labelled_in_spanish(register: Register) -> None:
    texts = [register.title, register.singular, register.empty]
    texts += [section.title for section in register.form]
    texts += [report.title for report in register.reports]
    texts += [field_info(column).label for _, column in labelled(register)]
    texts += [field_info(field).label for field in _named(register)]
    if register.workflow is not None:
        texts += [transition.title for transition in register.workflow.transitions]

    for text in texts:
        assert text.strip() == text != ""
        assert text[0].isupper(), text
        assert "_" not in text


@pytest.mark.parametrize("register", ALL)
def test_every_choice_is_labelled_and_no_two_are_alike(register: Register) -> None:
    for _, column in labelled(register):
        if kind_of(column) is Kind.CHOICE:
            labels = [choice.label for choice in choices_of(column)]
            assert all(labels)
            assert len(set(labels)) == len(labels), labels


@pytest.mark.parametrize("register", ALL)
def test_every_reference_points_to_a_register(register: Register) -> None:
    for _, column in labelled(register):
        reference = field_info(column).reference
        assert reference == "" or reference in BY_KEY


@pytest.mark.parametrize("register", ALL)
def test_every_code_is_of_a_register_whose_records_have_codes_and_names(register: Register) -> None:
    for _, column in labelled(register):
        if kind_of(column) is Kind.CODE:
            target = BY_KEY[field_info(column).reference]
            assert code_of(target.model).key == "code"
            assert [field.key for field in target.name_by if field.key != "code"]


@pytest.mark.parametrize("register", ALL)
def test_what_belongs_to_a_record_says_to_which_register(register: Register) -> None:
    if register.model.owner_field is None:
        return
    told = owner_register(register.model)
    assert told in BY_KEY or hasattr(register.model, "register") or hasattr(register.model, "from_register")


@pytest.mark.parametrize("register", ALL)
def test_every_state_is_reachable_and_every_move_starts_somewhere(register: Register) -> None:
    workflow = register.workflow
    if workflow is None:
        return
    states = set(choices_of(workflow.field))
    first = workflow.field.property.columns[0].default.arg
    reached, edge = {first}, {first}
    while edge:
        edge = {move.target for state in edge for move in workflow.from_state(state)} - reached
        reached |= edge
    assert reached == states
    assert len({(move.source, move.key) for move in workflow.transitions}) == len(workflow.transitions)


def test_keys_and_tables_are_unique() -> None:
    assert len(BY_KEY) == len(REGISTERS)
    assert len({register.model for register in REGISTERS}) == len(REGISTERS)


def test_roles_are_granted_known_registers_only_and_every_register_is_granted_to_somebody() -> None:
    granted = {key for role in Role for key in rights_of((role,)).grants}

    assert granted - ALSO_GRANTED <= set(BY_KEY)
    assert set(BY_KEY) <= granted


@pytest.mark.parametrize("register", ALL)
def test_no_secret_is_in_a_list_form_name_or_search(register: Register) -> None:
    for field in _named(register):
        assert field_info(field).role != "secret"


# --- The life of a record ------------------------------------------------------------------------------------------


def _everything() -> Actor:
    return replace(SUPERVISOR, roles=frozenset(Role))


def _head(at: datetime) -> Letterhead:
    return Letterhead("Municipalidad de Prueba", "Prueba", at)


@pytest.mark.parametrize("register", FORMS)
def test_a_record_goes_from_its_form_to_paper_and_back_out(
    register: Register, station: Station, tmp_path: Path
) -> None:
    station.seat(_everything())
    values = {
        field.key: sample(field.key, field.property.columns[0], "Álamo", {})
        for section in register.form
        for field in section.fields
        if kind_of(field) is not Kind.REFERENCE
    }
    record_id = station.write(lambda ctx: registers.create(ctx, register, values)).result()

    rowids = station.read(
        lambda ctx: queries.list_rows(ctx, register, queries.default_spec(register))
    ).result()
    assert len(rowids) == 1
    view = station.read(lambda ctx: record_queries.record_view(ctx, register, record_id)).result()
    assert {name: view.field(name).value for name in values} == values
    assert view.may_edit

    changed = next((name for name in values if view.field(name).kind in {Kind.TEXT, Kind.LONG_TEXT}), None)
    if changed is not None:
        edit = {changed: "Ñandú"}
        station.write(lambda ctx: registers.edit(ctx, register, record_id, edit, seen=values)).result()
        entries = station.read(lambda ctx: history(ctx, register, record_id)).result()
        assert [(change.old, change.new) for change in entries[0].changes] == [("Álamo", "Ñandú")]
        assert len(entries) == 2

    copies = Copies()
    documents = RecordDocuments(station, _head, copies)
    target = tmp_path / "lista.csv"
    spec = queries.default_spec(register)
    assert documents.export_list(register, spec, target, "", Progress()) == 1
    lines = list(csv.reader(target.read_text("utf-8-sig").splitlines(), delimiter=";"))
    assert lines[0] == [field_info(column).label for column in register.columns]
    assert "Marta Soto" in lines[-1][0]
    paper = PdfReader(documents.print_record(register, record_id, "record"))
    assert len(paper.pages) >= 1
    copies.close()

    station.write(lambda ctx: registers.void(ctx, register, record_id, "Prueba")).result()
    assert len(station.read(lambda ctx: queries.list_rows(ctx, register, spec)).result()) == 0
    with pytest.raises(UserError):
        station.write(lambda ctx: registers.edit(ctx, register, record_id, values, seen={})).result()


@pytest.mark.parametrize("register", FORMS)
def test_no_cell_of_an_export_is_a_formula(register: Register, station: Station, tmp_path: Path) -> None:
    station.seat(_everything())
    values = {
        field.key: sample(field.key, field.property.columns[0], "=1+1", {})
        for section in register.form
        for field in section.fields
        if kind_of(field) is not Kind.REFERENCE
    }
    station.write(lambda ctx: registers.create(ctx, register, values)).result()
    target = tmp_path / "lista.csv"

    documents = RecordDocuments(station, _head, Copies())
    documents.export_list(register, queries.default_spec(register), target, "", Progress())

    cells = [
        cell
        for line in csv.reader(target.read_text("utf-8-sig").splitlines(), delimiter=";")
        for cell in line
    ]
    assert not [cell for cell in cells if cell.startswith(("=", "+", "@", "\t"))]


@pytest.mark.parametrize("register", ALL)
def test_who_has_no_role_sees_and_does_nothing(register: Register, station: Station) -> None:
    nobody = somebody()

    assert not len(station.read_as(nobody, lambda ctx: queries.list_rows(ctx, register, ListSpec())).result())
    with pytest.raises(NotAllowed):
        station.write_as(nobody, lambda ctx: registers.create(ctx, register, {})).result()


# --- Leaks ---------------------------------------------------------------------------------------------------------


class Seeded:
    """A station with a record of every register at every level, each with words of its own."""

    def __init__(self, station: Station) -> None:
        self.station = station
        self.ids: dict[tuple[str, Confidentiality], UUID] = {}
        self.under_secret: dict[str, UUID] = {}
        for level in Confidentiality:
            known: dict[str, UUID] = {}
            waiting = list(REGISTERS)
            while waiting:
                left = [register for register in waiting if not self._add(register, level, known)]
                assert len(left) < len(waiting), [register.key for register in left]
                waiting = left
        secret = {register.key: self.ids[(register.key, Confidentiality.SECRET)] for register in REGISTERS}
        for register in REGISTERS:
            if register.model.owner_field is not None:
                row = complete_row(register, f"hijo{register.key}", f"hijo{register.key}", secret)
                assert row is not None
                self._put(register, row)
                self.under_secret[register.key] = row["id"]

    def _add(self, register: Register, level: Confidentiality, known: dict[str, UUID]) -> bool:
        row = complete_row(register, closed(register, level), opened(register, level), known)
        if row is None:
            return False
        self._put(register, {**row, "confidentiality": level})
        known[register.key] = self.ids[(register.key, level)] = row["id"]
        return True

    def _put(self, register: Register, row: dict[str, Any]) -> None:
        def write(ctx: Any) -> None:
            ctx.name_operation("test.seed")
            ctx.add_rows(register.model, [row])

        self.station.write_as(self.station.system, write).result()


def closed(register: Register, level: Confidentiality) -> str:
    return f"cerrado{register.key.replace('_', '')}{level.value}"


def opened(register: Register, level: Confidentiality) -> str:
    return f"abierto{register.key.replace('_', '')}{level.value}"


@pytest.fixture(scope="module")
def seeded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Seeded]:
    with open_station(tmp_path_factory.mktemp("seeded")) as station:
        yield Seeded(station)


def _shown_in_lists(ctx: ReadContext, register: Register) -> Iterator[object]:
    ids = queries.list_rows(ctx, register, queries.default_spec(register))
    yield from queries.page_rows(ctx, register, ids)
    for field in {*register.filters, *register.columns}:
        yield queries.group_counts(ctx, register, ListSpec(), field.key)
    if ctx.rights.ceiling(Action.READ, register.key) is not None:
        yield queries.reference_options(ctx, register, "")


def _shown_of_record(ctx: ReadContext, register: Register, record_id: UUID) -> Iterator[object]:
    for ask in (
        lambda: record_queries.record_view(ctx, register, record_id),
        lambda: history(ctx, register, record_id),
        lambda: record_sheet(ctx, register, record_id, _head(ctx.now)),
    ):
        try:
            yield ask()
        except AtalayaError as error:
            yield error.message


@pytest.mark.parametrize("role", ROLES)
def test_no_role_sees_what_it_may_not_in_any_list_search_record_or_print(role: Role, seeded: Seeded) -> None:
    actor = somebody(role)
    rights = rights_of((role,))

    def read(ctx: ReadContext) -> str:
        shown: list[object] = []
        for register in REGISTERS:
            shown.extend(_shown_in_lists(ctx, register))
            for level in Confidentiality:
                shown.extend(_shown_of_record(ctx, register, seeded.ids[(register.key, level)]))
                for words in (closed(register, level), opened(register, level)):
                    shown.extend(search_everything(ctx, words, 50))
        return repr(shown)

    text = seeded.station.read_as(actor, read).result()

    for register in REGISTERS:
        for level in Confidentiality:
            may_read = rights.may(Action.READ, register.key, level)
            if not may_read or level.rank >= Confidentiality.RESERVED.rank:
                assert closed(register, level) not in text
            if not may_read:
                assert opened(register, level) not in text


@pytest.mark.parametrize("role", ROLES)
def test_what_belongs_to_a_secret_record_is_as_secret_as_that_record(role: Role, seeded: Seeded) -> None:
    rights = rights_of((role,))

    def read(ctx: ReadContext) -> str:
        shown: list[object] = []
        for key, record_id in seeded.under_secret.items():
            register = BY_KEY[key]
            shown.extend(_shown_of_record(ctx, register, record_id))
            shown.extend(search_everything(ctx, f"hijo{key}", 50))
            if owner_register(register.model):
                shown.extend(_shown_in_lists(ctx, register))
        return repr(shown)

    text = seeded.station.read_as(somebody(role), read).result()

    for key in seeded.under_secret:
        owner = owner_register(BY_KEY[key].model) or "incidents"
        if not rights.may(Action.READ, owner, Confidentiality.SECRET):
            assert f"hijo{key}" not in text


@pytest.mark.parametrize("role", ROLES)
def test_no_export_holds_what_the_role_may_not_export(role: Role, seeded: Seeded, tmp_path: Path) -> None:
    station, actor = seeded.station, somebody(role)
    rights = rights_of((role,))
    station.seat(actor)
    documents = RecordDocuments(station, _head, Copies())
    for register in REGISTERS:
        target = tmp_path / f"{register.key}.csv"
        spec = queries.default_spec(register)
        if not rights.may(Action.EXPORT, register.key):
            with pytest.raises(NotAllowed):
                documents.export_list(register, spec, target, "Prueba", Progress())
            assert not target.exists()
            continue
        documents.export_list(register, spec, target, "Prueba", Progress())
        text = target.read_text("utf-8-sig")
        for level in Confidentiality:
            if not rights.may(Action.EXPORT, register.key, level):
                assert opened(register, level) not in text
            if (
                not rights.may(Action.EXPORT, register.key, level)
                or level.rank >= Confidentiality.RESERVED.rank
            ):
                assert closed(register, level) not in text


def test_an_export_above_interno_asks_why_and_is_journalled(seeded: Seeded, tmp_path: Path) -> None:
    station, register = seeded.station, BY_KEY["incidents"]
    station.seat(somebody(Role.DIRECTOR))
    documents = RecordDocuments(station, _head, Copies())
    target = tmp_path / "incidentes.csv"

    with pytest.raises(UserError):
        documents.export_list(register, ListSpec(), target, " ", Progress())
    assert not target.exists()
    documents.export_list(register, ListSpec(), target, "Requerimiento 123", Progress())

    record_id = seeded.ids[("incidents", Confidentiality.SECRET)]
    registers_read = station.write_as(
        somebody(Role.DIRECTOR), lambda ctx: registers.open_confidential(ctx, register, record_id, "Revisar")
    )
    registers_read.result()
    entries = station.read(lambda ctx: history(ctx, register, record_id)).result()
    assert ("Exportación", "Requerimiento 123") in [(entry.operation, entry.reason) for entry in entries]


@pytest.mark.parametrize("register", FORMS)
def test_who_may_read_sees_it_in_list_search_and_record(register: Register, seeded: Seeded) -> None:
    level = Confidentiality.INTERNAL
    record_id = seeded.ids[(register.key, level)]

    def read(ctx: ReadContext) -> tuple[str, str, list[UUID]]:
        rows = repr(list(_shown_in_lists(ctx, register)))
        record = repr(list(_shown_of_record(ctx, register, record_id)))
        words = closed(register, level)
        return rows, record, [hit.record_id for hit in search_everything(ctx, words, 50)]

    rows, record, found = seeded.station.read_as(_everything(), read).result()

    words = {
        field.key for field in register.columns if kind_of(field) in {Kind.TEXT, Kind.LONG_TEXT, Kind.LIST}
    }
    if words - open_attributes(register.model):
        assert closed(register, level) in rows
        assert closed(register, level) in record
    if register.search and {field.key for field in register.search} - open_attributes(register.model):
        assert record_id in found


def test_the_station_of_the_leak_test_holds_what_it_looks_for(seeded: Seeded) -> None:
    def read(ctx: ReadContext) -> str:
        record = ctx.session.scalars(
            select(BY_KEY["incidents"].model).where(
                BY_KEY["incidents"].model.id == seeded.ids[("incidents", Confidentiality.SECRET)]
            )
        ).one()
        return str(getattr(record, "narrative", ""))

    text = seeded.station.read_as(somebody(Role.DIRECTOR), read).result()
    assert text == closed(BY_KEY["incidents"], Confidentiality.SECRET)


# --- On screen -----------------------------------------------------------------------------------------------------


@pytest.mark.qt_log_ignore("This plugin does not support propagateSizeHints")
@pytest.mark.parametrize("key", PAGES)
def test_list_and_record_open_clean_in_each_theme(
    key: str, seeded: Seeded, qtbot: QtBot, qapp: QApplication
) -> None:
    seeded.station.seat(_everything())
    theme = Theme(qapp)
    icons = Icons(theme)
    icons.load()
    for name in THEMES:
        theme.use(name)
        bench = open_page(qtbot, seeded.station, theme, icons, key)
        assert bench.page.list.model.rowCount() >= len(_everything().rights.readable(key))
        bench.page.go_to(record=seeded.ids[(key, Confidentiality.INTERNAL)])
        bench.settle(qtbot)
        assert bench.page.record.record_id == seeded.ids[(key, Confidentiality.INTERNAL)]
        bench.page.record.show_part(1)
        bench.settle(qtbot)
        assert not bench.window.grab().isNull()
        bench.close(qtbot)
        assert bench.notices.crashes == []
        assert bench.notices.toasts == []
