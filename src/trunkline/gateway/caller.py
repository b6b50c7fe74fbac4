"""Who calls, and what they get."""

from dataclasses import dataclass
from typing import Literal

from trunkline.model.blob import Blob

Surface = Literal["mcp", "rest", "cli", "hosted"]
"""How the call came in. Calls cut on MCP may come back under a new id; filters beside a cursor are judged by it too."""


@dataclass(frozen=True)
class Caller:
    """Somebody whose credentials held a moment ago."""

    principal: int
    """Internal number of the person or agent."""
    key_id: str | None
    """None for the local user, whom the operating system has let in."""
    is_admin: bool
    default_pcid: str | None
    """The connection that is meant when none is named."""
    link_id: str | None = None
    """Set for whoever has shown a link's token (hosted.py): may play that link's login, and nothing else."""


@dataclass(frozen=True)
class Reply:
    """What a call gives: the complete JSON of the result, or a file."""

    body: bytes | Blob
    call: int | None = None
    """Number of the call, for writes: `Gate.answered` takes it once the last byte has left."""
    replayed: bool = False
    """Whether it is the stored answer of an earlier call."""
    paused: bool = False
    """Whether it waits at a checkpoint."""


@dataclass(frozen=True)
class Token:
    """A short token made from a key."""

    access_token: str
    expires_in_s: int
