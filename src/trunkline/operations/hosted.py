"""Connecting accounts on a page of ours: the link is made by an admin key, and whoever has it plays the login (unipile-v1 10).

What the page itself asks are operations too, so that they pass the gateway and its audit; they have no route of the REST API,
and the link's own token is what allows them, for that link alone.
"""

from typing import Annotated, Any, Literal
from urllib.parse import urlsplit

from trunkline.model.errors import InvalidArgument, MissingArgument
from trunkline.model.hosted_link import HostedAuthUrl, HostedPage
from trunkline.model.networks import AccountType
from trunkline.operations.declaration import Operation, at
from trunkline.operations.effects import Effect
from trunkline.operations.marks import Items, UpTo, WireTime
from trunkline.operations.values import quoted

HostedProvider = Literal[
    "*", "*:MAILING", "*:MESSAGING", "*:CALENDAR", "LINKEDIN", "WHATSAPP", "INSTAGRAM", "MESSENGER", "TELEGRAM", "GOOGLE",
    "OUTLOOK", "TWITTER", "MAIL", "SLACK",
]  # fmt: skip
"""SLACK is Trunkline's own; of the mail ones it is known that they are not served."""
Address = UpTo(2048)


@at("POST /hosted/accounts/link", Effect.ADMIN, cannot=501, missing="account", reaches_network=False)
class CreateHostedLink(Operation[HostedAuthUrl]):
    """Make a link to a page where a person connects an account, or logs one in again. It works once."""

    type: Annotated[Literal["create", "reconnect"], "create: connect an account. reconnect: log one in again."]
    expiresOn: Annotated[str, "Until when it can be used, in the wire form; 30 days from now at most.", WireTime()]  # noqa: N815
    api_url: Annotated[str, "Where people reach this server, such as https://chat.example.org.", Address]
    providers: Annotated[
        tuple[HostedProvider, ...] | None, "create: the networks to choose from; `*` for all of them.", Items(20, 1)
    ] = None
    reconnect_account: Annotated[str | None, "reconnect: the id of the account."] = None
    name: Annotated[str | None, "Your own word for the person; it comes back in the callback."] = None
    success_redirect_url: Annotated[str | None, "Where the person goes on to when it is done.", Address] = None
    failure_redirect_url: Annotated[str | None, "Where the person goes on to when it failed.", Address] = None
    notify_url: Annotated[str | None, "Where a callback is posted to when it is done.", Address] = None
    bypass_success_screen: Annotated[bool, "true: go on to success_redirect_url without a page that says so."] = False
    disabled_features: Annotated[tuple[str, ...] | None, "Taken, and without effect here.", Items(20)] = None
    disabled_options: Annotated[
        tuple[Literal["proxy", "autoproxy", "cookie_auth", "credentials_auth", "sync_limit", "language"], ...] | None,
        "Ways to log in that are not offered: cookie_auth, credentials_auth. The page has none of the others.",
        Items(20),
    ] = None
    proxy: Annotated[dict[str, Any] | None, "Not served: a proxy is refused rather than left unused."] = None
    sync_limit: Annotated[dict[str, Any] | None, "Taken, and without effect here: sync fetches the newest messages."] = None

    def check(self) -> None:
        """What belongs together, and addresses that a browser can be sent to."""
        if self.type == "create" and self.providers is None:
            raise MissingArgument("providers is missing; a link of type create needs it. `*` offers all networks.")
        if self.type == "reconnect" and self.reconnect_account is None:
            raise MissingArgument("reconnect_account is missing; a link of type reconnect needs it.")
        for name in ("api_url", "success_redirect_url", "failure_redirect_url"):
            value = getattr(self, name)
            if value is not None:
                _check_address(value, name)


class LinkOperation(Operation[HostedPage]):
    """What a link's own page asks. Whoever asks must have shown that link's token."""

    link_id: Annotated[str, "The link, by its id; never its token."]


@at("GET /hosted/links/{link_id}", Effect.ADMIN, reaches_network=False)
class GetHostedLink(LinkOperation):
    """Tell what the page of a link shows."""


@at("POST /hosted/links/{link_id}/login", Effect.ADMIN, cannot=501)
class BeginHostedLogin(LinkOperation):
    """Begin a login by one of the ways that the link offers. An earlier one that still waits is given up."""

    provider: Annotated[AccountType, "The network."]
    road: Annotated[str, "The way into the network."]
    way: Annotated[str, "The way to log in."]


@at("POST /hosted/links/{link_id}/answer", Effect.ADMIN, cannot=501)
class AnswerHostedLogin(LinkOperation):
    """Answer the step that the link's login waits at."""

    values: Annotated[dict[str, Any], "The step's fields by name, as texts."]


@at("POST /hosted/links/{link_id}/resend", Effect.ADMIN, cannot=501)
class ResendHostedCode(LinkOperation):
    """Have the code sent again."""


@at("DELETE /hosted/links/{link_id}/login", Effect.ADMIN)
class LeaveHostedLogin(LinkOperation):
    """Give up the link's login, so that another can be chosen."""


def _check_address(value: str, name: str) -> None:
    try:
        parts = urlsplit(value)
        is_right = parts.scheme in ("http", "https") and bool(parts.hostname) and value.isprintable() and " " not in value
    except ValueError:
        is_right = False
    if not is_right:
        raise InvalidArgument(f"{name} is {quoted(value)}; it must be an address that begins with https:// or http://.")
