"""Before an account is deleted: its login is ended at the network, where that is a device of its own there."""

import asyncio
import logging

from msgspec import UNSET, UnsetType

from trunkline.contract.connector import LogsOut, OpenAccount

log = logging.getLogger(__name__)


async def left_after_log_out(connector: object, account: OpenAccount, most_ms: int) -> str | UnsetType:
    """Log an account out; gives what is left for its person to do at the network. Never fails, and takes `most_ms` at most."""
    if not isinstance(connector, LogsOut):
        return UNSET
    try:
        async with asyncio.timeout(most_ms / 1000):
            is_told = await connector.log_out(account)
    except Exception as error:
        log.info("account %s: its login was not ended at the network (%s)", account.account_id, type(error).__name__)
        is_told = False
    return UNSET if is_told else connector.left_to_do
