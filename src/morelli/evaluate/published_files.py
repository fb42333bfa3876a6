"""Published figures beside ours, as texts and on disk: ``published.json`` and ``published.md``."""

from __future__ import annotations

import json
from pathlib import Path

from morelli.evaluate.board_texts import BoardTable
from morelli.evaluate.published import Beside, Reproduced


def write_reproduced(reproduced: Reproduced, folder: Path) -> Path:
    """Write what was found, and return the path of the Markdown."""
    folder.mkdir(parents=True, exist_ok=True)
    text = json.dumps(reproduced.to_dict(), indent=2, ensure_ascii=False, allow_nan=False)
    (folder / "published.json").write_text(text + "\n", encoding="utf-8")
    path = folder / "published.md"
    parts = [f"## {reproduced.name}\n", tabulate_beside(reproduced).to_markdown()]
    if reproduced.differs:
        parts.append(f"Where ours differs: {reproduced.differs}.\n")
    path.write_text("\n".join(parts), encoding="utf-8")
    return path


def tabulate_beside(reproduced: Reproduced) -> BoardTable:
    """Return a line for each published figure with ours beside it, then ours of the other recipes."""
    columns = ("recipe", "measure", "published", "ours", "95 % interval", "difference", "where published")
    return BoardTable(
        f"{reproduced.name}: published and ours",
        columns,
        tuple(_write_line(line) for line in reproduced.lines),
    )


def _write_line(line: Beside) -> tuple[str, ...]:
    ours, difference = line.ours, line.difference
    return (
        line.recipe,
        line.measure,
        "–" if line.published is None else f"{line.published:.4f}",
        "not measured" if ours is None else f"{ours.value:.4f}",
        "–" if ours is None else f"{ours.low:.4f} to {ours.high:.4f}",
        "–" if difference is None else f"{difference:+.4f}",
        "; ".join(filter(None, (line.source, line.note))),
    )
