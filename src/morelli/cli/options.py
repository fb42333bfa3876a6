"""Arguments and options that several commands share, so that they read the same everywhere."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

GalleryArgument = Annotated[str, typer.Argument(metavar="GALLERY", help="Gallery folder or address.")]
GalleryOption = Annotated[str | None, typer.Option("--gallery", "-g", help="Gallery of reference works.")]
RequiredGallery = Annotated[str, typer.Option("--gallery", "-g", help="Gallery folder or address.")]
ModelOption = Annotated[
    Path, typer.Option("--model", "-m", help="Model folder, as 'morelli train' wrote it.")
]
EncoderOption = Annotated[
    str | None, typer.Option("--encoder", "-e", help="Which encoder's vectors: name or fingerprint.")
]
WeightsOption = Annotated[
    list[Path] | None,
    typer.Option("--weights", "-w", help="Weights file (.safetensors, .pth); once per network, in order."),
]
WhereOption = Annotated[str | None, typer.Option(help='SQL condition over the works, such as "year < 1900".')]
SeedOption = Annotated[int | None, typer.Option(help="Seed of everything random.", show_default="0")]
QualifiedFlag = Annotated[
    bool,
    typer.Option("--with-qualified", help="Take works with a qualifier too, such as 'workshop of'."),
]
JsonFlag = Annotated[bool, typer.Option("--json", help="Print the result as JSON.")]
DeviceOption = Annotated[str | None, typer.Option(help="auto, cpu, cuda, cuda:N or mps.")]
WorkersOption = Annotated[
    int | None, typer.Option(help="Processes that decode pictures; 0: none.", show_default="one per core")
]
PrecisionOption = Annotated[str | None, typer.Option(help="auto, fp32, bf16 or fp16.")]
MaxPixelsOption = Annotated[
    int | None, typer.Option(help="Skip pictures with more pixels.", show_default="200000000")
]
