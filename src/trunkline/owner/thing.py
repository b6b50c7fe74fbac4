"""What a tool call changes, as far as the pipe can tell, which knows no tools: by their names and a few arguments'."""

import json
from typing import Any

UNORDERED = ("unipile_messaging_list_", "unipile_messaging_get_", "unipile_messaging_sync_", "trunkline_")
"""How tools are called that change nothing: those are never held back."""

_NAMED_BY = ("chat_id", "message_id", "attendees_ids")


def thing_of(params: Any) -> str | None:
    """What a tool call changes, by the arguments that name it; None: nothing, or nothing that could be told."""
    name, arguments = (params.get("name"), params.get("arguments")) if isinstance(params, dict) else (None, None)
    if not isinstance(name, str) or name.startswith(UNORDERED) or not isinstance(arguments, dict):
        return None
    return next((json.dumps([by, arguments[by]]) for by in _NAMED_BY if by in arguments), None)
