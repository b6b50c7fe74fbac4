"""How the server is doing, what waits to be sent, and copies of the database."""

import asyncio
import contextlib
import shutil
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path

import msgspec
from msgspec import UNSET

from trunkline import __version__
from trunkline.contract.states import ON_THE_WIRE, AccountState
from trunkline.hub.asked import Asked
from trunkline.hub.attention import next_step, status_text
from trunkline.hub.plans import HubPlan, read_plan
from trunkline.model.networks import TITLES
from trunkline.model.status import AccountStatus, BackupMade, Finding, SendCounts, Status
from trunkline.model.times import to_wire
from trunkline.operations.administration import GetStatus, MakeBackup
from trunkline.operations.backend import Answer
from trunkline.store import backups, counts, gaps, letters, remote_writes, schema, webhooks
from trunkline.store.accounts import AccountRow
from trunkline.store.store import DATABASE_FILE, MEDIA_FOLDER

BACKUP_FOLDER = "backups"
LOW_DISK_BYTES = 1024**3
WEBHOOKS_MOST = 100
GAPS_MOST = 3
"""Of how many reasons of one account is told."""


async def get_status(asked: Asked[GetStatus]) -> HubPlan:
    """The server at this moment, with what a person should look at."""

    async def run() -> Answer:
        return Answer(msgspec.json.encode(await _status(asked)))

    return read_plan(asked.operation, run)


async def _status(asked: Asked[GetStatus]) -> Status:
    store, options = asked.store, asked.parts.options
    accounts = list(asked.reach.accounts.values())
    sizes = await asyncio.to_thread(_sizes, options.data_folder)
    pending: Counter[str] = Counter()
    for account in accounts:
        pending.update(await counts.unsettled(store.db, account.no))
    return Status(
        version=__version__,
        schema_version=int((await schema.version(store.db))[1:5]),
        started_at=to_wire(options.started_at),
        url=options.url,
        data_folder=str(options.data_folder),
        database_bytes=sizes[0],
        media_bytes=sizes[1],
        disk_free_bytes=sizes[2],
        connections=await counts.connections(store.db),
        keys=await counts.keys(store.db),
        accounts=tuple([await _account(asked, account) for account in accounts]),
        pending=SendCounts(**pending),
        findings=tuple(await _findings(asked, accounts, pending, sizes[2])),
    )


async def _account(asked: Asked[GetStatus], account: AccountRow) -> AccountStatus:
    return AccountStatus(
        account_id=account.id,
        account_type=account.type,
        road=account.road,
        name=account.name,
        status=ON_THE_WIRE[account.state],
        status_text=status_text(account, asked.parts.lives.concern_of(account)) or UNSET,
        chats=await counts.chats_of(asked.store.db, account.no),
        messages=await counts.messages_of(asked.store.db, account.no),
    )


NEEDS_LOOKING_AT = frozenset(
    {AccountState.LOGGED_OUT, AccountState.RESTRICTED, AccountState.OFFLINE, AccountState.FAILED, AccountState.STOPPED}
)


async def _findings(
    asked: Asked[GetStatus], accounts: Sequence[AccountRow], pending: Counter[str], free_bytes: int
) -> list[Finding]:
    findings = []
    for account in accounts:
        if account.state in NEEDS_LOOKING_AT and account.state_text is not None:
            text = f"{TITLES[account.type]} ({account.name}): {account.state_text}"
            findings.append(Finding(level="problem", text=text, next_step=next_step(account) or UNSET))
        if (concern := asked.parts.lives.concern_of(account)) is not None:
            text = f"{TITLES[account.type]} ({account.name}): {concern.text}"
            findings.append(Finding(level="warning", text=text, next_step=concern.next_step))
        findings += _held(asked, account)
        findings += _about_gaps(account, await gaps.of_account(asked.store.db, account.no))
        if failed := await gaps.quarantined(asked.store.db, account.no, failed=True):
            what = "1 event" if failed == 1 else f"{failed} events"
            text = f"{account.name}: {what} could not be stored; what was told so is in no chat."
            step = 'Look for "went to quarantine" in the server\'s log and report it; look on the network for what is missing.'
            findings.append(Finding(level="warning", text=text, next_step=step))
        if count := await gaps.quarantined(asked.store.db, account.no, failed=False):
            what = "1 event could not be understood and is" if count == 1 else f"{count} events could not be understood and are"
            text = f"{account.name}: {what} kept as {'it' if count == 1 else 'they'} came."
            findings.append(Finding(level="note", text=text))
    findings += await _about_webhooks(asked)
    if pending["unknown"]:
        count = pending["unknown"]
        text = f"{count} {'write' if count == 1 else 'writes'} ended without a clear answer."
        findings.append(Finding(level="warning", text=text, next_step="Look at them in the pending list; do not repeat them."))
    if remote := await remote_writes.unclear_of(asked.store.db, asked.reach.scope.owner):
        text = f"{remote} writes through Unipile connections ended without a clear answer."
        step = "Look at them in the pending list; they are looked for in their chats and never sent again."
        findings.append(Finding(level="warning", text=text, next_step=step))
    if free_bytes < LOW_DISK_BYTES:
        text = f"Only {free_bytes // 1024**2} MiB are free on the disk of the data folder."
        findings.append(Finding(level="problem", text=text, next_step="Free some space: without any, nothing can be sent."))
    return findings


def _about_gaps(account: AccountRow, newest_first: Sequence[gaps.Gap]) -> list[Finding]:
    """One for each reason: some come again with every outage, and nobody needs to read them all."""
    spans: dict[str, list[str]] = {}
    for gap in newest_first:
        spans.setdefault(gap.reason, []).append(f"between {to_wire(gap.from_at)} and {to_wire(gap.to_at)}")
    findings = []
    for reason, found in list(spans.items())[:GAPS_MOST]:
        before = f", and {len(found) - 1} times before that" if len(found) > 1 else ""
        text = f"{account.name}: something may be missing {found[0]}{before} ({reason})."
        findings.append(Finding(level="warning", text=text))
    return findings


def _held(asked: Asked[GetStatus], account: AccountRow) -> list[Finding]:
    """What this account has to wait with: as the network asked, or by a rule of its road."""
    live, now = asked.parts.lives.by_account.get(account.no), asked.store.clock()
    held = {} if live is None else live.held_until
    return [
        Finding(
            level="warning",
            text=f"{TITLES[account.type]} ({account.name}): {what} have to wait until {to_wire(until)}.",
            next_step="Repeat then what was refused: it was not sent.",
        )
        for what, until in sorted(held.items())
        if until > now
    ]


async def _about_webhooks(asked: Asked[GetStatus]) -> list[Finding]:
    """Endpoints that take nothing, and events that were given up. Of an address the host alone is shown."""
    findings = []
    for row in await webhooks.page(asked.store.db, asked.reach.scope.owner, 0, WEBHOOKS_MOST):
        name = row.name or row.request_url.partition("//")[2].partition("/")[0]
        if row.disabled_by is not None:
            text = f"The webhook {name} is switched off: its receiver says that it is gone ({row.disabled_by})."
            step = "Delete it, or switch it on again once it is there: `trunkline webhook start`."
            findings.append(Finding(level="problem", text=text, next_step=step))
        elif row.failing_since is not None:
            why = row.last_error or (f"status {row.last_status}" if row.last_status is not None else "no answer")
            text = f"The webhook {name} has not been reached since {to_wire(row.failing_since)} ({why.rstrip('.')})."
            step = "Look at its receiver; nothing is lost meanwhile, for 75 hours."
            findings.append(Finding(level="warning", text=text, next_step=step))
        retrying, dead = await letters.counts(asked.store.db, row.no)
        if retrying and row.failing_since is None:
            text = f"The webhook {name} did not take {retrying} events, which are tried again"
            text += f" (its last answer: {row.last_status})." if row.last_status is not None else "."
            step = "Look at its receiver: an event that it keeps refusing is given up."
            findings.append(Finding(level="warning", text=text, next_step=step))
        if dead:
            text = f"The webhook {name} has {dead} dead letters: events that were given up."
            step = "`trunkline webhook dead` lists them, `trunkline webhook replay` tries them again."
            findings.append(Finding(level="warning", text=text, next_step=step))
    return findings


def _sizes(folder: Path) -> tuple[int, int, int]:
    """Bytes of the database with its log, of the media folder, and free on the disk."""
    database, media = _bytes(folder.glob(f"{DATABASE_FILE}*")), _bytes((folder / MEDIA_FOLDER).glob("*"))
    return database, media, shutil.disk_usage(folder).free


def _bytes(files: Iterable[Path]) -> int:
    """Of those that are still there when they are looked at: a log or an unfinished file may go meanwhile."""
    total = 0
    for file in files:
        with contextlib.suppress(FileNotFoundError):
            total += file.stat().st_size
    return total


async def make_backup(asked: Asked[MakeBackup]) -> HubPlan:
    """Copy the database into the data folder's `backups`."""

    async def run() -> Answer:
        now = asked.store.clock()
        stamp = to_wire(now).replace(":", "").replace("-", "").replace(".", "")
        path = await backups.make(asked.store.db, asked.parts.options.data_folder / BACKUP_FOLDER, f"trunkline-{stamp}.db")
        made = BackupMade(path=str(path), size=path.stat().st_size, created_at=to_wire(now))
        return Answer(msgspec.json.encode(made))

    return read_plan(asked.operation, run)
