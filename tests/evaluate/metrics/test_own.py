"""Metrics of other packages: real entry points, measured like all others, refused in one sentence."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest

from docs.pages import ROOT
from evaluate.reports import make_probabilities, make_report, make_works
from morelli.collection.pairs.samples import sample_pairs
from morelli.errors import EvaluationError
from morelli.evaluate.metrics.words import _load_metrics, find_metric
from morelli.evaluate.protocols import attribution_rows, compare_works, retrieval_rows
from morelli.report.page import render_page

PAGE = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
SEPARATION = PAGE.partition("## Add a metric")[2].partition("```python\n")[2].partition("```")[0]

FIELDS = 'name, meaning, unit, direction = "Mine", "Of mine.", "", "lower"\n'


@pytest.fixture
def install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., None]]:
    """Return a function that installs a package with one metric; it is gone after the test."""

    installed: list[str] = []

    def install(key: str, target: str, code: str) -> None:
        module = target.partition(":")[0]
        info = tmp_path / f"{module}-1.0.dist-info"
        info.mkdir()
        monkeypatch.delitem(sys.modules, module, raising=False)
        installed.append(module)
        (tmp_path / f"{module}.py").write_text(code, encoding="utf-8")
        (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {module}\nVersion: 1.0\n")
        (info / "entry_points.txt").write_text(f"[morelli.metrics]\n{key} = {target}\n")
        monkeypatch.syspath_prepend(tmp_path)
        _load_metrics.cache_clear()

    yield install
    _load_metrics.cache_clear()
    for module in installed:
        sys.modules.pop(module, None)


def compare(n_boot: int = 40):
    vectors, raw, artists = make_works(6, 5, seed=0)
    return compare_works(vectors, raw, artists, part="unseen", seed=0, n_boot=n_boot, n_triplets=50).rows


def test_the_example_is_the_code_of_the_page():
    assert (ROOT / "examples" / "separation.py").read_text(encoding="utf-8") == SEPARATION


def test_the_metric_of_the_page_is_measured_and_printed(install, tmp_path):
    plain = compare()
    install("separation", "separation:Separation", SEPARATION)
    rows = compare()
    assert rows[: len(plain)] == plain
    model, raw, gain = rows[len(plain) :]
    assert [row.metric for row in (model, raw, gain)] == [
        "separation", "separation_raw_cosine", "separation_gain",
    ]  # fmt: skip
    vectors, _, artists = make_works(6, 5, seed=0)
    pairs = sample_pairs(artists, rng=np.random.default_rng(0))
    scores = (vectors[pairs.left] * vectors[pairs.right]).sum(axis=1)
    own, other = scores[pairs.same], scores[~pairs.same]
    assert model.value == pytest.approx((own.mean() - other.mean()) / np.sqrt((own.var() + other.var()) / 2))
    assert model.low < model.value < model.high
    assert gain.value == pytest.approx(model.value - raw.value)
    assert (model.n, model.unit, len(model.replicates)) == (len(pairs), "pairs", 40)
    page = render_page(make_report(tmp_path))
    assert "Separation" in page
    assert find_metric("separation").write(model.value) in page


def test_without_weights_pairs_are_copied(install):
    install("separation", "separation:Separation", SEPARATION)
    weighed = compare()[-3:]
    copied = SEPARATION.replace("is_same, weights)", "is_same)").replace(", weights=weights[kind]", "")
    install("copied", "copied:Separation", copied)
    found = {row.metric: row for row in compare()}
    for row in weighed:
        other = found[row.metric.replace("separation", "copied")]
        assert [other.value, other.low, other.high] == pytest.approx([row.value, row.low, row.high])


def test_an_attribution_is_measured_by_work(install):
    """The share of rightly named works, which the model measures too."""
    measure = (
        'task = "attribution"\ndef measure(scores, is_same, weights):\n    import numpy as np\n'
        "    right = is_same[np.arange(len(scores)), scores.argmax(axis=1)]\n"
        "    return np.average(right, weights=weights)\n"
    )
    install("mine", "mine", FIELDS + measure)
    _, _, artists = make_works(5, 6, seed=0)
    probabilities, classes = make_probabilities(artists, seed=0)
    rows = {row.metric: row for row in attribution_rows(probabilities, classes, artists, seed=0, n_boot=30)}
    own, accuracy = rows["mine"], rows["accuracy"]
    assert [own.value, own.low, own.high] == pytest.approx([accuracy.value, accuracy.low, accuracy.high])


def test_a_retrieval_is_measured_by_query(install):
    """Whether the nearest work is right, which is the recall at 1."""
    measure = 'task = "retrieval"\ndef measure(scores, is_same):\n    return is_same[scores.argmax()]\n'
    install("mine", "mine", FIELDS + measure)
    vectors, _, artists = make_works(5, 6, seed=1)
    ids = [str(place) for place in range(len(artists))]
    options = {"query_ids": ids, "gallery_ids": ids}
    found = retrieval_rows(vectors, artists, vectors, artists, part="seen", seed=0, n_boot=30, **options)
    rows = {row.metric: row for row in found}
    own, recall = rows["mine"], rows["recall_at_1"]
    assert [own.value, own.low, own.high] == [recall.value, recall.low, recall.high]


@pytest.mark.parametrize(
    ("key", "code", "found"),
    [
        ("mine", "import nothing_of_this_name", "ModuleNotFoundError: No module named"),
        ("mine", 'raise ValueError("no\\nway")', "ValueError: no way"),
        ("mine", 'task = "comparison"\n', "expected a text as name, found None"),
        (
            "mine",
            FIELDS + 'task = "judgement"',
            "'comparison' or 'attribution' or 'retrieval' as task",
        ),
        ("mine", FIELDS + 'task = "comparison"', "expected a function as measure, found none"),
        ("roc_auc", FIELDS + 'task = "comparison"', "expected a name that no other metric has"),
        ("mine_gain", FIELDS + 'task = "comparison"', "without _raw_cosine or _gain, found 'mine_gain'"),
        ("mine", FIELDS + 'task = "comparison"\ndef measure(a, b):\n    return a', "TypeError: only"),
        ("mine", FIELDS + 'task = "comparison"\ndef measure(a, b):\n    1 / 0', "ZeroDivisionError"),
    ],
)
def test_what_is_no_metric_is_refused_in_one_sentence(install, key, code, found):
    install(key, "mine", code)
    with pytest.raises(EvaluationError) as refused:
        compare(n_boot=3)
    assert str(refused.value).startswith(f"metric {key!r} of mine: expected ")
    assert found in str(refused.value)
    assert str(refused.value).endswith("mend the package mine, or uninstall it.")
    assert "\n" not in str(refused.value)
