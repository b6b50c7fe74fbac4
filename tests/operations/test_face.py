"""What an error shows as, by route."""

import pytest

from trunkline.model import errors
from trunkline.model.errors import (
    Disconnected,
    EmptyMessage,
    NotFound,
    OutcomeUnknown,
    Throttled,
    TrunklineError,
    Unsupported,
)
from trunkline.operations.catalog import ALL, BY_NAME
from trunkline.operations.declaration import route_of
from trunkline.operations.face import Face, declared_failures, face_of, status_for


def test_an_error_shows_as_the_envelope_of_the_wire() -> None:
    """unipile-v1 4.1."""
    assert face_of(NotFound("There is no chat 'c'."), BY_NAME["get_chat"]) == Face(
        title="Resource not found.", type="errors/resource_not_found", status=404, detail="There is no chat 'c'."
    )


@pytest.mark.parametrize("name", ["start_new_chat", "patch_chat", "sync_chat_history"])
def test_a_network_that_cannot_is_501_where_the_route_declares_it(name: str) -> None:
    """unipile-v1 4.4."""
    face = face_of(Unsupported("No."), BY_NAME[name])
    assert (face.status, face.type) == (501, "errors/feature_not_implemented")


@pytest.mark.parametrize(
    "name",
    ["add_reaction", "forward_message", "patch_message", "delete_message", "delete_chat", "send_message_in_chat"],
)
def test_a_network_that_cannot_is_403_elsewhere(name: str) -> None:
    """unipile-v1 4.4."""
    face = face_of(Unsupported("No."), BY_NAME[name])
    assert (face.status, face.type, face.title) == (403, "errors/account_mismatch", "Account mismatch")


def test_other_errors_keep_their_status_on_every_route() -> None:
    for operation in ALL:
        found = [status_for(error(), operation) for error in (NotFound, Throttled, Disconnected, EmptyMessage)]
        assert found == [404, 429, 401, 422]


def test_running_out_of_time_is_504_only_where_a_network_may_have_to_be_waited_for() -> None:
    assert status_for(OutcomeUnknown(), BY_NAME["send_message_in_chat"]) == 504
    assert status_for(OutcomeUnknown(), BY_NAME["list_keys"]) == 503


def _all_errors() -> list[type[TrunklineError]]:
    """Those that are declared. A network's own kind of one of them shows as that one."""
    return [each for each in vars(errors).values() if isinstance(each, type) and issubclass(each, TrunklineError)]


def test_no_error_is_ever_a_500_or_502_and_failures_are_declared() -> None:
    for operation in ALL:
        for error in _all_errors():
            status = status_for(error(), operation)
            assert 400 <= status < 500 or status in declared_failures(route_of(operation))


def test_outside_of_any_operation_an_error_shows_its_own_status() -> None:
    assert status_for(OutcomeUnknown()) == 504
