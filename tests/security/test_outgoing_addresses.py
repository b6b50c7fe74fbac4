"""S13: no address that somebody gives leads inside. The sinkhole judges, not the program's own words.

Source: security.md 5.5, 8.2. Client metadata is not fetched by this version; media are never fetched from an address.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from ipaddress import ip_address

import anyio
import pytest
from tests.outgoing.conftest import CEILING_S, OK, Certificates, certificates, receiving

from trunkline.hub.outgoing.failures import Refused, Unreachable
from trunkline.hub.outgoing.targets import Rules
from trunkline.hub.outgoing.way_out import Outgoing
from trunkline.model.errors import InvalidArgument

from .forbidden import ADDRESSES, SPELLINGS, URLS
from .sinkhole import OPEN, Sinkhole, everything_sinks

__all__ = ["certificates"]

NAME = "hooks.example"


@pytest.fixture
async def sinkhole(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Sinkhole]:
    async with everything_sinks(monkeypatch) as opened:
        opened.names[NAME] = [[OPEN]]
        yield opened


@asynccontextmanager
async def out_through(sinkhole: Sinkhole, rules: Rules | None = None) -> AsyncIterator[Outgoing]:
    outgoing = Outgoing(rules or Rules(), lambda: 0, look_up=sinkhole.look_up)
    try:
        yield outgoing
    finally:
        await outgoing.close()


async def tried(sinkhole: Sinkhole, url: str, *, rules: Rules | None = None, times: int = 1) -> list[type[Exception] | None]:
    """How posts to an address end."""
    ends: list[type[Exception] | None] = []
    async with out_through(sinkhole, rules) as outgoing:
        for _ in range(times):
            try:
                with anyio.fail_after(CEILING_S):
                    await outgoing.post(url, [], b"{}", timeout_ms=4_000)
                ends.append(None)
            except (Refused, Unreachable) as error:
                ends.append(type(error))
    return ends


def is_untouched(sinkhole: Sinkhole) -> bool:
    return (sinkhole.dialled, sinkhole.connections, sinkhole.arrived) == ([], 0, b"")


async def test_the_judge_sees_what_is_dialled(sinkhole: Sinkhole) -> None:
    """A post to the open internet is dialled, at exactly the address that the name stands for; else the rest proves nothing."""
    assert await tried(sinkhole, f"https://{NAME}/") == [Unreachable]  # the sinkhole speaks no TLS
    assert (sinkhole.dialled, sinkhole.connections) == ([OPEN], 1)


async def test_the_judge_sees_what_arrives(sinkhole: Sinkhole) -> None:
    rules = Rules(frozenset({("127.0.0.1", 9)}))
    assert await tried(sinkhole, "http://127.0.0.1:9/inside", rules=rules) == [None]
    assert sinkhole.arrived.startswith(b"POST /inside HTTP/1.1\r\n")


@pytest.mark.parametrize("address", ADDRESSES)
async def test_a_name_that_stands_for_a_forbidden_address_is_never_dialled(sinkhole: Sinkhole, address: str) -> None:
    """Alone, or hidden behind an address that is allowed."""
    await a_name_stands_for(sinkhole, address)


async def a_name_stands_for(sinkhole: Sinkhole, address: str) -> None:
    for answer in ([address], [OPEN, address], [address, OPEN]):
        sinkhole.names[NAME] = [answer]
        assert await tried(sinkhole, f"https://{NAME}/") == [Refused]
    assert is_untouched(sinkhole)


@pytest.mark.parametrize("address", ADDRESSES)
async def test_a_forbidden_address_is_refused_when_it_is_given(sinkhole: Sinkhole, address: str) -> None:
    host = f"[{address}]" if ":" in address else address
    assert await tried(sinkhole, f"https://{host}/") == [Refused]
    with pytest.raises(InvalidArgument, match=r"^notify_url is not an address of the public internet\. Give an https address"):
        Rules().check(f"https://{host}/", "notify_url")
    assert is_untouched(sinkhole)


@pytest.mark.parametrize("host", SPELLINGS)
async def test_no_spelling_of_a_host_leads_inside(sinkhole: Sinkhole, host: str) -> None:
    await no_spelling(sinkhole, host)


async def no_spelling(sinkhole: Sinkhole, host: str) -> None:
    for url in (f"https://{host}/", f"https://{host}:443/x", f"HTTPS://{host}?x"):
        assert await tried(sinkhole, url) in ([Refused], [Unreachable])
    assert is_untouched(sinkhole)


@pytest.mark.parametrize("url", URLS)
async def test_no_odd_address_is_dialled(sinkhole: Sinkhole, url: str) -> None:
    await no_odd_address(sinkhole, url)


async def no_odd_address(sinkhole: Sinkhole, url: str) -> None:
    assert await tried(sinkhole, url) == [Refused]
    with pytest.raises(InvalidArgument) as told:
        Rules().check(url, "request_url")
    assert told.value.text.startswith("request_url ")
    assert is_untouched(sinkhole)


@pytest.mark.parametrize("inside", ["127.0.0.1", "169.254.169.254", "10.0.0.1", "::1", "64:ff9b::7f00:1", "::ffff:127.0.0.1"])
async def test_a_name_that_moves_inside_after_it_was_given_is_never_dialled_there(sinkhole: Sinkhole, inside: str) -> None:
    """DNS that changes between check and connection, and between two connections."""
    await moves_inside(sinkhole, inside)


async def moves_inside(sinkhole: Sinkhole, inside: str) -> None:
    sinkhole.names[NAME] = [[OPEN], [inside], [OPEN], [inside]]
    Rules().check(f"https://{NAME}/", "request_url")
    assert await tried(sinkhole, f"https://{NAME}/", times=4) == [Unreachable, Refused, Unreachable, Refused]
    assert sinkhole.dialled == [OPEN, OPEN]


async def test_a_name_is_looked_up_once_for_a_connection(sinkhole: Sinkhole) -> None:
    """What was judged is what is dialled: a second look-up could give something else."""
    await looked_up_once(sinkhole)


async def looked_up_once(sinkhole: Sinkhole) -> None:
    sinkhole.names[NAME] = [[OPEN], ["127.0.0.1"]]
    assert await tried(sinkhole, f"https://{NAME}/") == [Unreachable]
    assert sinkhole.dialled == [OPEN]


REDIRECTS = [
    (status, location)
    for status in (301, 302, 303, 307, 308)
    for location in (
        "http://127.0.0.1:{port}/",
        "//127.0.0.1:{port}/",
        "https://localhost:{port}/",
        "http://169.254.169.254/latest/meta-data/",
        "/elsewhere",
        "file:///etc/passwd",
    )
]


@pytest.mark.parametrize(("status", "location"), REDIRECTS)
async def test_no_redirect_leads_anywhere(
    sinkhole: Sinkhole, status: int, location: str, certificates: Certificates, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each of them: the answer is the redirect itself, asked for once."""
    monkeypatch.undo()  # the receiver is a real one
    async with receiving() as inside:
        target = location.format(port=inside.port)
        head = f"HTTP/1.1 {status} X\r\nlocation: {target}\r\ncontent-length: 0\r\nrefresh: 0; url={target}\r\n\r\n"
        async with receiving(head.encode(), OK, tls=certificates.server()) as receiver:
            rules = Rules(frozenset({(NAME, receiver.port), ("127.0.0.1", inside.port), ("localhost", inside.port)}))
            sinkhole.names[NAME] = [["127.0.0.1"]]
            outgoing = Outgoing(rules, lambda: 0, trusted=certificates.trusted, look_up=sinkhole.look_up)
            with anyio.fail_after(CEILING_S):
                answered = await outgoing.post(f"https://{NAME}:{receiver.port}/", [], b"{}", timeout_ms=4_000)
            assert (answered.status, len(receiver.requests), inside.connections) == (status, 1, 0)
            await outgoing.close()


PAIR = Rules(frozenset({("127.0.0.1", 9000), ("hooks.lan", 9000)}))


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1:9001/", "http://127.0.0.1/", "http://127.0.0.2:9000/", "http://[::ffff:127.0.0.1]:9000/",
        "http://localhost:9000/", "http://2130706433:9000/", "http://a@127.0.0.1:9000/", "ftp://127.0.0.1:9000/",
        "http://127.0.0.1:9000@127.0.0.1:22/", "http://hooks.lan:22/", "http://hooks.lan.evil.example:9000/", "http://127.0.0.1:9000\\@x/",
        "https://hooks.lan/", "http://hooks.lan/",
    ],
)  # fmt: skip
async def test_a_private_target_opens_exactly_its_own_pair(sinkhole: Sinkhole, url: str) -> None:
    sinkhole.names["hooks.lan"] = [["10.0.0.9"]]
    sinkhole.names["hooks.lan.evil.example"] = [["10.0.0.9"]]
    assert await tried(sinkhole, url, rules=PAIR) == [Refused]
    assert is_untouched(sinkhole)


@pytest.mark.parametrize(("url", "dialled"), [("http://127.0.0.1:9000/", "127.0.0.1"), ("http://HOOKS.lan.:9000/", "10.0.0.9")])
async def test_a_private_target_is_dialled(sinkhole: Sinkhole, url: str, dialled: str) -> None:
    sinkhole.names["hooks.lan"] = [["10.0.0.9"]]
    assert await tried(sinkhole, url, rules=PAIR) == [None]
    assert sinkhole.dialled == [dialled]


@pytest.mark.parametrize(
    "address",
    ["93.184.216.34", "1.1.1.1", "172.15.255.255", "172.32.0.1", "100.63.255.255", "100.128.0.1", "11.0.0.0", "9.255.255.255",
     "223.255.255.255", "192.0.1.1", "198.17.255.255", "198.20.0.0", "2606:4700::1111", "2a00::1", "2001:4860:4860::8888",
     "::ffff:1.1.1.1", "64:ff9b::101:101"],
)  # fmt: skip
async def test_what_lies_beside_the_forbidden_is_dialled(sinkhole: Sinkhole, address: str) -> None:
    """A rule that refuses everything would hold as well."""
    sinkhole.names[NAME] = [[address]]
    assert await tried(sinkhole, f"https://{NAME}/") == [Unreachable]
    assert [ip_address(each) for each in sinkhole.dialled] == [ip_address(address)]
