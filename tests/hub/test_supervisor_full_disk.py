"""Accounts whose disk is full: tried more and more slowly, the network left alone, and all well when there is room again."""

from pathlib import Path
from typing import Any

import pytest

from .full_disk import FullDisk
from .sending_world import opened, until
from .test_supervisor_lives import count_connects, until_answered

TRIES = 6


async def test_on_a_full_disk_an_account_is_tried_more_and_more_slowly_without_asking_the_network(
    data_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Ours: a full disk is no reason to log in at a network again and again."""
    delays: list[int] = []

    def noted(options: Any, failures: int) -> int:
        delays.append(failures)
        return 0

    monkeypatch.setattr("trunkline.hub.supervisor.delay_ms", noted)
    disk = FullDisk()
    async with opened(data_folder, wrap=disk) as stack:
        connects = count_connects(monkeypatch)
        disk.is_full = True
        await stack.fault("dropped_link", "SLACK")

        async def is_tried() -> bool:
            return len(delays) >= TRIES

        await until(is_tried)
        tried = delays[:TRIES]
        disk.is_full = False
        await until_answered(stack)
        await stack.until_connected("SLACK")
        assert tried == list(range(1, TRIES + 1))
        assert connects == ["SLACK"], "only the try that could be stored"
        await stack.send("SLACK", "after")
