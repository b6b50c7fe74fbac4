"""Acme's JSON to our events."""

from trunkline.contract.events import UnknownHappened
from trunkline.networks.acme.convert import event_of


def test_what_nobody_has_a_word_for_is_kept() -> None:
    assert event_of({"type": "hologram"}, "u-1") == UnknownHappened(kind="hologram", raw='{"type": "hologram"}')
