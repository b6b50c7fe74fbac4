"""Operations on chats. Source: unipile-v1 7.1 to 7.9."""

from typing import Annotated

from msgspec.structs import force_setattr

from trunkline.model.acknowledgements import ChatDeleted, ChatHistorySync, ChatPatched, ChatStarted, MessageSent
from trunkline.model.chat import ChatDetail
from trunkline.model.errors import EmptyMessage, InvalidAction, InvalidArgument, MissingArgument
from trunkline.model.networks import AccountType
from trunkline.model.page import ChatAttendeeList, ChatList, MessageList
from trunkline.operations.actions import ACTIONS, ChatAction, value_for
from trunkline.operations.declaration import Operation, at
from trunkline.operations.effects import Effect, Kind
from trunkline.operations.filters import LONG_TEXT, SHORT_TEXT, AccountIds, After, Before, Cursor, Limit
from trunkline.operations.linkedin import LinkedinOptions
from trunkline.operations.marks import AlsoCalled, Items, Refused
from trunkline.operations.parts import Attachments, VideoMessage, VoiceMessage

MAX_TYPING_MS = 30_000


@at("GET /chats", Effect.READ, missing="account")
class ListAllChats(Operation[ChatList]):
    """List all chats"""

    unread: Annotated[bool | None, "Whether you want to get either unread chats only, or read chats only."] = None
    cursor: Cursor = None
    before: Before = None
    after: After = None
    limit: Limit = None
    account_type: Annotated[AccountType | None, "A filter to target items related to a certain provider."] = None
    account_id: AccountIds = None


@at("GET /chats/{chat_id}", Effect.READ, missing="chat")
class GetChat(Operation[ChatDetail]):
    """Retrieve a chat"""

    account_id: Annotated[str | None, "Mandatory if the chat ID is a provider ID."] = None
    chat_id: Annotated[str, "The Unipile or provider ID of the chat."]


@at("POST /chats", Effect.SEND, status=201, form=True, cannot=501, missing="account")
class StartNewChat(Operation[ChatStarted]):
    """Start a new chat"""

    account_id: Annotated[str, "An Unipile account id."]
    attachments: Attachments = ()
    attendees_ids: Annotated[
        tuple[str, ...],
        "One or more attendee provider ID. For `instagram`, please use the 'provider_messaging_id'. For LinkedIn "
        "users, use a `provider_id` starting with: ACo for classic, ACw for Sales Navigator, AE for Recruiter. For "
        "LinkedIn company messaging, please use the 'messaging_id'. For WhatsApp, please use "
        "'00000000@s.whatsapp.net'.",
        Items(1000, least=1),
    ]
    linkedin: Annotated[LinkedinOptions | None, "Extra fields for Linkedin products"] = None
    subject: Annotated[
        str | None,
        "An optional field to set the subject of the conversation.",
        SHORT_TEXT,
        AlsoCalled("title"),
    ] = None
    text: Annotated[
        str | None,
        "The message that will start the new conversation. With LinkedIn recruiter, a range of HTML tags can be used "
        "directly in the body of the message to enhance the presentation. The supported tags are <strong> for bold "
        'text, <em> for italic text, <a href="www.my-link.com"> for external links, <ul> for unordered lists, <ol> '
        "for ordered lists and <li> for list items. Tags can be nested into each other if necessary.",
        LONG_TEXT,
    ] = None
    video_message: VideoMessage = None
    voice_message: VoiceMessage = None


@at("PATCH /chats/{chat_id}", Effect.CHANGE, kind=Kind.SINK, cannot=501, missing="chat", destructive=True)
class PatchChat(Operation[ChatPatched]):
    """Perform an action on a given chat"""

    chat_id: Annotated[str, "The id of the chat to be patched"]
    action: Annotated[
        ChatAction | None,
        "The action to perform on the chat: "
        "- `setReadStatus`: (WhatsApp & LinkedIn only) Set the read status of the chat. "
        "- `setMuteStatus`: (WhatsApp & LinkedIn only) Set the mute status of the chat. "
        "- `setArchiveStatus`: (WhatsApp only) Set the archive status of the chat. "
        "- `setPinnedStatus`: (WhatsApp only) Set the pinned status of the chat. "
        "- `addParticipant`: (WhatsApp & Telegram only) Add a participant to the group chat. The account owner must "
        "have the Add other members permission in the group. Provide the provider ID as value, for example "
        "334455667788@s.whatsapp.net for WhatsApp, or a Telegram user ID, username, or phone number for Telegram. "
        "- `removeParticipant`: (WhatsApp & Telegram only) Remove a participant from the group chat. Provide the "
        "provider ID as value, for example 334455667788@s.whatsapp.net for WhatsApp, or a Telegram user ID, username, "
        "or phone number for Telegram. "
        "- `setLabel`: (WhatsApp only) Add a label to the chat. If the label does not exist, it will be created and "
        "then assigned. "
        "- `getInviteLink`: (WhatsApp & Telegram only) Generate or retrieve the full group invite link. The account "
        "owner must have the required invite permissions in the group.",
        Refused(InvalidAction),
    ] = None
    value: Annotated[
        bool | str | None,
        "Required for every action except `getInviteLink`. Use a boolean for status actions and a string for "
        "participant or label actions.",
        SHORT_TEXT,
    ] = None

    def check(self) -> None:
        if self.action is None:
            raise MissingArgument(f"action is missing; it must be one of {', '.join(ACTIONS)}.")
        force_setattr(self, "value", value_for(self.action, self.value))


@at("DELETE /chats/{chat_id}", Effect.DESTROY, missing="chat")
class DeleteChat(Operation[ChatDeleted]):
    """Delete a chat"""

    chat_id: Annotated[str, "The id of the chat to delete."]


@at("GET /chats/{chat_id}/messages", Effect.READ, missing="chat")
class ListChatMessages(Operation[MessageList]):
    """List all messages from a chat"""

    cursor: Cursor = None
    before: Before = None
    after: After = None
    limit: Limit = None
    sender_id: Annotated[
        str | None,
        "A filter to target messages received from a certain sender. The id of the sender targeted.",
    ] = None
    chat_id: Annotated[str, "The id of the chat related to requested messages."]


@at("POST /chats/{chat_id}/messages", Effect.SEND, status=201, form=True, missing="account, chat, thread or message")
class SendMessageInChat(Operation[MessageSent]):
    """Send a message in a chat"""

    chat_id: Annotated[str, "The id of the chat where to send the message."]
    account_id: Annotated[
        str | None,
        "An account_id can be specified to prevent the user from sending messages in chats not belonging to the account.",
    ] = None
    attachments: Attachments = ()
    quote_id: Annotated[str | None, "The id of a message to quote. The id of the message to quote / reply to."] = None
    text: Annotated[str | None, "The text value", LONG_TEXT] = None
    thread_id: Annotated[
        str | None,
        "Optional and for Slack's messaging only. The id of the thread to send the message in.",
    ] = None
    typing_duration: Annotated[
        str | None,
        "(WhatsApp only) Set a duration in milliseconds to simulate a typing status for that duration before sending "
        "the message.",
    ] = None
    video_message: VideoMessage = None
    voice_message: VoiceMessage = None

    def check(self) -> None:
        has_text = self.text is not None and bool(self.text.strip())
        if not (has_text or self.attachments or self.voice_message or self.video_message):
            raise EmptyMessage
        if self.typing_duration is not None and not _is_typing_time(self.typing_duration):
            raise InvalidArgument(
                f"typing_duration must be a text of whole milliseconds from 0 to {MAX_TYPING_MS}, for example '1500'."
            )

    @property
    def typing_ms(self) -> int:
        """`typing_duration` as a number of milliseconds, 0 where there is none."""
        return int(self.typing_duration or 0)


def _is_typing_time(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) <= 5 and int(text) <= MAX_TYPING_MS


@at("GET /chats/{chat_id}/attendees", Effect.READ, missing="chat")
class ListAttendees(Operation[ChatAttendeeList]):
    """List all attendees from a chat"""

    chat_id: Annotated[str, "The id of the chat related to requested attendees."]


@at("GET /chats/{chat_id}/sync", Effect.READ, cannot=501, missing="chat")
class SyncChatHistory(Operation[ChatHistorySync]):
    """Synchronize a conversation from its beginning"""

    chat_id: Annotated[str, "The id of the chat to be synced."]
