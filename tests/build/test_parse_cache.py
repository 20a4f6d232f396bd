"""What was parsed is kept by content: an unchanged bundle is never read again, and nothing stale passes for new."""

from collections.abc import Callable
from pathlib import Path

import pytest
from bundles import SOUND, source

from build import parse_cache
from build.model import Bundle, BundleSource
from build.parse_cache import parse_all, parser_version

Read = Callable[[list[BundleSource]], list[BundleSource]]


def bundle(name: str, text: str = SOUND, tree: str = "1") -> BundleSource:
    """A folder with its contents, whose object id is made of `tree`."""
    return source({"runbook.robot": text}, name).model_copy(update={"tree": tree * 40})


def without_contents(sources: list[BundleSource]) -> list[BundleSource]:
    return [
        one.model_copy(update={"files": tuple(f.model_copy(update={"content": None}) for f in one.files)})
        for one in sources
    ]


def run(sources: list[BundleSource], cache: Path, collection: str = "beacon") -> tuple[list[Bundle], int, list[str]]:
    """What parsing gives, how many were new, and whose contents were asked for."""
    asked: list[str] = []
    whole = {one.name: one for one in sources}

    def read(wanted: list[BundleSource]) -> list[BundleSource]:
        asked.extend(one.name for one in wanted)
        return [whole[one.name] for one in wanted]

    parsed = parse_all(collection, without_contents(sources), read, cache)
    return parsed.bundles, parsed.new, asked


def test_a_second_time_nothing_is_read(tmp_path: Path) -> None:
    sources = [bundle("b"), bundle("a")]
    first, new, asked = run(sources, tmp_path)
    assert ([found.name for found in first], new, asked) == (["b", "a"], 2, ["b", "a"])
    assert [tool.name for found in first for tool in found.tools] == ["Look", "Look"]
    again, new, asked = run(sources, tmp_path)
    assert (again, new, asked) == (first, 0, [])


def test_problems_are_kept_too(tmp_path: Path) -> None:
    sources = [bundle("a", "*** Tasks ***\nLook\n    Log    x\n")]
    first, _, _ = run(sources, tmp_path)
    assert first[0].problems
    assert run(sources, tmp_path)[0] == first


def test_only_a_changed_folder_is_read_again(tmp_path: Path) -> None:
    first, _, _ = run([bundle("a"), bundle("b")], tmp_path)
    changed = [bundle("a"), bundle("b", SOUND.replace("Look", "Stare"), tree="2")]
    second, new, asked = run(changed, tmp_path)
    assert (new, asked) == (1, ["b"])
    assert second[0] == first[0]
    assert second[1].tools[0].name == "Stare"
    # And what it was before is still known.
    assert run([bundle("a"), bundle("b")], tmp_path) == (first, 0, [])


def test_equal_folders_of_other_names_collections_or_files_are_others(tmp_path: Path) -> None:
    run([bundle("a")], tmp_path)
    renamed, new, _ = run([bundle("renamed")], tmp_path)
    assert (renamed[0].name, new) == ("renamed", 1)
    _, new, _ = run([bundle("a")], tmp_path, collection="anchor")
    assert new == 1
    # As when a file is refused for its size by another release.
    fewer = source({"sli.robot": SOUND}, "a").model_copy(update={"tree": "1" * 40})
    others, new, _ = run([fewer], tmp_path)
    assert (new, others[0].tools[0].kind) == (1, "monitor")


@pytest.mark.parametrize(
    "content", [b"", b"{", b"null", b"[]", b"{}", b'{"name": "a", "more": 1}', b"\xff\x00", b'{"name": 1}']
)
def test_a_damaged_result_is_made_again(content: bytes, tmp_path: Path) -> None:
    first, _, _ = run([bundle("a")], tmp_path)
    (file,) = tmp_path.rglob("*.json")
    file.write_bytes(content)
    again, new, asked = run([bundle("a")], tmp_path)
    assert (again, new, asked) == (first, 1, ["a"])
    assert run([bundle("a")], tmp_path)[1] == 0


def test_another_parser_makes_everything_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    run([bundle("a")], tmp_path)
    monkeypatch.setattr(parse_cache, "parser_version", lambda: "another")
    assert run([bundle("a")], tmp_path)[1] == 1


def test_the_version_has_every_module_that_parsing_uses() -> None:
    """A module that is forgotten would leave old results after a change of it."""
    folder = Path(parse_cache.__file__).parent
    used: set[str] = set()
    todo = ["parse"]
    while todo:
        name = todo.pop()
        if name not in used and (folder / f"{name}.py").is_file():
            used.add(name)
            for line in (folder / f"{name}.py").read_text(encoding="utf-8").splitlines():
                words = line.split()
                if line.startswith("from build import"):
                    todo += [word.strip(",") for word in words[3:]]
                elif line.startswith("from build."):
                    todo.append(words[1].removeprefix("build."))
    assert used == set(parse_cache._PARSER_MODULES)
    assert len(parser_version()) == 16


def test_nothing_half_written_is_left(tmp_path: Path) -> None:
    run([bundle("a"), bundle("b")], tmp_path)
    assert {file.suffix for file in tmp_path.rglob("*") if file.is_file()} == {".json"}
