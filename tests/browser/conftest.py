"""A real browser without a screen, where one is installed: Debian's `chromium`, or another of its family."""

import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from tests.hosted.conftest import Place, place

if TYPE_CHECKING:
    from playwright.async_api import Page

__all__ = ["Place", "place"]

async_api = pytest.importorskip("playwright.async_api", reason="the package playwright is not installed")

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
CEILING_MS = 30_000
PHONE = {"width": 360, "height": 740}


def browser_file() -> str | None:
    """The browser's program."""
    return next((found for found in map(shutil.which, NAMES) if found is not None), None)


@dataclass
class Tab:
    """One page of the browser, and what it complained about."""

    page: "Page"
    complaints: list[str] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)
    """Addresses that were loaded."""

    def watch(self) -> None:
        """Note what goes wrong, and what is loaded."""
        self.page.on("console", lambda said: self.complaints.append(said.text) if said.type in ("error", "warning") else None)
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.on("request", lambda request: self.asked.append(request.url))

    async def focused(self, name: str) -> None:
        """Wait until the field of this name has the keyboard: a browser gives it to one some time after the load."""
        await self.page.wait_for_function("name => document.activeElement.name === name", arg=name)


@asynccontextmanager
async def tab_of(folder: Path) -> AsyncIterator[Tab]:
    """A fresh browser with one page, as small as a phone's. It is skipped, with the reason, where there is no browser."""
    program = browser_file()
    if program is None:
        pytest.skip(f"no browser: none of {', '.join(NAMES)} is installed (Debian, Ubuntu: apt install chromium)")
    async with async_api.async_playwright() as playwright:
        # Its own sandbox needs rights that containers do not have; only our own pages are loaded.
        browser = await playwright.chromium.launch(executable_path=program, args=["--no-sandbox"], downloads_path=folder)
        context = await browser.new_context(viewport=PHONE)
        context.set_default_timeout(CEILING_MS)
        tab = Tab(await context.new_page())
        tab.watch()
        try:
            yield tab
        finally:
            await browser.close()


@pytest.fixture
async def tab(tmp_path: Path) -> AsyncIterator[Tab]:
    """A page of a browser."""
    async with tab_of(tmp_path / "browser") as opened:
        yield opened
