"""The server as its administrator runs it: several processes, its own certificate, numbers, logs, a service manager."""

import json
import re
import signal
import socket
import sqlite3
import ssl
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path

import httpx
import psutil  # type: ignore[import-untyped]
import psycopg
import pytest

from desktop.sync.http_peer import HttpPeer
from desktop.sync.peer import PeerAway
from desktop.sync.trust import trust_vouched, trusting
from server import manager
from tests.support.enrolled import Enrolled, enrolled_stations, until
from tests.support.foreign_ca import ForeignCa
from tests.support.postgres import Postgres
from tests.support.profiles import keys_of
from tests.support.server import PASSPHRASE, ROOT, RunningServer, free_port
from tests.support.work import add_incident
from wire.messages import PROTOCOL, Hello

NARRATIVE = "Ruidos molestos en la calle de los Aromos"


@contextmanager
def running(where: Path | str, tmp_path: Path, *options: str) -> Iterator[RunningServer]:
    with RunningServer(where, log=tmp_path / "registro", options=options) as server:
        server.found()
        server.start()
        yield server


@contextmanager
def two_stations(folder: Path, server: RunningServer) -> Iterator[list[Enrolled]]:
    with enrolled_stations(folder, server, ("Central 1", "Central 2")) as stations:
        yield stations


def counted(port: int) -> dict[str, float]:
    """Return what the server says of itself, by name and labels."""
    text = httpx.get(f"http://127.0.0.1:{port}/metrics", trust_env=False).text
    rows = (line.rpartition(" ") for line in text.splitlines() if line and not line.startswith("#"))
    return {name: float(value) for name, _, value in rows}


def lines_of(server: RunningServer) -> list[dict[str, object]]:
    assert server.log is not None
    return [json.loads(line) for line in server.log.read_text().splitlines()]


def test_its_numbers_and_its_log_say_what_it_does_and_nothing_of_whom(tmp_path: Path) -> None:
    port = free_port()
    with running(
        tmp_path / "s", tmp_path, "--metrics", f"127.0.0.1:{port}", "--log-requests"
    ) as server, two_stations(tmp_path, server) as [first, second]:  # fmt: skip
        add_incident(first.file.store, NARRATIVE, lines=2)
        first.exchange()
        second.exchange()
        for name in ("victimas", "v1/push/../x", "%00"):
            httpx.get(f"https://{server.address}/{name}", verify=False, trust_env=False)  # noqa: S501
        until(lambda: counted(port).get('atalaya_requests_total{route="other",status="404"}') == 3.0)

        found = counted(port)
        assert found['atalaya_requests_total{route="/v1/push",status="200"}'] >= 1
        assert found["atalaya_changes_taken_total"] >= 3
        assert found['atalaya_request_seconds_count{route="/v1/pull"}'] >= 2
        assert found["atalaya_sent_bytes_total"] > 1000
        assert found["atalaya_listening"] == 0
        text = httpx.get(f"http://127.0.0.1:{port}/metrics", trust_env=False).text
        assert set(re.findall(r"^atalaya\w+\{([^}]*)\}", text, re.M)) != set()
        assert server.stop() == 0
        lines = lines_of(server)

    said = text + json.dumps(lines, ensure_ascii=False)
    secret = ["Aromos", "Central 1", "operaciones", "127.0.0.1", PASSPHRASE]
    assert [word for word in secret if word in said] == []
    assert {one["event"] for one in lines} >= {"request"}
    pushes = [one for one in lines if one.get("route") == "/v1/push"]
    assert pushes[0]["device"] == first.member.device.hex()
    assert {"at", "level", "source", "event", "status", "ms", "in", "out"} <= pushes[0].keys()


def test_who_listens_is_counted_while_they_do(tmp_path: Path) -> None:
    port = free_port()
    with running(tmp_path / "s", tmp_path, "--metrics", f"127.0.0.1:{port}") as server, two_stations(
        tmp_path, server
    ) as stations:  # fmt: skip
        services = [one.begin_service() for one in stations]
        until(lambda: counted(port)["atalaya_listening"] == 2)
        services[0].close()
        until(lambda: counted(port)["atalaya_listening"] == 1)
        services[1].close()


def test_an_error_nobody_expected_is_told_by_its_places_and_not_by_its_text(tmp_path: Path) -> None:
    program = (
        "import logging; from server import logs; logs.begin()\n"
        "try:\n    int('relato de una persona')\n"
        "except ValueError:\n    logging.getLogger('server').exception('failed %s', 'relato de una persona')\n"
        "raise KeyError('relato de una persona')\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=False, timeout=60
    )
    assert done.returncode == 1
    assert "relato" not in done.stderr
    first, second = map(json.loads, done.stderr.splitlines())
    assert (first["error"], first["level"]) == ("ValueError", "error")
    assert (second["error"], second["level"]) == ("KeyError", "critical")
    assert first["places"] == ["<string>:3 <module>"]


def test_nobody_waits_for_whoever_reads_the_log(tmp_path: Path) -> None:
    """The pipe of the log is full and nobody empties it: stations are answered as before."""
    with RunningServer(tmp_path / "s", options=("--log-requests",)) as server:
        server.found()
        server.start()
        with httpx.Client(verify=False, trust_env=False, timeout=10.0) as client:  # noqa: S501
            for _ in range(1_500):
                assert client.get(f"https://{server.address}/healthz").is_success
        assert server.process is not None
        server.process.terminate()
        _, said = server.process.communicate(timeout=30)
        assert server.process.returncode == 0
        assert len(said) > 65_536
        assert {json.loads(line)["event"] for line in said.splitlines()} == {"request"}


def test_stations_trust_the_certificate_that_the_municipality_brings(tmp_path: Path) -> None:
    ca = ForeignCa()
    certificate, key = ca.issue(tmp_path, "primero")
    options = ("--cert", str(certificate), "--key", str(key))
    with running(tmp_path / "s", tmp_path, *options) as server, two_stations(tmp_path, server) as stations:
        first, second = stations
        assert shown_by(server) == "primero"
        service = first.begin_service()
        until(lambda: service.state.link.name == "CURRENT")
        incident = add_incident(second.file.store, NARRATIVE, lines=1)
        second.exchange()
        until(lambda: first.has(incident))

        # Half a renewal is nothing: the certificate came, its key did not.
        kept = key.read_bytes()
        ca.issue(tmp_path, "segundo")
        fresh = key.read_bytes()
        key.write_bytes(kept)
        assert server.process is not None
        server.process.send_signal(signal.SIGHUP)
        until(lambda: any(one["event"] == "certificate" for one in lines_of(server)))
        assert shown_by(server) == "primero"

        key.write_bytes(fresh)
        server.process.send_signal(signal.SIGHUP)
        until(lambda: shown_by(server) == "segundo")
        again = add_incident(second.file.store, NARRATIVE, lines=1)
        second.exchange()
        until(lambda: first.has(again))
        service.close()
        assert server.log is not None
        assert [one["level"] for one in lines_of(server) if one["event"] == "certificate"] == [
            "error",
            "info",
        ]
        server.kill()


def shown_by(server: RunningServer) -> str:
    """Return the name in the certificate that is shown to whoever calls now."""
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    with (
        socket.create_connection(("127.0.0.1", server.port)) as plain,
        context.wrap_socket(plain) as line,
    ):
        shown = line.getpeercert(binary_form=True)
    assert shown is not None
    return next(name for name in ("primero", "segundo", "127.0.0.1", "localhost") if name.encode() in shown)


def test_nobody_else_is_trusted_for_it(tmp_path: Path) -> None:
    """Another certificate of the same issuer is none of the server's, and another authority's word is no word."""
    ca = ForeignCa()
    pair = ca.issue(tmp_path, "primero")
    options = ("--cert", str(pair[0]), "--key", str(pair[1]))
    with running(tmp_path / "s", tmp_path, *options) as server, two_stations(tmp_path, server) as [first, _]:
        context = trusting(first.member.authority)
        assert trust_vouched(context, server.address, first.member.authority)
        httpx.get(f"https://{server.address}/healthz", verify=context, trust_env=False)
        assert server.stop() == 0
        (tmp_path / "otro").mkdir()
        stranger = ca.issue(tmp_path / "otro", "segundo")
        options = ("--cert", str(stranger[0]), "--key", str(stranger[1]))
        with RunningServer(tmp_path / "o", server.port, options=options) as impostor:
            impostor.found()
            impostor.start()
            with pytest.raises(httpx.ConnectError):
                httpx.get(f"https://{server.address}/healthz", verify=context, trust_env=False)
            assert not trust_vouched(trusting(first.member.authority), server.address, first.member.authority)
            with pytest.raises(PeerAway, match="nobody vouches"):
                peer_of(first).hello(hello_of(first))


def peer_of(station: Enrolled) -> HttpPeer:
    return HttpPeer.server(station.member, keys_of(station.file.name).signing)


def hello_of(station: Enrolled) -> Hello:
    return Hello(PROTOCOL, station.member.device, b"", "prueba", 1, station.file.store.replica, 0, [])


@pytest.mark.parametrize("fault", ["late", "other_key", "sealed", "none"])
def test_a_certificate_that_cannot_be_used_is_told_at_once(tmp_path: Path, fault: str) -> None:
    certificate, key = ForeignCa().issue(
        tmp_path, "x", days=-1 if fault == "late" else 30, word="abracadabra" if fault == "sealed" else ""
    )
    if fault == "other_key":
        kept = certificate.read_bytes()
        ForeignCa().issue(tmp_path, "x")
        certificate.write_bytes(kept)
    if fault == "none":
        key.unlink()
    server = RunningServer(tmp_path / "s")
    server.found()
    words = server.words("run", "--listen", server.address, "--cert", str(certificate), "--key", str(key))
    done = asked(server, *words)
    assert (done.returncode, "No se pudo usar el certificado" in done.stderr) == (1, True), done.stderr


def asked(server: RunningServer, *words: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, "-m", "server", *words],
        cwd=ROOT,
        env=server.environment(),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


def test_a_sealed_key_opens_with_its_word_from_outside(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ATALAYA_SERVER_KEY_PASSPHRASE", "abracadabra")
    certificate, key = ForeignCa().issue(tmp_path, "primero", word="abracadabra")
    options = ("--cert", str(certificate), "--key", str(key))
    with running(tmp_path / "s", tmp_path, *options) as server:
        assert shown_by(server) == "primero"
        assert server.stop() == 0


def test_what_cannot_be_served_is_told_in_words(tmp_path: Path) -> None:
    server = RunningServer(tmp_path / "s")
    server.found()
    said = asked(server, *server.words("run", "--listen", server.address, "--workers", "2")).stderr
    assert "Varios procesos necesitan PostgreSQL" in said
    said = asked(server, *server.words("run", "--listen", server.address, "--cert", "x")).stderr
    assert "--cert y --key van juntos" in said
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        where = f"127.0.0.1:{taken.getsockname()[1]}"
        for words in (("--listen", where), ("--listen", server.address, "--metrics", where)):
            assert "No se puede atender" in asked(server, *server.words("run", *words)).stderr
    assert "No se puede atender" in asked(server, *server.words("run", "--listen", "aquí")).stderr


def serving_of(server: RunningServer) -> list[psutil.Process]:
    """Return the processes that serve for the first one."""
    assert server.process is not None
    found = []
    for one in psutil.Process(server.process.pid).children():
        with suppress(psutil.NoSuchProcess):
            if "spawn_main" in " ".join(one.cmdline()):
                found.append(one)
    return found


def test_whoever_dies_of_several_is_replaced_and_only_tried_again_for(
    tmp_path: Path, postgres: Postgres
) -> None:
    """Stations write and listen all the while; processes are killed one after the other."""
    port = free_port()
    with postgres.database() as dsn, running(
        dsn, tmp_path, "--workers", "3", "--metrics", f"127.0.0.1:{port}"
    ) as server, two_stations(tmp_path, server) as stations:  # fmt: skip
        until(lambda: len(serving_of(server)) == 3)
        services = [one.begin_service() for one in stations]
        written = []
        for _ in range(3):
            until(lambda: len(serving_of(server)) == 3)
            for station in stations:
                written.append(add_incident(station.file.store, NARRATIVE, lines=1))
            serving_of(server)[0].kill()
            for station in stations:
                written.append(add_incident(station.file.store, NARRATIVE, lines=1))
        until(lambda: all(one.has(incident) for one in stations for incident in written))
        until(lambda: all(one.state.remaining == 0 for one in services))
        until(lambda: len(serving_of(server)) == 3)
        # All of them count together, those that died too, and nobody listens twice.
        until(lambda: counted(port)["atalaya_listening"] == 2)
        with psycopg.connect(dsn) as connection:
            [kept] = connection.execute("SELECT sum(n) FROM scope_head").fetchone() or [0]
        # A process that died between writing and counting wrote and did not count.
        assert 12 <= counted(port)["atalaya_changes_taken_total"] <= kept
        for service in services:
            service.close()
        assert server.process is not None
        server.process.terminate()
        assert server.process.wait(30) == 0
        ends = [one for one in lines_of(server) if one["event"] == "process ended"]
        assert [one["code"] for one in ends] == [-9, -9, -9]
        with pytest.raises(httpx.ConnectError):
            httpx.get(f"https://{server.address}/healthz", verify=False, trust_env=False)  # noqa: S501


def test_nobody_is_left_when_the_first_process_is_killed(tmp_path: Path, postgres: Postgres) -> None:
    with postgres.database() as dsn, running(dsn, tmp_path, "--workers", "2") as server:
        until(lambda: len(serving_of(server)) == 2)
        others = serving_of(server)
        server.kill()
        assert psutil.wait_procs(others, 30)[1] == []


def test_a_database_that_comes_later_is_waited_for(tmp_path: Path) -> None:
    with Postgres("fsync=off") as late, late.database() as dsn, RunningServer(dsn) as server:
        server.found()
        late.stop()
        process = subprocess.Popen(
            [sys.executable, "-m", "server", *server.words("run", "--listen", server.address)],
            cwd=ROOT,
            env=server.environment(),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
        )
        assert process.stderr is not None
        assert json.loads(process.stderr.readline())["event"] == "database away"
        late.start()
        until(lambda: answers(server))
        process.terminate()
        process.communicate(timeout=30)
        assert process.returncode == 0


def answers(server: RunningServer) -> bool:
    try:
        return httpx.get(f"https://{server.address}/healthz", verify=False, trust_env=False).is_success  # noqa: S501
    except httpx.HTTPError:
        return False


@pytest.mark.parametrize("workers", [1, 2])
def test_the_service_manager_is_told(
    tmp_path: Path, postgres: Postgres, monkeypatch: pytest.MonkeyPatch, workers: int
) -> None:
    path = tmp_path / "avisos"
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as line, postgres.database() as dsn:
        line.bind(str(path))
        line.settimeout(30)
        monkeypatch.setenv(manager.VARIABLE, str(path))
        server = RunningServer(dsn, options=("--workers", str(workers)))
        with server:
            server.found()
            server.start()
            assert line.recv(200) == b"READY=1"
            assert server.process is not None
            server.process.send_signal(signal.SIGHUP)
            told = line.recv(200)
            assert re.fullmatch(rb"RELOADING=1\nMONOTONIC_USEC=\d+", told)
            assert line.recv(200) == b"READY=1"
            server.process.terminate()
            assert line.recv(200) == b"STOPPING=1"
            assert server.process.wait(30) == 0
            line.settimeout(0.2)
            with pytest.raises(TimeoutError):
                line.recv(200)
            server.process.communicate()


def test_a_push_under_way_ends_well_when_the_server_is_told_to_stop(tmp_path: Path) -> None:
    """What was begun is answered; what comes later is refused at the door, and nothing stands half."""
    with running(tmp_path / "s", tmp_path) as server, two_stations(tmp_path, server) as [first, _]:
        for _ in range(40):
            add_incident(first.file.store, NARRATIVE, lines=3)
        service = first.begin_service()
        time.sleep(0.05)
        assert server.stop() == 0
        service.close()
        server.start()
        first.exchange()
        assert first.exchange().remaining == 0
        with closing(sqlite3.connect(tmp_path / "s" / "server.db")) as connection:
            rows = connection.execute("SELECT tbl, count(*) FROM record GROUP BY tbl")
            assert dict(rows.fetchall())["incidents"] == 40
        assert server.stop() == 0
