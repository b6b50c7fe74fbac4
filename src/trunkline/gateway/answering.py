"""One call from connection to answer: look for its repeat, plan, judge, run, record. See design.md 6 for the picture."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import msgspec

from trunkline.gateway import files, next_steps
from trunkline.gateway.asked import Asked, Trail
from trunkline.gateway.audit_buffer import AuditBuffer
from trunkline.gateway.caller import Reply
from trunkline.gateway.cursors import Cursors
from trunkline.gateway.judge import View, decide
from trunkline.gateway.refusals import refusal
from trunkline.gateway.repeats import Repeat
from trunkline.model.connection import BackendName
from trunkline.model.errors import InvalidArgument, MissingArgument, StoreUnavailable, TrunklineError
from trunkline.operations.backend import Act, Answer, Backend, Call, Page, Plan
from trunkline.operations.declaration import Operation, name_of
from trunkline.operations.effects import Kind
from trunkline.operations.fingerprint import fingerprint_of
from trunkline.operations.missing import not_found
from trunkline.operations.nature import nature_of
from trunkline.operations.values import check_storable
from trunkline.store import connections
from trunkline.store.connections import ConnectionRow
from trunkline.store.store import Store

MAX_IDEMPOTENCY_KEY = 255
"""Characters. Source: security.md 6.2."""


@dataclass(frozen=True)
class Answering:
    """Answers the operations that go through a connection."""

    store: Store
    backends: Mapping[BackendName, Backend]
    cursors: Cursors
    audit: AuditBuffer
    noting: Mapping[int, asyncio.Event]
    """See repeats.py."""

    async def answer(self, asked: Asked) -> Reply:
        """The reply. Raises TrunklineError."""
        trail = Trail()
        try:
            reply = await self._answer(asked, trail)
        except BaseException as error:
            if not (isinstance(error, TrunklineError) and error.call is not None):
                self.audit.note(asked.row(trail, outcome_of(error)))
            raise
        if reply.call is None or reply.replayed:
            self.audit.append(asked.row(trail, "replayed" if reply.replayed else "ok"))
        return reply

    async def _answer(self, asked: Asked, trail: Trail) -> Reply:
        connection = await self._connection(asked)
        trail.connection = connection.no
        whole = await files.exchange(self.store, asked.principal, asked.operation)
        operation, position = self.cursors.open(whole, asked.principal, connection.no, asked.surface)
        if nature_of(operation).kind is not Kind.READ:
            answer = await self._write(asked, operation, connection, trail)
            return self._reply(answer, operation, asked.principal, connection.no)
        plan = await self._planned(operation, position, connection, trail)
        trail.arguments = self._hash_of(operation)
        return self._reply(await plan.run(None), operation, asked.principal, connection.no)

    async def _write(self, asked: Asked, operation: Operation[Any], connection: ConnectionRow, trail: Trail) -> Answer:
        """A write goes through the books: asked for again, it is answered from them."""
        call = self._call(asked, operation, connection)
        trail.arguments = call.fingerprint
        repeat = Repeat(self.store, call, operation, _view(connection), self.noting)
        answer = await repeat.answer()
        if answer is None:
            try:
                plan = await self._planned(operation, None, connection, trail)
            except TrunklineError:
                answer = await repeat.outcome()
                if answer is None:
                    raise
            else:
                return await plan.run(msgspec.structs.replace(call, target=plan.act.target))
        trail.verdict = "allow"
        return answer

    async def _planned(self, operation: Operation[Any], position: str | None, connection: ConnectionRow, trail: Trail) -> Plan:
        """The call with its ids resolved and allowed."""
        plan = await self._backend(connection).plan(operation, connection.scope, position)
        trail.target = plan.act.target
        self._judge(plan.act, connection, operation, trail)
        return plan

    async def _connection(self, asked: Asked) -> ConnectionRow:
        """The caller's connection. Somebody else's and a missing one are the same statement and the same answer."""
        if asked.pcid is None:
            raise MissingArgument(
                "No connection is named, and this key has no default one. Send the header Trunkline-PCID with a PCID that "
                f"`{next_steps.LIST_CONNECTIONS}` shows."
            )
        looked_for = asked.pcid if asked.pcid.isascii() and asked.pcid.isprintable() and len(asked.pcid) <= 512 else ""
        found = await connections.find(self.store.db, asked.principal, looked_for)
        if found is None:
            raise not_found("PCID", asked.pcid)
        return found

    def _backend(self, connection: ConnectionRow) -> Backend:
        backend = self.backends.get(connection.backend)
        if backend is None:
            raise StoreUnavailable(f"This server was started without the backend {connection.backend}. Nothing was done.")
        return backend

    @staticmethod
    def _judge(act: Act, connection: ConnectionRow, operation: Operation[Any], trail: Trail) -> None:
        verdict = decide(act, _view(connection))
        trail.verdict, trail.reasons = verdict.word, verdict.reasons
        if verdict.word != "allow":
            raise refusal(verdict, act, connection, operation)

    def _call(self, asked: Asked, operation: Operation[Any], connection: ConnectionRow) -> Call:
        name = name_of(type(asked.operation))
        resolved = b"%d %s %s" % (connection.no, name.encode(), fingerprint_of(operation))
        return Call(
            principal=asked.principal,
            connection=connection.no,
            key_id=asked.caller.key_id,
            surface=asked.surface,
            operation=name,
            fingerprint=self.store.seal.keyed_hash(resolved, "call"),
            idempotency_key=_checked(asked.idempotency_key),
            at_ms=asked.at_ms,
            deadline_ms=asked.at_ms + asked.wait_ms,
        )

    def _hash_of(self, operation: Operation[Any]) -> bytes:
        return self.store.seal.keyed_hash(msgspec.json.encode(operation), "arguments")

    def _reply(self, answer: Answer, operation: Operation[Any], principal: int, connection: int) -> Reply:
        body = answer.body
        if isinstance(body, Page):
            cursor = body.position and self.cursors.make(operation, body.position, principal, connection)
            body = page_body(body, cursor)
        return Reply(body, answer.call, answer.replayed)


def _view(connection: ConnectionRow) -> View:
    return View(mode=connection.mode, effects=connection.effects, chats=connection.chats, stopped=connection.stopped)


def page_body(page: Page, cursor: str | None) -> bytes:
    """The JSON of a page with its cursor."""
    extra = b"".join(b",%s:%s" % (msgspec.json.encode(key), msgspec.json.encode(value)) for key, value in page.extra.items())
    ends = b'"%s"' % cursor.encode() if cursor else b"null"
    return b'{"object":"%s","items":%s,"cursor":%s%s}' % (page.object.encode(), page.items, ends, extra)


def outcome_of(error: BaseException) -> str:
    """How a call ended, in the audit: the error's type on the wire, or that its caller went away."""
    if isinstance(error, TrunklineError):
        return error.type
    return "failed" if isinstance(error, Exception) else "cancelled"


def _checked(key: str | None) -> str | None:
    if key is None:
        return None
    if not 1 <= len(key) <= MAX_IDEMPOTENCY_KEY:
        raise InvalidArgument(f"The idempotency key has {len(key)} characters; it may have 1 to {MAX_IDEMPOTENCY_KEY}.")
    check_storable(key, "The idempotency key")
    return key
