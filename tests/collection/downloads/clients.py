"""Other processes that download, for tests that kill them or get in their way."""

from __future__ import annotations

import math
import multiprocessing
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from pathlib import Path

from morelli.collection.downloads import Downloader, Fetched, Politeness
from morelli.errors import DownloadError

WORKERS = 8

# One process that has imported everything and is copied: three imports would take longer than 600 downloads.
_CONTEXT = multiprocessing.get_context("forkserver")
_CONTEXT.set_forkserver_preload(["morelli.collection.downloads"])


def start_client(folder: Path, base: str, n: int) -> tuple[BaseProcess, Connection]:
    """Fetch n numbered pictures in another process; the connection brings what it found, or its error."""
    here, there = _CONTEXT.Pipe(duplex=False)
    process = _CONTEXT.Process(target=run_client, args=(folder, base, n, there), daemon=True)
    process.start()
    there.close()
    return process, here


def run_client(folder: Path, base: str, n: int, report: Connection) -> None:
    politeness = Politeness(rate_per_s=math.inf, allow_private=True, workers=WORKERS)
    try:
        with Downloader(folder, politeness) as downloader:
            found = list(downloader.fetch(f"{base}/{number}.png" for number in range(n)))
    except DownloadError as error:
        report.send(str(error))
        return
    fetched = [entry for entry in found if isinstance(entry, Fetched)]
    report.send((len(found), len(fetched), sum(entry.is_new for entry in fetched)))
