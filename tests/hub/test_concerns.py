"""What a session raises as a concern: shown as a warning beside an account that works. Source: contract/session.py."""

import pytest
from msgspec import json

from trunkline.contract.session import Concern
from trunkline.networks.sandbox.session import SandboxSession
from trunkline.operations.accounts import GetAccount, ListAllAccounts
from trunkline.operations.administration import GetStatus

from .sending_world import SendingWorld

SAID = Concern(text="Posts are refused since yesterday.", next_step="Connect again: `trunkline connect`.")


async def test_a_concern_is_told_by_doctor_and_beside_the_account_and_stops_nothing(
    stack: SendingWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        SandboxSession, "concern", lambda self: SAID if self.capabilities.account_type == "SLACK" else None, raising=False
    )
    status = json.decode((await stack.reply(GetStatus(), caller=stack.admin)).body)  # type: ignore[arg-type]
    (finding,) = [each for each in status["findings"] if SAID.next_step == each.get("next_step")]
    assert (finding["level"], finding["text"].endswith(SAID.text)) == ("warning", True)
    told = {each["account_type"]: each.get("status_text") for each in status["accounts"]}
    assert {name: text for name, text in told.items() if text} == {"SLACK": f"{SAID.text} {SAID.next_step}"}
    listed = json.decode((await stack.reply(ListAllAccounts(limit=250), caller=stack.admin)).body)["items"]  # type: ignore[arg-type]
    (account,) = [each for each in listed if each.get("status_text")]
    shown = json.decode((await stack.reply(GetAccount(account_id=account["id"]), caller=stack.admin)).body)  # type: ignore[arg-type]
    assert shown == account
    assert (account["type"], account["sources"][0]["status"]) == ("SLACK", "OK")
    assert account["status_text"] == f"{SAID.text} {SAID.next_step}"
    await stack.send("SLACK", "hello")
