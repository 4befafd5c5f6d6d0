"""What the service manager is told (sd_notify(3) of systemd): ready, reloading, stopping. Without one, nothing."""

import os
import socket
import time
from contextlib import suppress
from typing import Final

VARIABLE: Final = "NOTIFY_SOCKET"
"""Where the manager listens."""
_ABSTRACT: Final = "@"


def ready() -> None:
    """Stations are answered from now on."""
    _tell("READY=1")


def reloading() -> None:
    """The certificate is being read again; `ready` says that it is done."""
    _tell(f"RELOADING=1\nMONOTONIC_USEC={time.monotonic_ns() // 1000}")


def stopping() -> None:
    """No new requests are taken."""
    _tell("STOPPING=1")


def _tell(state: str) -> None:
    path = os.environ.get(VARIABLE, "")
    if not path or not hasattr(socket, "AF_UNIX"):
        return
    if path.startswith(_ABSTRACT):
        path = "\0" + path[1:]
    # A manager that went away is no reason to stop serving.
    with suppress(OSError), socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as line:
        line.sendto(state.encode(), path)
