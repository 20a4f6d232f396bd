"""What the tasks of robot files are found to execute."""

# ruff: noqa: E501 - a row of a table is a whole script

import pytest

from tests.support.following import bundle_of, changing, task

DELETE = "RW.CLI.Run Cli    cmd=kubectl delete pod web"
CHANGES = {
    "process that is started": "Start Process    kubectl    delete    pod    web",
    "plain": DELETE,
    "built up": "${verb}=    Set Variable    delete\n${cmd}=    Catenate    kubectl    ${verb}    pod    web\nRW.CLI.Run Cli    cmd=${cmd}",
    "joined": "${cmd}=    Catenate    SEPARATOR=\n...    kubectl\n...    ${SPACE}delete pod web\nRW.CLI.Run Cli    cmd=${cmd}",
    "VAR": "VAR    ${verb}    delete\nRW.CLI.Run Cli    cmd=kubectl ${verb} pod web",
    "list": "@{words}=    Create List    kubectl    delete    pod    web\nRun Process    @{words}",
    "process": "Run Process    kubectl    delete    pod    web    shell=False",
    "process by a shell": "Run Process    kubectl delete pod web    shell=True",
    "operating system": "${rc}    ${out}=    Run And Return Rc And Output    kubectl delete pod web",
    "if": f"IF    $x\n    {DELETE}\nEND",
    "else": f"IF    $x\n    Log    no\nELSE\n    {DELETE}\nEND",
    "for": f"FOR    ${{x}}    IN    a    b\n    {DELETE}\nEND",
    "verbs": "FOR    ${v}    IN    get    delete\n    RW.CLI.Run Cli    cmd=kubectl ${v} pods --all\nEND",
    "while": f"WHILE    $x    limit=3\n    {DELETE}\nEND",
    "try": f"TRY\n    Log    x\nEXCEPT\n    {DELETE}\nEND",
    "run keyword if": f"Run Keyword If    $x    {DELETE}",
    "run keyword if else": f"Run Keyword If    $x    Log    no    ELSE    {DELETE}",
    "run keyword and ignore error": f"${{s}}    ${{v}}=    Run Keyword And Ignore Error    {DELETE}",
    "run keywords": f"Run Keywords    Log    a    AND    {DELETE}",
    "wait until": f"Wait Until Keyword Succeeds    3x    1s    {DELETE}",
    "dictionary": "${d}=    Create Dictionary    verb=delete\nRW.CLI.Run Cli    cmd=kubectl ${d.verb} pod web",
    "set variable if": "${verb}=    Set Variable If    $x    get    delete\nRW.CLI.Run Cli    cmd=kubectl ${verb} pod web",
    "evaluate": "${verb}=    Evaluate    'delete' if $x else 'get'\nRW.CLI.Run Cli    cmd=kubectl ${verb} pod web",
    "set where a loop is left": "${verb}=    Set Variable    get\nFOR    ${x}    IN    a    b\n    IF    $x == $y\n        ${verb}=    Set Variable    delete\n        BREAK\n    END\nEND\nRW.CLI.Run Cli    cmd=kubectl ${verb} pod web",
    "inline python": "Evaluate    subprocess.run(['kubectl', 'delete', 'pod', 'web'])    modules=subprocess",
}  # fmt: skip
READS = {
    "report": "RW.Core.Add Pre To Report    kubectl delete pod web",
    "issue": "RW.Core.Add Issue    severity=3    expected=a    actual=b    title=c    reproduce_hint=d    next_steps=kubectl delete pod web",
    "log": "Log    kubectl delete pod web",
    "nothing": "${x}=    Evaluate    1 + 1\nRW.Core.Push Metric    ${x}",
    "files": "Create File    out.txt    kubectl delete pod web\nRemove File    out.txt",
    "fixed": "${mode}=    Set Variable    report\nIF    '${mode}' == 'purge'\n    " + DELETE + "\nEND",
    "fixed with Run Keyword If": f"${{mode}}=    Set Variable    report\nRun Keyword If    '${{mode}}' == 'purge'    {DELETE}",
    "after return": f"Pass Execution    done\n{DELETE}",
}  # fmt: skip


@pytest.mark.parametrize("steps", CHANGES.values(), ids=CHANGES)
def test_what_a_task_executes_changes_things(steps: str) -> None:
    tool = task(steps)
    assert tool.effect == "changes", (tool.commands, tool.unclear_because)


@pytest.mark.parametrize("steps", READS.values(), ids=READS)
def test_what_a_task_only_says_changes_nothing(steps: str) -> None:
    tool = task(steps)
    assert tool.effect == "reads", (tool.commands, tool.unclear_because)


@pytest.mark.parametrize(
    ("settings", "steps"),
    [
        ("Suite Setup    Purge", "Log    a"),
        ("Suite Teardown    Purge", "Log    a"),
        ("Task Setup    Purge", "Log    a"),
        ("Test Teardown    Purge", "Log    a"),
        ("", "[Setup]    Purge\nLog    a"),
        ("", "Log    a\n[Teardown]    Run Keyword    Purge"),
        ("Test Template    Run Verb", "delete"),
        ("", "[Template]    Run Verb\nget\ndelete"),
        ("", "Delete pod web quickly"),
        ("", "Run Verb    verb=delete"),
        ("", "${v}=    Verb\nRun Verb    ${v}"),
    ],
)
def test_keywords_of_the_file_are_followed(settings: str, steps: str) -> None:
    rest = f"""
    *** Keywords ***
    Purge
        {DELETE}
    Run Verb
        [Arguments]    ${{verb}}=get
        RW.CLI.Run Cli    cmd=kubectl ${{verb}} pods --all
    Delete pod ${{name}} quickly
        RW.CLI.Run Cli    cmd=kubectl delete pod ${{name}}
    Verb
        RETURN    delete
    """
    assert task(steps, settings=settings, rest=rest).effect == "changes"


def test_a_setup_of_the_suite_belongs_to_every_tool() -> None:
    robot = f"*** Settings ***\nLibrary    RW.CLI\nSuite Setup    {DELETE}\n*** Tasks ***\nA\n    Log    a\nB\n    Log    b\n"
    assert [tool.effect for tool in bundle_of({"sli.robot": robot}).tools] == ["changes", "changes"]


def test_a_default_is_used_and_told() -> None:
    steps = (
        "${APPLY}=    RW.Core.Import User Variable    APPLY    default=false\nIF    '${APPLY}' == 'true'\n    "
        + DELETE
        + "\nEND"
    )
    (command,) = changing(task(steps))
    assert command.condition is not None
    assert "APPLY is 'false' by default" in command.condition


def test_the_binary_in_a_variable_is_its_default() -> None:
    steps = "RW.Core.Import User Variable    KUBERNETES_DISTRIBUTION_BINARY    default=kubectl\nRW.CLI.Run Cli    cmd=${KUBERNETES_DISTRIBUTION_BINARY} delete pod web"
    assert task(steps).effect == "changes"


@pytest.mark.parametrize("default", ["", "    default=kubectl get pods", '    default=""'])
@pytest.mark.parametrize("cell", ["${COMMAND}", "${COMMAND} -o json", "bash -c '${COMMAND}'"])
def test_a_command_of_the_user_is_unclear(default: str, cell: str) -> None:
    tool = task(f"RW.Core.Import User Variable    COMMAND{default}\nRW.CLI.Run Cli    cmd={cell}")
    assert tool.effect == "unclear"
    assert any("COMMAND" in because for because in tool.unclear_because)


def test_variables_reach_a_script() -> None:
    steps = '${env}=    Evaluate    {"VERB": "delete"}\nRW.CLI.Run Bash File    bash_file=run.sh    env=${env}'
    assert task(steps, {"run.sh": 'kubectl "$VERB" pod web\n'}).effect == "changes"
    steps = 'Set Suite Variable    ${env}    {"VERB":"get"}\nRW.CLI.Run Bash File    bash_file=run.sh    env=${env}'
    assert task(steps, {"run.sh": 'kubectl "$VERB" pod web\n'}).effect == "reads"


def test_a_command_instead_of_the_script_gets_its_arguments() -> None:
    steps = "RW.CLI.Run Bash File    bash_file=run.sh    cmd_override=./run.sh purge"
    files = {"run.sh": 'case "$1" in\n  purge) kubectl delete pods --all ;;\n  *) kubectl get pods ;;\nesac\n'}
    assert task(steps, files).effect == "changes"
    assert task(steps.replace("purge", "show"), files).effect == "reads"


def test_a_script_that_is_missing_is_unclear() -> None:
    tool = task("RW.CLI.Run Bash File    bash_file=gone.sh")
    assert tool.effect == "unclear"
    assert any("gone.sh" in because for because in tool.unclear_because)


def test_a_keyword_that_nobody_has_is_unclear() -> None:
    tool = task("Do Something Unheard Of    web")
    assert tool.effect == "unclear"
    assert any("Unheard" in because for because in tool.unclear_because)


def test_a_resource_file_is_read() -> None:
    robot = "*** Settings ***\nLibrary    RW.CLI\nResource    shared.resource\n*** Tasks ***\nA\n    Purge\n"
    resource = f"*** Keywords ***\nPurge\n    {DELETE}\n"
    (tool,) = bundle_of({"runbook.robot": robot, "shared.resource": resource}).tools
    assert [(command.path, command.line) for command in changing(tool)] == [("codebundles/bundle/shared.resource", 3)]


@pytest.mark.parametrize("steps", ["A", "Run Keyword    A", "Run Keyword If    True    A"])
def test_keywords_that_call_themselves_come_to_an_end(steps: str) -> None:
    assert (
        task(
            steps, rest="\n*** Keywords ***\nA\n    B    x\nB\n    [Arguments]    ${y}\n    B    ${y}${y}\n    A\n"
        ).effect
        == "reads"
    )


_ACTING = "import os\n\ndef act():\n    os.system('kubectl delete pod web')\n"


@pytest.mark.parametrize(
    ("written", "file", "call"),
    [
        ("acting.py", "acting.py", "Act"),
        ("./acting.py", "acting.py", "acting.Act"),
        ("${CURDIR}/lib/acting.py", "lib/acting.py", "Act"),
        ("${CURDIR}${/}lib${/}acting.py", "lib/acting.py", "Act"),
        ("lib/acting.py    AS    Acts", "lib/acting.py", "Acts.Act"),
        ("lib/acting/", "lib/acting/__init__.py", "Act"),
    ],
)
def test_a_library_that_is_given_by_its_file_is_followed(written: str, file: str, call: str) -> None:
    tool = task(call, {file: _ACTING}, settings=f"Library    {written}")
    assert [command.path for command in changing(tool)] == [f"codebundles/bundle/{file}"]
    assert task(f"Import Library    {written}\n{call}", {file: _ACTING}).effect == "changes"


def test_steps_of_behaviour_driven_tests_are_keywords() -> None:
    rest = f"\n*** Keywords ***\nThe pod is gone\n    {DELETE}\n"
    assert task("Given the pod is gone", rest=rest).effect == "changes"
    assert task("When the pod is gone", rest=rest).effect == "changes"


@pytest.mark.parametrize(
    "method", ["run_keyword(", "run_keyword_and_ignore_error(", "wait_until_keyword_succeeds('3x', '1s', "]
)
def test_keywords_that_python_calls_are_followed(method: str) -> None:
    library = f"""
        from robot.libraries.BuiltIn import BuiltIn

        def act():
            BuiltIn().{method}'RW.CLI.Run Cli', 'cmd=kubectl delete pod web')
    """
    assert task("Act", settings="Library    Acting", Acting=library).effect == "changes"
