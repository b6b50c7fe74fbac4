"""Principals, keys, tokens, connections, uploads, the audit."""

STATEMENTS = (
    # Who holds keys: a person or an agent. An agent belongs to the person who made it.
    """CREATE TABLE principal (
        no {serial}, kind TEXT NOT NULL, name TEXT NOT NULL UNIQUE, owner BIGINT NOT NULL,
        created_at BIGINT NOT NULL) {table}""",
    # `hash` is keyed (HMAC); the secret itself is shown once and kept nowhere.
    """CREATE TABLE api_key (
        id TEXT PRIMARY KEY, principal BIGINT NOT NULL, name TEXT NOT NULL, hash BYTEA NOT NULL,
        is_admin BIGINT NOT NULL DEFAULT 0, default_connection BIGINT, created_at BIGINT NOT NULL, expires_at BIGINT,
        used_at BIGINT, revoked_at BIGINT, stopped BIGINT NOT NULL DEFAULT 0) {table}""",
    "CREATE INDEX api_key_by_age ON api_key (created_at, id)",
    """CREATE TABLE token (
        hash BYTEA PRIMARY KEY, key_id TEXT NOT NULL, expires_at BIGINT NOT NULL) {table}""",
    "CREATE INDEX token_by_expiry ON token (expires_at)",
    "CREATE INDEX token_by_key ON token (key_id)",
    # A grant. `roads`, `accounts`, `chats`, `effects` are JSON arrays; accounts and chats null for all.
    """CREATE TABLE connection (
        no {serial}, pcid TEXT NOT NULL UNIQUE, principal BIGINT NOT NULL, owner BIGINT NOT NULL, name TEXT NOT NULL,
        backend TEXT NOT NULL, roads TEXT NOT NULL, accounts TEXT, chats TEXT, effects TEXT NOT NULL, mode TEXT NOT NULL,
        created_at BIGINT NOT NULL, revoked_at BIGINT, stopped BIGINT NOT NULL DEFAULT 0, settings BYTEA) {table}""",
    "CREATE INDEX connection_by_principal ON connection (principal, no)",
    """CREATE TABLE upload (
        id TEXT PRIMARY KEY, principal BIGINT NOT NULL, content TEXT NOT NULL, file_name TEXT NOT NULL,
        media_type TEXT NOT NULL, size BIGINT NOT NULL, expires_at BIGINT NOT NULL) {table}""",
    "CREATE INDEX upload_by_expiry ON upload (expires_at)",
    "CREATE INDEX upload_by_content ON upload (content)",
    # Every call and every act on keys, connections and modes. No text, no PCID, no key: numbers and a keyed hash.
    """CREATE TABLE audit (
        seq {serial}, at BIGINT NOT NULL, principal BIGINT, key_id TEXT, connection BIGINT, surface TEXT NOT NULL,
        operation TEXT NOT NULL, target TEXT, verdict TEXT NOT NULL, reason TEXT, outcome TEXT, call_no BIGINT,
        arguments BYTEA) {table}""",
    "CREATE INDEX audit_by_time ON audit (at, seq)",
    "CREATE INDEX audit_by_principal ON audit (principal, at, seq)",
    "CREATE INDEX audit_by_operation ON audit (operation, at, seq)",
    "CREATE INDEX audit_by_call ON audit (call_no) WHERE call_no IS NOT NULL",
)
