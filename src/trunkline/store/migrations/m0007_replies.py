"""Which thread a message is a reply in, so that the replies of a thread can be counted."""

STATEMENTS = (
    # `thread`: provider id of the first message of the thread that counts this one among its replies, whether that is stored
    # or not. Deleted replies keep it.
    "ALTER TABLE message ADD COLUMN thread TEXT",
    "CREATE INDEX message_by_thread ON message (chat_no, thread, deleted, sender_no) WHERE thread IS NOT NULL",
)

# Replies that were stored before, in threads whose first message says how many it has: the two sides name each other in their
# documents alone.
SQLITE_ONLY = (
    """UPDATE message SET thread = (
        SELECT root.provider_id FROM message AS root
        WHERE root.id = json_extract('{' || CAST(message.document AS TEXT), '$.parent')
            AND instr(CAST(root.document AS TEXT), '"replies":') > 0)
        WHERE instr(CAST(document AS TEXT), '"parent":') > 0""",
)

POSTGRES_ONLY = (
    """UPDATE message SET thread = root.provider_id FROM message AS root
        WHERE position('"parent":'::bytea IN message.document) > 0
            AND root.id = (('{' || convert_from(message.document, 'UTF8'))::json ->> 'parent')
            AND position('"replies":'::bytea IN root.document) > 0""",
)
