"""What could not be had, and what could not be understood: kept, shown, never silent."""

from msgspec import Struct

from trunkline.store.engine import Reader, Transaction


class Gap(Struct, frozen=True, kw_only=True):
    """A span of which a network could not say what happened; times in milliseconds, UTC. chat_no None: the whole account."""

    account_no: int
    chat_no: int | None
    from_at: int
    to_at: int
    reason: str


async def note(tx: Transaction, gap: Gap, found_at: int) -> None:
    """Note a gap; a repeat is one, and one that begins where another of the same reason began makes that one longer."""
    shorter = await tx.row(
        "SELECT no FROM gap WHERE account_no = $1 AND chat_no = $2 AND from_at = $3 AND reason = $4 AND to_at < $5"
        " AND NOT EXISTS (SELECT 1 FROM gap AS same WHERE same.account_no = $1 AND same.chat_no = $2 AND same.from_at = $3"
        " AND same.to_at = $5)",
        gap.account_no,
        gap.chat_no or 0,
        gap.from_at,
        gap.reason,
        gap.to_at,
    )
    if shorter is not None:
        await tx.run("UPDATE gap SET to_at = $1 WHERE no = $2", gap.to_at, shorter[0])
        return
    await tx.run(
        "INSERT INTO gap (account_no, chat_no, from_at, to_at, reason, found_at) VALUES ($1, $2, $3, $4, $5, $6)"
        " ON CONFLICT (account_no, chat_no, from_at, to_at) DO NOTHING",
        gap.account_no,
        gap.chat_no or 0,
        gap.from_at,
        gap.to_at,
        gap.reason,
        found_at,
    )


async def of_account(reader: Reader, account_no: int) -> list[Gap]:
    """The gaps of an account, newest first."""
    rows = await reader.fetch(
        "SELECT account_no, chat_no, from_at, to_at, reason FROM gap WHERE account_no = $1 ORDER BY from_at DESC LIMIT 100",
        account_no,
    )
    return [Gap(account_no=row[0], chat_no=row[1] or None, from_at=row[2], to_at=row[3], reason=row[4]) for row in rows]


async def quarantine(tx: Transaction, account_no: int, kind: str, raw: str, at: int) -> None:
    """Keep the raw JSON of something we have no word for."""
    await tx.run(
        "INSERT INTO quarantine (account_no, kind, raw, at) VALUES ($1, $2, $3, $4)", account_no, kind, raw.encode(), at
    )


async def quarantined(reader: Reader, account_no: int, *, failed: bool) -> int:
    """How many things of an account lie in quarantine. failed: those that could not be stored, as their kind's ": " tells;
    else those that nobody has a word for.
    """
    mark = "LIKE" if failed else "NOT LIKE"
    row = await reader.row(f"SELECT count(*) FROM quarantine WHERE account_no = $1 AND kind {mark} '%: %'", account_no)
    assert row is not None
    return int(row[0])
