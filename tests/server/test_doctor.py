"""The server's doctor: it says what is wrong, where, and how to mend it, and nothing is wrong where nothing is."""

import json
from collections.abc import Callable
from pathlib import Path
from uuid import uuid4

import pytest
from sqlalchemy import Connection, delete, select, update

from server.chains import pack_bodies, unpack_bodies
from server.cli import main
from server.doctor import Health, Line, look
from server.sealing import VARIABLE
from server.tables import BACKUP, BLOB, DEVICE, RECORD, REPLICA_HEAD, SCOPE_HEAD, SEGMENT, VOID
from tests.support.foreign_ca import ForeignCa
from tests.support.municipality import PASSPHRASE, TENANT, Municipality
from wire.changes import Values


def fill(municipality: Municipality) -> None:
    """Let two stations write over each other's work; some of it is denied."""
    ana, eva = municipality.station(), municipality.station()
    first = uuid4().bytes
    for number in range(6):
        code: Values = {"code": f"INC-26-K1-{number:04d}-R", "narrative": "ruidos"}
        ana.create("operaciones", "incidents", uuid4().bytes if number else first, code)
    ana.create("operaciones", "devices", uuid4().bytes, {"name": "intruso"})
    ana.set("operaciones", "incidents", first, {"narrative": "gritos"})
    municipality.push(ana, ana.piece("operaciones", last=4))
    municipality.push(ana, ana.piece("operaciones", start=5, first=5))
    eva.create("operaciones", "incidents", uuid4().bytes, {"narrative": "riña"})
    municipality.push(eva, eva.piece("operaciones"))


def looked(where: str | Path, passphrase: str | None = PASSPHRASE, *, log: bool = True) -> list[Line]:
    return list(look(where, "", lambda _: passphrase, log=log))


def bad(lines: list[Line]) -> list[str]:
    """Return what is wrong, but for what the PostgreSQL of the tests leaves out to be fast."""
    wrong = [line for line in lines if line.health is Health.BAD]
    assert all(line.mend for line in wrong)
    return [line.found for line in wrong if "fsync" not in line.found]


def test_nothing_is_wrong_where_nothing_is(municipality: Municipality, where: str | Path) -> None:
    fill(municipality)
    with municipality.database.writing() as tx:
        tx.connection.execute(update(DEVICE).values(seen_ms=4_000_000_000_000))
    lines = looked(where)
    assert bad(lines) == []
    # Nine change-sets of the stations, the server's numbers for each push, and its roster.
    [log] = [line.found for line in lines if line.title == "Bitácora"]
    assert "cadenas, firmas y resultados calzan" in log
    assert [line.found for line in lines if line.health is Health.WARNING] == [
        "ninguno todavía",
        "1 guardados aparte",
    ]
    assert "Bitácora" not in {line.title for line in looked(where, log=False)}


def change_body(connection: Connection) -> None:
    row = connection.execute(select(SEGMENT).where(SEGMENT.c.scope == "operaciones")).first()
    assert row is not None
    bodies = unpack_bodies(row.bodies)
    bodies[1] = bodies[1].replace(b"ruidos", b"calmas")
    connection.execute(
        update(SEGMENT)
        .where(SEGMENT.c.scope == "operaciones", SEGMENT.c.n_first == row.n_first)
        .values(bodies=pack_bodies(bodies))
    )


def drop_piece(connection: Connection) -> None:
    connection.execute(delete(SEGMENT).where(SEGMENT.c.scope == "operaciones", SEGMENT.c.n_first == 1))


def drop_last(connection: Connection) -> None:
    last = connection.execute(
        select(SEGMENT.c.n_first).where(SEGMENT.c.scope == "operaciones").order_by(SEGMENT.c.n_first.desc())
    ).scalars()
    connection.execute(
        delete(SEGMENT).where(SEGMENT.c.scope == "operaciones", SEGMENT.c.n_first == next(last))
    )


def drop_record(connection: Connection) -> None:
    pk = connection.scalar(select(RECORD.c.pk).where(RECORD.c.tbl == "incidents"))
    connection.execute(delete(RECORD).where(RECORD.c.pk == pk))


def move_head(connection: Connection) -> None:
    connection.execute(
        update(REPLICA_HEAD).where(REPLICA_HEAD.c.scope == "operaciones").values(hash=bytes(32))
    )


def forget_growth(connection: Connection) -> None:
    connection.execute(update(SCOPE_HEAD).where(SCOPE_HEAD.c.scope == "operaciones").values(n=3))


def forge_marker(connection: Connection) -> None:
    connection.execute(update(VOID).values(signature=bytes(64)))


@pytest.mark.parametrize(
    ("harm", "found"),
    [
        (change_body, "una cadena fue alterada en el lugar 1"),
        (drop_piece, "falta algo cerca del lugar"),
        (drop_last, "falta algo cerca del lugar"),
        (drop_record, "los registros no son lo que la bitácora suma"),
        (move_head, "el final de una cadena no es el que dice la bitácora"),
        (forget_growth, "falta algo cerca del lugar"),
        (forge_marker, "una cadena fue alterada"),
    ],
)
def test_whatever_was_changed_behind_it_is_found(
    municipality: Municipality, where: str | Path, harm: Callable[[Connection], None], found: str
) -> None:
    fill(municipality)
    with municipality.database.writing() as tx:
        harm(tx.connection)
    wrong = bad(looked(where))
    assert any(f"en «operaciones» {found}" in one for one in wrong), wrong
    assert all("«operaciones»" in one for one in wrong)


def test_what_an_administrator_should_do_is_told(municipality: Municipality, where: str | Path) -> None:
    fill(municipality)
    now = 4_000_000_000_000
    with municipality.database.writing() as tx:
        tx.connection.execute(update(DEVICE).values(seen_ms=now))
        first = tx.connection.scalar(select(DEVICE.c.device).order_by(DEVICE.c.name))
        tx.connection.execute(update(DEVICE).where(DEVICE.c.device == first).values(seen_ms=5))
        tx.connection.execute(BACKUP.insert().values(tenant=TENANT, made_ms=9, size=1))
        tx.connection.execute(
            BLOB.insert().values(
                tenant=TENANT, sha256=bytes(32), chunk=0, size=1, received_ms=7, is_whole=0, data=b""
            )
        )
    said = {line.title: line.found for line in looked(where) if line.health is Health.WARNING}
    assert said["Estaciones"] == "sin noticias en 7 días: Estación K1"
    assert said["Respaldo"].startswith("el último es de hace")
    assert said["Adjuntos"].startswith("1 a medio llegar")


def test_the_keys_the_place_and_the_certificate(
    municipality: Municipality, where: str | Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    assert bad(looked(where, "otra frase, bastante larga")) == ["no se abren"]
    assert bad(looked(where, None)) == ["no se abren"]
    assert bad(list(look(where, "otra", lambda _: PASSPHRASE))) == ["el municipio no está en esta base"]
    assert bad(list(look("postgresql://nadie@127.0.0.1:9/nada", "", lambda _: PASSPHRASE))) == ["no responde"]

    place = ["--dsn", where] if isinstance(where, str) else ["--folder", str(where)]
    monkeypatch.setenv(VARIABLE, PASSPHRASE)
    for days, code, found in ((30, 0, "vale hasta el"), (3, 0, "vence el"), (-1, 1, "no se puede usar")):
        cert, key = ForeignCa().issue(tmp_path, "propio", days=days)
        done = main(["doctor", "--json", "--quick", *place, "--cert", str(cert), "--key", str(key)])
        lines = json.loads(capsys.readouterr().out)["lines"]
        assert next(line["found"] for line in lines if line["title"] == "Certificado").startswith(found)
        assert done == code or isinstance(where, str)
    assert main(["doctor", "--folder", str(tmp_path / "nada")]) == 1
    assert not (tmp_path / "nada").exists()
    assert main(["doctor", *place]) == (1 if isinstance(where, str) else 0)
    assert "✓ Bitácora" in capsys.readouterr().out


def test_a_damaged_file_is_found(municipality: Municipality, tmp_path: Path, where: str | Path) -> None:
    if isinstance(where, str):
        with municipality.database.writing() as tx:
            assert tx.is_postgresql
        assert bad(looked(where)) == []
        return
    fill(municipality)
    municipality.database.close()
    path = where / "server.db"
    data = bytearray(path.read_bytes())
    for place in range(4096 * 20, len(data), 4096):
        data[place : place + 8] = bytes(8)
    path.write_bytes(data)
    assert "el archivo está dañado" in bad(looked(where))[0]
