"""docs/errors.md: every error a caller can meet."""

import inspect
from collections.abc import Iterator

from trunkline.model.errors import LoginError, TrunklineError

from .text import GENERATED, table

INTRODUCTION = """\
On REST an error is a JSON object with `status`, `type`, `title`, and in `detail` one clear sentence: what was wrong,
what is allowed, what to do next. On MCP a wrong value or a refusal is a result with `isError` and the same sentence;
JSON-RPC errors are left for an unknown tool and for what is no call at all. The sentences below are what is said
where nothing more exact is known.

Whether anything was done: after an error of the **caller** or a **refusal** of the network, nothing was. After 504
the message may have been sent: look with `get_message`, do not repeat. When an **account** needs attention a person
must act, and repeating does not help.

A few statuses depend on the route, as they do in the API that Trunkline is compatible with: "this network cannot" is
501 where the route declares it, 403 elsewhere. 501, 503 and 504 are answered only by routes that declare them.
"""


def page() -> str:
    """The whole page."""
    parts = [f"# Errors\n\n{GENERATED}\n{INTRODUCTION}"]
    for branch in TrunklineError.__subclasses__():
        rows = ((str(each.status), f"`{each.type}`", each.title, sentence(each)) for each in leaves(branch))
        parts.append(f"\n## {heading(branch)}\n\n{sentence(branch)}\n\n{table(('status', 'type', 'title', 'says'), rows)}")
    return "".join(parts)


def leaves(branch: type[TrunklineError]) -> Iterator[type[TrunklineError]]:
    """The errors of a branch that are raised, in the order they are declared in."""
    for each in branch.__subclasses__():
        if each is not LoginError:
            yield each
        yield from leaves(each)


def heading(branch: type[TrunklineError]) -> str:
    """`CallerError` is "Caller error"."""
    return "".join(f" {letter.lower()}" if letter.isupper() else letter for letter in branch.__name__).strip().capitalize()


def sentence(error: type[TrunklineError]) -> str:
    """Its default text."""
    return inspect.cleandoc(error.__doc__ or "")
