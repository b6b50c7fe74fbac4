"""Answering what reads: lists cut down to the connection's reach, single objects, files."""

from collections.abc import AsyncIterator
from email.message import Message as Headers
from typing import Any

import httpx2
import msgspec
from msgspec import UNSET, Struct

from trunkline.model.account import Account
from trunkline.model.blob import Blob
from trunkline.model.chat import ChatDetail
from trunkline.model.errors import NetworkFailed
from trunkline.model.message import Message
from trunkline.model.networks import ACCOUNT_TYPES
from trunkline.model.page import DEFAULT_LIMIT
from trunkline.operations.attendees import ListAllAttendees, ListChatsByAttendee, ListMessagesByAttendee
from trunkline.operations.backend import Answer, Page
from trunkline.operations.chats import GetChat, ListAllChats
from trunkline.operations.declaration import Operation, gives_bytes, is_list, route_of
from trunkline.operations.messages import GetMessage, ListAllMessages
from trunkline.operations.missing import not_found
from trunkline.operations.own import ListAccounts
from trunkline.operations.parameter import parameters_of
from trunkline.operations.wire import Request
from trunkline.unipile.abilities import abilities_of
from trunkline.unipile.line import Line, missing_of
from trunkline.unipile.quirks import ACCOUNTS, paged, request_of
from trunkline.unipile.reach import Reach, owner_of

EMPTY_PAGES_MOST = 5
"""How many pages that hold nothing within reach are passed over before an empty one is given."""
FILE_MOST_BYTES = 2 * 1024**3

_SEVERAL_ACCOUNTS = (ListAllChats, ListChatsByAttendee, ListMessagesByAttendee)
"""Their `account_id` may be several with commas; elsewhere it is one in the vendor's words (unipile-v1 3.4)."""


async def read(line: Line, operation: Operation[Any], position: str | None) -> Answer:
    """The answer. position: the remote's own cursor. Raises TrunklineError."""
    if gives_bytes(type(operation)):
        return Answer(await _file(line, operation))
    if isinstance(operation, ListAccounts):
        return await _accounts(line, operation, position)
    if is_list(type(operation)):
        return await _list(line, operation, position)
    return _single(line, operation, await line.read(operation))


def _single(line: Line, operation: Operation[Any], found: Struct) -> Answer:
    """One object, unless it is out of reach: then it is not there."""
    if hasattr(found, "account_id") and not Reach(line).takes(found):
        name = route_of(type(operation)).path_names[0]
        raise not_found(name, getattr(operation, name))
    sources: frozenset[str] = frozenset()
    if isinstance(operation, GetChat) and isinstance(found, ChatDetail):
        sources = frozenset({found.id})
        if found.lastMessage is not None:
            found = msgspec.structs.replace(found, lastMessage=_slim(found.lastMessage))
    elif isinstance(operation, GetMessage) and isinstance(found, Message):
        sources = frozenset({found.chat_id})
    return Answer(msgspec.json.encode(found), sources)


async def _list(line: Line, operation: Operation[Any], position: str | None) -> Answer:
    asked, reach = _narrowed(line, operation), Reach(line)
    limit = getattr(operation, "limit", None) or DEFAULT_LIMIT
    has_pages = "cursor" in parameters_of(type(operation))
    first = position
    for _ in range(EMPTY_PAGES_MOST):
        request = paged(request_of(asked), position, limit) if has_pages else request_of(asked)
        page = await line.read(operation, request)
        items = [item for item in page.items if reach.takes(item)]
        following = _next(page.cursor, position) if has_pages else None
        if items or following is None:
            break
        position = following
    if reach.is_narrow and not items and first is None:
        await _check_person(reach, operation)
    return Answer(
        Page(page.object, msgspec.json.encode([_slim(item) for item in items]), following),
        frozenset(chat for item in items if (chat := owner_of(item).chat_id) is not None),
    )


def _next(cursor: str | None, position: str | None) -> str | None:
    """The cursor to the next page. Raises NetworkFailed when it is the one just used: it would go round for ever."""
    if cursor is not None and cursor == position:
        raise NetworkFailed("The Unipile server gave the same cursor twice, so the list cannot be continued. Begin it anew.")
    return cursor or None


def _narrowed(line: Line, operation: Operation[Any]) -> Operation[Any]:
    """Asks for the accounts within reach alone, where the list can be told so; what comes is cut down all the same."""
    accounts = line.scope.accounts
    if accounts is None or getattr(operation, "account_id", "") is not None:
        return operation
    several = isinstance(operation, _SEVERAL_ACCOUNTS)
    if several or (len(accounts) == 1 and isinstance(operation, ListAllMessages | ListAllAttendees)):
        return msgspec.structs.replace(operation, account_id=",".join(sorted(accounts)))
    return operation


async def _check_person(reach: Reach, operation: Operation[Any]) -> None:
    """A list about a person is empty: whether they are somebody within reach. Raises NotFound, as for nobody at all."""
    names = route_of(type(operation)).path_names
    if isinstance(operation, ListChatsByAttendee | ListMessagesByAttendee):
        value: str = getattr(operation, names[0])
        for person in value.split(","):
            if await reach.has_person(person.strip()):
                return
        raise not_found(names[0], value)


def _slim(item: Any) -> Any:
    """Lists carry no raw payload of the network."""
    return msgspec.structs.replace(item, original="{}") if isinstance(item, Message) else item


async def _accounts(line: Line, operation: ListAccounts, position: str | None) -> Answer:
    request = paged(Request(method="GET", path=ACCOUNTS), position, operation.limit or DEFAULT_LIMIT)
    page = await line.read(operation, request)
    allowed = line.scope.accounts
    items = [
        msgspec.json.encode(_with_abilities(account))
        for account in page.items
        if account.type in ACCOUNT_TYPES and (allowed is None or account.id in allowed)
    ]
    return Answer(Page("AccountList", b"[%s]" % b",".join(items), _next(page.cursor, position)))


def _with_abilities(account: Account) -> Account:
    """With what it can do: as the server says itself where it is another Trunkline, else as the vendor publishes."""
    if account.capabilities is not UNSET:
        return account
    return msgspec.structs.replace(account, capabilities=abilities_of(account.type))


async def _file(line: Line, operation: Operation[Any]) -> Blob:
    deadline_ms = line.clock() + line.wait_ms
    response = await line.http.open(line.remote, request_of(operation), deadline_ms=deadline_ms, missing=missing_of(operation))
    kind = response.headers.get("content-type", "").split(";")[0].strip() or "application/octet-stream"
    size = response.headers.get("content-length", "")
    is_plain = "content-encoding" not in response.headers and size.isascii() and size.isdigit()
    return Blob(
        media_type=kind,
        file_name=_file_name(response.headers.get("content-disposition", "")) or _default_name(operation),
        size=int(size) if is_plain else None,
        chunks=_Chunks(response),
    )


def _file_name(disposition: str) -> str | None:
    """The name in a content-disposition, in any of its spellings."""
    headers = Headers()
    headers["content-disposition"] = disposition or "attachment"
    return headers.get_filename()


def _default_name(operation: Operation[Any]) -> str:
    names = route_of(type(operation)).path_names
    return str(getattr(operation, names[-1]))


class _Chunks:
    """The bytes of an open response. Closing it lets go of its connection, whether it was read or not."""

    def __init__(self, response: httpx2.Response):
        self._response = response
        self._bytes = response.aiter_bytes()
        self._size = 0

    def __aiter__(self) -> AsyncIterator[bytes]:
        return self

    async def __anext__(self) -> bytes:
        try:
            chunk = await anext(self._bytes)
        except StopAsyncIteration:
            await self.aclose()
            raise
        except httpx2.HTTPError:
            await self.aclose()
            raise NetworkFailed("The Unipile server broke off in the middle of the file. Fetch it again.") from None
        self._size += len(chunk)
        if self._size > FILE_MOST_BYTES:
            await self.aclose()
            raise NetworkFailed("The file is larger than anything a network carries; it was not read to its end.")
        return chunk

    async def aclose(self) -> None:
        """Let go."""
        await self._response.aclose()
