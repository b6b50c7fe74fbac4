"""What Meta sends to a callback address."""

import pytest

from trunkline.networks._graph.webhooks import (
    REMEMBERED_MOST,
    REMEMBERED_MS,
    SIGNATURE,
    Repeats,
    challenged,
    secrets_of,
    signature,
)

ASKED = {"hub.mode": "subscribe", "hub.verify_token": "ours", "hub.challenge": "1158201444"}


def test_a_challenge_with_one_of_our_tokens_comes_back() -> None:
    """developers.facebook.com, webhooks, getting started."""
    answer, token = challenged(ASKED, {"theirs", "ours"})
    assert (answer.status, answer.body, token) == (200, b"1158201444", "ours")


@pytest.mark.parametrize(
    "wrong",
    [{"hub.mode": ""}, {"hub.verify_token": "guessed"}, {"hub.verify_token": ""}, {"hub.verify_token": "ours "}],
)
def test_any_other_challenge_is_refused_without_its_word(wrong: dict[str, str]) -> None:
    """Anybody can ask."""
    answer, token = challenged(ASKED | wrong, {"ours", ""})
    assert (answer.status, token, b"1158201444" in answer.body) == (403, None, False)


def test_a_signature_names_the_secret_it_was_made_with() -> None:
    """Several apps post to one address."""
    body = b'{"object":"page"}'
    assert secrets_of({SIGNATURE: signature("one", body)}, body, ["one", "two"]) == {"one"}
    assert secrets_of({SIGNATURE: signature("one", body)}, body + b" ", ["one", "two"]) == frozenset()
    assert secrets_of({SIGNATURE: signature("", body)}, body, [""]) == frozenset()
    assert secrets_of({}, body, ["one"]) == frozenset()


def test_what_was_taken_is_known_for_an_hour_and_not_without_end() -> None:
    """A captured post that is played again stores nothing; memory is bounded."""
    now = 0
    repeats = Repeats(lambda: now)
    repeats.take(b"one")
    assert (repeats.is_one(b"one"), repeats.is_one(b"two")) == (True, False)
    now = REMEMBERED_MS + 1
    assert not repeats.is_one(b"one")
    for number in range(REMEMBERED_MOST + 5):
        repeats.take(str(number).encode())
    assert not repeats.is_one(b"0")
    assert repeats.is_one(str(REMEMBERED_MOST + 4).encode())
