"""Every route there is: method and path, parameters in braces."""

from trunkline.operations.catalog import ALL
from trunkline.operations.declaration import route_of

OPEN = [
    ("GET", "/health"),
    ("GET", "/openapi.json"),
    ("GET", "/owner"),
    ("POST", "/oauth/token"),
    *(("GET", f"/api/v1/try{file}") for file in ("", "/icon.svg", "/try.css", "/try.js")),
]
"""Answer without credentials."""

CLOSED = [
    ("GET", "/nothing"),
    ("POST", "/mcp"),
    ("POST", "/unipile-messaging"),
    ("POST", "/api/v1/uploads"),
    *((route_of(operation).method, "/api/v1" + route_of(operation).path) for operation in ALL),
]

ROUTES = OPEN + CLOSED
