"""Whom a key or connection is for, by name."""

from trunkline.model.errors import NotAllowed
from trunkline.store import principals
from trunkline.store.engine import Transaction
from trunkline.store.principals import PrincipalRow


async def principal_named(tx: Transaction, name: str | None, me: PrincipalRow, at_ms: int) -> PrincipalRow:
    """The caller, an agent of the same person, or a new one. Raises NotAllowed when the name is somebody else's."""
    if name is None or name == me.name:
        return me
    found = await principals.by_name(tx, name)
    if found is None:
        return await principals.add_agent(tx, name, me.owner, at_ms)
    if found.owner != me.owner:
        raise NotAllowed("principal is the name of somebody else, or of an agent of theirs. Choose another name.")
    return found
