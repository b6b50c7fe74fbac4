"""Requests that make, change or delete messages, and the uploading of files."""

from typing import Any

from telethon.tl import functions, types

from trunkline.networks.telegram.fake.asking import Asking, Handler
from trunkline.networks.telegram.fake.connection import Refuse
from trunkline.networks.telegram.fake.logins import EDIT_S
from trunkline.networks.telegram.fake.media import grouped, kinds_in, media_of
from trunkline.networks.telegram.fake.reads import REACTIONS
from trunkline.networks.telegram.fake.world import is_room, room_number

_TEXT_MOST, _CAPTION_MOST, _ALBUM_MOST = 4096, 1024, 10


def send_message(asking: Asking, request: Any) -> Any:
    """messages.sendMessage. A random_id that was seen before gives the first answer again."""
    return _sent_once(asking, request, request.random_id, lambda chat: _said(asking, request, chat))


def send_media(asking: Asking, request: Any) -> Any:
    """messages.sendMedia."""

    def send(chat: str) -> Any:
        _check_length(request.message, _CAPTION_MOST)
        media = media_of(asking, request.media)
        return _written(
            asking, chat, [(request.random_id, {"message": request.message, "media": media, **_reply(asking, chat, request)})]
        )

    return _sent_once(asking, request, request.random_id, send)


def upload_media(asking: Asking, request: Any) -> Any:
    """messages.uploadMedia: known to the server, said to nobody."""
    asking.chat(request.peer)
    return media_of(asking, request.media)


def send_album(asking: Asking, request: Any) -> Any:
    """messages.sendMultiMedia."""
    if not 2 <= len(request.multi_media) <= _ALBUM_MOST:
        raise Refuse(400, "MULTI_MEDIA_TOO_LONG")
    if len({each.random_id for each in request.multi_media}) < len(request.multi_media):
        raise Refuse(400, "RANDOM_ID_EMPTY")

    def send(chat: str) -> Any:
        album = asking.world.number()
        parts: list[tuple[int, dict[str, Any]]] = []
        for each, media in zip(request.multi_media, grouped(asking, request.multi_media), strict=True):
            _check_length(each.message, _CAPTION_MOST)
            said = {"message": each.message, "media": media, "grouped_id": album}
            parts.append((each.random_id, said | _reply(asking, chat, request)))
        return _written(asking, chat, parts)

    return _sent_once(asking, request, request.multi_media[0].random_id, send)


def forward(asking: Asking, request: Any) -> Any:
    """messages.forwardMessages."""
    source, target = asking.chat(request.from_peer), asking.chat(request.to_peer)
    asking.check_may_write(target)
    known = asking.box.sent.get(request.random_id[0])
    if known is not None:
        return known
    message = asking.message(source, request.id[0])
    header = types.MessageFwdHeader(
        message.date, from_id=message.from_id or types.PeerUser(asking.own if message.out else int(source))
    )
    said = {"message": message.message, "media": message.media, "fwd_from": header}
    answer = _written(asking, target, [(request.random_id[0], said)])
    asking.box.sent[request.random_id[0]] = answer
    asking.server.note("forward", random_id=request.random_id[0], chat=target, command={"text": message.message})
    return answer


def edit(asking: Asking, request: Any) -> Any:
    """messages.editMessage."""
    chat = asking.chat(request.peer)
    message = asking.message(chat, request.id)
    if not message.out or not isinstance(message, types.Message):
        raise Refuse(403, "MESSAGE_AUTHOR_REQUIRED")
    if asking.world.seconds() - int(message.date.timestamp()) >= EDIT_S:
        raise Refuse(400, "MESSAGE_EDIT_TIME_EXPIRED")
    if not request.message:
        raise Refuse(400, "MESSAGE_EMPTY")
    if request.message == message.message:
        raise Refuse(400, "MESSAGE_NOT_MODIFIED")
    _check_length(request.message, _TEXT_MOST if message.media is None else _CAPTION_MOST)
    asking.server.note("edit", chat=chat, command={"text": request.message})
    changes = {"message": request.message, "edit_date": asking.world.date()}
    return asking.updates(asking.acts.edit(asking.own, chat, request.id, by=asking.connection, **changes))


def delete(asking: Asking, request: Any) -> Any:
    """messages.deleteMessages. With revoke other people's messages of private chats go too, as on the real network."""
    asking.server.note("delete", numbers=list(request.id), command={})
    pts, count = asking.acts.delete(asking.own, request.id, by=asking.connection)
    return types.messages.AffectedMessages(pts, count)


def delete_in_channel(asking: Asking, request: Any) -> Any:
    """channels.deleteMessages."""
    room = asking.room(request.channel)
    asking.server.note("delete", numbers=list(request.id), command={})
    pts, count = asking.acts.delete_in_room(room, request.id, by=asking.connection)
    return types.messages.AffectedMessages(pts, count)


def react(asking: Asking, request: Any) -> Any:
    """messages.sendReaction: one per person."""
    chat = asking.chat(request.peer)
    message = asking.message(chat, request.msg_id)
    emoji = request.reaction[0].emoticon if request.reaction else None
    if emoji is not None and emoji not in REACTIONS:
        raise Refuse(400, "REACTION_INVALID")
    recent = () if message.reactions is None else message.reactions.recent_reactions or ()
    standing = next((each.reaction.emoticon for each in recent if each.my), None)
    if standing == emoji:
        raise Refuse(400, "MESSAGE_NOT_MODIFIED")
    asking.server.note("react", chat=chat, command={"value": emoji})
    return asking.updates(asking.acts.react(asking.own, chat, request.msg_id, asking.own, emoji, by=asking.connection))


def save_part(asking: Asking, request: Any) -> Any:
    """upload.saveFilePart and saveBigFilePart."""
    if len(request.bytes) > 512 * 1024 or not request.bytes:
        raise Refuse(400, "FILE_PART_SIZE_INVALID")
    asking.key.parts.setdefault(request.file_id, {})[request.file_part] = request.bytes
    return True


def _said(asking: Asking, request: Any, chat: str) -> Any:
    if not request.message.strip():
        raise Refuse(400, "MESSAGE_EMPTY")
    _check_length(request.message, _TEXT_MOST)
    said = {"message": request.message, **_reply(asking, chat, request)}
    answer = _written(asking, chat, [(request.random_id, said)])
    if chat.startswith("-"):
        return answer
    # In private chats Telegram leaves out what the client knows.
    numbered, new = answer.updates[0], answer.updates[1]
    for late in answer.updates[2:]:
        asking.connection.send(asking.updates([late]))
    return types.UpdateShortSentMessage(numbered.id, new.pts, new.pts_count, new.message.date, out=True)


def _sent_once(asking: Asking, request: Any, random_id: int, send: Any) -> Any:
    chat = asking.chat(request.peer)
    asking.check_may_write(chat)
    known = asking.box.sent.get(random_id)
    if known is not None:
        if asking.server.hits("says_duplicate"):
            raise Refuse(500, "RANDOM_ID_DUPLICATE")
        return known
    answer = send(chat)
    asking.box.sent[random_id] = answer
    text = getattr(request, "message", None) or ""
    asking.server.note("send", random_id=random_id, chat=chat, command={"text": text}, media=kinds_in(answer))
    return answer


def _written(asking: Asking, chat: str, parts: list[tuple[int, dict[str, Any]]]) -> Any:
    numbers, updates = [], []
    for random_id, said in parts:
        message, told = asking.acts.write(asking.own, chat, by=asking.connection, **said)
        numbers.append(types.UpdateMessageID(message.id, random_id))
        updates += told
    return asking.updates([*numbers, *updates])


def _reply(asking: Asking, chat: str, request: Any) -> dict[str, Any]:
    if request.reply_to is None:
        return {}
    number, top = request.reply_to.reply_to_msg_id, request.reply_to.top_msg_id
    asking.message(chat, number, "REPLY_MESSAGE_ID_INVALID")
    if is_room(chat) and asking.world.rooms[room_number(chat)].is_forum:
        room = asking.world.rooms[room_number(chat)]
        topic = room.topic_of(number)
        if topic in room.closed:
            raise Refuse(400, "TOPIC_CLOSED")
        # Required for an answer inside a topic: core.telegram.org/constructor/inputReplyToMessage.
        if top != (None if topic == number else topic):
            raise Refuse(400, "TOPIC_ID_INVALID")
    return {"reply_to": number}


def _check_length(text: str, most: int) -> None:
    if len(text.encode("utf-16-le")) // 2 > most:
        raise Refuse(400, "MESSAGE_TOO_LONG" if most == _TEXT_MOST else "MEDIA_CAPTION_TOO_LONG")


HANDLERS: dict[type[Any], Handler] = {
    functions.messages.SendMessageRequest: send_message,
    functions.messages.SendMediaRequest: send_media,
    functions.messages.SendMultiMediaRequest: send_album,
    functions.messages.UploadMediaRequest: upload_media,
    functions.messages.ForwardMessagesRequest: forward,
    functions.messages.EditMessageRequest: edit,
    functions.messages.DeleteMessagesRequest: delete,
    functions.channels.DeleteMessagesRequest: delete_in_channel,
    functions.messages.SendReactionRequest: react,
    functions.upload.SaveFilePartRequest: save_part,
    functions.upload.SaveBigFilePartRequest: save_part,
}
