"""/openapi.json against the server it describes, judged by Schemathesis: every answer to any request is one it declares.

Its cases are examples, every limit of every parameter, wrong values and missing ones, undeclared methods, and random ones.
"""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import httpx2
import pytest

from .conftest import Begin, environment

HOOKS = Path(__file__).parent / "schemathesis_hooks.py"
CHECKS = (
    "answers_in_the_contracts_words",
    "status_code_conformance",
    "content_type_conformance",
    "response_headers_conformance",
    "response_schema_conformance",
)
LEFT_OUT = {
    "make_backup": "every case would copy the database; tests/cli/test_server.py plays it",
}
CEILING_S = 1500


def ids_of(http: httpx2.Client) -> dict[str, list[str]]:
    """Ids of what is in the world, by the names of parameters in paths."""

    def listed(path: str) -> list[Any]:
        found: list[Any] = http.get(f"/api/v1/{path}").json()["items"]
        return found

    attendees = [each["id"] for each in listed("chat_attendees?limit=20")]
    pictures = [(each["id"], part["id"]) for each in listed("messages?limit=250") for part in each["attachments"]]
    return {
        "account_id": [each["id"] for each in listed("accounts")],
        "chat_id": [each["id"] for each in listed("chats?limit=40")],
        "message_id": [message for message, _ in pictures[:10]] + [each["id"] for each in listed("messages?limit=20")],
        "attachment_id": [part for _, part in pictures[:10]],
        **dict.fromkeys(("id", "attendee_id", "sender_id"), attendees),
        "road": ["sandbox"],
    }


@pytest.mark.parametrize(("examples", "at_least"), [pytest.param(6, 2_000), pytest.param(180, 10_000, marks=pytest.mark.heavy)])
def test_every_answer_to_any_request_is_as_described(begin: Begin, tmp_path: Path, examples: int, at_least: int) -> None:
    """At most `examples` random cases for each operation, beside those that its description calls for."""
    server = begin("--seed", "small")
    ready = server.wait()
    with server.http() as http:
        ids = ids_of(http)
    counts = tmp_path / "counts.json"
    key = ready["admin_key"]
    done = subprocess.run(
        [
            *(sys.executable, "-m", "schemathesis.cli", "run", f"{ready['url']}/openapi.json"),
            *("--header", f"X-API-KEY: {key}", "--checks", ",".join(CHECKS), "--max-examples", str(examples)),
            *("--phases", "examples,coverage,fuzzing", "--seed", "1", "--generation-database", "none"),
            *("--request-timeout", "40", "--continue-on-failure", "--no-shrink", "--no-color", "--warnings", "off"),
            *("--generation-with-security-parameters", "false"),  # one credential with each request is enough, two are refused
            *(f"--exclude-operation-id={each}" for each in LEFT_OUT),
        ],
        capture_output=True,
        timeout=CEILING_S,
        check=False,
        text=True,
        cwd=tmp_path,
        env={
            **environment(),
            "SCHEMATHESIS_HOOKS": HOOKS.stem,
            "PYTHONPATH": os.pathsep.join([str(HOOKS.parent), *sys.path]),
            "CASES_KEY_ID": key.split("_")[1],
            "CASES_PCID": ready["pcid"],
            "CASES_COUNTS": str(counts),
            "CASES_IDS": json.dumps(ids),
        },
    )
    assert done.returncode == 0, done.stdout[-8_000:] + done.stderr[-2_000:]
    answered = {int(status): number for status, number in json.loads(counts.read_text()).items()}
    assert sum(answered.values()) >= at_least, answered
    assert {200, 201, 202, 400, 404, 422} <= answered.keys(), answered
    assert answered.get(401, 0) < 20, answered  # the key lived to the end
