"""A person's webhooks: making, listing, switching and deleting them, and what their endpoints would not take."""

import msgspec
from msgspec import UNSET

from trunkline.hub.account_news import KIND
from trunkline.hub.asked import Asked
from trunkline.hub.outgoing.headers import check_header
from trunkline.hub.outgoing.signature import new_secret
from trunkline.hub.plans import HubPlan, read_plan
from trunkline.hub.reads.pages import next_position
from trunkline.hub.wakes import JOURNAL
from trunkline.hub.webhooks.lanes import is_refusal
from trunkline.hub.webhooks.writing import Sealed, close, delivery_id, opened
from trunkline.model.errors import InvalidArgument, NotPossible
from trunkline.model.times import from_wire, to_wire
from trunkline.model.webhook import (
    AccountOfWebhook,
    AddedHeader,
    DeadLetter,
    Renamed,
    Webhook,
    WebhookCreated,
    WebhookDeleted,
    WebhookReplayed,
    WebhookState,
)
from trunkline.operations.backend import Answer, Page
from trunkline.operations.missing import not_found
from trunkline.operations.webhooks import (
    DEFAULT_EVENTS,
    CreateWebhook,
    DeleteWebhook,
    ListDeadLetters,
    ListWebhooks,
    ReplayWebhook,
    SwitchWebhook,
)
from trunkline.store import connections, journal, letters, webhooks
from trunkline.store.engine import Reader, Transaction
from trunkline.store.journal import JournalRow
from trunkline.store.letters import Letter
from trunkline.store.render import array
from trunkline.store.webhooks import WebhookAccount, WebhookRow

MOST = 100
"""Webhooks of one person."""
REPLAYED_MOST = 100_000
"""Dead letters that are looked through for one id."""

_OURS = ("webhook-id", "webhook-timestamp", "webhook-signature")


async def create_webhook(asked: Asked[CreateWebhook]) -> HubPlan:
    """Make a webhook; it is told of what happens from now on."""
    wanted, store = asked.operation, asked.store
    asked.parts.outgoing.check_url(wanted.request_url, "request_url")
    headers = tuple((header.key, header.value) for header in wanted.headers or ())
    for index, (key, value) in enumerate(headers):
        check_header(key, value, f"headers[{index}]")
        if key.lower() in _OURS:
            raise InvalidArgument(f"headers[{index}] is named {key.lower()}, which Trunkline signs with; leave it out.")
    accounts = tuple(_account(asked, account_id) for account_id in dict.fromkeys(wanted.account_ids or ()))
    connection = None if wanted.connection is None else await _connection(asked, wanted.connection)
    webhook_id, secret = store.new_id(), new_secret(store.entropy)

    async def run() -> Answer:
        async def work(tx: Transaction) -> WebhookRow:
            if await webhooks.count(tx, asked.reach.scope.owner) >= MOST:
                raise NotPossible(f"There are {MOST} webhooks already, which is the most; delete one first.")
            row = WebhookRow(
                no=0,
                id=webhook_id,
                owner=asked.reach.scope.owner,
                connection=connection,
                source=wanted.source,
                name=wanted.name,
                request_url=wanted.request_url,
                format=wanted.format or "json",
                events=tuple(dict.fromkeys(wanted.events or DEFAULT_EVENTS[wanted.source])),
                data=tuple((each.name, each.key) for each in wanted.data or ()),
                accounts=accounts,
                sealed=close(store.seal, webhook_id, Sealed((secret,), headers)),
                enabled=wanted.enabled,
                disabled_by=None,
                created_at=store.clock(),
                position=await journal.newest(tx),
                failures=0,
                failing_since=None,
                not_before=0,
                last_status=None,
                last_error=None,
                last_at=None,
                delivered_at=None,
                epoch=0,
            )
            return await webhooks.add(tx, row)

        made = await store.db.write(work)
        await asked.parts.webhooks.changed(made.no)
        return Answer(msgspec.json.encode(WebhookCreated(webhook_id=made.id, secret=secret)))

    return read_plan(asked.operation, run)


def _account(asked: Asked[CreateWebhook], account_id: str) -> WebhookAccount:
    for account in asked.reach.accounts.values():
        if account.id == account_id:
            return WebhookAccount(no=account.no, id=account.id, name=account.name, type=account.type)
    raise not_found("account_ids", account_id)


async def _connection(asked: Asked[CreateWebhook], pcid: str) -> int:
    row = await connections.by_pcid(asked.store.db, pcid)
    if row is None or row.owner != asked.reach.scope.owner:
        raise not_found("connection", pcid)
    if row.backend != "hub":
        raise InvalidArgument(
            "connection is one to a Unipile subscription, of which Trunkline hears no events; make the webhook there."
        )
    return row.no


async def list_webhooks(asked: Asked[ListWebhooks]) -> HubPlan:
    """The person's webhooks, oldest first."""

    async def run() -> Answer:
        after = int(asked.position or "0", 16)
        rows = await webhooks.page(asked.store.db, asked.reach.scope.owner, after, asked.limit + 1)
        items = [msgspec.json.encode(await _shown(asked, row)) for row in rows[: asked.limit]]
        return Answer(Page("WebhookList", array(items), next_position(rows, asked.limit, lambda row: f"{row.no:x}")))

    return read_plan(asked.operation, run)


async def delete_webhook(asked: Asked[DeleteWebhook]) -> HubPlan:
    """Delete a webhook."""
    row = await _found(asked, asked.operation.webhook_id)

    async def run() -> Answer:
        async def work(tx: Transaction) -> None:
            await webhooks.remove(tx, row.no)

        await asked.store.db.write(work)
        await asked.parts.webhooks.changed(row.no)
        return Answer(msgspec.json.encode(WebhookDeleted()))

    return read_plan(asked.operation, run)


async def switch_webhook(asked: Asked[SwitchWebhook]) -> HubPlan:
    """Switch a webhook on or off."""
    row = await _found(asked, asked.operation.webhook_id)

    async def run() -> Answer:
        async def work(tx: Transaction) -> None:
            await webhooks.switch(tx, row.no, asked.operation.enabled)

        await asked.store.db.write(work)
        await asked.parts.webhooks.changed(row.no)
        fresh = await _found(asked, row.id)
        return Answer(msgspec.json.encode(await _shown(asked, fresh)))

    return read_plan(asked.operation, run)


async def list_dead_letters(asked: Asked[ListDeadLetters]) -> HubPlan:
    """What was given up, in the order in which it happened."""
    row = await _found(asked, asked.operation.webhook_id)

    async def run() -> Answer:
        db = asked.store.db
        found = await letters.dead(db, row.no, int(asked.position or "0", 16), asked.limit + 1)
        shown = found[: asked.limit]
        told = await journal.by_seq(db, [letter.seq for letter in shown]) if shown else {}
        items = [msgspec.json.encode(_letter(asked, row, each, told[each.seq])) for each in shown if each.seq in told]
        position = next_position(found, asked.limit, lambda letter: f"{letter.seq:x}")
        return Answer(Page("DeadLetterList", array(items), position))

    return read_plan(asked.operation, run)


async def replay_webhook(asked: Asked[ReplayWebhook]) -> HubPlan:
    """Let dead letters be tried again at once."""
    wanted = asked.operation
    row = await _found(asked, wanted.webhook_id)
    seq = None if wanted.letter_id is None else await _dead(asked, row, wanted.letter_id)

    async def run() -> Answer:
        async def work(tx: Transaction) -> int:
            await webhooks.retry_now(tx, row.no)
            return await letters.replay(
                tx,
                row.no,
                asked.store.clock(),
                numbers=None if seq is None else [seq],
                since=None if wanted.after is None else from_wire(wanted.after),
                until=None if wanted.before is None else from_wire(wanted.before),
            )

        replayed = await asked.store.db.write(work)
        await asked.parts.webhooks.changed(row.no)
        asked.parts.wakes.wake(JOURNAL)
        return Answer(msgspec.json.encode(WebhookReplayed(replayed=replayed)))

    return read_plan(asked.operation, run)


async def _dead(asked: Asked[ReplayWebhook], row: WebhookRow, letter_id: str) -> int:
    """The number of a dead letter by its id, which is made of that number and kept nowhere. Raises NotFound."""
    for letter in await letters.dead(asked.store.db, row.no, 0, REPLAYED_MOST):
        if delivery_id(asked.store.seal, row.id, letter.seq) == letter_id:
            return letter.seq
    raise not_found("letter_id", letter_id)


async def _found(
    asked: Asked[DeleteWebhook] | Asked[SwitchWebhook] | Asked[ListDeadLetters] | Asked[ReplayWebhook], webhook_id: str
) -> WebhookRow:
    row = await webhooks.find(asked.store.db, asked.reach.scope.owner, webhook_id)
    if row is None:
        raise not_found("webhook_id", webhook_id)
    return row


async def _shown(asked: Asked[ListWebhooks] | Asked[SwitchWebhook], row: WebhookRow) -> Webhook:
    retrying, dead = await letters.counts(asked.store.db, row.no)
    return Webhook(
        id=row.id,
        account_ids=tuple(AccountOfWebhook(id=each.id, name=each.name, type=each.type) for each in row.accounts),
        enabled=row.enabled,
        name=UNSET if row.name is None else row.name,
        request_url=row.request_url,
        format="form" if row.format == "form" else "json",
        headers=tuple(AddedHeader(key=key, value=value) for key, value in opened(asked.store.seal, row).headers),
        data=tuple(Renamed(name=name, key=key) for name, key in row.data),
        events=row.events if row.source == "messaging" else UNSET,
        tells_of=row.events,
        source=row.source,  # type: ignore[arg-type]  # written by CreateWebhook alone
        connection=await _pcid(asked.store.db, row.connection),
        created_at=to_wire(row.created_at),
        state=_state(row),
        failing_since=None if row.failing_since is None else to_wire(row.failing_since),
        next_try_at=to_wire(row.not_before) if row.enabled and row.failures else None,
        last_status=row.last_status,
        last_error=_why(row),
        last_delivered_at=None if row.delivered_at is None else to_wire(row.delivered_at),
        retrying=retrying,
        dead_letters=dead,
    )


def _state(row: WebhookRow) -> WebhookState:
    if not row.enabled:
        return "disabled"
    if row.failures:
        return "failing"
    return "refusing" if is_refusal(row.last_status) else "working"


def _why(row: WebhookRow) -> str | None:
    if row.disabled_by == "410":
        return "Its receiver said that it is gone for good (410), so it was switched off."
    return row.last_error


async def _pcid(reader: Reader, connection: int | None) -> str | None:
    row = None if connection is None else await connections.by_no(reader, connection)
    return None if row is None else row.pcid


def _letter(asked: Asked[ListDeadLetters], row: WebhookRow, letter: Letter, told: JournalRow) -> DeadLetter:
    is_about_account = told.kind.startswith(KIND)
    payload = msgspec.json.decode(told.payload)
    return DeadLetter(
        id=delivery_id(asked.store.seal, row.id, letter.seq),
        event=told.kind.removeprefix(KIND),
        account_id=told.object_id if is_about_account else payload.get("account_id"),
        message_id=None if is_about_account else told.object_id,
        happened_at=to_wire(told.at),
        first_tried_at=to_wire(letter.first_at),
        last_tried_at=to_wire(letter.last_at),
        tries=letter.tries,
        status=letter.status,
        error=letter.error,
    )
