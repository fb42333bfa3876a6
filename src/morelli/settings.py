"""The settings of a run, each with its default, unit and meaning.

A command-line flag beats a ``MORELLI_*`` variable, which beats ``morelli.toml`` in the working folder, which
beats the default here.
"""

from __future__ import annotations

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


class Settings(BaseSettings):
    """What a run may be told once instead of with every command."""

    model_config = SettingsConfigDict(
        env_prefix="MORELLI_", toml_file=_SETTINGS_FILE, frozen=True, extra="forbid"
    )

    max_pixels: int = Field(200_000_000, gt=0, description="Pictures with more pixels are listed as skipped.")
    workers: int | None = Field(
        None, ge=0, description="Processes that decode pictures; none given: one per core, at most 8."
    )
    batch_size: int = Field(32, gt=0, description="Pictures that go through the network at once.")
    commit_size: int = Field(256, gt=0, description="Works that are stored in one commit to the gallery.")
    device: str = Field("auto", description="auto, cpu, cuda, cuda:1 or mps.")
    precision: Literal["auto", "fp32", "bf16", "fp16"] = Field(
        "auto",
        description="auto: bf16 where the processor multiplies it natively, else fp32. fp16 needs a GPU.",
    )
    seed: int = Field(0, ge=0, description="Seed of every split, sample and bootstrap.")

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
    """Return the settings in force; flags that are None count as not given.

    Parameters
    ----------
    **flags
        Values from the command line by setting name.

    Raises
    ------
    SettingsError
        When a value is not what its setting takes, a setting does not exist, or the file is no TOML.

    Examples
    --------
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
        raise SettingsError(
            f"setting {name}",
            expected=f"one of {', '.join(Settings.model_fields)}" if is_unknown else _lower(first["msg"]),
            found=repr(first["input"]),
            remedy=f"correct the flag, MORELLI_{name.upper()} or {_SETTINGS_FILE}",
        ) from error


def _lower(sentence: str) -> str:
    return sentence[:1].lower() + sentence[1:]
