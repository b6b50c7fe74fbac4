"""When something is tried again. Source: security.md 6.7 for single events, 6.5 for endpoints."""

from collections.abc import Callable

SECOND, MINUTE, HOUR = 1_000, 60_000, 3_600_000

EVENT_DELAYS = (5 * SECOND, 5 * MINUTE, 30 * MINUTE, 2 * HOUR, 5 * HOUR, 10 * HOUR, 14 * HOUR, 20 * HOUR, 24 * HOUR)
"""Before the second to the tenth try of one event."""
REFUSED_TRIES = 5
"""How often an event is tried that its receiver refuses (4xx)."""
FAILED_TRIES = len(EVENT_DELAYS) + 1
"""How often one is tried that its receiver fails at while it takes others."""
GIVE_UP_MS = sum(EVENT_DELAYS)
"""How long an event waits for an endpoint that takes none: 75 h 35 min."""
ENDPOINT_DELAYS = (5 * SECOND, 15 * SECOND, MINUTE, 5 * MINUTE)
"""How long an endpoint is left alone after so many failures in a row; the last one from then on."""
PATIENCE = 3
"""Failures in a row after which the event behind the failed one is tried, to learn which of the two has the trouble."""
LONGEST_MS = 24 * HOUR
"""An endpoint may ask to be left alone for no longer than this."""


def event_delay(tries: int, jitter: Callable[[], float]) -> int:
    """Milliseconds until an event is tried again that was tried so often."""
    return _spread(EVENT_DELAYS[min(tries, len(EVENT_DELAYS)) - 1], jitter)


def endpoint_delay(failures: int, asked_ms: int | None, jitter: Callable[[], float]) -> int:
    """Milliseconds to leave an endpoint alone. asked_ms: what it asked for itself, which wins; up to a tenth is added."""
    if asked_ms is not None:
        return int(min(asked_ms, LONGEST_MS) * (1 + 0.1 * jitter()))
    return _spread(ENDPOINT_DELAYS[min(failures, len(ENDPOINT_DELAYS)) - 1], jitter)


def _spread(delay: int, jitter: Callable[[], float]) -> int:
    """From nine tenths to eleven tenths, so that those who failed together do not come back together."""
    return int(delay * (0.9 + 0.2 * jitter()))
