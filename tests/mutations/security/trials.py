"""The tests of tests/security, each as small as shows a broken defence."""

from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from tests.gateway.tenants import new_tenant
from tests.security import (
    test_arguments,
    test_at_rest,
    test_credentials_alone,
    test_crossed_answers,
    test_every_route,
    test_nothing_in_logs,
    test_paths,
    test_sends_count,
)
from tests.security.attempts import PREFIX, Cell
from tests.security.matrix import Surface, differences
from tests.security.served import served
from tests.security.wire import tools_of

from trunkline.gateway.throttle import WrongAttempts
from trunkline.hub import sender
from trunkline.hub.carry import carry

from .ground import Ground

Trial = Callable[[Ground], Awaitable[None]]


def cell(tool: str, parameter: str, case: str, surface: Surface = "mcp") -> Trial:
    """One cell of the tenant matrix."""

    async def trial(ground: Ground) -> None:
        assert await differences(ground.town, surface, [Cell(PREFIX + tool, parameter, case)]) == []

    return trial


async def crossed(ground: Ground) -> None:
    """A small crowd."""
    async with test_crossed_answers.open_crowd(ground.folder, clients=8, worlds=1) as crowd:
        await test_crossed_answers.run_all(crowd, 8 * 18)


async def deliberate(ground: Ground) -> None:
    """Two equal sends."""
    town = ground.town
    await test_sends_count.test_two_equal_sends_that_were_both_answered_are_two(
        town.server, (town.ada, town.mine["chat"]), same_line=True, sends=4
    )


async def cut_off(ground: Ground) -> None:
    """Sends that are cut off, one at each moment."""
    way = test_sends_count.Held()
    ground.patch.setattr(sender, "carry", way.carried(carry))
    town = ground.town
    await test_sends_count.test_a_send_that_was_cut_off_and_asked_for_again_is_one(
        town.server, (town.ada, town.mine["chat"]), way, cuts=6
    )


async def guesses(ground: Ground) -> None:
    """A few hundred guesses, none before them."""
    store, gate = ground.town.store, ground.town.server.parts.gate
    ground.patch.setattr(gate._authenticator, "_attempts", WrongAttempts(store.clock))
    ground.patch.setattr(test_credentials_alone, "GUESSES", 400)
    await test_credentials_alone.test_guesses_are_slowed_down_hit_nothing_and_shut_nobody_out(
        ground.town.server, ground.town.ada
    )


async def pcid_alone(ground: Ground) -> None:
    await test_credentials_alone.test_a_pcid_without_a_key_is_401(ground.town.server, ground.town.ada, "/mcp")


async def pcid_of_another(ground: Ground) -> None:
    """Whoever asks is somebody new."""
    person = f"person {ground.folder.parent.name}"
    ground.patch.setattr(test_credentials_alone, "new_tenant", lambda store, _, roads: new_tenant(store, person, roads))
    await test_credentials_alone.test_somebody_elses_key_makes_of_a_pcid_one_that_is_not_there(
        ground.town.server, ground.town.ada
    )


async def pcid_as_key(ground: Ground) -> None:
    await test_credentials_alone.test_a_pcid_as_a_key_is_a_wrong_key(ground.town.server, ground.town.ada)


async def without_any_key(ground: Ground) -> None:
    await test_every_route.test_without_any_key_left_nothing_opens(ground.town.server, ground.town.ada)


async def routes_listed(ground: Ground) -> None:
    """A server that was joined while the defence was broken."""
    async with served(ground.folder, seed="empty") as server:
        await test_every_route.test_no_route_is_missing_in_the_lists_that_tests_walk(server)


async def without_credentials(ground: Ground) -> None:
    await test_every_route.test_every_route_answers_401_without_credentials_but_the_open_ones(ground.town.server)


async def wrong_places(ground: Ground) -> None:
    await test_every_route.test_no_route_is_reached_from_a_wrong_host_or_page(ground.town.server, ground.town.ada, ground.patch)


async def other_content(ground: Ground) -> None:
    await test_every_route.test_json_routes_take_json_alone(ground.town.server, ground.town.ada)


def called_with(tool: str, **arguments: Any) -> Trial:
    """One call with odd arguments; own things by their kind in angle brackets."""

    async def trial(ground: Ground) -> None:
        town = ground.town
        ground.caplog.clear()
        given = {name: town.mine[value[1:-1]] if str(value).startswith("<") else value for name, value in arguments.items()}
        async with tools_of(town.server.port, town.ada.api_key) as tools:
            bench = test_arguments.Bench(town, tools)
            await test_arguments.check(bench, PREFIX + tool, {"PCID": town.ada.pcid, **given}, True)
        assert test_arguments.unexpected(ground.caplog) == []

    return trial


async def names_of_files(ground: Ground) -> None:
    ground.folder.parent.mkdir(exist_ok=True)
    await test_paths.test_the_name_of_a_file_that_comes_in_is_data(ground.town, ground.folder.parent)


async def texts_as_files(ground: Ground) -> None:
    await test_paths.test_no_text_in_a_file_field_is_opened(ground.town, ground.folder.parent)


async def in_clear(ground: Ground) -> None:
    await test_at_rest.test_secrets_are_in_clear_nowhere(ground.folder.parent, ground.caplog, ground.capfd)


async def swapped(ground: Ground) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(test_at_rest, "CEILING_S", 1)
        await test_at_rest.test_swapped_seals_open_nothing(ground.folder.parent)


async def file_modes(ground: Ground) -> None:
    await test_at_rest.test_after_a_whole_day_every_file_is_its_owners_alone(ground.folder.parent)


async def logged_over_http(ground: Ground) -> None:
    await test_nothing_in_logs.test_a_day_over_http_leaves_no_word_in_the_log(ground.folder.parent)


async def logged_over_stdio(ground: Ground) -> None:
    await test_nothing_in_logs.test_a_stdio_process_leaves_no_word_in_the_log(ground.folder.parent)
