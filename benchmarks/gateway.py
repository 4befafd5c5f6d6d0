"""One gateway under a municipality's load: many stations listen, some write all the time, every push is timed.

Server, database and those who ask share this machine's cores; the gateway is told apart by its own processor time.
"""

import asyncio
import base64
import ssl
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from uuid import uuid4

import httpx
import psutil
import psycopg

from benchmarks.measure import Mark, percentile
from desktop.sync.trust import trusting
from tests.support.municipality import TENANT, Municipality, Station
from tests.support.postgres import Postgres
from tests.support.server import RunningServer
from wire.messages import (
    PROTOCOL,
    SIGNATURE,
    Challenge,
    Hello,
    Pull,
    Pulled,
    Push,
    Pushed,
    Want,
    Welcome,
    pack,
    unpack,
)

_SCOPE = "operaciones"
_WARM_UP_S = 3.0
_HELLOS_AT_ONCE = 20
_STATIONS, _PER_S, _P95_MS = 400, 2_000, 150.0


@dataclass
class _Caller:
    """A station that listens, and pushes when it is told."""

    station: Station
    client: httpx.AsyncClient
    token: str = ""
    news: int = 0
    sent: int = 0
    times_ms: list[float] = field(default_factory=list)


def measure(listening: int, writing: int, per_push: int, seconds: float) -> list[Mark]:
    """Let `listening` stations listen and `writing` of them push `per_push` change-sets every second."""
    with Postgres("max_connections=100") as postgres, postgres.database() as dsn:
        city = Municipality.found(dsn)
        city.wall.now_ms = time.time_ns() // 1_000_000
        stations = [city.station(code=_code(number)) for number in range(listening)]
        authority = city.authority.certificate
        city.close()
        with RunningServer(dsn, options=("--tenant", TENANT)) as server:
            server.start()
            marks = asyncio.run(_run(server, authority, stations, writing, per_push, seconds))
        with psycopg.connect(dsn) as connection:
            row = connection.execute(
                "SELECT pg_database_size(current_database()), (SELECT sum(n) FROM scope_head)"
            ).fetchone()
        size, kept = row if row is not None else (0, 1)
        note = f"database, indexes and all, over {kept} change-sets; no target"
        return [
            *marks,
            Mark("gateway_bytes_kept", "bytes/change-set", size / int(kept), 0, note=note, at_least=True),
        ]


def _code(number: int) -> str:
    signs = "0123456789ABCDEFGHJKLMNPRTWXYZ"
    return signs[number // len(signs) % len(signs)] + signs[number % len(signs)]


async def _run(
    server: RunningServer,
    authority: bytes,
    stations: Sequence[Station],
    writing: int,
    per_push: int,
    seconds: float,
) -> list[Mark]:
    context = trusting(authority)
    callers = [_Caller(one, _client(server, context, number)) for number, one in enumerate(stations)]
    gate = asyncio.Semaphore(_HELLOS_AT_ONCE)
    await asyncio.gather(*(_greet(one, gate) for one in callers))
    ears = [asyncio.create_task(_listen(one)) for one in callers]
    await asyncio.sleep(_WARM_UP_S)
    if server.process is None:
        raise RuntimeError("the server does not run")
    process = psutil.Process(server.process.pid)
    idle_cpu = await _cpu_during(process, 5.0)
    writers = callers[:writing]
    for one in writers:
        _write(one.station, int(per_push * (seconds + 2)))
    before, began = process.cpu_times(), time.perf_counter()
    await asyncio.gather(
        *(_push_on(one, per_push, seconds, place / writing) for place, one in enumerate(writers))
    )
    took = time.perf_counter() - began
    after = process.cpu_times()
    busy = (after.user + after.system - before.user - before.system) / took
    memory = process.memory_info().rss / 2**20
    await asyncio.sleep(1.0)
    pull_ms = await _pull_cost_ms(process, callers)
    for ear in ears:
        ear.cancel()
    await asyncio.gather(*ears, return_exceptions=True)
    for one in callers:
        await one.client.aclose()
    heard = sum(one.news > 0 for one in callers)
    sent = sum(one.sent for one in writers)
    times = [ms for one in writers for ms in one.times_ms]
    if heard < len(callers):
        raise RuntimeError(f"{heard} of {len(callers)} heard of anything")
    note = (
        f"{len(callers)} listen ({idle_cpu:.0%} of a core while nothing happens), {writing} push {per_push} "
        f"change-sets each second; the gateway used {busy:.2f} cores and {memory:.0f} MiB"
    )
    return [
        Mark("gateway_listening", "stations", len(callers), _STATIONS, note=note, at_least=True),
        Mark("gateway_changes", "change-sets/s", sent / took, _PER_S, note=note, at_least=True),
        Mark("gateway_push_p95", "ms", percentile(times, 0.95), _P95_MS, note=note),
        Mark(
            "gateway_pull_cpu",
            "ms",
            pull_ms,
            0,
            note="a core's time for one pull of one push; no target",
            at_least=True,
        ),
    ]


async def _pull_cost_ms(process: psutil.Process, callers: Sequence[_Caller]) -> float:
    """Return what a core works for one pull of what one push brought, as every listener asks after a word of news."""
    whole = Pull([Want(_SCOPE)], 1 << 30)
    first = callers[-1]
    end, epoch = 0, 0
    while True:
        asked = Pull([Want(_SCOPE, epoch, end)], whole.budget)
        answer = await first.client.post(
            "/v1/pull", content=pack(asked), headers={"Authorization": first.token}
        )
        [part] = unpack(answer.content, Pulled).parts
        end, epoch = part.cursor, part.epoch
        if not part.more:
            break
    last = sum(len(one.bodies) for one in part.segments[-1:])
    body = pack(Pull([Want(_SCOPE, epoch, end - last)], 1 << 20))
    before = process.cpu_times()
    for caller in callers:
        await caller.client.post("/v1/pull", content=body, headers={"Authorization": caller.token})
    after = process.cpu_times()
    return (after.user + after.system - before.user - before.system) * 1000 / len(callers)


def _client(server: RunningServer, context: ssl.SSLContext, number: int) -> httpx.AsyncClient:
    """Return a client with an address of its own, as stations have: the server counts strangers by address."""
    source = f"127.1.{1 + number // 200}.{1 + number % 200}"
    transport = httpx.AsyncHTTPTransport(verify=context, local_address=source)
    return httpx.AsyncClient(
        base_url=f"https://{server.address}", transport=transport, timeout=httpx.Timeout(60.0)
    )


async def _greet(caller: _Caller, gate: asyncio.Semaphore) -> None:
    async with gate:
        nonce = unpack((await caller.client.post("/v1/challenge")).content, Challenge).nonce
        station = caller.station
        hello = Hello(PROTOCOL, station.device, nonce, "banco", 1, station.replica, 0, [])
        body = pack(hello)
        signature = base64.b64encode(station.key.sign(body)).decode()
        answer = await caller.client.post("/v1/hello", content=body, headers={SIGNATURE: signature})
        token = unpack(answer.content, Welcome).token
        caller.token = f"Bearer {base64.urlsafe_b64encode(token).decode()}"


async def _listen(caller: _Caller) -> None:
    headers = {"Authorization": caller.token}
    with suppress(asyncio.CancelledError):
        async with caller.client.stream("GET", "/v1/live", headers=headers) as response:
            async for line in response.aiter_lines():
                caller.news += line.startswith("data:")


async def _cpu_during(process: psutil.Process, seconds: float) -> float:
    before = process.cpu_times()
    await asyncio.sleep(seconds)
    after = process.cpu_times()
    return (after.user + after.system - before.user - before.system) / seconds


def _write(station: Station, count: int) -> None:
    for number in range(count):
        values = {"narrative": f"Ruidos molestos {number}", "address": "Los Notros 12", "priority": "P3"}
        station.create(_SCOPE, "incidents", uuid4().bytes, values)


async def _push_on(caller: _Caller, per_push: int, seconds: float, offset: float) -> None:
    """Push once a second; who is late does not catch up."""
    began = time.perf_counter() + offset
    headers = {"Authorization": caller.token}
    for turn in range(int(seconds)):
        await asyncio.sleep(max(0.0, began + turn - time.perf_counter()))
        first = turn * per_push + 1
        piece = caller.station.piece(_SCOPE, start=first, last=first + per_push - 1, first=first)
        body = pack(Push([piece]))
        at = time.perf_counter()
        answer = await caller.client.post("/v1/push", content=body, headers=headers)
        caller.times_ms.append((time.perf_counter() - at) * 1000)
        [line] = unpack(answer.content, Pushed).taken
        if line.refusal is not None or line.seq != first + per_push - 1:
            raise RuntimeError(f"refused: {line}")
        caller.sent += per_push
