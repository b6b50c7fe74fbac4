"""The codec: reading what was written gives the same, in both directions, for every operation and every result."""

import types
from collections.abc import Callable
from typing import Annotated, Any, Literal, Union, get_args, get_origin, get_type_hints
from urllib.parse import parse_qsl, unquote, urlencode

import msgspec
import pytest
from hypothesis import given, reject, settings
from hypothesis import strategies as st
from msgspec import UNSET, Struct, UnsetType
from msgspec.structs import fields

from trunkline.model.acknowledgements import ChatDeleted
from trunkline.model.errors import InvalidArgument, MalformedRequest, MissingArgument, TrunklineError
from trunkline.operations.catalog import ALL, BY_NAME, OperationType
from trunkline.operations.chats import GetChat, ListAllChats, PatchChat, SendMessageInChat, StartNewChat
from trunkline.operations.declaration import Operation, at, gives_bytes, name_of, results_of, route_of
from trunkline.operations.effects import Effect
from trunkline.operations.files import UploadRef, file_of
from trunkline.operations.form import flatten
from trunkline.operations.linkedin import FollowUp, LinkedinOptions, ScheduledTime
from trunkline.operations.messages import AddReaction
from trunkline.operations.parameter import Parameter, Shape, parameters_of
from trunkline.operations.webhooks import EVENTS, KEYS
from trunkline.operations.wire import Request, read_request, read_result, write_request, write_result

TEXTS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), min_size=1, max_size=12)
PLAIN = st.text("abcXYZ019@._-", min_size=1, max_size=12)
FILES = st.builds(UploadRef, upload_id=st.text("abc019_-", min_size=1, max_size=9)) | st.builds(
    file_of, st.binary(min_size=1, max_size=40), st.just("f"), name=st.none() | TEXTS
)
SPECIAL: dict[str, st.SearchStrategy[Any]] = {
    "api_url": st.just("https://chat.example.org"),
    "success_redirect_url": st.just("https://app.example.org/done?a=1&b=2"),
    "failure_redirect_url": st.just("http://app.example.org/"),
    "typing_duration": st.integers(0, 30_000).map(str),
    "source": st.just("messaging"),
    "events": st.lists(st.sampled_from(EVENTS["messaging"]), min_size=1, max_size=4).map(tuple),
    "key": st.sampled_from(KEYS["messaging"]),
}
OBJECTS = st.dictionaries(TEXTS, st.none() | st.booleans() | st.integers(-9, 9) | TEXTS | st.lists(TEXTS), max_size=3)


def value_of(one: Parameter, texts: st.SearchStrategy[str]) -> st.SearchStrategy[Any]:
    if one.name in SPECIAL:
        return SPECIAL[one.name]
    if one.wire_time:
        return st.sampled_from(["2026-03-01T08:15:30.000Z", "1999-12-31T23:59:59.999Z"])
    if one.between is not None:
        return st.integers(one.between.low, one.between.high)
    return SHAPES[one.shape](one, texts)


def item_of(one: Parameter, texts: st.SearchStrategy[str]) -> st.SearchStrategy[Any]:
    if one.item is Shape.STRUCT:
        return asked(one.struct, texts) if one.struct is not None else st.nothing()
    return FILES if one.item is Shape.FILE else st.sampled_from(one.words) if one.words else texts


SHAPES: dict[Shape, Callable[[Parameter, st.SearchStrategy[str]], st.SearchStrategy[Any]]] = {
    Shape.TEXT: lambda one, texts: st.lists(texts, min_size=1, max_size=3).map(",".join) if one.id_list else texts,
    Shape.WORD: lambda one, texts: st.sampled_from(one.words),
    Shape.NUMBER: lambda one, texts: st.integers(-99, 99),
    Shape.SWITCH: lambda one, texts: st.booleans(),
    Shape.SWITCH_OR_TEXT: lambda one, texts: st.booleans() | texts,
    Shape.FILE: lambda one, texts: FILES,
    Shape.LIST: lambda one, texts: st.lists(
        item_of(one, texts),
        min_size=one.items.least,
        max_size=min(4, one.items.most),
    ).map(tuple),
    Shape.OBJECT: lambda one, texts: OBJECTS,
    Shape.STRUCT: lambda one, texts: asked(one.struct, texts) if one.struct is not None else st.nothing(),
}


def asked(kind: type[Struct], texts: st.SearchStrategy[str] = TEXTS) -> st.SearchStrategy[Any]:
    """Operations of a type, or structs inside them; each optional parameter there or not."""
    given_ = {
        name: value_of(one, texts) if one.required else st.just(one.default) | value_of(one, texts)
        for name, one in parameters_of(kind).items()
    }

    def make(values: dict[str, Any]) -> Any:
        try:
            return kind(**values)
        except TrunklineError:
            reject()

    return st.fixed_dictionaries(given_).map(make)


def routed(operation: OperationType, path: str) -> dict[str, str]:
    """What a router makes of a path: segments first, then decoding, so that no value can reach over its segment."""
    template, segments = route_of(operation).path.split("/"), path.split("/")
    assert len(template) == len(segments)
    assert not {".", ".."} & set(segments)
    return {name[1:-1]: unquote(value) for name, value in zip(template, segments, strict=True) if name.startswith("{")}


def over_http(request: Request) -> tuple[list[tuple[str, str]], Any]:
    """The query and body after a journey."""
    query = parse_qsl(urlencode(request.query), keep_blank_values=True, strict_parsing=bool(request.query))
    return query, None if request.body is None else msgspec.json.decode(msgspec.json.encode(request.body))


@pytest.mark.parametrize("operation", ALL, ids=name_of)
@settings(max_examples=50)
@given(data=st.data())
def test_an_operation_written_as_a_request_is_read_back_as_itself(operation: OperationType, data: st.DataObject) -> None:
    written = data.draw(asked(operation))
    request = write_request(written)
    query, body = over_http(request)
    assert request.method == route_of(operation).method
    assert read_request(operation, routed(operation, request.path), query, body) == written


@pytest.mark.parametrize("operation", [each for each in ALL if route_of(each).form], ids=name_of)
@given(data=st.data())
def test_an_operation_written_as_a_form_is_read_back_as_itself(operation: OperationType, data: st.DataObject) -> None:
    """unipile-v1 2.3: bracket keys, repeated fields, texts for switches and numbers. A comma parts a list there."""
    written = data.draw(asked(operation, PLAIN))
    if isinstance(written, StartNewChat) and written.linkedin is not None:
        written = msgspec.structs.replace(written, linkedin=LinkedinOptions(api="classic", inmail=True))
    request = write_request(written)
    form = parse_qsl(urlencode(list(flatten(request.body or {}))), keep_blank_values=True)
    assert read_request(operation, routed(operation, request.path), form=form) == written


class _Sorting(Struct, frozen=True, kw_only=True):
    by: Annotated[Literal["name", "age"] | None, "By what."] = None
    down: Annotated[bool | None, "Which way."] = None
    steps: Annotated[tuple[str, ...], "How."] = ()


@at("DELETE /shelves/{shelf}", Effect.DESTROY)
class _ClearShelf(Operation[ChatDeleted]):
    """Clear a shelf"""

    shelf: Annotated[str, "Which."]
    colors: Annotated[tuple[str, ...], "Only these."] = ()
    dry: Annotated[bool | None, "Only look."] = None
    count: Annotated[int | None, "How many."] = None
    sorting: Annotated[_Sorting | None, "In which order."] = None


@given(asked(_ClearShelf, PLAIN))
def test_nested_repeated_and_boolean_query_values_come_back_too(written: Any) -> None:
    """No declared operation has them in its query today; the first one that does finds them working."""
    if written.sorting == _Sorting():
        reject()  # an empty object has no form in a query
    request = write_request(written)
    query, _ = over_http(request)
    assert read_request(_ClearShelf, routed(_ClearShelf, request.path), query) == written


def result(hint: Any) -> st.SearchStrategy[Any]:
    """Values of a field's type, as strategies."""
    if hint is UnsetType:
        return st.just(UNSET)
    if isinstance(hint, type) and issubclass(hint, Struct):
        return results(hint)
    if get_origin(hint) in (Union, types.UnionType):
        return st.one_of([result(each) for each in get_args(hint)])
    if get_origin(hint) is Literal:
        return st.sampled_from(get_args(hint))
    if get_origin(hint) is tuple:
        return st.lists(result(get_args(hint)[0]), max_size=2).map(tuple)
    if get_origin(hint) is dict:
        return st.dictionaries(TEXTS, result(get_args(hint)[1]), max_size=2)
    return {
        str: TEXTS,
        int: st.integers(-(2**53), 2**53),
        float: st.floats(allow_nan=False, allow_infinity=False),
        bool: st.booleans(),
        type(None): st.none(),
        Any: st.none() | st.booleans() | TEXTS,
    }[hint]


def results(kind: type[Struct]) -> st.SearchStrategy[Any]:
    hints = get_type_hints(kind)
    return st.fixed_dictionaries({each.name: result(hints[each.name]) for each in fields(kind)}).map(
        lambda given_: kind(**given_)
    )


@pytest.mark.parametrize(
    ("operation", "kind"),
    [(each, kind) for kind, each in {kind: each for each in ALL if not gives_bytes(each) for kind in results_of(each)}.items()],
    ids=lambda each: each.__name__,
)
@settings(max_examples=20)
@given(data=st.data())
def test_a_result_written_is_read_back_as_itself(operation: OperationType, kind: type[Struct], data: st.DataObject) -> None:
    written = data.draw(results(kind))
    assert read_result(operation, write_result(written)) == written


@pytest.mark.parametrize(
    ("operation", "request_"),
    [
        (ListAllChats(), Request(method="GET", path="/chats")),
        (
            ListAllChats(unread=False, limit=5, account_id="a,b", cursor="eyJ+/w=="),
            Request(
                method="GET",
                path="/chats",
                query=(("unread", "false"), ("cursor", "eyJ+/w=="), ("limit", "5"), ("account_id", "a,b")),
            ),
        ),
        (
            GetChat(chat_id="33600000000@s.whatsapp.net", account_id="a"),
            Request(method="GET", path="/chats/33600000000%40s.whatsapp.net", query=(("account_id", "a"),)),
        ),
        (GetChat(chat_id=".."), Request(method="GET", path="/chats/%2E%2E")),
        (GetChat(chat_id="a/../b?c#d%2F"), Request(method="GET", path="/chats/a%2F..%2Fb%3Fc%23d%252F")),
        (
            AddReaction(message_id="m", reaction="👍"),
            Request(method="POST", path="/messages/m/reaction", body={"reaction": "👍"}),
        ),
        (
            PatchChat(chat_id="c", action="setReadStatus", value=False),
            Request(method="PATCH", path="/chats/c", body={"action": "setReadStatus", "value": False}),
        ),
        (
            StartNewChat(
                account_id="a",
                attendees_ids=("p", "q"),
                linkedin=LinkedinOptions(api="recruiter", follow_up=FollowUp(scheduled_time=ScheduledTime(weeks=2))),
            ),
            Request(
                method="POST",
                path="/chats",
                body={
                    "account_id": "a",
                    "attendees_ids": ["p", "q"],
                    "linkedin": {"api": "recruiter", "follow_up": {"scheduled_time": {"weeks": 2}}},
                },
            ),
        ),
    ],
)
def test_a_request_has_its_values_where_the_verb_says(operation: Operation[Any], request_: Request) -> None:
    assert write_request(operation) == request_


def test_unknown_names_in_query_and_body_are_ignored() -> None:
    """unipile-v1 2.3. In MCP they are refused."""
    assert read_request(GetChat, {"chat_id": "c"}, [("port", "13111"), ("account_id", "a")]) == GetChat(
        chat_id="c", account_id="a"
    )
    assert read_request(SendMessageInChat, {"chat_id": "c"}, body={"text": "x", "colour": "red"}) == SendMessageInChat(
        chat_id="c", text="x"
    )


def test_the_path_wins_over_the_query_and_body() -> None:
    assert read_request(GetChat, {"chat_id": "c"}, [("chat_id", "other")]).chat_id == "c"
    assert read_request(SendMessageInChat, {"chat_id": "c"}, body={"chat_id": "other", "text": "x"}).chat_id == "c"


def test_a_group_name_may_be_called_title_and_wins_over_the_subject() -> None:
    """unipile-v1 7.3."""
    body = {"account_id": "a", "attendees_ids": ["p"], "title": "Team", "subject": "Re: team"}
    assert read_request(StartNewChat, {}, body=body).subject == "Team"
    assert read_request(StartNewChat, {}, body=body | {"title": None}).subject == "Re: team"


def test_sloppy_forms_are_understood() -> None:
    """unipile-v1 2.3: JSON texts in fields, one value for a list, lists split at commas, empty brackets."""
    form = [("account_id", "a"), ("attendees_ids", '["p", "q"]'), ("linkedin", '{"api": "classic", "inmail": true}')]
    assert read_request(StartNewChat, {}, form=form) == StartNewChat(
        account_id="a", attendees_ids=("p", "q"), linkedin=LinkedinOptions(api="classic", inmail=True)
    )
    for pairs in ([("attendees_ids", "p,q")], [("attendees_ids[]", "p"), ("attendees_ids[]", "q")]):
        assert read_request(StartNewChat, {}, form=[("account_id", "a"), *pairs]).attendees_ids == ("p", "q")
    assert read_request(StartNewChat, {}, body={"account_id": "a", "attendees_ids": "p"}).attendees_ids == ("p",)


def test_a_form_may_carry_files_that_were_read_before() -> None:
    file = file_of(b"hello", "f", name="a.txt")
    form = [("attachments", file), ("attachments", "aGk="), ("text", "undefined")]
    send = read_request(SendMessageInChat, {"chat_id": "c"}, form=form)
    assert (send.attachments[0], len(send.attachments), send.text) == (file, 2, "undefined")


def test_an_account_given_twice_is_a_list_of_accounts() -> None:
    assert read_request(ListAllChats, {}, [("account_id", "a"), ("account_id", "b,c")]).account_id == "a,b,c"


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        ([("limit", "abc")], "limit is the text 'abc'; it must be a whole number."),
        ([("limit", "5"), ("limit", "6")], "limit is given 2 times; give it once."),
        ([("limit", "0")], "limit is 0; it goes from 1 to 250."),
        ([("limit", "900")], "limit is 900; it goes from 1 to 250. Ask for 250 and follow the cursor."),
        ([("unread", "yes")], "unread is the text 'yes'; it must be true or false."),
        ([("cursor", "")], "cursor is empty; give it a value or leave it out."),
        ([("limit[a]", "5")], "limit is an object; it must be a whole number."),
        ([("limit", "5"), ("limit[a]", "5")], "'limit[a]' is given with and without brackets; use one of them."),
        ([("limit[a]", "5"), ("limit", "5")], "'limit' is given with and without brackets; use one of them."),
        ([("a[b][c][d][e][f][g]", "5")], "'a[b][c][d][e][f][g]' is nested too deep; at most 6 levels are read."),
    ],
)
def test_a_wrong_query_value_is_refused_with_its_sentence(query: list[tuple[str, str]], sentence: str) -> None:
    with pytest.raises(InvalidArgument) as refused:
        read_request(ListAllChats, {}, query)
    assert refused.value.text == sentence


def test_a_body_that_is_no_object_is_refused() -> None:
    with pytest.raises(MalformedRequest, match="must be a JSON object"):
        read_request(SendMessageInChat, {"chat_id": "c"}, body=["text"])


def test_an_object_nested_too_deep_or_with_what_no_store_takes_is_refused() -> None:
    control = BY_NAME["control_network"]
    deep: Any = "x"
    for _ in range(500):
        deep = [deep]
    for values, sentence in (
        ({"a": deep}, "values is nested too deep; at most 16 levels are allowed."),
        ({"a": ["b", {"c": "\0"}]}, "values.a[1].c holds a NUL character at position 0; remove it."),
        ({"\0": 1}, "values holds a NUL character at position 0; remove it."),
    ):
        with pytest.raises(InvalidArgument) as refused:
            read_request(control, {"road": "r", "name": "n"}, body={"values": values})
        assert refused.value.text == sentence


def test_a_missing_body_lacks_what_is_needed() -> None:
    with pytest.raises(MissingArgument, match="account_id is missing; start_new_chat needs it"):
        read_request(StartNewChat, {})


def test_names_that_are_no_names_are_skipped() -> None:
    assert read_request(ListAllChats, {}, [("[", "1"), ("", "2"), ("a]b", "3")]) == ListAllChats()


@given(st.lists(st.tuples(st.text("ab[]limt", max_size=8), st.text(max_size=5)), max_size=5), st.sampled_from(ALL))
def test_whatever_query_comes_is_an_operation_or_a_refusal(pairs: list[tuple[str, str]], operation: OperationType) -> None:
    path = dict.fromkeys(route_of(operation).path_names, "x")
    try:
        outcome: Operation[Any] | TrunklineError = read_request(operation, path, pairs, form=pairs)
    except TrunklineError as refused:
        outcome = refused
    assert isinstance(outcome, Operation) or outcome.status < 500


def test_every_name_reaches_its_operation() -> None:
    assert BY_NAME["get_chat"] is GetChat
