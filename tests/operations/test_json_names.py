"""A member named twice in a JSON object: no two parsers agree on it (RFC 8259 4), so it is refused by its name."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trunkline.model.blob import File
from trunkline.model.errors import MalformedRequest
from trunkline.operations.chats import StartNewChat
from trunkline.operations.json_names import repeated_name
from trunkline.operations.wire import read_request

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5), inner, max_size=4),
    max_leaves=20,
)


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ('{"text":"a","text":"b"}', "text"),
        ('{"text":"a","te\\u0078t":"b"}', "text"),
        ('{"a":{"b":1,"c":2,"b":3}}', "b"),
        ('[{"a":1},{"a":1 , "a" :2}]', "a"),
        ('{"é":1,"\\u00e9":2}', "é"),
        ('{"":1,"":2}', ""),
        ('{"a":{"a":1},"b":[{"a":1},{"a":1}]}', None),
        ('{"a":"b\\":","b":"{\\"a\\":1,\\"a\\":2}"}', None),
        ('{"a":"::::{","b":"}"}', None),
        ("{}", None),
        ("5", None),
    ],
)
def test_the_first_repeated_name_is_told(text: str, name: str | None) -> None:
    assert repeated_name(text.encode(), json.loads(text)) == name


@given(VALUES, st.booleans())
def test_what_a_writer_writes_repeats_nothing(value: object, is_ascii: bool) -> None:
    text = json.dumps(value, ensure_ascii=is_ascii)
    assert repeated_name(text.encode(), value) is None


@given(st.dictionaries(st.text(max_size=5), VALUES, min_size=1, max_size=4), st.booleans())
def test_a_member_put_in_front_again_is_found(value: dict[str, object], is_ascii: bool) -> None:
    name = next(iter(value))
    text = json.dumps([name, value], ensure_ascii=is_ascii)
    named = json.dumps(name, ensure_ascii=is_ascii)
    twice = f"{{{named}: null, {text[len(named) + 4 : -1]}"
    assert repeated_name(twice.encode(), json.loads(twice)) == name


def test_json_in_a_field_of_a_form_is_held_to_it_too() -> None:
    form: list[tuple[str, str | File]] = [
        ("account_id", "a"),
        ("attendees_ids", "p"),
        ("text", "hello"),
        ("linkedin", '{"api":"classic","api":"recruiter"}'),
    ]
    with pytest.raises(MalformedRequest) as refused:
        read_request(StartNewChat, {}, form=form)
    assert refused.value.text == "linkedin names the member 'api' twice in one object; give it once."
