"""Operations on messages. Source: unipile-v1 7.10 to 7.16."""

from typing import Annotated

from trunkline.model.acknowledgements import MessageDeleted, MessageEdited, MessageForwarded, MessageReactionAdded
from trunkline.model.blob import Blob
from trunkline.model.errors import InvalidArgument, MissingArgument
from trunkline.model.message import Message
from trunkline.model.page import MessageList
from trunkline.operations.declaration import Operation, at
from trunkline.operations.effects import Effect, Kind
from trunkline.operations.filters import LONG_TEXT, After, Before, Cursor, Limit
from trunkline.operations.marks import IdList, UpTo


@at("GET /messages", Effect.READ, missing="account or sender")
class ListAllMessages(Operation[MessageList]):
    """List all messages"""

    cursor: Cursor = None
    before: Before = None
    after: After = None
    limit: Limit = None
    sender_id: Annotated[
        str | None,
        "A filter to target messages received from a certain sender. The id of the sender targeted.",
    ] = None
    account_id: Annotated[
        str | None,
        "A filter to target messages received in a certain linked account. The id of the account targeted.",
        IdList(),
    ] = None


@at("GET /messages/{message_id}", Effect.READ, missing="message")
class GetMessage(Operation[Message]):
    """Retrieve a message"""

    message_id: Annotated[str, "The id of the message to retrieve."]


@at("PATCH /messages/{message_id}", Effect.CHANGE, kind=Kind.SINK, missing="message", destructive=True)
class PatchMessage(Operation[MessageEdited]):
    """Edit a message"""

    message_id: Annotated[str, "The id of the message to edit."]
    text: Annotated[
        str | None,
        "The updated text of the message. For media messages, this is used as the updated caption when supported by "
        "the provider. On WhatsApp, edits may be rejected after an indicative 15-minute window following the original "
        "send time. On LinkedIn Classic, edits are only possible within the first 60 minutes after the message is "
        "sent.",
        LONG_TEXT,
    ] = None

    def check(self) -> None:
        if self.text is None:
            raise MissingArgument("text is missing; give the new text of the message.")
        if not self.text.strip():
            raise InvalidArgument("text is empty; give the new text, or use delete_message to take the message back.")


@at("DELETE /messages/{message_id}", Effect.DESTROY, missing="message")
class DeleteMessage(Operation[MessageDeleted]):
    """Delete a message"""

    message_id: Annotated[str, "The id of the message to delete."]


@at(
    "POST /messages/{message_id}/reaction",
    Effect.CHANGE,
    kind=Kind.SIGNAL,
    alias="/messages/{message_id}/reactions",
    missing="message",
)
class AddReaction(Operation[MessageReactionAdded]):
    """Add a reaction to a message"""

    message_id: Annotated[str, "The id of the message to react to."]
    reaction: Annotated[str, "The emoji to react with (native emoji, e.g. ).", UpTo(64, empty=True)]


@at("POST /messages/{message_id}/forward", Effect.SEND, missing="message or chat")
class ForwardMessage(Operation[MessageForwarded]):
    """Forward a message"""

    message_id: Annotated[str, "The id of the message to forward."]
    chat_id: Annotated[str, "The id of the chat to forward the message to."]


@at("GET /messages/{message_id}/attachments/{attachment_id}", Effect.READ, missing="message or attachment")
class GetMessageAttachment(Operation[Blob]):
    """Retrieve an attachment from a message"""

    attachment_id: Annotated[str, "The id of the wanted attachment."]
    message_id: Annotated[str, "The id of the message to which the attachment is linked."]
