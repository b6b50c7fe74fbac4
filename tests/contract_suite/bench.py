"""What a network's folder supplies (its module `suite`) so that its promises can be tried, and picking the cases."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Protocol

from trunkline.contract.capabilities import Capabilities
from trunkline.contract.commands import OutgoingFile
from trunkline.contract.connector import Connector
from trunkline.contract.events import MessageArrived
from trunkline.contract.login import LoginDone, Step


class Bench(Protocol):
    """One logged-in account of a network under test, and the world around it. Nobody writes unless told to."""

    case: str
    sheet: Capabilities
    connector: Connector

    def session(self) -> Any:
        """A session that is not connected yet; the same account each time."""

    def accept(self, done: Step | LoginDone) -> None:
        """Use what a login gave for the sessions to come."""

    async def log_in(self) -> None:
        """Log the account in again."""

    async def restart(self) -> None:
        """What another process finds: a new connector over the same files."""

    async def close(self) -> None:
        """Let go of everything."""

    def outgoing(self, data: bytes, file_name: str, media_type: str) -> OutgoingFile:
        """A file ready to be sent."""

    async def direct(self) -> str:
        """A 1:1 chat, with messages in it, that can be written in."""

    async def group(self) -> str | None:
        """A group that our user may change; None where there is none."""

    async def read_only(self) -> str | None:
        """A chat our user may not write in; None where there is none."""

    async def strangers(self) -> tuple[str, ...]:
        """Two people; with the first there is no 1:1 chat."""

    async def writes(self, chat: str, text: str | None, data: bytes | None = None) -> str:
        """The other side of a 1:1 chat writes; gives the message's id."""

    async def writes_elsewhere(self, chat: str, text: str) -> str:
        """Our own user writes on another device; gives the message's id."""

    async def edits(self, chat: str, message: str, text: str) -> None:
        """The other side edits a message."""

    async def deletes(self, chat: str, message: str) -> None:
        """The other side deletes a message."""

    async def reacts(self, chat: str, message: str, emoji: str) -> None:
        """The other side puts an emoji on a message."""

    async def reads(self, chat: str, message: str) -> None:
        """The other side has read up to a message."""

    async def strange(self, raw: dict[str, object]) -> None:
        """The network says something that nobody has a word for."""

    async def fault(self, kind: str, count: int = 1, ms: int = 0) -> None:
        """Something goes wrong: rate_limited, not_reached, lost_request, lost_answer, dropped_link, duplicate_events,
        logged_out, restricted, late_events, reordered_events.
        """

    async def forget(self) -> None:
        """The network forgets what happened so far."""

    async def move_clock(self, by_ms: int) -> None:
        """Move the network's clock."""

    async def arrived(self, kind: str | None = None) -> list[dict[str, Any]]:
        """The referee: what the network took (kind, token, chat, provider_id, command), oldest first."""

    async def unread(self, chat: str) -> int:
        """How many unread messages the network counts in a chat."""

    async def thread(self) -> tuple[str, str]:
        """Only where a thread is made apart, such as a topic: a chat, and the first message of a thread in it."""

    async def shown(self, chat: str, count: int) -> tuple[MessageArrived, ...]:
        """A chat's newest messages as the other side sees them, newest first. Only where the sheet declares no history."""

    def right(self, step: Step) -> dict[str, str]:
        """The answer of a person who does everything right."""

    def wrong(self, step: Step) -> dict[str, str]:
        """The answer of a person who makes a mistake."""

    async def acts(self) -> None:
        """The person scans, confirms or allows what a login waits for."""


class Suite(Protocol):
    """The module `suite` of a network."""

    CASES: Mapping[str, Capabilities]

    async def prepare(self, folder: Path) -> None:
        """Make once what every case begins with."""

    async def bench(self, case: str, prepared: Path, folder: Path) -> Bench:
        """A fresh bench for a case."""


def declares(sheet: Capabilities, ability: str) -> bool:
    """Whether a sheet declares an ability such as `edit`, `send.quote` or `dedupe.token`."""
    if ability.startswith("dedupe."):
        return sheet.dedupe.kind == ability.removeprefix("dedupe.")
    value: Any = sheet
    for name in ability.split("."):
        value = getattr(value, name) if value is not None else None
    if ability == "forward":
        return value is not None and value.way == "native"
    return value is not None
