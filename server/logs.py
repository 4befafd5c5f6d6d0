"""One JSON object for each line of the log, on standard error, for the service manager to keep.

A line names routes, kinds of errors, stations by their identifier and places in the program. It never holds what a
message or a record says: of an error its kind and its places are written, not its text, which may repeat a value.
"""

import json
import logging
import queue
import sys
import threading
import time
import traceback
from contextlib import suppress
from datetime import UTC, datetime
from types import TracebackType
from typing import Final, TextIO

_QUIET: Final = ("uvicorn", "uvicorn.error", "asyncio", "alembic")

_MOST_WAITING: Final = 10_000
_FLUSH_S: Final = 2.0


class JsonLine(logging.Formatter):
    """Formats a record with its `fields` as a line of JSON; instants are UTC."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the line."""
        line: dict[str, object] = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "source": record.name,
            # The text as it stands in the program: its values, where it has any, may be somebody's.
            "event": str(record.msg).strip(),
            **getattr(record, "fields", {}),
        }
        if record.exc_info and record.exc_info[0] is not None:
            line["error"] = record.exc_info[0].__name__
            line["places"] = [
                f"{frame.filename.rpartition('/')[2]}:{frame.lineno} {frame.name}"
                for frame in traceback.extract_tb(record.exc_info[2])
            ]
        return json.dumps(line, ensure_ascii=False)


class Unhurried(logging.Handler):
    """Writes on a thread of its own: whoever reads the log may be slow or stand still, and nobody here waits for them.

    Lines that find no room are counted, and the next one that does says how many they were.
    """

    def __init__(self, stream: TextIO) -> None:
        super().__init__()
        self._stream = stream
        self._lines: queue.Queue[str] = queue.Queue(_MOST_WAITING)
        self._lost = 0
        threading.Thread(target=self._write, name="log", daemon=True).start()

    def emit(self, record: logging.LogRecord) -> None:
        """Hand a line over."""
        if self._lost:
            record.fields = {**getattr(record, "fields", {}), "lost_before": self._lost}
        try:
            self._lines.put_nowait(self.format(record))
        except queue.Full:
            self._lost += 1
        else:
            self._lost = 0

    def flush(self) -> None:
        """Wait a moment for what was handed over; called when the program ends."""
        limit = time.monotonic() + _FLUSH_S
        while self._lines.unfinished_tasks and time.monotonic() < limit:
            time.sleep(0.005)

    def _write(self) -> None:
        while True:
            line = self._lines.get()
            with suppress(OSError, ValueError):
                self._stream.write(line + "\n")
                self._stream.flush()
            self._lines.task_done()


def begin(*, every_request: bool = False) -> None:
    """Write lines from now on; with `every_request` also those of requests that went well."""
    handler = Unhurried(sys.stderr)
    handler.setFormatter(JsonLine())
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.INFO)
    sys.excepthook = _ended
    for name in _QUIET:
        logging.getLogger(name).setLevel(logging.WARNING)
    logging.getLogger("server.requests").setLevel(logging.DEBUG if every_request else logging.WARNING)


def _ended(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    """Write why the program ended, where nobody expected it."""
    logging.getLogger("server").critical("ended", exc_info=(kind, error, trace))
