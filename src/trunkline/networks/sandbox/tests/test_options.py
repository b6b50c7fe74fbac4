"""The sandbox's settings."""

import pytest

from trunkline.model.errors import InvalidArgument
from trunkline.networks.sandbox.options import Options, read_options


def test_settings_of_other_networks_are_passed_over() -> None:
    """scan.py: each name begins with its network's."""
    given = {"sandbox.answer_ms": "0", "slack.base_url": "http://localhost", "sandbox.settle_ms": "5"}
    assert read_options(given) == Options(answer_ms=0, settle_ms=5)


@pytest.mark.parametrize(
    ("name", "value", "says"),
    [("sandbox.speed", "1", "answer_ms"), ("sandbox.answer_ms", "soon", "whole number"), ("sandbox.answer_ms", "-1", "whole")],
)
def test_a_wrong_setting_is_refused_in_words(name: str, value: str, says: str) -> None:
    """Ours: names the setting and what is allowed."""
    with pytest.raises(InvalidArgument, match=says):
        read_options({name: value})
