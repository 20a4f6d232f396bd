"""The credentials of registries: read as Docker writes them, and never repeated."""

import base64
import json
from pathlib import Path

import pytest

from build.errors import UsageError
from build.fetch.registry_access import read_credentials

VARIABLE, PASSWORD = "REGISTRY_IMAGE_AUTHS", "made-up:pass"
ENCODED = base64.b64encode(f"u:{PASSWORD}".encode()).decode()


@pytest.mark.parametrize("entry", [{"auth": ENCODED}, {"username": "u", "password": PASSWORD}])
def test_docker_configurations_are_read(entry: object, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    text = json.dumps({"auths": {"ghcr.io": entry}, "credsStore": "desktop"})
    monkeypatch.setenv(VARIABLE, text)
    assert read_credentials() == {"ghcr.io": ENCODED}
    (tmp_path / "config.json").write_text(text, encoding="utf-8")
    monkeypatch.setenv(VARIABLE, f"file:{tmp_path / 'config.json'}")
    assert read_credentials() == {"ghcr.io": ENCODED}
    monkeypatch.delenv(VARIABLE)
    assert read_credentials() == {}


@pytest.mark.parametrize(
    "text",
    [
        PASSWORD,
        "[]",
        '{"auths": []}',
        '{"auths": {"h": "made-up:pass"}}',
        '{"auths": {"h": {"auth": "made-up:pass"}}}',
        '{"auths": {"h": {"auth": "bWFkZS11cA=="}}}',
        '{"auths": {"h": {"username": "made-up"}}}',
        "file:/no/such/made-up:pass",
    ],
)
def test_what_cannot_be_read_is_told_without_it(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(VARIABLE, text)
    with pytest.raises(UsageError, match=VARIABLE) as told:
        read_credentials()
    assert "made-up" not in str(told.value)
    assert told.value.__cause__ is None
