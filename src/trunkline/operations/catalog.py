"""All operations: the 21 in the order of the tool list, our own, accounts, and what a person runs the server with."""

from collections.abc import Iterable, Mapping
from typing import Any

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
from trunkline.operations.administration import (
    AddConnection,
    AddUnipileConnection,
    AllowConnection,
    CheckConnection,
    ControlNetwork,
    CreateKey,
    GetStatus,
    ListAllConnections,
    ListAudit,
    ListKeys,
    ListNetworks,
    ListPending,
    MakeBackup,
    RevokeConnection,
    RevokeKey,
    SettlePending,
    StopConnection,
    StopKey,
)
from trunkline.operations.attendees import (
    GetAttendeeById,
    GetAttendeeProfilePicture,
    ListAllAttendees,
    ListChatsByAttendee,
    ListMessagesByAttendee,
)
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
from trunkline.operations.declaration import Operation, name_of
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
from trunkline.operations.own import ListAccounts, ListConnections, SearchMessages
from trunkline.operations.webhooks import (
    CreateWebhook,
    DeleteWebhook,
    ListDeadLetters,
    ListWebhooks,
    ReplayWebhook,
    RotateWebhook,
    SwitchWebhook,
)

OperationType = type[Operation[Any]]

MESSAGING: tuple[OperationType, ...] = (
    AddReaction,
    DeleteChat,
    DeleteMessage,
    ForwardMessage,
    GetAttendeeById,
    GetAttendeeProfilePicture,
    GetChat,
    GetMessage,
    GetMessageAttachment,
    ListAllAttendees,
    ListAllChats,
    ListAllMessages,
    ListAttendees,
    ListChatMessages,
    ListChatsByAttendee,
    ListMessagesByAttendee,
    PatchChat,
    PatchMessage,
    SendMessageInChat,
    StartNewChat,
    SyncChatHistory,
)
OWN: tuple[OperationType, ...] = (ListConnections, ListAccounts, SearchMessages)
ACCOUNTS: tuple[OperationType, ...] = (
    ListAllAccounts,
    GetAccount,
    ConnectAccount,
    ReconnectAccount,
    SolveCheckpoint,
    ResendCheckpoint,
    GetLogin,
    CancelLogin,
    RestartAccount,
    ResyncAccount,
    DeleteAccount,
    CreateHostedLink,
)
HOSTED: tuple[OperationType, ...] = (
    GetHostedLink,
    BeginHostedLogin,
    AnswerHostedLogin,
    ResendHostedCode,
    LeaveHostedLogin,
)
"""What a link's own page asks (operations/hosted.py): on no surface but that page."""
ADMINISTRATION: tuple[OperationType, ...] = (
    CreateKey,
    ListKeys,
    StopKey,
    RevokeKey,
    AddConnection,
    AddUnipileConnection,
    ListAllConnections,
    AllowConnection,
    StopConnection,
    RevokeConnection,
    CheckConnection,
    ListAudit,
    ListNetworks,
    ControlNetwork,
    MakeBackup,
    GetStatus,
    ListPending,
    SettlePending,
)
WEBHOOKS: tuple[OperationType, ...] = (
    CreateWebhook,
    ListWebhooks,
    DeleteWebhook,
    SwitchWebhook,
    RotateWebhook,
    ListDeadLetters,
    ReplayWebhook,
)
ALL: tuple[OperationType, ...] = MESSAGING + OWN + ACCOUNTS + WEBHOOKS + ADMINISTRATION
BY_NAME: Mapping[str, OperationType] = {name_of(operation): operation for operation in ALL}


def pair(handlers: Mapping[OperationType, object], operations: Iterable[OperationType]) -> None:
    """Check at start that every operation has a handler and every handler an operation. Raises ValueError with their names."""
    declared = set(operations)
    unanswered = sorted(name_of(each) for each in declared - handlers.keys())
    unasked = sorted(name_of(each) for each in handlers.keys() - declared)
    if unanswered or unasked:
        raise ValueError(
            f"operations without a handler: {', '.join(unanswered) or 'none'}; "
            f"handlers without an operation: {', '.join(unasked) or 'none'}"
        )
