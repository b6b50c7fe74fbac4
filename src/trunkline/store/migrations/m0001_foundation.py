"""Accounts, people, chats, messages, what was asked and what goes out."""

STATEMENTS = (
    # One login on one network. `owner` is the person it belongs to, never null. `sheet` holds its narrowed capabilities as
    # JSON, `position` where listening goes on, `overview` where listing its chats goes on during the first sync.
    """CREATE TABLE account (
        no {serial}, id TEXT NOT NULL UNIQUE, owner BIGINT NOT NULL, road TEXT NOT NULL, type TEXT NOT NULL,
        identity TEXT NOT NULL, name TEXT NOT NULL, params BYTEA NOT NULL, created_at BIGINT NOT NULL,
        state TEXT NOT NULL, state_text TEXT, state_at BIGINT NOT NULL, sheet BYTEA,
        position TEXT, overview TEXT, first_sync TEXT NOT NULL DEFAULT 'due', stopped BIGINT NOT NULL DEFAULT 0,
        synced_at BIGINT, UNIQUE (owner, road, type, identity)) {table}""",
    # A session's sealed key-value store.
    """CREATE TABLE keeper (
        account_no BIGINT NOT NULL, key TEXT NOT NULL, value BYTEA NOT NULL, PRIMARY KEY (account_no, key)) {clustered}""",
    # Who serves an account: a worker, with an epoch that every write of its carries.
    """CREATE TABLE lease (
        account_no BIGINT PRIMARY KEY, owner TEXT NOT NULL, epoch BIGINT NOT NULL, expires_at BIGINT NOT NULL) {table}""",
    """CREATE TABLE attendee (
        no {serial}, id TEXT NOT NULL UNIQUE, account_no BIGINT NOT NULL, provider_id TEXT NOT NULL, name TEXT,
        is_self BIGINT NOT NULL DEFAULT 0, picture TEXT, extra BYTEA NOT NULL, UNIQUE (account_no, provider_id)) {table}""",
    "CREATE INDEX attendee_by_account ON attendee (account_no, id)",
    # Every provider id a person is known by, the first one included (a phone number beside a LID).
    """CREATE TABLE alias (
        account_no BIGINT NOT NULL, provider_id TEXT NOT NULL, attendee_no BIGINT NOT NULL,
        PRIMARY KEY (account_no, provider_id)) {clustered}""",
    "CREATE INDEX alias_by_provider_id ON alias (provider_id, account_no)",
    # `activity` is the key of the newest message, or its time as a key; 0 where there was none yet. The marks read_own,
    # read_peer and delivered are message keys: what is older has been read by us (the last time at `read_own_at`), by somebody
    # else, has arrived.
    """CREATE TABLE chat (
        no {serial}, id TEXT NOT NULL UNIQUE, account_no BIGINT NOT NULL, provider_id TEXT NOT NULL,
        type BIGINT NOT NULL DEFAULT 0, name TEXT, peer_no BIGINT, activity BIGINT NOT NULL DEFAULT 0,
        last_key BIGINT NOT NULL DEFAULT 0, unread_count BIGINT NOT NULL DEFAULT 0, is_unread BIGINT NOT NULL DEFAULT 0,
        archived BIGINT NOT NULL DEFAULT 0, muted_until BIGINT, read_only BIGINT NOT NULL DEFAULT 0,
        pinned BIGINT NOT NULL DEFAULT 0, picture TEXT, extra BYTEA NOT NULL,
        read_own BIGINT NOT NULL DEFAULT 0, read_own_at BIGINT NOT NULL DEFAULT 0,
        read_peer BIGINT NOT NULL DEFAULT 0, delivered BIGINT NOT NULL DEFAULT 0,
        removed BIGINT NOT NULL DEFAULT 0, UNIQUE (account_no, provider_id)) {table}""",
    "CREATE INDEX chat_by_activity ON chat (account_no, removed, activity, no)",
    "CREATE INDEX chat_by_unread ON chat (account_no, removed, is_unread, activity, no)",
    "CREATE INDEX chat_by_peer ON chat (peer_no, removed, activity, no)",
    """CREATE TABLE member (
        chat_no BIGINT NOT NULL, attendee_no BIGINT NOT NULL, PRIMARY KEY (chat_no, attendee_no)) {clustered}""",
    # `key` = milliseconds << 20 | tie (store/order.py): order, position and search row in one. `document` is the ready JSON of
    # what is the message's own; the chat's ids and marks are spliced on when it is read (store/render.py). `rank` is the
    # network's own order. `counts`: as unread while it lies beyond our read mark; that is what others said, not what the
    # network itself writes into a chat, and not what was deleted.
    """CREATE TABLE message (
        chat_no BIGINT NOT NULL, key BIGINT NOT NULL, id TEXT NOT NULL, provider_id TEXT NOT NULL,
        account_no BIGINT NOT NULL, sender_no BIGINT NOT NULL, is_own BIGINT NOT NULL, rank BIGINT NOT NULL,
        counts BIGINT NOT NULL, deleted BIGINT NOT NULL DEFAULT 0, document BYTEA NOT NULL,
        PRIMARY KEY (chat_no, key)) {clustered}""",
    "CREATE UNIQUE INDEX message_by_key ON message (key)",
    "CREATE UNIQUE INDEX message_by_id ON message (id)",
    "CREATE UNIQUE INDEX message_by_provider_id ON message (chat_no, provider_id)",
    "CREATE INDEX message_by_account ON message (account_no, key)",
    "CREATE INDEX message_by_sender ON message (sender_no, key)",
    "CREATE INDEX message_by_chat_sender ON message (chat_no, sender_no, key)",
    # The network's own payload, given by get_message alone.
    "CREATE TABLE message_raw (message_id TEXT PRIMARY KEY, raw BYTEA NOT NULL) {clustered}",
    # Where an attachment's bytes come from: the session's ref, never shown.
    """CREATE TABLE attachment (
        id TEXT PRIMARY KEY, message_id TEXT NOT NULL, ref TEXT, media_type TEXT NOT NULL, file_name TEXT,
        size BIGINT) {clustered}""",
    "CREATE INDEX attachment_by_message ON attachment (message_id)",
    # Files fetched from networks: `content` names the bytes in the media folder. Pruned by age of use.
    """CREATE TABLE fetched (
        name TEXT PRIMARY KEY, content TEXT NOT NULL, size BIGINT NOT NULL, used_at BIGINT NOT NULL) {clustered}""",
    "CREATE INDEX fetched_by_use ON fetched (used_at)",
    # Reactions by person, kept also while their message has not arrived; `removed` rows remember the time of the taking off.
    """CREATE TABLE reaction (
        chat_no BIGINT NOT NULL, provider_id TEXT NOT NULL, sender TEXT NOT NULL, value TEXT NOT NULL, at BIGINT NOT NULL,
        removed BIGINT NOT NULL DEFAULT 0, is_own BIGINT NOT NULL, PRIMARY KEY (chat_no, provider_id, sender, value))
        {clustered}""",
    # Edits and deletions, kept also while their message has not arrived.
    """CREATE TABLE amendment (
        chat_no BIGINT NOT NULL, provider_id TEXT NOT NULL, edited_at BIGINT, text TEXT, removed_at BIGINT,
        PRIMARY KEY (chat_no, provider_id)) {clustered}""",
    # Who read up to where, and when (`person` is a provider id), and who ever did.
    """CREATE TABLE read_move (
        chat_no BIGINT NOT NULL, person TEXT NOT NULL, key BIGINT NOT NULL, at BIGINT NOT NULL,
        PRIMARY KEY (chat_no, person, key)) {clustered}""",
    "CREATE TABLE reader (chat_no BIGINT NOT NULL, person TEXT NOT NULL, PRIMARY KEY (chat_no, person)) {clustered}",
    # What waits for a message that has not arrived: marks (`subject` is the person who read), quotes and thread replies
    # (`subject` is the public id of the message that points there).
    """CREATE TABLE waiting (
        chat_no BIGINT NOT NULL, provider_id TEXT NOT NULL, reason TEXT NOT NULL, subject TEXT NOT NULL,
        at BIGINT NOT NULL, PRIMARY KEY (chat_no, provider_id, reason, subject)) {clustered}""",
    # What happened, in order; webhooks and live streams read it. The payload is frozen when the thing happens.
    """CREATE TABLE journal (
        seq {serial}, at BIGINT NOT NULL, account_no BIGINT NOT NULL, chat_no BIGINT, kind TEXT NOT NULL,
        object_id TEXT, payload BYTEA NOT NULL) {table}""",
    """CREATE TABLE gap (
        no {serial}, account_no BIGINT NOT NULL, chat_no BIGINT, from_at BIGINT NOT NULL, to_at BIGINT NOT NULL,
        reason TEXT NOT NULL, found_at BIGINT NOT NULL, UNIQUE (account_no, chat_no, from_at, to_at)) {table}""",
    # What had no word of ours, or could not be read: raw, never shown to agents.
    """CREATE TABLE quarantine (
        no {serial}, account_no BIGINT NOT NULL, kind TEXT NOT NULL, raw BYTEA NOT NULL, at BIGINT NOT NULL) {table}""",
    "CREATE INDEX quarantine_by_account ON quarantine (account_no)",
    "CREATE INDEX gap_by_account ON gap (account_no, from_at)",
    """CREATE TABLE sync (
        chat_no BIGINT PRIMARY KEY, state TEXT NOT NULL, cursor TEXT, messages BIGINT NOT NULL DEFAULT 0,
        detail TEXT, started_at BIGINT NOT NULL, finished_at BIGINT, whole BIGINT NOT NULL) {table}""",
    "CREATE INDEX sync_by_state ON sync (state, chat_no)",
    # One asked-for write, on either backend: who, what, and what was answered.
    """CREATE TABLE call (
        no {serial}, principal BIGINT NOT NULL, connection BIGINT NOT NULL, key_id TEXT, idempotency_key TEXT,
        operation TEXT NOT NULL, fingerprint BYTEA NOT NULL, at BIGINT NOT NULL, state TEXT NOT NULL, answer BYTEA,
        answered BIGINT NOT NULL DEFAULT 0, UNIQUE (principal, idempotency_key)) {table}""",
    "CREATE INDEX call_by_fingerprint ON call (principal, connection, fingerprint, at)",
    "CREATE INDEX call_by_time ON call (at)",
    # What goes to the wire. `queue` keeps the order: one for each chat. `token` is the network's own de-duplication id,
    # random and committed before the first try. `public_id` is reserved for the message that will come of it. `unclear_at`: an
    # attempt ended then that may have gone out; the first such one began at `first_at` (ours) and `network_at` (the network's
    # clock), and `known` are the provider ids of our own messages that lay in the chat at that time.
    """CREATE TABLE outbox (
        no {serial}, call_no BIGINT NOT NULL, account_no BIGINT NOT NULL, chat_no BIGINT, queue TEXT NOT NULL,
        public_id TEXT UNIQUE, command BYTEA NOT NULL, token TEXT NOT NULL UNIQUE, state TEXT NOT NULL,
        attempt BIGINT NOT NULL DEFAULT 0, epoch BIGINT NOT NULL DEFAULT 0, not_before BIGINT NOT NULL DEFAULT 0,
        created_at BIGINT NOT NULL, started_at BIGINT, finished_at BIGINT, deadline_at BIGINT NOT NULL,
        provider_id TEXT, unclear_at BIGINT, first_at BIGINT, network_at BIGINT,
        known BYTEA NOT NULL) {table}""",
    "CREATE INDEX outbox_by_queue ON outbox (account_no, state, queue, no)",
    "CREATE INDEX outbox_by_call ON outbox (call_no)",
    "CREATE INDEX outbox_by_finish ON outbox (finished_at)",
    "CREATE INDEX outbox_by_provider_id ON outbox (account_no, chat_no, provider_id)",
)

SQLITE_ONLY = (
    # Contentless: the words are in the index alone, the texts in the documents. `scope` holds a<account> c<chat> s<sender>.
    """CREATE VIRTUAL TABLE message_words USING fts5 (
        text, scope, content='', contentless_delete=1, tokenize='unicode61 remove_diacritics 2')""",
)

POSTGRES_ONLY = (
    """CREATE TABLE message_words (
        key BIGINT PRIMARY KEY, account_no BIGINT NOT NULL, chat_no BIGINT NOT NULL, sender_no BIGINT NOT NULL,
        words TSVECTOR NOT NULL)""",
    "CREATE INDEX message_words_by_word ON message_words USING GIN (words)",
)
