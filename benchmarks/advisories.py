"""Known faults of the installed dependencies, as pip-audit knows them.

Run from the project's root: ``python -m benchmarks.advisories``. It ends with code 1 where a fault is known,
and says in a word that it was skipped where the index cannot answer.
"""

from __future__ import annotations

import json
import subprocess
import sys

_COMMAND = (
    "-m", "pip_audit", "--format", "json", "--progress-spinner", "off", "--skip-editable", "--timeout", "15",
)  # fmt: skip
_LIMIT_S = 300


def read_advisories(output: str) -> tuple[str, int]:
    """Return what to say of pip-audit's JSON, and the exit code."""
    try:
        listed = json.loads(output)["dependencies"]
        asked = [(entry["name"], entry["version"], entry["vulns"]) for entry in listed if "vulns" in entry]
    except (ValueError, KeyError, TypeError):
        return "advisories: skipped, the index gave no answer.", 0
    if not asked:
        return f"advisories: skipped, the index knows none of {len(listed)} packages.", 0
    found = [
        f"{name} {version}: {fault['id']}, mended in {', '.join(fault['fix_versions']) or 'no version yet'}"
        for name, version, faults in asked
        for fault in faults
    ]
    return "\n".join([*found, f"advisories: {len(found)} in {len(asked)} packages."]), int(bool(found))


def main() -> int:
    """Ask the index and print the answer; return the exit code."""
    try:
        done = subprocess.run(
            [sys.executable, *_COMMAND], capture_output=True, text=True, timeout=_LIMIT_S, check=False
        )
    except (OSError, subprocess.TimeoutExpired):
        print("advisories: skipped, the index gave no answer in time.")
        return 0
    told, code = read_advisories(done.stdout)
    print(told)
    return code


if __name__ == "__main__":
    sys.exit(main())
