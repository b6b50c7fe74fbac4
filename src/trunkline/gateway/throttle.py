"""A bound on wrong credentials. Theory: a secret of 256 bits cannot be guessed; what guessing costs is our time and the log.

Wrong ones draw on an allowance that refills slowly. While it is empty, credentials that have not held in this process before
are refused without being looked at, so a flood costs nothing; those that have held pass as always, so it shuts nobody out.
"""

from collections import OrderedDict

from trunkline.model.errors import TooManyAttempts
from trunkline.model.times import Clock

ALLOWANCE = 20
"""Wrong credentials in a row, before waiting begins."""
REFILL_MS = 200
"""Milliseconds after which one more is allowed."""
_REMEMBERED = 10_000


class WrongAttempts:
    """Counts wrong credentials and knows, by their hashes, the ones that have held."""

    def __init__(self, clock: Clock):
        self._clock = clock
        self._left = float(ALLOWANCE)
        self._counted_at = clock()
        self._held: OrderedDict[bytes, None] = OrderedDict()

    def check(self, credential_hash: bytes) -> None:
        """Raise TooManyAttempts while the allowance is used up, unless this credential has held before."""
        if credential_hash in self._held:
            return
        self._refill()
        if self._left < 1:
            raise TooManyAttempts(retry_after_ms=REFILL_MS)

    def note_wrong(self, credential_hash: bytes) -> None:
        """One more wrong credential; a key that held once and does not now counts as wrong too."""
        self._held.pop(credential_hash, None)
        self._refill()
        self._left = max(self._left - 1, 0)

    def note_right(self, credential_hash: bytes) -> None:
        """This credential held."""
        if credential_hash not in self._held:
            self._held[credential_hash] = None
            if len(self._held) > _REMEMBERED:
                self._held.popitem(last=False)

    def _refill(self) -> None:
        now = self._clock()
        passed = max(now - self._counted_at, 0)
        self._counted_at = now
        self._left = min(self._left + passed / REFILL_MS, ALLOWANCE)
