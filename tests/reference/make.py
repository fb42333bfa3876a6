"""Files of every stored format, made with the version at hand, and the figures that it reads from them.

Run ``OMP_NUM_THREADS=1 python tests/reference/make.py FOLDER`` to write both anew, which takes two minutes:
the artefacts go into ``FOLDER/files``, the answers to ``FOLDER/figures.json``. `test_earlier_files` asks the
same questions of the artefacts that are committed here and holds that the answers have stayed. So the files
are only made anew when a format is given up on purpose.

Galleries keep the paths of pictures and models that of their weights, so FOLDER's own path is in the files.
Nothing lies there any more when the answers are written: they are told of a copy, as in the test.

Only the command line and the names that `morelli` exports are used: modules move, these two stay.
"""

from __future__ import annotations

import contextlib
import csv
import hashlib
import io
import json
import os
import shutil
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image, ImageDraw

import morelli
from morelli.cli import main

N_PAINTERS, N_WORKS, SIDE = 12, 12, 96
"""Enough painters that each part of an unseen split has pairs by one hand; and the height of pictures."""

STYLES = ("north", "south", "east")
GENRES = ("landscape", "portrait", "still life")


PICTURES, GALLERY = "pictures", "gallery"


def draw_picture(painter: int, work: int) -> Image.Image:
    """Return a picture of strokes, which are much like those of other painters and vary from work to work."""
    hand, chance = np.random.default_rng([7, painter]), np.random.default_rng([8, painter, work])
    style = np.random.default_rng([9, painter % len(STYLES)])
    palette = style.uniform(40, 210, size=(5, 3)) + hand.normal(0, 18, size=3) + chance.normal(0, 24, size=3)
    angle = style.uniform(0, np.pi) + hand.normal(0, 0.3) + chance.normal(0, 0.4)
    length = np.exp(style.uniform(2.0, 3.0) + hand.normal(0, 0.25) + chance.normal(0, 0.3))
    width = int(np.clip(3 + hand.normal(0, 1) + chance.normal(0, 1), 1, 7))
    genre = (painter + work) % len(GENRES)
    picture = Image.new("RGB", (SIDE + 8 * genre, SIDE), to_colour(palette.mean(axis=0)))
    brush = ImageDraw.Draw(picture)
    for _ in range(int(100 * np.exp(hand.normal(0, 0.3) + chance.normal(0, 0.3)))):
        x, y = chance.uniform(0, picture.width), chance.uniform(0, picture.height)
        turn = angle + 0.5 * chance.normal()
        colour = to_colour(palette[chance.integers(5)] + chance.normal(0, 12, size=3))
        end = (x + length * np.cos(turn), y + length * np.sin(turn))
        brush.line([(x, y), end], fill=colour, width=width)
    low, high = SIDE // 4, 3 * SIDE // 4
    if genre == 1:
        brush.ellipse([low, low, high, high], fill=to_colour(palette[0]))
    if genre == 2:
        brush.rectangle([low, SIDE // 2, high, high], fill=to_colour(palette[1]))
    return picture


def to_colour(values: Any) -> tuple[int, ...]:
    """Return three numbers as a colour."""
    return tuple(np.clip(values, 0, 255).astype(int).tolist())


def draw_pictures(folder: Path) -> None:
    """Draw the works, with some by a workshop, and tables of all, of all without labels, and of few to audit.

    Among the few are a copy in another size, a work by nobody, and a broken file.
    """
    folder.mkdir(parents=True)
    rows = []
    for painter in range(N_PAINTERS):
        for work in range(N_WORKS):
            rows.append(save(folder, f"{painter:02}-{work:02}.jpg", painter, work))
    odd = [
        save(folder, "copy.jpg", 0, 0),
        save(folder, "nobody.jpg", 50, 0) | {"artist": ""},
        save(folder, "broken.jpg", 0, 1),
    ]
    draw_picture(0, 0).resize((SIDE - 10, SIDE - 10)).save(folder / "copy.jpg", quality=85)
    (folder / "broken.jpg").write_bytes((folder / "00-01.jpg").read_bytes()[:900])
    for work in range(4):
        odd.append(save(folder, f"workshop-{work}.jpg", 1, 100 + work) | {"artist": "Workshop of Painter B"})
    blank = [{**row, "style": "", "genre": ""} for row in (*rows, *odd[3:])]
    few = [row for row in rows if row["title"] in {"Work 0", "Work 1"}]
    for name, listed in (("plain", blank), ("labelled", [*rows, *odd[3:]]), ("few", [*few, *odd])):
        with (folder / f"{name}.csv").open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, list(rows[0]), lineterminator="\n")
            writer.writeheader()
            writer.writerows(listed)


def save(folder: Path, name: str, painter: int, work: int) -> dict[str, Any]:
    """Draw a picture into a file, and return its row of the table."""
    draw_picture(painter, work).save(folder / name, quality=70)
    return {
        "path": name, "artist": f"Painter {chr(65 + painter % 26)}", "title": f"Work {work}",
        "year": 1600 + 10 * painter + work, "style": STYLES[painter % len(STYLES)],
        "genre": GENRES[(painter + work) % len(GENRES)],
    }  # fmt: skip


def run(*arguments: object) -> str:
    """Run a command in this process, and return what it prints."""
    kept, printed = sys.argv, io.StringIO()
    sys.argv = ["morelli", *map(str, arguments)]
    try:
        with contextlib.redirect_stdout(printed):
            main()
    except SystemExit as end:
        if end.code:
            raise RuntimeError(f"{' '.join(sys.argv)} ended with {end.code}") from end
    finally:
        sys.argv = kept
    return printed.getvalue()


SHOWN = ("00-00.jpg", "03-05.jpg", "07-02.jpg", "11-11.jpg", "workshop-0.jpg")
"""The pictures that are kept, for what is asked about pictures; the galleries hold the vectors of all."""

NETWORK = (
    "-r", "artist-mobilenet", "--trainable", "all", "--epochs", 3,
    "--set", "backbone.model=test_efficientnet", "--set", "backbone.pretrained=false",
    "--set", "backbone.layers=[blocks.2]",
    "--set", "backbone.pooling=mean+std", "--set", "backbone.size_px=64",
    "--set", "optimiser.learning_rate=0.003", "--workers", 0,
)  # fmt: skip
"""A network of a few thousand weights, drawn at random and trained on pictures."""

TRIPLETS = ("--set", "batches.per_epoch=200", "--set", "batches.size=40", "--set",
            "head.layers=[{linear: 12}, {normalise: unit}]", "--epochs", 2)  # fmt: skip
PAIRS = ("--set", "batches.per_epoch=400", "--set", "batches.size=40", "--set",
         "head.pair_layers=[{linear: 8}, {activation: relu}]", "--epochs", 2)  # fmt: skip

ENCODER = "test_efficientnet[blocks.2]"
WEIGHTS = ("-w", "model-network/backbone.safetensors")
BENCH = ("bench", "gallery-labelled", "-r", "siamese-triplet", "-s", "unseen.csv", "--seeds", 1, "--shared",
         "-e", ENCODER, *TRIPLETS, "-o", "board")  # fmt: skip
"""Asked again, it finds its cell and trains nothing."""


def make_files() -> None:
    """Make everything in the working folder, and remove what nothing reads again."""
    draw_pictures(Path(PICTURES))
    run("collect", f"{PICTURES}/plain.csv", "-g", GALLERY)
    run("embed", GALLERY, "--workers", 0)
    run("collect", f"{PICTURES}/labelled.csv", "-g", "gallery-labelled")
    run("split", "gallery-labelled", "seen", "-o", "seen.csv")
    run("split", "gallery-labelled", "unseen", "-o", "unseen.csv")
    run("train", "gallery-labelled", "-s", "unseen.csv", *NETWORK, "-o", "model-network")
    run("train", "gallery-labelled", "-s", "seen.csv", "-o", "model-seen")
    run("train", "gallery-labelled", "-s", "unseen.csv", "--details", 12, *WEIGHTS, "-o", "model-unseen")
    run("train", GALLERY, "-s", "seen.csv", "-r", "siamese-triplet", "-e", "descriptors", *TRIPLETS,
        "-o", "model-triplets")  # fmt: skip
    run("train", "gallery-labelled", "-s", "unseen.csv", "-r", "pair-alexnet", "-e", ENCODER,
        *PAIRS, "-o", "model-pairs")  # fmt: skip
    shown = name_works(GALLERY, unseen_artists()[0])[:3]
    run("enrol", "model-unseen", *shown, "-a", "Newcomer", "-g", "gallery-labelled", "-o", "model-enrolled")
    both = ("evaluate", "gallery-labelled", "-m", "model-seen", "-m", "model-unseen")
    run(*both, "-o", "report")
    run("pairs", "gallery-labelled", "-s", "unseen.csv", "--kind", "all", "-o", "pairs.parquet")
    run("pairs", "gallery-labelled", "-s", "unseen.csv", "--kind", "hard", "-o", "pairs.csv")
    run("episodes", "gallery-labelled", "-s", "unseen.csv", "--count", 6, "-k", 1, "-k", 3,
        "-o", "episodes.csv")  # fmt: skip
    run(
        "evaluate", "gallery-labelled", "-m", "model-unseen", "--pairs", "pairs.parquet", "-o", "report-pairs"
    )
    run(*BENCH)
    run("collect", f"{PICTURES}/few.csv", "-g", "gallery-audited")
    run("audit", "gallery-audited", "-o", "audit", "--workers", 0)
    run("names", "gallery-audited", "-o", "names.csv")
    drop_unread()


def drop_unread() -> None:
    """Remove pages, pictures, checkpoints and the model of a cell: no command reads them."""
    for path in list(Path().rglob("*")):
        is_picture = path.parent.name == PICTURES and path.name not in SHOWN
        is_page = path.suffix in {".html", ".md", ".svg", ".png", ".pt"} or path.name in {
            "groups.jpg",
            "figures",
        }
        if path.name == "model" and "cells" in path.parts:
            shutil.rmtree(path)
        elif path.exists() and (is_picture or is_page):
            shutil.rmtree(path) if path.is_dir() else path.unlink()


def unseen_artists() -> list[str]:
    """Return the artists of the test part of the unseen split."""
    with Path("unseen.csv").open(encoding="utf-8") as file:
        return sorted({row["artist"] for row in csv.DictReader(file) if row["part"] == "test"})


def name_works(gallery: str, artist: str) -> list[str]:
    """Return the ids of an artist's own works."""
    works = morelli.Gallery(gallery).works(f"artist = '{artist}' AND qualifier IS NULL")
    return [str(work_id) for work_id in works["id"]]


def list_questions() -> list[dict[str, Any]]:
    """Return what is asked of the files: name, artefact, kind of numbers, and a command or function.

    Kinds: "read" are numbers that stand in a file, "computed" such as follow from stored vectors, "seen" such
    as follow from pictures. Where `written` names CSV files, they are part of the answer.
    """
    first, second = unseen_artists()[:2]
    a, b = name_works(GALLERY, first), name_works(GALLERY, second)
    pictures = [f"{PICTURES}/{name}" for name in SHOWN]
    labelled = ("-g", "gallery-labelled")
    asked: list[tuple[str, str, Sequence[object], str]] = [
        ("info", "read", ("info", GALLERY), ""),
        ("info-labelled", "read", ("info", "gallery-labelled"), ""),
        ("info-audited", "read", ("info", "gallery-audited", "--skips"), ""),
        ("split-seen", "read", ("split", GALLERY, "--split-file", "seen.csv", "-o", "a.csv"), "a.csv"),
        ("split-unseen", "read", ("split", GALLERY, "--split-file", "unseen.csv"), ""),
        ("split-drawn", "read", ("split", "gallery-labelled", "seen", "--seed", 5, "-o", "b.csv"), "b.csv"),
        ("card-report", "read", ("card", "model-unseen", "--report", "report/report.json"), ""),
        *((f"card-{name}", "read", ("card", f"model-{name}"), "") for name in MODELS),
        ("board", "read", BENCH, ""),
        ("search", "computed", ("search", a[0], "-g", GALLERY, "-k", 6, "--where", "year > 1610"), ""),
        *(
            (f"search-{name}", "computed", ("search", a[0], *labelled, "-m", f"model-{name}", "-k", 6), "")
            for name in ("seen", "unseen", "enrolled", "network", "pairs")
        ),
        *(
            (f"search-{by}", "computed", ("search", a[1], *labelled, "-m", "model-seen", "--by", by), "")
            for by in ("style", "subject")
        ),
        *(
            (
                f"compare-{name}",
                "computed",
                ("compare", a[3], a[4], *labelled, "-m", f"model-{name}", "--crops", 0, "--prior", 0.2),
                "",
            )
            for name in ("seen", "unseen", "enrolled", "network", "pairs")
        ),
        ("compare-others", "computed",
         ("compare", a[3], b[4], *labelled, "-m", "model-unseen", "--crops", 0), ""),
        ("compare-triplets", "computed",
         ("compare", a[3], b[4], "-g", GALLERY, "-m", "model-triplets", "--crops", 0), ""),
        ("compare-sets", "computed",
         ("compare", "--left", *a[:3], "--right", *b[:2], *labelled, "-m", "model-unseen", "--crops", 0), ""),
        ("evaluate", "computed",
         ("evaluate", "gallery-labelled", "-m", "model-seen", "-m", "model-unseen", "-o", "new/report",
          "--against", "report"), ""),
        ("evaluate-network", "computed",
         ("evaluate", "gallery-labelled", "-m", "model-network", "-o", "new/network",
          "--episodes", "episodes.csv"), ""),
        ("evaluate-triplets", "computed",
         ("evaluate", GALLERY, "-m", "model-triplets", "-o", "new/triplets"), ""),
        ("pairs-parquet", "computed",
         ("evaluate", "gallery-labelled", "-m", "model-unseen", "--pairs", "pairs.parquet", "-o", "new/p"),
         ""),
        ("pairs-csv", "computed",
         ("evaluate", "gallery-labelled", "-m", "model-pairs", "--pairs", "pairs.csv", "-o", "new/c"), ""),
        ("pairs-drawn", "read",
         ("pairs", "gallery-labelled", "-s", "unseen.csv", "--partners", 3, "-o", "c.csv"), "c.csv"),
        ("episodes-drawn", "read",
         ("episodes", "gallery-labelled", "-s", "unseen.csv", "--count", 2, "-k", 2, "-o", "d.csv"), "d.csv"),
        ("audit", "computed", ("audit", "gallery-audited", "-o", "new/audit"), "new/audit/*.csv"),
        ("names", "read", ("names", "gallery-audited"), ""),
        ("attribute-seen", "seen", ("attribute", *pictures, *labelled, "-m", "model-seen", *WEIGHTS), ""),
        ("attribute-enrolled", "seen", ("attribute", *pictures, "-m", "model-enrolled", *WEIGHTS), ""),
        ("attribute-network", "seen", ("attribute", *pictures, *labelled, "-m", "model-network"), ""),
        ("attribute-triplets", "seen", ("attribute", *pictures, "-g", GALLERY, "-m", "model-triplets"), ""),
        ("compare-pictures", "seen", ("compare", *pictures[:2], "-m", "model-unseen", *WEIGHTS), ""),
        ("compare-described", "seen", ("compare", *pictures[2:4], "-m", "model-triplets"), ""),
        ("search-picture", "seen", ("search", pictures[3], "-g", GALLERY, "-k", 4), ""),
    ]  # fmt: skip
    questions: list[dict[str, Any]] = [
        {"name": name, "kind": kind, "command": [*map(str, command), "--json"], "written": written}
        for name, kind, command, written in asked
    ]
    for name in MODELS:
        gallery = GALLERY if name == "triplets" else "gallery-labelled"
        arguments = [f"model-{name}", gallery, *a[:2], *b[:2]]
        questions.append({"name": f"vectors-{name}", "kind": "computed", "function": "judge_vectors",
                          "arguments": arguments})  # fmt: skip
    for gallery in (GALLERY, "gallery-labelled", "gallery-audited"):
        questions.append({"name": f"rows-{gallery}", "kind": "read", "function": "read_rows",
                          "arguments": [gallery]})  # fmt: skip
    return questions


MODELS = ("seen", "unseen", "enrolled", "network", "triplets", "pairs")


def judge_vectors(model: str, gallery: str, *ids: str) -> dict[str, Any]:
    """Return what a model says of stored works: the artist of each, and if the first two are by one hand."""
    known, opened = morelli.read_model(Path(model)), morelli.Gallery(gallery)
    embeddings = opened.embeddings(known.encoder.fingerprint)
    vectors, references = embeddings.select(ids), morelli.References.open(opened, known)
    answers = morelli.attribute_vectors(known, vectors, ids, references=references, ids=ids, k=4, level=0.8)
    return {
        "attributions": [answer.to_dict() for answer in answers],
        "comparison": morelli.compare_vectors(known, vectors[0], vectors[1], names=ids[:2]).to_dict(),
        "model": repr(known),
    }


def read_rows(gallery: str) -> dict[str, Any]:
    """Return the works of a gallery, and of each encoder its card and the sums of its vectors."""
    opened = morelli.Gallery(gallery)
    works = opened.works()
    vectors = [opened.embeddings(card.fingerprint) for card in opened.encoders()]
    return {
        "name": opened.name,
        "works": json.loads(json.dumps(works.head(8).to_dicts(), default=str)),
        "counts": {column: works[column].n_unique() for column in works.columns},
        "encoders": [card.to_dict() for card in opened.encoders()],
        "sums": [np.abs(one.vectors.astype(np.float64)).sum(axis=1)[:12].tolist() for one in vectors],
    }


FUNCTIONS: dict[str, Callable[..., Any]] = {"judge_vectors": judge_vectors, "read_rows": read_rows}

LEFT_OUT = ("command", "seconds")
"""How long something took, and what was typed."""


def answer(question: dict[str, Any]) -> Any:
    """Return what the version at hand says to a question, asked in a folder with the files."""
    if "function" in question:
        return tidy(FUNCTIONS[question["function"]](*question["arguments"]))
    told = json.loads(run(*question["command"]))
    if question["written"]:
        paths = sorted(Path().glob(question["written"]))
        return {"told": tidy(told), "tables": {path.name: read_table(path) for path in paths}}
    return tidy(told)


def read_table(path: Path) -> list[list[Any]]:
    """Return the rows of a CSV file, numbers with a fraction as such."""
    with path.open(encoding="utf-8", newline="") as file:
        return [[to_number(cell) for cell in row] for row in csv.reader(file)]


def to_number(cell: str) -> str | float:
    """Return a cell with a decimal point as a number, where it is one."""
    try:
        return float(cell) if "." in cell else cell
    except ValueError:
        return cell


def probe_arithmetic() -> str:
    """Return a digest of products of float32 matrices: it differs where BLAS adds up in another order."""
    rng = np.random.default_rng(0)
    left, right = (rng.normal(size=size).astype(np.float32) for size in ((148, 812), (812, 32)))
    return hashlib.sha256((left @ right).tobytes() + (right.T @ right).tobytes()).hexdigest()


def tidy(value: Any) -> Any:
    """Return an answer as JSON keeps it, without what differs from run to run."""
    if isinstance(value, dict):
        return {str(key): tidy(held) for key, held in value.items() if key not in LEFT_OUT}
    return [tidy(held) for held in value] if isinstance(value, list | tuple) else value


def write_reference(folder: Path) -> None:
    """Write the files, and then the answers from a copy of them, far from the pictures they were made of."""
    made, files, copy = folder / "made", folder / "files", folder / "copy"
    for path in (made, files, copy):
        shutil.rmtree(path, ignore_errors=True)
    made.mkdir(parents=True)
    with contextlib.chdir(made):
        make_files()
    made.rename(files)
    shutil.copytree(files, copy)
    with contextlib.chdir(copy):
        questions = list_questions()
        told = [{**question, "answer": answer(question)} for question in questions]
    told.append({"name": "arithmetic", "answer": probe_arithmetic()})
    shutil.rmtree(copy)
    (folder / "figures.json").write_text(write_figures(told), encoding="utf-8")


def write_figures(questions: Sequence[dict[str, Any]]) -> str:
    """Return the questions with their answers as JSON, one to a line."""
    lines = [json.dumps(question, ensure_ascii=False) for question in questions]
    return "[\n" + ",\n".join(lines) + "\n]\n"


if __name__ == "__main__":
    for _name in [_name for _name in os.environ if _name.startswith("MORELLI_")]:
        del os.environ[_name]
    os.environ["MORELLI_DEVICE"] = "cpu"
    write_reference(Path(sys.argv[1]).absolute())
