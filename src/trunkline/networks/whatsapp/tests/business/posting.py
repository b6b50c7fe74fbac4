"""Posts as Meta makes them, for tests that post by themselves. Source: developers.facebook.com, webhooks, seen 2026-11-23."""

import json
from typing import Any

from trunkline.networks._graph.webhooks import SIGNATURE, signature
from trunkline.networks.whatsapp.cloud.fake_world import APP_SECRET, BUSINESS, MAYA, NUMBER_ID, OWN

Json = dict[str, Any]


def post_of(text: str, *, number: str = "wamid.1", phone: str = NUMBER_ID, at_s: int = 1_795_345_300) -> bytes:
    """A post of a message."""
    message = {"from": MAYA, "id": number, "timestamp": str(at_s), "type": "text", "text": {"body": text}}
    return body_of(
        {
            "metadata": {"display_phone_number": OWN, "phone_number_id": phone},
            "contacts": [{"profile": {"name": "Maya Fernandes"}, "wa_id": MAYA}],
            "messages": [message],
        }
    )


def body_of(value: Json, field: str = "messages") -> bytes:
    """The envelope."""
    changes = [{"field": field, "value": {"messaging_product": "whatsapp", **value}}]
    return json.dumps({"object": "whatsapp_business_account", "entry": [{"id": BUSINESS, "changes": changes}]}).encode()


def signed(body: bytes, secret: str = APP_SECRET) -> dict[str, str]:
    """The headers of a post."""
    return {SIGNATURE: signature(secret, body)}
