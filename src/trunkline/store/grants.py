"""The kill switch, read again inside a transaction: whether a key and a connection still hold at this very moment."""

from trunkline.model.errors import NotAllowed
from trunkline.store.engine import Reader

STOPPED = "This connection was stopped or revoked. Nothing was done; a person can let it go on."
STOPPED_KEY = "This API key was stopped or revoked. Nothing was done; a person can let it go on or make a new key."


async def still_hold(reader: Reader, connection: int, key_id: str | None) -> bool:
    """Whether neither the connection (number) nor the key (None: the local user) was stopped or revoked."""
    return await _missing(reader, connection, key_id) is None


async def check(reader: Reader, connection: int, key_id: str | None) -> None:
    """Raise NotAllowed when the connection or the key was stopped or revoked."""
    missing = await _missing(reader, connection, key_id)
    if missing is not None:
        raise NotAllowed(missing)


async def _missing(reader: Reader, connection: int, key_id: str | None) -> str | None:
    if await reader.row("SELECT 1 FROM connection WHERE no = $1 AND stopped = 0 AND revoked_at IS NULL", connection) is None:
        return STOPPED
    if key_id is None:
        return None
    if await reader.row("SELECT 1 FROM api_key WHERE id = $1 AND stopped = 0 AND revoked_at IS NULL", key_id) is None:
        return STOPPED_KEY
    return None
