"""What the hub forgets, and what it never does."""

import os
import time

from trunkline.hub.options import HubOptions
from trunkline.hub.upkeep import UNUSED_S, Upkeep
from trunkline.store import fetched, uploads
from trunkline.store.engine import Transaction
from trunkline.store.store import MEDIA_FOLDER, Store
from trunkline.store.uploads import UploadRow

from .sending_world import SendingWorld


def _make_old(stack: SendingWorld, name: str) -> None:
    long_ago = time.time() - UNUSED_S - 60
    os.utime(stack.folder / MEDIA_FOLDER / name, (long_ago, long_ago))


async def _upload(store: Store, content: str, expires_at: int) -> None:
    row = UploadRow(id="u", content=content, file_name="f", media_type="text/plain", size=1)

    async def work(tx: Transaction) -> None:
        await uploads.add(tx, row, 1, expires_at)

    await store.db.write(work)


async def test_bytes_that_nobody_needs_go_after_a_day(stack: SendingWorld) -> None:
    media = stack.store.media
    content = await media.put(b"nobody's")
    upkeep = Upkeep(stack.store, HubOptions())
    await upkeep.once()
    assert media.has(content)
    _make_old(stack, content)
    await upkeep.once()
    assert not media.has(content)


async def test_bytes_of_an_upload_stay_as_long_as_the_upload(stack: SendingWorld) -> None:
    media = stack.store.media
    content = await media.put(b"somebody's")
    await _upload(stack.store, content, stack.store.clock() + 60_000)
    _make_old(stack, content)
    await Upkeep(stack.store, HubOptions()).once()
    assert media.has(content)


async def test_an_expired_upload_goes_with_its_bytes(stack: SendingWorld) -> None:
    media = stack.store.media
    content = await media.put(b"somebody's, once")
    await _upload(stack.store, content, stack.store.clock() - 1)
    _make_old(stack, content)
    await Upkeep(stack.store, HubOptions()).once()
    assert not media.has(content)


async def test_bytes_that_are_put_again_stay_another_day(stack: SendingWorld) -> None:
    media = stack.store.media
    content = await media.put(b"twice")
    _make_old(stack, content)
    assert await media.put(b"twice") == content
    await Upkeep(stack.store, HubOptions()).once()
    assert media.has(content)


async def test_fetched_files_keep_to_their_room_but_an_uploads_bytes_stay(stack: SendingWorld) -> None:
    media = stack.store.media
    shared, alone = await media.put(b"shared"), await media.put(b"alone")
    await _upload(stack.store, shared, stack.store.clock() + 60_000)

    async def work(tx: Transaction) -> None:
        await fetched.note(tx, "one", shared, 6, 1)
        await fetched.note(tx, "two", alone, 5, 2)

    await stack.store.db.write(work)
    await Upkeep(stack.store, HubOptions(media_cache_bytes=0)).once()
    assert (media.has(shared), media.has(alone)) == (True, False)
    assert await fetched.total_bytes(stack.store.db) == 0


async def test_an_unfinished_file_is_swept_away(stack: SendingWorld) -> None:
    leftover = stack.folder / MEDIA_FOLDER / "incoming-leftover"
    leftover.write_bytes(b"half")
    _make_old(stack, leftover.name)
    await Upkeep(stack.store, HubOptions()).once()
    assert not leftover.exists()
