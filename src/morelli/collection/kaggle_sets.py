"""Picture sets of Kaggle by name: fetched with the user's own account, or with what to click instead.

Kaggle lets nobody download without an account, and a competition's files only to those who accepted its rules
on its page. So this either uses the ``kaggle`` client, which brings the user's key, or says what to do.
"""

from __future__ import annotations

import os
import sys
import zipfile
from contextlib import redirect_stdout
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Protocol

from morelli.collection.unpacking import unpack_archive, unpack_nested
from morelli.errors import DownloadError, UsageError

MAX_BYTES = 200_000_000_000
"""What a set may take when unpacked: several times the largest, which has some 40 GB."""

_CREDENTIAL_FILES = ("kaggle.json", "access_token", "access_token.txt", "credentials.json")
_DONE_SUFFIX = ".unpacked"


@dataclass(frozen=True)
class KaggleSet:
    """A set of pictures on Kaggle.

    Parameters
    ----------
    name
        As Kaggle knows it: ``owner/set``, or a competition's name.
    is_competition
        Whether its rules must be accepted first.
    """

    name: str
    is_competition: bool = False

    @property
    def stem(self) -> str:
        """What its archive and its folder are called."""
        return self.name.rpartition("/")[2]

    @property
    def page(self) -> str:
        """The address of the page with the button."""
        kind = "competitions" if self.is_competition else "datasets"
        tail = "/data" if self.is_competition else ""
        return f"https://www.kaggle.com/{kind}/{self.name}{tail}"

    @property
    def clicks(self) -> str:
        """What to do on that page."""
        if self.is_competition:
            return "sign in, click 'Join Competition', accept the rules, click 'Download All'"
        return "sign in, click 'Download', choose 'Download dataset as zip'"


KAGGLE_SETS = {
    one.name: one
    for one in (
        KaggleSet("painter-by-numbers", is_competition=True),
        KaggleSet("ikarus777/best-artworks-of-all-time"),
        KaggleSet("steubk/wikiart"),
    )
}
"""The sets whose layouts are known."""


class KaggleClient(Protocol):
    """What is used of the client, ``kaggle.api.kaggle_api_extended.KaggleApi``."""

    def competition_download_files(self, competition: str, *, path: str, force: bool, quiet: bool) -> Any:
        """Write ``COMPETITION.zip`` into a folder, going on with a part that is there."""

    def dataset_download_files(
        self, dataset: str, *, path: str, force: bool, quiet: bool, unzip: bool
    ) -> Any:
        """Write the zip of ``OWNER/SET`` into a folder, going on with a part that is there."""


def fetch_kaggle_set(
    name: str, folder: Path, *, client: KaggleClient | None = None, max_bytes: int = MAX_BYTES
) -> Path:
    """Return the folder of a set, after fetching and unpacking what is not there yet.

    Parameters
    ----------
    name
        One of `KAGGLE_SETS`.
    folder
        Where the archive and, beside it, the set's folder go. An archive that was put there by hand is taken
        as it is.
    client
        What downloads; None: the ``kaggle`` package with the user's credentials.
    max_bytes
        Refuse sets that are larger when unpacked.

    Raises
    ------
    UsageError
        When there is no set of that name.
    DownloadError
        When the client or the credentials are missing, Kaggle refuses, or the archive cannot be unpacked; it
        says what to click and where to put the file.

    Notes
    -----
    The archive is kept; once the set is unpacked it may be deleted. Archives within it are unpacked too.
    """
    chosen = _find_set(name)
    target, done = folder / chosen.stem, folder / f"{chosen.stem}{_DONE_SUFFIX}"
    if done.exists() and target.is_dir():
        return target
    archive = folder / f"{chosen.stem}.zip"
    if not zipfile.is_zipfile(archive):  # a part that broke off lacks the directory at its end
        _download(chosen, folder, client or open_kaggle_client(chosen, folder))
        if not zipfile.is_zipfile(archive):
            found = "something else" if archive.exists() else "no such file"
            raise _ask_to_click(chosen, folder, f"a zip archive at {archive} after the download", found)
    size_bytes = unpack_archive(archive, target, max_bytes=max_bytes)
    unpack_nested(target, max_bytes=max_bytes - size_bytes)
    done.touch()
    return target


def open_kaggle_client(chosen: KaggleSet, folder: Path) -> KaggleClient:
    """Return Kaggle's own client, signed in.

    Raises
    ------
    DownloadError
        When the package or the user's credentials are missing, or Kaggle does not know them.
    """
    if find_spec("kaggle") is None:
        expected = "the package kaggle (pip install 'morelli[kaggle]')"
        raise _ask_to_click(chosen, folder, expected, "none")
    if not has_credentials():
        expected = "a key of your account in ~/.kaggle/kaggle.json, or in KAGGLE_USERNAME and KAGGLE_KEY"
        raise _ask_to_click(chosen, folder, expected, "none")
    try:
        # Not at the top of the file: importing the package signs in, and some versions of it print to stdout
        # or end the process when that fails.
        with redirect_stdout(sys.stderr):
            from kaggle.api.kaggle_api_extended import KaggleApi

            client: KaggleClient = KaggleApi()
            client.authenticate()  # type: ignore[attr-defined]
    except (Exception, SystemExit) as fault:  # its versions differ in what they raise
        raise _ask_to_click(
            chosen, folder, "credentials that Kaggle accepts", _describe_fault(fault)
        ) from fault
    return client


def has_credentials() -> bool:
    """Return whether there is something to sign in to Kaggle with; it is not read.

    The client itself, asked without, would end the process.
    """
    if os.environ.get("KAGGLE_API_TOKEN"):
        return True
    if os.environ.get("KAGGLE_USERNAME") and os.environ.get("KAGGLE_KEY"):
        return True
    given = os.environ.get("KAGGLE_CONFIG_DIR")
    config = os.environ.get("XDG_CONFIG_HOME") or Path.home() / ".config"
    folders = [Path(given)] if given else [Path.home() / ".kaggle", Path(config) / "kaggle"]
    return any((folder / name).is_file() for folder in folders for name in _CREDENTIAL_FILES)


def _find_set(name: str) -> KaggleSet:
    wanted = name.strip().strip("/").lower()
    for one in KAGGLE_SETS.values():
        if wanted in {one.name, one.stem}:
            return one
    raise UsageError(
        "Kaggle set",
        expected="one of " + ", ".join(KAGGLE_SETS),
        found=repr(name),
        remedy="choose one of these",
    )


def _download(chosen: KaggleSet, folder: Path, client: KaggleClient) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with redirect_stdout(sys.stderr):
            if chosen.is_competition:
                client.competition_download_files(chosen.name, path=str(folder), force=False, quiet=True)
            else:
                client.dataset_download_files(
                    chosen.name, path=str(folder), force=False, quiet=True, unzip=False
                )
    except (Exception, SystemExit) as fault:  # whatever the client and what it is built on raise
        raise _ask_to_click(chosen, folder, f"{chosen.name} from Kaggle", _describe_fault(fault)) from fault


def _describe_fault(fault: BaseException) -> str:
    lines = str(fault).strip().splitlines()
    return lines[0][:200] if lines and not isinstance(fault, SystemExit) else type(fault).__name__


def _ask_to_click(chosen: KaggleSet, folder: Path, expected: str, found: str) -> DownloadError:
    target = folder / chosen.stem
    return DownloadError(
        chosen.name,
        expected=expected,
        found=found,
        remedy=f"open {chosen.page}, {chosen.clicks}, save the file as {target}.zip and run this again; "
        f"or unpack it into {target} and run 'morelli collect {target} --gallery GALLERY'",
    )
