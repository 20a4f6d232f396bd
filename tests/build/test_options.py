"""What a run was asked for, and what makes its version."""

from pathlib import Path

import pytest

from build import options
from build.options import Options


@pytest.fixture
def code(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A repository of two files that shape what is published."""
    for name in options._VARIABLES:
        monkeypatch.delenv(name, raising=False)
    (tmp_path / "build").mkdir()
    (tmp_path / "build" / "a.py").write_text("one", encoding="utf-8")
    (tmp_path / "mkdocs.yml").write_text("site_name: x\n", encoding="utf-8")
    monkeypatch.setattr(options, "CODE", tmp_path)
    return tmp_path


def test_the_version_changes_with_code_settings_and_vectors(code: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    seen = [Options().version, Options(site_url="https://a.example").version, Options(search_url="/").version]
    monkeypatch.setenv("EMBEDDING_MODEL", "other")
    seen.append(Options().version)
    monkeypatch.delenv("EMBEDDING_MODEL")
    (code / "build" / "a.py").write_text("two", encoding="utf-8")
    seen.append(Options().version)
    (code / "build" / "a.py").rename(code / "build" / "b.py")
    seen.append(Options().version)
    assert len(set(seen)) == len(seen)


def test_the_version_is_of_nothing_else(code: Path) -> None:
    before = Options().version
    (code / "build" / "__pycache__").mkdir()
    (code / "build" / "__pycache__" / "a.pyc").write_bytes(b"\0")
    (code / "README.md").write_text("# Read\n", encoding="utf-8")
    assert Options(index=Path("elsewhere"), jobs=3, offline=True).version == before


def test_folders_are_found_from_others() -> None:
    asked = Options(collections=Path("own/collections.yaml"), cache=Path("kept"))
    assert asked.overrides == Path("own/overrides")
    assert asked.ledger == Path("kept/runs.jsonl")
