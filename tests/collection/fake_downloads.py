"""Stands for a `Downloader`: a table of files by address instead of servers."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from morelli.collection.downloads import Fetched, Loss
from morelli.collection.work import Skip
from morelli.settings import ignore_progress


class FakeDownloader:
    """Has the files it was given, last address first, and a loss for every other address."""

    def __init__(self, files: Mapping[str, Path] | None = None) -> None:
        self.files = dict(files or {})
        self.asked: list[list[str]] = []
        self.is_retrying: list[bool] = []

    def read_json(self, address: str) -> Any:
        return {"picture": f"{address}.jpg"}

    def fetch(
        self,
        addresses: Iterable[str],
        *,
        locate: Callable[[str, Callable[[str], Any]], str] | None = None,
        progress: Callable[[str, int, int], None] = ignore_progress,
        retry_failed: bool = False,
    ) -> Iterator[Fetched | Skip]:
        distinct = list(dict.fromkeys(addresses))
        self.asked.append(distinct)
        self.is_retrying.append(retry_failed)
        for done, address in enumerate(reversed(distinct), start=1):
            target = address if locate is None else locate(address, self.read_json)
            path = self.files.get(target)
            progress("download", done, len(distinct))
            if path is None:
                yield Loss(address, "expected status 200, found status 404 Not Found", "answer")
            else:
                data = path.read_bytes()
                yield Fetched(address, path, hashlib.sha256(data).hexdigest(), len(data), is_new=True)
