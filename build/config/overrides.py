"""People's corrections of bundles in overrides/COLLECTION/BUNDLE.yaml: they win over a model and over the record."""

from collections.abc import Container, Iterable
from datetime import date
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, StringConstraints, ValidationError

from build.model import Access, Problem, Value
from build.problems import problem
from build.untrusted import safe_yaml
from search_fn.text import visible

Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=1_500)]
Item = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=300)]
Items = Annotated[list[Item], Field(max_length=40)]


Line = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=100)]


class DeprecatedOverride(Value):
    """That a bundle should no longer be used: `since` a date or a release, `instead` the id of another bundle."""

    # YAML makes a date of what looks like one.
    since: Annotated[Line, BeforeValidator(lambda said: str(said) if isinstance(said, date) else said)] | None = None
    instead: Annotated[Line, StringConstraints(pattern=r"^[^/\s]+/[^/\s]+$")] | None = None
    reason: Text | None = None


class Override(Value):
    """The corrections of one bundle; None overrides nothing. `deprecated: false` says that a bundle is not deprecated,
    whatever its files say.
    """

    description: Text | None = None
    access_level: Access | None = None
    platforms: Items | None = None
    aliases: Items | None = None
    alerts: Items | None = None
    errors: Items | None = None
    symptoms: Items | None = None
    questions: Items | None = None
    iam_requirements: Items | None = None
    deprecated: DeprecatedOverride | Literal[False] | None = None


def read_overrides(folder: Path) -> tuple[dict[str, Override], list[Problem]]:
    """Return the overrides by bundle's id, and what is wrong in their files: a key that is wrong alone is left out."""
    result: dict[str, Override] = {}
    problems: list[Problem] = []
    for file in sorted(folder.glob("*/*.yaml")):
        name = f"{file.parent.name}/{file.stem}"
        override, wrong = _read(file)
        if override:
            result[name] = override
        problems += [_odd(name, messages) for messages in wrong]
    return result, problems


def unknown_overrides(overrides: Iterable[str], known: Container[str]) -> list[Problem]:
    """Return a problem for each override, named by its bundle's id, of a bundle that is not among those `known`."""
    return [_odd(name, "there is no such bundle") for name in overrides if name not in known]


def _odd(name: str, message: str) -> Problem:
    collection, bundle = name.split("/", 1)
    return problem("override-odd", f"overrides/{name}.yaml: {message}", collection=collection, bundle=bundle)


def _read(file: Path) -> tuple[Override | None, list[str]]:
    try:
        data = safe_yaml.load(visible(file.read_text(encoding="utf-8")))
    except (safe_yaml.SafeYamlError, OSError, UnicodeDecodeError) as error:
        return None, [f"it cannot be read: {error}"]
    if not isinstance(data, dict):
        return None, ["not a mapping of keys to values"]
    values: dict[Any, Any] = {}
    wrong = []
    for key, value in data.items():
        try:
            # Each key is validated alone, so that a wrong one does not cost the others.
            values |= Override.model_validate({key: value}).model_dump(exclude_none=True)
        except ValidationError as error:
            reason = error.errors(include_url=False)[0]
            known = "there is no such key" if reason["type"] == "extra_forbidden" else reason["msg"]
            wrong.append(f"{key}: {known}")
    return Override(**values), wrong
