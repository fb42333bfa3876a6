"""What other packages add: entry points by group and name, loaded one at a time and only when asked for."""

from __future__ import annotations

from dataclasses import dataclass
from importlib.metadata import EntryPoint, entry_points
from typing import Any

from morelli.errors import MorelliError


@dataclass(frozen=True)
class Plugin:
    """One entry point, not loaded yet."""

    entry: EntryPoint

    @property
    def name(self) -> str:
        """The name that a user types."""
        return self.entry.name

    @property
    def origin(self) -> str:
        """The package that it comes from, with its version."""
        found = self.entry.dist
        return f"plug-in {found.name} {found.version}" if found is not None else "plug-in"

    def load(self, error_type: type[MorelliError]) -> Any:
        """Return what the callable behind the entry point returns; a failure is told in one sentence."""
        try:
            return self.entry.load()()
        except (Exception, SystemExit) as error:  # whatever code that is not ours raises
            raise error_type(
                f"{self.origin}: {self.name}",
                expected=f"{self.entry.value} to be a callable that needs no arguments",
                found=" ".join(f"{type(error).__name__}: {error}".split()),
                remedy="update or uninstall that package; everything else works without it",
            ) from error


def list_plugins(group: str) -> list[Plugin]:
    """Return the entry points of a group by name, one for each name, none of them loaded."""
    found = {entry.name: Plugin(entry) for entry in entry_points(group=group)}
    return [found[name] for name in sorted(found)]


def find_plugin(group: str, name: str) -> Plugin | None:
    """Return the entry point of a name in a group, not loaded yet."""
    return next((plugin for plugin in list_plugins(group) if plugin.name == name), None)
