"""What a bundle needs: the imports of its two files as one list, with no credential shown."""

import pytest

from build.model import Kind
from build.parse.needs import needs
from build.parse.robot_file import parse_robot
from build.parse.suite import Suite
from build.parse.variables import HIDDEN, declarations
from tests.support.bundles import task

VARIABLE = "Import User Variable"


def declared(**files: tuple[str, ...]):
    kinds: tuple[Kind, ...] = ("runbook", "monitor")
    suites = {kind: Suite(parse_robot(task(*files[kind]))) for kind in kinds if kind in files}
    return declarations(
        {kind: suite.imports for kind, suite in suites.items()}, {kind: needs(suite) for kind, suite in suites.items()}
    )


def test_the_runbook_s_values_stand_and_both_are_named_as_users() -> None:
    found = declared(
        runbook=(f"{VARIABLE}    LAMP    description=runbook's    default=1", f"{VARIABLE}    ONLY_HERE"),
        monitor=(
            f"{VARIABLE}    LAMP    description=monitor's    default=2    type=string",
            f"{VARIABLE}    ONLY_THERE",
        ),
    )
    assert [(v.name, v.used_by) for v in found.variables] == [
        ("LAMP", ("runbook", "monitor")),
        ("ONLY_HERE", ("runbook",)),
        ("ONLY_THERE", ("monitor",)),
    ]
    lamp = found.variables[0]
    assert (lamp.description, lamp.default, lamp.type, lamp.line) == ("runbook's", "1", None, 3)


def test_within_a_file_a_repeated_declaration_fills_gaps() -> None:
    found = declared(
        runbook=(f"{VARIABLE}    LAMP    type=string", f"{VARIABLE}    LAMP    type=int    default=1    enum=[1,2]")
    )
    (lamp,) = found.variables
    assert (lamp.type, lamp.default, lamp.required, lamp.enum, lamp.line) == ("string", "1", False, ("1", "2"), 3)


def test_a_variable_without_a_default_is_required() -> None:
    found = declared(runbook=(f"{VARIABLE}    A", f"{VARIABLE}    B    default=", f"{VARIABLE}    C    example=x"))
    assert [(v.name, v.required, v.default) for v in found.variables] == [
        ("A", True, None),
        ("B", False, ""),
        ("C", True, None),
    ]


@pytest.mark.parametrize(
    ("options", "required"),
    [
        ("", True),
        ("    optional=True", False),
        ("    optional=true", False),
        ("    optional=TRUE", False),
        ("    optional=${True}", False),
        ("    optional=${1}", False),
        ("    optional=yes", False),
        ("    optional=on", False),
        ("    optional=1", False),
        ("    optional=${{True}}", False),
        ("    optional=${{ 'yes' }}", False),
        ("    optional=${{False}}", True),
        ("    optional=${{ 0 }}", True),
        ("    optional=False", True),
        ("    optional=", True),
        ("    optional=no", True),
        ("    optional=off", True),
        ("    optional=0", True),
        ("    optional=None", True),
        ("    optional=${False}", True),
        ("    optional=${None}", True),
        ("    optional=${EMPTY}", True),
        ("    optional=${only a run knows}", True),
        # Robot ignores a secret's default.
        ("    default=x", True),
    ],
)
def test_only_its_option_makes_a_secret_optional(options: str, required: bool) -> None:
    found = declared(runbook=(f"Import Secret    key    description=The key.{options}",))
    assert [(s.name, s.description, s.required, s.used_by) for s in found.secrets] == [
        ("key", "The key.", required, ("runbook",))
    ]


def test_what_the_runbook_needs_stands() -> None:
    tried, needed = "Run Keyword And Ignore Error    Import Secret    key", "Import Secret    key"
    for runbook, monitor, required in ((tried, needed, False), (needed, tried, True)):
        found = declared(runbook=(runbook,), monitor=(monitor,))
        assert [(s.required, s.used_by) for s in found.secrets] == [(required, ("runbook", "monitor"))]


def test_no_secret_has_a_value() -> None:
    found = declared(runbook=("Import Secret    key    default=hunter2    example=hunter2",))
    assert "hunter2" not in repr(found.secrets)


def test_names_are_told_apart_by_what_they_are() -> None:
    found = declared(
        runbook=(f"{VARIABLE}    kubectl", "Import Service    kubectl", "Import Platform Variable    kubectl"),
        monitor=("Import Secret    kubectl", "Import Service    kubectl"),
    )
    assert [(v.name, v.used_by) for v in found.variables] == [("kubectl", ("runbook",))]
    assert [(s.name, s.used_by) for s in found.secrets] == [("kubectl", ("monitor",))]
    assert [(s.name, s.used_by) for s in found.services] == [("kubectl", ("runbook", "monitor"))]
    assert [(v.name, v.used_by) for v in found.platform_variables] == [("kubectl", ("runbook",))]


@pytest.mark.parametrize(
    "name",
    [
        "GITHUB_TOKEN", "github_token", "SLACK_BOT_TOKEN", "DB_PASSWORD", "DB_PASSWD", "OPSGENIE_API_KEY", "APIKEY",
        "DD_APP_KEY", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "ssh_private_key", "LITELLM_MASTER_KEY",
        "AZURE_CLIENT_SECRET",
    ],
)  # fmt: skip
def test_credentials_are_recognised_and_hidden(name: str) -> None:
    (variable,) = declared(runbook=(f"{VARIABLE}    {name}    default=hunter2    example=hunter3",)).variables
    assert (variable.sensitive, variable.default, variable.example) == (True, HIDDEN, HIDDEN)
    (empty,) = declared(runbook=(f"{VARIABLE}    {name}    default=",)).variables
    # Nothing is hidden where there is nothing: an empty default and none are facts.
    assert (empty.default, empty.example, empty.required) == ("", None, False)


@pytest.mark.parametrize(
    "name",
    [
        "DOCKER_SECRET_NAME", "AUTH_TOKEN_JSON_PATH", "TOKEN_COUNT", "KEY", "KEYSPACE", "TLS_SECRET", "MONKEY",
        "NAMESPACE", "PASSWORD_LENGTH", "API_KEY_HEADER",
    ],
)  # fmt: skip
def test_names_that_only_sound_so_are_shown(name: str) -> None:
    (variable,) = declared(runbook=(f"{VARIABLE}    {name}    default=plain    example=shown",)).variables
    assert (variable.sensitive, variable.default, variable.example) == (False, "plain", "shown")


def test_what_a_robot_variable_holds_is_known_by_both_names() -> None:
    found = declared(
        runbook=(f"${{Mine Own}}=    {VARIABLE}    LAMP_POST", "${key}=    Import Secret    secret"),
        monitor=(f"{VARIABLE}    LAMP_POST",),
    )
    assert found.assigned == {
        "runbook": {"lamppost": "LAMP_POST", "mineown": "LAMP_POST"},
        "monitor": {"lamppost": "LAMP_POST"},
    }


def test_cells_too_many_are_named_with_file_and_line() -> None:
    found = declared(runbook=("Log    x",), monitor=("Import Secret    key    description=a    b",))
    assert found.surplus == (("key", "monitor", 3),)


def test_no_files_need_nothing() -> None:
    found = declared()
    assert not any(found)
