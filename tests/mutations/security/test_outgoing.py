"""Each defence of the way out, broken on purpose: the sinkhole of tests/security must then see a connection (S13)."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from ipaddress import ip_address

import pytest
from tests.outgoing.test_posts import test_no_given_header_speaks_for_the_connection as no_header
from tests.security import test_outgoing_addresses as trials
from tests.security.sinkhole import OPEN, Sinkhole, everything_sinks

from trunkline.hub.outgoing import headers, targets, way_out
from trunkline.hub.outgoing.public import is_public
from trunkline.hub.outgoing.targets import Rules, Target
from trunkline.hub.outgoing.way_out import Outgoing

from .defences import Break, nothing, replaced, yes

Trial = Callable[[Sinkhole], Awaitable[None]]


@dataclass(frozen=True)
class Defence:
    """name: what holds. breaks: it no longer does. test: what notices."""

    name: str
    breaks: Break
    test: Trial


def anything_but(names: frozenset[str]) -> object:
    """Contains everything."""
    return type("Anything", (frozenset,), {"__contains__": yes})(names)


def is_global(address: str) -> bool:
    """What the standard library calls public."""
    return ip_address(address).is_global


def not_private(address: str) -> bool:
    """What most programs ask."""
    return not ip_address(address).is_private


connect = Outgoing._connect


async def looks_up_again(self: Outgoing, target: Target) -> object:
    """What was judged is not what is connected to."""
    judged = await self._look_up(target.host, target.port)
    with pytest.MonkeyPatch.context() as patch:
        if all(is_public(each) for each in judged):
            patch.setattr(way_out, "is_public", yes)
        return await connect(self, target)


def by_host(self: Rules, target: Target) -> bool:
    """A host of the settings, on whatever port."""
    return target.host in {host for host, _ in self.private}


def stands_for(address: str) -> Trial:
    return lambda sinkhole: trials.a_name_stands_for(sinkhole, address)


def given(url: str) -> Trial:
    return lambda sinkhole: trials.no_odd_address(sinkhole, url)


def beside_the_pair(url: str) -> Trial:
    return lambda sinkhole: trials.test_a_private_target_opens_exactly_its_own_pair(sinkhole, url)


DEFENCES = (
    Defence("addresses are judged", replaced(way_out, "is_public", yes), stands_for("10.0.0.1")),
    Defence("private is not all that is forbidden", replaced(way_out, "is_public", not_private), stands_for("64:ff9b::7f00:1")),
    Defence("the library's word is not enough", replaced(way_out, "is_public", is_global), stands_for("64:ff9b::a9fe:a9fe")),
    Defence("every address of a name is judged", lambda patch: patch.setattr(way_out, "all", any, raising=False),
            stands_for("127.0.0.1")),
    Defence("what was judged is connected to", replaced(Outgoing, "_connect", looks_up_again), trials.looked_up_once),
    Defence("a name is judged at each connection", replaced(way_out, "is_public", yes),
            lambda sinkhole: trials.moves_inside(sinkhole, "127.0.0.1")),
    Defence("ports come from a list", replaced(targets, "OPEN_PORTS", anything_but(frozenset())),
            given("https://hooks.example:22/")),
    Defence("a private target is host and port", replaced(Rules, "is_private", by_host),
            beside_the_pair("http://127.0.0.1:9001/")),
    Defence("TLS is asked for", replaced(Rules, "is_private", yes), given("http://hooks.example/")),
    Defence("given headers are judged", replaced(headers, "_wrong", nothing),
            lambda _: no_header("Host", "inside")),
)  # fmt: skip


@pytest.mark.parametrize("defence", DEFENCES, ids=lambda defence: defence.name.replace(" ", "_"))
async def test_a_broken_defence_is_noticed(defence: Defence) -> None:
    with pytest.MonkeyPatch.context() as patch:
        async with everything_sinks(patch) as sinkhole:
            sinkhole.names[trials.NAME] = [[OPEN]]
            defence.breaks(patch)
            with pytest.raises((AssertionError, pytest.fail.Exception)):
                await defence.test(sinkhole)
