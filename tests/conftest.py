"""What all tests share: one thread each, no user's settings or caches, and one small collection drawn by
code.

The collection, its gallery and its models are made once for all test processes; tests that change a gallery
take a copy (`gallery_copy`).
"""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
from collections.abc import Callable
from functools import partial
from pathlib import Path

# Before anything imports NumPy or torch: the suite runs as many processes as there are processors.
for _name in ("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS", "NUMEXPR_NUM_THREADS"):
    os.environ[_name] = "1"
_CACHES = tempfile.TemporaryDirectory(prefix="morelli-tests-")
for _name in ("HF_HOME", "TORCH_HOME"):
    os.environ[_name] = str(Path(_CACHES.name) / _name.lower())
os.environ["HF_HUB_OFFLINE"] = "1"
os.environ["HF_HUB_DISABLE_TELEMETRY"] = "1"

import pytest  # noqa: E402
from filelock import FileLock  # noqa: E402
from hypothesis import settings  # noqa: E402

# The first example pays for what a library sets up; on a busy machine that passes any deadline.
settings.register_profile("morelli", deadline=None)
settings.load_profile("morelli")

N_PAINTERS, N_WORKS = 12, 12
"""The fewest of which a seen and an unseen split keep pairs by one hand in every part."""

SHARED = Path(__file__).resolve().parents[2] / "shared"


@pytest.fixture(scope="session")
def empty_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("empty")


@pytest.fixture(autouse=True)
def _keep_to_itself(empty_folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Start each test in an empty folder, without the user's settings, and with one torch thread."""
    for name in [name for name in os.environ if name.startswith("MORELLI_")]:
        monkeypatch.delenv(name)
    monkeypatch.chdir(empty_folder)
    if "torch" in sys.modules:
        sys.modules["torch"].set_num_threads(1)


@pytest.fixture(scope="session")
def common_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder that all processes of this test run see."""
    base = tmp_path_factory.getbasetemp()
    folder = (base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) / "common"
    folder.mkdir(exist_ok=True)
    return folder


@pytest.fixture(scope="session")
def make_once(common_folder: Path) -> Callable[[str, Callable[[Path], object]], Path]:
    """Return a function that makes a folder of a name unless another process has done so."""

    def make(name: str, write: Callable[[Path], object]) -> Path:
        folder, done = common_folder / name, common_folder / f"{name}.done"
        with FileLock(common_folder / f"{name}.lock"):
            if not done.exists():
                write(folder)
                done.touch()
        return folder

    return make


@pytest.fixture(scope="session")
def drawn(make_once) -> Path:
    """Return the folder of a drawn collection."""
    from morelli.demo.collection import draw_collection

    return make_once(
        "pictures",
        lambda folder: draw_collection(folder, n_painters=N_PAINTERS, n_works=N_WORKS, n_processes=1),
    )


@pytest.fixture(scope="session")
def gallery_folder(make_once, drawn: Path) -> Path:
    """Return a gallery of the drawn collection with its descriptors; not to be changed."""
    from morelli.collection.sources import recognise
    from morelli.encode.encoder import Encoder
    from morelli.encode.spec import parse_encoder
    from morelli.gallery import Gallery, collect_source, embed_gallery
    from morelli.settings import Settings

    def write(folder: Path) -> None:
        settings, gallery = Settings(workers=0), Gallery(folder, is_new=True)
        collect_source(gallery, recognise(drawn), settings)
        embed_gallery(gallery, Encoder(parse_encoder("descriptors"), settings), settings)

    return make_once("gallery", write)


@pytest.fixture(scope="session")
def gallery(gallery_folder: Path):
    from morelli.gallery import Gallery

    return Gallery(gallery_folder)


@pytest.fixture
def gallery_copy(gallery_folder: Path, tmp_path: Path) -> Path:
    """Return a copy of the gallery that may be changed."""
    return Path(shutil.copytree(gallery_folder, tmp_path / "gallery"))


def _train(make_once, gallery, kind: str) -> Path:
    """Train with a tenth of the steps."""
    from morelli.collection.splits import draw_split
    from morelli.learn import train_model
    from morelli.learn.heads import ContrastiveSpace, SoftmaxSpace, comparison, open_set
    from morelli.model import write_model

    def write(folder: Path) -> None:
        card = gallery.encoder()
        embeddings = gallery.embeddings(card.fingerprint)
        split = draw_split(gallery.works(), kind)
        with pytest.MonkeyPatch.context() as patch:
            for space in (ContrastiveSpace, SoftmaxSpace):
                patch.setattr(comparison, space.__name__, partial(space, n_steps=30))
            patch.setattr(open_set, "_N_STEPS", 30)
            write_model(train_model(embeddings, card, split, collection=gallery.name), folder)

    return make_once(f"model-{kind}", write)


@pytest.fixture(scope="session")
def seen_folder(make_once, gallery) -> Path:
    """Return a model trained on a seen split of the gallery."""
    return _train(make_once, gallery, "seen")


@pytest.fixture(scope="session")
def unseen_folder(make_once, gallery) -> Path:
    """Return a model trained on an unseen split of the gallery."""
    return _train(make_once, gallery, "unseen")


@pytest.fixture(scope="session")
def seen_model(seen_folder: Path):
    from morelli.model import read_model

    return read_model(seen_folder)


@pytest.fixture(scope="session")
def unseen_model(unseen_folder: Path):
    from morelli.model import read_model

    return read_model(unseen_folder)


@pytest.fixture(scope="session")
def signals_folder(make_once, gallery, seen_model) -> Path:
    """Return the seen model with its signals, learnt in a tenth of the steps.

    Its validation works are by all painters, so that some of different painters share a school.
    """
    from dataclasses import replace

    from morelli.learn.hand import _label_works
    from morelli.learn.heads import ContrastiveSpace, signals
    from morelli.learn.heads import signals as planted
    from morelli.model import write_model

    def write(folder: Path) -> None:
        card = seen_model.encoder
        embeddings = gallery.embeddings(card.fingerprint)
        parts = [
            _label_works(seen_model.split.part(part), gallery.works(), embeddings, card, None)
            for part in ("train", "val")
        ]
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(signals, "ContrastiveSpace", partial(ContrastiveSpace, n_steps=30))
            patch.setattr(planted, "_N_COPIED", 4)
            write_model(replace(seen_model, signals=signals.fit_signals(*parts, seed=0)), folder)

    return make_once("model-signals", write)


@pytest.fixture(scope="session")
def signals_model(signals_folder: Path):
    from morelli.model import read_model

    return read_model(signals_folder)


@pytest.fixture(scope="session")
def paintings() -> Path:
    """Return the folder of real paintings beside this checkout."""
    return _find_shared("paintings")


@pytest.fixture(scope="session")
def real_weights() -> Path:
    """Return the folder of real weights beside this checkout."""
    return _find_shared("weights")


def _find_shared(name: str) -> Path:
    folder = SHARED / name
    if not folder.is_dir():
        pytest.skip(f"no real {name} beside this checkout")
    return folder


def pytest_unconfigure() -> None:
    _CACHES.cleanup()
