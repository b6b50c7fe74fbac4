"""A command that arrives at the network: around it faults, the peer's memory of tokens and the record."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import cast

import msgspec

from trunkline.contract.capabilities import Capabilities
from trunkline.contract.commands import Command, Done
from trunkline.contract.events import ChatChanged, Event
from trunkline.model.errors import Disconnected, NetworkFailed, NotReached, Restricted, Throttled, TrunklineError
from trunkline.networks.sandbox.sheets import SHEETS
from trunkline.networks.sandbox.world import accounts, chats, due, faults, files, messages, record
from trunkline.networks.sandbox.world.accounts import Account
from trunkline.networks.sandbox.world.change import Change
from trunkline.networks.sandbox.world.database import savepoint
from trunkline.networks.sandbox.world.files import Kept


@dataclass(frozen=True)
class Arrival:
    """A command on its way in. kind: as in the record. token: of sends. credentials None: the login was seen before."""

    change: Change
    account: Account
    kind: str
    command: Command
    token: str | None = None
    credentials: bytes | None = None
    files: tuple[Kept, ...] = ()

    @property
    def sheet(self) -> Capabilities:
        """What this network can do."""
        return SHEETS[self.account.account_type]


class LateCommand(msgspec.Struct, frozen=True):
    """A command that a fault holds back."""

    kind: str
    command: Command
    token: str | None


@dataclass(frozen=True)
class Ignored:
    """What the network takes and silently drops."""

    done: Done


Work = Callable[[Arrival], Done | Ignored]


def take(arrival: Arrival, work: Work) -> Done | TrunklineError:
    """Take a command: what the network answers, or the error that its caller meets.

    Errors are given, not raised, since the faults that were used up and the record must stay.
    """
    change, account = arrival.change, arrival.account
    stopped = _before(arrival)
    if stopped is not None:
        return stopped
    answer = take_without_faults(arrival, work)
    lost = faults.use_up(change, account.key, "lost_answer", arrival.kind)
    return answer if lost is None else NetworkFailed("The network's answer was lost.")


def take_without_faults(arrival: Arrival, work: Work) -> Done | TrunklineError:
    """Take a command that has come through."""
    repeated = _remembered(arrival)
    if repeated is not None:
        _note(arrival, "repeated", repeated)
        return repeated
    try:
        with savepoint(arrival.change.db):
            for file in arrival.files:
                files.keep(arrival.change, file)
            answer = work(arrival)
    except TrunklineError as refusal:
        _note(arrival, "refused", Done(), refusal.text)
        return refusal
    if isinstance(answer, Ignored):
        _note(arrival, "ignored", answer.done)
        return answer.done
    _remember(arrival, answer)
    _note(arrival, "accepted", answer)
    return answer


def _before(arrival: Arrival) -> TrunklineError | None:
    change, account = arrival.change, arrival.account
    if arrival.credentials is not None and not accounts.is_logged_in(change.fetch, account.key, arrival.credentials):
        return Disconnected()
    if faults.is_set(change.fetch, account.key, "restricted"):
        return Restricted()
    if faults.use_up(change, account.key, "not_reached", arrival.kind) is not None:
        return NotReached()
    limited = faults.use_up(change, account.key, "rate_limited", arrival.kind)
    if limited is not None:
        return Throttled(retry_after_ms=limited.ms)
    if faults.use_up(change, account.key, "lost_request", arrival.kind) is not None:
        return NetworkFailed("The request was lost.")
    late = faults.use_up(change, account.key, "late_arrival", arrival.kind)
    if late is not None:
        for file in arrival.files:
            files.keep(change, file)
        due.plan(change, account.key, late.ms, "command", LateCommand(arrival.kind, arrival.command, arrival.token))
        return NetworkFailed("The request seems lost.")
    return None


def _remembered(arrival: Arrival) -> Done | None:
    """What this token made, on a network that remembers tokens."""
    if arrival.token is None or arrival.sheet.dedupe.kind != "token":
        return None
    change, account = arrival.change, arrival.account
    row = change.one("SELECT at_ms, chat, provider_id FROM token WHERE account = ? AND token = ?", account.key, arrival.token)
    if row is None or change.now_ms - row[0] > change.options.memory_ms:
        return None
    _, chat, provider_id = row
    message = messages.find(change.fetch, account.key, chat, provider_id) if provider_id is not None else None
    events: tuple[Event, ...] = () if message is None or message.deleted else (message,)
    if arrival.kind != "start":
        return Done(provider_id=provider_id, events=events)
    if chats.find(change.fetch, account.key, chat) is not None:
        events = (ChatChanged(info=chats.complete(change.fetch, account.key, chat)), *events)
    return Done(provider_id=provider_id, chat=chat, events=events)


def _remember(arrival: Arrival, done: Done) -> None:
    if arrival.token is not None and arrival.sheet.dedupe.kind == "token":
        arrival.change.run(
            "INSERT INTO token VALUES (?1, ?2, ?3, ?4, ?5) ON CONFLICT DO UPDATE SET at_ms = ?3, chat = ?4, provider_id = ?5",
            arrival.account.key, arrival.token, arrival.change.now_ms, _chat(arrival, done), done.provider_id,
        )  # fmt: skip


def _note(arrival: Arrival, outcome: record.Outcome, done: Done, reason: str | None = None) -> None:
    record.write(
        arrival.change, arrival.account.key, arrival.kind, arrival.command, outcome, token=arrival.token,
        chat=_chat(arrival, done), provider_id=done.provider_id or getattr(arrival.command, "message", None), reason=reason,
    )  # fmt: skip


def _chat(arrival: Arrival, done: Done) -> str | None:
    target = getattr(arrival.command, "to_chat", None) or getattr(arrival.command, "chat", None)
    return done.chat or cast("str | None", target)
