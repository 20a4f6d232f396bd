"""What is kept between runs: a value that is not as it was written is none."""

import json
from pathlib import Path

import pytest
from pydantic import BaseModel

from build.storage import CHECKSUMS, find_damage, keep, load_kept, seal, unseal, write_checksums
from tests.support.damage import flipped


class Lamp(BaseModel):
    name: str
    height: int = 0


def test_each_flipped_byte_of_a_kept_value_makes_it_none(tmp_path: Path) -> None:
    file = tmp_path / "lamp.json"
    keep(file, Lamp(name='Über "all"', height=41))
    content = file.read_bytes()
    assert load_kept(file, Lamp) == Lamp(name='Über "all"', height=41)
    # The last is the line's end.
    for at in range(len(content) - 1):
        file.write_bytes(flipped(content, at))
        assert load_kept(file, Lamp) is None
    for damaged in (b"", content[:-2], content + content, b"\xff", Lamp(name="x").model_dump_json().encode()):
        file.write_bytes(damaged)
        assert load_kept(file, Lamp) is None


def test_a_value_that_lies_under_another_key_is_none(tmp_path: Path) -> None:
    keep(tmp_path / "one.json", Lamp(name="one"))
    (tmp_path / "one.json").rename(tmp_path / "two.json")
    assert load_kept(tmp_path / "two.json", Lamp) is None
    assert load_kept(tmp_path / "absent.json", Lamp) is None


def test_what_is_sealed_is_json_on_one_line() -> None:
    line = seal('{"a":1}')
    assert json.loads(line)["value"] == {"a": 1}
    assert unseal(line) == '{"a":1}'
    assert line.endswith(',"value":{"a":1}}')
    for wrong in ("", "{}", line + " ", line.replace("1", "2")):
        with pytest.raises(ValueError, match="digest"):
            unseal(wrong)


def test_a_changed_or_missing_file_is_found_and_a_new_one_is_none(tmp_path: Path) -> None:
    assert find_damage(tmp_path) == CHECKSUMS
    for name in ("a/one", "b/two", "b/of-\udcff"):
        file = tmp_path / name
        file.parent.mkdir(exist_ok=True)
        file.write_bytes(b"what it says")
    write_checksums(tmp_path)
    (tmp_path / "new").write_text("more")
    assert find_damage(tmp_path) is None
    (tmp_path / "b" / "two").write_bytes(flipped(b"what it says", 3))
    assert find_damage(tmp_path) == "b/two"
    assert find_damage(tmp_path, "a/") is None
    (tmp_path / "a" / "one").unlink()
    assert find_damage(tmp_path) == "a/one"


def test_each_flipped_byte_of_the_list_of_digests_is_damage(tmp_path: Path) -> None:
    (tmp_path / "one").write_bytes(b"1")
    write_checksums(tmp_path)
    content = (tmp_path / CHECKSUMS).read_bytes()
    for at in range(len(content) - 1):
        (tmp_path / CHECKSUMS).write_bytes(flipped(content, at))
        assert find_damage(tmp_path)
