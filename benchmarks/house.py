"""Count the house: files, lines, docstrings, public names, floors and strays, chapter by chapter.

Run from the project's root: ``python -m benchmarks.house``. It ends with code 1 when a limit is passed.
"""

from __future__ import annotations

import ast
import sys
from collections import Counter, defaultdict
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

PACKAGE = Path(__file__).parents[1] / "src" / "morelli"

MAX_FILES, MAX_LINES, MAX_PUBLIC = 250, 52_000, 960
MAX_DOCSTRINGS = 0.20
"""Share of all lines."""
MAX_FOLDER_FILES, MAX_FLOORS = 20, 6
SMALL_LINES = 80
"""A file below this that one file of its folder imports, and no other, belongs into that file."""

_DEFINITIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)


@dataclass(frozen=True)
class File:
    """One file of the package, parsed."""

    path: Path
    module: str
    text: str

    @cached_property
    def tree(self) -> ast.Module:
        """Its syntax tree."""
        return ast.parse(self.text)

    @property
    def n_lines(self) -> int:
        """All lines, empty ones too."""
        return len(self.text.splitlines())

    @property
    def n_docstring_lines(self) -> int:
        """Lines of the docstrings of the module, its classes and its functions."""
        owners = (node for node in ast.walk(self.tree) if isinstance(node, (ast.Module, *_DEFINITIONS)))
        return sum(_count_docstring(owner.body) for owner in owners)

    @property
    def n_public(self) -> int:
        """Functions and classes without an underscore."""
        return sum(
            isinstance(node, _DEFINITIONS) and not node.name.startswith("_") for node in self.tree.body
        )

    @property
    def is_face(self) -> bool:
        """Whether it is the `__init__` of a folder."""
        return self.path.name == "__init__.py"

    def imports(self, modules: set[str]) -> set[str]:
        """Return the modules of the package that it imports at run time, in functions too."""
        typing_only = {
            inner
            for node in ast.walk(self.tree)
            if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.dump(node.test)
            for inner in ast.walk(node)
        }
        found = set()
        for node in ast.walk(self.tree):
            if isinstance(node, ast.ImportFrom) and node not in typing_only and node.module:
                whole = {f"{node.module}.{alias.name}" for alias in node.names} & modules
                found |= whole or ({node.module} & modules)
        return found - {self.module}


def read_files(package: Path = PACKAGE) -> list[File]:
    """Return all Python files below a package's folder."""
    return [
        File(path, _name_module(path, package), path.read_text(encoding="utf-8"))
        for path in sorted(package.rglob("*.py"))
    ]


def count_floors(files: list[File]) -> dict[Path, int]:
    """Return how many floors each folder has: the longest chain of imports among its own files."""
    imports = list_imports(files)
    by_folder = defaultdict(list)
    for file in files:
        if not file.is_face:
            by_folder[file.path.parent].append(file.module)
    return {folder: _measure_depth(modules, imports) for folder, modules in by_folder.items()}


def find_strays(files: list[File]) -> list[File]:
    """Return small files that only one file of their folder imports, and nothing else; faces apart."""
    importers = defaultdict(set)
    for module, imported in list_imports(files).items():
        for one in imported:
            importers[one].add(module)
    folders = {file.module: file.path.parent for file in files}
    faces = {file.module for file in files if file.is_face}
    return [
        file
        for file in files
        if not file.is_face
        and file.n_lines < SMALL_LINES
        and len(importers[file.module] - faces) == 1
        and folders[next(iter(importers[file.module] - faces))] == file.path.parent
    ]


def list_imports(files: list[File]) -> dict[str, set[str]]:
    """Return which modules each module imports."""
    modules = {file.module for file in files}
    return {file.module: file.imports(modules) for file in files}


def find_breaches(files: list[File]) -> list[str]:
    """Return a sentence for each limit that is passed."""
    n_lines = sum(file.n_lines for file in files)
    share = sum(file.n_docstring_lines for file in files) / n_lines
    n_public = sum(file.n_public for file in files)
    folders = Counter(file.path.parent.relative_to(PACKAGE).as_posix() for file in files)
    counted = [
        (len(files) > MAX_FILES, f"{len(files)} files; at most {MAX_FILES}."),
        (n_lines > MAX_LINES, f"{n_lines:,} lines; at most {MAX_LINES:,}."),
        (share >= MAX_DOCSTRINGS, f"{share:.1%} of the lines are docstrings; under {MAX_DOCSTRINGS:.0%}."),
        (n_public > MAX_PUBLIC, f"{n_public} public functions and classes; at most {MAX_PUBLIC}."),
        *((n > MAX_FOLDER_FILES, f"{name}/ has {n} files.") for name, n in folders.items()),
        *(
            (n > MAX_FLOORS, f"{folder.relative_to(PACKAGE)}/ has {n} floors; at most {MAX_FLOORS}.")
            for folder, n in count_floors(files).items()
        ),
        *((True, f"{file.module} has {file.n_lines} lines and one importer.") for file in find_strays(files)),
    ]
    return [sentence for is_passed, sentence in counted if is_passed]


def main() -> int:
    """Print the table and what passes a limit; return the exit code."""
    files = read_files()
    floors = count_floors(files)
    chapters = defaultdict(list)
    for file in files:
        chapters[file.path.parent].append(file)
    print(f"{'chapter':28}{'files':>6}{'lines':>8}{'docstrings':>12}{'public':>8}{'floors':>8}{'longest':>9}")
    for folder, own in sorted(chapters.items()):
        _print_line(folder.relative_to(PACKAGE.parent).as_posix(), own, str(floors.get(folder, 0)))
    _print_line("all", files, str(max(floors.values())))
    breaches = find_breaches(files)
    print("\n".join(breaches) or "No limit is passed.")
    return int(bool(breaches))


def _print_line(name: str, files: list[File], floors: str) -> None:
    n_lines = sum(file.n_lines for file in files)
    share = sum(file.n_docstring_lines for file in files) / max(n_lines, 1)
    n_public, longest = sum(file.n_public for file in files), max(file.n_lines for file in files)
    print(f"{name:28}{len(files):6}{n_lines:8,}{share:12.1%}{n_public:8}{floors:>8}{longest:9}")


def _count_docstring(body: list[ast.stmt]) -> int:
    first = body[0] if body else None
    if not isinstance(first, ast.Expr) or not isinstance(first.value, ast.Constant):
        return 0
    return (first.end_lineno or first.lineno) - first.lineno + 1 if isinstance(first.value.value, str) else 0


def _name_module(path: Path, package: Path) -> str:
    parts = path.relative_to(package.parent).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def _measure_depth(modules: list[str], imports: dict[str, set[str]]) -> int:
    """Return the number of files on the longest chain of imports; a circle counts as one more floor."""
    own = set(modules)
    depths: dict[str, int] = {}

    def climb(module: str, below: frozenset[str]) -> int:
        if module in below:
            return 1
        if module not in depths:
            under = [climb(one, below | {module}) for one in imports[module] & own]
            depths[module] = 1 + max(under, default=0)
        return depths[module]

    return max(climb(module, frozenset()) for module in modules)


if __name__ == "__main__":
    sys.exit(main())
