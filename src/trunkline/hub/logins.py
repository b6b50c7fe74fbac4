"""Logging in: running conversations with networks, and the account that comes of one.

An attempt lives in this process, STEP_MS from each of its steps on; how it ended is remembered for a while. The id of the
account to be is its id from the first step on. What a person does elsewhere (scanning, confirming) is waited for by a task of
the hub, so that a login comes to its end without anybody asking. The same login again finds its account: a second one of the
same identity on the same road is not made.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import TypeVar

from trunkline.contract.connector import Connector
from trunkline.contract.login import LoginDone, Step, StepKind
from trunkline.hub.attempt import Attempt, Connected, Key
from trunkline.hub.checkpoints import WAITS_FOR_PERSON, answer_in_advance, known_fields, left_to_ask, unknown_fields
from trunkline.hub.lives import Lives
from trunkline.hub.login_ended import make_account, tell_failure
from trunkline.hub.options import HubOptions
from trunkline.hub.supervisor import Supervisor
from trunkline.model.errors import (
    CannotResendYet,
    CheckpointFailed,
    InvalidArgument,
    InvalidCredentials,
    LoginExpired,
    LoginGone,
    LoginReplaced,
    LoginRunning,
    MissingArgument,
    Throttled,
    TrunklineError,
)
from trunkline.model.networks import AccountType
from trunkline.store.engine import Transaction
from trunkline.store.store import Store

log = logging.getLogger(__name__)

STEP_MS = 5 * 60_000
"""How long a person may take for a step. Source: unipile-v1 9.3."""
REMEMBERED_MS = 15 * 60_000
"""How long is known how an attempt ended."""
MOST = 200
"""Attempts at one time."""

T = TypeVar("T")


@dataclass(frozen=True)
class Logins:
    """The logins of this process, by the id of the account to be."""

    store: Store
    lives: Lives
    supervisor: Supervisor
    options: HubOptions
    attempts: dict[str, Attempt] = field(default_factory=dict)
    starting: set[Key] = field(default_factory=set)
    """Keys of attempts whose first step has not come yet."""

    async def start(
        self,
        road: str,
        way: str,
        values: Mapping[str, str],
        *,
        owner: int,
        replaces: str | None = None,
        known: Mapping[str, str] | None = None,
        asks: bool = False,
        key: Key | None = None,
        done: Callable[[Transaction, Connected], Awaitable[None]] | None = None,
    ) -> tuple[str, Step | Connected]:
        """Begin; gives the attempt's id and what it waits for, or the account where it waits for nothing.

        known: answers given in advance (checkpoints.answer_in_advance). asks: a person is asked for the rest of them. key: an
        earlier attempt with the same key is replaced. done: what else belongs into the transaction that makes the account.

        Raises LoginRunning while that one is at work, MissingArgument when the login needs what is not known, and what the
        network says.
        """
        connector = self.lives.connectors.get(road)
        if connector is None:
            raise InvalidArgument(f"road is '{road}'; this server has {', '.join(sorted(self.lives.connectors))}.")
        await self._sweep()
        if sum(attempt.ended is None for attempt in self.attempts.values()) >= MOST:
            raise Throttled(f"{MOST} logins are under way; finish some of them first.", retry_after_ms=60_000)
        await self._replace(owner, key)
        if key is not None:
            self.starting.add(key)
        try:
            login, step = await self._in_time(connector.login(way, values))
        finally:
            if key is not None:
                self.starting.discard(key)
        account_id = replaces or self.store.new_id()
        attempt = Attempt(
            account_id=account_id,
            login=login,
            connector=connector,
            account_type=_account_type(connector, way, values),
            owner=owner,
            again=replaces is not None,
            key=key,
            known=known,
            asks=asks,
            done=done,
            step=step,
            ends_at=self.store.clock() + STEP_MS,
        )
        self.attempts[account_id] = attempt
        async with attempt.busy:
            try:
                return account_id, await self._go_on(attempt, step)
            finally:
                attempt.in_first_call = False

    async def submit(self, account_id: str, owner: int, values: Mapping[str, str]) -> Step | Connected:
        """Answer the current step. Gives the same step, with `error` set, for a wrong answer.

        Raises LoginGone, how the attempt ended where it has, LoginRunning, and what the network says.
        """
        attempt = await self._open(account_id, owner)
        if isinstance(attempt, Connected):
            return attempt
        async with attempt.busy:
            await _stop_waiting(attempt)
            answer = {**attempt.filled, **values}
            return await self._go_on(attempt, await self._carried(attempt, attempt.login.submit(answer)))

    async def resend(self, account_id: str, owner: int) -> None:
        """Have the code sent again. Raises as `submit`, and CannotResendYet; Unsupported when there is none."""
        attempt = await self._open(account_id, owner)
        if isinstance(attempt, Connected):
            raise LoginGone
        async with attempt.busy:
            try:
                attempt.step = await self._in_time(attempt.login.resend())
            except Throttled as error:
                raise CannotResendYet(error.text, retry_after_ms=error.retry_after_ms) from None
            attempt.ends_at = self.store.clock() + STEP_MS

    async def step_of(self, account_id: str, owner: int) -> Step | Connected:
        """What an attempt waits for, or what it came to. Raises as `submit`."""
        attempt = await self._open(account_id, owner, even_busy=True)
        return attempt if isinstance(attempt, Connected) else attempt.step

    async def cancel(self, account_id: str, owner: int) -> None:
        """End an attempt that is under way. Raises LoginGone where there is none, and how it ended where it has."""
        if isinstance(await self._open(account_id, owner, even_busy=True), Connected):
            raise LoginGone("The login is done already, so there is nothing to give up. Delete the account to undo it.")
        await self.give_up(account_id)

    async def give_up(self, account_id: str) -> None:
        """End the attempt of an account, where there is one."""
        attempt = self.attempts.pop(account_id, None)
        if attempt is not None:
            await self._end(attempt, LoginGone())

    async def close(self) -> None:
        """Give all of them up."""
        for account_id in list(self.attempts):
            await self.give_up(account_id)

    async def _open(self, account_id: str, owner: int, *, even_busy: bool = False) -> Attempt | Connected:
        attempt = self.attempts.get(account_id)
        if attempt is None or attempt.owner != owner:
            raise LoginGone
        if attempt.ended is None and attempt.ends_at < self.store.clock():
            await self._end(attempt, LoginExpired())
        if isinstance(attempt.ended, TrunklineError):
            raise type(attempt.ended)(attempt.ended.text)
        if attempt.ended is not None:
            return attempt.ended
        if attempt.busy.locked() and not even_busy:
            raise LoginRunning
        return attempt

    async def _replace(self, owner: int, key: Key | None) -> None:
        if key is None:
            return
        if key in self.starting:
            raise LoginRunning
        for attempt in list(self.attempts.values()):
            if attempt.key == key and attempt.owner == owner and attempt.ended is None:
                if attempt.busy.locked():
                    raise LoginRunning
                await self._end(attempt, LoginReplaced())

    async def _go_on(self, attempt: Attempt, outcome: Step | LoginDone) -> Step | Connected:
        """From what the network says to what a person must do, or to the account."""
        while isinstance(outcome, Step):
            if outcome.step_id != attempt.step.step_id:
                attempt.ends_at = self.store.clock() + STEP_MS
            attempt.step = outcome
            answer = await self._answer(attempt, outcome)
            attempt.has_begun = True
            if answer is None:
                known = attempt.known or {}
                attempt.step, attempt.filled = left_to_ask(outcome, known), known_fields(outcome, known) or {}
                if outcome.kind in WAITS_FOR_PERSON:
                    attempt.waiting = asyncio.create_task(self._wait(attempt), name="login")
                return attempt.step
            outcome = await self._carried(attempt, attempt.login.submit(answer))
        try:
            connected = await self._keep(attempt, outcome)
        except TrunklineError as error:
            await self._end(attempt, error)
            raise
        await self._end(attempt, connected)
        return connected

    async def _answer(self, attempt: Attempt, step: Step) -> dict[str, str] | None:
        """What is known already. A login that cannot go on without more ends here."""
        if attempt.known is None:
            return None
        if step.kind is StepKind.INPUT and not attempt.asks:
            wrong: TrunklineError | None = None
            if step.error is not None:
                wrong = InvalidCredentials(step.error)
            elif missing := unknown_fields(step, attempt.known):
                wrong = MissingArgument(f"This login needs {' and '.join(missing)}. {step.instructions}")
            if wrong is not None:
                await self._end(attempt, wrong)
                raise wrong
        return answer_in_advance(step, attempt.known)

    async def _carried(self, attempt: Attempt, call: Awaitable[T]) -> T:
        """What a call to the network gives; an error is the attempt's end."""
        try:
            return await self._in_time(call)
        except TrunklineError as error:
            ended = CheckpointFailed(error.text) if attempt.step.kind is StepKind.CAPTCHA else error
            await self._end(attempt, ended)
            raise ended from error

    async def _in_time(self, call: Awaitable[T]) -> T:
        try:
            async with asyncio.timeout(self.options.network_call_ms / 1000):
                return await call
        except TimeoutError:
            raise LoginExpired("The network did not answer in time. Begin the login again.") from None

    async def _wait(self, attempt: Attempt) -> None:
        """Until the person has done it elsewhere, or the step's time is over."""
        try:
            async with asyncio.timeout((attempt.ends_at - self.store.clock()) / 1000):
                outcome = await attempt.login.wait()
            attempt.waiting = None
            async with attempt.busy:
                await self._go_on(attempt, outcome)
        except TimeoutError:
            await self._end(attempt, LoginExpired())
        except TrunklineError as error:
            if attempt.ended is None:
                await self._end(attempt, error)
        except Exception:
            log.exception("a login failed")
            await self._end(attempt, CheckpointFailed("Something unexpected happened at the login. Begin it again."))

    async def _keep(self, attempt: Attempt, done: LoginDone) -> Connected:
        """The account, brought to life."""
        connected = await make_account(self.store, attempt, done)
        await self.supervisor.stop(connected.account_no)
        self.supervisor.start(connected.account_no)
        return connected

    async def _sweep(self) -> None:
        now = self.store.clock()
        for account_id, attempt in list(self.attempts.items()):
            if attempt.ended is None and attempt.ends_at < now:
                await self._end(attempt, LoginExpired())
            if attempt.ended is not None and attempt.ended_at + REMEMBERED_MS < now:
                del self.attempts[account_id]

    async def _end(self, attempt: Attempt, how: Connected | TrunklineError) -> None:
        attempt.ended, attempt.ended_at = how, self.store.clock()
        attempt.known, attempt.filled = None, {}
        await tell_failure(self.store, self.supervisor.wakes, attempt, how)
        await _stop_waiting(attempt)
        try:
            await attempt.login.close()
        except Exception:
            log.exception("a login did not close in order")


def _account_type(connector: Connector, way: str, values: Mapping[str, str]) -> AccountType:
    """A way of this name may serve several account types; then the values say which."""
    serving = [each.account_type for each in connector.login_ways if each.name == way]
    return next((each for each in serving if each == values.get("account_type")), serving[0])


async def _stop_waiting(attempt: Attempt) -> None:
    task, attempt.waiting = attempt.waiting, None
    if task is not None and task is not asyncio.current_task():
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
