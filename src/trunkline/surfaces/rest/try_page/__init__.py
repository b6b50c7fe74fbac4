"""GET /api/v1/try: a page to try the REST API, drawn from /openapi.json by a script of ours.

Considered and left out: Swagger UI and Redoc, which packages on PyPI bring along. They are large scripts of somebody else's
that set styles inline, which the policy of our pages (surfaces/door/pages.py) refuses; what they do beyond this is not needed.
"""

from pathlib import Path

from starlette.types import ASGIApp

from trunkline.surfaces.door.pages import Files, OneFile, page_answer
from trunkline.surfaces.door.routing import READ, Only

PATH = "/api/v1/try"
_FILES = Path(__file__).parent / "files"


def try_page() -> dict[str, ASGIApp]:
    """The page and its files by path. They tell nothing of this server, so they need no key; the calls made from it do."""
    files = Files(_FILES)
    page = page_answer(200, (_FILES / "try.html").read_text(encoding="utf-8"))
    named = {f"{PATH}/{name}": Only(READ, OneFile(files.answer(name))) for name in ("icon.svg", "try.css", "try.js")}
    return {PATH: Only(READ, OneFile(page)), **named}
