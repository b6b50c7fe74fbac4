"""Operations on attendees. Source: unipile-v1 7.17 to 7.21."""

from typing import Annotated

from trunkline.model.attendee import ChatAttendee
from trunkline.model.blob import Blob
from trunkline.model.page import ChatAttendeeList, ChatList, MessageList
from trunkline.operations.declaration import Operation, at
from trunkline.operations.effects import Effect
from trunkline.operations.filters import AccountIds, After, Before, Cursor, Limit
from trunkline.operations.marks import IdList


@at("GET /chat_attendees", Effect.READ, missing="account")
class ListAllAttendees(Operation[ChatAttendeeList]):
    """List all attendees"""

    cursor: Cursor = None
    limit: Limit = None
    account_id: Annotated[
        str | None,
        "A filter to target attendees related to a certain linked account. The id of the account targeted.",
        IdList(),
    ] = None


@at("GET /chat_attendees/{id}", Effect.READ, missing="attendee")
class GetAttendeeById(Operation[ChatAttendee]):
    """Retrieve an attendee"""

    id: Annotated[str, "The id of the wanted attendee."]
    account_id: Annotated[str | None, "A filter to target items related to a certain account."] = None


@at("GET /chat_attendees/{id}/picture", Effect.READ, missing="attendee or picture")
class GetAttendeeProfilePicture(Operation[Blob]):
    """Download a chat attendee picture"""

    id: Annotated[str, "The id of the attendee. Use a chat id to get the picture of a group chat."]


@at("GET /chat_attendees/{attendee_id}/chats", Effect.READ, missing="attendee")
class ListChatsByAttendee(Operation[ChatList]):
    """List all 1to1 chats for a given attendee"""

    cursor: Cursor = None
    before: Before = None
    after: After = None
    limit: Limit = None
    account_id: AccountIds = None
    attendee_id: Annotated[
        str,
        "The Unipile ID OR provider_id of the attendee. Can be a comma-separated list of multiple ids.",
        IdList(),
    ]


@at("GET /chat_attendees/{sender_id}/messages", Effect.READ, missing="attendee")
class ListMessagesByAttendee(Operation[MessageList]):
    """List all messages for a given attendee"""

    cursor: Cursor = None
    before: Before = None
    after: After = None
    limit: Limit = None
    account_id: AccountIds = None
    sender_id: Annotated[str, "The Unipile ID OR provider_id of the attendee."]
