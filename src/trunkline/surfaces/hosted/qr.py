"""Drawing QR codes: one path of an SVG that stands in the page itself."""

import segno

QUIET = 4
"""Modules of white around the code, as scanners ask for (ISO/IEC 18004)."""


def qr_svg(text: str) -> str:
    """The SVG element."""
    code = segno.make_qr(text)
    size = len(code.matrix) + 2 * QUIET
    rows = []
    for y, row in enumerate(code.matrix):
        rows += [f"M{x + QUIET} {y + QUIET}h1v1h-1z" for x, is_dark in enumerate(row) if is_dark]
    return (
        f'<svg class="qr" role="img" aria-label="QR code" viewBox="0 0 {size} {size}" shape-rendering="crispEdges">'
        f'<rect width="{size}" height="{size}" fill="#fff"/><path fill="#000" d="{"".join(rows)}"/></svg>'
    )
