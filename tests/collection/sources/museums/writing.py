"""Writes records and tables as museums publish them."""

from __future__ import annotations

import csv
import io
import json
from typing import Any

IMG = "https://img.test"


def J(value: Any) -> str:  # noqa: N802  as short as the records are long
    return json.dumps(value, ensure_ascii=False)


def rows(*lists: list[str], sep: str = ",") -> str:
    text = io.StringIO(newline="")
    csv.writer(text, delimiter=sep).writerows(lists)
    return text.getvalue()
