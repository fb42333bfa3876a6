"""One report for all tests of the folder."""

from __future__ import annotations

import pytest

from evaluate.reports import make_report
from morelli.evaluate import Report


@pytest.fixture(scope="package")
def report(tmp_path_factory: pytest.TempPathFactory) -> Report:
    return make_report(tmp_path_factory.mktemp("pictures"))


@pytest.fixture
def _undrawn(monkeypatch: pytest.MonkeyPatch) -> None:
    """Put one mark in place of each drawing of a page: drawing takes nearly all of its time."""
    monkeypatch.setattr("morelli.report.page.embed_drawing", lambda _: "<svg></svg>")
