"""Texts and emoji, both ways."""

import pytest

from trunkline.networks.slack.emoji import emoji_table, name_of, native_of, with_native
from trunkline.networks.slack.stamps import before, ms_of, order_of, stamp_at
from trunkline.networks.slack.text import marked_up, mentioned, readable

PEOPLE = {"U1": "Maya Fernandes", "U2": "Tom"}
CHANNELS = {"C1": "general"}


@pytest.mark.parametrize(
    ("wire", "read"),
    [
        ("Hi <@U1>, see <#C1|general> and <#C1>", "Hi @Maya Fernandes, see #general and #general"),
        ("<@U9> <@U9|gone>", "@U9 @gone"),
        ("<!here> <!channel> <!everyone>", "@here @channel @everyone"),
        ("<!subteam^S1|@team> <!subteam^S1>", "@team @S1"),
        ("<!date^1392734382^{date}|Feb 18, 2014>", "Feb 18, 2014"),
        ("<https://x.org> <https://x.org|here> <https://x.org|x.org>", "https://x.org here (https://x.org) x.org"),
        ("<mailto:a@b.org|a@b.org> <tel:+4912>", "a@b.org +4912"),
        ("1 &lt; 2 &amp;&amp; 3 &gt; 2, &amp;lt;", "1 < 2 && 3 > 2, &lt;"),
        (":wave::skin-tone-4: :partyparrot: 12:30:45", "👋🏽 :partyparrot: 12:30:45"),
        ("a <b c> < d", "a <b c> < d"),
        ("", ""),
    ],
)
def test_what_slack_writes_is_read_as_a_person_reads_it(wire: str, read: str) -> None:
    """networks.md 1.2: mentions and links made readable."""
    assert readable(wire, PEOPLE.get, CHANNELS.get) == read


@pytest.mark.parametrize(
    ("text", "wire"),
    [
        ("a < b & c > d", "a &lt; b &amp; c &gt; d"),
        ("@Tom and @Tommy, mail tom@Tom.org", "<@U2> and @Tommy, mail tom@Tom.org"),
        ("@Maya Fernandes!", "<@U1>!"),
        ("<@U1> <#C1>", "<@U1> <#C1>"),
        ("<!channel> <!here> <https://evil.org|bank>", "&lt;!channel&gt; &lt;!here&gt; &lt;https://evil.org|bank&gt;"),
        ("@channel @here", "@channel @here"),
    ],
)
def test_what_is_sent_can_mention_people_and_never_a_whole_channel(text: str, wire: str) -> None:
    """Ours: an agent's text pings whom it names, nobody else, and hides no link behind other words."""
    assert marked_up(text, {name: user for user, name in PEOPLE.items()}) == wire


def test_mentions_are_found_in_the_wire_form() -> None:
    """Whose names have to be known."""
    assert mentioned("<@U1> <@U2|tom> @U3 <#C1>") == {"U1", "U2"}


def test_every_emoji_comes_back_from_its_name() -> None:
    """networks.md 1.2: a two-way table, skin tones and all."""
    table = emoji_table()
    assert len(table.by_name) > 3_500
    strangers = {name for name, native in table.by_name.items() if native_of(name_of(native) or "") != native}
    assert strangers == set()


@pytest.mark.parametrize(
    ("native", "name"),
    [
        ("👍", "+1"),
        ("👍🏼", "+1::skin-tone-3"),
        ("❤️", "heart"),
        ("❤", "heart"),
        ("🫱🏻‍🫲🏿", "handshake::skin-tone-2-6"),
        ("🇩🇪", "de"),
        ("x", None),
        (":thumbsup:", None),
    ],
)
def test_a_native_emoji_has_one_name(native: str, name: str | None) -> None:
    """With and without the variation selector."""
    assert name_of(native) == name


def test_a_workspaces_own_emoji_stays_its_name() -> None:
    """Nothing is lost of what has no native form."""
    assert (native_of("thumbsup"), native_of("partyparrot")) == ("👍", ":partyparrot:")
    assert with_native(":partyparrot: at 10:30: :smile:") == ":partyparrot: at 10:30: 😄"


def test_stamps_are_ids_times_and_an_order_in_one() -> None:
    """networks.md 1.2: a message's id is its `ts`."""
    assert (order_of("1700000000.000100"), ms_of("1700000000.000100")) == (1_700_000_000_000_100, 1_700_000_000_000)
    assert before("1700000000.000000") == "1699999999.999999"
    assert stamp_at(1_700_000_000_123) == "1700000000.123000"
