"""The folders of chats: those of 2025, which strict clients take, or all (unipile-v1 5.1, 13)."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from msgspec import json

from trunkline.operations.chats import GetChat, ListAllChats

from .sending_world import QUICK, SendingWorld, opened


async def shown(stack: SendingWorld) -> list[dict[str, Any]]:
    """The Instagram chats, in a list and one by one: they say the same."""
    reply = await stack.reply(ListAllChats(account_type="INSTAGRAM", limit=250))
    assert isinstance(reply.body, bytes)
    chats: list[dict[str, Any]] = json.decode(reply.body)["items"]
    for each in chats:
        assert (await stack.ask(GetChat(chat_id=each["id"]))).get("folder") == each.get("folder")
    return chats


@pytest.mark.parametrize(("folders", "wanted"), [("2025", []), ("2026", [["PENDING"]])])
async def test_the_newer_folders_are_sent_where_the_setting_asks_for_them(
    data_folder: Path, folders: str, wanted: list[list[str]]
) -> None:
    async with opened(data_folder, hub_options=replace(QUICK, folders=folders)) as stack:
        found = [each["folder"] for each in await shown(stack) if "PENDING" in each.get("folder", ())]
    assert found == wanted
