"""Where a network runs and in which precision."""

from __future__ import annotations

import torch

from morelli.errors import UsageError


def resolve_device(name: str) -> torch.device:
    """Return the device of a name; "auto" takes CUDA, then MPS, then the CPU.

    Raises
    ------
    UsageError
        When torch does not know the name, or the device is not there.
    """
    if name == "auto":
        if torch.cuda.is_available():
            return torch.device("cuda")
        return torch.device("mps" if torch.backends.mps.is_available() else "cpu")
    try:
        device = torch.device(name)
        torch.zeros(1, device=device)
    except (RuntimeError, AssertionError, NotImplementedError) as error:
        raise UsageError(
            f"--device {name}",
            expected="auto, cpu, cuda, cuda:N or mps, and that device in this machine",
            found=str(error).splitlines()[0],
            remedy="take --device auto",
        ) from error
    return device


def has_fast_bf16(device: torch.device) -> bool:
    """Say whether bfloat16 is multiplied natively: AVX-512 BF16 or AMX on a CPU, Ampere or later on a GPU."""
    if device.type == "cuda":
        return bool(torch.cuda.is_bf16_supported(including_emulation=False))
    if device.type == "cpu":
        return bool(torch.cpu._is_avx512_bf16_supported() or torch.cpu._is_amx_tile_supported())
    return False


def choose_half(device: torch.device, precision: str) -> torch.dtype | None:
    """Return the type of 16 bits that matrix work is done in, or None for float32.

    Parameters
    ----------
    device
        Where it is done.
    precision
        fp32, bf16, fp16, or auto: bf16 where `has_fast_bf16`, else fp32.

    Raises
    ------
    UsageError
        When fp16 is asked of a CPU.
    """
    if precision == "fp16" and device.type == "cpu":
        raise UsageError(
            "--precision fp16",
            expected="a GPU",
            found="the CPU, which is slow or wrong in float16",
            remedy="take bf16 or fp32",
        )
    if precision == "auto":
        return torch.bfloat16 if has_fast_bf16(device) else None
    return {"fp32": None, "bf16": torch.bfloat16, "fp16": torch.float16}[precision]
