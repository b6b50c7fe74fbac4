"""Speaks the network's wire, and turns how it fails into our errors.

The kind of error matters: a refusal is certain, NotReached says that nothing was sent, NetworkFailed that nobody knows.
"""

from collections.abc import Mapping
from typing import Any, Protocol

from trunkline.model.errors import (
    Disconnected,
    EmptyMessage,
    InvalidCredentials,
    NetworkFailed,
    NotPossible,
    NotReached,
    Restricted,
    Throttled,
    TooLong,
    TrunklineError,
)


class Wire(Protocol):
    """How requests reach the network: here the fake; put the network's library or HTTP in its place."""

    def now(self) -> int:
        """The network's clock in milliseconds, UTC."""
        ...

    async def ask(self, method: str, key: str, values: Mapping[str, Any]) -> dict[str, Any]:
        """One request. Raises OSError and TimeoutError as sockets do."""
        ...


class Client:
    """Requests of one account. The key shows nowhere."""

    def __init__(self, wire: Wire, key: str):
        self._wire = wire
        self._key = key

    async def ask(self, method: str, **values: Any) -> dict[str, Any]:
        """One request. Raises our errors."""
        try:
            answer = await self._wire.ask(method, self._key, values)
        except ConnectionRefusedError:
            raise NotReached("Acme could not be reached.") from None
        except (OSError, TimeoutError):
            raise NetworkFailed("The connection to Acme broke.") from None
        if "error" in answer:
            raise _error(answer)
        return answer


def _error(answer: Mapping[str, Any]) -> TrunklineError:
    match answer["error"]:
        case "slow_down":
            return Throttled("Acme asks to wait.", retry_after_ms=answer["retry_after_ms"])
        case "logged_out":
            return Disconnected("Acme has logged this account out.")
        case "restricted":
            return Restricted("Acme has restricted this account.")
        case "wrong_token":
            return InvalidCredentials("Acme does not know this token.")
        case "empty":
            return EmptyMessage()
        case "too_long":
            return TooLong("The text is longer than Acme takes.")
        case "no_chat":
            return NotPossible("Acme has no such chat.")
    return NetworkFailed("Acme answered with something unknown.")
