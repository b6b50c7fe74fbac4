"""A message as it is shown: without the keys by which its file, its votes and its group's messages are decrypted. No I/O.

The names are those of WhatsApp's protocol (`WAProto` of Baileys 7.0.0-rc14, seen 2026-11-23).
"""

import json
from typing import Any

from msgspec import structs

from trunkline.contract.events import MessageArrived

_SECRET = frozenset({
    "mediaKey", "directPath", "fileEncSha256", "streamingSidecar", "scansSidecar", "scanLengths", "firstFrameSidecar",
    "thumbnailDirectPath", "thumbnailEncSha256", "thumbnailKey", "messageSecret", "encKey", "noteMessageKey", "stickerPackKey",
    "senderKeyDistributionMessage", "fastRatchetKeySenderKeyDistributionMessage", "messageAddOnEncryptedKey",
})  # fmt: skip
"""Parts of a message that open something, or say where what they open lies."""


def keyless(message: MessageArrived) -> MessageArrived:
    """The message as everybody but the ledger gets it: what loads its file stays there."""
    if message.raw is None:
        return message
    return structs.replace(
        message, raw=json.dumps(_without(json.loads(message.raw)), ensure_ascii=False, separators=(",", ":"))
    )


def _without(value: Any) -> Any:
    if isinstance(value, list):
        return [_without(each) for each in value]
    if not isinstance(value, dict):
        return value
    # The address of an encrypted file leads to it as its path does; other addresses are part of what was said.
    gone = _SECRET | {"url"} if "mediaKey" in value or "directPath" in value else _SECRET
    return {name: _without(each) for name, each in value.items() if name not in gone}
