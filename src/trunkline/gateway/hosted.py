"""Whoever has the token of a link is the person it was made for, as far as that link goes (operations/hosted.py)."""

from typing import Any

from trunkline.gateway.caller import Caller
from trunkline.gateway.throttle import WrongAttempts
from trunkline.model.errors import LinkExpired, NotAllowed, NotFound, TooManyAttempts
from trunkline.operations.catalog import OperationType
from trunkline.operations.declaration import Operation
from trunkline.operations.hosted import LinkOperation
from trunkline.store import hosted_links
from trunkline.store.store import Store

PURPOSE = "hosted link"
MOST = 100
"""Characters of a token; longer texts are not even hashed."""


class LinkKeeper:
    """Knows links by their tokens. Guesses draw on an allowance, as wrong keys do (throttle.py)."""

    def __init__(self, store: Store):
        self._store = store
        self._attempts = WrongAttempts(store.clock)

    async def caller(self, token: str) -> Caller:
        """Who has shown the token. Raises NotFound, LinkExpired, TooManyAttempts."""
        offered = self._store.seal.keyed_hash(token[:MOST].encode("utf-8", "replace"), PURPOSE)
        try:
            self._attempts.check(offered)
        except TooManyAttempts as error:
            raise TooManyAttempts(
                "Too many wrong links were tried here. Wait a moment.", retry_after_ms=error.retry_after_ms
            ) from None
        link = await hosted_links.by_hash(self._store.db, offered) if len(token) <= MOST else None
        if link is None:
            self._attempts.note_wrong(offered)
            raise NotFound("There is no such link. Look whether its address is whole, or ask for a new one.")
        self._attempts.note_right(offered)
        if link.expires_at <= self._store.clock():
            raise LinkExpired
        return Caller(principal=link.owner, key_id=None, is_admin=False, default_pcid=None, link_id=link.id)


def check_link(caller: Caller, operation: Operation[Any]) -> bool:
    """Whether a link's token is what allows this. Raises NotAllowed where a link asks for anything but what is its own."""
    if caller.link_id is None and not is_links(type(operation)):
        return False
    if isinstance(operation, LinkOperation) and operation.link_id == caller.link_id:
        return True
    raise NotAllowed("A link allows to play its own login, and nothing else.")


def is_links(operation: OperationType) -> bool:
    """Whether the operation is one of a link's page."""
    return issubclass(operation, LinkOperation)
