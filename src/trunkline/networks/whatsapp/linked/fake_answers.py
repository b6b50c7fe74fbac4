"""What the fake network answers, function by function of a Baileys socket."""

import base64
import json
from collections.abc import Callable, Mapping
from typing import Any

from trunkline.networks.whatsapp.linked.fake_world import NAMES, PNG, lid_of, participant

Network = Any

_EDIT_S, _DELETE_S = 15 * 60, 48 * 3_600


def relay(network: Network, chat: str, message: dict[str, Any], number: str, attributes: Any = None) -> None:
    """Take a message; its ack goes out by itself."""
    refused = _refusal(network, number)
    if refused or network.faults["lost_request"] > 0:
        network.faults["lost_request"] -= 0 if refused else 1
        return
    world = network.world
    if number not in world.seen:
        world.seen.add(number)
        _carry_out(network, chat, message, number)
    if network.on_message is not None:
        network.on_message()
        return
    if network.faults["lost_answer"] > 0:
        network.faults["lost_answer"] -= 1
        update = {"status": 3, "messageTimestamp": world.now_s()}
        network.tell("messages.update", [{"key": {"remoteJid": chat, "fromMe": True, "id": number}, "update": update}])
        return
    found = world.find(chat, number)
    _ack(network, {"id": number, "t": str(found["messageTimestamp"] if found else world.now_s())})


def _refusal(network: Network, number: str) -> bool:
    if network.faults["not_reached"] > 0:
        network.faults["not_reached"] -= 1
        raise network.refused(428, "Connection Closed")
    if network.faults["rate_limited"] > 0:
        network.faults["rate_limited"] -= 1
        _ack(network, {"id": number, "error": "429"})
        return True
    return False


def _ack(network: Network, attributes: dict[str, str]) -> None:
    wire = network.open_wire()
    if wire is not None:
        wire.say({"ack": attributes})


def _carry_out(network: Network, chat: str, message: dict[str, Any], number: str) -> None:
    world = network.world
    protocol, reaction = message.get("protocolMessage"), message.get("reactionMessage")
    if protocol:
        target = world.find(chat, protocol["key"]["id"])
        age = world.clock() // 1000 - target["messageTimestamp"]
        if protocol["type"] == 14 and age <= _EDIT_S:
            target["message"] = protocol["editedMessage"]
            _note(world, "edit", chat, number, {"text": protocol["editedMessage"]["conversation"]})
        elif protocol["type"] == 0 and age <= _DELETE_S:
            world.messages[chat].remove(target)
            _note(world, "delete", chat, number, {})
    elif reaction:
        _note(world, "react", chat, number, reaction)
    else:
        world.message(chat, None, message, number)
        _note(world, "send", chat, number, {"text": text_of(message)})


def text_of(message: dict[str, Any]) -> str | None:
    """The text of a message."""
    for part in message.values():
        if isinstance(part, str):
            return part
        if isinstance(part, dict) and (part.get("text") or part.get("caption")):
            return str(part.get("text") or part.get("caption"))
    return None


def _note(world: Any, kind: str, chat: str, number: str | None, command: dict[str, Any]) -> None:
    world.record.append({"kind": kind, "token": number, "chat": chat, "provider_id": number, "command": command})


def _modify(network: Network, change: dict[str, Any], chat: str) -> None:
    world = network.world
    if "markRead" in change:
        world.unread[chat] = 0 if change["markRead"] else max(1, world.unread.get(chat, 0))
    update: dict[str, Any] = {"id": chat}
    if "mute" in change:
        update["muteEndTime"] = change["mute"]
    if "archive" in change:
        update["archived"] = change["archive"]
    if "pin" in change:
        update["pinned"] = world.clock() // 1000 if change["pin"] else None
    if "delete" in change:
        world.messages.pop(chat, None)
        network.tell("chats.delete", [chat])
    elif len(update) > 1:
        network.tell("chats.update", [update])
    _note(world, "set_chat", chat, None, change)


def _read(network: Network, keys: list[dict[str, Any]]) -> None:
    for key in keys:
        network.world.unread[key.get("remoteJidAlt") or key["remoteJid"]] = 0


def _group_create(network: Network, subject: str, people: list[str]) -> dict[str, Any]:
    world = network.world
    chat = f"1203630000000{len(world.groups) + 100:05}@g.us"
    made: dict[str, Any] = world.add_group(chat, subject, tuple(people))
    _note(world, "group", chat, None, {"people": people})
    return made


def _members(network: Network, chat: str, people: list[str], change: str) -> list[dict[str, Any]]:
    world = network.world
    if set(people) & world.private:
        return [{"status": "403", "jid": each} for each in people]
    group = world.groups[chat]
    others = [each for each in group["participants"] if each["phoneNumber"] not in people]
    changed = [participant(person) for person in people]
    group["participants"] = [*others, *changed] if change == "add" else others
    data = {"id": chat, "author": lid_of(people[0]), "participants": changed, "action": change}
    network.tell("group-participants.update", data)
    stub = world.message(chat, None, {}, at_s=world.now_s())
    stub |= {"message": None, "messageStubType": 27 if change == "add" else 28}
    stub["messageStubParameters"] = [json.dumps(each) for each in changed]
    network.tell("messages.upsert", {"messages": [stub], "type": "notify"})
    _note(world, "members", chat, None, {"people": people, "change": change})
    return [{"status": "200", "jid": each} for each in people]


def _label(network: Network, chat: str, label: dict[str, Any]) -> None:
    network.tell("labels.edit", label)


def _label_chat(network: Network, chat: str, label: str) -> None:
    association = {"type": "label_jid", "chatId": chat, "labelId": label}
    network.tell("labels.association", {"association": association, "type": "add"})


def _older(network: Network, count: int, key: dict[str, Any], at_s: int) -> str:
    ask = f"ask-{key['id']}"
    data = {"chats": [], "contacts": [], "messages": network.world.older, "syncType": 6, "peerDataRequestSessionId": ask}
    network.world.older = []
    network.tell("messaging-history.set", data)
    return ask


def _download(network: Network, path: str) -> str:
    data = network.world.files.get(path)
    if data is None:
        raise network.refused(404, "not found")
    return str(data)


def _pushed(network: Network, path: str) -> dict[str, Any]:
    part = path.removeprefix("/h/")
    if not part.isdigit() or int(part) > network.world.parts:
        raise network.refused(410, "gone")
    pushed: dict[str, Any] = network.world.pushed(int(part))
    return pushed


def _log_out(network: Network) -> None:
    network.world.secrets.clear()
    _note(network.world, "log_out", network.world.own, None, {})


ANSWERS: Mapping[str, Callable[..., Any]] = {
    "relayMessage": relay,
    "upload": lambda network, data: network.world.upload(data),
    "download": _download,
    "history": _pushed,
    "requestPairingCode": lambda network, phone: "TRNK1234",
    "sendPresenceUpdate": lambda network, kind, chat: network.typed.append((kind, chat)),
    "chatModify": _modify,
    "readMessages": _read,
    "onWhatsApp": lambda network, jid: [{"jid": jid, "exists": jid in NAMES}],
    "groupCreate": _group_create,
    "groupMetadata": lambda network, chat: network.world.groups[chat],
    "groupFetchAllParticipating": lambda network: network.world.groups,
    "groupParticipantsUpdate": _members,
    "groupInviteCode": lambda network, chat: f"CODE{chat[:18]}",
    "addLabel": _label,
    "addChatLabel": _label_chat,
    "fetchMessageHistory": _older,
    "profilePictureUrl": lambda network, person, size: f"data:image/png;base64,{base64.b64encode(PNG).decode()}",
    "logout": _log_out,
}
