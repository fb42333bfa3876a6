"""One report for all tests of the folder."""

from __future__ import annotations

import pytest

from evaluate.reports import make_report
from morelli.evaluate import Report


@pytest.fixture(scope="package")
def report(tmp_path_factory: pytest.TempPathFactory) -> Report:
    return make_report(tmp_path_factory.mktemp("pictures"))
