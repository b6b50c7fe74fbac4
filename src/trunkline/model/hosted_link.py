"""Links by which people connect accounts on a page of ours. Source: unipile-v1 5.6, 10; the page itself is Trunkline's own."""

from typing import Literal

from msgspec import UNSET, Struct, UnsetType

from trunkline.model.login import LoginStep
from trunkline.model.networks import AccountType

HostedStatus = Literal["CREATION_SUCCESS", "RECONNECTED"]
"""What a callback says (unipile-v1 10)."""


class HostedAuthUrl(Struct, frozen=True, kw_only=True):
    """The address of the page. Whoever has it can connect an account by it, once: it is shown here and never again.

    hint: what to set before it can work, where this server does not answer to its host (Trunkline's own).
    """

    object: Literal["HostedAuthUrl"] = "HostedAuthUrl"
    url: str
    hint: str | UnsetType = UNSET


class HostedWay(Struct, frozen=True, kw_only=True):
    """One way to log in, as the page offers it."""

    provider: AccountType
    road: str
    way: str
    title: str
    terms: str
    """What the network's terms of service say of this road."""
    is_simulated: bool


class HostedPage(Struct, frozen=True, kw_only=True):
    """What the page shows now. Trunkline's own."""

    object: Literal["HostedPage"] = "HostedPage"
    state: Literal["choose", "step", "done"]
    reconnects: bool
    ways: tuple[HostedWay, ...] = ()
    """To choose from, while no login is under way."""
    provider: AccountType | None = None
    """Whose login is under way."""
    step: LoginStep | None = None
    instructions: str | None = None
    error: str | None = None
    """What was wrong with the answer before, or how the login before ended."""
    success_url: str | None = None
    failure_url: str | None = None
    bypass: bool = False


class HostedCallback(Struct, frozen=True, kw_only=True):
    """What is posted to `notify_url`."""

    status: HostedStatus
    account_id: str
    name: str | None
