"""Posts that name a number and that its app secret does not prove: Meta's, after the secret was reset there, another app's that
hears the same business account, or anybody's.

Anybody can post to the callback address, so that a few say nothing. Meta repeats what was refused, and people go on writing:
where such posts come for an hour and not one that is proven, the secret is most likely another one by now. Three times are
kept, however many come.
"""

from trunkline.contract.session import Concern
from trunkline.model.times import to_wire

TOLD_AFTER_MS = 3_600_000
"""For how long they have to come before a person is told."""


class Unproven:
    """Of one number."""

    def __init__(self) -> None:
        self._first_ms: int | None = None
        self._last_ms = 0
        self._heard_ms = -1

    def came(self, now_ms: int) -> None:
        """One was refused."""
        self._first_ms = now_ms if self._first_ms is None else self._first_ms
        self._last_ms = now_ms

    def cleared(self) -> None:
        """One of the number's app was proven: those before were not its."""
        self._first_ms = None

    def heard(self, at_ms: int) -> None:
        """One that names the number was proven by its own app, and taken."""
        self._heard_ms = max(self._heard_ms, at_ms)

    def is_heard_since(self, at_ms: int) -> bool:
        """Whether the number's own app has told of it since: what happened then is told by it, too."""
        return self._heard_ms >= at_ms

    def renewed(self) -> None:
        """The secret is another one: nothing is known of it."""
        self._first_ms, self._heard_ms = None, -1

    def concern(self, account: str) -> Concern | None:
        """What to tell of it, once it has gone on for long enough."""
        if self._first_ms is None or self._last_ms - self._first_ms < TOLD_AFTER_MS:
            return None
        return Concern(
            text=(
                f"All posts for this number have been refused since {to_wire(self._first_ms)}: their signature does not fit the"
                " app secret. If they are WhatsApp's, nothing that people write arrives."
            ),
            next_step=(
                "If the app secret was reset at Meta, connect again with the one that stands there:"
                f" `trunkline connect whatsapp-business --reconnect {account}`; Meta repeats what was refused for 7 days."
                " If it was not, somebody else posts here, and nothing needs to be done."
            ),
        )
