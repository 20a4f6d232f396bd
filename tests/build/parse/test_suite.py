"""A robot file with its resource files: what calls by any name come to, and what it declares, wherever that stands."""

import pytest

from build.parse.robot_file import parse_robot
from build.parse.suite import Suite
from tests.support.bundles import SETTINGS, codes, parse, runbook, task


def test_calls_and_variables_are_followed_through_keywords() -> None:
    text = """\
*** Tasks ***
Look at `${NAMESPACE}`
    [Setup]    Prepare    ${SETUP_VALUE}
    Gather    ${CONTEXT}
    IF    $x
        Inner_most
    END
Other
    Log    ${OTHER}
*** Keywords ***
Gather
    [Arguments]    ${argument}
    inner most
Inner Most
    RW.Core.Add Issue    title=%{HOME_DIR} is ${odd name}
    Gather
Prepare
    Log    ${PREPARED}
"""
    suite = Suite(parse_robot(text))
    look, other = suite.file.tasks
    assert [block.name for block in suite.closure([look])] == [
        "Look at `${NAMESPACE}`",
        "Prepare",
        "Gather",
        "Inner Most",
    ]
    # `$x` is one in IF; what [Arguments] names without a default is only received.
    assert suite.reach(look) == (
        {"namespace", "context", "homedir", "oddname", "prepared", "setupvalue", "x"}, set(), True,
    )  # fmt: skip
    assert suite.reach(other) == ({"other"}, set(), False)


def test_keywords_that_nothing_comes_to_are_found() -> None:
    text = """\
*** Settings ***
Suite Setup    Run Keywords    First    AND    Second
Task Teardown    Third
*** Tasks ***
Look
    [Teardown]    Fourth
    TRY
        Fifth
    EXCEPT
        Run Keyword If    $x    Sixth
    END
*** Keywords ***
""" + "\n".join(
        f"{name}\n    Import Secret    {name.lower()}"
        for name in ("First", "Second", "Third", "Fourth", "Fifth", "Sixth", "Never", "Import ${what} Now")
    )
    suite = Suite(parse_robot(text))
    # The one task has a teardown of its own.
    assert [block.name for block in suite.unreached()] == ["Third", "Never"]
    assert [found.name for found in suite.imports][-2:] == ["never", "import ${what} now"]


INIT = (
    "*** Keywords ***\nInit\n    RW.Core.Import User Variable    LAMP    default=1\n    RW.Core.Import Secret    key\n"
)


def declared(text: str) -> tuple[list[str], list[str]]:
    bundle = runbook(SETTINGS + text)
    assert not {"dynamic-import", "unreached-import", "robot-says"} & codes(bundle)
    return [variable.name for variable in bundle.user_variables], [secret.name for secret in bundle.secrets]


IMPORT_BOTH = "RW.Core.Import User Variable    LAMP    default=1    AND    RW.Core.Import Secret    key"
LOOK = "*** Tasks ***\nLook\n    Log    x\n"


@pytest.mark.parametrize(
    "text",
    [
        f"Suite Setup    Run Keywords    {IMPORT_BOTH}\n{LOOK}",
        f"Suite Teardown    Run Keywords    {IMPORT_BOTH}\n{LOOK}",
        f"Task Setup    Run Keywords    {IMPORT_BOTH}\n{LOOK}",
        f"Test Setup    Run Keywords    {IMPORT_BOTH}\n{LOOK}",
        f"Task Teardown    Run Keywords    {IMPORT_BOTH}\n{LOOK}",
        f"Suite Setup    Run Keyword    Run Keywords    {IMPORT_BOTH}\n{LOOK}",
        f"Suite Setup    Given Run Keywords    {IMPORT_BOTH}\n{LOOK}",
        f"*** Tasks ***\nLook\n    [Setup]    Run Keywords    {IMPORT_BOTH}\n    Log    x\n",
        f"*** Tasks ***\nLook\n    [Teardown]    Run Keywords    {IMPORT_BOTH}\n    Log    x\n",
        "*** Tasks ***\nLook\n    [Template]    Run Keyword\n    RW.Core.Import User Variable    LAMP    default=1\n"
        "    Import Secret    key\n",
        "Task Template    Run Keyword\n*** Tasks ***\nLook\n    Import User Variable    LAMP    default=1\n"
        "    Import Secret    key\n",
        "*** Tasks ***\nLook\n    Given Import User Variable    LAMP    default=1\n    And Import Secret    key\n",
        "*** Tasks ***\nLook\n    Run Keyword If    $x    Import Secret    key    ELSE IF    $y    Log    x\n"
        "    ...    ELSE    Import User Variable    LAMP    default=1\n",
        "*** Tasks ***\nLook\n    Repeat Keyword    2x    Import Secret    key\n"
        "    Wait Until Keyword Succeeds    2x    1s    Import User Variable    LAMP    default=1\n",
        "*** Variables ***\n@{BOTH}    Import One    Import Other\n*** Tasks ***\nLook\n    Run Keywords    @{BOTH}\n"
        "*** Keywords ***\nImport One\n    Import Secret    key\nImport Other\n"
        "    Import User Variable    LAMP    default=1\n",
        "*** Variables ***\n${NAME}    LAMP\n${KEY}    key\n*** Tasks ***\nLook\n"
        "    ${x: str}=    Import User Variable    ${NAME}    default=1\n"
        "    ${y: Secret} =    Import Secret    ${KEY}\n",
        "*** Tasks ***\nLook\n    [Setup]    Prepare lamp\n    Log    x\n*** Keywords ***\nPrepare ${what}\n"
        "    [Setup]    Import Secret    key\n    No Operation\n"
        "    [Teardown]    Import User Variable    LAMP    default=1\n",
        f"Suite Setup    When Init\n{LOOK}{INIT}",
    ],
)  # fmt: skip
def test_declarations_are_found_wherever_robot_takes_them(text: str) -> None:
    assert declared(text) == (["LAMP"], ["key"])


def test_a_template_declares_once_a_row() -> None:
    rows = "    one\n    two    description=Two.\n"
    assert declared(f"*** Tasks ***\nLook\n    [Template]    RW.Core.Import Secret\n{rows}") == ([], ["one", "two"])
    assert declared(f"Task Template    Import Secret\n*** Tasks ***\nLook\n{rows}") == ([], ["one", "two"])


def test_prefixes_of_another_language_are_those_of_the_file() -> None:
    text = "Language: de\n" + SETTINGS + "*** Aufgaben ***\nSchau\n    Angenommen Import Secret    key\n"
    assert [secret.name for secret in runbook(text).secrets] == ["key"]


def test_a_keyword_of_the_file_hides_rw_cores_by_its_plain_name() -> None:
    text = task("Import Secret    mine", "RW.Core.Import Secret    theirs") + "*** Keywords ***\nImport Secret\n"
    bundle = runbook(text + "    [Arguments]    ${name}\n    Log    ${name}\n")
    assert [secret.name for secret in bundle.secrets] == ["theirs"]


CHECK = "\n    RW.CLI.Run Bash File    bash_file=check.sh\n    Log    ${LAMP}\n    RW.Core.Add Issue    title=x\n"


@pytest.mark.parametrize(
    ("setting", "rows", "keyword"),
    [
        ("", "Check Lamp", "Check Lamp"),
        ("", "Given Check Lamp", "Check Lamp"),
        ("", "but check_lamp", "Check Lamp"),
        ("", "Check north lamp", "Check ${where} lamp"),
        ("", "Then Check north lamp", "Check ${where} lamp"),
        ("", "Check 5 lamps", r"Check ${n:\d+} lamps"),
        ("", "[Template]    Check Lamp\n    north", "Check Lamp"),
        ("", "[Template]    Check ${where} lamp\n    north", "Check ${where} lamp"),
        ("", "[Template]    Check ${where} lamp\n    FOR    ${x}    IN    1\n        ${x}\n    END", "Check ${w} lamp"),
        ("Task Template    Check Lamp\n", "north", "Check Lamp"),
        ("Test Template    Check ${where} lamp\n", "north", "Check ${where} lamp"),
        ("", "Repeat Keyword    3x    Check Lamp", "Check Lamp"),
        ("", "Run Keyword And Return Status    Given Check Lamp", "Check Lamp"),
        ("", "Run Keyword    Check north lamp", "Check ${where} lamp"),
        ("", "Run Keyword If    $x    Log    y    ELSE    Check Lamp", "Check Lamp"),
        ("", "Run Keyword And Push Metric    Check Lamp", "Check Lamp"),
        ("", "[Setup]    Check Lamp\n    Log    x", "Check Lamp"),
        ("Task Setup    Given Check Lamp\n", "Log    x", "Check Lamp"),
        ("*** Variables ***\n${KW}    Check Lamp\n", "Run Keyword    ${KW}", "Check Lamp"),
    ],
)  # fmt: skip
def test_a_tool_comes_to_a_keyword_by_any_name(setting: str, rows: str, keyword: str) -> None:
    text = f"{SETTINGS}Suite Setup    Init\n{setting}*** Tasks ***\nLook\n    {rows}\n{INIT}{keyword}{CHECK}"
    (tool,) = parse({"runbook.robot": text, "check.sh": "x"}).tools
    assert (tool.variables, tool.scripts, tool.raises_issues) == (("LAMP",), ("check.sh",), True)


@pytest.mark.parametrize(
    "setting",
    [
        "Suite Setup    Given Init", "Suite Setup    Run Keyword    Init", "Suite Setup    Run Keyword    ${KW}",
        "Suite Setup    Run Keyword    In${rest}", "Suite Setup    Retry Of A Library    Init",
        "Task Setup    When Init", "Task Template    Init", "Suite Setup    Run Keywords    @{ALL}",
        "Suite Setup    Run Keyword    ${unknown}",
    ],
)  # fmt: skip
def test_what_robot_or_a_library_may_run_is_not_told_as_unreached(setting: str) -> None:
    variables = "*** Variables ***\n${KW}    Init\n@{ALL}    Init    Log\n"
    assert "unreached-import" not in codes(runbook(f"{SETTINGS}{setting}\n{variables}{LOOK}{INIT}"))


def test_what_nothing_runs_is_told_as_unreached_with_its_line() -> None:
    bundle = runbook(f"{SETTINGS}Suite Setup    Run Keyword    Other ${{x}}\n{LOOK}{INIT}")
    (told,) = (problem for problem in bundle.problems if problem.code == "unreached-import")
    assert (told.line, "'Init'" in told.message) == (11, True)


@pytest.mark.parametrize(
    ("name", "used"),
    [
        ("5XX_LIMIT", "${5XX_LIMIT}"), ("LÄMP", "${LÄMP}"), ("a.b", "${a.b}"), ("LAMP", "${LAMP.strip()}"),
        ("LAMP", "${DICT['${LAMP}']}"), ("LAMP", "${{ $LAMP }}"), ("LÄMP", "$LÄMP == 1"), ("A-B", "${A-B}"),
        ("TWO WORDS", "${two_words}"), ("日本", "x${日本}y"),
    ],
)  # fmt: skip
def test_variables_of_any_name_are_linked(name: str, used: str) -> None:
    (tool,) = runbook(task(f"Import User Variable    {name}", f"IF    {used}    Log    x")).tools
    assert tool.variables == (name,)


NAMED_LATER = """\
*** Tasks ***
Look
    FOR    ${one}    IN    @{names}
        ${secret}=    RW.Core.Import Secret    ${one}
        ${value}=    RW.Core.Import User Variable    VAR_${one}    default=${EMPTY}
        Import Service    %{SERVICE}
    END
    Import Secret    key
"""


def test_a_name_that_only_a_run_makes_is_told_and_not_published() -> None:
    bundle = runbook(NAMED_LATER)
    assert (bundle.user_variables, [secret.name for secret in bundle.secrets], bundle.services) == ((), ["key"], ())
    assert [(one.declares, one.name, one.kind, one.line) for one in bundle.declared_at_run_time] == [
        ("secret", "${one}", "runbook", 4),
        ("variable", "VAR_${one}", "runbook", 5),
        ("service", "%{SERVICE}", "runbook", 6),
    ]
    told = [(problem.line, problem.message) for problem in bundle.problems if problem.code == "dynamic-import"]
    assert told == [
        (4, "the name of a secret, ${one}, is only known when it runs, so it is not listed"),
        (5, "the name of a variable, VAR_${one}, is only known when it runs, so it is not listed"),
        (6, "the name of a service, %{SERVICE}, is only known when it runs, so it is not listed"),
    ]


CONSTANTS = """\
*** Settings ***
Documentation    Checks ${WHAT}.
Metadata    Display Name    ${TITLE}
Metadata    Author    me
Metadata    Supports    ${PLATFORM}    ${OTHER}
*** Variables ***
${TITLE}       Lamp Check
${WHAT}        the lamps
${PLATFORM}    Kubernetes
${SCRIPT}      check
${CHANGED}     before
*** Tasks ***
Look at ${WHAT} ${CHANGED}
    [Documentation]    Looks at ${WHAT}.
    [Tags]    access:${ACCESS}    ${PLATFORM}
    RW.CLI.Run Bash File    bash_file=${SCRIPT}.sh
    Set Suite Variable    ${CHANGED}    after
"""


def test_constants_of_the_file_are_resolved() -> None:
    bundle = parse({"runbook.robot": CONSTANTS, "check.sh": "x"})
    assert (bundle.display_name, bundle.support_tags, bundle.doc) == (
        "Lamp Check",
        ("Kubernetes",),
        "Checks the lamps.",
    )
    (tool,) = bundle.tools
    assert (tool.name, tool.title) == ("Look at ${WHAT} ${CHANGED}", "Look at the lamps ${CHANGED}")
    assert (tool.documentation, tool.tags) == ("Looks at the lamps.", ("access:${ACCESS}", "Kubernetes"))
    assert tool.scripts == ("check.sh",)


def test_escapes_are_resolved_in_text_for_people() -> None:
    text = (
        "*** Settings ***\n" r"Documentation    First line.\n- a \${NOT_A_VARIABLE} \# hash" "\n"
        r"Metadata    Display Name    Lamp \${X}" "\n" r"Metadata    Supports    Kubernetes,\ AWS" "\n*** Tasks ***\n"
        r"Look \# here" "\n" r"    [Documentation]    a\n\n- x" "\n" r"    [Tags]    a\=b    \#c" "\n    "
        r"Import User Variable    LAMP    description=Which?\nSecond line    default=a\=b    pattern=\w+\.\d" "\n"
    )  # fmt: skip
    bundle = runbook(text)
    assert (bundle.doc, bundle.display_name) == ("First line.\n- a ${NOT_A_VARIABLE} # hash", "Lamp ${X}")
    assert bundle.support_tags == ("Kubernetes", "AWS")
    (tool,) = bundle.tools
    assert (tool.title, tool.documentation, tool.tags) == ("Look # here", "a\n\n- x", ("#c", "a=b"))
    (lamp,) = bundle.user_variables
    assert (lamp.description, lamp.default, lamp.pattern) == ("Which?\nSecond line", "a=b", r"\w+\.\d")
    piped = "| *** Settings *** |\n| Documentation | a \\| b |\n| *** Tasks *** |\n| Look |\n| | Log | x |\n"
    assert runbook(piped).doc == "a | b"


def test_calls_of_libraries_are_listed_once_with_the_first_line() -> None:
    text = task(
        "Given RW.CLI.Run Cli    cmd=x",
        "RW.CLI.Run CLI    cmd=y    env==x    env=z",
        "Run Keyword    Log    z",
        "Mine",
        "${a}",
    )
    suite = Suite(parse_robot(text + "*** Keywords ***\nMine\n    Log    last\n"))
    assert suite.called() == [
        ("RW.CLI.Run Cli", "Given RW.CLI.Run Cli    cmd=x", 3, 2, ("cmd", "env")),
        ("Run Keyword", "Run Keyword    Log    z", 5, 1, ()),
        ("Log", "Log    z", 5, 2, ()),
    ]


def test_items_of_a_known_list_are_read_wherever_it_stands() -> None:
    text = (
        SETTINGS.replace("Supports    Kubernetes", "Supports    @{PLATFORMS}")
        + """\
Suite Setup    ${FIRST}
*** Variables ***
${FIRST}        Prepare
@{PLATFORMS}    AWS    ${ANOTHER}
${ANOTHER}      Google Cloud
@{CHECKS}       north.sh    south.py
*** Tasks ***
Look
    FOR    ${check}    IN    @{CHECKS}
        RW.CLI.Run Bash File    ${check}
    END
*** Keywords ***
Prepare
    Import Secret    key
"""
    )
    bundle = parse({"runbook.robot": text, "north.sh": "x", "south.py": "x", "west.sh": "x"})
    assert bundle.support_tags == ("AWS", "Google Cloud")
    assert bundle.tools[0].scripts == ("north.sh", "south.py")
    assert [(secret.name, secret.required) for secret in bundle.secrets] == [("key", True)]
    assert "unreached-import" not in codes(bundle)
