"""Short tokens made from keys (client credentials): opaque, kept as a keyed hash. keys.by_token finds whose they are."""

from trunkline.store.engine import Transaction


async def add(tx: Transaction, token_hash: bytes, key_id: str, expires_at: int) -> None:
    """A new token of a key, good until a time in milliseconds."""
    await tx.run("INSERT INTO token (hash, key_id, expires_at) VALUES ($1, $2, $3)", token_hash, key_id, expires_at)


async def forget_expired(tx: Transaction, at_ms: int) -> int:
    """Drop the tokens whose time has passed; gives how many."""
    return await tx.run("DELETE FROM token WHERE expires_at <= $1", at_ms)
