"""The program's log: rotating files without personal data, for whoever helps a station that is in trouble.

Operations never log what people write. As a second wall, RUN, telephones and e-mail addresses are blotted out of
whatever reaches the file, tracebacks included.
"""

import logging
import re
from logging.handlers import RotatingFileHandler
from pathlib import Path

_FORMAT = "%(asctime)s %(levelname)s %(name)s %(threadName)s %(message)s"
_MAX_BYTES = 1024 * 1024
_FILES = 5
_BLOTS = (
    (re.compile(r"\b\d{1,2}\.?\d{3}\.?\d{3}-[\dkK]\b"), "[RUN]"),
    (re.compile(r"[\w.+-]+@[\w-]+\.[\w.-]+"), "[correo]"),
    (re.compile(r"(?<!\d)(?:\+?56[ -]?)?(?:9|2|[3-7]\d)[ -]?\d{3,4}[ -]?\d{4}(?!\d)"), "[teléfono]"),
)


def blotted(text: str) -> str:
    """Return `text` without RUN, e-mail addresses and telephones."""
    for pattern, mark in _BLOTS:
        text = pattern.sub(mark, text)
    return text


class _Blotting(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        return blotted(super().format(record))


def start_logging(folder: Path) -> logging.Handler:
    """Write warnings and errors to `folder/atalaya.log`, five files of 1 MiB at most; return the handler."""
    folder.mkdir(parents=True, exist_ok=True)
    handler = RotatingFileHandler(
        folder / "atalaya.log", maxBytes=_MAX_BYTES, backupCount=_FILES, encoding="utf-8", delay=True
    )
    handler.setFormatter(_Blotting(_FORMAT))
    handler.setLevel(logging.WARNING)
    logging.getLogger().addHandler(handler)
    return handler
