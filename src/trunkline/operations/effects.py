"""What an operation does to the world, as a connection grants it (design.md 3) and as the judge looks at it."""

from enum import StrEnum


class Effect(StrEnum):
    """What a connection grants. ADMIN is granted to a key, never to a connection."""

    READ = "read"
    SEND = "send"
    CHANGE = "change"
    DESTROY = "destroy"
    ADMIN = "admin"


class Kind(StrEnum):
    """How an act can carry something out (security.md 4.1)."""

    READ = "read"
    LOCAL = "local"
    """Seen by the owner alone."""
    SIGNAL = "signal"
    """A few bits that others see."""
    SINK = "sink"
    """Text or access that others get."""
    DESTROY = "destroy"
