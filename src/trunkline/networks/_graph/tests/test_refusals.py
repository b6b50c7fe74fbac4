"""Meta's error envelope as our errors: by code, in our own words."""

import pytest

from trunkline.model.errors import (
    Disconnected,
    InvalidRecipient,
    NetworkFailed,
    NoRights,
    NotPossible,
    NotReached,
    Restricted,
    Throttled,
    TrunklineError,
)
from trunkline.networks._graph.refusals import Refused, error_of


@pytest.mark.parametrize(
    ("status", "code", "kind"),
    [
        (401, 190, Disconnected),
        (400, 190, Disconnected),
        (400, 102, Disconnected),
        (403, 10, NoRights),
        (403, 200, NoRights),
        (403, 299, NoRights),
        (400, 4, Throttled),
        (429, 613, Throttled),
        (400, 80_007, Throttled),
        (400, 368, Restricted),
        (400, 551, InvalidRecipient),
        (500, 1, NetworkFailed),
        (503, 2, NetworkFailed),
        (500, 131_000, NetworkFailed),
        (400, 100, Refused),
        (400, 987_654, Refused),
    ],
)
def test_the_code_decides(status: int, code: int, kind: type[TrunklineError]) -> None:
    """developers.facebook.com, handling errors: HTTP's status is 400 for nearly everything."""
    said = {"message": "Message to +4915550000011 failed", "type": "OAuthException", "code": code, "fbtrace_id": "A"}
    error = error_of(status, {"error": said}, {}, name="Acme")
    assert type(error) is kind
    assert error.text.endswith(".")
    assert "+49" not in error.text


@pytest.mark.parametrize(
    ("status", "answer", "kind"),
    [
        (429, None, Throttled),
        (401, "no", Disconnected),
        (500, None, NetworkFailed),
        (302, None, NetworkFailed),
        (200, [], NetworkFailed),
        (404, {"error": "gone"}, Refused),
        (400, {"error": {"code": "190"}}, Refused),
    ],
)
def test_an_answer_without_a_code_goes_by_its_status(status: int, answer: object, kind: type[TrunklineError]) -> None:
    """What a proxy in between says."""
    assert type(error_of(status, answer, {}, name="Acme")) is kind


def test_a_products_own_codes_win() -> None:
    """131057 is WhatsApp's."""
    error = error_of(400, {"error": {"code": 4}}, {4: NotReached}, name="Acme")
    assert type(error) is NotReached


def test_a_missing_object_is_told_apart() -> None:
    """100 with subcode 33: no such object, or none that the token may see."""
    missing = error_of(400, {"error": {"code": 100, "error_subcode": 33}}, {}, name="Acme")
    wrong = error_of(400, {"error": {"code": 100}}, {}, name="Acme")
    assert isinstance(missing, Refused)
    assert isinstance(wrong, Refused)
    assert isinstance(wrong, NotPossible)
    assert (missing.is_missing, wrong.is_missing) == (True, False)
