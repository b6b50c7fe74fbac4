"""Each defence of a link and its page, broken on purpose: a test of tests/hosted must then fail."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

import pytest
from tests.hosted import test_callbacks as telling
from tests.hosted import test_links as links
from tests.hosted.conftest import Place, place

from trunkline.gateway.throttle import WrongAttempts
from trunkline.operations import hosted as declared
from trunkline.store import hosted_links
from trunkline.store.seal import Seal
from trunkline.surfaces.hosted import app, page

from .defences import Break, nothing, replaced

__all__ = ["place"]

pytestmark = pytest.mark.slow
Trial = Callable[[Place, pytest.MonkeyPatch, pytest.LogCaptureFixture], Awaitable[None]]


@dataclass(frozen=True)
class Defence:
    """name: what holds. breaks: it no longer does. test: what notices."""

    name: str
    breaks: Break
    test: Trial


async def yes_done(*_: object) -> bool:
    """The link was free."""
    return True


async def used_twice(place: Place, *_: object) -> None:
    await telling.test_two_logins_by_one_link_make_one_account(place)


async def guessed(place: Place, *_: object) -> None:
    await links.test_what_is_no_link_is_not_found_and_guessing_is_slowed_down(place)


async def from_elsewhere(place: Place, *_: object) -> None:
    await links.test_what_another_page_sends_is_refused(place, {"sec-fetch-site": "cross-site"}, 403)


async def written_by_others(place: Place, patch: pytest.MonkeyPatch, *_: object) -> None:
    await links.test_names_of_others_are_text_on_the_page(place, patch)


async def sent_to_a_script(place: Place, *_: object) -> None:
    body = {"success_redirect_url": "javascript:alert(1)"}
    await links.test_a_wrong_value_is_one_clear_sentence(place, body, 400, "invalid_parameters", "success_redirect_url is")


async def kept(place: Place, _: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture) -> None:
    await links.test_the_token_and_what_is_typed_are_kept_nowhere(place, caplog)


DEFENCES = (
    Defence("a link works once", replaced(hosted_links, "set_done", yes_done), used_twice),
    Defence("guesses are slowed down", replaced(WrongAttempts, "check", nothing), guessed),
    Defence("other pages are refused", replaced(app, "_FROM_HERE", (b"same-origin", b"none", b"cross-site")), from_elsewhere),
    Defence("texts are escaped", replaced(page, "escape", str), written_by_others),
    Defence("redirects go to pages alone", replaced(declared, "_check_address", nothing), sent_to_a_script),
    Defence("kept is a hash of the token", replaced(Seal, "keyed_hash", lambda self, data, purpose: data), kept),
)


@pytest.mark.parametrize("defence", DEFENCES, ids=lambda defence: defence.name.replace(" ", "_"))
async def test_a_broken_defence_is_noticed(defence: Defence, place: Place, caplog: pytest.LogCaptureFixture) -> None:
    with pytest.MonkeyPatch.context() as patch:
        defence.breaks(patch)
        with pytest.raises((AssertionError, pytest.fail.Exception)):
            await defence.test(place, patch, caplog)
