"""What a login leaves in the store: the account it came to, in one transaction, or the news that it failed."""

import logging

from trunkline.contract.connector import CarriesOver
from trunkline.contract.login import LoginDone
from trunkline.contract.states import AccountState
from trunkline.hub import account_news
from trunkline.hub.attempt import Attempt, Connected
from trunkline.hub.own_connection import own_connection
from trunkline.hub.wakes import JOURNAL, Wakes
from trunkline.model.errors import LoginGone, LoginReplaced, MissingArgument, OtherUser, StoreUnavailable, TrunklineError
from trunkline.model.webhook_payload import AccountEvent
from trunkline.store import accounts
from trunkline.store.engine import Transaction
from trunkline.store.keeper import CREDENTIALS, AccountKeeper
from trunkline.store.seal import SealBroken
from trunkline.store.store import Store

log = logging.getLogger(__name__)


async def make_account(store: Store, attempt: Attempt, done: LoginDone) -> Connected:
    """Make the account, or find it, with its credentials sealed, and on a real network the person's connection to it.

    All in one transaction. Raises LoginGone where the account to connect again is no longer there, OtherUser where the login is
    somebody else's.
    """

    async def work(tx: Transaction) -> Connected:
        if attempt.again:
            there = await accounts.by_id(tx, attempt.account_id)
            if there is None:
                raise LoginGone
            if there.identity != done.identity:
                raise OtherUser
        number, account_id = await accounts.add(
            tx,
            account_id=attempt.account_id,
            owner=attempt.owner,
            road=attempt.connector.road,
            account_type=done.account_type,
            identity=done.identity,
            name=done.name,
            params=done.connection_params,
            at_ms=store.clock(),
        )
        await _keep_credentials(tx, store.keeper(number, account_id), attempt.connector, done.credentials)
        await accounts.set_state(tx, number, AccountState.CONNECTING, None, store.clock())
        came = _told(attempt, is_new=account_id == attempt.account_id)
        await account_news.tell_of_login(tx, came, attempt, account_id, at_ms=store.clock(), no=number)
        pcid = await own_connection(
            store, tx, attempt.connector, done, owner=attempt.owner, account_id=account_id, again=attempt.again
        )
        connected = Connected(account_id=account_id, account_no=number, again=came == "reconnected", pcid=pcid)
        if attempt.done is not None:
            await attempt.done(tx, connected)
        return connected

    return await store.db.write(work)


async def _keep_credentials(tx: Transaction, keeper: AccountKeeper, connector: object, given: bytes) -> None:
    """Seal them; what the login left out is taken over from an earlier one, unless that cannot be unsealed."""
    if isinstance(connector, CarriesOver):
        try:
            kept = await keeper.get_in(tx, CREDENTIALS)
        except SealBroken:
            kept = None
        if kept is not None:
            given = connector.carried_over(kept, given)
    await keeper.put_in(tx, CREDENTIALS, given)


async def tell_failure(store: Store, wakes: Wakes, attempt: Attempt, how: Connected | TrunklineError) -> None:
    """An account was not made. Nobody is told of a login that was given up or begun again, or that lacked what it needs."""
    if attempt.again or isinstance(how, Connected | LoginGone | LoginReplaced):
        return
    if isinstance(how, MissingArgument) and not attempt.has_begun:
        return
    at_ms = store.clock()

    async def work(tx: Transaction) -> None:
        await account_news.tell_of_login(tx, "creation_fail", attempt, attempt.account_id, at_ms=at_ms)

    try:
        await store.db.write(work)
    except StoreUnavailable:
        log.warning("account %s: that its login failed could not be stored", attempt.account_id)
    wakes.wake(JOURNAL)


def _told(attempt: Attempt, *, is_new: bool) -> AccountEvent:
    """What answer, webhook and callback call it. A first call answers AccountCreated alone, also where the account was there;
    so its webhook says the same. A link has no such answer.
    """
    if attempt.again:
        return "reconnected"
    is_answered_as_new = attempt.in_first_call and attempt.done is None
    return "creation_success" if is_new or is_answered_as_new else "reconnected"
