import pytest

from build.effects.programs.azure import _PROVIDERS
from build.effects.programs.judge import UNKNOWN, judge
from build.effects.programs.tables import TABLES


def needs(line: str) -> list[tuple[str, str | None, str | None]]:
    return [(need.permission, need.operation, need.scope) for need in judge(line.replace("§", UNKNOWN).split()).needs]


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("az vm list -g §", ("az vm list", "read", "Microsoft.Compute")),
        ("az --subscription § vm list", ("az vm list", "read", "Microsoft.Compute")),
        ("az vm start --ids §", ("az vm start", "write", "Microsoft.Compute")),
        (
            "az vm run-command invoke -g § -n § --scripts ls",
            ("az vm run-command invoke", "action", "Microsoft.Compute"),
        ),
        ("az provider register --namespace x", ("az provider register", "write", None)),
        ("az keyvault show -n §", ("az keyvault show", "read", "Microsoft.KeyVault")),
        ("az keyvault secret show -n §", ("az keyvault secret show", "read", "Microsoft.KeyVault (data)")),
        ("az monitor metrics list --resource §", ("az monitor metrics list", "read", "Microsoft.Insights")),
        (
            "az monitor log-analytics query -w §",
            ("az monitor log-analytics query", "read", "Microsoft.OperationalInsights"),
        ),
        (
            "az webapp deployment source config-zip --src x",
            ("az webapp deployment source config-zip", "write", "Microsoft.Web"),
        ),
        ("az graph query -q §", ("az graph query", "read", "Microsoft.ResourceGraph")),
        ("az unheard-of list", ("az unheard-of list", "read", None)),
        (
            "az rest --method get --url https://management.azure.com/subscriptions/§/providers/Microsoft.Web/sites/x/providers/microsoft.insights/y",
            ("az rest --method get", "read", "microsoft.insights"),
        ),
        (
            "az rest --method delete --url https://x/providers/Microsoft.Web/sites/x",
            ("az rest --method delete", "write", "Microsoft.Web"),
        ),
        ("az rest --url https://graph.microsoft.com/v1.0/users", ("az rest --method get", "read", "Microsoft Graph")),
    ],
)
def test_a_command_is_its_permission(line: str, expected: tuple[str, str, str | None]) -> None:
    assert needs(line) == [expected]


@pytest.mark.parametrize(
    "line",
    [
        "az login",
        "az account set --subscription §",
        "az account show",
        "az config set x=y",
        "az extension add --name x",
        "az pipelines list",
        "az vm §",
        "az §",
    ],
)
def test_what_needs_none(line: str) -> None:
    assert needs(line) == []


@pytest.mark.parametrize("group", _PROVIDERS)
def test_each_group_has_its_provider(group: str) -> None:
    scopes = [scope for _, _, scope in needs(f"az {group} made-up list -g §")]
    assert scopes == [_PROVIDERS[group] or None]


def test_each_command_that_the_table_has_can_be_a_permission() -> None:
    """But for what sets az up, and Azure DevOps, which has permissions of its own."""
    missing = {
        verb
        for verb in (*TABLES["az"].reads, *TABLES["az"].changes)
        if "*" not in verb and not needs(f"az {verb} --name §")
    }
    groups = {verb.split()[0] for verb in missing}
    assert groups <= {"account", "version", "devops", "pipelines", "repos", "boards", "artifacts"}
