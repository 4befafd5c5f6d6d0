"""A whole shift in the real program by key events alone: calls, duplicates, dispatch, unit states, notes, closing."""

import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from pypdf import PdfReader

from desktop.core.clock import SANTIAGO
from tests.support.program import PASSPHRASE, PASSWORD, Program, prepare

pytestmark = [pytest.mark.e2e, pytest.mark.xdist_group("e2e")]

CALLS = (
    ("Asaltaron con cuchillo a una señora en la plaza", "Picarte 1120", "912345678"),
    ("Choque de dos autos, hay lesionados", "Arauco 500", "922345678"),
    ("Música muy fuerte hace dos horas", "Los Robles 340", "932345678"),
    ("Luminaria apagada en el pasaje", "Los Tilos 22", "942345678"),
    ("Se está quemando una casa", "Los Aromos 77", "952345678"),
    ("Perro suelto mordió a un niño", "Las Rosas 12", "962345678"),
    ("Están rompiendo los vidrios del paradero", "Picarte 300", "972345678"),
    ("Vendedores ambulantes tapan la vereda", "Maipú 90", "982345678"),
    ("Hay una persona tendida en la calle, parece ebria", "Yungay 45", "992345678"),
)
DUPLICATES = (0, 1, 4)
STATES = ("3", "4", "1")
NON_NARRATIVE_KEYS = 30
HANDOVER_KEYS = 15
MOST_WARNINGS = 40


@pytest.fixture
def program(tmp_path: Path) -> Iterator[Program]:
    running = Program(prepare(tmp_path))
    try:
        running.wait_window("Abrir los datos")
        running.type(PASSPHRASE)
        running.press("Return")
        sign_in(running, "msoto")
        yield running
    finally:
        running.close()


def sign_in(program: Program, user: str) -> None:
    program.wait_window("Ingresar")
    time.sleep(0.5)
    program.type(user)
    program.press("Tab")
    program.type(PASSWORD)
    program.press("Return")
    program.wait_window("Puerto Esperanza")
    time.sleep(1.0)


def take_call(program: Program, narrative: str, address: str, phone: str) -> int:
    """Enter one call and return the keys that it took beside the narrative."""
    before = program.keys
    known = program.ask("SELECT count(*) FROM incidents")[0][0]
    program.press("Insert")
    time.sleep(0.3)
    program.type(narrative, counts=False)
    program.press("Tab")
    program.type(address)
    program.press("Tab")
    program.type(phone)
    program.press("ctrl+Return")
    program.until_count("SELECT count(*) FROM incidents", known + 1)
    time.sleep(0.3)
    return program.keys - before


def take_duplicate(program: Program, narrative: str, address: str, phone: str) -> None:
    known = program.ask("SELECT count(*) FROM calls")[0][0]
    program.press("Insert")
    time.sleep(0.3)
    program.type(narrative, counts=False)
    program.press("Tab")
    program.type(address)
    program.press("Tab")
    program.type(phone)
    time.sleep(0.8)
    program.press("F2")
    program.until_count("SELECT count(*) FROM calls", known + 1)
    time.sleep(0.3)


def open_shift(program: Program) -> None:
    program.press("ctrl+5")
    time.sleep(1.0)
    program.press("space")
    program.until_count("SELECT count(*) FROM shifts WHERE status = 'open'", 1)
    program.press("ctrl+1")
    time.sleep(0.5)


def enter_late_card(program: Program) -> None:
    """Enter a paper card of ten minutes ago; its date is typed too, in case that was yesterday."""
    at = (datetime.now(UTC) - timedelta(minutes=10)).astimezone(SANTIAGO)
    program.press("ctrl+6")
    time.sleep(1.0)
    program.press("shift+Tab", "ctrl+a")
    program.type(at.strftime("%d-%m-%Y"))
    program.press("Return")
    program.type(at.strftime("%H%M"))
    program.press("Return", "Return")
    for text in ("912349876", "Rosa", "pelea en la calle", "Yungay 77"):
        program.type(text)
        program.press("Return")
    program.press("ctrl+s")
    program.until_count("SELECT count(*) FROM incidents WHERE is_late_entry", 1)
    (reported, created) = program.ask("SELECT reported_at, created_at FROM incidents WHERE is_late_entry")[0]
    assert created - reported > 5 * 60 * 1_000_000


def hand_over(program: Program) -> None:
    """Take what is overdue, sign, let another person sign, and read the act that was printed.

    Every key counts, also that which opens the sheet and those that take warnings, but letters do not.
    """
    before = program.keys
    program.press("ctrl+shift+e")
    time.sleep(1.5)
    for _ in range(MOST_WARNINGS):
        if program.ask("SELECT count(*) FROM handovers")[0][0]:
            break
        known = program.ask("SELECT count(*) FROM incident_lines WHERE kind = 'alarm'")[0][0]
        program.press("Return")
        time.sleep(0.7)
        if program.ask("SELECT count(*) FROM incident_lines WHERE kind = 'alarm'")[0][0] == known:
            break
    program.type(PASSWORD, counts=False)
    program.press("Return")
    program.until_count("SELECT count(*) FROM handovers", 1)
    time.sleep(1.0)
    program.type("privas", counts=False)
    program.press("Return")
    program.type(PASSWORD, counts=False)
    program.press("Return")
    program.until_count("SELECT count(*) FROM handovers WHERE incoming_signed_at IS NOT NULL", 1)
    assert program.keys - before <= HANDOVER_KEYS
    (outgoing, incoming) = program.ask("SELECT outgoing_name, incoming_name FROM handovers")[0]
    assert (outgoing, incoming) == ("Marta Soto", "Pedro Rivas")
    act = program.until(lambda: next(program.papers.glob("*.pdf"), None))
    text = "".join(page.extract_text() for page in PdfReader(act).pages)
    assert "Marta Soto" in text
    assert "Pedro Rivas" in text


def test_a_shift_is_worked_by_keyboard_alone(program: Program) -> None:
    open_shift(program)
    keys = [take_call(program, *call) for call in CALLS]
    assert max(keys) <= NON_NARRATIVE_KEYS

    for place in DUPLICATES:
        narrative, address, _ = CALLS[place]
        take_duplicate(program, f"{narrative}, lo veo desde mi ventana", address, f"9{place}7654321"[:9])
    assert program.ask("SELECT count(*) FROM calls WHERE incident_id IS NOT NULL") == [(len(CALLS) + 3,)]
    assert program.ask("SELECT count(*) FROM incidents") == [(len(CALLS),)]

    states = 0
    program.press("Home")
    for round_ in range(10):
        time.sleep(0.5)
        before = program.keys
        program.press("F6")
        time.sleep(0.6)
        program.press("Return")
        program.until_count("SELECT count(*) FROM assignments", round_ + 1)
        assert program.keys - before <= 2
        for state in STATES:
            time.sleep(0.5)
            before = program.keys
            program.press("F7", state)
            states += 1
            changes = round_ + 1 + states
            program.until_count("SELECT count(*) FROM unit_status_changes", changes)
            assert program.keys - before <= 4
        program.press("Down")
    assert states == 30
    assert program.ask("SELECT count(*) FROM assignments WHERE released_at IS NOT NULL") == [(10,)]

    program.press("Home")
    time.sleep(0.5)
    program.press("F2")
    program.type("Víctima trasladada por SAMU", counts=False)
    program.press("Return")
    program.until_count("SELECT count(*) FROM incident_lines WHERE kind = 'note'", 1)

    program.press("Escape", "F9")
    time.sleep(0.5)
    program.press("1")
    program.until_count("SELECT count(*) FROM incidents WHERE status = 'closed'", 1)

    enter_late_card(program)
    hand_over(program)

    assert program.close() == 0
