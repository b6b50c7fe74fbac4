"""What is known of a message before it arrives: three looks in one, since of nearly every message it is nothing."""

from typing import NamedTuple

from trunkline.store.engine import Reader


class Foretold(NamedTuple):
    """Whether it was edited or deleted, was reacted to, and whether anything waits for it (marks, quotes, answers)."""

    amended: bool
    reacted: bool
    awaited: bool


async def of_message(reader: Reader, chat_no: int, provider_id: str) -> Foretold:
    """What is known under the network's id."""
    row = await reader.row(
        "SELECT EXISTS (SELECT 1 FROM amendment WHERE chat_no = $1 AND provider_id = $2),"
        " EXISTS (SELECT 1 FROM reaction WHERE chat_no = $1 AND provider_id = $2),"
        " EXISTS (SELECT 1 FROM waiting WHERE chat_no = $1 AND provider_id = $2)",
        chat_no,
        provider_id,
    )
    assert row is not None
    return Foretold(*map(bool, row))
