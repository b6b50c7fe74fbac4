"""How an event is written for one endpoint: the original's plain delivery, and beside it the headers of Standard Webhooks.

Source: unipile-v1 11.2, 11.3; security.md 6.7.
"""

from base64 import urlsafe_b64encode
from urllib.parse import urlencode

import msgspec
from msgspec import Struct

from trunkline.hub.account_news import KIND
from trunkline.hub.outgoing.signature import key_of, sign
from trunkline.model.webhook import WebhookFormat
from trunkline.store.journal import JournalRow
from trunkline.store.seal import Seal
from trunkline.store.webhooks import WebhookRow

CONTENT_TYPES: dict[str, str] = {"json": "application/json", "form": "application/x-www-form-urlencoded"}

Headers = tuple[tuple[str, str], ...]


class FormerSecret(Struct, frozen=True, array_like=True):
    """A secret that was replaced and signs beside its successor until a time: milliseconds, UTC."""

    secret: str
    until: int

    def __repr__(self) -> str:
        return f"FormerSecret(until={self.until})"


class Sealed(Struct, frozen=True):
    """What of a webhook lies sealed in the store."""

    secrets: tuple[str, ...]
    """`whsec_...`: every delivery is signed with each of them."""
    headers: Headers
    former: tuple[FormerSecret, ...] = ()

    def __repr__(self) -> str:
        return "Sealed(...)"


class Endpoint(Struct, frozen=True, kw_only=True):
    """What is needed to write to one endpoint."""

    id: str
    url: str
    format: WebhookFormat
    name: str
    data: tuple[tuple[str, str], ...]
    headers: Headers
    keys: tuple[bytes, ...]
    former: tuple[tuple[bytes, int], ...] = ()
    """Keys that sign until a time, in milliseconds."""

    def __repr__(self) -> str:
        return f"Endpoint({self.id})"


def close(seal: Seal, webhook_id: str, sealed: Sealed) -> bytes:
    """Seal it for its webhook."""
    return seal.close(msgspec.json.encode(sealed), "webhook", webhook_id)


def opened(seal: Seal, row: WebhookRow) -> Sealed:
    """What was sealed for a webhook. Raises SealBroken."""
    return msgspec.json.decode(seal.open(row.sealed, "webhook", row.id), type=Sealed)


def endpoint_of(seal: Seal, row: WebhookRow) -> Endpoint:
    """The endpoint of a webhook. Raises SealBroken."""
    sealed = opened(seal, row)
    return Endpoint(
        id=row.id,
        url=row.request_url,
        format="form" if row.format == "form" else "json",
        name=row.name or "",
        data=row.data,
        headers=sealed.headers,
        keys=tuple(key_of(secret) for secret in sealed.secrets),
        former=tuple((key_of(each.secret), each.until) for each in sealed.former),
    )


def delivery_id(seal: Seal, webhook_id: str, seq: int) -> str:
    """The id of an event for one endpoint: the same at every try, also after a restart, and not to be guessed."""
    digest = seal.keyed_hash(f"{webhook_id} {seq}".encode(), "delivery of a webhook")
    return "msg_" + urlsafe_b64encode(digest[:16]).rstrip(b"=").decode()


def body_of(endpoint: Endpoint, row: JournalRow) -> bytes:
    """The body. `data` gives properties other names; those it does not name keep theirs."""
    if row.kind.startswith(KIND):
        return row.payload if endpoint.format == "json" else _form(msgspec.json.decode(row.payload))
    if endpoint.format == "json" and not endpoint.data:
        return row.payload[:-1] + b',"webhook_name":' + msgspec.json.encode(endpoint.name) + b"}"
    payload: dict[str, object] = msgspec.json.decode(row.payload) | {"webhook_name": endpoint.name}
    names = {key: name for name, key in endpoint.data}
    payload = {names.get(key, key): value for key, value in payload.items()}
    return msgspec.json.encode(payload) if endpoint.format == "json" else _form(payload)


def _form(payload: dict[str, object]) -> bytes:
    """The same keys urlencoded: texts as they are, what is nested, and null, as JSON."""
    pairs = [(key, value if isinstance(value, str) else msgspec.json.encode(value).decode()) for key, value in payload.items()]
    return urlencode(pairs).encode()


def headers_of(endpoint: Endpoint, message_id: str, body: bytes, now_ms: int) -> list[tuple[str, str]]:
    """The headers of this very attempt; one that was given for the content type wins."""
    stamp = now_ms // 1000
    keys = (*endpoint.keys, *(key for key, until in endpoint.former if now_ms < until))
    headers = [
        ("webhook-id", message_id),
        ("webhook-timestamp", str(stamp)),
        ("webhook-signature", sign(keys, message_id, stamp, body)),
        *endpoint.headers,
    ]
    if all(name.lower() != "content-type" for name, _ in endpoint.headers):
        headers.append(("content-type", CONTENT_TYPES[endpoint.format]))
    return headers
