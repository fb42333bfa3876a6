from __future__ import annotations

from pathlib import Path

import pytest


@pytest.fixture(scope="session")
def paintings() -> Path:
    folder = Path(__file__).resolve().parents[3] / "shared" / "paintings"
    if not folder.is_dir():
        pytest.skip("no real paintings beside this checkout")
    return folder
