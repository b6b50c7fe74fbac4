"""Public ids and wire times."""

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trunkline.model.ids import is_id, new_id
from trunkline.model.times import from_wire, to_wire


@given(st.integers(min_value=0, max_value=2**48 - 1))
def test_an_id_has_22_safe_characters(at_ms: int) -> None:
    assert is_id(new_id(at_ms))


def test_ids_sort_by_the_time_they_were_made_for_at_equal_entropy() -> None:
    raw = [base64.urlsafe_b64decode(new_id(ms, bytes) + "==") for ms in (1, 2, 3_000_000)]
    assert raw == sorted(raw)


@given(st.integers(min_value=0, max_value=32_503_679_999_999))
def test_a_wire_time_comes_back_as_the_same_millisecond(at_ms: int) -> None:
    assert from_wire(to_wire(at_ms)) == at_ms


@pytest.mark.parametrize("text", ["2026-03-01T08:15:30Z", "2026-03-01 08:15:30.000Z", "2026-13-01T08:15:30.000Z", "now", ""])
def test_anything_but_the_exact_wire_form_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"YYYY|month|does not match"):
        from_wire(text)
