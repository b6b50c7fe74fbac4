"""Two that turn out to be one: all that hangs on one person, or on one chat, goes over to the other.

Public ids of messages stay, and so do their keys, which are unique over all chats: the order of both is the order of time.
"""

import msgspec

from trunkline.store import chats, messages, reactions, words
from trunkline.store.attendees import AttendeeRow
from trunkline.store.chats import ChatRow
from trunkline.store.document import decode
from trunkline.store.engine import Transaction
from trunkline.store.messages import StoredMessage

_OF_A_CHAT = {
    "reaction": "provider_id, sender, value, at, removed, is_own",
    "amendment": "provider_id, edited_at, text, removed_at",
    "read_move": "person, key, at",
    "reader": "person",
    "waiting": "provider_id, reason, subject, at",
}
_OF_A_PERSON = {
    "reaction": ("sender", "chat_no, provider_id, value, at, removed, is_own"),
    "read_move": ("person", "chat_no, key, at"),
    "reader": ("person", "chat_no"),
}


async def merge_people(tx: Transaction, account_no: int, gone: AttendeeRow, into: AttendeeRow) -> None:
    """One person of the account was known as two. Every id of theirs, the public one too, leads to the one who stays."""
    reacted = await tx.fetch(
        "SELECT DISTINCT reaction.chat_no, reaction.provider_id FROM reaction JOIN chat ON chat.no = reaction.chat_no"
        " WHERE chat.account_no = $1 AND reaction.sender = $2",
        account_no,
        gone.provider_id,
    )
    for table, (column, others) in _OF_A_PERSON.items():
        of_account = f"{column} = $2 AND chat_no IN (SELECT no FROM chat WHERE account_no = $1)"
        await tx.run(
            f"INSERT INTO {table} ({column}, {others}) SELECT $3, {others} FROM {table} WHERE {of_account}"
            " ON CONFLICT DO NOTHING",
            account_no,
            gone.provider_id,
            into.provider_id,
        )
        await tx.run(f"DELETE FROM {table} WHERE {of_account}", account_no, gone.provider_id)
    for row in await tx.fetch("SELECT chat_no, key FROM message WHERE sender_no = $1", gone.no):
        known = await messages.by_key(tx, *row)
        if known is not None:
            await _give_to(tx, known, into)
    for chat_no, provider_id in reacted:
        known = await messages.by_provider_id(tx, chat_no, provider_id)
        if known is not None:
            shown = await reactions.of_message(tx, chat_no, provider_id)
            await messages.rewrite(tx, known, msgspec.structs.replace(decode(known.document), reactions=shown))
    await tx.run(
        "INSERT INTO member (chat_no, attendee_no) SELECT chat_no, $1 FROM member WHERE attendee_no = $2"
        " ON CONFLICT DO NOTHING",
        into.no,
        gone.no,
    )
    await tx.run("DELETE FROM member WHERE attendee_no = $1", gone.no)
    await tx.run("UPDATE chat SET peer_no = $1 WHERE peer_no = $2", into.no, gone.no)
    await tx.run("UPDATE alias SET attendee_no = $1 WHERE attendee_no = $2", into.no, gone.no)
    # Somebody may hold the public id: it goes on as one more name of the person.
    await tx.run(
        "INSERT INTO alias (account_no, provider_id, attendee_no) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING",
        account_no,
        gone.id,
        into.no,
    )
    await tx.run("DELETE FROM attendee WHERE no = $1", gone.no)


async def _give_to(tx: Transaction, known: StoredMessage, into: AttendeeRow) -> None:
    document = msgspec.structs.replace(decode(known.document), sender_id=into.provider_id, sender_attendee_id=into.id)
    await tx.run("UPDATE message SET sender_no = $1 WHERE chat_no = $2 AND key = $3", into.no, known.chat_no, known.key)
    fresh = msgspec.structs.replace(known, sender_no=into.no)
    await messages.rewrite(tx, fresh, document)
    await _index_anew(tx, fresh)


async def merge_chats(tx: Transaction, gone: ChatRow, into: ChatRow) -> None:
    """All messages of one chat go into the other, and it is removed. What both have, the other's stays.

    Nothing unread becomes read by it: where one has something unread, that one's mark holds.
    """
    for message_id, key in await tx.fetch(
        "SELECT id, key FROM message WHERE chat_no = $1"
        " AND provider_id IN (SELECT provider_id FROM message WHERE chat_no = $2)",
        gone.no,
        into.no,
    ):
        await tx.run("DELETE FROM message_raw WHERE message_id = $1", message_id)
        await tx.run("DELETE FROM attachment WHERE message_id = $1", message_id)
        await tx.run("DELETE FROM message WHERE chat_no = $1 AND key = $2", gone.no, key)
        await words.remove(tx, key)
    keys = [row[0] for row in await tx.fetch("SELECT key FROM message WHERE chat_no = $1", gone.no)]
    await tx.run("UPDATE message SET chat_no = $1 WHERE chat_no = $2", into.no, gone.no)
    for key in keys:
        known = await messages.by_key(tx, into.no, key)
        if known is not None:
            await _index_anew(tx, known)
    for table, columns in _OF_A_CHAT.items():
        await tx.run(
            f"INSERT INTO {table} (chat_no, {columns}) SELECT $1, {columns} FROM {table} WHERE chat_no = $2"
            " ON CONFLICT DO NOTHING",
            into.no,
            gone.no,
        )
        await tx.run(f"DELETE FROM {table} WHERE chat_no = $1", gone.no)
    await tx.run("DELETE FROM sync WHERE chat_no = $1", gone.no)
    await tx.run("UPDATE outbox SET chat_no = $1 WHERE chat_no = $2", into.no, gone.no)
    unread = [each.read_own for each in (gone, into) if each.unread_count]
    both = {name: max(getattr(gone, name), getattr(into, name)) for name in ("activity", "last_key", "read_peer", "delivered")}
    read = {
        "read_own": min(unread, default=max(gone.read_own, into.read_own)),
        "read_own_at": max(gone.read_own_at, into.read_own_at),
        "unread_count": gone.unread_count + into.unread_count,
    }
    await chats.update(tx, into.no, both | read | {"name": into.name or gone.name})
    await chats.update(tx, gone.no, chats.REMOVED)


async def _index_anew(tx: Transaction, known: StoredMessage) -> None:
    """The index of words names a message's chat and sender."""
    text = decode(known.document).text
    if text and not known.deleted:
        await words.remove(tx, known.key)
        await words.add(tx, words.Entry(known.key, known.account_no, known.chat_no, known.sender_no), text)
