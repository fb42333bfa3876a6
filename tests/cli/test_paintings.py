"""The whole journey on real paintings; run only where those lie beside this checkout."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from real_paintings import pick_pictures

pytestmark = [pytest.mark.paintings, pytest.mark.slow]

N_ARTISTS, N_WORKS = 24, 16


@pytest.fixture(scope="module")
def subset(paintings: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("paintings") / "wikiart"
    for path in pick_pictures(paintings / "wikiart", N_ARTISTS, N_WORKS):
        (folder / path.parent.name).mkdir(parents=True, exist_ok=True)
        os.symlink(path, folder / path.parent.name / path.name)
    return folder


def test_the_journey_with_descriptors_beats_the_raw_cosine(morelli, subset, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    collected = morelli("collect", subset, "-g", "g", "--json").json
    assert collected["layout"] == "wikiart"
    assert collected["works"] > 0.97 * N_ARTISTS * N_WORKS
    embedded = morelli("embed", "g", "-e", "descriptors", "--json").json
    assert (embedded["embedded"], embedded["skips"]) == (collected["works"], [])
    for kind in ("seen", "unseen"):
        assert morelli("train", "g", "-s", kind, "-o", kind).code == 0
    rows = morelli("evaluate", "g", "-m", "seen", "-m", "unseen", "-o", "report", "--json").json["rows"]
    values = {(row["part"], row["metric"]): row["value"] for row in rows}
    assert values["unseen", "roc_auc"] > 0.65
    assert values["unseen", "roc_auc"] > values["unseen", "roc_auc_raw_cosine"]
    assert values["seen", "roc_auc"] > values["seen", "roc_auc_raw_cosine"]
    assert values["seen", "accuracy"] > 0.35  # chance is 1 in 24
    assert values["seen", "recall_at_10"] > 0.5
