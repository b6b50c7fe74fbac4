"""The form in which an operation is declared, and what can be read off a declaration.

    @at("POST /chats/{chat_id}/messages", Effect.SEND, status=201, form=True, missing="chat, account or message")
    class SendMessageInChat(Operation[MessageSent]):
        "Send a message in a chat"
        chat_id: Annotated[str, "The id of the chat where to send the message."]
        text: Annotated[str | None, "The text value", LONG_TEXT] = None

Name = class name in snake case; description = docstring; result = the type argument. Where a parameter travels follows from the
route: names in braces in the path, the rest in the query of GET and DELETE and in the body otherwise. The MCP tool, the REST
route, the command line's client, the reference page and the unipile backend's calls are all read off this.
"""

import inspect
import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache, cached_property
from types import UnionType
from typing import Any, ClassVar, Generic, TypeVar, dataclass_transform, get_args

from msgspec import Struct, StructMeta, field

from trunkline.model.blob import Blob
from trunkline.model.login import Checkpoint
from trunkline.operations.effects import Effect, Kind
from trunkline.operations.values import check_values

Result = TypeVar("Result")
Declared = TypeVar("Declared", bound="type[Operation[Any]]")


@dataclass(frozen=True)
class Route:
    """How an operation shows itself, beyond its parameters."""

    method: str
    path: str
    effect: Effect
    kind: Kind
    """How it can carry something out. `kind_of` (nature.py) where that depends on a parameter."""
    status: int
    """HTTP status of a success."""
    alias: str | None
    """A second path that clients in the wild use."""
    form: bool
    """Takes multipart and urlencoded bodies beside JSON."""
    cannot: int
    """HTTP status of "this network cannot": 501 or 403 (unipile-v1 4.4)."""
    missing: str
    """The kinds of thing that a 404 on this route can speak of (unipile-v1 4.3)."""
    reaches_network: bool
    """Whether a call may have to wait for a network, so that it can run out of time (504)."""
    takes_pcid: bool
    open_world: bool
    """Whether the result can hold what strangers wrote."""
    destructive: bool
    """Whether something is taken away or written over."""

    @cached_property
    def path_names(self) -> tuple[str, ...]:
        """The parameters that travel in the path."""
        return tuple(re.findall(r"\{(\w+)\}", self.path))

    @property
    def in_query(self) -> bool:
        """Whether the other parameters travel in the query; else in the body."""
        return self.method in ("GET", "DELETE")


class _OperationMeta(StructMeta):
    """Makes every operation frozen, with parameters given by name only: their order is the tool list's, not Python's."""

    def __new__(mcls, name: str, bases: tuple[type, ...], namespace: dict[str, Any], **options: Any) -> "_OperationMeta":
        return super().__new__(mcls, name, bases, namespace, **{"frozen": True, "kw_only": True, **options})


@dataclass_transform(kw_only_default=True, frozen_default=True, field_specifiers=(field,))
class Operation(Struct, Generic[Result], metaclass=_OperationMeta, frozen=True):
    """One thing that can be asked. An instance is right: every value was checked when it was made."""

    route: ClassVar[Route]

    def __post_init__(self) -> None:
        check_values(self)
        self.check()

    def check(self) -> None:
        """What the parameters must be together, where their types leave it open. Raises errors of model/errors.py."""


def at(
    line: str,
    effect: Effect,
    *,
    kind: Kind | None = None,
    status: int = 200,
    alias: str | None = None,
    form: bool = False,
    cannot: int = 403,
    missing: str = "resource",
    reaches_network: bool = True,
    takes_pcid: bool = True,
    open_world: bool = True,
    destructive: bool = False,
) -> Callable[[Declared], Declared]:
    """Declare an operation at "METHOD /path"; the other words are those of `Route`. kind: needed for CHANGE alone."""
    method, path = line.split(" ")
    route = Route(
        method=method,
        path=path,
        effect=effect,
        kind=kind or (Kind.READ if method == "GET" else _KINDS[effect]),
        status=status,
        alias=alias,
        form=form,
        cannot=cannot,
        missing=missing,
        reaches_network=reaches_network,
        takes_pcid=takes_pcid,
        open_world=open_world,
        destructive=destructive or effect is Effect.DESTROY,
    )

    def declare(operation: Declared) -> Declared:
        operation.route = route
        return operation

    return declare


_KINDS = {Effect.READ: Kind.READ, Effect.SEND: Kind.SINK, Effect.DESTROY: Kind.DESTROY, Effect.ADMIN: Kind.LOCAL}


def route_of(operation: type[Operation[Any]]) -> Route:
    """The route as declared."""
    return operation.route


@cache
def name_of(operation: type[Operation[Any]]) -> str:
    """`SendMessageInChat` is `send_message_in_chat`."""
    return re.sub(r"(?<!^)(?=[A-Z])", "_", operation.__name__).lower()


@cache
def results_of(operation: type[Operation[Any]]) -> tuple[type[Any], ...]:
    """The types a result can have: structs of model/, told apart by `object`, or Blob."""
    (base,) = operation.__orig_bases__  # type: ignore[attr-defined] # every declaration has one generic base
    (result,) = get_args(base)
    return get_args(result) if isinstance(result, UnionType) else (result,)


def result_of(operation: type[Operation[Any]]) -> type[Any]:
    """The type of the result; the first where it can have several."""
    result: type[Any] = results_of(operation)[0]
    return result


def may_pause(operation: type[Operation[Any]]) -> bool:
    """Whether it can stop at a checkpoint: an answer 202, to be gone on from."""
    return Checkpoint in results_of(operation)


def gives_bytes(operation: type[Operation[Any]]) -> bool:
    """Whether the result is a file rather than JSON."""
    return result_of(operation) is Blob


def is_list(operation: type[Operation[Any]]) -> bool:
    """Whether the result is a page: `object`, `items`, `cursor`."""
    result = result_of(operation)
    return issubclass(result, Struct) and {"items", "cursor"} <= set(result.__struct_fields__)


def description_of(operation: type[Operation[Any]]) -> str:
    """The docstring: what the tool list and the reference say."""
    return inspect.cleandoc(operation.__doc__ or "")
