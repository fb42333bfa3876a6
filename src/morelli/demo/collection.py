"""The demo collection: a folder of pictures by invented painters, and the table that describes them.

The folder is what any other source would give: ``works.csv`` beside one folder of JPEG files per artist.
Drawing is resumable: whole pictures of the same seed are kept, everything else is drawn again.
"""

from __future__ import annotations

import csv
import hashlib
import io
import re
import struct
import unicodedata
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path

import cv2
import numpy as np

from morelli.demo.hands import SCHOOLS, Manner, draw_hand
from morelli.demo.painting import paint
from morelli.demo.subjects import SUBJECTS
from morelli.errors import UsageError
from morelli.files import write_file
from morelli.settings import Progress, count_processors

_TABLE = "works.csv"
_COLUMNS = ("path", "artist", "title", "year", "style", "genre")  # of the table

_SIZE_PX = (256, 512)  # least and greatest side of a picture, for every painter
_QUALITY = (88, 92)  # least and greatest JPEG quality, for every painter
_FEW = 32  # works that are drawn sooner than processes start
_MAX_PROCESSES = 61  # the most that Python's process pool can wait for on Windows
_MAX_WORKS = 1000  # three digits in the file names

_RECIPE_VERSION = 2  # to be raised whenever the same seed gives other pictures
_NAMES_STREAM, _WORKS_STREAM = 2, 3  # keep these draws apart from the hands', which start from the same seed

_START = b"\xff\xd8"  # JPEG's start of image, ITU-T T.81 table B.1
_COMMENT = b"\xff\xfe"  # JPEG's comment segment, same table; its length counts its own two bytes
_DIGITS = 32

_GIVEN_NAMES = (
    "Aldous", "Anneke", "Bastien", "Brenna", "Caspar", "Corisande", "Dorian", "Edda", "Emeric", "Fenna",
    "Florian", "Gisela", "Hadrian", "Ilse", "Jorin", "Katinka", "Leander", "Linnea", "Matthis", "Merle",
    "Nerissa", "Odile", "Orsolya", "Quentin", "Rosalind", "Silvan", "Tamsin", "Ulric", "Verena", "Wystan",
)  # fmt: skip
_ONSETS = (
    "Ald", "Bren", "Calv", "Dorn", "Eld", "Farn", "Grav", "Hest", "Ilm", "Jarv", "Keld", "Lorn", "Marv",
    "Nord", "Orv", "Pell", "Quend", "Rast", "Selv", "Torv",
)  # fmt: skip
_ENDINGS = (
    "acker", "anti", "embeck", "enholt", "ermond", "esco", "evain", "iani", "ingham", "isson", "olaine",
    "omar", "orska", "ovic", "ulane", "ynde",
)  # fmt: skip

_MAX_PAINTERS = len(_ONSETS) * len(_ENDINGS)  # no more surnames can be made

_PLACES = (
    "Ostermoor", "Vael", "the Lower Dyke", "Port Ansel", "Hallow Wood", "the Mill Race", "Sankt Orin",
    "Grey Ferry", "the Tamber", "Lisse Hill", "Corran Bay", "the Old Harbour", "Wend", "Marlow Fen",
    "the Salt Road", "Brae",
)  # fmt: skip
_THINGS = (
    "Apples", "a Folded Cloth", "Lemons", "Quinces", "a Jug", "Pears", "a Pewter Plate", "Oranges", "Plums",
    "Onions",
)  # fmt: skip
_SITTERS = (
    "a Miller", "the Artist's Sister", "a Boatman", "a Young Clerk", "a Widow", "the Schoolmaster",
    "a Gardener", "a Girl from Wend", "the Notary", "a Violinist", "a Seamstress", "an Old Sailor",
    "the Doctor", "a Student",
)  # fmt: skip
_TITLES = {
    "landscape": ("Evening at {place}", "Road to {place}", "Fields near {place}", "Trees at {place}",
                  "{place}, Noon"),
    "seascape": ("Boats off {place}", "Low Sun, {place}", "Calm at {place}", "Sails before {place}",
                 "{place}, Wind"),
    "still life": ("Still Life with {thing}", "{thing} on a Table", "{thing} and Earthenware"),
    "figure": ("Portrait of {sitter}", "{sitter}, Seated", "Study of {sitter}"),
    "abstract": ("Composition {number}", "Counterpoint {number}", "Planes {number}", "Interval {number}"),
}  # fmt: skip


def draw_collection(
    folder: Path,
    *,
    seed: int = 0,
    n_painters: int = 24,
    n_works: int = 40,
    progress: Progress | None = None,
    n_processes: int | None = None,
) -> Path:
    """Draw the demo collection into a folder, and return the folder.

    The same seed gives the same files, byte for byte, with the same releases of NumPy and OpenCV. Whole
    pictures of that seed are kept; files that do not belong to the collection are left alone. By default
    there are as many processes as processors; they are spawned, so a script that calls this needs the
    ``if __name__ == "__main__":`` guard, unless ``n_processes`` is 1.
    """
    _check_range("seed", seed, 0, 2**63 - 1)
    _check_range("n_painters", n_painters, 1, _MAX_PAINTERS)
    _check_range("n_works", n_works, 1, _MAX_WORKS)
    if n_processes is not None:
        _check_range("n_processes", n_processes, 1, _MAX_PROCESSES)
    commissions = [
        _commission_work(seed, painter, work) for painter in range(n_painters) for work in range(n_works)
    ]
    table = _format_table(commissions)
    _check_folder(folder, table)
    for n_done in _draw_works(folder, commissions, n_processes=n_processes):
        if progress is not None:
            progress("draw", n_done, len(commissions))
    write_file(folder / _TABLE, table)
    return folder


def _draw_works(
    folder: Path, commissions: Sequence[_Commission], *, n_processes: int | None = None, batch: int = 8
) -> Iterator[int]:
    """Draw the pictures that are not there yet; yields the number of works done so far.

    A batch holds few enough works that the count moves, and enough to hide the handing over to a process.
    """
    batches = [commissions[start : start + batch] for start in range(0, len(commissions), batch)]
    if n_processes is None:
        n_processes = 1 if len(commissions) < _FEW else count_processors()
    n_done = 0
    if n_processes == 1:
        for works in batches:
            n_done += _draw_batch(folder, works)
            yield n_done
        return
    n_processes = min(n_processes, len(batches), _MAX_PROCESSES)
    # one thread each: OpenCV would start as many as there are processors in every process
    with ProcessPoolExecutor(n_processes, get_context("spawn"), cv2.setNumThreads, (1,)) as pool:
        try:
            for future in as_completed([pool.submit(_draw_batch, folder, works) for works in batches]):
                n_done += future.result()
                yield n_done
        finally:
            pool.shutdown(cancel_futures=True)  # who interrupts the drawing need not wait for all the rest


def _draw_batch(folder: Path, commissions: Sequence[_Commission]) -> int:
    """Draw the works of a batch that are not there, and return the number of all."""
    for commission in commissions:
        path = folder / commission.path
        if not _has_stamp(path, commission.recipe):
            write_file(path, _stamp_jpeg(_encode_picture(commission), commission.recipe))
    return len(commissions)


def _encode_picture(commission: _Commission) -> bytes:
    """Paint the work and encode it as a JPEG file."""
    rng = np.random.default_rng(commission.seeds)
    picture = paint(commission.manner, commission.genre, commission.size, rng)
    _, jpeg = cv2.imencode(".jpg", picture, [cv2.IMWRITE_JPEG_QUALITY, commission.quality])
    return jpeg.tobytes()


def _stamp_jpeg(jpeg: bytes, recipe: str) -> bytes:
    """Return the same JPEG with a stamp of its recipe: everything the picture depends on, as text."""
    body = jpeg[len(_START) :]
    return _head(body, recipe) + body


def _has_stamp(path: Path, recipe: str) -> bool:
    """Tell whether the file is there, whole, and drawn from the recipe."""
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        return False
    length = len(_head(b"", recipe))
    return content[:length] == _head(content[length:], recipe)


def _head(body: bytes, recipe: str) -> bytes:
    digest = hashlib.sha256(recipe.encode() + b"\0" + body).hexdigest()[:_DIGITS].encode()
    return _START + _COMMENT + struct.pack(">H", len(digest) + 2) + digest


def _format_table(commissions: Sequence[_Commission]) -> str:
    """Return the table as CSV text: a header and one line per work, ending in line feeds."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(_COLUMNS)
    writer.writerows([getattr(commission, column) for column in _COLUMNS] for commission in commissions)
    return text.getvalue()


def _check_range(name: str, value: int, low: int, high: int) -> None:
    if not low <= value <= high:
        raise UsageError(
            name,
            expected=f"a whole number from {low} to {high}",
            found=str(value),
            remedy="choose one of these",
        )


def _check_folder(folder: Path, table: str) -> None:
    """Refuse what is no folder, and a folder whose table lists none of the works that are to be drawn."""
    if folder.exists() and not folder.is_dir():
        raise UsageError(folder, expected="a folder", found="a file", remedy="choose another place")
    path = folder / _TABLE
    if not path.exists():
        return
    rows = set(path.read_text(encoding="utf-8", errors="replace").splitlines()[1:])
    if rows and rows.isdisjoint(table.splitlines()):
        raise UsageError(
            path,
            expected="no table, or that of a demo collection with the same seed",
            found="a table of other works",
            remedy="choose another folder, or remove this one if it is an old demo collection",
        )


@dataclass(frozen=True)
class _Commission:
    """One work that is to be painted."""

    path: str  # relative to the folder of the collection, with forward slashes
    artist: str
    title: str
    year: int
    style: str
    genre: str
    manner: Manner
    size: tuple[int, int]  # width and height, pixels
    quality: int  # of the JPEG
    recipe: str  # what the picture depends on, for its stamp
    seeds: np.random.SeedSequence  # source of the picture's own randomness


def _name_painter(seed: int, painter: int) -> str:
    """Return the name of a painter; within a seed no two share a surname."""
    rng = np.random.default_rng(np.random.SeedSequence([seed, _NAMES_STREAM]))
    given = rng.permutation(len(_GIVEN_NAMES))[painter % len(_GIVEN_NAMES)]
    onset, ending = divmod(int(rng.permutation(_MAX_PAINTERS)[painter]), len(_ENDINGS))
    return f"{_GIVEN_NAMES[given]} {_ONSETS[onset]}{_ENDINGS[ending]}"


def _title_work(genre: str, rng: np.random.Generator) -> str:
    """Return a title for a work of that genre."""
    title = str(rng.choice(_TITLES[genre])).format(
        place=rng.choice(_PLACES),
        thing=rng.choice(_THINGS),
        sitter=rng.choice(_SITTERS),
        number=int(rng.integers(1, 60)),
    )
    return title[0].upper() + title[1:]


def _slugify(text: str, separator: str = "-") -> str:
    """Return the text as part of a file name: ASCII letters, digits and separators, case kept."""
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
    return re.sub(r"[^A-Za-z0-9]+", separator, plain.replace("'", "")).strip(separator)


def _commission_work(seed: int, painter: int, work: int) -> _Commission:
    """Return everything about one work but its picture; genres follow each other in turn."""
    facts, habits, brush = np.random.SeedSequence([seed, _WORKS_STREAM, painter, work]).spawn(3)
    rng = np.random.default_rng(facts)
    hand = draw_hand(seed, painter)
    artist = _name_painter(seed, painter)
    genre = list(SUBJECTS)[work % len(SUBJECTS)]
    title = _title_work(genre, rng)
    year = int(rng.integers(hand.first_year, hand.last_year + 1))
    return _Commission(
        path=f"{_slugify(artist, '_')}/{work:03d}-{_slugify(title).lower()}.jpg",
        artist=artist,
        title=title,
        year=year,
        style=SCHOOLS[hand.school].name,
        genre=genre,
        manner=hand.vary(year, np.random.default_rng(habits)),
        size=_draw_size(rng),
        quality=int(rng.integers(_QUALITY[0], _QUALITY[1] + 1)),
        recipe=f"morelli-demo {_RECIPE_VERSION} {seed} {painter} {work}",
        seeds=brush,
    )


def _draw_size(rng: np.random.Generator) -> tuple[int, int]:
    """Return width and height in pixels, drawn alike for every painter and genre."""
    width, height = rng.integers(_SIZE_PX[0], _SIZE_PX[1] + 1, 2)
    return int(width), int(height)
