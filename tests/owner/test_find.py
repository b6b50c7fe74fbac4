"""Finding the owner, and not being fooled by somebody else on its port."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from trunkline.owner import server_file
from trunkline.owner.courier import UNCLEAR, Courier
from trunkline.owner.find import Owner, OwnerSilent, connect, find
from trunkline.owner.line import read_line
from trunkline.owner.lock import Lock, take
from trunkline.owner.server_file import ServerFile

from .fake_owner import FakeOwner


def request(method: str, request_id: object = 1) -> bytes:
    return json.dumps({"jsonrpc": "2.0", "id": request_id, "method": method, "params": {"name": "x"}}).encode()


@pytest.fixture
def courier(tmp_path: Path) -> Iterator[Courier]:
    """Carries to the owner of `tmp_path`."""
    courier = Courier(tmp_path, patience_s=0.1)
    yield courier
    courier.close("the test is over")


def carry(courier: Courier, method: str) -> dict[str, object]:
    answer = courier.carry(read_line(request(method), courier.agreed_version))
    assert answer is not None
    found: dict[str, object] = json.loads(answer)
    return found


def test_an_owner_that_proves_itself_is_found(tmp_path: Path, owner: FakeOwner) -> None:
    found = find(tmp_path)
    assert isinstance(found, Owner)
    assert (found.port, found.token) == (owner.port, owner.token)


def test_somebody_else_on_the_port_never_sees_the_token(tmp_path: Path, courier: Courier, owner: FakeOwner) -> None:
    """security.md 3: localhost is no wall. The token is only sent after the owner has proven itself."""
    owner.false_proof = True
    assert connect(tmp_path) is None
    assert "nothing was done" in str(carry(courier, "tools/call"))
    assert owner.asked == []


def test_a_proof_passed_on_from_another_port_is_none(tmp_path: Path, owner: FakeOwner) -> None:
    """Ours: a false owner that asks the true one has the wrong port in its answer."""
    assert connect(tmp_path) is not None
    owner.proof_port = 3114
    assert connect(tmp_path) is None


def test_without_an_owner_the_lock_is_taken(tmp_path: Path) -> None:
    server_file.write(tmp_path, ServerFile(1, 1, "stale", "0"))
    found = find(tmp_path)
    assert isinstance(found, Lock)
    with pytest.raises(OwnerSilent, match="is held by process 1, which does not answer"):
        find(tmp_path, patience_s=0)
    found.release()


def test_a_call_over_a_broken_connection_is_repeated_once_with_the_same_key(courier: Courier, owner: FakeOwner) -> None:
    """design.md 7."""
    owner.script["tools/call"] = ["break"]
    answer = carry(courier, "tools/call")
    assert "result" in answer
    keys = [body["params"]["_meta"]["trunkline/idempotency-key"] for _, body in owner.asked]
    assert len(keys) == 2
    assert len(set(keys)) == 1


def test_a_call_that_breaks_twice_says_that_it_may_have_been_carried_out(courier: Courier, owner: FakeOwner) -> None:
    owner.script["tools/call"] = ["break", "break", "break"]
    answer = carry(courier, "tools/call")
    assert answer["result"] == {
        "content": [{"type": "text", "text": UNCLEAR}],
        "isError": True,
        "resultType": "complete",
    }
    assert len(owner.asked) == 2


def test_a_busy_owner_is_asked_again(courier: Courier, owner: FakeOwner) -> None:
    """Ours: 503 with Retry-After means that nothing was done."""
    owner.script["tools/list"] = ["busy", "busy"]
    assert "result" in carry(courier, "tools/list")
    assert len(owner.asked) == 3


def test_what_is_no_json_rpc_answer_becomes_one(courier: Courier, owner: FakeOwner) -> None:
    owner.script = {"tools/list": ["plain"], "ping": ["no id"]}
    assert carry(courier, "tools/list")["error"] == {"code": -32603, "message": "The body is too large."}
    assert carry(courier, "ping") == {"jsonrpc": "2.0", "id": 1, "error": {"code": -32600, "message": "bad"}}


def test_the_next_owner_is_found_when_the_first_is_gone(tmp_path: Path, courier: Courier) -> None:
    first, second = FakeOwner(), FakeOwner()
    first.announce(tmp_path)
    assert "result" in carry(courier, "tools/call")
    first.script["tools/call"] = ["break"]
    second.announce(tmp_path)
    assert "result" in carry(courier, "tools/call")
    assert [len(first.asked), len(second.asked)] == [2, 1]
    first.end()
    second.end()


def test_a_token_that_is_no_longer_good_is_looked_up_again(tmp_path: Path, courier: Courier, owner: FakeOwner) -> None:
    assert "result" in carry(courier, "tools/list")
    owner.token = "b" * 64
    owner.announce(tmp_path)
    assert "result" in carry(courier, "tools/list")
    assert len(owner.asked) == 3


def test_the_version_of_the_handshake_goes_along_from_then_on(courier: Courier, owner: FakeOwner) -> None:
    carry(courier, "initialize")
    carry(courier, "tools/list")
    assert [headers.get("mcp-protocol-version") for headers, _ in owner.asked] == [None, "2025-11-25"]


def test_nobody_takes_a_folder_that_is_owned(tmp_path: Path) -> None:
    lock = take(tmp_path)
    assert lock is not None
    with pytest.raises(OwnerSilent, match="is held by another process"):
        find(tmp_path, patience_s=0)
    lock.release()
