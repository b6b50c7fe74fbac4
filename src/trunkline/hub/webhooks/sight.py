"""What a webhook may see of the journal: its owner's accounts, and where it was made for a connection, that one's chats."""

from trunkline.hub.account_news import KIND
from trunkline.hub.reach import reach_of
from trunkline.store import connections
from trunkline.store.journal import Chosen
from trunkline.store.store import Store
from trunkline.store.webhooks import WebhookRow


async def sight_of(store: Store, webhook: WebhookRow) -> Chosen | None:
    """What of the journal it sees now; None while its connection no longer stands."""
    is_about_accounts = webhook.source == "account_status"
    kinds = tuple(KIND + event for event in webhook.events) if is_about_accounts else webhook.events
    numbers = tuple(account.no for account in webhook.accounts) or None
    if webhook.connection is None:
        return Chosen(owner=webhook.owner, kinds=kinds, accounts=numbers)
    connection = await connections.by_no(store.db, webhook.connection)
    if connection is None or connection.owner != webhook.owner:
        return None
    roads = tuple(sorted(connection.roads))
    if is_about_accounts and connection.chats is None:
        # By road and id, which outlive the account: so its deletion is told too.
        objects = None if connection.accounts is None else tuple(sorted(connection.accounts))
        return Chosen(owner=webhook.owner, kinds=kinds, accounts=numbers, roads=roads, objects=objects)
    reach = await reach_of(store, connection.scope)
    reached = tuple(no for no in reach.accounts if numbers is None or no in numbers)
    chats = None if reach.chat_numbers is None else tuple(sorted(reach.chat_numbers))
    return Chosen(owner=webhook.owner, kinds=kinds, accounts=reached, chats=chats, roads=roads)
