"""The program's log: rotating files without personal data, for whoever helps a station that is in trouble.

One JSON object a line. Operations never log what people write. As a second wall, RUN, telephones and e-mail addresses
are blotted out of whatever reaches the file, and of an error only its kind and the lines of code that it passed are
kept: its message may carry a name or the values of a row.
"""

import json
import logging
import os
import re
import sys
import traceback
from contextlib import suppress
from datetime import UTC, datetime
from io import FileIO, TextIOWrapper
from logging.handlers import RotatingFileHandler
from pathlib import Path
from typing import Any

from desktop.core.formats import run_check_digit

_MAX_BYTES = 1024 * 1024
_FILES = 5
_MAX_SIGNS = 10_000
"""A longer message is cut: whoever logs must not wait for it."""
_BLOTS = (
    (re.compile(r"(?<![\d.])\d{1,2}[. ]?\d{3}[. ]?\d{3} ?[-‐‑–] ?[\dkK](?!\w)"), "[RUN]"),
    (re.compile(r"(?<![\w.+'-])[\w.+'-]++@[\w-]++\.[\w.-]+"), "[correo]"),
    (re.compile(r"(?<!\d)(?:\+?56[ -]?)?(?:9|2|[3-7]\d)[ -]?\d{3,4}[ -]?\d{4}(?!\d)"), "[teléfono]"),
)
_BARE_RUN = re.compile(r"(?<![\w.])(\d{7,8})([\dkK])(?![\w.])")


def blotted(text: str) -> str:
    """Return `text` without RUN, e-mail addresses and telephones."""
    text = _BARE_RUN.sub(_blot_run, text)
    for pattern, mark in _BLOTS:
        text = pattern.sub(mark, text)
    return text


def start_logging(folder: Path) -> logging.Handler:
    """Write warnings and errors to `folder/atalaya.log`, five older files of 1 MiB at most; return the handler."""
    folder.mkdir(parents=True, exist_ok=True)
    handler = _OwnFiles(
        folder / "atalaya.log", maxBytes=_MAX_BYTES, backupCount=_FILES, encoding="utf-8", delay=True
    )
    handler.setFormatter(_JsonLines())
    handler.setLevel(logging.WARNING)
    logging.getLogger().addHandler(handler)
    return handler


class _JsonLines(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, Any] = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "thread": record.threadName,
            "message": blotted(record.getMessage()[:_MAX_SIGNS]),
        }
        if record.exc_info and record.exc_info[1] is not None:
            line["errors"] = _errors(record.exc_info[1])
        return json.dumps(line, ensure_ascii=False)


class _WholeLines(FileIO):
    """A file in which a line is there whole or not at all, also when the disk is full in its middle."""

    def write(self, data: Any) -> int:
        start = self.seek(0, os.SEEK_END)
        left = memoryview(data)
        try:
            while left:
                left = left[super().write(left) or 0 :]
        except OSError:
            with suppress(OSError):
                self.truncate(start)
            raise
        return len(data)


class _OwnFiles(RotatingFileHandler):
    """Files that only their owner reads. A log that cannot be written is no reason to disturb anybody."""

    def _open(self) -> TextIOWrapper:
        def private(path: str, flags: int) -> int:
            return os.open(path, flags, 0o600)

        return TextIOWrapper(
            _WholeLines(self.baseFilename, self.mode, opener=private),
            encoding=self.encoding,
            write_through=True,
        )

    def handleError(self, record: logging.LogRecord) -> None:
        """Drop the record when the disk is full or away; anything else is a mistake of ours to be seen."""
        if not isinstance(sys.exception(), OSError):
            super().handleError(record)


def _errors(error: BaseException) -> list[dict[str, Any]]:
    """Return kind and lines of code of an error and of what caused it, the last one first."""
    found: list[dict[str, Any]] = []
    seen: set[int] = set()
    cause: BaseException | None = error
    while cause is not None and id(cause) not in seen:
        seen.add(id(cause))
        kind = type(cause)
        held: dict[str, Any] = {"kind": f"{kind.__module__}.{kind.__qualname__}"}
        if isinstance(cause, OSError) and cause.errno is not None:
            held["errno"] = cause.errno
        frames = traceback.extract_tb(cause.__traceback__)
        held["lines"] = [f"{_short(frame.filename)}:{frame.lineno} {frame.name}" for frame in frames]
        found.append(held)
        cause = cause.__cause__ or (None if cause.__suppress_context__ else cause.__context__)
    return found


def _short(file: str) -> str:
    """Return the part of a path that names our code or a library, without the person's folders."""
    parts = Path(file).parts
    for anchor in ("site-packages", "desktop", "wire"):
        if anchor in parts:
            return "/".join(parts[parts.index(anchor) :])
    return parts[-1] if parts else file


def _blot_run(found: re.Match[str]) -> str:
    is_run = run_check_digit(int(found[1])) == found[2].upper()
    return "[RUN]" if is_run else found[0]
