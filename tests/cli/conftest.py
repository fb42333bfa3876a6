"""Two ways to run a command: in this process, which is quick, and in one of its own, as a user does."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from morelli.cli import main

EXECUTABLE = str(Path(sys.executable).with_name("morelli"))


@dataclass(frozen=True)
class Outcome:
    """What a command left: exit code, stdout and stderr."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """All of stdout as one JSON value."""
        return json.loads(self.out)


@pytest.fixture
def morelli(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Callable[..., Outcome]:
    """Return a function that runs a command in this process."""
    monkeypatch.delenv("COLUMNS", raising=False)  # tables are as wide as they need

    def run(*arguments: object) -> Outcome:
        monkeypatch.setattr(sys, "argv", ["morelli", *map(str, arguments)])
        capsys.readouterr()
        code: object = 0
        try:
            main()
        except SystemExit as end:
            code = end.code
        caught = capsys.readouterr()
        return Outcome(int(str(code or 0)), caught.out, caught.err)

    return run


@pytest.fixture
def refuses(morelli: Callable[..., Outcome]) -> Callable[..., Outcome]:
    """Return a function that runs a command which must end with a code, an empty stdout and one message."""

    def run(*arguments: object, code: int = 1) -> Outcome:
        outcome = morelli(*arguments)
        assert outcome.code == code, outcome
        assert outcome.out == ""
        assert "Traceback" not in outcome.err
        return outcome

    return run


def run_apart(*arguments: object, cwd: object = None, **variables: str) -> Outcome:
    """Run a command in a process of its own."""
    done = subprocess.run(
        [EXECUTABLE, *map(str, arguments)],
        capture_output=True, text=True, env={**os.environ, **variables}, cwd=cwd, check=False,
    )  # fmt: skip
    return Outcome(done.returncode, done.stdout, done.stderr)
