"""What the server counts of its own work, for Prometheus: never a name, an address, a scope or a station.

Several processes of one server count together: each writes its numbers to a folder that `PROMETHEUS_MULTIPROC_DIR`
names before this module is imported, and whoever is asked adds them up.
"""

from collections.abc import Callable
from pathlib import Path
from typing import Final

from prometheus_client import REGISTRY, CollectorRegistry, Counter, Gauge, Histogram, start_http_server
from prometheus_client.multiprocess import MultiProcessCollector, mark_process_dead

FOLDER_VARIABLE: Final = "PROMETHEUS_MULTIPROC_DIR"
_SECONDS: Final = (0.005, 0.01, 0.025, 0.05, 0.1, 0.15, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0)

REQUESTS: Final = Counter("atalaya_requests", "Requests answered.", ["route", "status"])
SECONDS: Final = Histogram(
    "atalaya_request_seconds",
    "From a request to the end of its answer.",
    ["route"],
    buckets=_SECONDS,
)
RECEIVED: Final = Counter("atalaya_received_bytes", "Bytes of requests, as they came.")
SENT: Final = Counter("atalaya_sent_bytes", "Bytes of answers, as they went.")
LISTENING: Final = Gauge("atalaya_listening", "Stations that listen for news.", multiprocess_mode="livesum")
TAKEN: Final = Counter("atalaya_changes_taken", "Change-sets appended to the log.")
DENIED: Final = Counter("atalaya_changes_denied", "Change-sets whose place was kept empty.", ["reason"])
REFUSED: Final = Counter("atalaya_chains_refused", "Chains of a push that could not go on.", ["reason"])
ROLLED_BACK: Final = Counter("atalaya_rolled_back", "Epochs begun because the database had been put back.")
DATABASE_AWAY: Final = Counter("atalaya_database_away", "Requests that the database did not answer in time.")


def show(address: str, folder: Path | None = None) -> Callable[[], None]:
    """Answer Prometheus at `host:port`, without TLS: give it an address that only the machine itself reaches.

    `folder` is where several processes count; without one it is this process alone. Returns what ends it.

    Raises:
        OSError: the address is taken or is none of this machine.
    """
    registry = REGISTRY
    if folder is not None:
        registry = CollectorRegistry()
        MultiProcessCollector(registry, path=str(folder))  # type: ignore[no-untyped-call]
    host, _, port = address.rpartition(":")
    server, thread = start_http_server(int(port), host.strip("[]"), registry)

    def end() -> None:
        server.shutdown()
        server.server_close()
        thread.join()

    return end


def forget(process: int, folder: Path) -> None:
    """Leave out what a process that ended said of its present state; what it counted stays."""
    mark_process_dead(process, str(folder))  # type: ignore[no-untyped-call]
