"""How far a training picture may differ from itself, in numbers; `augment` does it.

Whether to flip and turn is said in each recipe: which way a brush leans is evidence of the hand.
"""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field


class Augmentation(BaseModel):
    """How a training picture may differ from itself; without any field, it does not."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    flip: bool = Field(False, description="Left and right exchanged, every other time.")
    rotate_degrees: float = Field(0.0, ge=0, le=180, description="Turned by up to so much either way.")
    least_area: float = Field(1.0, gt=0, le=1, description="Crops of at least this share of the picture.")
    least_ratio: float = Field(
        1.0, gt=0, le=1, description="Sides of crops: the shorter by the longer, at least."
    )
    shear_degrees: float = Field(0.0, ge=0, lt=90, description="Sheared by up to so much either way.")
    shift: float = Field(0.0, ge=0, lt=1, description="Moved by up to this share of the side.")
    brightness: float = Field(0.0, ge=0, le=1, description="Changed by up to this share.")
    contrast: float = Field(0.0, ge=0, le=1, description="Changed by up to this share.")
    saturation: float = Field(0.0, ge=0, le=1, description="Changed by up to this share.")
    noise: float = Field(
        0.0,
        ge=0,
        description="What is added to stored vectors, in standard deviations of each of their dimensions.",
    )

    @property
    def is_cropping(self) -> bool:
        """Whether less than the whole square may be seen."""
        return self.least_area < 1 or self.least_ratio < 1

    @property
    def is_moving(self) -> bool:
        """Whether the square may be turned, sheared or moved."""
        return bool(self.rotate_degrees or self.shear_degrees or self.shift)

    @property
    def changes_pictures(self) -> bool:
        """Whether a picture may come out other than it went in."""
        changes_colour = bool(self.brightness or self.contrast or self.saturation)
        return self.flip or self.is_cropping or self.is_moving or changes_colour
