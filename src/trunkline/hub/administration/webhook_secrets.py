"""Giving a webhook another signing secret. For a while both sign, so that its receiver can be changed without a gap."""

import msgspec

from trunkline.hub.asked import Asked
from trunkline.hub.outgoing.signature import new_secret
from trunkline.hub.plans import HubPlan, read_plan
from trunkline.hub.webhooks.writing import FormerSecret, Sealed, close, opened
from trunkline.model.errors import NotPossible
from trunkline.model.times import to_wire
from trunkline.model.webhook import WebhookRotated
from trunkline.operations.backend import Answer
from trunkline.operations.missing import not_found
from trunkline.operations.webhooks import RotateWebhook
from trunkline.store import webhooks
from trunkline.store.engine import Transaction

OVERLAP_HOURS = 24
FORMER_MOST = 4
"""Secrets that may sign beside the newest: each makes the header and the work of a delivery larger."""
_HOUR_MS = 3_600_000


async def rotate_webhook(asked: Asked[RotateWebhook]) -> HubPlan:
    """Sign with a new secret from now on, and with the earlier one as long as is asked for. Raises NotFound, NotPossible."""
    wanted, store, owner = asked.operation, asked.store, asked.reach.scope.owner
    if await webhooks.find(store.db, owner, wanted.webhook_id) is None:
        raise not_found("webhook_id", wanted.webhook_id)
    hours = OVERLAP_HOURS if wanted.overlap_hours is None else wanted.overlap_hours
    secret = new_secret(store.entropy)

    async def run() -> Answer:
        now = store.clock()
        until = now + hours * _HOUR_MS

        async def work(tx: Transaction) -> int:
            row = await webhooks.find(tx, owner, wanted.webhook_id)
            if row is None:
                raise not_found("webhook_id", wanted.webhook_id)
            sealed = opened(store.seal, row)
            former: tuple[FormerSecret, ...] = ()
            if hours:
                still = tuple(each for each in sealed.former if each.until > now)
                if len(still) + len(sealed.secrets) > FORMER_MOST:
                    raise NotPossible(
                        f"{FORMER_MOST} earlier secrets still sign, which is the most; wait for one to end, or end all of them"
                        " with overlap_hours 0. The secret was not changed."
                    )
                former = (*(FormerSecret(each, until) for each in sealed.secrets), *still)
            await webhooks.seal(tx, row.no, close(store.seal, row.id, Sealed((secret,), sealed.headers, former)))
            return row.no

        await asked.parts.webhooks.changed(await store.db.write(work))
        earlier = to_wire(until) if hours else None
        return Answer(
            msgspec.json.encode(WebhookRotated(webhook_id=wanted.webhook_id, secret=secret, earlier_secret_until=earlier))
        )

    return read_plan(wanted, run)
