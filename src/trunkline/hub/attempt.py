"""One login under way: who logs in to what, the step it waits at, and how it ended."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field

from trunkline.contract.connector import Connector
from trunkline.contract.login import Login, Step
from trunkline.model.errors import TrunklineError
from trunkline.model.networks import AccountType
from trunkline.store.engine import Transaction

Key = tuple[str, ...]
"""What tells that two attempts are of the same login, so that the later one replaces the earlier."""


@dataclass(frozen=True)
class Connected:
    """The account that a login came to."""

    account_id: str
    account_no: int
    again: bool
    """Whether it is told as the login of an account that was there."""
    pcid: str | None = None
    """Of the person's own connection to this account alone, where there is one."""


@dataclass
class Attempt:
    """A login of this process. What is typed into it is kept in memory, and as long as it runs."""

    account_id: str
    """Of the account it logs in again, else of the one to be."""
    login: Login
    connector: Connector
    account_type: AccountType
    owner: int
    again: bool
    key: Key | None
    known: Mapping[str, str] | None
    """Answers that were given before they were asked for; None: every step goes to the person."""
    asks: bool
    """Whether a person is asked for what is missing; else the login ends there (the first call brings all, unipile-v1 9)."""
    done: Callable[[Transaction, Connected], Awaitable[None]] | None
    """What else belongs into the transaction that makes the account."""
    step: Step
    ends_at: int
    """When its person is too late, on the server's clock."""
    busy: asyncio.Lock = field(default_factory=asyncio.Lock)
    """Held while a step is carried out."""
    in_first_call: bool = True
    """Whether the call that began it still runs. What it comes to there is answered as a creation (unipile-v1 9.1)."""
    has_begun: bool = False
    """Whether a step was answered or shown to its person."""
    waiting: asyncio.Task[None] | None = None
    """Waits for what the person does elsewhere."""
    filled: Mapping[str, str] = field(default_factory=dict)
    """Of what the step takes, what was known already: its person is not asked for it again."""
    ended: Connected | TrunklineError | None = None
    ended_at: int = 0
