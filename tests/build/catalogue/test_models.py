"""What is published, as JSON: fields that clients read, in their order, and what lists and results have of them."""

from typing import get_args

import pytest
from pydantic import BaseModel

from build.catalogue.models import Card, CodeBundleRecord, Summary
from build.catalogue.record import record
from build.model import Bundle, Tool, Variable
from build.storage import canonical
from search_fn.rest import schemas
from tests.support.catalogues import COMMIT, HARBOR, as_json, entry, full_bundle

# What callers of the system before this one read; a change here is a change for every client.
UPSTREAM = {
    "name", "slug", "display_name", "description", "doc", "readme", "author", "support_tags", "tasks", "slis",
    "task_count", "sli_count", "runbook_path", "sli_path", "runbook_source_url", "git_updated_at",
    "ai_enhanced_description", "access_level", "minimum_iam_requirements", "data_classifications", "platform",
    "configuration_type", "codecollection", "user_variables",
}  # fmt: skip
FULL = record(entry(full_bundle("pod-bearing", "Words", "# Words")), "https://x.example/sub/").model_copy(
    update={"related": ("quay/ping",)}
)
BARE = record(entry(Bundle(name="lamp_post"), history=None))


@pytest.mark.parametrize("made", [FULL, BARE], ids=["full", "bare"])
def test_its_json_has_upstreams_fields_and_reads_back_as_the_same(made: CodeBundleRecord) -> None:
    written = as_json(made)
    assert written.keys() >= UPSTREAM
    # Its configuration is a file beside it.
    assert list(written) == [name for name, field in CodeBundleRecord.model_fields.items() if not field.exclude]
    assert CodeBundleRecord.model_validate_json(canonical(made)) == made.model_copy(update={"configuration": ""})


def test_the_functions_description_has_the_same_fields() -> None:
    """It stands in a package that imports nothing of the build."""
    pairs: list[tuple[type[BaseModel], type[BaseModel]]] = [
        (CodeBundleRecord, schemas.CodeBundleRecord), (Summary, schemas.CodeBundleSummary)
    ]  # fmt: skip
    seen = set()
    while pairs:
        own, described = pairs.pop()
        if own not in seen:
            seen.add(own)
            published = {name: field for name, field in own.model_fields.items() if not field.exclude}
            assert published.keys() == described.model_fields.keys(), own
            for name, field in published.items():
                pairs += zip(parts(field.annotation), parts(described.model_fields[name].annotation), strict=True)
    assert len(seen) > 20


def parts(annotation: object) -> list[type[BaseModel]]:
    """The models in the type of a field."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return [annotation]
    return [part for one in get_args(annotation) for part in parts(one)]


def test_a_tools_json_has_what_was_parsed_and_its_address() -> None:
    tool = as_json(FULL)["tools"][0]
    assert set(tool) == {*Tool.model_fields, "access_declared", "since", "source_url"}
    # Its code changes things, whatever its tags say.
    assert (tool["access"], tool["access_declared"]) == ("read-write", "read-only")
    assert set(tool["commands"][0]) == {"command", "effect", "path", "line", "source_url", "condition"}


def test_a_permissions_json_has_the_code_that_it_follows_from() -> None:
    (needed,) = as_json(FULL)["permissions"]
    assert set(needed) == {"platform", "permission", "scope", "operation", "evidence"}
    assert set(needed["evidence"][0]) == {"path", "line", "command"}
    assert as_json(FULL)["minimum_iam_requirements"] == [needed["permission"]]


def test_a_variables_json_has_what_was_parsed() -> None:
    assert list(as_json(FULL)["user_variables"][0]) == [*Variable.model_fields, "since"]


def test_a_summary_is_a_part_of_the_record() -> None:
    short = as_json(Summary.of(FULL))
    assert {name: as_json(FULL)[name] for name in short} == short
    # What the client of the list endpoint reads.
    assert {
        "name", "slug", "display_name", "description", "author", "support_tags", "tasks", "slis", "task_count",
        "sli_count", "runbook_source_url", "git_updated_at", "ai_enhanced_description", "access_level",
        "minimum_iam_requirements", "data_classifications", "platform", "configuration_type", "codecollection",
    } <= set(short)  # fmt: skip
    assert not {"readme", "tools", "user_variables", "problems"} & set(short)


def test_a_card_is_what_a_result_shows() -> None:
    assert as_json(Card.of(BARE)) == {
        "type": "codebundle",
        "id": "harbor/lamp_post",
        "collection": HARBOR.slug,
        "slug": "lamp_post",
        "display_name": "Lamp Post",
        "description": "",
        "url": "/codebundles/harbor/lamp_post/",
        "deprecated": None,
        "platforms": [],
        "access_level": "unknown",
        "access_level_source": None,
        "access_level_claimed": None,
        "effect": "unclear",
        "maintained_by": "Pilots",
        "has_tests": True,
        "updated": None,
        "commit": COMMIT,
        "stale": False,
        "tools": [],
    }
    assert as_json(Card.of(FULL))["tools"] == [
        {"kind": "runbook", "name": "Words", "title": "Words", "line": 12},
        {"kind": "monitor", "name": "Words", "title": "Words", "line": 7},
    ]
