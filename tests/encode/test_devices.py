"""Devices: what is there is taken, what is not is refused with the way out."""

from __future__ import annotations

import pytest
import torch

from morelli.encode.devices import choose_half, has_fast_bf16, resolve_device
from morelli.errors import UsageError


def test_a_device_that_is_there():
    assert resolve_device("cpu") == torch.device("cpu")
    assert resolve_device("auto").type in {"cpu", "cuda", "mps"}
    assert isinstance(has_fast_bf16(torch.device("cpu")), bool)
    assert not has_fast_bf16(torch.device("meta"))


@pytest.mark.parametrize("name", ["gpu", "", "cuda:x", "cuda:99", "cpu:-1"])
def test_a_device_that_is_not_there_is_refused(name):
    with pytest.raises(UsageError, match="take --device auto"):
        resolve_device(name)


@pytest.mark.skipif(torch.cuda.is_available(), reason="there is a GPU")
def test_cuda_without_a_gpu_is_refused():
    with pytest.raises(UsageError, match="--device cuda"):
        resolve_device("cuda")


@pytest.mark.gpu
@pytest.mark.skipif(not torch.cuda.is_available(), reason="no GPU")
def test_auto_takes_the_gpu():
    assert resolve_device("auto").type == "cuda"


def test_what_is_asked_for_is_taken(monkeypatch) -> None:
    cpu, gpu = torch.device("cpu"), torch.device("cuda")
    assert choose_half(cpu, "fp32") is None
    assert choose_half(cpu, "bf16") is torch.bfloat16
    assert choose_half(gpu, "fp16") is torch.float16
    for is_fast, wanted in ((True, torch.bfloat16), (False, None)):
        monkeypatch.setattr("morelli.encode.devices.has_fast_bf16", lambda device, fast=is_fast: fast)
        assert choose_half(cpu, "auto") is wanted


def test_float16_is_refused_on_a_cpu() -> None:
    with pytest.raises(UsageError, match="a GPU"):
        choose_half(torch.device("cpu"), "fp16")
