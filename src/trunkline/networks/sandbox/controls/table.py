"""All controls by name, with what each takes; and running one."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

import msgspec

from trunkline.model.errors import InvalidArgument, Unsupported
from trunkline.networks.sandbox.controls import arguments, look, play, rule
from trunkline.networks.sandbox.controls.arguments import Values
from trunkline.networks.sandbox.login import Logins
from trunkline.networks.sandbox.world.world import World

CONTROLS: dict[str, tuple[type[Values], Callable[[World, Logins, Any], Awaitable[object]]]] = {
    "world": (Values, look.world),
    "people": (arguments.Look, look.people_of),
    "chats": (arguments.Look, look.chats_of),
    "messages": (arguments.Look, look.messages_of),
    "record": (arguments.Record, look.record_of),
    "write": (arguments.Write, play.write),
    "own_device_send": (arguments.Write, play.write),
    "edit": (arguments.Touch, play.edit),
    "delete": (arguments.Touch, play.delete),
    "react": (arguments.Touch, play.react),
    "read": (arguments.Touch, play.read),
    "receive": (arguments.Receive, play.receive),
    "rename": (arguments.Title, play.rename),
    "leave": (arguments.Title, play.leave),
    "alias": (arguments.Title, play.alias),
    "strange": (arguments.Strange, play.strange),
    "clock": (arguments.Clock, rule.clock),
    "fault": (arguments.Fault, rule.fault),
    "forget": (arguments.OneAccount, rule.forget),
    "seed": (arguments.Seed, rule.seed),
    "reset": (Values, rule.reset),
    "scan": (arguments.Scan, rule.scan),
    "confirm": (arguments.Scan, rule.scan),
}


async def run(world: World, logins: Logins, name: str, values: Mapping[str, object]) -> object:
    """Run a control. Raises Unsupported for one that does not exist, InvalidArgument for wrong values."""
    if name not in CONTROLS:
        raise Unsupported(f"The sandbox has no control {name!r}. It has: {', '.join(sorted(CONTROLS))}.")
    takes, control = CONTROLS[name]
    try:
        given = msgspec.convert(dict(values), takes)
    except msgspec.ValidationError as error:
        raise InvalidArgument(f"sandbox {name}: {error}") from None
    world.live()
    return await control(world, logins, given)
