"""The other side's word on when to come back (RFC 9110 10.2.3)."""

from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from trunkline.model.times import Clock

MOST_MS = 86_400_000


def retry_after_ms(text: str | None, clock: Clock) -> int | None:
    """Milliseconds from now, of a number of seconds or a date; at most a day. None where there is no word or none to read."""
    if not text:
        return None
    if text.isascii() and text.isdigit():
        return min(int(text[:9]) * 1000, MOST_MS)
    try:
        moment = parsedate_to_datetime(text)
    except (TypeError, ValueError):
        return None
    aware = moment if moment.tzinfo is not None else moment.replace(tzinfo=UTC)
    now = datetime.fromtimestamp(clock() / 1000, UTC)
    return min(max(int((aware - now).total_seconds() * 1000), 0), MOST_MS)
