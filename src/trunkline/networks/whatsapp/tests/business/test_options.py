"""The settings of the business road."""

import pytest

from trunkline.model.errors import InvalidArgument
from trunkline.networks.whatsapp.options import Options, read_options


def test_addresses_are_taken_without_a_slash_at_their_end() -> None:
    """Both are put before a path."""
    given = {"whatsapp.graph": "http://127.0.0.1:4100/v25.0/", "whatsapp.callback": "https://chat.example.com/"}
    options = read_options(given)
    assert (options.graph, options.callback) == ("http://127.0.0.1:4100/v25.0", "https://chat.example.com")
    assert read_options({"whatsapp.callback": ""}) == Options()


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("whatsapp.graph", ""),
        ("whatsapp.graph", "graph.facebook.com"),
        ("whatsapp.graph", "http://graph.facebook.com/v25.0"),
        ("whatsapp.graph", "ftp://127.0.0.1"),
        ("whatsapp.callback", "http://chat.example.com"),
        ("whatsapp.callback", "https://"),
        ("whatsapp.check_ms", "soon"),
        ("whatsapp.status_ms", "-1"),
    ],
)
def test_a_wrong_value_is_refused_by_name(name: str, value: str) -> None:
    """A token never leaves the machine in the clear."""
    with pytest.raises(InvalidArgument, match=name.replace(".", r"\.")):
        read_options({name: value})
