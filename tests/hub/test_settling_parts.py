"""A send that becomes several messages on the network, of which only some arrived."""

from pathlib import Path

import pytest

from trunkline.contract.commands import Done, SendMessage
from trunkline.model.errors import NetworkFailed, OutcomeUnknown, Throttled
from trunkline.networks.sandbox.abilities import Sends

from .scripted import script_sends
from .sending_world import TOKEN, opened


@pytest.mark.parametrize("account_type", TOKEN)
async def test_a_send_of_which_only_a_part_is_found_is_neither_done_again_nor_called_undone(
    data_folder: Path, account_type: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The last message has the token, the others have it with a number; the network has forgotten the token meanwhile."""
    whole = Sends.send

    async def a_part(session: Sends, command: SendMessage, token: str) -> Done:
        monkeypatch.setattr(Sends, "send", whole)
        await whole(session, SendMessage(chat=command.chat, text="the first part"), f"{token} 0")
        script_sends(monkeypatch, Throttled(retry_after_ms=200))
        raise NetworkFailed

    async with opened(data_folder, sandbox={"sandbox.memory_ms": "120"}) as stack:
        monkeypatch.setattr(Sends, "send", a_part)
        with pytest.raises(OutcomeUnknown):
            await stack.send(account_type, "hello")
        assert await stack.texts(account_type) == ["the first part"]
        assert [row["state"] for row in await stack.pending()] == ["unknown"]
