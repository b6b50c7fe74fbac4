"""Defences of what lies on the disk (security.md 8.2: S18), each broken."""

import logging
import shutil
from typing import Any

import pytest

from trunkline.gateway import credentials
from trunkline.hub.logins import Logins
from trunkline.store import backups, seal
from trunkline.store.seal import Seal

from . import trials
from .defences import Defence, replaced


def keeps_a_copy_of_the_secret(patch: pytest.MonkeyPatch) -> None:
    """A backup that can be put back at once, by anybody who finds it."""
    make = backups.make

    async def whole(db: Any, folder: Any, name: str) -> Any:
        made = await make(db, folder, name)
        shutil.copy(folder.parent / "secret.key", folder / "secret.key")
        return made

    patch.setattr(backups, "make", whole)


def starts_are_noted(patch: pytest.MonkeyPatch) -> None:
    """What a login begins with is logged."""
    start = Logins.start

    async def noted(self: Logins, *places: Any, **more: Any) -> Any:
        logging.getLogger("x").debug(
            "%s %s", places, {name: dict(value or {}) for name, value in more.items() if name == "known"}
        )
        return await start(self, *places, **more)

    patch.setattr(Logins, "start", noted)


def seals_in_another_alphabet(patch: pytest.MonkeyPatch) -> None:
    """What nobody can read at a glance."""
    patch.setattr(Seal, "close", lambda self, plain, *place: plain.decode("latin-1").encode("utf-16-le"))
    patch.setattr(Seal, "open", lambda self, sealed, *place: sealed.decode("utf-16-le").encode("latin-1"))


def binds_to_the_table_alone(place: tuple[str, ...]) -> bytes:
    """A seal opens anywhere in its table."""
    return place[0].encode()


AT_REST = (
    Defence("keys are kept hashed", replaced(credentials, "key_hash", lambda seal, key: str(key).encode()), trials.in_clear),
    Defence("tokens are kept hashed", replaced(credentials, "token_hash", lambda seal, token: token.encode()), trials.in_clear),
    Defence("sealing is more than another alphabet", seals_in_another_alphabet, trials.in_clear),
    Defence("a backup leaves the secret out", keeps_a_copy_of_the_secret, trials.in_clear),
    Defence("what is typed in at a login is not logged", starts_are_noted, trials.in_clear),
    Defence("a seal belongs to its row", replaced(seal, "_bound", binds_to_the_table_alone), trials.swapped),
)
