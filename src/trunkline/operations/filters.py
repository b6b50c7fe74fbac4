"""Parameters that several operations share, word for word as the tool list has them."""

from typing import Annotated

from trunkline.model.page import MAX_LIMIT
from trunkline.operations.marks import Between, IdList, UpTo, WireTime

LONG_TEXT = UpTo(1_000_000, empty=True)
"""Message texts. Each network's own bound comes later, from its capabilities."""
SHORT_TEXT = UpTo(10_000, empty=True)

Cursor = Annotated[
    str | None,
    "A cursor for pagination purposes. To get the next page of entries, you need to make a new request and fulfill "
    "this field with the cursor received in the preceding request. This process should be repeated until all entries "
    "have been retrieved.",
    UpTo(32_768),
]
Limit = Annotated[
    int | None,
    "A limit for the number of items returned in the response. The value can be set between 1 and 250.",
    Between(1, MAX_LIMIT, "Ask for 250 and follow the cursor."),
]
Before = Annotated[
    str | None,
    "A filter to target items created before the datetime (exclusive). "
    "Must be an ISO 8601 UTC datetime (YYYY-MM-DDTHH:MM:SS.sssZ).",
    WireTime(),
]
After = Annotated[
    str | None,
    "A filter to target items created after the datetime (exclusive). "
    "Must be an ISO 8601 UTC datetime (YYYY-MM-DDTHH:MM:SS.sssZ).",
    WireTime(),
]
AccountIds = Annotated[
    str | None,
    "A filter to target items related to a certain account. Can be a comma-separated list of ids.",
    IdList(),
]


def split_ids(text: str | None) -> tuple[str, ...] | None:
    """The ids of a comma-separated list, in their order and each once; None where there is no list."""
    if text is None:
        return None
    return tuple(dict.fromkeys(part for part in (piece.strip() for piece in text.split(",")) if part))
