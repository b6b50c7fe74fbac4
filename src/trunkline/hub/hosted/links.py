"""Making links. The token is in the link's address and nowhere else; what is kept of it is a keyed hash."""

from base64 import urlsafe_b64encode
from collections.abc import Collection
from urllib.parse import urlsplit

import msgspec
from msgspec import UNSET, UnsetType

from trunkline.hub.asked import Asked
from trunkline.hub.hosted.ways import ways_of
from trunkline.hub.plans import HubPlan, read_plan
from trunkline.model.errors import InvalidArgument, NotFound, Unsupported
from trunkline.model.hosted_link import HostedAuthUrl
from trunkline.model.networks import ACCOUNT_TYPES, AccountType
from trunkline.model.times import from_wire
from trunkline.operations.backend import Answer
from trunkline.operations.hosted import CreateHostedLink
from trunkline.operations.values import either, quoted
from trunkline.store import hosted_links
from trunkline.store.engine import Transaction
from trunkline.store.hosted_links import NewHostedLink

LASTS_MS = 30 * 24 * 3600 * 1000
"""The longest that a link can be used, whatever is asked for."""
TOKEN_BYTES = 32
PURPOSE = "hosted link"
"""Of the token's keyed hash."""
PATH = "/hosted/"
_ALL = {"*", "*:MESSAGING"}


async def create_hosted_link(asked: Asked[CreateHostedLink]) -> HubPlan:
    """Make a link. Raises InvalidArgument, and Unsupported where nothing that it asks for is served."""
    operation, store = asked.operation, asked.store
    if operation.proxy is not None:
        raise Unsupported(
            "Logins go out from this server directly; a proxy is not served. Leave `proxy` out to log in without."
        )
    expires_at = from_wire(operation.expiresOn)
    now = store.clock()
    if expires_at <= now:
        raise InvalidArgument(f"expiresOn is {quoted(operation.expiresOn)}, which is past. Give a time to come.")
    if operation.notify_url is not None:
        asked.parts.outgoing.check_url(operation.notify_url, "notify_url")
    reconnects = _account(asked)
    hidden = operation.disabled_options or ()
    if reconnects is None:
        providers = _providers(operation)
        if not ways_of(asked.parts.lives.connectors, providers, hidden):
            raise Unsupported(f"No road of this server serves {either(providers)} that way. GET /networks lists the roads.")
    else:
        providers = ()

    async def run() -> Answer:
        token = urlsafe_b64encode(store.entropy(TOKEN_BYTES)).rstrip(b"=").decode()
        link = NewHostedLink(
            id=store.new_id(),
            hash=store.seal.keyed_hash(token.encode(), PURPOSE),
            owner=asked.reach.scope.owner,
            providers=providers,
            reconnects=reconnects,
            name=operation.name,
            hidden=hidden,
            success_url=operation.success_redirect_url,
            failure_url=operation.failure_redirect_url,
            notify_url=operation.notify_url,
            bypass=operation.bypass_success_screen,
            created_at=now,
            expires_at=min(expires_at, now + LASTS_MS),
        )

        async def work(tx: Transaction) -> None:
            await hosted_links.add(tx, link)

        await store.db.write(work)
        base = operation.api_url.partition("?")[0].partition("#")[0].rstrip("/").removesuffix("/api/v1")
        hint = _hint(base, asked.parts.options.hosts)
        return Answer(msgspec.json.encode(HostedAuthUrl(url=f"{base}{PATH}{token}", hint=hint)))

    return read_plan(operation, run)


def _hint(base: str, hosts: Collection[tuple[str, int]]) -> str | UnsetType:
    """What to set before the link can work. Only a hint: a proxy in front may name the server by another host."""
    parts = urlsplit(base)
    host = parts.hostname or ""
    if not hosts or (host, parts.port or 80) in hosts:
        return UNSET
    shown = parts.netloc.rpartition("@")[2]
    return (
        f"This server does not answer to {shown}, so the link will be refused unless a proxy in front changes the host: name"
        f" {shown} in the setting allowed_hosts and {parts.scheme}://{shown} in allowed_origins."
    )


def _account(asked: Asked[CreateHostedLink]) -> str | None:
    """The account that is logged in again. One that is not there is a wrong value: this route knows no 404 (unipile-v1 10)."""
    account_id = asked.operation.reconnect_account
    if asked.operation.type != "reconnect" or account_id is None:
        return None
    try:
        return asked.reach.account(account_id).id
    except NotFound as error:
        raise InvalidArgument(f"reconnect_account: {error.text}") from None


def _providers(operation: CreateHostedLink) -> tuple[AccountType, ...]:
    wanted = operation.providers or ()
    found = tuple(each for each in ACCOUNT_TYPES if each in wanted or _ALL & set(wanted))
    if not found:
        raise Unsupported(f"Mail and calendars are not served; providers can name {either(ACCOUNT_TYPES)}, or all by `*`.")
    return found
