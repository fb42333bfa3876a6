"""All errors that morelli raises on purpose, drawn as one tree.

::

    MorelliError
    ├── UsageError            an option or a combination of options that makes no sense
    ├── SettingsError         a MORELLI_* variable or a settings file with a bad value
    ├── SourceError           a source of works that cannot be read as a whole
    │   └── LayoutError       ... because no known layout fits it
    ├── PictureError          one picture that cannot be used; listed as a skip, never replaced
    ├── GalleryError          a gallery that is missing, damaged or asked for what it does not hold
    │   └── FingerprintError  vectors and encoder, or vectors and model, do not belong together
    ├── EncoderError          an encoder that cannot be built
    │   └── WeightsError      ... because its weights do not fit
    ├── DownloadError         weights, a picture or a record that cannot be fetched
    │   └── AddressError      ... because its address is refused
    ├── SplitError            a split that cannot be drawn or does not fit the collection
    ├── RecipeError           a recipe that does not exist, or says what cannot be done
    ├── ModelError            a model folder that cannot be read, or cannot do what is asked
    ├── TrainingError         a training that cannot go on
    └── EvaluationError       numbers that cannot be computed from what is there

Every message has four parts: which thing, what was expected, what was found, what to do.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager


class MorelliError(Exception):
    """The root of the tree; carries the four parts of its message, the last three as phrases.

    >>> str(MorelliError("a.jpg", expected="a picture", found="0 bytes", remedy="copy the file again"))
    'a.jpg: expected a picture, found 0 bytes; copy the file again.'
    """

    exit_code = 1

    def __init__(self, thing: object, *, expected: str, found: str, remedy: str) -> None:
        self.thing = str(thing)
        self.expected = expected
        self.found = found
        self.remedy = remedy
        super().__init__(f"{self.thing}: expected {expected}, found {found}; {remedy}.")

    def __reduce__(self) -> tuple[object, ...]:
        """Rebuild from the parts, so that errors travel between processes."""
        parts = (self.thing, self.expected, self.found, self.remedy)
        return _rebuild, (type(self), *parts)


def _rebuild(cls: type[MorelliError], thing: str, expected: str, found: str, remedy: str) -> MorelliError:
    return cls(thing, expected=expected, found=found, remedy=remedy)


class UsageError(MorelliError):
    """An option or a combination of options that makes no sense."""

    exit_code = 2


@contextmanager
def needs_networks(thing: object) -> Iterator[None]:
    """Refuse a thing whose imports, made inside, need what the extra ``networks`` installs."""
    try:
        yield
    except ImportError as error:
        package = (error.name or "").split(".")[0]
        missing = isinstance(error, ModuleNotFoundError) and package
        raise UsageError(
            thing,
            expected="the packages that networks run on",
            found=f"no {package}" if missing else f"one that cannot be loaded ({error})",
            remedy='install them with: pip install "morelli[networks]"',
        ) from error


def describe_fault(error: Exception) -> str:
    """Return what the operating system said, in its own words where a library of Rust passes it on.

    >>> describe_fault(ValueError("Error while serializing: I/O error: full (os error 13)"))
    'permission denied'
    """
    if isinstance(error, OSError) and error.strerror:
        return error.strerror.lower()
    code = re.search(r"\bos error (\d+)\b", str(error))
    if code is not None:
        return os.strerror(int(code[1])).lower()
    return next(iter(str(error).splitlines()), "") or type(error).__name__


class SettingsError(MorelliError):
    """A ``MORELLI_*`` variable or a settings file with a bad value."""

    exit_code = 2


class SourceError(MorelliError):
    """A source of works that cannot be read as a whole."""


class LayoutError(SourceError):
    """A source that no known layout fits."""


class PictureError(MorelliError):
    """One picture that cannot be used; it is listed as a skip, never replaced."""


class GalleryError(MorelliError):
    """A gallery that is missing, damaged or asked for what it does not hold."""


class FingerprintError(GalleryError):
    """Vectors and encoder, or vectors and model, that do not belong together."""


class EncoderError(MorelliError):
    """An encoder that cannot be built."""


class WeightsError(EncoderError):
    """Weights that do not fit the network they are meant for."""


class DownloadError(MorelliError):
    """Weights, a picture or a record that cannot be fetched."""


class AddressError(DownloadError):
    """An address that is refused: not http(s), or one of a private network."""


class SplitError(MorelliError):
    """A split that cannot be drawn or does not fit the collection."""


class RecipeError(MorelliError):
    """A recipe that does not exist, or says what cannot be done."""


class ModelError(MorelliError):
    """A model folder that cannot be read, or cannot do what is asked."""


class TrainingError(MorelliError):
    """A training that cannot go on: a loss without a value, or a checkpoint of another training."""


class EvaluationError(MorelliError):
    """Numbers that cannot be computed from what is there."""
