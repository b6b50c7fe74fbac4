"""Telegram's short forms of an arriving message, and of the answer to a send, spelled out.

Source: core.telegram.org/type/Updates, 2026-11-22.
"""

from typing import Any

from telethon import functions, types


def spelled_out(update: Any) -> Any:
    """An Updates for one of the short forms; anything else as it is."""
    match update:
        case types.UpdateShortMessage():
            peer = types.PeerUser(update.user_id)
            return _around(update, _message(update, peer, None))
        case types.UpdateShortChatMessage():
            return _around(update, _message(update, types.PeerChat(update.chat_id), types.PeerUser(update.from_id)))
        case types.UpdateShortSentMessage():
            # Only the library's own helpers can cause one: SendText spells out its own. It still counts.
            nothing = types.UpdateDeleteMessages([], update.pts, update.pts_count)
            return types.Updates([nothing], [], [], update.date, 0)
    return update


class SendText(functions.messages.SendMessageRequest):  # type: ignore[misc]
    """Sends text. The short answer, which leaves out what was said, is spelled out where it is read.

    So the answer and what comes up by the mailbox are the same object.
    """

    def read_result(self, reader: Any) -> Any:
        """An Updates."""
        answer = reader.tgread_object()
        if not isinstance(answer, types.UpdateShortSentMessage):
            return answer
        reply = None
        if self.reply_to is not None:
            reply = types.MessageReplyHeader(reply_to_msg_id=self.reply_to.reply_to_msg_id)
        message = types.Message(
            id=answer.id, peer_id=_peer(self.peer), date=answer.date, message=self.message, out=True, media=answer.media,
            entities=answer.entities, ttl_period=answer.ttl_period, reply_to=reply,
        )  # fmt: skip
        updates = [
            types.UpdateMessageID(answer.id, self.random_id),
            types.UpdateNewMessage(message, answer.pts, answer.pts_count),
        ]
        return types.Updates(updates, [], [], answer.date, 0)


def _peer(peer: Any) -> Any:
    return types.PeerChat(peer.chat_id) if isinstance(peer, types.InputPeerChat) else types.PeerUser(peer.user_id)


def _message(update: Any, peer: Any, sender: Any) -> Any:
    return types.Message(
        id=update.id, peer_id=peer, from_id=sender, date=update.date, message=update.message, out=update.out,
        mentioned=update.mentioned, media_unread=update.media_unread, silent=update.silent, fwd_from=update.fwd_from,
        via_bot_id=update.via_bot_id, reply_to=update.reply_to, entities=update.entities, ttl_period=update.ttl_period,
    )  # fmt: skip


def _around(update: Any, message: Any) -> Any:
    return types.Updates([types.UpdateNewMessage(message, update.pts, update.pts_count)], [], [], update.date, 0)
