"""Arguments for the 21 tools, right ones and wrong ones, as hypothesis draws them: read off the tools' own schemas."""

import base64
from collections.abc import Mapping
from typing import Any

from hypothesis import strategies as st
from tests.gateway.cells import NAMES_A
from tests.gateway.house import Things

Json = Any

PATHS = (
    *("../../../../etc/passwd", "..", ".", "/", "//", "/etc/passwd", "..%2f..%2fetc%2fpasswd", "%2e%2e%2f", "a%2Fb", "a/b"),
    *("..\\..\\boot.ini", "file:///etc/passwd", "http://127.0.0.1:1/x", "upload:../../secret.key", "upload:", "%00", "a\x00b"),
)
TEXTS = (
    *("", " ", "\x00", "\ud800", "\udfff\ud800", "a\udc80b", "\x1b[31m", "\r\nX: y", "\u202e", "\ufeff", "🇫🇷" * 300, "é́́́́"),
    *("' OR 1=1 --", "%", "_", "*", "${jndi:ldap://x}", "{{7*7}}", "<script>", "null", "true", "0", "-1", "1e309", "NaN"),
    *(
        "x" * 513,
        "x" * 40_000,
        "ü" * 20_000,
        ",",
        ",,,",
        "a," * 300,
        "2026-02-30T25:61:61.000Z",
        "2026-01-01",
        "9999-12-31T23:59:59.999Z",
    ),
    *("data:", "data:;base64,", "data:image/png;base64,%%%", "data:,x", "====", base64.b64encode(b"x" * 3000).decode()),
)
NUMBERS = (0, -1, 1, 250, 251, 2**31, 2**53 + 1, 2**63, 10**30, -(10**30), 0.5, 1e308, -0.0, float("nan"), float("inf"))

LEAVES = (
    st.sampled_from(TEXTS)
    | st.sampled_from(PATHS)
    | st.sampled_from(NUMBERS)
    | st.none()
    | st.booleans()
    | st.integers()
    | st.text(st.characters(), max_size=30)  # lone surrogates among them
)


def nested(depth: int, inner: Json) -> Json:
    """Something inside many lists and objects, turn by turn."""
    for level in range(depth):
        inner = [inner] if level % 2 else {"a": inner}
    return inner


ODD = st.one_of(
    LEAVES,
    LEAVES,
    st.recursive(
        LEAVES,
        lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=6), inner, max_size=4),
        max_leaves=8,
    ),
    st.builds(nested, st.sampled_from((3, 30, 58, 61, 70, 500)), LEAVES),
    st.builds(lambda text, times: [text] * times, LEAVES, st.sampled_from((1, 11, 251, 1_001))),
)


def right(name: str, schema: Mapping[str, Any], things: Things) -> st.SearchStrategy[Json]:
    """Values that a parameter may have."""
    if name == "attendees_ids":
        return st.lists(st.sampled_from(sorted(things.values())), min_size=1, max_size=3)
    if name in NAMES_A:
        kind = NAMES_A[name]
        own = [value for each, value in things.items() if each.endswith(kind) and "foreign" not in each]
        foreign = [value for each, value in things.items() if each.endswith(kind) and "foreign" in each]
        return st.sampled_from(own * 4 + foreign or sorted(things.values()))
    if name == "typing_duration":
        return st.sampled_from(("0", "1", "5"))
    if name in ("before", "after"):
        return st.sampled_from(("2026-11-01T00:00:00.000Z", "2000-01-01T00:00:00.000Z", "2100-01-01T00:00:00.000Z"))
    if "enum" in schema:
        return st.sampled_from(schema["enum"])
    return _of_type(name, schema, things)


def _of_type(name: str, schema: Mapping[str, Any], things: Things) -> st.SearchStrategy[Json]:
    for choices in (schema.get("anyOf"), schema.get("oneOf")):
        if choices:
            return st.one_of([_of_type(name, each, things) for each in choices])
    match schema.get("type"):
        case "boolean":
            return st.booleans()
        case "integer" | "number":
            return st.integers(1, 250)
        case "array":
            png = base64.b64encode(b"\x89PNG\r\n\x1a\n" + bytes(20)).decode()
            return st.lists(st.sampled_from((png, f"data:text/plain;base64,{base64.b64encode(b'words').decode()}")), max_size=2)
        case "object":
            inner = schema.get("properties", {})
            return st.fixed_dictionaries({}, optional={key: right(key, value, things) for key, value in inner.items()})
        case _:
            return st.sampled_from(("hello", "👍", "🎉", "Thursday?", "true"))


@st.composite
def arguments(draw: st.DrawFn, tool: Mapping[str, Any], pcids: tuple[str, ...], things: Things) -> Json:
    """What a tool is called with: right, or right but for a few things, or nothing like it."""
    if draw(st.integers(0, 19)) == 0:
        return draw(ODD)
    schema = tool["inputSchema"]
    needed = set(schema.get("required", ())) - {"PCID"}
    given: dict[str, Json] = {"PCID": draw(st.sampled_from(pcids))}
    for name, each in schema["properties"].items():
        is_wanted = name not in ("PCID", "cursor") and (name not in NAMES_A or draw(st.booleans()))
        if name in needed or (is_wanted and draw(st.integers(0, 5)) == 0):
            given[name] = draw(right(name, each, things))
    for _ in range(draw(st.sampled_from((0, 0, 0, 1, 1, 1, 2, 3)))):
        name = draw(st.sampled_from(sorted(schema["properties"])))
        match draw(st.integers(0, 9)):
            case 0:
                given.pop(name, None)
            case 1:
                given[draw(st.text(max_size=8) | st.sampled_from(("pcid", "__proto__", "chatId", "_meta")))] = draw(ODD)
            case _:
                given[name] = draw(ODD)
    return given
