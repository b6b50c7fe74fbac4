"""The commands that error texts name, in one place, so that none of them is ever named wrongly."""

MAKE_KEY = "trunkline key create NAME"
MAKE_ADMIN_KEY = "trunkline key create NAME --admin"
START_KEY = "trunkline key start KEY_ID"
LIST_CONNECTIONS = "trunkline connection list"


def allow_unwatched(pcid: str, effects: str) -> str:
    """Lets a guarded connection do what it has the effects for, unwatched, and gives it these (comma-separated)."""
    return f"trunkline connection allow {pcid} {effects} --open"


def allow_effect(pcid: str, effects: str) -> str:
    """Gives a connection these effects (comma-separated)."""
    return f"trunkline connection allow {pcid} {effects}"


def start_connection(pcid: str) -> str:
    """Lets a stopped connection go on."""
    return f"trunkline connection start {pcid}"


def stop_connection(pcid: str) -> str:
    """Stops what a connection writes."""
    return f"trunkline connection stop {pcid}"
