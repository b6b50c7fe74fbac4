"""Links by which people connect their accounts on a page of ours, and what is told of it."""

STATEMENTS = (
    # One link. `hash`: keyed hash of its token. `providers`: JSON array of account types; `reconnects`: public id of the
    # account it logs in again. `hidden`: JSON array of what the page leaves out. `attempt`: public id of the account of the
    # login under way. `status` and `account_id`: what came of it, once, with `done_at`. `next_at`: when that is told to
    # `notify_url` (again); null: nothing is left to tell.
    """CREATE TABLE hosted_link (
        no {serial}, id TEXT NOT NULL UNIQUE, hash BYTEA NOT NULL UNIQUE, owner BIGINT NOT NULL, providers TEXT NOT NULL,
        reconnects TEXT, name TEXT, hidden TEXT NOT NULL, success_url TEXT, failure_url TEXT, notify_url TEXT,
        bypass BIGINT NOT NULL, created_at BIGINT NOT NULL, expires_at BIGINT NOT NULL, attempt TEXT, done_at BIGINT,
        status TEXT, account_id TEXT, next_at BIGINT, tries BIGINT NOT NULL DEFAULT 0, told_at BIGINT,
        last_error TEXT) {table}""",
    "CREATE INDEX hosted_link_by_next ON hosted_link (next_at) WHERE next_at IS NOT NULL",
    "CREATE INDEX hosted_link_by_expiry ON hosted_link (expires_at)",
)
