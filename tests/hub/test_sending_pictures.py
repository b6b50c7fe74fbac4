"""A picture we send is shown with its pixels, on every network (unipile-v1 5.4)."""

import pytest
from msgspec import json
from tests.test_image_size import png

from trunkline.model.blob import File
from trunkline.operations.chats import SendMessageInChat
from trunkline.operations.messages import GetMessage

from .sending_world import EVERY, SendingWorld


@pytest.mark.parametrize("account_type", EVERY)
async def test_a_picture_of_ours_has_its_width_and_height(stack: SendingWorld, account_type: str) -> None:
    picture = File(data=png(320, 200), file_name="a.png", media_type="image/png")
    wanted = SendMessageInChat(chat_id=stack.chats[account_type], attachments=(picture,))
    sent = await stack.ask(wanted)
    reply = await stack.reply(GetMessage(message_id=sent["message_id"]))
    assert isinstance(reply.body, bytes)
    (shown,) = json.decode(reply.body)["attachments"]
    assert (shown["type"], shown["size"]) == ("img", {"width": 320, "height": 200})
