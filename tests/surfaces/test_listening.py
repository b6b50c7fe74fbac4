"""Where the server listens."""

import socket
from contextlib import closing

import pytest

from trunkline.surfaces.door.listening import PortTaken, open_sockets, port_of


@pytest.mark.parametrize("host", ["127.0.0.1", "0.0.0.0"])
def test_an_address_that_covers_the_loopback_is_one_socket(host: str) -> None:
    (bound,) = open_sockets(host, 0)
    with closing(bound), socket.create_connection(("127.0.0.1", port_of(bound))):
        pass


def test_another_address_comes_with_the_loopback_on_the_same_port() -> None:
    """design.md 7: processes of this machine find the server on 127.0.0.1, whatever else it listens on."""
    sockets = open_sockets("127.0.0.2", 0)
    assert [bound.getsockname()[0] for bound in sockets] == ["127.0.0.2", "127.0.0.1"]
    assert len({port_of(bound) for bound in sockets}) == 1
    for bound in sockets:
        with closing(bound), socket.create_connection(bound.getsockname()):
            pass


def test_a_taken_port_is_told_from_an_address_that_is_not_here() -> None:
    (bound,) = open_sockets("127.0.0.1", 0)
    with closing(bound), pytest.raises(PortTaken):
        open_sockets("127.0.0.1", port_of(bound))
    with pytest.raises(OSError, match="assign") as caught:
        open_sockets("203.0.113.7", 0)
    assert not isinstance(caught.value, PortTaken)


def test_no_call_waits_for_nagle() -> None:
    """design.md 12: asyncio turns the delay off only for sockets that name their protocol."""
    (bound,) = open_sockets("127.0.0.1", 0)
    with closing(bound):
        assert bound.proto == socket.IPPROTO_TCP
