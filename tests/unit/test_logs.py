"""Logs help a station in trouble and name nobody."""

import json
import logging
import stat
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop.core.formats import make_run, run
from desktop.core.logs import blotted, start_logging

RUN = make_run(41_234_567)
LOG = logging.getLogger("desktop.test")


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    handler = start_logging(tmp_path / "logs")
    yield tmp_path / "logs"
    logging.getLogger().removeHandler(handler)
    handler.close()


def lines(folder: Path) -> list[dict[str, Any]]:
    text = (folder / "atalaya.log").read_text(encoding="utf-8")
    return [json.loads(line) for line in text.splitlines()]


@pytest.mark.parametrize(
    "personal",
    [
        RUN,
        run(RUN),
        RUN.replace("-", ""),
        run(RUN).replace("-", " - "),
        run(RUN).replace(".", " "),
        run(RUN).replace("-", "–"),
        make_run(9_876_543).lower(),
        "+56 9 1234 5678",
        "+56912345678",
        "912345678",
        "9-1234-5678",
        "63 221 4455",
        "ana.perez@correo.cl",
        "o'higgins+1@muni.example.cl",
    ],
)
@pytest.mark.parametrize("around", ["no se pudo guardar {} en la ficha", "{}", "({}),", "«{}».", "run={};"])
def test_personal_data_is_blotted_out(personal: str, around: str) -> None:
    written = blotted(around.format(personal))

    assert personal not in written
    assert "[" in written


@given(body=st.integers(1_000_000, 99_999_999))
def test_every_run_is_blotted_out_however_it_is_written(body: int) -> None:
    made = make_run(body)
    for text in (made, run(made), made.replace("-", ""), made.lower()):
        assert text not in blotted(f"persona {text} no está")


@pytest.mark.parametrize(
    "plain",
    [
        "INC-26-K7-0042-R",
        "2026-11-22 14:30:11",
        "disk I/O error",
        "0:42",
        "desktop/store/threads.py:142",
        "1048576",
    ],
)
def test_what_names_nobody_stays(plain: str) -> None:
    assert plain in blotted(f"antes {plain} después")


def test_a_line_says_when_where_and_how_bad(folder: Path) -> None:
    LOG.warning("la base de datos está ocupada")
    LOG.info("esto no se guarda")

    (line,) = lines(folder)

    assert line["message"] == "la base de datos está ocupada"
    assert (line["level"], line["logger"], line["thread"]) == ("WARNING", "desktop.test", "MainThread")
    assert line["at"].endswith("+00:00")


def test_a_message_of_several_lines_is_one_line_of_the_file(folder: Path) -> None:
    LOG.error('uno\ndos {"a": 1}\u2028tres')

    text = (folder / "atalaya.log").read_text(encoding="utf-8")

    assert text.count("\n") == 1
    assert json.loads(text)["message"] == 'uno\ndos {"a": 1}\u2028tres'


def fail_with_a_name() -> None:
    raise LookupError(f"Juana Soto, {RUN}, vive en Los Aromos 12")


def test_of_an_error_only_its_kind_and_lines_of_code_are_kept(folder: Path) -> None:
    try:
        try:
            fail_with_a_name()
        except LookupError as error:
            raise OSError(28, "No queda espacio para Juana Soto") from error
    except OSError:
        LOG.exception("falló")

    (line,) = lines(folder)

    assert [found["kind"] for found in line["errors"]] == ["builtins.OSError", "builtins.LookupError"]
    assert line["errors"][0]["errno"] == 28
    assert line["errors"][1]["lines"][-1].endswith("fail_with_a_name")
    written = (folder / "atalaya.log").read_text(encoding="utf-8")
    assert not any(part in written for part in ("Juana", "Aromos", RUN, str(Path(__file__).parent)))


def test_a_message_without_end_is_cut(folder: Path) -> None:
    LOG.warning("x" * 2_000_000)

    assert len(lines(folder)[0]["message"]) == 10_000


def test_the_files_do_not_grow_for_ever(folder: Path) -> None:
    for _ in range(700):
        LOG.warning("x" * 9_999)

    files = list(folder.iterdir())

    assert len(files) == 6
    assert all(file.stat().st_size <= 1024 * 1024 for file in files)


@pytest.mark.skipif(sys.platform == "win32", reason="POSIX permissions")
def test_only_the_owner_reads_the_log(folder: Path) -> None:
    LOG.warning("algo")

    assert stat.S_IMODE((folder / "atalaya.log").stat().st_mode) == 0o600


def test_a_log_that_cannot_be_written_disturbs_nobody(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / "atalaya.log").mkdir()

    LOG.warning("no cabe")

    assert capsys.readouterr().err == ""
