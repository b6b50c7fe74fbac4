"""What tells whether a secret is the one that this database was sealed with."""

STATEMENTS = (
    # Facts about the database as a whole. "secret": a keyed hash made with its secret (store/secret.py).
    "CREATE TABLE meta (name TEXT PRIMARY KEY, value BYTEA NOT NULL) {clustered}",
)
