"""Whatever comes over the wire, the server answers, changes nothing that nobody signed, and serves the next one."""

import base64
import os
import socket
import ssl
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from types import MappingProxyType

import httpx
import msgspec
import psutil  # type: ignore[import-untyped]
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from desktop.sync.exchange import Exchange
from desktop.sync.http_peer import HttpPeer
from desktop.sync.trust import trusting
from tests.support.enrolled import Enrolled, enrolled_stations
from tests.support.ledger import Ledger, ledger_of
from tests.support.municipality import request_of
from tests.support.postgres import Postgres
from tests.support.profiles import keys_of
from tests.support.proxy import Proxy
from tests.support.server import RunningServer
from tests.support.wire_junk import bomb, changed, junk_like
from tests.support.work import add_incident
from wire.messages import (
    MAX_PACKED,
    PROTOCOL,
    SIGNATURE,
    Challenge,
    Enrol,
    Hello,
    MessageError,
    Problem,
    Push,
    Pushed,
    Refusal,
    pack,
    unpack,
)

FUZZED = settings(
    max_examples=150,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)
PATHS = ("/v1/challenge", "/v1/hello", "/v1/enrol", "/v1/push", "/v1/pull")
_REQUESTS_ON_A_LINE = 12
_BOMBS = 12
_MOST_GROWTH = 48 * 1024 * 1024


@dataclass
class Wire:
    """The server, a good station with a session, and lines over which anything is sent."""

    server: RunningServer
    proxy: Proxy
    good: Enrolled
    ledger: Ledger
    code: str
    recorded: dict[str, bytes] = field(default_factory=dict)
    token: str = ""
    statuses: set[int] = field(default_factory=set)
    _client: httpx.Client | None = None
    _sent: int = 0

    def send(
        self, path: str, body: bytes, headers: Mapping[str, bytes] = MappingProxyType({})
    ) -> httpx.Response:
        """Send bytes as a request; the answer is never an error of the server's and says no more than its kind."""
        if self._client is None or self._sent % _REQUESTS_ON_A_LINE == 0:
            self.close()
            # Another line is another address: strangers are counted by it.
            self._client = httpx.Client(
                base_url=f"https://{self.proxy.address}",
                verify=trusting(self.good.member.authority),
                trust_env=False,
            )
        self._sent += 1
        answer = self._client.post(
            path, content=body, headers={name.encode(): value for name, value in headers.items()}
        )
        self.statuses.add(answer.status_code)
        assert answer.status_code < 500, (path, body)
        if answer.status_code >= 400:
            with suppress(MessageError):
                assert len(unpack(answer.content, Problem).kind) < 20
        return answer

    def close(self) -> None:
        if self._client is not None:
            self._client.close()
            self._client = None

    def rss(self) -> int:
        assert self.server.process is not None
        return int(psutil.Process(self.server.process.pid).memory_info().rss)

    def challenge(self) -> bytes:
        return unpack(self.send("/v1/challenge", b"").content, Challenge).nonce

    def check_good(self) -> None:
        """See that the good station exchanges at once, and that the log has no story to tell."""
        self.close()
        before = self.ledger.held()
        assert self.good.exchange().remaining == 0
        add_incident(self.good.file.store, "Después", lines=1)
        outcome = self.good.exchange()
        assert (outcome.remaining, outcome.refused) == (0, {})
        assert self.ledger.held() != before
        self.ledger.check()
        assert self.server.log is not None
        log = self.server.log.read_text()
        # Where a chunk is broken, uvicorn has answered already and trips over the answer of ours.
        assert log.count("Traceback") == log.count("LocalProtocolError: can't handle event type Response")


@pytest.fixture(scope="module")
def wire(tmp_path_factory: pytest.TempPathFactory, postgres: Postgres) -> Iterator[Wire]:
    folder = tmp_path_factory.mktemp("cable")
    with postgres.database() as dsn, RunningServer(dsn, log=folder / "server.log") as server:
        server.found()
        server.start()
        with (
            Proxy(server.port) as proxy,
            enrolled_stations(folder, server, ("buena",)) as (good,),
            ledger_of(dsn) as ledger,
        ):
            good.member = msgspec.structs.replace(good.member, address=proxy.address)
            made = Wire(server, proxy, good, ledger, server.code("nueva", "K9"))
            _record(made)
            yield made
            made.close()


def _record(wire: Wire) -> None:
    """Keep what the good station says in an exchange, its session, and a push that nobody took yet."""
    add_incident(wire.good.file.store, "Grabado", lines=2)
    peer = HttpPeer.server(wire.good.member, keys_of("buena").signing)

    def keep(request: httpx.Request) -> None:
        wire.recorded[request.url.path] = request.content
        wire.token = request.headers.get("authorization", wire.token)

    peer._client.event_hooks["request"].append(keep)
    Exchange(wire.good.file.store, peer, "server", wire.good.identity).run()
    peer.close()
    add_incident(wire.good.file.store, "Nunca enviado", lines=2)
    held = {chain: seq for chain, (seq, _) in wire.ledger.held().items()}
    wire.recorded["/v1/push"] = pack(Push(wire.good.file.pieces_for(held)))
    public = keys_of("nueva").signing.public_key().public_bytes_raw()
    asked = Enrol(PROTOCOL, wire.code, "nueva", "K9", public, bytes(32), request_of(), 4711)
    wire.recorded["/v1/enrol"] = pack(asked)


TOKENS = st.one_of(
    st.none(),
    st.none(),
    st.binary(max_size=40),
    st.sampled_from([b"", b"Bearer", b"Bearer =", b"Basic eDp4"]),
)
"""What is shown for a session; None the good station's own."""


def test_no_request_breaks_the_server_or_changes_what_nobody_signed(wire: Wire) -> None:
    @FUZZED
    @given(data=st.data(), path=st.sampled_from(PATHS), token=TOKENS)
    def send(data: st.DataObject, path: str, token: bytes | None) -> None:
        original = wire.recorded[path] or pack(Challenge(b"x"))
        body = data.draw(junk_like(original))
        assume(not _is_signed(path, body, original))
        shown = wire.token.encode() if token is None else _in_a_line(token)
        signature = base64.b64encode(bytes(64))
        wire.send(path, body, {"authorization": shown, SIGNATURE: signature})
        assert wire.ledger.heads() == before

    before = wire.ledger.heads()
    send()
    assert {200, 400, 401} <= wire.statuses
    wire.check_good()


def test_a_hello_of_any_content_that_its_device_signed_is_answered(wire: Wire) -> None:
    @FUZZED
    @given(data=st.data())
    def send(data: st.DataObject) -> None:
        plain = msgspec.structs.replace(unpack(wire.recorded["/v1/hello"], Hello), nonce=wire.challenge())
        body = data.draw(changed(pack(plain)))
        signature = base64.b64encode(keys_of("buena").signing.sign(body))
        wire.send("/v1/hello", body, {SIGNATURE: signature})

    send()
    wire.check_good()


def test_an_enrolment_with_a_bad_certificate_request_is_refused_and_its_code_stays_good(wire: Wire) -> None:
    whole = unpack(wire.recorded["/v1/enrol"], Enrol)
    code = wire.server.code("otra", "K7")
    for request in (b"", b"x", request_of()[:-40], b"\xff" * 300):
        asked = msgspec.structs.replace(whole, code=code, tls_request=request)
        assert wire.send("/v1/enrol", pack(asked)).status_code == 403
    asked = msgspec.structs.replace(whole, code=code, replica=4712)
    assert wire.send("/v1/enrol", pack(asked)).status_code == 200
    wire.check_good()


def test_a_scope_does_not_come_to_be_because_somebody_names_it(wire: Wire) -> None:
    (piece, *_) = unpack(wire.recorded["/v1/push"], Push).segments
    before = wire.ledger.heads()
    for number in range(5):
        named = msgspec.structs.replace(piece, scope=f"inventada-{number}")
        answer = wire.send("/v1/push", pack(Push([named])), {"authorization": wire.token.encode()})
        assert [line.refusal for line in unpack(answer.content, Pushed).taken] == [Refusal.DENIED]
    assert wire.ledger.heads() == before


@pytest.mark.parametrize(
    "token", [b"", b"Bearer", b"Bearer " + b"A" * 4000, b"Bearer \xff\xfe", b"Bearer AAAA===="]
)
def test_nobody_listens_without_a_session(wire: Wire, token: bytes) -> None:
    client = httpx.Client(verify=trusting(wire.good.member.authority), trust_env=False)
    with (
        client,
        client.stream(
            "GET", f"https://{wire.proxy.address}/v1/live", headers=[(b"authorization", token)]
        ) as answer,
    ):
        assert answer.status_code == 401


def test_messages_that_are_too_large_cost_no_memory_that_stays(wire: Wire) -> None:
    """What opens to more than a message may hold is opened no further, however often it comes."""
    bombs = [bomb(64 * 1024 * 1024), bomb(1 << 29), os.urandom(MAX_PACKED + 1), os.urandom(MAX_PACKED)]
    session = {"authorization": wire.token.encode()}
    before = wire.ledger.heads()

    def throw(count: int) -> int:
        for number in range(count):
            for body in bombs:
                path = PATHS[1 + number % 4]
                assert wire.send(path, body, session).status_code in {400, 401, 403, 413}
        return wire.rss()

    first = throw(_BOMBS // 4)
    assert throw(_BOMBS) < first + _MOST_GROWTH
    assert wire.ledger.heads() == before
    wire.check_good()


@pytest.mark.parametrize(
    "said",
    [
        b"\x00\xff\xfe\r\n\r\n",
        b"POST /v1/push HTTP/9.9\r\n\r\n",
        b"POST /v1/push HTTP/1.1\r\nHost: x\r\nContent-Length: -5\r\n\r\n",
        b"POST /v1/hello HTTP/1.1\r\nHost: x\r\nContent-Length: 99999999999999999999\r\n\r\nxx",
        b"POST /v1/hello HTTP/1.1\r\nHost: x\r\nContent-Length: 500\r\n\r\nshort",
        b"POST /v1/push HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nZZ\r\n",
        b"GET /v1/live HTTP/1.1\r\nHost: x\r\nX: " + b"a" * 100_000 + b"\r\n\r\n",
        b"GET /v1/\xc3\x28%00%ff HTTP/1.1\r\nHost: x\r\n\r\n",
    ],
)
def test_what_is_no_request_is_answered_with_no_error_of_the_server(wire: Wire, said: bytes) -> None:
    host, _, port = wire.proxy.address.partition(":")
    context = trusting(wire.good.member.authority)
    with (
        socket.create_connection((host, int(port))) as plain,
        context.wrap_socket(plain, server_hostname=host) as line,
    ):
        line.settimeout(0.3)
        heard = b""
        with suppress(OSError, ssl.SSLError):
            line.sendall(said)
            while more := line.recv(4096):
                heard += more
    assert not heard.startswith(b"HTTP/1.1 5")
    wire.check_good()


def _in_a_line(token: bytes) -> bytes:
    """Return what a header line can carry of some bytes."""
    return bytes(one for one in token if one >= 32 and one != 127).strip()


def _is_signed(path: str, body: bytes, original: bytes) -> bool:
    """Tell whether a piece is still whole that its author signed, or an enrolment is still a good one."""
    if path == "/v1/push":
        with suppress(MessageError):
            whole = unpack(original, Push).segments
            return any(one in whole for one in unpack(body, Push).segments)
    if path == "/v1/enrol":
        with suppress(MessageError):
            said, asked = unpack(body, Enrol), unpack(original, Enrol)
            return (said.code, said.tls_request) == (asked.code, asked.tls_request) and _is_enrolled(said)
    return False


def _is_enrolled(said: Enrol) -> bool:
    return len(said.signing_key) == 32 == len(said.sealing_key) and 0 < said.replica < 2**63
