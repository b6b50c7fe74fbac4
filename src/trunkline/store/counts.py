"""How much there is, for `trunkline doctor`."""

from trunkline.store.engine import Reader


async def chats_of(reader: Reader, account_no: int) -> int:
    """How many chats an account has."""
    row = await reader.row("SELECT count(*) FROM chat WHERE account_no = $1 AND removed = 0", account_no)
    return int(row[0]) if row else 0


async def messages_of(reader: Reader, account_no: int) -> int:
    """How many messages of an account are stored."""
    row = await reader.row("SELECT count(*) FROM message WHERE account_no = $1", account_no)
    return int(row[0]) if row else 0


async def unsettled(reader: Reader, account_no: int) -> dict[str, int]:
    """How many writes of an account are in each state that is not the end, as `OutboxRow.send_state` shows it."""
    rows = await reader.fetch(
        "SELECT CASE WHEN state = 'queued' AND unclear_at IS NOT NULL THEN 'unknown' ELSE state END AS shown, count(*)"
        " FROM outbox WHERE account_no = $1 AND state IN ('queued', 'sending', 'unknown', 'held') GROUP BY shown",
        account_no,
    )
    return {row[0]: row[1] for row in rows}


async def connections(reader: Reader) -> int:
    """How many connections are in force."""
    row = await reader.row("SELECT count(*) FROM connection WHERE revoked_at IS NULL")
    return int(row[0]) if row else 0


async def keys(reader: Reader) -> int:
    """How many keys are in force."""
    row = await reader.row("SELECT count(*) FROM api_key WHERE revoked_at IS NULL")
    return int(row[0]) if row else 0
