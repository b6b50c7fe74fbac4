"""Where the wire of a real server demands more than an operation's declaration says. The whole list:

- a reaction goes to `/reaction`; servers in the wild know it as `/reactions` (unipile-v1 7.14): `second_path`
- the name of a new group travels as `title` and as `subject` (7.3): `request_of`
- the two sending routes get a form, never JSON (15.2): form.py
- `message_id` and `chat_id` of an answer may be null (5.6), and an answer may be lost (4.6): unclear.py finds the message
- accounts are listed at a path of their own, in their own words (9): `ACCOUNTS`
"""

from typing import Any

import msgspec

from trunkline.operations.chats import StartNewChat
from trunkline.operations.declaration import Operation, route_of
from trunkline.operations.wire import Request, segment, write_request

ACCOUNTS = "/accounts"


def request_of(operation: Operation[Any]) -> Request:
    """The request as a real server wants it."""
    request = write_request(operation)
    if isinstance(operation, StartNewChat) and operation.subject is not None and len(operation.attendees_ids) > 1:
        return msgspec.structs.replace(request, body={**(request.body or {}), "title": operation.subject})
    return request


def second_path(operation: Operation[Any]) -> str | None:
    """The path to try once when the first one answers 404; None for all but reactions."""
    alias = route_of(type(operation)).alias
    if alias is None:
        return None
    names = route_of(type(operation)).path_names
    return alias.format_map({name: segment(getattr(operation, name)) for name in names})


def paged(request: Request, cursor: str | None, limit: int) -> Request:
    """A list's request for one page. The cursor carries the filters: none is sent beside it (3.3, 3.6)."""
    if cursor is None:
        kept = tuple(pair for pair in request.query if pair[0] not in ("cursor", "limit"))
    else:
        kept = (("cursor", cursor),)
    return msgspec.structs.replace(request, query=(*kept, ("limit", str(limit))))
