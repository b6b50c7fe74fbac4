"""A road into a network: the code that knows how to log in and open sessions."""

from collections.abc import Mapping
from typing import Protocol, runtime_checkable

from msgspec import Struct

from trunkline.contract.capabilities import Capabilities
from trunkline.contract.login import Login, Step
from trunkline.contract.session import Session
from trunkline.model.networks import AccountType


class Keeper(Protocol):
    """A session's small sealed key-value store. `credentials` is what LoginDone gave."""

    async def get(self, key: str) -> bytes | None:
        """The value, or None."""
        ...

    async def put(self, key: str, value: bytes) -> None:
        """Store durably before returning."""
        ...


class Media(Protocol):
    """Where a session reads the bytes of an OutgoingFile."""

    async def read(self, content: str) -> bytes:
        """The bytes of `OutgoingFile.content`. Raises NotFound when they are gone."""
        ...


class OpenAccount(Struct, frozen=True, kw_only=True):
    """What a connector is told of an account."""

    account_id: str
    account_type: AccountType
    identity: str


class LoginWay(Struct, frozen=True, kw_only=True):
    """One way to log in.

    asked_by: the parameter of a request that calls for it (operations/accounts.py; `way`: its name alone does); None: the way
    that is taken where nothing calls for another.
    """

    name: str
    title: str
    account_type: AccountType
    asked_by: str | None = None


class Connector(Protocol):
    """One road. Facts are readable without an account and without I/O."""

    @property
    def road(self) -> str:
        """Its name, unique over all networks: `sandbox`, `slack`, `whatsapp-business`."""
        ...

    @property
    def title(self) -> str:
        """Its name for people."""
        ...

    @property
    def simulated(self) -> bool:
        """Whether nobody real is reached by it, so that an open connection to it needs no warning."""
        ...

    @property
    def terms(self) -> str:
        """What the network's terms of service say of this road, in a sentence; shown when connecting."""
        ...

    @property
    def widest(self) -> Mapping[AccountType, Capabilities]:
        """The account types it serves, each with its widest sheet."""
        ...

    @property
    def login_ways(self) -> tuple[LoginWay, ...]:
        """The ways to log in."""
        ...

    def now(self) -> int:
        """The network's clock in milliseconds, UTC. Bounds are checked against it."""
        ...

    async def login(self, way: str, values: Mapping[str, str]) -> tuple[Login, Step]:
        """Begin a login. Raises InvalidArgument for an unknown way."""
        ...

    def open(self, account: OpenAccount, keeper: Keeper, media: Media) -> Session:
        """A session for an account that is logged in. No I/O."""
        ...

    async def controls(self, name: str, values: Mapping[str, object]) -> object:
        """What the road's own commands ask of it (the sandbox: write as somebody, move the clock). JSON-able answers.

        Raises Unsupported where there is none.
        """
        ...

    async def close(self) -> None:
        """The process ends."""
        ...


class Posted(Struct, frozen=True, kw_only=True):
    """The answer to what a network has posted here. status: 200 once it is stored; another one makes the network repeat it."""

    status: int
    media_type: str = "text/plain"
    body: bytes = b""


@runtime_checkable
class ReceivesPosts(Protocol):
    """A road whose network posts its events to this server: POST /provider/ROAD/events, which needs no key."""

    async def receive(self, headers: Mapping[str, str], body: bytes) -> Posted:
        """Prove the post, take it over, answer. headers: names in lower case; body: as it came, not parsed.

        Nothing of it is believed before it is proven: anybody can post.
        """
        ...


@runtime_checkable
class AnswersChallenges(Protocol):
    """A road whose network proves the address of its posts before it uses it: GET /provider/ROAD/events, without a key."""

    async def challenged(self, query: Mapping[str, str]) -> Posted:
        """Answer a challenge that was made with a word of ours; refuse every other one. Anybody can ask."""
        ...


@runtime_checkable
class TakesRedirects(Protocol):
    """A road with a login whose browser comes back here: GET /oauth/return/ROAD, which needs no key."""

    async def come_back(self, query: Mapping[str, str]) -> str:
        """A browser came back with these parameters; gives a sentence for the person before it. Anybody can come."""
        ...


@runtime_checkable
class RemembersAnswers(Protocol):
    """A road that keeps answers of a login: whoever logs the account in again is not asked for them once more."""

    async def remembered(self, keeper: Keeper) -> Mapping[str, str]:
        """Those answers by the names of their fields; none where nothing is kept that can be read."""
        ...


@runtime_checkable
class CarriesOver(Protocol):
    """A road whose login may leave out what an earlier login of the account gave, by whatever way both were begun."""

    def carried_over(self, kept: bytes, given: bytes) -> bytes:
        """The credentials of a login (LoginDone), with what it left out taken from those that are kept. No I/O.

        kept: what an earlier version of the road may have written, or what cannot be read any more; `given` stands then.
        """
        ...


@runtime_checkable
class LogsOut(Protocol):
    """A road whose login stands at the network as a device of its own, until that is taken away there."""

    @property
    def left_to_do(self) -> str:
        """What a person does at the network where `log_out` could not: a sentence."""
        ...

    async def log_out(self, account: OpenAccount) -> bool:
        """The account is being deleted here: tell the network to end its login; gives whether it was told to.

        Its session may run, and lets nobody hear of the end; it is closed next, and `forget` comes after that. What is not
        connected is not connected for this. The deletion goes on whatever comes of it, and without waiting long.
        """
        ...


@runtime_checkable
class ForgetsAccounts(Protocol):
    """A road that keeps something of its accounts in files of its own."""

    async def forget(self, account: OpenAccount) -> None:
        """The account is being deleted here, and its session is closed: erase what is kept of it. Safe to call twice.

        Raises NotReached when it cannot be erased now; the account stays then.
        """
        ...
