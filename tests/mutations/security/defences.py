"""Each defence of a whole server, how it is broken here, and the test that must then fail."""

import contextlib
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from tests.security import test_nothing_in_logs
from tests.stories import ways

from trunkline.gateway import credentials
from trunkline.gateway.authentication import Authenticator
from trunkline.gateway.caller import Caller
from trunkline.gateway.gate import Gate
from trunkline.gateway.throttle import WrongAttempts
from trunkline.hub.ingest import attached
from trunkline.hub.reach import Reach
from trunkline.model.errors import NotAllowed, TrunklineError
from trunkline.operations import check, reading, values
from trunkline.operations.files import parse_file
from trunkline.store import calls, chats, connections, keys, messages, seal
from trunkline.store.engine import Reader
from trunkline.store.keys import KeyRow
from trunkline.store.seal import Seal
from trunkline.surfaces.door import body, delivery, hosts
from trunkline.surfaces.door.credentials import Credentials
from trunkline.surfaces.door.hosts import Allowed
from trunkline.surfaces.mcp import calls as tool_calls

from . import trials
from .trials import Trial

Break = Callable[[pytest.MonkeyPatch], None]


@dataclass(frozen=True)
class Defence:
    """name: what holds. breaks: it no longer does. test: what notices."""

    name: str
    breaks: Break
    test: Trial


def replaced(place: object, name: str, value: object) -> Break:
    """Something is another thing."""
    return lambda patch: patch.setattr(place, name, value)


def nothing(*_: Any, **__: Any) -> None:
    """What should have happened does not."""


async def nothing_later(*_: Any, **__: Any) -> None:
    """What should have happened does not, and nobody waits for it."""


def yes(*_: Any) -> bool:
    """Whatever is asked is so."""
    return True


async def no_later(*_: Any) -> bool:
    """Whatever is asked is not so."""
    return False


def everywhere(place: Any) -> Break:
    """A lookup that is not told which accounts it may look in."""
    find = place.find

    async def found(reader: Any, _accounts: Any, wanted: str) -> Any:
        return await find(reader, [row[0] for row in await reader.fetch("SELECT no FROM account")], wanted)

    return replaced(place, "find", found)


async def of_anybody(reader: Reader, principal: int, pcid: str) -> connections.ConnectionRow | None:
    """A connection, whoever's it is."""
    return await connections.by_pcid(reader, pcid)


own_chat = Reach.chat


async def chat_or_a_word(self: Reach, chat_id: str, parameter: str = "chat_id") -> Any:
    """What is somebody else's is refused in words of its own."""
    if await self.store.db.row("SELECT 1 FROM chat WHERE id = $1", chat_id) is not None:
        return await own_chat(self, chat_id, parameter) if await _is_own(self, chat_id) else await _refuse()
    return await own_chat(self, chat_id, parameter)


async def _is_own(reach: Reach, chat_id: str) -> bool:
    return await chats.find(reach.store.db, reach.numbers, chat_id) is not None


async def _refuse() -> None:
    raise NotAllowed("This chat is not yours.")


def remembers_answers(patch: pytest.MonkeyPatch) -> None:
    """What was asked once is answered the same to everybody."""
    answer, known = Gate.answer, {}

    async def remembered(self: Gate, caller: Caller, operation: Any, **more: Any) -> Any:
        if operation not in known:
            known[operation] = await answer(self, caller, operation, **more)
        return known[operation]

    patch.setattr(Gate, "answer", remembered)


def takes_pcids(patch: pytest.MonkeyPatch) -> None:
    """Who knows a PCID is let in."""
    by_key = Authenticator._by_key

    async def known(self: Authenticator, secret: str) -> KeyRow:
        if secret.startswith(credentials.PCID_PREFIX):
            row = await self._store.db.row(
                "SELECT k.id FROM api_key k JOIN connection c ON c.no = k.default_connection WHERE c.pcid = $1", secret
            )
            found = None if row is None else await keys.by_id(self._store.db, row[0])
            if found is not None:
                return found
        return await by_key(self, secret)

    patch.setattr(Authenticator, "_by_key", known)


def lets_in(patch: pytest.MonkeyPatch) -> None:
    """Who shows nothing is taken for the person at the machine."""
    caller = Credentials.caller

    async def anybody(self: Credentials, scope: Any) -> Caller:
        if not any(name in (b"x-api-key", b"authorization") for name, _ in scope["headers"]):
            return await self._gate.local_user()
        return await caller(self, scope)

    patch.setattr(Credentials, "caller", anybody)


def begins_well(self: Allowed, given: Any, origins: Any) -> None:
    """A host that begins as ours does is good enough."""
    names = tuple(value.encode() for value in self.host_values)
    if not given or not given[0].lower().startswith(names):
        raise hosts.WrongHost
    pages = tuple(value.encode() for value in self.origin_values)
    if origins and not origins[0].lower().startswith(pages):
        raise hosts.WrongOrigin


read_arguments = check.read_arguments


def stumbles(kind: Any, arguments: Any) -> Any:
    """An argument that nobody thought of."""
    return {**read_arguments(kind, arguments).__struct_config__}


def opens_paths(text: str, *more: Any) -> Any:
    """A file that is there is taken for what was meant."""
    with contextlib.suppress(OSError, ValueError):
        Path(text).read_bytes()
    return parse_file(text, *more)


def refuses_afterwards(exchange: Any, ready: bytes) -> Any:
    """What was done is told as refused."""
    return tool_calls.refusal(TrunklineError("Refused."))


def in_the_open(patch: pytest.MonkeyPatch) -> None:
    """Sealed by name alone."""
    patch.setattr(Seal, "close", lambda self, plain, *place: plain)
    patch.setattr(Seal, "open", lambda self, sealed, *place: sealed)


def program(*lines: str) -> Break:
    """Servers and stdio processes run with these lines before them."""
    start = "; ".join((*lines, "import sys", "from trunkline.__main__ import main", "sys.exit(main(sys.argv[1:]))"))

    def apply(patch: pytest.MonkeyPatch) -> None:
        def command(*arguments: str) -> list[str]:
            return [sys.executable, "-c", start, *arguments]

        patch.setattr(ways, "command", command)
        patch.setattr(test_nothing_in_logs, "command", command)

    return apply


LOGS_ARGUMENTS = (
    "import logging",
    "from trunkline.surfaces.mcp import calls",
    "read = calls.read_arguments",
    "calls.read_arguments = lambda kind, given: logging.getLogger('x').debug('%r', given) or read(kind, given)",
)
STRIKES_NOTHING_OUT = (
    "import logging",
    "from trunkline import logs",
    "logs.SafeFormatter = lambda: logging.Formatter('%(levelname)s %(message)s')",
    "from trunkline.owner import server_file",
    "write = server_file.write",
    "server_file.write = lambda folder, server: logging.getLogger('x').warning('%s', server) or write(folder, server)",
)

DEFENCES = (
    Defence("a chat is looked up in one's own accounts", everywhere(chats), trials.cell("get_chat", "chat_id", "foreign")),
    Defence("a message is looked up in one's own accounts", everywhere(messages),
            trials.cell("get_message", "message_id", "foreign", "rest")),
    Defence("a connection is looked up with its principal", replaced(connections, "find", of_anybody),
            trials.cell("list_all_chats", "PCID", "foreign")),
    Defence("what is foreign is not told apart", replaced(Reach, "chat", chat_or_a_word),
            trials.cell("get_chat", "chat_id", "foreign", "rest")),
    Defence("answers belong to their caller", remembers_answers, trials.crossed),
    Defence("an answer that left is noted", replaced(Gate, "answered", nothing_later), trials.deliberate),
    Defence("a call that comes again is known", replaced(calls, "earlier", nothing_later), trials.cut_off),
    Defence("a client that has gone is noticed", replaced(delivery, "_has_gone", no_later), trials.cut_off),
    Defence("a PCID is no key", takes_pcids, trials.pcid_as_key),
    Defence("guesses are slowed down", replaced(WrongAttempts, "check", nothing), trials.guesses),
    Defence("nobody comes in without credentials", lets_in, trials.without_credentials),
    Defence("hosts and pages are matched whole", replaced(Allowed, "check", begins_well), trials.wrong_places),
    Defence("JSON is asked for", replaced(body, "is_json", yes), trials.other_content),
    Defence("texts can be stored", replaced(values, "check_storable", nothing),
            trials.called_with("get_chat", chat_id="a\ud800b")),
    Defence("nothing escapes a call", replaced(tool_calls, "read_arguments", stumbles),
            trials.called_with("get_chat", chat_id="unknown")),
    Defence("what is refused was not done", replaced(tool_calls, "json_result", refuses_afterwards),
            trials.called_with("send_message_in_chat", chat_id="<chat>", text="hello")),
    Defence("file fields are no paths", replaced(reading, "parse_file", opens_paths), trials.texts_as_files),
    Defence("names of files are cut to names", replaced(attached, "plain_name", lambda name: name), trials.names_of_files),
    Defence("secrets are sealed", in_the_open, trials.in_clear),
    Defence("a seal belongs to its place", replaced(seal, "_bound", lambda place: b""), trials.swapped),
    Defence("the mask is set first thing", program("import os", "os.umask(0o022)", "os.umask = lambda mode: None"),
            trials.file_modes),
    Defence("arguments are not logged", program(*LOGS_ARGUMENTS), trials.logged_over_http),
    Defence("secrets are struck out", program(*STRIKES_NOTHING_OUT), trials.logged_over_stdio),
)  # fmt: skip
