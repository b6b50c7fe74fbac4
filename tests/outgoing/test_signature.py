"""Signatures, judged by the conventions' own library. Source: security.md 6.7, https://www.standardwebhooks.com (2026-11)."""

import os
import time

import pytest
from standardwebhooks import Webhook, WebhookVerificationError

from trunkline.hub.outgoing.signature import key_of, new_secret, sign

BODY = '{"event":"message_received","text":"grüß dich 👋"}'.encode()


def headers(signature: str, timestamp_s: int) -> dict[str, str]:
    return {"webhook-id": "msg_a1", "webhook-timestamp": str(timestamp_s), "webhook-signature": signature}


def test_a_receiver_that_follows_the_conventions_accepts_what_is_signed() -> None:
    secret, now = new_secret(os.urandom), int(time.time())
    signature = sign([key_of(secret)], "msg_a1", now, BODY)
    assert Webhook(secret).verify(BODY, headers(signature, now))["event"] == "message_received"


def test_while_a_key_is_changed_both_are_accepted() -> None:
    old, new, now = new_secret(os.urandom), new_secret(os.urandom), int(time.time())
    signature = sign([key_of(new), key_of(old)], "msg_a1", now, BODY)
    assert Webhook(old).verify(BODY, headers(signature, now)) == Webhook(new).verify(BODY, headers(signature, now))


@pytest.mark.parametrize("changed", ["body", "id", "time", "key"])
def test_what_was_changed_is_noticed(changed: str) -> None:
    secret, now = new_secret(os.urandom), int(time.time())
    signature = sign([key_of(secret if changed != "key" else new_secret(os.urandom))], "msg_a1", now, BODY)
    sent = headers(signature, now + (changed == "time"))
    sent["webhook-id"] = "msg_a2" if changed == "id" else "msg_a1"
    with pytest.raises(WebhookVerificationError):
        Webhook(secret).verify(BODY + b" " * (changed == "body"), sent)


def test_a_secret_is_32_bytes_behind_its_prefix() -> None:
    secret = new_secret(lambda count: bytes(range(count)))
    assert secret == "whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="
    assert key_of(secret) == bytes(range(32))


@pytest.mark.parametrize("text", ["", "whsec_", "whsec_%%%", "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=", "whsec_AAEC"])
def test_what_is_no_secret_is_said_so_without_repeating_it(text: str) -> None:
    with pytest.raises(ValueError, match=r"^not a secret in the form whsec_<base64 of 24 to 64 bytes>$"):
        key_of(text)
