"""What people say of bundles is read key by key, and what is wrong with it is told."""

from pathlib import Path

import pytest

from build.config.overrides import DeprecatedOverride, Override, read_overrides, unknown_overrides


def read(tmp_path: Path, text: str, name: str = "harbor/pod-bearing") -> tuple[Override | None, list[str]]:
    file = tmp_path / "overrides" / f"{name}.yaml"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text, encoding="utf-8")
    found, problems = read_overrides(tmp_path / "overrides")
    assert {problem.code for problem in problems} <= {"override-odd"}
    return found.get(name), [problem.message for problem in problems]


def test_an_override_is_read_with_its_wrong_keys_left_out(tmp_path: Path) -> None:
    text = "description: Ours.\ncolour: blue\nsymptoms: many\naccess_level: root\naliases: [a, ' b ']\n1: x\n"
    override, told = read(tmp_path, text)
    assert override == Override(description="Ours.", aliases=["a", "b"])
    assert len(told) == 4
    assert all(said.startswith("overrides/harbor/pod-bearing.yaml: ") for said in told)
    assert any("colour: there is no such key" in said for said in told)


@pytest.mark.parametrize(
    "text", ["[a]", "x", "a: *b", "a: !!python/object:os.system x", "description: &x ok\naliases: [*x]", "{", ""]
)
def test_an_override_that_is_no_mapping_is_told_and_not_used(tmp_path: Path, text: str) -> None:
    override, told = read(tmp_path, text)
    assert (override, len(told)) == (None, 1)


def test_an_override_of_no_bundle_is_told(tmp_path: Path) -> None:
    override, told = read(tmp_path, "description: x", "harbor/nobody")
    assert (override, told) == (Override(description="x"), [])
    (problem,) = unknown_overrides({"harbor/nobody": override, "harbor/pod-bearing": override}, {"harbor/pod-bearing"})
    assert (problem.collection, problem.bundle) == ("harbor", "nobody")
    assert problem.message == "overrides/harbor/nobody.yaml: there is no such bundle"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("deprecated: false", False),
        ("deprecated: {instead: a/b, reason: Slow.}", DeprecatedOverride(instead="a/b", reason="Slow.")),
        ("deprecated: {since: 2026-05-01}", DeprecatedOverride(since="2026-05-01")),
        ("deprecated: {}", DeprecatedOverride()),
    ],
)
def test_people_say_what_is_deprecated(tmp_path: Path, text: str, expected: object) -> None:
    override, told = read(tmp_path, text)
    assert told == []
    assert override is not None
    assert override.deprecated == expected


@pytest.mark.parametrize("text", ["true", "yes", "{instead: nothing}", "{because: x}", "[a]", "{reason: ''}"])
def test_what_is_said_wrongly_of_it_is_told(tmp_path: Path, text: str) -> None:
    override, told = read(tmp_path, f"deprecated: {text}\naliases: [a]")
    assert override == Override(aliases=["a"])
    assert len(told) == 1
    assert told[0].startswith("overrides/harbor/pod-bearing.yaml: deprecated: ")
