"""What Schemathesis is told beyond the description. Loaded by its command in test_described.py, which names the files."""

import json
import os
import random
from collections import Counter
from pathlib import Path
from typing import Any

import schemathesis

OWN_KEY = os.environ["CASES_KEY_ID"]
OWN_PCID = os.environ["CASES_PCID"]
COUNTS = Path(os.environ["CASES_COUNTS"])
REAL: dict[str, list[str]] = json.loads(os.environ["CASES_IDS"])
"""Ids of things that are there, by the name of a parameter."""
NOWHERE = "127.0.0.1:1"
"""Where nothing listens: no generated address makes the server speak to anybody else."""

answered: Counter[str] = Counter()
dice = random.Random(1)


@schemathesis.check
def answers_in_the_contracts_words(ctx: Any, response: Any, case: Any) -> None:
    """No 500 or 502, 501 to 504 only where they are declared, no HTML, and every failure in the envelope (unipile-v1 4.1)."""
    status = response.status_code
    answered[str(status)] += 1
    COUNTS.write_text(json.dumps(answered))
    method = response.request.method
    declared = case.operation.responses.status_codes
    assert status < 500 or str(status) in declared, f"{status} is not declared"
    content_type = (response.headers.get("content-type") or [""])[0]
    assert "html" not in content_type, content_type
    if method != case.operation.method.upper():
        assert status in (404, 405), f"{method} is not declared here and was answered {status}"
    if status >= 400 and method != "HEAD":
        assert content_type == "application/json; charset=utf-8", content_type
        body = json.loads(response.content)
        assert body["status"] == status, body
        assert body["type"].startswith("errors/"), body
        assert isinstance(body["title"], str), body


@schemathesis.hook
def before_call(context: Any, case: Any, kwargs: Any) -> None:
    """Two in three ids are of things that are there. What the run calls with stays, and no address leads anywhere."""
    in_path = case.path_parameters or {}
    for name in in_path:
        if name in REAL and dice.random() < 2 / 3:
            in_path[name] = dice.choice(REAL[name])
    for name, own in (("key_id", OWN_KEY), ("pcid", OWN_PCID)):
        if in_path.get(name) == own:
            in_path[name] = "another"
    if isinstance(case.body, dict):
        for name in ("dsn", "request_url", "notify_url"):
            if isinstance(case.body.get(name), str) and case.body[name]:
                case.body[name] = NOWHERE if name == "dsn" else f"http://{NOWHERE}/"
