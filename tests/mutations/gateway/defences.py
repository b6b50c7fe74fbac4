"""Each defence of the gateway, how it is broken here, and the test that must then fail."""

import contextlib
import hmac
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from tests.gateway import (
    test_audit,
    test_authentication,
    test_connections,
    test_cursors,
    test_files,
    test_first_run,
    test_idempotency,
    test_isolation,
    test_keys,
    test_kill_switch,
    test_paths,
    test_refusals,
    test_secrets,
    test_two_gates,
)
from tests.gateway.conftest import World

from trunkline.gateway import answering, credentials, cursors, files, throttle
from trunkline.gateway.administration import connections as connection_handlers
from trunkline.gateway.administration import desk
from trunkline.gateway.administration import keys as key_handlers
from trunkline.gateway.administration.order import Order
from trunkline.gateway.audit_buffer import AuditBuffer
from trunkline.gateway.cursors import Cursors
from trunkline.gateway.judge import ALLOW
from trunkline.gateway.repeats import Repeat
from trunkline.gateway.throttle import WrongAttempts
from trunkline.operations.chats import ListAllChats
from trunkline.store import calls, connections, grants, keys, principals, uploads
from trunkline.store.audit import AuditRow
from trunkline.store.engine import Reader
from trunkline.store.keys import KeyRow
from trunkline.store.seal import Seal

Break = Callable[[pytest.MonkeyPatch], None]
Test = Callable[[World], Awaitable[None]]


@dataclass(frozen=True)
class Defence:
    """name: what holds. breaks: it no longer does. test: what notices."""

    name: str
    breaks: Break
    test: Test


def replaced(place: object, name: str, value: object) -> Break:
    """Something is another thing."""
    return lambda patch: patch.setattr(place, name, value)


def nothing(*_: Any, **__: Any) -> None:
    """What should have happened does not."""


async def nothing_later(*_: Any, **__: Any) -> None:
    """What should have happened does not, and nobody waits for it."""


def yes(*_: Any) -> bool:
    """Whatever is asked is so."""
    return True


def no(*_: Any) -> bool:
    """Whatever is asked is not so."""
    return False


async def of_anybody(reader: Reader, principal: int, pcid: str) -> connections.ConnectionRow | None:
    """A connection, whoever's it is."""
    return await connections.by_pcid(reader, pcid)


async def upload_of_anybody(reader: Reader, principal: int, upload_id: str, at_ms: int) -> uploads.UploadRow | None:
    """An upload, whoever's it is."""
    row = await reader.row("SELECT id, content, file_name, media_type, size FROM upload WHERE id = $1", upload_id)
    return (
        None if row is None else uploads.UploadRow(id=row[0], content=row[1], file_name=row[2], media_type=row[3], size=row[4])
    )


check_attempt = WrongAttempts.check


def check_forgetful(self: WrongAttempts, credential_hash: bytes) -> None:
    """What held before waits with the guesses."""
    self._held.clear()
    check_attempt(self, credential_hash)


note_row = AuditBuffer.note


def note_checked(self: AuditBuffer, row: AuditRow) -> None:
    """An error of the audit takes the place of the one there was."""
    self.check()
    note_row(self, row)


by_token = keys.by_token
exchange = files.exchange
find_connection = connections.find


async def by_token_for_ever(reader: Reader, token_hash: bytes, at_ms: int) -> KeyRow | None:
    """A token that never ends."""
    return await by_token(reader, token_hash, 0)


def remembers_connections(patch: pytest.MonkeyPatch) -> None:
    """A connection is looked up once and never again."""
    known: dict[str, connections.ConnectionRow | None] = {}

    async def remembered(reader: Reader, principal: int, pcid: str) -> connections.ConnectionRow | None:
        if pcid not in known:
            known[pcid] = await find_connection(reader, principal, pcid)
        return known[pcid]

    patch.setattr(connections, "find", remembered)


def signed_for_all(self: Cursors, body: bytes, principal: int, connection: int) -> bytes:
    """A signature that binds the cursor to nobody."""
    return Seal.keyed_hash(self._seal, body, "cursor")[:16].hex().encode()


async def reads_paths(store: Any, principal: int, operation: Any) -> Any:
    """Names of uploads are tried as paths."""
    for each in operation.attachments:
        with contextlib.suppress(OSError):
            Path(each.upload_id).read_bytes()
    return await exchange(store, principal, operation)


async def for_everybody(tx: Any, name: str | None, me: Any, at_ms: int) -> Any:
    """Somebody else's name is as good as one's own."""
    return me if name is None else await principals.by_name(tx, name) or me


async def lax_change(self: Order[Any], db: Any, work: Any) -> Any:
    """A change without a look at the key."""
    return await db.write(work)


async def as_written(self: Repeat) -> calls.CallRow | None:
    """What the books say already, and no more."""
    return await calls.earlier(self.store.db, self.call)


def pcid_of(case: Callable[[World, Any], Awaitable[None]], value: Any) -> Test:
    """A parametrised test with one of its values."""
    return lambda world: case(world, value)


DEFENCES = (
    Defence("the secret of a key counts", replaced(credentials, "matches", lambda kept, offered: kept is not None),
            test_authentication.test_the_secret_of_one_key_opens_no_other),
    Defence("a key ends", replaced(KeyRow, "is_over", no),
            test_authentication.test_an_expired_key_is_refused_with_the_reason),
    Defence("a token ends", replaced(keys, "by_token", by_token_for_ever),
            test_authentication.test_a_token_stands_for_its_key_for_an_hour),
    Defence("guessing is slowed down", replaced(WrongAttempts, "check", nothing),
            test_authentication.test_guessing_is_slowed_down_and_shuts_nobody_out),
    Defence("what held before passes", replaced(WrongAttempts, "check", check_forgetful),
            test_authentication.test_guessing_is_slowed_down_and_shuts_nobody_out),
    Defence("the allowance refills", replaced(throttle, "REFILL_MS", 10**9),
            test_authentication.test_guessing_is_slowed_down_and_shuts_nobody_out),
    Defence("a connection is looked up with its principal", replaced(connections, "find", of_anybody),
            pcid_of(test_isolation.test_a_foreign_a_revoked_and_a_guessed_pcid_are_one_and_the_same, ListAllChats())),
    Defence("the judge decides", replaced(answering, "decide", lambda act, view: ALLOW),
            pcid_of(test_refusals.test_a_guarded_connection_refuses_a_write_and_names_its_effect_alone,
                    test_refusals.WRITES[0])),
    Defence("cursors are bound to principal and connection", replaced(Cursors, "_sign", signed_for_all),
            test_cursors.test_foreign_altered_cut_and_invented_cursors_are_refused_in_the_same_words),
    Defence("cursors are signed", replaced(hmac, "compare_digest", yes),
            test_cursors.test_foreign_altered_cut_and_invented_cursors_are_refused_in_the_same_words),
    Defence("other filters are refused on MCP", replaced(cursors, "_refuse_other_filters", nothing),
            test_cursors.test_on_mcp_other_filters_beside_a_cursor_are_refused),
    Defence("an upload is its principal's", replaced(uploads, "find", upload_of_anybody),
            test_files.test_somebody_elses_a_past_and_an_invented_upload_are_one_and_the_same),
    Defence("file fields are no paths", replaced(files, "exchange", reads_paths),
            lambda world: test_paths.test_the_name_of_an_upload_is_never_a_path(world, "../../evil")),
    Defence("an upload holds for a day", replaced(files, "KEPT_MS", 10**12),
            test_files.test_past_uploads_are_forgotten_and_their_bytes_named_once_nobody_needs_them),
    Defence("the kill switch is read in the transaction", replaced(grants, "check", nothing_later),
            pcid_of(test_kill_switch.test_a_call_that_was_judged_already_still_sends_nothing,
                    test_kill_switch.SWITCHES[0])),
    Defence("the kill switch holds for keys", replaced(grants, "check_key", nothing_later),
            pcid_of(test_kill_switch.test_a_call_that_was_judged_already_still_sends_nothing,
                    test_kill_switch.SWITCHES[2])),
    Defence("changes look at the key again", replaced(Order, "change", lax_change),
            test_keys.test_an_admin_key_that_was_revoked_meanwhile_changes_nothing),
    Defence("the connection is part of a call", replaced(Seal, "keyed_hash", lambda self, data, purpose: b"0" * 32),
            test_idempotency.test_the_same_key_on_another_connection_is_refused),
    Defence("a key makes calls one", replaced(answering, "_checked", nothing),
            test_idempotency.test_the_same_key_and_parameters_give_the_same_answer_and_send_once),
    Defence("idempotency keys are bounded", replaced(answering, "_checked", lambda key: key),
            pcid_of(test_idempotency.test_a_key_that_cannot_be_kept_is_refused, "x" * 256)),
    Defence("an answer that has left counts before it is written down", replaced(Repeat, "_earlier", as_written),
            test_idempotency.test_what_was_answered_is_over_before_that_is_written_down),
    Defence("a cancelled call stays cancelled", replaced(AuditBuffer, "note", note_checked),
            test_audit.test_a_cancelled_call_stays_cancelled_while_the_audit_is_broken),
    Defence("an agent never runs the server", replaced(desk, "_check_admin", nothing),
            test_keys.test_nobody_runs_the_server_over_mcp),
    Defence("reads are recorded", replaced(AuditBuffer, "append", nothing),
            test_audit.test_reads_writes_and_refusals_leave_a_row_each),
    Defence("without an audit nothing is read", replaced(AuditBuffer, "check", nothing),
            test_audit.test_while_the_audit_cannot_be_written_nothing_is_read_either),
    Defence("changes of grants are recorded", replaced(Order, "record", nothing_later),
            test_audit.test_acts_on_grants_say_what_was_changed),
    Defence("nobody makes keys for somebody else", replaced(key_handlers, "principal_named", for_everybody),
            test_keys.test_nobody_makes_keys_for_somebody_else),
    Defence("a connection reaches one's own accounts", replaced(connection_handlers, "_check_reach", nothing_later),
            test_connections.test_other_peoples_accounts_and_chats_are_out_of_reach),
    Defence("opening a real road warns", replaced(connection_handlers.ConnectionHandlers, "_warning", lambda *_: ""),
            test_connections.test_opening_the_way_to_real_people_is_answered_with_a_warning),
    Defence("old keys of the ready file go", replaced(keys, "revoke_expired", nothing_later),
            test_first_run.test_the_keys_of_earlier_starts_do_not_pile_up),
    Defence("a hash belongs to its key", replaced(credentials, "key_hash",
                                                  lambda seal, key: seal.keyed_hash(key.secret.encode(), "api key")),
            test_secrets.test_a_hash_opens_only_its_own_key),
    Defence("rights are remembered nowhere", remembers_connections,
            test_two_gates.test_what_one_gate_switches_off_the_other_refuses_at_once),
)  # fmt: skip
