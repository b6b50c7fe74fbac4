"""Webhooks as whoever sets them up sees them. Source: unipile-v1 5.9, 11.1; what is marked is Trunkline's own."""

from typing import Literal

from msgspec import UNSET, Struct, UnsetType

UserEvent = Literal["new_relation"]
WebhookSource = Literal["messaging", "account_status", "users"]
WebhookFormat = Literal["json", "form"]
WebhookState = Literal["working", "refusing", "failing", "disabled"]


class AddedHeader(Struct, frozen=True, kw_only=True):
    """A header of every delivery."""

    key: str
    value: str


class Renamed(Struct, frozen=True, kw_only=True):
    """The payload's property `key` is called `name`."""

    name: str
    key: str


class AccountOfWebhook(Struct, frozen=True, kw_only=True):
    """An account that a webhook is limited to."""

    id: str
    name: str
    type: str


class Webhook(Struct, frozen=True, kw_only=True):
    """One endpoint. `account_ids` empty: all accounts."""

    object: Literal["Webhook"] = "Webhook"
    id: str
    account_ids: tuple[AccountOfWebhook, ...]
    enabled: bool
    name: str | UnsetType = UNSET
    request_url: str
    format: WebhookFormat
    headers: tuple[AddedHeader, ...]
    data: tuple[Renamed, ...]
    events: tuple[str, ...] | UnsetType = UNSET
    """Of messages. Left out elsewhere: strict clients know no event of accounts here (npm unipile-node-sdk 1.9.3)."""
    type: Literal["AUTO"] = "AUTO"
    source: WebhookSource
    """From here on Trunkline's own fields."""
    tells_of: tuple[str, ...]
    """All its events."""
    connection: str | None = None
    """PCID of the connection whose chats alone it sees."""
    created_at: str
    state: WebhookState
    """`refusing`: it answers, but its last answer refused an event (4xx).

    `disabled`: switched off, or by its receiver with a status 410.
    """
    failing_since: str | None = None
    next_try_at: str | None = None
    """When its endpoint is tried again, while it fails."""
    last_status: int | None = None
    """What its endpoint answered last; null after no answer."""
    last_error: str | None = None
    last_delivered_at: str | None = None
    retrying: int
    """Events that it refused and that are tried again by themselves."""
    dead_letters: int
    """Events that were given up."""


class WebhookList(Struct, frozen=True, kw_only=True):
    """A page of webhooks, oldest first."""

    object: Literal["WebhookList"] = "WebhookList"
    items: tuple[Webhook, ...]
    cursor: str | None = None


class WebhookCreated(Struct, frozen=True, kw_only=True):
    """A new webhook. Its secret is shown here and nowhere else (Trunkline's own field)."""

    object: Literal["WebhookCreated"] = "WebhookCreated"
    webhook_id: str
    secret: str | UnsetType = UNSET
    """`whsec_...`: what its receiver verifies signatures with."""


class WebhookRotated(Struct, frozen=True, kw_only=True):
    """Deliveries are signed with a new secret, which is shown here and nowhere else, and until a time with the earlier too."""

    object: Literal["WebhookRotated"] = "WebhookRotated"
    webhook_id: str
    secret: str
    """`whsec_...`."""
    earlier_secret_until: str | None
    """When the earlier secret ends; null when it has ended already."""


class WebhookDeleted(Struct, frozen=True, kw_only=True):
    """Nothing is sent there any more."""

    object: Literal["WebhookDeleted"] = "WebhookDeleted"


class DeadLetter(Struct, frozen=True, kw_only=True):
    """An event that was given up. `id` is the header `webhook-id` of its deliveries, the next ones too."""

    object: Literal["DeadLetter"] = "DeadLetter"
    id: str
    event: str
    account_id: str | None
    message_id: str | None
    happened_at: str
    first_tried_at: str
    last_tried_at: str
    tries: int
    status: int | None
    """What was answered last; null after no answer."""
    error: str | None


class DeadLetterList(Struct, frozen=True, kw_only=True):
    """A page of dead letters, in the order of what happened."""

    object: Literal["DeadLetterList"] = "DeadLetterList"
    items: tuple[DeadLetter, ...]
    cursor: str | None = None


class WebhookReplayed(Struct, frozen=True, kw_only=True):
    """So many dead letters are tried again, from now on."""

    object: Literal["WebhookReplayed"] = "WebhookReplayed"
    replayed: int
