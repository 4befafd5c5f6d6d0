"""Logs help a station in trouble and name nobody."""

import logging
from pathlib import Path

import pytest

from desktop.core.formats import make_run, run
from desktop.core.logs import blotted, start_logging


@pytest.mark.parametrize(
    "personal",
    [make_run(41_234_567), run(make_run(41_234_567)), "+56 9 1234 5678", "912345678", "ana.perez@correo.cl"],
)
def test_personal_data_is_blotted_out(personal: str) -> None:
    assert personal not in blotted(f"no se pudo guardar {personal} en la ficha")


@pytest.mark.parametrize("plain", ["INC-26-K7-0042-R", "2026-11-22 14:30:11", "disk I/O error", "0:42"])
def test_what_names_nobody_stays(plain: str) -> None:
    assert plain in blotted(f"antes {plain} después")


def test_a_traceback_is_blotted_in_the_file_too(tmp_path: Path) -> None:
    handler = start_logging(tmp_path)
    try:
        try:
            int(f"RUN {make_run(41_234_567)}")
        except ValueError:
            logging.getLogger("desktop.test").warning("falló", exc_info=True)
    finally:
        logging.getLogger().removeHandler(handler)
        handler.close()
    written = (tmp_path / "atalaya.log").read_text(encoding="utf-8")

    assert "falló" in written
    assert "[RUN]" in written
    assert make_run(41_234_567) not in written
