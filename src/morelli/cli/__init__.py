"""The command line: one executable whose verbs are the names of the Python functions."""

from __future__ import annotations

import sys

_INTERRUPTED = 130  # what typer makes of Ctrl-C


def main() -> None:
    """Run the command line; turn errors into messages and exit codes, here and nowhere else."""
    from morelli.cli.app import app, read_defaults
    from morelli.cli.console import settle_streams, show_controls
    from morelli.errors import MorelliError

    settle_streams()
    try:
        app(default_map=read_defaults())
    except MorelliError as error:
        sys.stderr.write(show_controls(f"morelli: {error}", is_cell=True) + "\n")
        sys.exit(error.exit_code)
    except SystemExit as end:
        if end.code == _INTERRUPTED:
            sys.stderr.write("\nmorelli: stopped; run the same command again to go on\n")
        raise
    except BrokenPipeError:
        sys.stderr.close()
        sys.exit(1)
    except OSError as error:
        place, found = error.filename or "disk", error.strerror or error
        place = show_controls(str(place), is_cell=True)
        sys.stderr.write(f"morelli: {place}: expected to read or write here, found: {found}.\n")
        sys.exit(1)


__all__ = ["main"]
