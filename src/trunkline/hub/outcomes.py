"""What a caller is told whose write came to no answer: whether anything may have gone out, and what to do next."""

from trunkline.model.errors import NotReached, OutcomeUnknown
from trunkline.operations.chats import ListChatMessages
from trunkline.operations.messages import GetMessage
from trunkline.operations.schema import tool_name
from trunkline.store.outbox import OutboxRow

_LOOK = tool_name(GetMessage)
"""A tool's whole name: a surface that has none puts its own word there (surfaces/rest/wording.py, surfaces/cli/wording.py)."""

_REPEAT = "Nothing was sent; repeat the call later, under a new idempotency key if it had one."
"""The old key gives this answer again: a failure is an answer, too."""


def never_began() -> NotReached:
    """Nothing went out, for certain, and nothing will."""
    return NotReached(
        "There was no chance to hand it to the network in time: the account was not connected, or earlier messages of the chat"
        f" were still on their way. {_REPEAT}"
    )


def ended_before() -> NotReached:
    """The server ends with this still waiting. Nothing went out, for certain, and nothing will."""
    return NotReached(f"The server was told to end before this was handed to the network. {_REPEAT}")


def out_of_time(public_id: str | None, *, is_ending: bool = False) -> OutcomeUnknown:
    """It is under way, and the caller's time is over. public_id: reserved for the message, None where none comes of it.

    is_ending: it is over because the server ends.
    """
    why = "The server was told to end before the network answered." if is_ending else "The network did not answer in time."
    if public_id is None:
        return OutcomeUnknown(f"{why} It may have been done: look before you repeat it.")
    return OutcomeUnknown(
        f"{why} The message may have been sent as {public_id}: look with {_LOOK}, do not repeat.",
        message_id=public_id,
    )


def cannot_be_told(row: OutboxRow) -> OutcomeUnknown:
    """Nobody will find out by asking the network."""
    if row.public_id is None:
        return OutcomeUnknown("The network's answer was lost. It may have been done: look before you repeat it.")
    return OutcomeUnknown(
        f"The network's answer was lost, and it cannot be asked. The message may have been sent as {row.public_id}: look with"
        f" {_LOOK} or {tool_name(ListChatMessages)}, do not repeat.",
        message_id=row.public_id,
    )
