"""Every link from page to page leads somewhere."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PAGES = [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")]
LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
CODE = re.compile(r"^```.*?^```", re.MULTILINE | re.DOTALL)


def links_of(page: Path) -> list[str]:
    """What a page links to, outside of blocks of code."""
    return LINK.findall(CODE.sub("", page.read_text(encoding="utf-8")))


def headings(page: Path) -> set[str]:
    """The anchors of a page, as code hosts make them."""
    lines = re.findall(r"^#+ (.+)$", page.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", line.lower()).replace(" ", "-") for line in lines}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_link_of_a_page_leads_to_a_file_and_heading_that_exist(page: Path) -> None:
    """Ours: a reader who follows a dead link stops reading."""
    dead = []
    for link in links_of(page):
        if "://" in link:
            continue
        path, _, heading = link.partition("#")
        target = (page.parent / path).resolve() if path else page
        if not target.exists() or (heading and heading not in headings(target)):
            dead.append(link)
    assert dead == []


def test_every_page_of_docs_can_be_reached_from_the_readme() -> None:
    """Ours: a page nobody links to is a page nobody reads."""
    reached, waiting = set(), [ROOT / "README.md"]
    while waiting:
        page = waiting.pop()
        if page in reached or not page.exists():
            continue
        reached.add(page)
        if page.is_dir():
            waiting.extend(page.glob("*.md"))
        elif page.suffix == ".md":
            links = (link.partition("#")[0] for link in links_of(page))
            waiting.extend((page.parent / link).resolve() for link in links if link and "://" not in link)
    assert set(PAGES) - reached == set()


def test_every_page_that_the_program_names_exists() -> None:
    """Ours: a docstring that sends the reader to a page must not send them nowhere."""
    named = re.compile(r"\bdocs/[\w/-]+\.md\b")
    texts = [*(ROOT / "src").rglob("*.py"), *(ROOT / "bench").rglob("*.py"), ROOT / "pyproject.toml"]
    found = {page for path in texts for page in named.findall(path.read_text(encoding="utf-8"))}
    assert {page for page in found if not (ROOT / page).exists()} == set()
