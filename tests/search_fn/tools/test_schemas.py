"""The JSON Schemas that agents are told: short, and what answers and arguments really are."""

from typing import Any, get_args

import jsonschema
import pytest
from pydantic import ValidationError

from search_fn.index.current import CurrentIndex
from search_fn.index.facets import FACETS
from search_fn.issues.github import Tracker
from search_fn.tools import schemas
from search_fn.tools.registry import TOOLS, Service, call
from search_fn.tools.schemas import answer_schema, argument_schema
from tests.support.made_up import settings_for


@pytest.mark.parametrize("name", TOOLS)
def test_an_argument_schema_names_every_argument_and_no_title(name: str) -> None:
    arguments = TOOLS[name].arguments
    made = argument_schema(arguments)
    fields = arguments.model_fields
    assert set(made["properties"]) == set(fields)
    required = [each for each, field in fields.items() if field.is_required()]
    assert made.get("required", []) == required
    # Those who take arguments by their place begin with what has to be there.
    assert list(made["properties"])[: len(required)] == required
    paging = [name for name in made["properties"] if name in schemas.Page.model_fields]
    assert list(made["properties"])[len(made["properties"]) - len(paging) :] == paging
    assert "additionalProperties" not in made
    assert all(each["description"] for each in made["properties"].values())
    assert [one for one in (made, *made["properties"].values()) if "title" in one] == []
    # A default of nothing says nothing.
    assert [one for one in made["properties"].values() if one.get("default", True) in ("", [], False)] == []


def test_an_answer_is_one_of_its_schema(made_up) -> None:
    settings = settings_for(made_up.folder)
    service = Service(CurrentIndex(settings), Tracker(settings))
    asked: dict[str, dict[str, Any]] = {
        "find_codebundle": {"query": "pods keep restarting"},
        "list_codecollections": {},
        "get_codebundle_details": {"slug": "k8s-pod-restarts"},
        "request_codebundle": {"platform": "AWS", "tasks": ["close buckets"]},
        "check_existing_requests": {"search_term": "buckets"},
    }
    for name, given in asked.items():
        schema = answer_schema(TOOLS[name].answer)
        data = call(TOOLS[name], service, given).data
        jsonschema.validate(data, schema)
        assert {"build_id", "notes", "notice"} <= set(schema["required"])
        with pytest.raises(jsonschema.ValidationError):
            jsonschema.validate({each: data[each] for each in data if each != "notice"}, schema)


def test_what_may_be_null_says_so() -> None:
    properties = answer_schema(schemas.COLLECTIONS)["properties"]
    assert properties["next_cursor"] == {"anyOf": [{"type": "string"}, {"type": "null"}]}
    result = answer_schema(schemas.RESULTS)["properties"]["results"]["items"]["properties"]
    assert result["updated"] == {"anyOf": [{"type": "string"}, {"type": "null"}]}


def test_arguments_are_bounded() -> None:
    for wrong in ({"query": "x" * 2_001}, {"query": "x", "max_results": 0}, {"query": "x", "more": 1}):
        with pytest.raises(ValidationError):
            schemas.Find.model_validate(wrong)
    assert schemas.Find.model_validate({"query": "x"}).max_results == 10


def test_a_filter_of_values_is_one_of_the_searchs_filters() -> None:
    assert set(get_args(schemas.FilterName)) == set(FACETS)


def test_several_values_come_as_text_or_as_list() -> None:
    for platform in ("AWS,GCP", ["AWS", "GCP"]):
        assert schemas.Find.model_validate({"platform": platform}).platform == "AWS,GCP"
    for tags in ("HTTP", ["HTTP"]):
        assert schemas.Find.model_validate({"tags": tags}).tags == ["HTTP"]
