"""Files named by their content: kept whole or not at all, and by no name of anybody's making."""

import hashlib
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from trunkline.model.errors import NotFound, StoreUnavailable, TooLarge
from trunkline.store.media import CHUNK_BYTES, MediaFolder


async def pieces(*parts: bytes) -> AsyncIterator[bytes]:
    """A stream."""
    for part in parts:
        yield part


def kept(folder: Path) -> list[str]:
    """Names of all files."""
    return sorted(path.name for path in folder.iterdir())


async def test_a_file_is_named_by_its_content_and_kept_once(tmp_path: Path) -> None:
    media = MediaFolder(tmp_path / "media")
    name = await media.put(b"picture")
    assert name == hashlib.sha256(b"picture").hexdigest() == await media.put(b"picture")
    streamed, size = await media.put_stream(pieces(b"pic", b"", b"ture"), most=7)
    assert (streamed, size) == (name, 7)
    assert kept(tmp_path / "media") == [name]
    assert await media.read(name) == b"picture"
    assert (media.has(name), media.size_of(name)) == (True, 7)
    path = tmp_path / "media" / name
    assert path.stat().st_mode & 0o777 == 0o600
    assert path.parent.stat().st_mode & 0o777 == 0o700


async def test_a_large_file_comes_piece_by_piece(tmp_path: Path) -> None:
    media = MediaFolder(tmp_path / "media")
    data = bytes(range(256)) * (CHUNK_BYTES // 100)
    name = await media.put(data)
    got = [chunk async for chunk in media.chunks(name)]
    assert b"".join(got) == data
    assert max(map(len, got)) == CHUNK_BYTES


async def test_a_stream_that_is_too_large_leaves_nothing(tmp_path: Path) -> None:
    """The bytes are counted, whatever somebody said of their number."""
    media = MediaFolder(tmp_path / "media")
    with pytest.raises(TooLarge, match="larger than 5 bytes"):
        await media.put_stream(pieces(b"abc", b"def"), most=5)
    assert kept(tmp_path / "media") == []


async def test_a_stream_that_breaks_off_leaves_nothing(tmp_path: Path) -> None:
    async def breaking() -> AsyncIterator[bytes]:
        yield b"abc"
        raise ConnectionResetError("gone")

    media = MediaFolder(tmp_path / "media")
    with pytest.raises(ConnectionResetError):
        await media.put_stream(breaking(), most=100)
    assert kept(tmp_path / "media") == []


@pytest.mark.parametrize("how", ["put", "put_stream"])
async def test_a_disk_that_refuses_is_told_in_words(tmp_path: Path, how: str, monkeypatch: pytest.MonkeyPatch) -> None:
    media = MediaFolder(tmp_path / "media")

    def refuse(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("trunkline.store.media.os.fsync", refuse)
    with pytest.raises(StoreUnavailable, match="the disk refuses"):
        await (media.put(b"abc") if how == "put" else media.put_stream(pieces(b"abc"), most=10))
    assert kept(tmp_path / "media") == []


@pytest.mark.parametrize(
    "name", ["", "..", "../secret.key", "/etc/passwd", "a" * 63, "A" * 64, "g" * 64, f"{'a' * 60}/../", "a" * 64 + "\n"]
)
async def test_nothing_but_a_content_hash_names_a_file(tmp_path: Path, name: str) -> None:
    (tmp_path / "secret.key").write_bytes(b"secret")
    media = MediaFolder(tmp_path / "media")
    with pytest.raises(NotFound):
        await media.read(name)
    with pytest.raises(NotFound):
        media.has(name)
    with pytest.raises(NotFound):
        [chunk async for chunk in media.chunks(name)]


async def test_what_is_gone_is_not_found(tmp_path: Path) -> None:
    media = MediaFolder(tmp_path / "media")
    name = await media.put(b"abc")
    media.remove(name)
    media.remove(name)
    assert not media.has(name)
    with pytest.raises(NotFound):
        await media.read(name)
    with pytest.raises(NotFound):
        [chunk async for chunk in media.chunks(name)]


async def test_a_file_that_goes_while_the_old_ones_are_looked_for_is_passed_over(tmp_path: Path) -> None:
    """An unfinished file gets its name just then. A link to nowhere is listed and is not there, as that one."""
    media = MediaFolder(tmp_path / "media")
    name = await media.put(b"picture")
    (tmp_path / "media" / "unfinished").symlink_to("renamed meanwhile")
    assert media.older_than(-60) == [name]
