"""Playing a login by a link: what its page shows, and what a person answers there.

The link is used up in the transaction that makes the account (`_Done`): a login that ends while nobody looks, or just before
the process does, is told all the same, and no link makes two accounts.
"""

from typing import Any

import msgspec

from trunkline.contract.login import Step
from trunkline.hub.asked import Asked, Parts
from trunkline.hub.attempt import Connected
from trunkline.hub.checkpoints import demand_of
from trunkline.hub.hosted.ways import ways_of
from trunkline.hub.plans import HubPlan, read_plan
from trunkline.model.errors import InvalidArgument, LinkExpired, LoginGone, TrunklineError
from trunkline.model.hosted_link import HostedPage, HostedStatus, HostedWay
from trunkline.operations.backend import Answer
from trunkline.operations.hosted import (
    AnswerHostedLogin,
    BeginHostedLogin,
    GetHostedLink,
    LeaveHostedLogin,
    ResendHostedCode,
)
from trunkline.store import accounts, hosted_links
from trunkline.store.engine import Transaction
from trunkline.store.hosted_links import HostedLinkRow

INTERRUPTED = "The login was interrupted. Begin it again."


async def get_hosted_link(asked: Asked[GetHostedLink]) -> HubPlan:
    """What the page shows."""

    async def run() -> Answer:
        return _answer(await _page(asked.parts, await _link(asked, even_done=True)))

    return read_plan(asked.operation, run)


async def begin_hosted_login(asked: Asked[BeginHostedLogin]) -> HubPlan:
    """Begin a login by one of the ways that the page offers. Raises InvalidArgument for any other."""
    operation, parts = asked.operation, asked.parts
    link = await _link(asked)
    wanted = (operation.provider, operation.road, operation.way)
    if all(wanted != (way.provider, way.road, way.way) for way in await _ways(parts, link)):
        raise InvalidArgument("This link does not offer that way to log in. Choose one of those that it shows.")

    async def run() -> Answer:
        await _leave(parts, link)
        attempt, _ = await parts.logins.start(
            operation.road,
            operation.way,
            {"account_type": operation.provider},
            owner=link.owner,
            replaces=link.reconnects,
            key=("hosted link", link.id),
            done=_Done(parts, link),
        )
        await _note(parts, link, attempt)
        return _answer(await _page(parts, await _link(asked, even_done=True)))

    return read_plan(operation, run)


async def answer_hosted_login(asked: Asked[AnswerHostedLogin]) -> HubPlan:
    """Answer the current step. How the login ends is what the page shows next."""
    link = await _link(asked)
    values = {name: value for name, value in asked.operation.values.items() if isinstance(value, str)}

    async def run() -> Answer:
        if link.attempt is None:
            raise LoginGone(INTERRUPTED)
        try:
            await asked.parts.logins.submit(link.attempt, link.owner, values)
        except LoginGone:
            return _answer(await _interrupted(asked.parts, link))
        return _answer(await _page(asked.parts, await _link(asked, even_done=True)))

    return read_plan(asked.operation, run)


async def resend_hosted_code(asked: Asked[ResendHostedCode]) -> HubPlan:
    """Have the code sent again."""
    link = await _link(asked)

    async def run() -> Answer:
        if link.attempt is None:
            raise LoginGone(INTERRUPTED)
        try:
            await asked.parts.logins.resend(link.attempt, link.owner)
        except LoginGone:
            return _answer(await _interrupted(asked.parts, link))
        return _answer(await _page(asked.parts, link))

    return read_plan(asked.operation, run)


async def leave_hosted_login(asked: Asked[LeaveHostedLogin]) -> HubPlan:
    """Give the login up."""
    link = await _link(asked)

    async def run() -> Answer:
        await _leave(asked.parts, link)
        return _answer(await _page(asked.parts, await _link(asked, even_done=True)))

    return read_plan(asked.operation, run)


class _Done:
    """Uses the link up, in the transaction that makes its account."""

    def __init__(self, parts: Parts, link: HostedLinkRow):
        self._parts = parts
        self._link = link

    async def __call__(self, tx: Transaction, connected: Connected) -> None:
        """Raises LinkExpired when another login was quicker."""
        status: HostedStatus = "CREATION_SUCCESS" if self._link.reconnects is None else "RECONNECTED"
        now = self._parts.store.clock()
        if not await hosted_links.set_done(tx, self._link.no, status, connected.account_id, now):
            raise LinkExpired


async def _link(asked: Asked[Any], *, even_done: bool = False) -> HostedLinkRow:
    link = await hosted_links.by_id(asked.store.db, asked.operation.link_id, asked.reach.scope.owner)
    if link is None or link.expires_at <= asked.store.clock() or (link.done_at is not None and not even_done):
        raise LinkExpired
    return link


async def _ways(parts: Parts, link: HostedLinkRow) -> tuple[HostedWay, ...]:
    connectors = parts.lives.connectors
    if link.reconnects is None:
        return ways_of(connectors, link.providers, link.hidden)
    account = await accounts.by_id(parts.store.db, link.reconnects)
    return () if account is None else ways_of(connectors, (account.type,), link.hidden, account.road)


async def _page(parts: Parts, link: HostedLinkRow) -> HostedPage:
    page = HostedPage(
        state="choose",
        reconnects=link.reconnects is not None,
        success_url=link.success_url,
        failure_url=link.failure_url,
        bypass=link.bypass,
    )
    if link.done_at is not None:
        return msgspec.structs.replace(page, state="done")
    error = None
    if link.attempt is not None:
        try:
            step = await parts.logins.step_of(link.attempt, link.owner)
        except LoginGone:
            error = INTERRUPTED
        except TrunklineError as ended:
            error = ended.text
        else:
            if isinstance(step, Step):
                return _at_step(parts, page, link.attempt, step)
            return msgspec.structs.replace(page, state="done")
    return msgspec.structs.replace(page, ways=await _ways(parts, link), error=error)


async def _interrupted(parts: Parts, link: HostedLinkRow) -> HostedPage:
    """What a person is shown whose login was lost (by a restart, or long ago): the choice, and the reason."""
    page = await _page(parts, link)
    return page if page.error is not None else msgspec.structs.replace(page, error=INTERRUPTED)


def _at_step(parts: Parts, page: HostedPage, attempt: str, step: Step) -> HostedPage:
    demand = demand_of(step)
    return msgspec.structs.replace(
        page,
        state="step",
        provider=parts.logins.attempts[attempt].account_type,
        step=demand.step or None,
        instructions=step.instructions,
        error=step.error,
    )


async def _leave(parts: Parts, link: HostedLinkRow) -> None:
    if link.attempt is not None:
        await parts.logins.give_up(link.attempt)
        await _note(parts, link, None)


async def _note(parts: Parts, link: HostedLinkRow, attempt: str | None) -> None:
    async def work(tx: Transaction) -> None:
        await hosted_links.set_attempt(tx, link.no, attempt)

    await parts.store.db.write(work)


def _answer(page: HostedPage) -> Answer:
    return Answer(msgspec.json.encode(page))
