"""Which function plans which operation; a start-up check pairs them with the catalogue."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from trunkline.hub.administration.accounts import delete_account, get_account, restart_account, resync_account
from trunkline.hub.administration.connecting import (
    cancel_login,
    connect_account,
    get_login,
    reconnect_account,
    resend_checkpoint,
    solve_checkpoint,
)
from trunkline.hub.administration.networks import control_network, list_networks
from trunkline.hub.administration.status import get_status, make_backup
from trunkline.hub.administration.unconfirmed import list_pending
from trunkline.hub.administration.unsettled import settle_pending
from trunkline.hub.administration.webhook_secrets import rotate_webhook
from trunkline.hub.administration.webhooks import (
    create_webhook,
    delete_webhook,
    list_dead_letters,
    list_webhooks,
    replay_webhook,
    switch_webhook,
)
from trunkline.hub.asked import Asked
from trunkline.hub.hosted.links import create_hosted_link
from trunkline.hub.hosted.playing import (
    answer_hosted_login,
    begin_hosted_login,
    get_hosted_link,
    leave_hosted_login,
    resend_hosted_code,
)
from trunkline.hub.plans import HubPlan
from trunkline.hub.reads.accounts import list_accounts
from trunkline.hub.reads.attendees import get_attendee_by_id, list_all_attendees, list_attendees
from trunkline.hub.reads.chats import get_chat, list_all_chats, list_chats_by_attendee
from trunkline.hub.reads.files import get_attendee_profile_picture, get_message_attachment
from trunkline.hub.reads.messages import (
    get_message,
    list_all_messages,
    list_chat_messages,
    list_messages_by_attendee,
)
from trunkline.hub.reads.search import search_messages
from trunkline.hub.writes.changing import add_reaction, delete_message, patch_message
from trunkline.hub.writes.patching import delete_chat, patch_chat
from trunkline.hub.writes.sending import forward_message, send_message_in_chat
from trunkline.hub.writes.starting import start_new_chat
from trunkline.hub.writes.syncing import sync_chat_history
from trunkline.operations.accounts import (
    CancelLogin,
    ConnectAccount,
    DeleteAccount,
    GetAccount,
    GetLogin,
    ListAllAccounts,
    ReconnectAccount,
    ResendCheckpoint,
    RestartAccount,
    ResyncAccount,
    SolveCheckpoint,
)
from trunkline.operations.administration import ControlNetwork, GetStatus, ListNetworks, ListPending, MakeBackup, SettlePending
from trunkline.operations.attendees import (
    GetAttendeeById,
    GetAttendeeProfilePicture,
    ListAllAttendees,
    ListChatsByAttendee,
    ListMessagesByAttendee,
)
from trunkline.operations.catalog import ACCOUNTS, HOSTED, MESSAGING, WEBHOOKS, OperationType
from trunkline.operations.chats import (
    DeleteChat,
    GetChat,
    ListAllChats,
    ListAttendees,
    ListChatMessages,
    PatchChat,
    SendMessageInChat,
    StartNewChat,
    SyncChatHistory,
)
from trunkline.operations.hosted import (
    AnswerHostedLogin,
    BeginHostedLogin,
    CreateHostedLink,
    GetHostedLink,
    LeaveHostedLogin,
    ResendHostedCode,
)
from trunkline.operations.messages import (
    AddReaction,
    DeleteMessage,
    ForwardMessage,
    GetMessage,
    GetMessageAttachment,
    ListAllMessages,
    PatchMessage,
)
from trunkline.operations.own import ListAccounts, SearchMessages
from trunkline.operations.webhooks import (
    CreateWebhook,
    DeleteWebhook,
    ListDeadLetters,
    ListWebhooks,
    ReplayWebhook,
    RotateWebhook,
    SwitchWebhook,
)

Handler = Callable[[Asked[Any]], Awaitable[HubPlan]]

ANSWERED: tuple[OperationType, ...] = (
    *MESSAGING,
    *ACCOUNTS,
    *WEBHOOKS,
    *HOSTED,
    ListAccounts,
    SearchMessages,
    ListNetworks,
    ControlNetwork,
    MakeBackup,
    GetStatus,
    ListPending,
    SettlePending,
)

HANDLERS: Mapping[OperationType, Handler] = {
    AddReaction: add_reaction,
    AnswerHostedLogin: answer_hosted_login,
    BeginHostedLogin: begin_hosted_login,
    CancelLogin: cancel_login,
    ConnectAccount: connect_account,
    ControlNetwork: control_network,
    CreateHostedLink: create_hosted_link,
    DeleteAccount: delete_account,
    DeleteChat: delete_chat,
    DeleteMessage: delete_message,
    ForwardMessage: forward_message,
    GetAccount: get_account,
    GetAttendeeById: get_attendee_by_id,
    GetAttendeeProfilePicture: get_attendee_profile_picture,
    GetChat: get_chat,
    GetHostedLink: get_hosted_link,
    GetLogin: get_login,
    GetMessage: get_message,
    GetMessageAttachment: get_message_attachment,
    GetStatus: get_status,
    LeaveHostedLogin: leave_hosted_login,
    ListAccounts: list_accounts,
    ListAllAccounts: list_accounts,
    ListAllAttendees: list_all_attendees,
    ListAllChats: list_all_chats,
    ListAllMessages: list_all_messages,
    ListAttendees: list_attendees,
    ListChatMessages: list_chat_messages,
    ListChatsByAttendee: list_chats_by_attendee,
    ListMessagesByAttendee: list_messages_by_attendee,
    ListNetworks: list_networks,
    ListPending: list_pending,
    MakeBackup: make_backup,
    PatchChat: patch_chat,
    PatchMessage: patch_message,
    ReconnectAccount: reconnect_account,
    ResendCheckpoint: resend_checkpoint,
    ResendHostedCode: resend_hosted_code,
    RestartAccount: restart_account,
    ResyncAccount: resync_account,
    SearchMessages: search_messages,
    SettlePending: settle_pending,
    SendMessageInChat: send_message_in_chat,
    SolveCheckpoint: solve_checkpoint,
    StartNewChat: start_new_chat,
    CreateWebhook: create_webhook,
    ListWebhooks: list_webhooks,
    DeleteWebhook: delete_webhook,
    SwitchWebhook: switch_webhook,
    RotateWebhook: rotate_webhook,
    ListDeadLetters: list_dead_letters,
    ReplayWebhook: replay_webhook,
    SyncChatHistory: sync_chat_history,
}
