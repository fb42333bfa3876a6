"""What a run is told and tells: its settings, its progress and the processors it has.

A command-line flag beats a ``MORELLI_*`` variable, which beats ``morelli.toml`` in the working folder, which
beats the default here.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Literal

from pydantic import Field, ValidationError
from pydantic_settings import (
    BaseSettings,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    TomlConfigSettingsSource,
)

from morelli.errors import SettingsError

_SETTINGS_FILE = "morelli.toml"

Progress = Callable[[str, int, int], None]
"""Called with the step under way, how much of it is done, and how much there is, 0 where not known."""


class Settings(BaseSettings):
    """Options that a run may be given once instead of with every command."""

    model_config = SettingsConfigDict(
        env_prefix="MORELLI_", toml_file=_SETTINGS_FILE, frozen=True, extra="forbid"
    )

    max_pixels: int = Field(200_000_000, gt=0, description="Pictures with more pixels are listed as skipped.")
    workers: int | None = Field(
        None, ge=0, description="Processes that decode pictures; none given: one per core, at most 8."
    )
    memory: int = Field(
        1536, gt=0, description="Megabytes that all pictures being decoded may take together."
    )
    batch_size: int = Field(32, gt=0, description="Pictures that go through the network at once.")
    commit_size: int = Field(256, gt=0, description="Works that are stored in one commit to the gallery.")
    device: str = Field("auto", description="auto, cpu, cuda, cuda:1 or mps.")
    precision: Literal["auto", "fp32", "bf16", "fp16"] = Field(
        "auto",
        description="auto: bf16 where the processor multiplies it natively, else fp32. fp16 needs a GPU.",
    )
    seed: int = Field(0, ge=0, description="Seed of every split, sample and bootstrap.")
    gallery: str | None = Field(None, description="Gallery of commands that are given none by --gallery.")
    model: str | None = Field(None, description="Model of commands that need one and are given none.")

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Order the sources: flag, variable, file."""
        return init_settings, env_settings, TomlConfigSettingsSource(settings_cls)


def load_settings(**flags: object) -> Settings:
    """Return the settings in force, given flags by name; a flag that is None counts as not given.

    >>> load_settings(batch_size=8, device=None).batch_size
    8
    """
    given = {name: value for name, value in flags.items() if value is not None}
    try:
        return Settings(**given)  # type: ignore[arg-type]
    except (OSError, ValueError) as error:
        if not isinstance(error, ValidationError):
            raise SettingsError(
                _SETTINGS_FILE, expected="a TOML file", found=str(error), remedy="correct the file"
            ) from error
        first = error.errors()[0]
        name = ".".join(str(part) for part in first["loc"])
        is_unknown = first["type"] == "extra_forbidden"
        message = first["msg"][:1].lower() + first["msg"][1:]
        raise SettingsError(
            f"setting {name}",
            expected=f"one of {', '.join(Settings.model_fields)}" if is_unknown else message,
            found=repr(first["input"]),
            remedy=f"correct the flag, MORELLI_{name.upper()} or {_SETTINGS_FILE}",
        ) from error


def ignore_progress(step: str, done: int, total: int) -> None:
    """Do nothing: a `Progress` for whoever wants to be told nothing."""


@contextmanager
def one_thread() -> Iterator[None]:
    """Keep products of matrices to one thread, in a ``with`` or as a decorator; networks are left alone.

    Small products take several threads longer than one: each waits for the others, and where the machine has
    other work, for that too.
    """
    from threadpoolctl import threadpool_limits

    with threadpool_limits(1, user_api="blas"):
        yield


def count_processors() -> int:
    """Return how many processors this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
