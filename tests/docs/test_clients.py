"""The settings for MCP clients are the same on every page, and those that the server prints."""

import json
import re
import tomllib
from pathlib import Path

import pytest

from trunkline.first_run import Greeting, words

ROOT = Path(__file__).resolve().parents[2]
COMMAND = "/path/to/trunkline/.venv/bin/trunkline"
SETTING = re.compile(r"^    (claude mcp add trunkline -- /.*|claude mcp add --transport .*|\{\".*)$", re.MULTILINE)


@pytest.mark.parametrize("page", ["README.md", "docs/clients.md"])
def test_a_page_shows_the_settings_that_the_server_prints(page: str) -> None:
    """Ours: who pastes from the page or from the terminal gets the same."""
    printed = words(Greeting("http://127.0.0.1:3114", (COMMAND, "mcp"), api_key="YOUR_KEY", pcid="pc_1"))
    shown = SETTING.findall((ROOT / page).read_text(encoding="utf-8"))
    assert len(shown) >= 6
    assert [setting for setting in shown if setting not in printed] == []


@pytest.mark.parametrize("page", ["README.md", "docs/clients.md"])
def test_the_settings_of_a_page_can_be_read_by_the_client(page: str) -> None:
    """Ours: a setting with a missing bracket costs an evening."""
    text = (ROOT / page).read_text(encoding="utf-8")
    read = [json.loads(line) for line in SETTING.findall(text) if line.startswith("{")]
    blocks = re.findall(r"(?:^    .+\n)+", text, re.MULTILINE)
    codex = [tomllib.loads(re.sub(r"^    ", "", block, flags=re.MULTILINE)) for block in blocks if "[mcp_servers" in block]
    assert len(read) >= 4
    assert codex == [
        {"mcp_servers": {"trunkline": {"command": COMMAND, "args": ["mcp"]}}},
        {"mcp_servers": {"trunkline": {"url": "http://127.0.0.1:3114/mcp", "bearer_token_env_var": "TRUNKLINE_API_KEY"}}},
    ]
