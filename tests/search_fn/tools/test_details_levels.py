"""At each level of detail nothing that is needed is missing, and what is not there is named."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx2
import pytest

from build.catalogue.beside import files_beside
from build.catalogue.models import CodeBundleRecord, CommandRecord
from build.model import Evidence, Permission
from search_fn.rest.application import create_app
from search_fn.settings import Settings
from search_fn.tools.size import DEFAULT_SIZE, HARD_SIZE
from tests.support.details_facts import LEVELS, missing, unsaid
from tests.support.made_up import records, settings_for, write_made_up_index
from tests.support.mcp_messages import call
from tests.support.place import Place
from tests.support.serving import serving
from tests.support.tool_calls import size, text

PODS = "beacon-codecollection/k8s-pod-restarts"
SOURCE = "https://github.com/example-org/beacon-codecollection/blob/0123/"


def details(api: httpx2.Client, id_: str, level: str) -> dict[str, Any]:
    return call(api, "get_codebundle_details", {"slug": id_, "detail": level})


@pytest.fixture(scope="module")
def samples(built: Place) -> Iterator[httpx2.Client]:
    index = built.folder / "index"
    with serving(create_app(Settings(str(index), index))) as client:
        yield client


@pytest.mark.parametrize("level", LEVELS)
def test_nothing_needed_is_missing_of_any_sample(built: Place, samples: httpx2.Client, level: str) -> None:
    folder = built.folder / "site/api/v1/collections"
    found = sorted(folder.glob("*/codebundles/*.json"))
    assert len(found) > 10
    for file in found:
        beside = {one.name: one.read_text(encoding="utf-8") for one in file.with_suffix("").glob("*.*")}
        beside.pop("badge.svg", None)
        record = json.loads(file.read_bytes())
        record["url"] = str(samples.base_url).rstrip("/") + record["url"]
        answer = details(samples, record["id"], level)
        assert list(missing(record, beside, answer["structuredContent"], text(answer))) == []
        assert list(unsaid(answer["structuredContent"], text(answer))) == []


def large(
    variables: int = 0, tools: int = 0, commands: int = 0, permissions: int = 0, words: int = 0
) -> CodeBundleRecord:
    """A bundle with so many variables, tools, changing and reading commands of each tool and permissions, and with so
    long a README and documentation.
    """
    record = next(one for one in records() if one.id == PODS)
    path = "codebundles/k8s-pod-restarts/check.sh"
    told = "A word. " * words

    def command(number: int, effect: str) -> CommandRecord:
        line = {"path": path, "line": number + 1, "source_url": f"{SOURCE}{path}#L{number + 1}"}
        return CommandRecord.model_validate({"command": f"kubectl {effect} pod-{number}", "effect": effect, **line})

    (tool, *_), (variable, *_) = record.tools, record.user_variables
    made = tuple(
        tool.model_copy(
            update={
                "name": f"Task {number} of `${{NAMESPACE}}`",
                "title": f"Task {number}",
                "documentation": told[:2_000],
                "commands": tuple(command(at, effect) for effect in ("changes", "reads") for at in range(commands)),
                "effect": "changes" if commands else "reads",
            }
        )
        for number in range(tools)
    )
    evidence = tuple(Evidence(path=path, line=line, command="kubectl") for line in range(1, 9))
    return record.model_copy(
        update={
            "tools": made or record.tools,
            "user_variables": tuple(
                variable.model_copy(update={"name": f"VARIABLE_{number}", "default": f"value {number}"})
                for number in range(variables)
            ),
            "permissions": tuple(
                Permission(
                    platform="AWS", permission=f"s3:Action{number}", scope=None, operation=None, evidence=evidence
                )
                for number in range(permissions)
            ),
            "readme": told,
            "doc": told,
            "description": told.strip(),
        }
    )  # fmt: skip


WORST = {
    "variables": large(variables=200),
    "tools": large(tools=150),
    "evidence": large(tools=20, commands=40, permissions=300),
    "words": large(tools=8, words=4_000),
    "all": large(variables=200, tools=150, commands=20, permissions=300, words=4_000),
}
"""The worst cases; `all` is more than a parser lets through in any single way."""


@pytest.fixture(scope="module")
def worst(encoder_path: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx2.Client]:
    made = [
        one.model_copy(update={"id": f"beacon-codecollection/{name}", "slug": name, "url": f"/codebundles/b/{name}/"})
        for name, one in sorted(WORST.items())
    ]
    folder = tmp_path_factory.mktemp("worst") / "index_data"
    write_made_up_index(folder, encoder_path, made)
    with serving(create_app(settings_for(folder))) as client:
        yield client


@pytest.mark.parametrize("level", LEVELS)
@pytest.mark.parametrize("name", WORST)
def test_nothing_needed_is_missing_of_the_worst_case(worst: httpx2.Client, name: str, level: str) -> None:
    id_ = f"beacon-codecollection/{name}"
    record = worst.get(f"/api/v1/collections/beacon-codecollection/codebundles/{name}").json()
    record["url"] = str(worst.base_url).rstrip("/") + record["url"]
    answer = details(worst, id_, level)
    told, said = answer["structuredContent"], text(answer)
    lost = list(missing(record, files_beside(WORST[name]), told, said))
    assert list(unsaid(told, said)) == []
    if name in ("evidence", "all"):
        # Evidence and configuration stand by address where what is needed is longer than 8,000 tokens.
        assert all(is_evidence(one) for one in lost), lost[:5]
        assert not lost or "Not in this answer: " in said
    else:
        assert lost == []
    # Names and addresses of so many are longer than any size, and stay.
    assert name == "all" or size(answer) <= HARD_SIZE
    if name == "words" and level != "full":
        assert size(answer) <= DEFAULT_SIZE


def is_evidence(what: str) -> bool:
    return what.partition(": ")[2].startswith(("evidence", "lines that only read", "place"))


def test_the_readme_gives_way_before_what_is_needed(worst: httpx2.Client) -> None:
    answer = details(worst, "beacon-codecollection/words", "standard")
    assert size(answer) <= DEFAULT_SIZE
    notes = " ".join(answer["structuredContent"]["notes"])
    assert "README (" in notes
    assert "documentation of tools after 200 characters (8)" in notes
    assert notes.endswith("detail: full has all of it.")
    assert "text of the configuration" not in notes


def test_what_is_not_there_is_named_with_counts_and_where_it_is(api: httpx2.Client) -> None:
    brief = details(api, PODS, "brief")["structuredContent"]["notes"]
    assert len(brief) == 1
    assert brief[0].startswith("Not in this answer: README (")
    for part in ("documentation of tools (4)", "related bundles (6)", "text of the configuration ("):
        assert part in brief[0]
    assert brief[0].endswith("detail: standard has the most asked for, detail: full all of it.")
    assert details(api, PODS, "full")["structuredContent"]["notes"] == []
