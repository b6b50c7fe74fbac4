"""Connecting accounts over REST: one call begins a login, others answer its checkpoints. Source: unipile-v1 9."""

import re
from collections.abc import Mapping

import msgspec
from msgspec import UNSET

from trunkline.contract.connector import Connector, LoginWay, RemembersAnswers
from trunkline.contract.login import Step, StepKind
from trunkline.hub.asked import Asked
from trunkline.hub.attempt import Connected, Key
from trunkline.hub.checkpoints import TRY_ANOTHER_WAY, WAITS_FOR_PERSON, answer_to, demand_of
from trunkline.hub.plans import HubPlan, read_plan
from trunkline.model.errors import InvalidArgument, LoginGone, NotFound, Unsupported, WrongCode
from trunkline.model.login import AccountCreated, AccountReconnected, Checkpoint, CheckpointResend, LoginCancelled
from trunkline.model.networks import ACCOUNT_TYPES, AccountType
from trunkline.operations.accounts import (
    CancelLogin,
    ConnectAccount,
    GetLogin,
    ReconnectAccount,
    ResendCheckpoint,
    SolveCheckpoint,
)
from trunkline.operations.backend import Answer
from trunkline.operations.values import either, quoted
from trunkline.store.accounts import AccountRow
from trunkline.store.seal import SealBroken

Asking = Asked[ConnectAccount] | Asked[ReconnectAccount]

_ANSWERS = ("username", "email", "password", "access_token", "premium_token", "recruiter_contract_id", "phone_number")
"""The parameters that answer steps of a login."""
_PAIRING = "pairing_phone_number"
"""International digits only, at most 15. Source: unipile-v1 9.1; E.164."""


async def connect_account(asked: Asked[ConnectAccount]) -> HubPlan:
    """Begin a login. One of the same user name on the same road takes the place of an earlier one that still waits."""
    account_type = _type(asked)
    connector = _connector(asked, account_type)
    username = asked.operation.username
    key = (connector.road, account_type, username) if username is not None else None
    return _login_plan(asked, account_type, connector, key, None)


async def reconnect_account(asked: Asked[ReconnectAccount]) -> HubPlan:
    """Log an account in again, on its own road."""
    row = asked.reach.account(asked.operation.account_id)
    account_type = _type(asked)
    if row.type != account_type:
        raise InvalidArgument(f"provider is {account_type}; the account is one of {row.type}.")
    connector = asked.parts.lives.connectors.get(row.road)
    if connector is None:
        raise Unsupported(f"The account's road '{row.road}' is not installed here.")
    return _login_plan(asked, account_type, connector, (row.id,), row)


def _login_plan(
    asked: Asking, account_type: AccountType, connector: Connector, key: Key | None, replaces: AccountRow | None
) -> HubPlan:
    operation = asked.operation
    values = _values(operation)
    known = values | {name: value for name in _ANSWERS if (value := getattr(operation, name)) is not None}
    values = values | {"account_type": account_type}
    way = _way(operation, connector, account_type).name
    _check_phone(operation, connector, account_type)

    async def run() -> Answer:
        account_id, outcome = await asked.parts.logins.start(
            connector.road,
            way,
            values,
            owner=asked.reach.scope.owner,
            replaces=None if replaces is None else replaces.id,
            known={**await _remembered(asked, connector, replaces), **known},
            asks=operation.ask,
            key=key,
        )
        return _answer(account_id, outcome)

    return read_plan(operation, run)


async def _remembered(asked: Asking, connector: object, account: AccountRow | None) -> Mapping[str, str]:
    """What the road kept of an account's earlier login and needs again; none where it cannot be unsealed."""
    if account is None or not isinstance(connector, RemembersAnswers):
        return {}
    try:
        return await connector.remembered(asked.store.keeper(account.no, account.id))
    except SealBroken:
        return {}


async def solve_checkpoint(asked: Asked[SolveCheckpoint]) -> HubPlan:
    """Answer the step a login waits at."""
    operation, logins, owner = asked.operation, asked.parts.logins, asked.reach.scope.owner

    async def run() -> Answer:
        step = await logins.step_of(operation.account_id, owner)
        if isinstance(step, Connected):
            return _answer(operation.account_id, step)
        _check_provider(asked, operation.account_id, operation.provider)
        if operation.code == TRY_ANOTHER_WAY:
            raise Unsupported(
                "This login has no other kind of checkpoint. Answer the one it waits at, or begin again by another way."
            )
        answer = answer_to(step, operation.code) if operation.values is None else _texts(operation.values)
        outcome = await logins.submit(operation.account_id, owner, answer)
        if (
            isinstance(outcome, Step)
            and outcome.error is not None
            and outcome.kind not in WAITS_FOR_PERSON - {StepKind.REDIRECT}
        ):
            raise WrongCode(f"{outcome.error} The login is still open.")
        return _answer(operation.account_id, outcome)

    return read_plan(operation, run)


async def resend_checkpoint(asked: Asked[ResendCheckpoint]) -> HubPlan:
    """Have the code sent again."""
    operation, logins, owner = asked.operation, asked.parts.logins, asked.reach.scope.owner

    async def run() -> Answer:
        await logins.step_of(operation.account_id, owner)
        _check_provider(asked, operation.account_id, operation.provider)
        await logins.resend(operation.account_id, owner)
        return Answer(msgspec.json.encode(CheckpointResend(account_id=operation.account_id)))

    return read_plan(operation, run)


async def get_login(asked: Asked[GetLogin]) -> HubPlan:
    """What a login waits for now, or what it came to."""
    account_id, owner = asked.operation.account_id, asked.reach.scope.owner

    async def run() -> Answer:
        try:
            return _answer(account_id, await asked.parts.logins.step_of(account_id, owner))
        except LoginGone:
            raise _no_login(account_id) from None

    return read_plan(asked.operation, run)


async def cancel_login(asked: Asked[CancelLogin]) -> HubPlan:
    """Give a login up."""
    account_id, owner = asked.operation.account_id, asked.reach.scope.owner

    async def run() -> Answer:
        try:
            await asked.parts.logins.step_of(account_id, owner)
        except LoginGone:
            raise _no_login(account_id) from None
        await asked.parts.logins.cancel(account_id, owner)
        return Answer(msgspec.json.encode(LoginCancelled(account_id=account_id)))

    return read_plan(asked.operation, run)


def _no_login(account_id: str) -> NotFound:
    """What the path names is not there. At a checkpoint, where a body names it, the contract wants a 400 (unipile-v1 9.3)."""
    return NotFound(
        f"No login waits under account_id {quoted(account_id)}: it is over, was never begun, or this server was started anew"
        " since. Begin again with POST /accounts."
    )


def _answer(account_id: str, outcome: Step | Connected) -> Answer:
    if isinstance(outcome, Step):
        return Answer(msgspec.json.encode(Checkpoint(account_id=account_id, checkpoint=demand_of(outcome))), paused=True)
    result = AccountReconnected if outcome.again else AccountCreated
    return Answer(msgspec.json.encode(result(account_id=outcome.account_id, pcid=outcome.pcid or UNSET)))


def _type(asked: Asking) -> AccountType:
    """One of the seven networks. Raises Unsupported for a mail provider, and for a proxy: it must not be left out unnoticed."""
    operation = asked.operation
    if operation.proxy is not None:
        raise Unsupported(
            "Logins go out from this server directly; a proxy is not served. Leave `proxy` out to log in without."
        )
    for account_type in ACCOUNT_TYPES:
        if account_type == operation.provider:
            return account_type
    raise Unsupported(f"Mail is not served; provider can be {either(ACCOUNT_TYPES)}.")


def _connector(asked: Asked[ConnectAccount], account_type: AccountType) -> Connector:
    """The road that is named, else the one there is. Real ones come before simulated ones; of several that are real, the one
    that has the network's own name is meant, as by programs that know of one way only.
    """
    serving = [each for each in asked.parts.lives.connectors.values() if account_type in each.widest]
    wanted = asked.operation.road
    if wanted is not None:
        serving = [each for each in serving if each.road == wanted]
        if not serving:
            raise InvalidArgument(
                f"road is {quoted(wanted)}, which serves no {account_type} here. GET /networks lists the roads."
            )
    serving = [each for each in serving if not each.simulated] or serving
    if not serving:
        raise Unsupported(f"No road of this server serves {account_type}. GET /networks says what is missing.")
    serving = [each for each in serving if each.road == account_type.lower()] or serving
    if len(serving) > 1:
        roads = either(tuple(sorted(each.road for each in serving)))
        raise InvalidArgument(f"Several roads serve {account_type}; say which in `road`: {roads}.")
    return serving[0]


def _way(operation: ConnectAccount | ReconnectAccount, connector: Connector, account_type: AccountType) -> LoginWay:
    """The way that is named, else the one a parameter calls for, else the default one."""
    ways = [way for way in connector.login_ways if way.account_type == account_type]
    if operation.way is not None:
        for way in ways:
            if way.name == operation.way:
                return way
        names = either(tuple(way.name for way in ways))
        raise InvalidArgument(f"way is {quoted(operation.way)}; {account_type} by road {connector.road} has {names}.")
    for way in ways:
        if way.asked_by is not None and way.asked_by != "way" and getattr(operation, way.asked_by, None) is not None:
            return way
    return next((way for way in ways if way.asked_by is None), ways[0])


def _check_phone(operation: ConnectAccount | ReconnectAccount, connector: Connector, account_type: AccountType) -> None:
    """A phone number is refused where the road pairs by another parameter: it would be left unused."""
    ways = [way for way in connector.login_ways if way.account_type == account_type]
    if operation.phone_number is not None and any(way.asked_by == _PAIRING for way in ways):
        raise InvalidArgument(
            f"phone_number is not read by road {connector.road}; to link by a code instead of a QR code give {_PAIRING},"
            " country code and number in digits alone, as 33612345678."
        )


def _values(operation: ConnectAccount | ReconnectAccount) -> dict[str, str]:
    values = _texts(operation.values or {})
    if operation.pairing_phone_number is not None:
        values[_PAIRING] = operation.pairing_phone_number
    if _PAIRING in values and re.fullmatch("[1-9][0-9]{6,14}", values[_PAIRING]) is None:
        raise InvalidArgument(
            f"{_PAIRING} is no international phone number in digits alone; write country code and number without +, "
            "leading zeros, spaces or brackets, as 33612345678."
        )
    return values


def _texts(values: Mapping[str, object]) -> dict[str, str]:
    texts = {}
    for name, value in values.items():
        if not isinstance(value, str):
            raise InvalidArgument(f"values.{name} must be a text.")
        texts[name] = value
    return texts


def _check_provider(asked: Asked[SolveCheckpoint] | Asked[ResendCheckpoint], account_id: str, provider: AccountType) -> None:
    attempt = asked.parts.logins.attempts[account_id]
    if attempt.account_type != provider:
        raise InvalidArgument(f"provider is {provider}; the login is one of {attempt.account_type}.")
