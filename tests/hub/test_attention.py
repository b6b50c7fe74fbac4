"""What a person is told of an account that is not well: what happened, since when, what to do. Source: issue 4, faults."""

import pytest

from trunkline.contract.states import AccountState
from trunkline.hub.attention import next_step, road_missing, status_text
from trunkline.store import accounts
from trunkline.store.accounts import AccountRow

from .world import World

SINCE = 1_790_000_000_000
WIRE = "2026-09-21T14:13:20.000Z"


async def account_in(world: World, state: AccountState, text: str | None = "It went wrong.") -> AccountRow:
    """The world's account in this state, noted twice."""
    for at_ms in (SINCE, SINCE + 60_000):

        async def note(tx: object, at_ms: int = at_ms) -> None:
            await accounts.set_state(tx, world.account.no, state, text, at_ms)  # type: ignore[arg-type]

        await world.store.db.write(note)
    row = await accounts.by_no(world.store.db, world.account.no)
    assert row is not None
    return row


async def test_an_account_that_is_logged_out_names_the_command_that_logs_it_in_again(world: World) -> None:
    row = await account_in(world, AccountState.LOGGED_OUT, "The token was revoked.")
    command = f"trunkline connect {row.road} --reconnect {row.id}"
    assert status_text(row) == f"The token was revoked. Log in again: `{command}`"


async def test_a_restricted_account_sends_the_person_to_the_networks_own_app(world: World) -> None:
    row = await account_in(world, AccountState.RESTRICTED)
    assert str(next_step(row)).startswith("Open the network's own app and do what it asks for; then: `trunkline connect ")


@pytest.mark.parametrize("state", [AccountState.OFFLINE, AccountState.FAILED])
async def test_what_is_tried_again_by_itself_says_since_when(world: World, state: AccountState) -> None:
    """Each try notes the state anew; the time stays that of the first."""
    row = await account_in(world, state)
    assert str(next_step(row)).startswith(f"Nothing to do: it is tried again by itself, since {WIRE}")


@pytest.mark.parametrize("state", [AccountState.CONNECTED, AccountState.SYNCING, AccountState.CONNECTING])
async def test_an_account_that_is_well_says_nothing(world: World, state: AccountState) -> None:
    assert status_text(await account_in(world, state, None)) is None


def test_a_missing_library_is_named_with_the_command_that_installs_it() -> None:
    missing = {"slack": "The Python package slack_sdk is not installed. Install it with `script/network slack`."}
    assert road_missing("slack", missing) == f"The library of the road 'slack' is missing. {missing['slack']}"
    assert road_missing("slack-oauth", missing) == f"The library of the road 'slack-oauth' is missing. {missing['slack']}"
    assert road_missing("slackline", missing) == "The road 'slackline' is not installed here."
