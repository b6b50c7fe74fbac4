"""Logging in to a simulated network."""

from collections.abc import Mapping

from trunkline.contract.connector import LoginWay
from trunkline.contract.login import Login, LoginDone, Step, StepKind
from trunkline.model.errors import InvalidArgument, Unsupported
from trunkline.model.networks import ACCOUNT_TYPES, AccountType
from trunkline.networks.sandbox.seed import seeds
from trunkline.networks.sandbox.world import accounts
from trunkline.networks.sandbox.world.change import Change
from trunkline.networks.sandbox.world.world import World

INSTANT = "instant"

WAYS = tuple(LoginWay(name=INSTANT, title="At once, without any step", account_type=name) for name in ACCOUNT_TYPES)


class Logins:
    """The logins that run."""

    def __init__(self, world: World) -> None:
        self._world = world

    async def begin(self, way: str, values: Mapping[str, str]) -> tuple[Login, Step]:
        """Begin a login. Raises InvalidArgument for an unknown way, account type or number."""
        account_type = _account_type(values.get("account_type", ""))
        number = _number(values.get("number", "1"))
        login = InstantLogin(self._world, account_type, number)
        return login, Step(kind=StepKind.INPUT, step_id="sandbox.instant", instructions="Nothing to fill in: send it as it is.")


class InstantLogin:
    """A login without a checkpoint."""

    def __init__(self, world: World, account_type: AccountType, number: int) -> None:
        self._world = world
        self._account_type = account_type
        self._number = number

    async def submit(self, values: dict[str, str]) -> Step | LoginDone:
        """Done, whatever is given."""
        return await finish(self._world, self._account_type, self._number)

    async def wait(self) -> Step | LoginDone:
        """Done."""
        return await self.submit({})

    async def resend(self) -> Step:
        """There is no code."""
        raise Unsupported

    async def close(self) -> None:
        """Nothing is held."""


async def finish(world: World, account_type: AccountType, number: int) -> LoginDone:
    """Log the own user in; they are made where they do not exist yet."""

    def log_in(change: Change) -> LoginDone:
        account = seeds.own_user(change, account_type, number)
        return LoginDone(
            account_type=account_type, identity=account.identity, name=account.name, connection_params=account.params,
            credentials=accounts.log_in(change, account),
        )  # fmt: skip

    return await world.change(log_in)


def _account_type(text: str) -> AccountType:
    for name in ACCOUNT_TYPES:
        if name == text:
            return name
    raise InvalidArgument(f"account_type must be one of {', '.join(ACCOUNT_TYPES)}, not {text!r}.")


def _number(text: str) -> int:
    if not text.isascii() or not text.isdigit() or not 1 <= int(text) <= 99:
        raise InvalidArgument(f"number must be 1 to 99, not {text!r}.")
    return int(text)
