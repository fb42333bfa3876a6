"""Weights from files: any wrapping, no code, and only into the network they belong to."""

from __future__ import annotations

import os
import pickle
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file, save_file

from morelli.encode.backbone import Backbone
from morelli.encode.spec import PartSpec
from morelli.encode.weights import create_network, digest_weights, load_weights, read_weights
from morelli.errors import DownloadError, EncoderError, WeightsError

from .networks import make_network, save_weights

CPU = torch.device("cpu")
MODEL = "test_resnet"


def build(path: Path | None, *layers: str, model: str = MODEL, **options: object) -> Backbone:
    return Backbone(PartSpec(model=model, weights=path, layers=layers, **options), device=CPU)


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return save_weights(tmp_path_factory.mktemp("weights") / "whole.safetensors", MODEL)


@pytest.mark.parametrize("wrapping", [None, "state_dict", "model", "model_ema", "state_dict_ema"])
@pytest.mark.parametrize("prefix", ["", "module."])
def test_state_dicts_are_unwrapped(tmp_path, whole, wrapping, prefix):
    state = {prefix + key: value for key, value in load_file(whole).items()}
    torch.save(state if wrapping is None else {wrapping: state, "epoch": 3}, tmp_path / "w.pth")
    read = read_weights(tmp_path / "w.pth")
    assert set(read) == set(load_file(whole))
    assert build(tmp_path / "w.pth").card.weights == build(whole).card.weights


class _Malice:
    def __reduce__(self):
        return os.mkdir, (str(Path.cwd() / "was-run"),)


def test_a_pickle_with_code_is_refused_and_not_run(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    torch.save({"conv1.weight": torch.zeros(1), "evil": _Malice()}, tmp_path / "torch.pth")
    (tmp_path / "plain.pth").write_bytes(pickle.dumps(_Malice()))
    for name in ("torch.pth", "plain.pth"):
        with pytest.raises(WeightsError, match=r"a .safetensors file or a .pth state dict of tensors only"):
            read_weights(tmp_path / name)
    assert not (tmp_path / "was-run").exists()


@pytest.mark.parametrize("name", ["w.pth", "w.safetensors", "w.bin"])
@pytest.mark.parametrize("content", [b"", b"rubbish", b"\x80\x04N.", b"PK\x03\x04 cut"])
def test_a_file_that_is_no_state_dict_is_refused(tmp_path, name, content):
    (tmp_path / name).write_bytes(content)
    with pytest.raises(WeightsError, match=name):
        read_weights(tmp_path / name)


def test_lists_and_missing_files_are_refused(tmp_path):
    torch.save([torch.zeros(2)], tmp_path / "list.pth")
    with pytest.raises(WeightsError):
        read_weights(tmp_path / "list.pth")
    with pytest.raises(WeightsError, match="no such file"):
        read_weights(tmp_path / "absent.pth")
    with pytest.raises(WeightsError):
        read_weights(tmp_path)


def test_the_weights_end_up_in_the_network(whole):
    network = create_network(MODEL, pretrained=False, arguments={})
    assert load_weights(network, whole, used_modules=[name for name, _ in network.named_modules()]) == ()
    expected = make_network(MODEL).state_dict()
    for key, value in network.state_dict().items():
        assert torch.equal(value, expected[key]), key


@pytest.mark.parametrize("num_classes", [1, 1001])
def test_a_classifier_of_any_size_is_ignored(tmp_path, whole, num_classes):
    for model in (MODEL, "test_byobnet", "test_efficientnet", "test_vit"):
        other = save_weights(tmp_path / f"{model}.pth", model, num_classes=num_classes)
        ten = save_weights(tmp_path / f"{model}-10.safetensors", model)
        ours, theirs = build(other, model=model).card, build(ten, model=model).card
        assert ours.weights == theirs.weights
        assert ours.note == ""


def test_weights_of_another_network_are_refused_with_keys_named(tmp_path):
    for model, layers in (("test_vit", ()), ("test_efficientnet", ("layer1",))):
        other = save_weights(tmp_path / f"{model}.safetensors", model)
        with pytest.raises(WeightsError, match=r"do not belong to it \(.*\..*\); \d+ missing \("):
            build(other, *layers)


def test_another_shape_is_refused_with_both_shapes(tmp_path, whole):
    state = load_file(whole)
    state["layer1.0.conv1.weight"] = torch.zeros(3, 3)
    save_file(state, tmp_path / "w.safetensors")
    with pytest.raises(
        WeightsError, match=r"1 of another shape \(layer1.0.conv1.weight: \(3, 3\) instead of"
    ):
        build(tmp_path / "w.safetensors", "layer1")


def test_an_extra_key_is_refused(tmp_path, whole):
    save_file({**load_file(whole), "layer9.weight": torch.zeros(1)}, tmp_path / "w.safetensors")
    with pytest.raises(WeightsError, match=r"1 that do not belong to it \(layer9.weight\)"):
        build(tmp_path / "w.safetensors")


@pytest.mark.parametrize("without", ["layer4", "layer3.0.conv2"])
def test_a_partial_file_serves_the_layers_before_the_gap(tmp_path, whole, without):
    partial = save_weights(tmp_path / "part.safetensors", MODEL, without=without)
    card = build(partial, "layer1", "layer2").card
    assert card.note.startswith("weights without ")
    assert without[:6] in card.note
    assert card.weights == build(whole, "layer1", "layer2").card.weights
    for layers in ((), ("layer4",), ("layer2", "layer4")):
        with pytest.raises(WeightsError, match=rf"missing \({without[:6]}"):
            build(partial, *layers)


def test_a_partial_file_with_a_gap_before_the_layer_is_refused(tmp_path):
    partial = save_weights(tmp_path / "part.safetensors", MODEL, without="layer1.0.conv1")
    with pytest.raises(WeightsError, match=r"1 missing \(layer1.0.conv1.weight\)"):
        build(partial, "layer2")


def test_the_digest_depends_on_the_weights_in_use_and_nothing_else(tmp_path, whole):
    network = make_network(MODEL)
    modules = [name for name, _ in network.named_modules()]
    digest = digest_weights(network, used_modules=modules)
    assert digest == digest_weights(make_network(MODEL), used_modules=reversed(modules))
    assert digest != digest_weights(make_network(MODEL, seed=1), used_modules=modules)
    pth = save_weights(tmp_path / "w.pth", MODEL)
    half = {
        key: value.half() if value.is_floating_point() else value for key, value in load_file(whole).items()
    }
    save_file(half, tmp_path / "half.safetensors")
    first = build(whole, "layer1").card.weights
    assert build(pth, "layer1").card.weights == first
    assert build(tmp_path / "half.safetensors", "layer1").card.weights != first
    changed = load_file(whole)
    changed["layer4.0.conv1.weight"] += 1
    save_file(changed, tmp_path / "later.safetensors")
    assert build(tmp_path / "later.safetensors", "layer1").card.weights == first
    changed["layer1.0.conv1.weight"][0, 0, 0, 0] += 0.5
    save_file(changed, tmp_path / "earlier.safetensors")
    assert build(tmp_path / "earlier.safetensors", "layer1").card.weights != first


@pytest.mark.parametrize("model", ["no_such_model", "resnet", "../../etc/passwd"])
def test_an_unknown_model_is_refused(model):
    with pytest.raises(EncoderError, match="timm does not know"):
        create_network(model, pretrained=False, arguments={})


def test_arguments_that_timm_refuses_are_named():
    with pytest.raises(EncoderError, match="arguments that timm takes"):
        create_network(MODEL, pretrained=False, arguments={"colour": "red"})
    with pytest.raises(EncoderError, match="arguments that timm takes"):
        create_network(MODEL, pretrained=False, arguments={"num_classes": 3})


def test_without_a_network_the_download_says_what_to_do():
    started = time.perf_counter()
    with pytest.raises(DownloadError, match="go online once, or give a file with --weights FILE"):
        create_network("test_vit.r160_in1k", pretrained=True, arguments={})
    assert time.perf_counter() - started < 10


class _Hub(BaseHTTPRequestHandler):
    """Answers like a model hub that has one repository with one file."""

    content = b""
    is_known = True

    def do_HEAD(self) -> None:
        found = self.is_known and self.path.endswith("/resolve/main/model.safetensors")
        self.send_response(200 if found else 404)
        self.send_header("ETag", '"0123"')
        self.send_header("X-Repo-Commit", "a" * 40)
        self.send_header("Content-Length", str(len(self.content) if found else 0))
        if not found:
            self.send_header("X-Error-Code", "EntryNotFound" if self.is_known else "RepoNotFound")
        self.end_headers()

    def do_GET(self) -> None:
        self.do_HEAD()
        if self.path.endswith("model.safetensors"):
            self.wfile.write(self.content)

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def hub(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    """Stand in for the hub on this machine."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Hub)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    address = f"http://127.0.0.1:{server.server_port}"
    for name, value in {
        "ENDPOINT": address,
        "HUGGINGFACE_CO_URL_TEMPLATE": address + "/{repo_id}/resolve/{revision}/{filename}",
        "HF_HUB_OFFLINE": False,
        "HF_HUB_CACHE": str(tmp_path / "cache"),
        "HF_HUB_DISABLE_XET": True,
    }.items():
        monkeypatch.setattr(f"huggingface_hub.constants.{name}", value)
    yield _Hub
    server.shutdown()
    server.server_close()


def test_weights_from_the_hub_equal_those_from_a_file(hub, whole, monkeypatch):
    monkeypatch.setattr(hub, "content", whole.read_bytes())
    backbone = build(None, model="test_resnet.r160_in1k")
    assert backbone.card.origin == "timm hub"
    assert backbone.card.weights == build(whole, model="test_resnet.r160_in1k").card.weights


def test_weights_that_the_hub_does_not_have_are_a_download_error(hub, monkeypatch):
    monkeypatch.setattr(hub, "is_known", False)
    with pytest.raises(DownloadError, match="give a file with --weights FILE"):
        build(None, model="test_resnet.r160_in1k")
