"""What is needed to settle writes through a Unipile server whose answers were lost."""

STATEMENTS = (
    # One write through a Unipile server, open until its outcome is known. `target`: the chat, or the account of a chat still to
    # be made, then `people` is a keyed hash of their ids. `content`: a keyed hash of the text, null where the write makes no
    # message. `message_id`: the message that came of it, so that it is never taken for another write's.
    """CREATE TABLE remote_write (
        call_no BIGINT PRIMARY KEY, connection BIGINT NOT NULL, target TEXT, people BYTEA, content BYTEA,
        at BIGINT NOT NULL, is_open BIGINT NOT NULL DEFAULT 1, message_id TEXT) {table}""",
    "CREATE INDEX remote_write_by_open ON remote_write (is_open, call_no)",
    "CREATE INDEX remote_write_by_message ON remote_write (connection, message_id) WHERE message_id IS NOT NULL",
    "CREATE INDEX remote_write_by_age ON remote_write (at)",
)
