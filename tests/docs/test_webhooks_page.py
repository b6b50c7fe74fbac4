"""docs/webhooks.md: its payloads are the program's, and its two ways to verify know a true delivery from a false one."""

import json
import re
import time
from pathlib import Path
from typing import Any

import pytest

from trunkline.hub.outgoing.signature import key_of, new_secret, sign

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "webhooks.md").read_text()
BODY = b'{"event":"message_received"}'


def test_the_payloads_are_the_recorded_ones() -> None:
    recorded = json.loads((ROOT / "tests" / "golden" / "webhook_payloads.json").read_text())
    blocks = [
        json.loads(re.sub(r"^    ", "", each, flags=re.MULTILINE)) for each in re.findall(r"\n(    \{\n(?:    .*\n)+)", PAGE)
    ]
    assert blocks == [
        recorded["message_received"],
        recorded["message_received of an own picture"]["attachments"][0],
        recorded["account_deleted"],
    ]


@pytest.mark.parametrize("code", re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL))
def test_both_ways_to_verify_take_the_true_and_refuse_the_false(code: str) -> None:
    found: dict[str, Any] = {}
    exec(code, found)
    secret, now = new_secret(lambda count: bytes(range(count))), int(time.time())

    def headers(stamp: int, body: bytes = BODY) -> dict[str, str]:
        return {
            "webhook-id": "msg_1",
            "webhook-timestamp": str(stamp),
            "webhook-signature": sign([key_of(secret)], "msg_1", stamp, body),
        }

    assert found["verified"](secret, headers(now), BODY) == {"event": "message_received"}
    for false in (headers(now - 3600), headers(now, b"{}")):
        with pytest.raises(Exception, match=r"old|not from|No matching"):
            found["verified"](secret, false, BODY)
