"""The kill switch, read again inside a transaction: whether a key and a connection still hold at this very moment."""

from trunkline.model.errors import NotAllowed
from trunkline.store.engine import Reader

STOPPED = "This connection was stopped or revoked. Nothing was done; a person can let it go on."
STOPPED_KEY = "This API key was stopped or revoked. Nothing was done; a person can let it go on or make a new key."


async def still_hold(reader: Reader, connection: int, key_id: str | None) -> bool:
    """Whether neither the connection (number) nor the key (None: the local user) was stopped or revoked."""
    return await _connection_holds(reader, connection) and await _key_holds(reader, key_id)


async def check(reader: Reader, connection: int, key_id: str | None) -> None:
    """Raise NotAllowed when the connection or the key was stopped or revoked."""
    if not await _connection_holds(reader, connection):
        raise NotAllowed(STOPPED)
    await check_key(reader, key_id)


async def check_key(reader: Reader, key_id: str | None) -> None:
    """Raise NotAllowed when the key was stopped or revoked."""
    if not await _key_holds(reader, key_id):
        raise NotAllowed(STOPPED_KEY)


async def _connection_holds(reader: Reader, connection: int) -> bool:
    sql = "SELECT 1 FROM connection WHERE no = $1 AND stopped = 0 AND revoked_at IS NULL"
    return await reader.row(sql, connection) is not None


async def _key_holds(reader: Reader, key_id: str | None) -> bool:
    sql = "SELECT 1 FROM api_key WHERE id = $1 AND stopped = 0 AND revoked_at IS NULL"
    return key_id is None or await reader.row(sql, key_id) is not None
