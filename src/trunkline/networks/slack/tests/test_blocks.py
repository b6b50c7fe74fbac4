"""Messages of apps that say nothing in `text`."""

from typing import Any

import pytest

from trunkline.contract.events import MessageChanged, PersonInfo
from trunkline.networks.slack.blocks import DEEPEST, markup_of
from trunkline.networks.slack.convert import message_of
from trunkline.networks.slack.people import Names
from trunkline.networks.slack.suite import SlackBench
from trunkline.networks.slack.suite_world import DIRECT, MAYA
from trunkline.networks.slack.tests.test_outage import heard_until


def section(text: str, kind: str = "mrkdwn") -> dict[str, Any]:
    return {"type": "section", "text": {"type": kind, "text": text}}


RICH = {
    "type": "rich_text",
    "elements": [
        {
            "type": "rich_text_section",
            "elements": [
                {"type": "text", "text": "1 < 2, "},
                {"type": "user", "user_id": "U1"},
                {"type": "text", "text": " in "},
                {"type": "channel", "channel_id": "C1"},
                {"type": "emoji", "name": "wave"},
                {"type": "link", "url": "https://x.org/?a=1&b=2", "text": "here"},
                {"type": "broadcast", "range": "here"},
            ],
        },
        {
            "type": "rich_text_list",
            "elements": [
                {"type": "rich_text_section", "elements": [{"type": "text", "text": word}]} for word in ("One", "Two")
            ],
        },
    ],
}
POLL = [
    {"type": "header", "text": {"type": "plain_text", "text": "Lunch?"}},
    {**section("Vote, <@U1>"), "fields": [{"type": "mrkdwn", "text": "*Soup* &amp; bread"}]},
    {"type": "divider"},
    {"type": "context", "elements": [{"type": "image", "alt_text": "a <clock>"}, {"type": "plain_text", "text": "until 12"}]},
]
READ_POLL = "Lunch?\nVote, @Maya\n*Soup* & bread\na <clock> until 12"


@pytest.mark.parametrize(
    ("raw", "read"),
    [
        ({"text": "", "blocks": POLL}, READ_POLL),
        ({"text": "This content can't be displayed.", "blocks": POLL}, READ_POLL),
        ({"text": "Slack's own words", "blocks": POLL}, "Slack's own words"),
        ({"blocks": [RICH]}, "1 < 2, @Maya in #general👋here (https://x.org/?a=1&b=2)@here\nOne\nTwo"),
        ({"text": "", "attachments": [{"fallback": "[no preview available]", "blocks": POLL}]}, READ_POLL),
        (
            {"text": "", "blocks": [section("Build 7")], "attachments": [{"fallback": "Failed"}, {"text": "Log"}]},
            "Build 7\nFailed\nLog",
        ),
        ({"text": "This content can't be displayed.", "blocks": [{"type": "hologram"}]}, "This content can't be displayed."),
        ({"text": "", "blocks": [{"type": "hologram", "text": {"text": "?"}}]}, None),
        ({"text": ""}, None),
    ],
)
def test_what_an_app_says_is_read_wherever_it_says_it(raw: dict[str, Any], read: str | None) -> None:
    """style.md 5: nothing that a person sees is an empty message here. Seen to fail."""
    names = Names("U0")
    names.people["U1"] = PersonInfo(provider_id="U1", name="Maya")
    names.channels["C1"] = "general"
    made = message_of({"ts": "1795000000.000100", "user": "U1", **raw}, "C1", names, live=True)
    assert made is not None
    assert made.text == read


@pytest.mark.parametrize(
    "blocks",
    [
        None,
        "text",
        7,
        [None, 7, "x", []],
        [{"type": ["section"]}, {"type": "section", "text": 7, "fields": {}}, {"type": "section", "fields": [7, {"text": []}]}],
        [
            {
                "type": "rich_text",
                "elements": [{"type": "rich_text_section", "elements": [{"type": {}}, {"type": "text", "text": 7}]}],
            }
        ],
        [{"type": "context", "elements": "x"}, {"type": "image"}, {"type": "markdown", "text": {}}],
    ],
)
def test_blocks_of_another_form_say_nothing(blocks: object) -> None:
    """Issue 4: malformed payloads."""
    assert markup_of(blocks) == ""


def test_a_mention_in_blocks_cannot_make_markup_of_its_own() -> None:
    """What an app writes stays what it wrote: no id ends the markup it stands in."""
    user = {"type": "user", "user_id": "U1> <!channel"}
    block = {"type": "rich_text", "elements": [{"type": "rich_text_section", "elements": [user]}]}
    assert markup_of([block]) == "<@U1channel>"


async def test_an_app_that_updates_its_message_without_a_mark_of_an_edit_is_heard(workspace: SlackBench) -> None:
    """A build that runs, then has passed. An unfurled link changes nothing of what was said. Seen to fail."""
    session = workspace.session()
    await session.connect()
    stamp = await workspace.writes(DIRECT, "Build 7: https://x.org")
    running: dict[str, Any] = {"ts": stamp, "user": MAYA, "text": "", "blocks": [section("Build 7 runs")]}
    passed = {**running, "blocks": [section("Build 7 has passed")]}
    linked = {**passed, "text": "Build 7 has passed"}
    unfurled = {**linked, "attachments": [{"from_url": "https://x.org", "fallback": "A page"}]}
    for before, after in ((running, passed), (linked, unfurled)):
        await workspace.strange(
            {"type": "message", "subtype": "message_changed", "channel": DIRECT, "message": after, "previous_message": before}
        )
    await workspace.writes(DIRECT, "And then")
    updates = await heard_until(session, None, "And then")
    changed = [event for update in updates for event in update.events if isinstance(event, MessageChanged)]
    assert [(event.provider_id, event.text) for event in changed] == [(stamp, "Build 7 has passed")]


def test_blocks_in_blocks_are_looked_into_so_far() -> None:
    """A payload that never ends does no harm."""
    block: dict[str, Any] = {"type": "rich_text_section", "elements": [{"type": "text", "text": "deep"}]}
    for _ in range(DEEPEST):
        block = {"type": "rich_text_list", "elements": [block]}
    assert markup_of([block]) == "deep"
    assert markup_of([{"type": "rich_text_list", "elements": [block]}]) == ""
