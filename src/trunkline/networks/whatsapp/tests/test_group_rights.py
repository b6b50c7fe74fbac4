"""Whether our user may write in a group follows what WhatsApp tells of it, step by step."""

import pytest

from trunkline.networks.whatsapp.linked.fake import FakeNetwork
from trunkline.networks.whatsapp.linked.fake_world import GROUP, OWN, lid_of
from trunkline.networks.whatsapp.tests.server import LinkedServer

pytestmark = pytest.mark.slow


async def test_a_group_is_read_only_exactly_while_our_user_may_not_write(server: LinkedServer, network: FakeNetwork) -> None:
    """Removed, added again, only administrators may write, made one and no more, all may write."""
    await server.allow(await server.connect())
    chat = (await server.chat(GROUP))["id"]

    def members(action: str) -> tuple[str, object]:
        ours = {"id": lid_of(OWN), "phoneNumber": OWN, "admin": None}
        return "group-participants.update", {"id": GROUP, "author": lid_of(OWN), "participants": [ours], "action": action}

    def announce(only_admins: bool) -> tuple[str, object]:
        return "groups.update", [{"id": GROUP, "announce": only_admins}]

    steps = [
        (members("demote"), None), (announce(True), 1), (announce(False), 0), (members("remove"), 1), (members("add"), 0),
        (announce(True), 1), (members("promote"), 0), (members("demote"), 1), (members("remove"), 1), (announce(False), None),
        (members("add"), 0),
    ]  # fmt: skip
    for (name, data), read_only in steps:
        network.tell(name, data)
        if read_only is None:
            continue
        await server.until(lambda found, wanted=read_only: found["read_only"] == wanted, "get_chat", chat_id=chat)
        if name == "group-participants.update" and read_only:
            refused = await server.tries("send_message_in_chat", chat_id=chat, text="Hello?")
            assert refused["isError"]
    await server.asks("send_message_in_chat", chat_id=chat, text="Hello again")
    assert [each["command"]["text"] for each in network.world.record] == ["Hello again"]
