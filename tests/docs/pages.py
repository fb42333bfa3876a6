"""Reads the pages of the documentation: headings, table rows, links and code."""

from __future__ import annotations

import re
import unicodedata
from pathlib import Path

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"


def read_prose(page: Path) -> list[str]:
    """Return the lines of a page that stand outside fenced code."""
    lines, is_code = [], False
    for line in page.read_text(encoding="utf-8").splitlines():
        if line.startswith("```"):
            is_code = not is_code
        elif not is_code:
            lines.append(line)
    return lines


def list_headings(page: Path) -> list[str]:
    """Return the headings of a page."""
    return [line.lstrip("#").strip() for line in read_prose(page) if line.startswith("#")]


def list_defined(page: Path) -> set[str]:
    """Return what a page has a heading for, or a table row with the name in back quotes in its first cell."""
    rows = [line.split("|")[1] for line in read_prose(page) if line.startswith("|")]
    return {*list_headings(page), *(name for cell in rows for name in re.findall(r"`([^`]+)`", cell))}


def list_links(page: Path) -> list[str]:
    """Return the targets of the links of a page that lead to other files, or to a place within it."""
    targets = re.findall(r"\]\(([^)\s]+)\)", "\n".join(read_prose(page)))
    return [target for target in targets if not re.match(r"[a-z]+:", target)]


def list_anchors(page: Path) -> set[str]:
    """Return the anchors that Python-Markdown gives to the headings of a page."""
    return {slugify(heading) for heading in list_headings(page)}


def slugify(heading: str) -> str:
    """Return the anchor of a heading."""
    ascii_only = unicodedata.normalize("NFKD", heading).encode("ascii", "ignore").decode()
    words = re.sub(r"[^\w\s-]", "", ascii_only).strip().lower()
    return re.sub(r"[-\s]+", "-", words)


def join_code(page: Path) -> str:
    """Return the Python of a page, its blocks one after the other."""
    text = page.read_text(encoding="utf-8")
    return "\n".join(re.findall(r"^```python\n(.*?)^```", text, re.DOTALL | re.MULTILINE))
