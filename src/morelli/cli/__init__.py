"""The command line: one executable whose verbs are the names of the Python functions."""

from __future__ import annotations

import logging
import sys


def main() -> None:
    """Run the command line; turn errors into messages and exit codes, here and nowhere else."""
    from morelli.cli.app import app
    from morelli.errors import MorelliError

    logging.basicConfig(level=logging.WARNING, format="%(levelname)s %(message)s", stream=sys.stderr)
    try:
        app()
    except MorelliError as error:
        sys.stderr.write(f"morelli: {error}\n")
        sys.exit(error.exit_code)
    except KeyboardInterrupt:
        sys.stderr.write("\nmorelli: stopped; run the same command again to go on\n")
        sys.exit(130)
    except BrokenPipeError:
        sys.stderr.close()
        sys.exit(1)


__all__ = ["main"]
