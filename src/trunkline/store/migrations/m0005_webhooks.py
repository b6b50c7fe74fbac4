"""Webhooks: who is told, what each endpoint has been told, and what it refused."""

STATEMENTS = (
    # Whose the account of a row is and by which road, kept in the row: what tells of a deletion outlives the account.
    "ALTER TABLE journal ADD COLUMN owner BIGINT NOT NULL DEFAULT 0",
    "ALTER TABLE journal ADD COLUMN road TEXT NOT NULL DEFAULT ''",
    "CREATE INDEX journal_by_owner ON journal (owner, seq)",
    "CREATE INDEX journal_by_account ON journal (account_no)",
    "CREATE INDEX journal_by_time ON journal (at)",
    # One endpoint. `connection`: number of the connection whose chats it sees, null for all of its owner's. `accounts`: JSON
    # array of [number, public id, name, type], empty for all. `sealed`: the signing secret and the added headers.
    # `position`: all rows of the journal up to it were delivered, or put aside as letters. `failures` in a row since
    # `failing_since`; nothing is sent before `not_before`. `lease`: who delivers; each write of theirs carries the epoch.
    """CREATE TABLE webhook (
        no {serial}, id TEXT NOT NULL UNIQUE, owner BIGINT NOT NULL, connection BIGINT, source TEXT NOT NULL,
        name TEXT, request_url TEXT NOT NULL, format TEXT NOT NULL, events TEXT NOT NULL, data TEXT NOT NULL,
        accounts TEXT NOT NULL, sealed BYTEA NOT NULL, enabled BIGINT NOT NULL DEFAULT 1, disabled_by TEXT,
        created_at BIGINT NOT NULL, position BIGINT NOT NULL, failures BIGINT NOT NULL DEFAULT 0, failing_since BIGINT,
        not_before BIGINT NOT NULL DEFAULT 0, last_status BIGINT, last_error TEXT, last_at BIGINT, delivered_at BIGINT,
        lease TEXT NOT NULL DEFAULT '', epoch BIGINT NOT NULL DEFAULT 0, lease_until BIGINT NOT NULL DEFAULT 0) {table}""",
    "CREATE INDEX webhook_by_owner ON webhook (owner, no)",
    # An event that its endpoint refused, by its row in the journal, which holds what it says: tried again by itself after
    # `not_before`, or dead. Gone with its journal row.
    """CREATE TABLE letter (
        webhook_no BIGINT NOT NULL, seq BIGINT NOT NULL, dead BIGINT NOT NULL DEFAULT 0, tries BIGINT NOT NULL,
        not_before BIGINT NOT NULL, status BIGINT, error TEXT, first_at BIGINT NOT NULL, last_at BIGINT NOT NULL,
        PRIMARY KEY (webhook_no, seq)) {clustered}""",
    "CREATE INDEX letter_by_due ON letter (webhook_no, dead, not_before)",
    "CREATE INDEX letter_by_seq ON letter (seq)",
)
