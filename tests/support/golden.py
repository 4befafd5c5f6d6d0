"""The documents as they are meant to look, kept in `tests/golden`.

    python -m tests.support.golden

draws them anew after a change that was meant; look at the files before they are committed.
"""

from pathlib import Path

from desktop.operations.documents.engine import render
from tests.support.documents import RUN, every_document

FOLDER = Path(__file__).resolve().parents[1] / "golden"


def file_of(name: str) -> Path:
    """Return where the document `name` is kept."""
    return FOLDER / f"{name}.pdf"


def draw_all() -> None:
    """Draw every document and put it in its place."""
    FOLDER.mkdir(exist_ok=True)
    for name, sheet in every_document().items():
        file_of(name).write_bytes(render(sheet, RUN))


if __name__ == "__main__":
    draw_all()
