"""What is published is as the schemas say, with no field more and none less."""

import json
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from pydantic import BaseModel, ValidationError

from build import documentation, model, runs
from build.catalogue import models
from build.releases import models as releases
from build.site import release_documents
from search_fn.rest import documents, release_schemas, rule_schemas, schemas
from search_fn.rest.schemas import CodeBundleList, CodeBundleRecord, CodeBundles, TaskList, Tasks
from search_fn.rest.stored import InParts, Stored
from search_fn.settings import PACKAGE
from tests.support.place import Place

# What the build makes JSON of, and what is said of it.
PAIRS = [
    (models.CodeBundleRecord, schemas.CodeBundleRecord),
    (models.Summary, schemas.CodeBundleSummary),
    (models.ToolRecord, schemas.Tool),
    (models.CommandRecord, schemas.ExecutedCommand),
    (models.AiText, schemas.AiText),
    (models.AiTool, schemas.AiTool),
    (models.AiPermission, schemas.Need),
    (models.HistoryRecord, schemas.History),
    (models.ChangeRecord, schemas.Change),
    (models.CollectionRef, schemas.CollectionOfBundle),
    (models.BundleProblem, schemas.BundleProblem),
    (models.DataClassification, schemas.DataClass),
    (models.ConfigurationType, rule_schemas.ConfigurationType),
    (models.MatchRecord, rule_schemas.MatchPattern),
    (model.Problem, schemas.CollectionProblem),
    (models.VariableRecord, schemas.UserVariable),
    (model.Secret, schemas.Secret),
    (model.Service, schemas.Service),
    (model.PlatformVariable, schemas.PlatformVariable),
    (model.Permission, schemas.Permission),
    (model.Evidence, schemas.Evidence),
    (model.RunTimeName, schemas.RunTimeName),
    (model.GenerationRule, rule_schemas.GenerationRule),
    (model.Template, rule_schemas.Template),
    (model.Skill, rule_schemas.SkillTemplate),
    (model.Meta, rule_schemas.Meta),
    (models.KeywordRecord, documents.Keyword),
    (models.LibraryRecord, documents.Library),
    (documentation.DocumentationPage, documents.DocumentationPage),
    (runs.Run, documents.Run),
    (runs.CollectionRun, documents.CollectionRun),
    (releases.ReleaseList, release_schemas.ReleaseList),
    (releases.ReleaseSummary, release_schemas.ReleaseSummary),
    (releases.Release, release_schemas.Release),
    (releases.BundleChange, release_schemas.BundleChange),
    (releases.FactChange, release_schemas.FactChange),
    (releases.ChangeList, release_schemas.ChangeList),
    (releases.ChangeEntry, release_schemas.ChangeEntry),
    (releases.Moved, release_schemas.MovedTo),
    (releases.Removed, release_schemas.Removed),
    (release_documents.Version, release_schemas.Version),
]
# Searched, and not published.
UNPUBLISHED: dict[type[BaseModel], set[str]] = {documentation.DocumentationPage: {"sections"}}

PUBLISHED = PACKAGE / "docs" / "reference" / "schemas"


def records(built: Place) -> list[Any]:
    return [
        json.loads(file.read_bytes())
        for file in sorted((built.folder / "site/api/v1/collections").rglob("codebundles/*.json"))
    ]


def as_json(model: BaseModel) -> Any:
    return model.model_dump(mode="json")


def test_every_record_is_as_the_schema_says_and_has_no_other_field(built: Place) -> None:
    found = records(built)
    assert len(found) > 10
    for record in found:
        assert as_json(CodeBundleRecord.model_validate(record, strict=True)) == record


def test_lists_are_as_the_schema_says_and_have_no_other_field(built: Place) -> None:
    for path, schema in (("codebundles.json", CodeBundles), ("registry/tasks.json", Tasks)):
        listed = built.json(path)
        assert as_json(schema.model_validate(listed, strict=True)) == listed


def test_a_page_of_a_list_is_too(api: Any) -> None:
    for path, schema in (("/api/v1/codebundles?limit=3", CodeBundleList), ("/api/v1/registry/tasks", TaskList)):
        listed = api.get(path).json()
        assert as_json(schema.model_validate(listed, strict=True)) == listed


def test_every_record_of_the_made_up_index_is_too(made_up) -> None:
    for record in made_up.records:
        assert as_json(CodeBundleRecord.model_validate(record, strict=True)) == record


@pytest.mark.parametrize(("published", "schema"), PAIRS, ids=lambda one: one.__name__)
def test_the_builds_models_have_the_fields_of_the_schemas(published: type[BaseModel], schema: type[BaseModel]) -> None:
    """Fields that no sample has, too."""
    made = {name for name, field in published.model_fields.items() if not field.exclude}
    # Of parts, which long documents are cut into.
    described = schema.model_fields.keys() - (InParts.model_fields.keys() if issubclass(schema, InParts) else set())
    assert list(described ^ made - UNPUBLISHED.get(published, set())) == []


def test_each_part_occurs_in_the_samples(built: Place) -> None:
    """Else a part could change, and the tests above would not see it."""
    found = records(built)
    lists = [name for name, field in CodeBundleRecord.model_fields.items() if "list[" in str(field.annotation)]
    never = {name for name in lists if not any(record[name] for record in found)}
    assert never <= {
        "services", "platform_variables", "declared_at_run_time", "overridden", "minimum_iam_requirements",
    }  # fmt: skip


def test_a_field_more_and_a_field_less_are_seen(built: Place) -> None:
    record = records(built)[0]
    with pytest.raises(ValidationError):
        CodeBundleRecord.model_validate({**record, "another": 1})
    for name in record:
        with pytest.raises(ValidationError):
            CodeBundleRecord.model_validate({key: value for key, value in record.items() if key != name})
    tools = [{**tool, "another": 1} for tool in record["tools"]]
    with pytest.raises(ValidationError):
        CodeBundleRecord.model_validate({**record, "tools": tools})


@pytest.mark.parametrize(
    ("name", "path"),
    [("codebundles", "codebundles.json"), ("codebundle", "collections/*/codebundles/*.json")],
)
def test_the_published_schemas_are_of_what_is_published(built: Place, name: str, path: str) -> None:
    schema = json.loads((PUBLISHED / f"{name}.json").read_bytes())
    Draft202012Validator.check_schema(schema)
    files: list[Path] = sorted((built.folder / "site/api/v1").glob(path))
    assert files
    for file in files:
        Draft202012Validator(schema).validate(json.loads(file.read_bytes()))
    with pytest.raises(Exception, match="is a required property"):
        Draft202012Validator(schema).validate({})


def test_every_model_says_what_it_is() -> None:
    named = {**vars(schemas), **vars(rule_schemas), **vars(release_schemas), **vars(documents)}
    own = [each for each in named.values() if isinstance(each, type) and issubclass(each, Stored)]
    assert len(own) > 40
    assert [each.__name__ for each in own if not each.__doc__] == []
