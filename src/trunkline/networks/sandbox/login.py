"""Logging in to a simulated network: at once, or by the steps its real one asks for."""

from collections.abc import Mapping

from trunkline.contract.connector import LoginWay
from trunkline.contract.login import Login, LoginDone, Step, StepKind
from trunkline.model.errors import InvalidArgument, Unsupported
from trunkline.model.networks import ACCOUNT_TYPES, AccountType
from trunkline.networks.sandbox.login_flow import FlowLogin, finish
from trunkline.networks.sandbox.login_steps import STEPPED_WAYS, Way
from trunkline.networks.sandbox.world.world import World

INSTANT = "instant"

WAYS: tuple[LoginWay, ...] = (
    *(LoginWay(name=INSTANT, title="At once, without any step", account_type=name, asked_by="way") for name in ACCOUNT_TYPES),
    *(LoginWay(name=way.name, title=way.title, account_type=way.account_type, asked_by=way.asked_by) for way in STEPPED_WAYS),
)
_BY_NAME = {way.name: way for way in STEPPED_WAYS}


class Logins:
    """The logins that run now."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._running: list[FlowLogin] = []

    async def begin(self, way: str, values: Mapping[str, str]) -> tuple[Login, Step]:
        """Begin a login. Raises InvalidArgument for an unknown way, account type or number."""
        number = _number(values.get("number", "1"))
        if way == INSTANT:
            login = InstantLogin(self._world, _account_type(values.get("account_type", "")), number)
            return login, Step(kind=StepKind.INPUT, step_id="sandbox.instant", instructions="Nothing to fill in.")
        flow = FlowLogin(self._world, _way(way), number)
        self._running = [running for running in self._running if not running.is_over] + [flow]
        return flow, flow.step()

    def confirm(self, account_type: str | None) -> str:
        """A person scans, confirms or allows the oldest login that waits for it; gives its step's name.

        Raises InvalidArgument when none waits.
        """
        for flow in self._running:
            if flow.waits_for_person and account_type in (None, flow.way.account_type):
                flow.confirm()
                return flow.stage.step_id
        raise InvalidArgument("No login waits for a person now.")

    def waiting(self) -> list[tuple[str, str]]:
        """(way, step) of each login that runs."""
        return [(flow.way.name, flow.stage.step_id) for flow in self._running if not flow.is_over]


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
        raise Unsupported("There is no code to send again in this step.")

    async def close(self) -> None:
        """Nothing is held."""


def _way(name: str) -> Way:
    if name not in _BY_NAME:
        raise InvalidArgument(f"The sandbox has no login way {name!r}. It has: {', '.join((INSTANT, *_BY_NAME))}.")
    return _BY_NAME[name]


def _account_type(text: str) -> AccountType:
    for name in ACCOUNT_TYPES:
        if name == text:
            return name
    raise InvalidArgument(f"account_type must be one of {', '.join(ACCOUNT_TYPES)}, not {text!r}.")


def _number(text: str) -> int:
    if not text.isascii() or not text.isdigit() or not 1 <= int(text) <= 99:
        raise InvalidArgument(f"number must be 1 to 99, not {text!r}.")
    return int(text)
