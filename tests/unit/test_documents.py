"""The documents as a reader of the PDF finds them."""

import re
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime, timedelta
from io import BytesIO
from unittest.mock import Mock

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec import structs
from pypdf import PdfReader
from pypdf.generic import BooleanObject, DictionaryObject, StreamObject

from desktop.core.errors import UserError
from desktop.models.incidents.states import Priority
from desktop.operations.documents.engine import FONTS, pictures, render, verification_code
from desktop.operations.documents.glyphs import MISSING, coverage, printable
from desktop.operations.documents.sheets import (
    IncidentSheet,
    ListSheet,
    PaperCard,
    RecordField,
    RecordSection,
    RecordSheet,
    ResponseReport,
    Sheet,
)
from desktop.operations.incidents.response_times import ResponseTimes
from desktop.register.record import Confidentiality
from tests.support.documents import HEAD, RUN, TRAPS, every_document, incident_view, list_sheet, record_sheet
from tests.support.golden import file_of

DOCUMENTS = every_document()


def read(pdf: bytes) -> PdfReader:
    return PdfReader(BytesIO(pdf))


def words(pdf: bytes) -> str:
    """Return the text of all pages on one line."""
    return squeezed(" ".join(page.extract_text() for page in read(pdf).pages))


def squeezed(text: str) -> str:
    return re.sub(r"\s+", " ", text.replace("\u200b", "").replace("\u00a0", " "))


def letters(text: str) -> str:
    """Return `text` without any space: a reader puts them where lines break."""
    return re.sub(r"\s+", "", text.replace("\u200b", ""))


@pytest.fixture(params=DOCUMENTS)
def sheet(request: pytest.FixtureRequest) -> Sheet:
    return DOCUMENTS[request.param]


def test_every_document_is_archival_tagged_and_in_spanish(sheet: Sheet) -> None:
    reader = read(render(sheet, RUN))
    root = reader.root_object
    stream, marks = root["/Metadata"].get_object(), root["/MarkInfo"]
    assert isinstance(stream, StreamObject)
    assert isinstance(marks, DictionaryObject)
    metadata = stream.get_data().decode()
    assert marks["/Marked"] == BooleanObject(True)
    assert "/StructTreeRoot" in root
    assert str(root["/Lang"]).lower() == "es-cl"
    assert "<pdfaid:part>2</pdfaid:part>" in metadata
    assert "<pdfaid:conformance>A</pdfaid:conformance>" in metadata
    assert "<pdfuaid:part>1</pdfuaid:part>" in metadata
    assert reader.metadata is not None
    assert reader.metadata.title


def test_every_document_carries_its_letterhead_and_the_number_of_each_page(sheet: Sheet) -> None:
    pdf = render(sheet, RUN)
    text, pages = words(pdf), read(pdf).pages
    assert "Ilustre Municipalidad de Puerto Ñielol" in text
    assert "Dirección de Seguridad Pública" in text
    assert "Puerto Ñielol, 22 de noviembre de 2026" in text
    assert "Impreso por Marisol Soto Peña, 22-11-2026 16:05" in text
    assert sheet.head.folio in text
    for number, page in enumerate(pages, 1):
        assert f"Página {number} de {len(pages)}" in squeezed(page.extract_text())
        assert verification_code(sheet) in squeezed(page.extract_text())
        assert sorted(round(float(side)) for side in page.mediabox[2:]) == [612, 792]


def test_the_same_document_printed_twice_is_the_same_file(sheet: Sheet) -> None:
    first = render(sheet, RUN)
    other = render(record_sheet(), RUN)
    assert first == render(sheet, RUN)
    assert other == render(record_sheet(), RUN)


@pytest.mark.parametrize("name", DOCUMENTS)
def test_every_document_is_the_one_that_was_looked_at(name: str) -> None:
    drawn = render(DOCUMENTS[name], RUN)

    assert words(drawn) == words(file_of(name).read_bytes())
    assert drawn == file_of(name).read_bytes(), (
        "drawn otherwise: look at it, then python -m tests.support.golden"
    )


def test_documents_drawn_on_several_threads_do_not_mix() -> None:
    expected = {key: render(sheet, RUN) for key, sheet in DOCUMENTS.items()}
    keys = [*DOCUMENTS] * 3
    with ThreadPoolExecutor(4) as pool:
        made = list(pool.map(lambda key: render(DOCUMENTS[key], RUN), keys))
    assert made == [expected[key] for key in keys]


def test_the_incident_sheet_tells_times_struck_lines_and_late_entries() -> None:
    text = words(render(DOCUMENTS["incident"], RUN))
    for expected in (
        "INC-26-K7-0451",
        "P1 Crítica",
        "22-11-2026 14:30:12 0:32 0:32",
        "22-11-2026 14:36:22 5:31 6:42",
        "⚠ Riesgos: Armas · Agresor presente · Lesionados",
        "Tachado 22-11-2026 14:33:00 · Motivo: Era por calle Los Ñirres",
        "Ocurrido 22-11-2026 14:32 · escrito 22-11-2026 15:59",
        "Íngrid Muñoz D'Angelo",
        "Entrega a Carabineros o PDI",
        "2. Avisar a Carabineros 133",
    ):
        assert expected in text
    assert text.count("ingreso tardío") == 1


def test_signs_of_the_typesetter_are_printed_as_they_were_typed() -> None:
    for key in ("incident", "record"):
        assert letters(TRAPS) in letters(words(render(DOCUMENTS[key], RUN)))


trappy = st.lists(
    st.sampled_from([*"#$*_@<>\\[]{}`/~\"'=-+.:;,", "#let ", "//", "/*", "ñ", "Á", "a", "b"]), max_size=40
).map("".join)


@settings(deadline=None, max_examples=40)
@given(trappy)
def test_no_text_can_become_an_order_of_the_typesetter(text: str) -> None:
    field = RecordField(f"«{text}»", f"‹{text}›", wide=True)
    sheet = RecordSheet(HEAD, "Contactos", f"¿{text}?", "", (RecordSection(f"¡{text}!", (field,)),))
    found = letters(words(render(sheet, RUN)))
    for expected in (f"«{text}»", f"‹{text}›", f"¿{text}?", f"¡{text.upper()}!"):
        assert letters(expected) in found


@settings(deadline=None, max_examples=40)
@given(st.text(max_size=60))
def test_whatever_a_person_typed_it_prints(text: str) -> None:
    field = RecordField("Nota", text, wide=True)
    pdf = render(RecordSheet(HEAD, "Contactos", "Título", "", (RecordSection("Datos", (field,)),)), RUN)
    assert "Datos".upper() in words(pdf)


def test_a_character_that_no_font_has_is_drawn_as_a_square() -> None:
    assert printable("Ñandú\u202e 漢 ⚠ \x07é", FONTS) == f"Ñandú {MISSING} ⚠ é"
    assert printable("e\u0301", FONTS) == "é"


def test_a_character_of_private_use_prints_as_a_square_though_the_font_has_one() -> None:
    assert printable("a\uee01b", FONTS) == f"a{MISSING}b"


def test_every_character_that_counts_as_drawn_may_stand_in_an_archival_document() -> None:
    text = "".join(map(chr, sorted(coverage(FONTS))))
    field = RecordField("Nota", text, wide=True)
    render(RecordSheet(HEAD, "Contactos", "Título", "", (RecordSection("Datos", (field,)),)), RUN)


def test_the_bundled_fonts_have_what_spanish_and_the_marks_of_state_need() -> None:
    assert set(map(ord, "áéíóúüñÁÉÍÓÚÜÑ¿¡«»°ºª–—…•▲■●○⚠→✓□")) <= coverage(FONTS)


def test_a_long_timeline_repeats_its_header_on_every_page() -> None:
    pdf = render(IncidentSheet(HEAD, incident_view(lines=200)), RUN)
    pages = read(pdf).pages
    assert len(pages) > 5
    for page in pages[2:-1]:
        assert "Hora Registro Autor/a" in squeezed(page.extract_text())
    assert "Nota 199 de seguimiento" in words(pdf)


def test_a_narrative_longer_than_a_page_goes_on_in_the_next() -> None:
    long = " ".join(f"palabra{number}" for number in range(1500)) + " " + "x" * 400
    pdf = render(IncidentSheet(HEAD, structs.replace(incident_view(), narrative=long)), RUN)
    found = letters(words(pdf))
    assert "palabra0" in found
    assert "palabra1499" in found
    assert "x" * 400 in found


def test_a_list_is_printed_lying_down_with_its_header_on_every_page() -> None:
    pages = read(render(DOCUMENTS["list"], RUN)).pages
    assert len(pages) > 1
    for page in pages:
        assert page.mediabox.width > page.mediabox.height
        assert "Código Ingreso Prioridad Tipo Lugar Estado Llamadas" in squeezed(page.extract_text())
    assert "90 registros · Desde 01-11-2026" in squeezed(pages[0].extract_text())


def test_an_empty_list_says_so() -> None:
    sheet = replace(list_sheet(0), filters="")
    assert "No hay registros con estos filtros." in words(render(sheet, RUN))


def test_a_list_of_thousands_is_sent_to_the_spreadsheet() -> None:
    with pytest.raises(UserError, match=r"La lista tiene 2\.001 filas"):
        list_sheet(2001)


def test_only_a_reserved_document_carries_who_printed_it_across_the_page() -> None:
    mark = "RESERVADO · Marisol Soto Peña · 22-11-2026 16:05 · INC-2026-000451"
    open_sheet = IncidentSheet(HEAD, incident_view())
    reserved = replace(open_sheet, head=replace(HEAD, confidentiality=Confidentiality.RESERVED))
    pages = read(render(reserved, RUN)).pages
    assert all(letters(mark) in letters(page.extract_text()) for page in pages)
    assert letters(mark) not in letters(words(render(open_sheet, RUN)))


def test_an_exercise_is_marked_on_every_page(sheet: Sheet) -> None:
    exercise = replace(sheet, head=replace(sheet.head, exercise=True))  # type: ignore[type-var]
    assert all("EJERCICIO" in letters(page.extract_text()) for page in read(render(exercise, RUN)).pages)
    assert "EJERCICIO" not in letters(words(render(sheet, RUN)))


def test_a_copy_says_so_and_keeps_the_code_of_its_original(sheet: Sheet) -> None:
    later = replace(RUN, printed_at=RUN.printed_at + timedelta(days=3), reprint=True)
    copy = words(render(sheet, later))
    assert letters("COPIA Reimpresa 25-11-2026 16:05") in letters(copy)
    assert verification_code(sheet) in copy
    assert "COPIA" not in letters(words(render(sheet, RUN)))


def test_a_changed_word_changes_the_verification_code() -> None:
    sheet = IncidentSheet(HEAD, incident_view())
    other = replace(sheet, incident=structs.replace(sheet.incident, narrative="Otro relato"))
    assert re.fullmatch(r"([0-9A-F]{4}-){4}[0-9A-F]{4}", verification_code(sheet))
    assert verification_code(sheet) == verification_code(IncidentSheet(HEAD, incident_view()))
    assert verification_code(sheet) != verification_code(other)


def test_the_hand_over_act_has_two_signatures_and_what_was_signed() -> None:
    text = words(render(DOCUMENTS["handover"], RUN))
    for expected in (
        "ENTREGA",
        "RECIBE",
        "Íngrid Muñoz D'Angelo",
        "a" * 64,
        "No quedan avisos sin tomar.",
        "llega a las 15:10",
    ):
        assert expected in text
    assert text.count("Firma registrada con clave personal") == 2


def test_the_response_report_tells_what_was_left_out_and_its_targets() -> None:
    text = words(render(DOCUMENTS["response"], RUN))
    for expected in (
        "Quedaron fuera 14 por ingreso tardío y 6 por horas corregidas",
        "P1 Crítica 1 min 8 min",
        "POR SECTOR",
        "Sin dato 1 – –",
        "0:52 2:51",
        "POR MÓVIL",
        "POR HORA DEL DÍA",
        "23:00–23:59",
        "POR DÍA DE LA SEMANA",
        "Domingo",
    ):
        assert expected in text


def test_the_response_report_stands_beside_the_period_before() -> None:
    text = words(render(DOCUMENTS["response"], RUN))
    for expected in (
        "Incidentes medidos 1.240 1.100 +140",
        "Despacho, mediana 0:52 0:52 igual",
        "Llegada, percentil 90 14:05 15:05 −1:00",
        "Llegada en meta 71 % 66 % +5 puntos",
        "El período anterior va desde 02-10-2026 00:00 hasta 01-11-2026 00:00",
        "12:57",
    ):
        assert expected in text


@pytest.mark.parametrize(
    ("now", "before", "said"),
    [
        (0, 0, "Ni en este período ni en el anterior hay incidentes medidos."),
        (0, 9, "En este período no hay incidentes medidos."),
        (9, 0, "En el período anterior no hay incidentes medidos con los que comparar."),
    ],
)
def test_a_period_without_incidents_is_said_in_words(now: int, before: int, said: str) -> None:
    sheet = DOCUMENTS["response"]
    assert isinstance(sheet, ResponseReport)
    assert sheet.before is not None

    def emptied(times: ResponseTimes, incidents: int) -> ResponseTimes:
        return replace(times, total=replace(times.total, incidents=incidents), groups={})

    text = words(
        render(replace(sheet, times=emptied(sheet.times, now), before=emptied(sheet.before, before)), RUN)
    )
    assert said in text


def test_the_pages_to_look_at_are_those_of_the_document(sheet: Sheet) -> None:
    shown = pictures(sheet, RUN, 24)
    assert len(shown) == len(read(render(sheet, RUN)).pages)
    assert all(page.startswith(b"\x89PNG") for page in shown)


def test_the_daily_report_has_a_bar_with_its_figure_for_each_group() -> None:
    text = words(render(DOCUMENTS["daily"], RUN))
    for expected in ("Ruidos molestos 19 35 % 22", "Noche 14 26 % 17", "P1 Crítica 5 10 % 4", "WhatsApp"):
        assert expected in text


def test_the_paper_card_fits_on_one_page_each() -> None:
    card = DOCUMENTS["paper_card"]
    assert isinstance(card, PaperCard)
    assert len(read(render(card, RUN)).pages) == 1
    text = words(render(replace(card, copies=3), RUN))
    assert len(read(render(replace(card, copies=3), RUN)).pages) == 3
    for priority in Priority:
        assert text.count(priority.label) == 3


def test_an_instant_without_its_zone_is_refused() -> None:
    sheet = IncidentSheet(replace(HEAD, issued_at=datetime(2026, 11, 22)), incident_view())  # noqa: DTZ001
    with pytest.raises(ValueError, match="time zone"):
        render(sheet, RUN)


def test_a_value_that_is_no_data_is_refused() -> None:
    sheet = ListSheet(HEAD, "Lista", ("A",), ((Mock(),),))
    with pytest.raises(TypeError):
        render(sheet, RUN)
