"""Uploads: for one principal, for a day, and nobody else finds them."""

from collections.abc import AsyncIterator
from typing import Any

import pytest

from trunkline.gateway import files
from trunkline.gateway.files import KEPT_MS
from trunkline.model.blob import File
from trunkline.model.errors import InvalidArgument, NotFound, TooLarge
from trunkline.operations.chats import SendMessageInChat, StartNewChat
from trunkline.operations.files import UploadRef
from trunkline.operations.linkedin import FollowUp, LinkedinOptions
from trunkline.store import uploads
from trunkline.store.engine import Transaction

from .conftest import World
from .tenants import Tenant

PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010804000000b51c0c020000000b4944415478da63fcff1f0003030200efa2a75b000000"
    "0049454e44ae426082"
)


async def chunked(data: bytes, size: int = 7) -> AsyncIterator[bytes]:
    """The bytes as they come in."""
    for start in range(0, len(data), size):
        yield data[start : start + size]


async def upload(world: World, data: bytes = PNG, tenant: Tenant | None = None, name: str = "cat.png") -> UploadRef:
    """Upload; gives what a call names it by."""
    kept = await world.gate.keep_upload((tenant or world.me).caller, name, "text/html", chunked(data))
    return UploadRef(upload_id=kept.upload_id)


async def send(world: World, operation: SendMessageInChat | StartNewChat) -> Any:
    """Send as me; gives the operation as the backend got it."""
    await world.gate.answer(world.me.caller, operation, pcid=None, surface="rest")
    return world.backend.planned[-1].operation


async def test_an_upload_says_its_size_and_what_its_bytes_are(world: World) -> None:
    kept = await world.gate.keep_upload(world.me.caller, "cat.png", "text/html", chunked(PNG))
    assert (kept.object, kept.size, kept.media_type) == ("Upload", len(PNG), "image/png")


async def test_every_place_that_takes_a_file_takes_an_upload(world: World) -> None:
    ref = await upload(world)
    file = File(data=PNG, file_name="cat.png", media_type="image/png")
    got = await send(world, SendMessageInChat(chat_id="c", attachments=(ref, file), voice_message=ref, video_message=ref))
    assert (got.attachments, got.voice_message, got.video_message) == ((file, file), file, file)
    got = await send(
        world,
        StartNewChat(
            account_id="a",
            attendees_ids=("p",),
            linkedin=LinkedinOptions(follow_up=FollowUp(attachments=(ref,))),
            text="t",
        ),
    )
    assert got.linkedin.follow_up.attachments == (file,)


async def test_somebody_elses_a_past_and_an_invented_upload_are_one_and_the_same(world: World) -> None:
    """S1."""
    past = await upload(world)
    world.clock.now += KEPT_MS
    foreign = await upload(world, tenant=world.other)
    seen = []
    for ref in (past, foreign, UploadRef(upload_id=world.store.new_id())):
        with world.database.recorded() as statements, pytest.raises(NotFound) as missing:
            await send(world, SendMessageInChat(chat_id="c", attachments=(ref,)))
        seen.append((missing.value.text, statements))
    assert seen[0] == seen[1] == seen[2]
    assert seen[0][0].startswith("attachments[0] names no upload")
    assert world.backend.planned == []


async def test_an_upload_holds_for_a_day(world: World) -> None:
    ref = await upload(world)
    world.clock.now += KEPT_MS - 1
    assert (await send(world, SendMessageInChat(chat_id="c", attachments=(ref,)))).attachments[0].data == PNG


async def test_past_uploads_are_forgotten_and_their_bytes_named_once_nobody_needs_them(world: World) -> None:
    await upload(world, b"only mine, in the past")
    await upload(world, b"everybody's")
    world.clock.now += KEPT_MS
    await upload(world, b"everybody's", world.other)

    async def forget(tx: Transaction) -> list[str]:
        return await uploads.forget_expired(tx, world.clock.now)

    (content,) = await world.store.db.write(forget)
    assert await world.store.media.read(content) == b"only mine, in the past"
    assert await world.store.db.write(forget) == []


async def test_an_empty_upload_is_refused(world: World) -> None:
    with pytest.raises(InvalidArgument, match="holds no bytes"):
        await upload(world, b"")


async def test_an_upload_is_cut_off_at_its_bound_whatever_was_announced(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(files, "MOST_BYTES", 10)
    with pytest.raises(TooLarge):
        await upload(world, b"x" * 11)
    assert list((world.folder / "media").iterdir()) == []


async def test_the_uploads_of_one_call_are_counted_together(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    ref = await upload(world, b"x" * 60)
    monkeypatch.setattr(files, "MOST_BYTES", 100)
    with pytest.raises(TooLarge, match=r"attachments\[1\] brings the uploads of this call to 120 bytes"):
        await send(world, SendMessageInChat(chat_id="c", attachments=(ref, ref)))


async def test_the_bytes_are_not_in_the_audit(world: World) -> None:
    ref = await upload(world, b"a very private text " * 5)
    await send(world, SendMessageInChat(chat_id="c", attachments=(ref,)))
    await world.gate.close()
    everything = b"".join(path.read_bytes() for path in world.folder.glob("trunkline.db*"))
    assert b"very private" not in everything
