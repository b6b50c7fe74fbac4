"""A login from step to step, over REST: answers what is asked, looks again while a person does something elsewhere."""

from typing import Any, Protocol

from msgspec.structs import replace

from trunkline.model.login import AccountCreated, AccountReconnected, Checkpoint, LoginStep
from trunkline.model.networks import AccountType
from trunkline.operations.accounts import (
    CancelLogin,
    GetLogin,
    ResendCheckpoint,
    SolveCheckpoint,
)
from trunkline.operations.declaration import Operation
from trunkline.operations.wire import read_result, write_result
from trunkline.surfaces.cli.client import Client
from trunkline.surfaces.cli.exits import Ended, Failed, NotThere

LOOK_S = 1.0
"""How often is looked whether a person has done elsewhere what a step waits for."""
BESIDE = "-"
"""The code of an answer whose `values` say everything."""

OVER = (
    "The login is over: it took too long, or the server was started anew meanwhile. Nothing was connected. Run the same command"
    " again."
)

Done = AccountCreated | AccountReconnected


class Resend(Exception):
    """The person wants the code sent again."""


class GivenUp(Ended):
    """The person gave the login up; nothing came of it."""

    exit_code = 130


class Player(Protocol):
    """Who answers."""

    def show(self, checkpoint: Checkpoint, body: bytes) -> None:
        """Show a step that is new, renewed, or asked again. body: the same as JSON."""
        ...

    def answer(self, step: LoginStep, timeout_s: float | None) -> dict[str, str] | None:
        """The step's fields by name; None when nothing came in this time. Raises Resend, GivenUp, Failed."""
        ...

    def tell(self, sentence: str) -> None:
        """Say something beside the steps."""
        ...


def play(client: Client, begin: Operation[Any], provider: AccountType, player: Player) -> tuple[Done, bytes]:
    """Begin a login (ConnectAccount, ReconnectAccount) and play it to its end; gives what it came to, and the same as JSON.

    When the person gives up, and when the steps cannot be played on, the login is cancelled at the server. Raises Failed,
    GivenUp, KeyboardInterrupt, typer.Abort.
    """
    body = client.ask(begin)
    found: Done | Checkpoint = read_result(type(begin), body)
    if not isinstance(found, Checkpoint):
        return found, body
    try:
        while isinstance(found, Checkpoint):
            player.show(found, body)
            body = _step(client, found, provider, player)
            found = read_result(GetLogin, body)
    except BaseException:
        _cancel(client, found)
        raise
    return found, body


def _step(client: Client, at: Checkpoint, provider: AccountType, player: Player) -> bytes:
    """From one step to the next, to the same one in another form, or to the end."""
    step = at.checkpoint.step
    assert isinstance(step, LoginStep)
    if step.waits:
        body = _wait(client, at, step, player)
        if isinstance(body, bytes):
            return body
        values = body
    else:
        try:
            values = player.answer(step, None) or {} if step.fields else {}
        except Resend:
            return _resend(client, at, provider, player)
    return _submit(client, at, provider, values)


def _wait(client: Client, at: Checkpoint, step: LoginStep, player: Player) -> bytes | dict[str, str]:
    """Until the login has gone on by itself, or the person has typed what the step takes."""
    while True:
        values = player.answer(step, LOOK_S)
        if values is not None:
            return values
        body = _look(client, at)
        found = read_result(GetLogin, body)
        if not isinstance(found, Checkpoint) or found.checkpoint != at.checkpoint:
            return body


def _submit(client: Client, at: Checkpoint, provider: AccountType, values: dict[str, str]) -> bytes:
    """The next step. A wrong answer is asked for again: the server still has the step, with what was wrong."""
    account_id = at.account_id
    try:
        return client.ask(SolveCheckpoint(account_id=account_id, provider=provider, code=BESIDE, values=dict(values)))
    except Failed as refused:
        try:
            return client.ask(GetLogin(account_id=account_id))
        except Failed:
            raise refused from None


def _resend(client: Client, at: Checkpoint, provider: AccountType, player: Player) -> bytes:
    """The step once more. Where the code was not sent again it says why, in the place of what was wrong before."""
    try:
        client.ask(ResendCheckpoint(account_id=at.account_id, provider=provider))
    except Failed as refused:
        found = read_result(GetLogin, _look(client, at))
        if isinstance(found, Checkpoint):
            found = replace(found, checkpoint=replace(found.checkpoint, error=refused.text))
        return write_result(found)
    player.tell("The code was sent again.")
    return _look(client, at)


def _look(client: Client, at: Checkpoint) -> bytes:
    """What the login waits for now, or what it came to."""
    try:
        return client.ask(GetLogin(account_id=at.account_id))
    except NotThere:
        raise Failed(OVER) from None


def _cancel(client: Client, at: Checkpoint | Done) -> None:
    """Best effort: a login that nobody ends is over after five minutes."""
    try:
        client.ask(CancelLogin(account_id=at.account_id))
    except Ended:
        return
