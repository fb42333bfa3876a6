"""Picture sets of Kaggle by name: fetched with the user's own account, or with what to click instead.

Kaggle lets nobody download without an account, and a competition's files only to those who accepted its rules
on its page. So this either uses the ``kaggle`` client, which brings the user's key, or says what to do.
"""

from __future__ import annotations

import os
import shutil
import stat
import sys
import zipfile
import zlib
from collections.abc import Sequence
from contextlib import redirect_stdout
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path, PurePosixPath
from typing import Any, Protocol

from morelli.collection.downloads.faults import blame_disk
from morelli.errors import DownloadError, UsageError

_MAX_BYTES = 200_000_000_000
"""What a set may take when unpacked: several times the largest, which has some 40 GB."""

_CREDENTIAL_FILES = ("kaggle.json", "access_token", "access_token.txt", "credentials.json")
_DONE_SUFFIX = ".unpacked"

_ZIP_FAULTS = (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, ValueError)
"""All that `zipfile` raises on archives that are damaged, encrypted, or packed in a way it does not know."""
_PART = ".unpacking.part"


@dataclass(frozen=True)
class _KaggleSet:
    """A set of pictures on Kaggle: ``owner/set``, or a competition, whose rules must be accepted first."""

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


_KAGGLE_SETS = {
    one.name: one
    for one in (
        _KaggleSet("painter-by-numbers", is_competition=True),
        _KaggleSet("ikarus777/best-artworks-of-all-time"),
        _KaggleSet("steubk/wikiart"),
    )
}
"""The sets whose layouts are known."""


class _KaggleClient(Protocol):
    """What is used of the client, ``kaggle.api.kaggle_api_extended.KaggleApi``."""

    def competition_download_files(self, competition: str, *, path: str, force: bool, quiet: bool) -> Any:
        """Write ``COMPETITION.zip`` into a folder, going on with a part that is there."""

    def dataset_download_files(
        self, dataset: str, *, path: str, force: bool, quiet: bool, unzip: bool
    ) -> Any:
        """Write the zip of ``OWNER/SET`` into a folder, going on with a part that is there."""


def fetch_kaggle_set(
    name: str, folder: str | Path, *, client: _KaggleClient | None = None, max_bytes: int = _MAX_BYTES
) -> Path:
    """Return the folder of a set, after fetching and unpacking what is not there yet.

    An archive that was put into the folder by hand is taken as it is, and the archive is kept. Without
    `client` the ``kaggle`` package and the user's credentials are taken. Raises `DownloadError`, which says
    what to click and where to put the file.
    """
    chosen, folder = _find_set(name), Path(folder)
    target, done = folder / chosen.stem, folder / f"{chosen.stem}{_DONE_SUFFIX}"
    if done.exists() and target.is_dir():
        return target
    archive = folder / f"{chosen.stem}.zip"
    if not zipfile.is_zipfile(archive):  # a part that broke off lacks the directory at its end
        _download(chosen, folder, client or _open_kaggle_client(chosen, folder))
        if not zipfile.is_zipfile(archive):
            found = "something else" if archive.exists() else "no such file"
            raise _ask_to_click(chosen, folder, f"a zip archive at {archive} after the download", found)
    size_bytes = _unpack_archive(archive, target, max_bytes=max_bytes)
    _unpack_nested(target, max_bytes=max_bytes - size_bytes)
    done.touch()
    return target


def _open_kaggle_client(chosen: _KaggleSet, folder: Path) -> _KaggleClient:
    """Return Kaggle's own client, signed in."""
    if find_spec("kaggle") is None:
        expected = "the package kaggle (pip install 'morelli[kaggle]')"
        raise _ask_to_click(chosen, folder, expected, "none")
    if not _has_credentials():
        expected = "a key of your account in ~/.kaggle/kaggle.json, or in KAGGLE_USERNAME and KAGGLE_KEY"
        raise _ask_to_click(chosen, folder, expected, "none")
    try:
        # Not at the top of the file: importing the package signs in, and some versions of it print to stdout
        # or end the process when that fails.
        with redirect_stdout(sys.stderr):
            from kaggle.api.kaggle_api_extended import KaggleApi

            client: _KaggleClient = KaggleApi()
            client.authenticate()  # type: ignore[attr-defined]
    except (Exception, SystemExit) as fault:  # its versions differ in what they raise
        raise _ask_to_click(
            chosen, folder, "credentials that Kaggle accepts", _describe_fault(fault)
        ) from fault
    return client


def _has_credentials() -> bool:
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


def _find_set(name: str) -> _KaggleSet:
    wanted = name.strip().strip("/").lower()
    for one in _KAGGLE_SETS.values():
        if wanted in {one.name, one.stem}:
            return one
    raise UsageError(
        "Kaggle set",
        expected="one of " + ", ".join(_KAGGLE_SETS),
        found=repr(name),
        remedy="choose one of these",
    )


def _download(chosen: _KaggleSet, folder: Path, client: _KaggleClient) -> None:
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


def _ask_to_click(chosen: _KaggleSet, folder: Path, expected: str, found: str) -> DownloadError:
    target = folder / chosen.stem
    return DownloadError(
        chosen.name,
        expected=expected,
        found=found,
        remedy=f"open {chosen.page}, {chosen.clicks}, save the file as {target}.zip and run this again; "
        f"or unpack it into {target} and run 'morelli collect {target} --gallery GALLERY'",
    )


# Unpacking: nothing outside the folder, nothing twice, not without end.


def _unpack_archive(archive: Path, folder: Path, *, max_bytes: int) -> int:
    """Return how many bytes the files of an archive have, after unpacking those that are not there yet.

    A file is there when it has the size that the archive tells; each is written aside and then moved. Refused
    are archives of more than `max_bytes`, encrypted ones, links, and names that lead out of the folder.
    """
    try:
        with blame_disk(folder, "a folder to unpack into"), zipfile.ZipFile(archive) as opened:
            members = _list_files(opened)
            targets = _choose_targets(archive, members, folder)
            _check_room(archive, members, folder, max_bytes)
            for member, target in zip(members, targets, strict=True):
                _unpack_member(opened, member, target, folder)
            return sum(member.file_size for member in members)
    except _ZIP_FAULTS as fault:
        raise DownloadError(
            archive,
            expected="a whole zip archive",
            found=str(fault) or type(fault).__name__,
            remedy="delete it and download it again",
        ) from fault


def _unpack_nested(folder: Path, *, max_bytes: int) -> None:
    """Unpack the archives that lie in a folder, each once, and delete them.

    One file comes to lie beside its archive, as does a folder of the archive's name; anything else goes into
    a folder of that name, so that the parts of a set do not mix.
    """
    for archive in sorted(path for path in folder.iterdir() if path.suffix.lower() == ".zip"):
        try:
            with zipfile.ZipFile(archive) as opened:
                names = [member.filename for member in _list_files(opened)]
        except (OSError, *_ZIP_FAULTS):
            names = []  # unpacking it will say what is wrong
        tops = {PurePosixPath(name).parts[:1] for name in names}
        is_flat = len(names) == 1 or tops == {(archive.stem,)}
        max_bytes -= _unpack_archive(
            archive, folder if is_flat else folder / archive.stem, max_bytes=max_bytes
        )
        archive.unlink()


def _list_files(opened: zipfile.ZipFile) -> list[zipfile.ZipInfo]:
    # not is_dir(), which stumbles over a file without a name
    return [member for member in opened.infolist() if not member.filename.endswith("/")]


def _choose_targets(archive: Path, members: Sequence[zipfile.ZipInfo], folder: Path) -> list[Path]:
    names = [PurePosixPath(member.filename.replace("\\", "/")) for member in members]
    for member, name in zip(members, names, strict=True):
        is_link = stat.S_ISLNK(member.external_attr >> 16)
        is_strange = not name.parts or name.is_absolute() or ".." in name.parts or ":" in name.parts[0]
        if is_link or is_strange:
            raise DownloadError(
                archive,
                expected="files that stay in the folder they are unpacked into",
                found=f"{'a link' if is_link else 'the name'} {member.filename[:200]!r}",
                remedy="do not unpack it, and download it again from its own page",
            )
    if len(set(names)) < len(names):
        raise DownloadError(
            archive,
            expected="each name once",
            found=f"{len(names) - len(set(names))} names that come again",
            remedy="download it again from its own page",
        )
    return [folder / name for name in names]


def _check_room(archive: Path, members: Sequence[zipfile.ZipInfo], folder: Path, max_bytes: int) -> None:
    size_bytes = sum(member.file_size for member in members)
    if size_bytes > max_bytes:
        raise DownloadError(
            archive,
            expected=f"at most {max_bytes:,} bytes when unpacked",
            found=f"{size_bytes:,}",
            remedy="unpack it yourself if you trust it",
        )
    folder.mkdir(parents=True, exist_ok=True)
    there = sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
    free = shutil.disk_usage(folder).free
    if size_bytes - there > free:
        raise DownloadError(
            folder,
            expected=f"room for {size_bytes - there:,} more bytes",
            found=f"{free:,} free",
            remedy="make room, or take a folder on another disk",
        )


def _unpack_member(opened: zipfile.ZipFile, member: zipfile.ZipInfo, target: Path, folder: Path) -> None:
    if target.is_file() and target.stat().st_size == member.file_size:
        return
    target.parent.mkdir(parents=True, exist_ok=True)
    part = folder / _PART
    try:
        with opened.open(member) as packed, part.open("wb") as file:
            shutil.copyfileobj(packed, file, 1 << 20)
        os.replace(part, target)
    finally:
        part.unlink(missing_ok=True)
