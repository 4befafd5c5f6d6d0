"""A server that was put back to an earlier state without anybody saying so: a copy of its disk, a standby that lagged.

A station shows what the server confirmed to it last, signed with the server's own key. Where the log does not lead
there, the server begins a new epoch, as after a restore: stations give it again what it lost, and its own chain goes
on under another id instead of saying two things in one place.
"""

import logging
from collections.abc import Sequence
from typing import Final

from sqlalchemy import select

from server import tenants
from server.authority import Authority
from server.engine import Database, Transaction
from server.give import root_at
from server.metrics import ROLLED_BACK
from server.tables import SCOPE_HEAD, TENANT
from wire.messages import ScopeState
from wire.receipts import FIRST_ROOT, is_genuine

_MOST: Final = 100
_log = logging.getLogger(__name__)


def begin_anew_if_put_back(database: Database, authority: Authority, shown: Sequence[ScopeState]) -> bool:
    """Begin a new epoch where a receipt proves that this database held more, or other things; tell whether it did.

    Raises:
        DatabaseAway: the database is gone.
    """
    key = authority.public_key
    receipts = [one for one in shown[:_MOST] if one.n > 0 and is_genuine(one, key)]
    if not receipts:
        return False
    with database.reading() as tx:
        if not _is_put_back(tx, authority.tenant, receipts):
            return False
    with database.writing() as tx:
        # Another process may have begun it meanwhile.
        tx.connection.execute(
            select(TENANT.c.epoch).where(TENANT.c.tenant == authority.tenant).with_for_update()
        )
        if not _is_put_back(tx, authority.tenant, receipts):
            return False
        epoch = tenants.begin_epoch_in(tx, authority)
    ROLLED_BACK.inc()
    _log.error("the database holds less than was confirmed, or something else: epoch %d begins", epoch)
    return True


def _is_put_back(tx: Transaction, tenant: str, receipts: Sequence[ScopeState]) -> bool:
    epoch = tx.connection.scalar(select(TENANT.c.epoch).where(TENANT.c.tenant == tenant))
    return any(one.epoch == epoch and not _leads_to(tx, tenant, one) for one in receipts)


def _leads_to(tx: Transaction, tenant: str, receipt: ScopeState) -> bool:
    """Tell whether the log still goes through what was confirmed."""
    place = (SCOPE_HEAD.c.tenant == tenant, SCOPE_HEAD.c.scope == receipt.scope)
    n = tx.connection.scalar(select(SCOPE_HEAD.c.n).where(*place)) or 0
    return receipt.n <= n and (root_at(tx, tenant, receipt.scope, receipt.n) or FIRST_ROOT) == receipt.root
