"""Slack's settings, each named `slack.<name>`."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any
from urllib.parse import urlsplit

from trunkline.model.errors import InvalidArgument

_PREFIX = "slack."
_NUMBERS = frozenset({"poll_seconds", "lookback_hours", "settle_ms", "paced"})
_ADDRESSES = frozenset({"api", "web", "redirect"})


@dataclass(frozen=True)
class Options:
    """How the road reaches Slack, and the app that people log in with. Secrets never show in a repr."""

    api: str = "https://slack.com/api/"
    """The Web API; ends in a slash."""
    web: str = "https://slack.com/"
    """Where people allow the app (OAuth)."""
    redirect: str = ""
    """The public https address of /oauth/return/slack here, as the app has it; empty: the person pastes the address back."""
    client_id: str = ""
    """Of an app for everybody who logs in here by OAuth; goes together with the secret."""
    client_secret: str = ""
    """Of an app for everybody who logs in here by OAuth; empty: each person gives their own app's."""
    signing_secret: str = ""
    """Of an app that posts its events here (/provider/slack/events); accounts may bring their own."""
    poll_seconds: int = 60
    """Without an app-level token and a signing secret: how long is waited between two looks into all chats."""
    lookback_hours: int = 72
    """How far before an outage edits, deletions, reactions and new replies are looked for afterwards."""
    settle_ms: int = 20_000
    """How long is waited before an unclear send is looked for in the history, or a message that it lacks is called deleted."""
    paced: int = 1
    """1: calls keep to the tiers that Slack publishes; 0: only to what Slack answers, for an emulator."""

    def __repr__(self) -> str:
        return f"Options(api={self.api!r})"


def read_options(given: Mapping[str, str]) -> Options:
    """Slack's part of the settings. Raises InvalidArgument for an unknown name or a value that does not fit."""
    known = {field.name for field in fields(Options)}
    values: dict[str, Any] = {}
    for name, text in given.items():
        if not name.startswith(_PREFIX):
            continue
        short = name.removeprefix(_PREFIX)
        if short not in known:
            raise InvalidArgument(f"{name} is no setting of Slack. It knows: {', '.join(sorted(known))}.")
        values[short] = _read(name, short, text)
    return Options(**values)


def _read(name: str, short: str, text: str) -> str | int:
    if short in _NUMBERS:
        if not text.isascii() or not text.isdigit() or (int(text) < 1 and short != "paced"):
            raise InvalidArgument(f"{name} must be a whole number from {int(short != 'paced')} on, not {text!r}.")
        return int(text)
    if short in _ADDRESSES and text:
        if urlsplit(text).scheme not in ("http", "https"):
            raise InvalidArgument(f"{name} must be an address such as https://slack.com/, not {text!r}.")
        return text if short == "redirect" or text.endswith("/") else f"{text}/"
    return text
