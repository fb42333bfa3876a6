"""Commands killed at drawn moments lose nothing, double nothing and leave nothing half."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

TESTS = Path(__file__).resolve().parents[1]


@pytest.mark.parametrize("n_kills", [40, pytest.param(1000, marks=pytest.mark.slow)])
@pytest.mark.skipif(os.name != "posix", reason="SIGKILL is POSIX")
def test_killed_commands_leave_nothing_lost_doubled_or_half(unseen_folder: Path, n_kills: int) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "sturdy.kills", str(n_kills), str(unseen_folder)],
        env={**os.environ, "PYTHONPATH": os.pathsep.join([str(TESTS), *sys.path])},
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    found = json.loads(done.stdout)
    assert found["runs"] == n_kills
    assert found["killed"] > 0.5 * n_kills  # the others ended before they were killed
    assert found["faults"] == []
