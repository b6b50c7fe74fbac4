"""Webhooks: being told of what happens. For admin keys, on REST and command line. Source: unipile-v1 11.1."""

from collections.abc import Mapping, Sequence
from typing import Annotated, Literal, get_args

from msgspec import Struct

from trunkline.model.errors import InvalidArgument, Unsupported
from trunkline.model.webhook import (
    DeadLetterList,
    UserEvent,
    Webhook,
    WebhookCreated,
    WebhookDeleted,
    WebhookFormat,
    WebhookList,
    WebhookReplayed,
    WebhookRotated,
)
from trunkline.model.webhook_payload import AccountEvent, MessageEvent, MessageHappened
from trunkline.operations.declaration import Operation, at
from trunkline.operations.effects import Effect
from trunkline.operations.filters import After, Before, Cursor, Limit
from trunkline.operations.marks import Between, Items, UpTo
from trunkline.operations.values import either, quoted

Source = Literal["messaging", "account_status", "users", "email", "email_tracking", "calendar_event"]
Event = Literal[
    "message_received",
    "message_read",
    "message_reaction",
    "message_edited",
    "message_deleted",
    "message_delivered",
    "creation_success",
    "creation_fail",
    "deleted",
    "reconnected",
    "sync_success",
    "stopped",
    "ok",
    "connecting",
    "error",
    "credentials",
    "permissions",
    "new_relation",
]
EVENTS: Mapping[str, tuple[str, ...]] = {
    "messaging": get_args(MessageEvent),
    "account_status": get_args(AccountEvent),
    "users": get_args(UserEvent),
}
"""The events of each source. Mail and calendars have none here."""
DEFAULT_EVENTS: Mapping[str, tuple[str, ...]] = {
    "messaging": ("message_received",),
    "account_status": tuple(each for each in EVENTS["account_status"] if each not in ("connecting", "ok", "stopped")),
    "users": ("new_relation",),
}
KEYS: Mapping[str, tuple[str, ...]] = {
    "messaging": (
        "account_id", "account_type", "account_info", "chat_id", "timestamp", "webhook_name", "message_id", "message",
        "reaction", "reaction_sender", "sender", "attendees", "attachments", "subject", "provider_chat_id",
        "provider_message_id", "is_event", "quoted", "chat_content_type", "message_type", "is_group", "folder",
    ),
    "account_status": (),
    "users": (
        "account_id", "account_type", "webhook_name", "timestamp", "user_provider_id", "user_full_name",
        "user_public_identifier", "user_profile_url", "user_picture_url",
    ),
}  # fmt: skip
"""The properties that `data` can give another name, by source."""
SENT = frozenset(MessageHappened.__struct_fields__) | {key for keys in KEYS.values() for key in keys}
"""What a payload may hold under its own name; `event` among them, which is always sent as itself."""

WebhookId = Annotated[str, "The id of the webhook."]


class HeaderWanted(Struct, frozen=True, kw_only=True):
    """A header to add to every delivery."""

    key: Annotated[str, "Its name.", UpTo(128)]
    value: Annotated[str, "Its value.", UpTo(4096, empty=True)]


class Renaming(Struct, frozen=True, kw_only=True):
    """Another name for a property of the payload."""

    name: Annotated[str, "What the property is to be called.", UpTo(100)]
    key: Annotated[str, "Which property it is.", UpTo(100)]


@at("POST /webhooks", Effect.ADMIN, status=201, cannot=501, missing="account or connection", reaches_network=False)
class CreateWebhook(Operation[WebhookCreated]):
    """Be told at an address of yours of what happens. The answer shows the signing secret, once."""

    source: Annotated[Source, "What it tells of."]
    request_url: Annotated[str, "Where it is posted to: an https address.", UpTo(2048)]
    name: Annotated[str | None, "What it is called; comes back as webhook_name.", UpTo(100)] = None
    format: Annotated[WebhookFormat | None, "How it is written; json if left out."] = None
    account_ids: Annotated[
        tuple[str, ...] | None, "Ids of the accounts it tells of; all, those to come too, if left out.", Items(1000)
    ] = None
    enabled: Annotated[bool, "false makes it without switching it on."] = True
    headers: Annotated[
        tuple[HeaderWanted, ...] | None, "Headers to add, each {key, value}, such as a shared secret.", Items(20)
    ] = None
    events: Annotated[tuple[Event, ...] | None, "Which events; those usual for its source if left out.", Items(20, least=1)] = (
        None
    )
    data: Annotated[tuple[Renaming, ...] | None, "Other names for properties of the payload, each {name, key}.", Items(30)] = (
        None
    )
    connection: Annotated[str | None, "PCID of the connection whose chats alone it is to see (Trunkline's own).", UpTo(512)] = (
        None
    )

    def check(self) -> None:
        """The events and renamed properties must be the source's."""
        if self.source not in EVENTS:
            raise Unsupported(f"Webhooks about {self.source} are not served: Trunkline has neither mail nor calendars.")
        for each in self.events or ():
            if each not in EVENTS[self.source]:
                raise InvalidArgument(
                    f"events holds {quoted(each)}; webhooks about {self.source} have {either(EVENTS[self.source])}."
                )
        keys = KEYS[self.source]
        for renaming in self.data or ():
            if renaming.key not in keys:
                allowed = f"it can be {either(keys)}" if keys else "none of theirs can be renamed; leave data out"
                raise InvalidArgument(f"data names the key {quoted(renaming.key)}; for webhooks about {self.source} {allowed}.")
        _check_names(self.data or ())

    def __repr__(self) -> str:
        return f"CreateWebhook(source={self.source!r}, name={self.name!r}, ...)"


def _check_names(data: Sequence[Renaming]) -> None:
    """Two properties must not come to one name: the later would hide the other. Raises InvalidArgument."""
    for index, each in enumerate(data):
        if each.name in SENT and each.name != each.key:
            raise InvalidArgument(f"data[{index}].name is {quoted(each.name)}, which the payload has already; choose another.")
        for earlier in data[:index]:
            if each.name == earlier.name or each.key == earlier.key:
                what = "name" if each.name == earlier.name else "key"
                raise InvalidArgument(f"data gives the {what} {quoted(getattr(each, what))} twice; give it once.")


@at("GET /webhooks", Effect.ADMIN, reaches_network=False)
class ListWebhooks(Operation[WebhookList]):
    """List your webhooks, with how their endpoints do."""

    cursor: Cursor = None
    limit: Limit = None


@at("DELETE /webhooks/{webhook_id}", Effect.ADMIN, missing="webhook", reaches_network=False, destructive=True)
class DeleteWebhook(Operation[WebhookDeleted]):
    """Delete a webhook, with the events it has not been told of."""

    webhook_id: WebhookId


@at("PATCH /webhooks/{webhook_id}", Effect.ADMIN, missing="webhook", reaches_network=False)
class SwitchWebhook(Operation[Webhook]):
    """Switch a webhook off, or on again: it goes on with the event where it stopped."""

    webhook_id: WebhookId
    enabled: Annotated[bool, "Whether events are delivered."]


@at("POST /webhooks/{webhook_id}/rotate", Effect.ADMIN, missing="webhook", reaches_network=False)
class RotateWebhook(Operation[WebhookRotated]):
    """Give a webhook a new signing secret, which the answer shows, once. For a while the earlier one signs beside it."""

    webhook_id: WebhookId
    overlap_hours: Annotated[
        int | None,
        "For how many hours the earlier secret signs too; 24 if left out, 0 ends every earlier one at once.",
        Between(0, 720),
    ] = None


@at("GET /webhooks/{webhook_id}/dead_letters", Effect.ADMIN, missing="webhook", reaches_network=False)
class ListDeadLetters(Operation[DeadLetterList]):
    """List the events that were given up for a webhook, oldest first."""

    webhook_id: WebhookId
    cursor: Cursor = None
    limit: Limit = None


@at("POST /webhooks/{webhook_id}/replay", Effect.ADMIN, missing="webhook or dead letter", reaches_network=False)
class ReplayWebhook(Operation[WebhookReplayed]):
    """Try dead letters again: all of them, one, or those of a time."""

    webhook_id: WebhookId
    letter_id: Annotated[str | None, "The id of one dead letter; all if left out."] = None
    before: Before = None
    after: After = None
