"""Settings: flag beats variable beats file beats default, and a bad value names its setting."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from threadpoolctl import threadpool_info, threadpool_limits

from morelli.errors import SettingsError
from morelli.settings import _SETTINGS_FILE, Settings, count_processors, load_settings, one_thread


def test_flag_beats_variable_beats_file_beats_default(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert load_settings().batch_size == 32
    Path(_SETTINGS_FILE).write_text("batch_size = 1\nseed = 5\n", encoding="utf-8")
    assert load_settings().batch_size == 1
    monkeypatch.setenv("MORELLI_BATCH_SIZE", "2")
    assert load_settings().batch_size == 2
    assert load_settings(batch_size=3).batch_size == 3
    assert load_settings(batch_size=None).batch_size == 2
    assert load_settings().seed == 5


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("batch_size", "0"),
        ("batch_size", "many"),
        ("commit_size", "-1"),
        ("max_pixels", "0"),
        ("workers", "-1"),
        ("workers", ""),
        ("precision", "fp8"),
        ("seed", "-1"),
    ],
)
def test_a_bad_variable_names_its_setting(name: str, value: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(f"MORELLI_{name.upper()}", value)
    with pytest.raises(SettingsError, match=rf"setting (?i:{name}): expected .*, found '{value}'"):
        load_settings()


def test_a_bad_flag_names_its_setting() -> None:
    with pytest.raises(SettingsError, match="setting precision: expected input should be 'auto', 'fp32'"):
        load_settings(precision="fp8")


def test_a_setting_that_does_not_exist_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(SettingsError, match="setting colour"):
        load_settings(colour="red")
    monkeypatch.chdir(tmp_path)
    Path(_SETTINGS_FILE).write_text("colour = 'red'\n", encoding="utf-8")
    with pytest.raises(SettingsError, match="setting colour"):
        load_settings()


@pytest.mark.parametrize("content", [b"batch_size = = 3", b"\xff\xfe"])
def test_a_damaged_file_is_refused(content: bytes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path(_SETTINGS_FILE).write_bytes(content)
    with pytest.raises(SettingsError, match=_SETTINGS_FILE):
        load_settings()


def test_settings_are_frozen_and_described() -> None:
    with pytest.raises(ValueError, match="frozen"):
        load_settings().seed = 1
    assert all(field.description for field in Settings.model_fields.values())


def test_there_is_a_processor() -> None:
    assert count_processors() >= 1


def test_one_thread_limits_products_and_gives_the_others_back() -> None:
    def count_threads() -> set[int]:
        return {pool["num_threads"] for pool in threadpool_info() if pool["user_api"] == "blas"}

    @one_thread()
    def multiply() -> set[int]:
        return count_threads() if (np.eye(2) @ np.eye(2)).any() else set()

    with threadpool_limits(2):
        assert [multiply(), multiply()] == [{1}, {1}]
        with pytest.raises(ZeroDivisionError), one_thread():
            _ = 1 // 0
        assert count_threads() == {2}
