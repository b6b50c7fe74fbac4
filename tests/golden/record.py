"""Write the recorded files anew: `python tests/golden/record.py`. A difference is a changed promise, to be seen in review.

tools.json is not among them: it is the published list of the 21 tools and never changes here.
"""

import json
from pathlib import Path

from trunkline.__main__ import COMMANDS
from trunkline.operations.catalog import ALL, MESSAGING, OWN
from trunkline.operations.declaration import gives_bytes, name_of, results_of, route_of
from trunkline.operations.face import declared_failures
from trunkline.operations.schema import tools
from trunkline.surfaces.cli.reference import pages

HERE = Path(__file__).parent


def tools_shown() -> str:
    """What `tools/list` of /mcp holds."""
    return json.dumps(tools(MESSAGING + OWN), indent=1, ensure_ascii=False) + "\n"


def routes() -> str:
    """One line per operation: its route and what the route promises."""
    lines = []
    for operation in ALL:
        route = route_of(operation)
        marks = [mark for mark, on in (("form", route.form), ("bytes", gives_bytes(operation))) if on]
        failures = ",".join(str(status) for status in sorted(declared_failures(route)))
        also = [f"also {route.alias}"] if route.alias else []
        said = [str(route.effect), str(route.kind), f"cannot={route.cannot}", f"failures={failures}", *marks, *also]
        result = "|".join(kind.__name__ for kind in results_of(operation))
        lines.append(f"{route.method} {route.path} -> {route.status} {result}: {name_of(operation)} {' '.join(said)}")
    return "\n".join(lines) + "\n"


def commands() -> str:
    """The help of every command."""
    others = {name: (line, len) for name, (_, line) in COMMANDS.items()}
    return "\n".join(f"$ {path}\n{text}\n" for path, text in pages(others))


if __name__ == "__main__":
    (HERE / "tools_shown.json").write_text(tools_shown(), encoding="utf-8")
    (HERE / "routes.txt").write_text(routes(), encoding="utf-8")
    (HERE / "commands.txt").write_text(commands(), encoding="utf-8")
