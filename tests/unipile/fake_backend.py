"""A hub that is not there."""

from typing import Any

from trunkline.model.errors import NotFound
from trunkline.operations.backend import Plan, Scope
from trunkline.operations.declaration import Operation


class Nobody:
    """Answers nothing."""

    async def plan(self, operation: Operation[Any], scope: Scope, position: str | None) -> Plan:
        """Never."""
        raise NotFound
