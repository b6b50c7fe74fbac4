"""How long to wait before trying again: full jitter, so that those who failed together do not come back together."""

from trunkline.hub.options import HubOptions

_MOST_DOUBLINGS = 20


def delay_ms(options: HubOptions, failures: int) -> int:
    """Milliseconds to wait after so many failures in a row, from 1 on. Source: security.md 6.5."""
    most = min(options.backoff_cap_ms, options.backoff_base_ms * 2 ** min(max(failures - 1, 0), _MOST_DOUBLINGS))
    return int(most * options.jitter())
