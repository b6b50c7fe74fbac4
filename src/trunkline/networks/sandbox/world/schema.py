"""The tables of the sandbox's file. Every row belongs to one simulated account; its own number is the first key column."""

VERSION = 1

SCHEMA = """
CREATE TABLE meta (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;

-- The own users of the world. `counter` numbers everything that happens to an account, in the network's order.
CREATE TABLE account (
  key INTEGER PRIMARY KEY, account_type TEXT NOT NULL, number INTEGER NOT NULL, identity TEXT NOT NULL, name TEXT NOT NULL,
  params TEXT NOT NULL, counter INTEGER NOT NULL DEFAULT 0, credits INTEGER NOT NULL DEFAULT 0,
  UNIQUE (account_type, number), UNIQUE (account_type, identity)) STRICT;

-- Logins that are valid now; `mark` is the SHA-256 of the credentials.
CREATE TABLE login (mark BLOB PRIMARY KEY, account INTEGER NOT NULL, at_ms INTEGER NOT NULL) STRICT, WITHOUT ROWID;

CREATE TABLE person (
  account INTEGER NOT NULL, provider_id TEXT NOT NULL, name TEXT NOT NULL, info BLOB NOT NULL,
  answers INTEGER NOT NULL, distance INTEGER NOT NULL,
  PRIMARY KEY (account, provider_id)) STRICT, WITHOUT ROWID;

-- Second ids of people: a LID, a user name, a phone number.
CREATE TABLE alias (
  account INTEGER NOT NULL, name TEXT NOT NULL, provider_id TEXT NOT NULL,
  PRIMARY KEY (account, name)) STRICT, WITHOUT ROWID;

CREATE TABLE chat (
  account INTEGER NOT NULL, provider_id TEXT NOT NULL, active_ms INTEGER NOT NULL, info BLOB NOT NULL,
  unread INTEGER NOT NULL DEFAULT 0, peer TEXT, owner TEXT, invite TEXT, window_ms INTEGER NOT NULL DEFAULT 0,
  PRIMARY KEY (account, provider_id)) STRICT, WITHOUT ROWID;
CREATE INDEX chat_by_activity ON chat (account, active_ms, provider_id);
CREATE INDEX chat_by_peer ON chat (account, peer) WHERE peer IS NOT NULL;

CREATE TABLE member (
  account INTEGER NOT NULL, chat TEXT NOT NULL, person TEXT NOT NULL,
  PRIMARY KEY (account, chat, person)) STRICT, WITHOUT ROWID;

-- `doc` is the message as the account sees it, as JSON of contract.events.MessageArrived.
CREATE TABLE message (
  account INTEGER NOT NULL, chat TEXT NOT NULL, at_ms INTEGER NOT NULL, ord INTEGER NOT NULL, provider_id TEXT NOT NULL,
  is_own INTEGER NOT NULL, doc BLOB NOT NULL,
  PRIMARY KEY (account, chat, at_ms, ord)) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX message_by_id ON message (account, chat, provider_id);

-- What the peer remembers of tokens, and what each of them made.
CREATE TABLE token (
  account INTEGER NOT NULL, token TEXT NOT NULL, at_ms INTEGER NOT NULL, chat TEXT NOT NULL, provider_id TEXT,
  PRIMARY KEY (account, token)) STRICT, WITHOUT ROWID;

-- What happened, in order, until it is forgotten: the source of `listen`.
CREATE TABLE event (
  seq INTEGER PRIMARY KEY AUTOINCREMENT, account INTEGER NOT NULL, at_ms INTEGER NOT NULL, doc BLOB NOT NULL) STRICT;
CREATE INDEX event_by_account ON event (account, seq);

-- What will happen by itself. `name` makes it happen once.
CREATE TABLE due (
  n INTEGER PRIMARY KEY AUTOINCREMENT, at_ms INTEGER NOT NULL, account INTEGER NOT NULL, kind TEXT NOT NULL, doc BLOB NOT NULL,
  name TEXT UNIQUE) STRICT;
CREATE INDEX due_by_time ON due (at_ms, n);

CREATE TABLE fault (
  n INTEGER PRIMARY KEY AUTOINCREMENT, account INTEGER, kind TEXT NOT NULL, left INTEGER NOT NULL, doc BLOB NOT NULL) STRICT;

-- Everything that arrived: the referee of every claim.
CREATE TABLE record (
  n INTEGER PRIMARY KEY AUTOINCREMENT, at_ms INTEGER NOT NULL, account INTEGER NOT NULL, kind TEXT NOT NULL,
  outcome TEXT NOT NULL, token TEXT, chat TEXT, provider_id TEXT, doc BLOB NOT NULL) STRICT;
CREATE INDEX record_by_account ON record (account, n);

CREATE TABLE blob (ref TEXT PRIMARY KEY, media_type TEXT NOT NULL, file_name TEXT, data BLOB) STRICT, WITHOUT ROWID;
"""
