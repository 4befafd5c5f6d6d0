"""The database behind the server: its versions, its transactions, its news, and what happens when it goes away."""

import threading
from collections.abc import Callable
from pathlib import Path
from uuid import uuid4

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import select, text

from server import schema
from server.engine import FILE, Database, DatabaseAway, Transaction
from server.limits import Buckets, is_scope, is_table
from server.news import Growth
from server.records import Records
from server.schema import NewerDatabase
from server.tables import METADATA, SCOPE_HEAD
from tests.support.municipality import Municipality
from tests.support.postgres import Postgres
from wire.changes import Op, OpKind
from wire.digest import EMPTY
from wire.receipts import FIRST_ROOT


def _put(database: Database, scope: str) -> None:
    with database.writing() as tx:
        values = {"tenant": "t", "scope": scope, "n": 1, "digest": EMPTY, "root": FIRST_ROOT, "hlc": 0}
        tx.connection.execute(SCOPE_HEAD.insert().values(values))
        tx.grew("t", scope, 1)


def _scopes(database: Database) -> list[str]:
    with database.reading() as tx:
        return list(tx.connection.scalars(select(SCOPE_HEAD.c.scope).order_by(SCOPE_HEAD.c.scope)))


def test_the_scripts_lead_to_the_declared_tables(where: str | Path) -> None:
    database = Database.open(where)
    with database.engine.connect() as connection:
        assert schema.version_of(connection) == schema.HEAD
        assert ScriptDirectory.from_config(schema.config()).get_current_head() == schema.HEAD
        context = MigrationContext.configure(
            connection,
            opts={"include_name": lambda name, kind, _: kind != "table" or name in METADATA.tables},
        )
        assert compare_metadata(context, METADATA) == []
    database.close()


def test_a_database_is_opened_again_as_it_was(where: str | Path) -> None:
    database = Database.open(where)
    _put(database, "a")
    database.close()

    database = Database.open(where)
    assert _scopes(database) == ["a"]
    database.close()


def test_a_database_of_a_newer_server_is_left_alone(where: str | Path) -> None:
    database = Database.open(where)
    with database.writing() as tx:
        tx.connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    database.close()

    with pytest.raises(NewerDatabase):
        Database.open(where)


def test_several_servers_that_start_together_make_the_tables_once(where: str | Path) -> None:
    opened: list[Database] = []
    threads = [threading.Thread(target=lambda: opened.append(Database.open(where))) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(opened) == 4
    _put(opened[0], "a")
    assert [_scopes(database) for database in opened] == [["a"]] * 4
    for database in opened:
        database.close()


def test_what_fails_leaves_nothing_and_tells_nobody(where: str | Path) -> None:
    database = Database.open(where)
    told: list[Growth] = []
    database.news.subscribe(told.append)

    def fail() -> None:
        with database.writing() as tx:
            tx.connection.execute(
                SCOPE_HEAD.insert().values(tenant="t", scope="a", n=1, digest=EMPTY, root=FIRST_ROOT, hlc=0)
            )
            tx.grew("t", "a", 1)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()

    assert _scopes(database) == []
    assert told == []
    database.close()


def test_news_reach_every_process_that_listens_until_it_does_not(where: str | Path) -> None:
    writer = Database.open(where)
    reader = Database.open(where) if writer.is_postgresql else writer
    assert writer.news.is_shared == writer.is_postgresql
    arrived = threading.Semaphore(0)
    told: list[Growth] = []

    def listen(growth: Growth) -> None:
        told.append(growth)
        arrived.release()

    end = reader.news.subscribe(listen)
    assert reader.news.is_ready(10)
    _put(writer, "a")
    assert arrived.acquire(timeout=10)
    end()
    end()
    _put(writer, "b")

    assert told == [Growth("t", "a", 1)]
    reader.close()
    writer.close()


def test_a_database_that_does_not_answer_is_away(tmp_path: Path) -> None:
    with pytest.raises(DatabaseAway):
        Database.open("postgresql://nobody@127.0.0.1:1/nothing")

    (tmp_path / FILE).mkdir()
    with pytest.raises(DatabaseAway):
        Database.open(tmp_path)


def test_a_server_goes_on_after_its_postgresql_was_started_again() -> None:
    with Postgres("fsync=off") as server, server.database() as dsn:
        municipality = Municipality.found(dsn)
        arrived = threading.Event()
        municipality.database.news.subscribe(
            lambda growth: arrived.set() if growth.scope.startswith("after") else None
        )
        assert municipality.database.news.is_ready(10)
        server.stop("immediate")
        with pytest.raises(DatabaseAway):
            _put(municipality.database, "lost")
        server.start()
        put = 0
        while not arrived.wait(0.1) and put < 100:
            _put(municipality.database, f"after-{put:02d}")
            put += 1

        assert arrived.is_set()
        assert len(_scopes(municipality.database)) == put + 1
        municipality.close()


def test_a_connection_that_is_cut_in_the_middle_is_the_database_being_away(postgres: Postgres) -> None:
    with postgres.database() as dsn:
        database = Database.open(dsn)

        def cut(then: Callable[[Transaction], object]) -> None:
            with database.writing() as tx:
                pid = tx.connection.scalar(text("SELECT pg_backend_pid()"))
                postgres.execute(f"SELECT pg_terminate_backend({pid}, 10000)")
                then(tx)

        for then in (
            lambda tx: Records(tx, "t", "s").load([("incidents", bytes(16))]),
            lambda tx: list(Records(tx, "t", "s").all_of("incidents")),
            lambda tx: None,
        ):
            with pytest.raises(DatabaseAway):
                cut(then)
        _put(database, "after")
        assert _scopes(database) == ["after"]
        database.close()


def test_a_full_disk_is_the_database_being_away(tmp_path: Path) -> None:
    database = Database.open(tmp_path)

    def fill() -> None:
        with database.writing() as tx:
            pages = tx.driver.execute("PRAGMA page_count").fetchone()[0]
            tx.driver.execute(f"PRAGMA max_page_count = {pages}")
            records = Records(tx, "t", "s")
            ops = [
                Op(OpKind.CREATE, "incidents", uuid4().bytes, {"narrative": "x" * 1000}) for _ in range(100)
            ]
            records.load((op.table, op.pk) for op in ops)
            for op in ops:
                records.apply(op, (1, 1, 1), bytes(16), 1000)
            records.flush(1)

    with pytest.raises(DatabaseAway):
        fill()
    with database.writing() as tx:
        tx.driver.execute("PRAGMA max_page_count = 1000000")
    _put(database, "after")
    assert _scopes(database) == ["after"]
    database.close()


def test_somebody_who_holds_a_lock_too_long_makes_others_try_later(
    postgres: Postgres, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("server.engine.LOCK_WAIT_MS", 50)
    with postgres.database() as dsn:
        municipality = Municipality.found(dsn)
        ana = municipality.station()
        for scope in ("emergencia", "operaciones"):
            ana.write(scope, [])
            municipality.push(ana, ana.piece(scope))
            ana.write(scope, [])
        with municipality.database.writing() as tx:
            tx.connection.execute(
                select(SCOPE_HEAD).where(SCOPE_HEAD.c.scope == "operaciones").with_for_update()
            )
            taken = municipality.push(ana, ana.piece("emergencia"), ana.piece("operaciones"))
            with pytest.raises(DatabaseAway):
                municipality.push(ana, ana.piece("operaciones"))

        assert [(one.seq, one.refusal) for one in taken] == [(2, None), (0, "busy")]
        assert taken[1].retry_after_s > 0
        assert municipality.push(ana, ana.piece("operaciones"))[0].seq == 2
        municipality.close()


def test_a_bucket_gives_its_burst_and_then_its_rate() -> None:
    now = 0.0
    buckets = Buckets(2.0, 3.0, lambda: now, names=2)

    assert [buckets.take("a") for _ in range(4)] == [0, 0, 0, 0.5]
    now = 0.5
    assert [buckets.take("a"), buckets.take("a")] == [0, 0.5]
    assert [buckets.take(name) for name in ("b", "c")] == [0, 0]
    assert buckets.take("a", 3) == 0


def test_names_that_cannot_be_are_known() -> None:
    assert all(map(is_scope, ("sys", "operaciones", "victimas/centro-1")))
    assert not any(map(is_scope, ("", "Sys", "a b", "a/b/c", "a\0", "../x", "a" * 90, "año")))
    assert is_table("device_replicas")
    assert not any(map(is_table, ("", "Mayor", "a-b", "a.b", "1a", "a" * 80)))
