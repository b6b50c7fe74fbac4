"""The connection that comes with an account on a real network: it reads that account, and nothing more (design.md 4)."""

from trunkline.contract.connector import Connector
from trunkline.contract.login import LoginDone
from trunkline.model.connection import Grant
from trunkline.model.ids import new_pcid
from trunkline.store import audit, connections
from trunkline.store.audit import AuditRow
from trunkline.store.engine import Transaction
from trunkline.store.store import Store

GRANTED: tuple[Grant, ...] = ("read",)
NAME_LENGTH = 100
"""Characters a connection's name has at most (operations/administration.py)."""


async def own_connection(
    store: Store, tx: Transaction, connector: Connector, done: LoginDone, *, owner: int, account_id: str, again: bool
) -> str | None:
    """The PCID of the person's connection to this account alone, made here where there is none; with its audit row.

    None on a simulated road, where the first run's connection reaches everything, and where an account that is logged in again
    has none (any more): logging in again grants nothing. No connection that stands is ever widened.
    """
    if connector.simulated:
        return None
    standing = await connections.to_account_alone(tx, owner, account_id)
    if standing is not None or again:
        return None if standing is None else standing.pcid
    row = await connections.add(
        tx,
        pcid=new_pcid(store.entropy),
        principal=owner,
        owner=owner,
        name=f"{connector.title}: {done.name}"[:NAME_LENGTH],
        roads=(connector.road,),
        accounts=(account_id,),
        chats=None,
        effects=GRANTED,
        mode="guarded",
        at_ms=store.clock(),
    )
    await audit.append(
        tx,
        AuditRow(
            at=store.clock(),
            surface="hub",
            operation="connect_account",
            verdict="allow",
            principal=owner,
            connection=row.no,
            target=account_id,
            reason="effects read; mode guarded",
            outcome="ok",
        ),
    )
    return row.pcid
