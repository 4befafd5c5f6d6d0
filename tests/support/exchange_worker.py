"""A process that exchanges a station's file with the server until it is killed.

Run as a program it is a server that has imported everything and forks a worker for each line on its input:
`PATH|NAME|ADDRESS|WORD|STATEMENT`. A worker opens the file, writes about WORD unless that is empty, and exchanges once
over that address. It kills itself just before that statement of the writer, counted from the beginning of the exchange.
It says `ok written WORD` after the write, and `ok exchanged` at the end. The server says `pid N` and `end STATUS`.
"""

import os
import sys
import traceback
from pathlib import Path

import msgspec
from sqlalchemy.orm import Session

from desktop.models.people import StaffMember
from desktop.sync.enrolment import membership
from desktop.sync.exchange import Exchange, Identity
from desktop.sync.http_peer import HttpPeer
from tests.support.profiles import keys_of, open_store
from tests.support.work import add_incident, change_member
from tests.support.worker import die_before, say


def exchange(path: Path, name: str, address: str, word: str, statement: int) -> None:
    """Do what the module says; returns only when the statement never came."""
    keys = keys_of(name)
    store = open_store(path, keys, station=name)
    member = membership(store)
    assert member is not None
    if word:
        add_incident(store, word, lines=1)
        for person in store.read(_people).result():
            change_member(store, person.id, phone=word)
        say(f"ok written {word}")
    die_before(store, statement)
    peer = HttpPeer.server(msgspec.structs.replace(member, address=address), keys.signing)
    Exchange(store, peer, "server", Identity(member.device, member.municipal_key, "prueba")).run()
    peer.close()
    say("ok exchanged")
    store.close()


def _people(session: Session) -> list[StaffMember]:
    return session.query(StaffMember).all()


def serve() -> None:
    """Fork a worker for each line of the input."""
    say("ready")
    for line in sys.stdin:
        path, name, address, word, statement = line.rstrip("\n").split("|")
        pid = os.fork()
        if pid == 0:
            status = 1
            try:
                exchange(Path(path), name, address, word, int(statement))
                status = 0
            except Exception:
                traceback.print_exc()
            finally:
                os._exit(status)
        say(f"pid {pid}")
        _, status = os.waitpid(pid, 0)
        say(f"end {status}")


if __name__ == "__main__":
    serve()
