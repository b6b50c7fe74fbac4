"""Joins the parts: which surface stands behind which path."""

from dataclasses import dataclass

from starlette.types import ASGIApp

from trunkline.owner import proof
from trunkline.surfaces.door import health, token
from trunkline.surfaces.door.credentials import Credentials, LocalUser
from trunkline.surfaces.door.crowd import Crowd
from trunkline.surfaces.door.door import Door
from trunkline.surfaces.door.gate import Gate
from trunkline.surfaces.door.hosts import Allowed
from trunkline.surfaces.door.routing import POST, READ, Only
from trunkline.surfaces.mcp.endpoint import Endpoint
from trunkline.surfaces.mcp.server import build_server
from trunkline.surfaces.mcp.tools import all_tools, messaging_tools
from trunkline.surfaces.rest import uploads
from trunkline.surfaces.rest.api import BASE, Api


@dataclass(frozen=True)
class Site:
    """What the HTTP surfaces are built from."""

    gate: Gate
    allowed: Allowed
    local_user: LocalUser
    port: int
    """Where it listens on 127.0.0.1."""
    wait_ms: int
    """How long a call may wait for a network, in milliseconds."""
    max_upload_bytes: int


def build_door(site: Site) -> Door:
    """The whole HTTP side as one ASGI app."""
    credentials = Credentials(site.gate, site.local_user)
    crowd = Crowd()
    messaging, everything = (
        Endpoint(build_server(tools, site.gate, site.wait_ms), site.gate, credentials, crowd, site.allowed)
        for tools in (messaging_tools(), all_tools())
    )
    exact: dict[str, ASGIApp] = {
        "/unipile-messaging": messaging,
        "/mcp": everything,
        health.HEALTH: Only(READ, health.health),
        proof.PATH: Only(READ, health.OwnerProof(site.local_user.token, site.port)),
        uploads.PATH: Only(POST, uploads.Uploads(site.gate, credentials, crowd, site.max_upload_bytes)),
        token.PATH: Only(POST, token.TokenRoute(site.gate)),
    }
    below = {BASE: Api(site.gate, credentials, crowd, site.wait_ms)}
    return Door(site.allowed, exact, below, lives=(messaging.life, everything.life))
