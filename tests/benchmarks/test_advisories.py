from __future__ import annotations

import json

import pytest
from benchmarks.advisories import read_advisories


def answer(*entries: dict[str, object]) -> str:
    return json.dumps({"dependencies": list(entries), "fixes": []})


SOUND = {"name": "numpy", "version": "2.4.6", "vulns": []}
UNKNOWN = {"name": "morelli", "skip_reason": "not found"}
FAULTY = {"name": "pillow", "version": "1.0", "vulns": [{"id": "CVE-1", "fix_versions": ["1.1", "2.0"]}]}


@pytest.mark.parametrize(
    ("output", "told", "code"),
    [
        ("", "skipped, the index gave no answer", 0),
        ("<html>busy</html>", "skipped, the index gave no answer", 0),
        ("[]", "skipped, the index gave no answer", 0),
        (answer(UNKNOWN), "skipped, the index knows none of 1 packages", 0),
        (answer(SOUND, UNKNOWN), "advisories: 0 in 1 packages", 0),
        (answer(SOUND, FAULTY), "pillow 1.0: CVE-1, mended in 1.1, 2.0\nadvisories: 1 in 2 packages", 1),
    ],
)
def test_a_known_fault_fails_and_silence_is_told(output: str, told: str, code: int) -> None:
    said, ended = read_advisories(output)
    assert told in said
    assert ended == code
