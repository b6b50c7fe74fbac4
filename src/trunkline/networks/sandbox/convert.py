"""What the networks' own payloads look like: the raw JSON beside each message. Pure; shapes after public documentation."""

import json
from datetime import UTC, datetime

import msgspec

from trunkline.contract.events import Event, MessageArrived
from trunkline.model.networks import AccountType


def shown(account_type: AccountType, event: Event) -> Event:
    """The event as a session hands it up: a message with its network's payload."""
    return with_raw(account_type, event) if isinstance(event, MessageArrived) else event


def with_raw(account_type: AccountType, message: MessageArrived) -> MessageArrived:
    """The message with its network's payload as JSON text."""
    payload = json.dumps(_payload(account_type, message), ensure_ascii=False, separators=(",", ":"))
    return msgspec.structs.replace(message, raw=payload)


def history(account_type: AccountType, message: MessageArrived) -> MessageArrived:
    """The message as history gives it."""
    return msgspec.structs.replace(with_raw(account_type, message), live=False)


def _payload(account_type: AccountType, message: MessageArrived) -> dict[str, object]:
    sender, text, seconds = message.sender.provider_id, message.text, message.at_ms // 1000
    moment = datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%S+0000")
    match account_type:
        case "WHATSAPP":
            key = {"remoteJid": message.chat, "fromMe": message.is_own, "id": message.provider_id, "participant": sender}
            return {"key": key, "messageTimestamp": seconds, "pushName": message.sender.name, "message": {"conversation": text}}
        case "TELEGRAM":
            return {
                "_": "message", "id": int(message.provider_id), "out": message.is_own, "from_id": sender,
                "peer_id": message.chat, "date": seconds, "message": text or "",
            }  # fmt: skip
        case "SLACK":
            payload: dict[str, object] = {
                "type": "message",
                "user": sender,
                "channel": message.chat,
                "ts": message.provider_id,
                "text": text or "",
            }
            return payload | ({"thread_ts": message.thread} if message.thread else {})
        case "LINKEDIN":
            return {
                "entityUrn": f"urn:li:msg_message:{message.provider_id}", "deliveredAt": message.at_ms,
                "body": {"text": text or ""}, "sender": f"urn:li:fsd_profile:{sender}", "subject": message.subject or None,
            }  # fmt: skip
        case "INSTAGRAM":
            kind = "media" if message.files else "text"
            return {
                "item_id": message.provider_id,
                "user_id": sender,
                "timestamp": message.at_ms * 1000,
                "item_type": kind,
                "text": text,
            }
        case "MESSENGER":
            return {"mid": message.provider_id, "from": {"id": sender}, "created_time": moment, "message": text or ""}
        case "TWITTER":
            return {
                "id": message.provider_id, "event_type": "MessageCreate", "sender_id": sender,
                "dm_conversation_id": message.chat, "created_at": moment, "text": text or "",
            }  # fmt: skip
