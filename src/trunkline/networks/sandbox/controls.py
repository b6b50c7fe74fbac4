"""Playing the world: what `trunkline sandbox` and tests ask of it."""

from collections.abc import Awaitable, Callable, Mapping

from trunkline.model.errors import Unsupported
from trunkline.networks.sandbox.login import Logins
from trunkline.networks.sandbox.seed import seeds
from trunkline.networks.sandbox.world.world import World

Control = Callable[[World, Logins, Mapping[str, object]], Awaitable[object]]


async def seed(world: World, logins: Logins, values: Mapping[str, object]) -> object:
    """Bring a seed into the world."""
    name = str(values.get("seed", ""))
    return {"seed": name, "done": await world.change(lambda change: seeds.seed(change, name))}


CONTROLS: dict[str, Control] = {"seed": seed}


async def run(controls: dict[str, Control], world: World, logins: Logins, name: str, values: Mapping[str, object]) -> object:
    """Run a control. Raises Unsupported for one that does not exist."""
    if name not in controls:
        raise Unsupported(f"The sandbox has no control {name!r}. It has: {', '.join(sorted(controls))}.")
    world.live()
    return await controls[name](world, logins, values)
