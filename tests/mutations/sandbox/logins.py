"""Ways to break the sandbox's logins."""

from typing import Any

from trunkline.networks.sandbox import login_flow
from trunkline.networks.sandbox.login import Logins
from trunkline.networks.sandbox.login_flow import FlowLogin

from .mutation import Mutation, nothing, replaced, wrapped


async def same_again(self: Any) -> Any:
    return self.step()


async def any_way(original: Any, self: Any, way: str, values: Any) -> Any:
    return await original(self, way if "-" in way else "instant", {"account_type": "WHATSAPP", **values})


async def once_only(self: Any) -> None:
    assert not self.is_over
    self.is_over = True


async def remembers(original: Any, self: Any, values: dict[str, str]) -> Any:
    self.typed = values
    return await original(self, values)


LOGINS = {
    "test_every_way_to_log_in_ends_with_an_account_or_in_words": Mutation(replaced(FlowLogin, "_advance", same_again)),
    "test_a_wrong_answer_gives_the_same_step_again_with_a_reason": Mutation(
        replaced(login_flow, "_mistake", nothing), "TELEGRAM"
    ),
    "test_a_login_that_waits_ends_when_the_person_has_acted": Mutation(replaced(FlowLogin, "confirm", nothing)),
    "test_a_login_whose_time_is_over_ends": Mutation(replaced(FlowLogin, "_check_time", nothing)),
    "test_a_renewed_code_is_the_same_step_with_other_data": Mutation(replaced(FlowLogin, "_renewal_ms", nothing)),
    "test_an_unknown_way_is_refused": Mutation(wrapped(Logins, "begin", any_way)),
    "test_an_abandoned_login_leaves_nothing": Mutation(replaced(FlowLogin, "close", once_only)),
    "test_what_was_typed_in_shows_nowhere": Mutation(wrapped(FlowLogin, "submit", remembers), "INSTAGRAM"),
}
