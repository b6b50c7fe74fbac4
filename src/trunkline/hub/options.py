"""What the hub can be told; all have sensible values."""

import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path


@dataclass(frozen=True)
class HubOptions:
    """Durations in milliseconds."""

    worker: str = "local"
    """This process's name in leases."""
    backoff_base_ms: int = 1_000
    failed_base_ms: int = 60_000
    """The first delay after something unexpected, which a quick repeat would hardly mend."""
    backoff_cap_ms: int = 300_000
    jitter: Callable[[], float] = random.random
    """A number from 0 to 1: reconnects are spread over their whole delay (full jitter)."""
    steady_ms: int = 30_000
    """How long a connection must have held for its failures to be forgotten."""
    network_call_ms: int = 60_000
    """How long one call to a network may take before its outcome counts as unknown."""
    grace_ms: int = 250
    """How much longer than it asked for a caller waits for what is under way when its time ends."""
    last_calls_ms: int = 3_000
    """How long callers still wait when the server is told to end: shorter than it lets requests run then."""
    look_ms: int = 2_000
    """How often rows are read again while no wake comes: one that is lost, or another process's, costs no more than this."""
    retry_ms: int = 500
    """The pause before a command that did not reach the network is carried again."""
    echo_ms: int = 2_000
    """How long an unclear send waits for its echo where the network cannot be asked."""
    first_sync_messages: int = 5_000
    """How many messages of each chat the first sync fetches; sync_chat_history fetches all."""
    history_page: int = 200
    log_out_ms: int = 5_000
    """How long the deletion of an account waits until its login is ended at the network."""
    parallel_sends: int = 64
    """Chats of one account that may send at the same time."""
    token_tries: int = 5
    """How often a send is repeated under the same token, where the network de-duplicates."""
    journal_days: int = 30
    call_days: int = 7
    media_cache_bytes: int = 5 * 1024**3
    data_folder: Path = Path()
    url: str = ""
    """Where the server answers; shown by `trunkline doctor`."""
    started_at: int = 0
    hosts: frozenset[tuple[str, int]] = frozenset()
    """Whom a request may be addressed to: host and port, 80 where the Host header names none. Empty: not known."""
    folders: str = "2025"
    """Of which year's list the folders of chats are sent: 2025 or 2026 (unipile-v1 5.1)."""
    private_targets: frozenset[tuple[str, int]] = frozenset()
    """Host and port pairs that webhooks and callbacks may go to although they are private (outgoing/targets.py)."""
    unavailable: Mapping[str, str] = field(default_factory=dict)
    """Networks that are not installed, with the reason in words."""
