"""What real bundles do that a naive parser gets wrong, one by one and made up anew."""

import pytest
from robot.api import TestSuite as RobotSuite

from build.model import Bundle, Tool, Variable
from tests.support.bundles import SETTINGS, SOUND, codes, parse, runbook, task

IMPORT = "RW.Core.Import User Variable"


def imported(*rows: str) -> dict[str, Variable]:
    """The user variables of a task with these rows, by name."""
    return {variable.name: variable for variable in runbook(task(*rows)).user_variables}


def only_tool(bundle: Bundle) -> Tool:
    (tool,) = bundle.tools
    return tool


def test_1_the_name_is_the_argument_not_what_it_is_assigned_to() -> None:
    bundle = runbook(
        task(f"${{REGION_OF_LAMP}}=    {IMPORT}    LAMP_REGION    default=north", "Log    ${REGION_OF_LAMP}")
    )
    assert [variable.name for variable in bundle.user_variables] == ["LAMP_REGION"]
    # And a tool that uses the assigned one uses the declared one.
    assert only_tool(bundle).variables == ("LAMP_REGION",)


def test_2_an_import_needs_no_assignment() -> None:
    bundle = runbook(task(f"{IMPORT}    LAMP", "...    type=string", "Log    ${LAMP}"))
    assert [(v.name, v.type, v.line) for v in bundle.user_variables] == [("LAMP", "string", 3)]
    assert only_tool(bundle).variables == ("LAMP",)


def test_3_the_name_may_stand_on_the_next_row() -> None:
    assert list(imported(f"${{X}}=    {IMPORT}", "...    LAMP", "...    default=1")) == ["LAMP"]


@pytest.mark.parametrize("name", ["HTTP5XX_LIMIT", "lamp_name", "ops-lamp-sa", "X"])
def test_4_names_have_digits_lower_case_and_hyphens(name: str) -> None:
    assert list(imported(f"${{{name}}}=    {IMPORT}    {name}")) == [name]


def test_5_an_equals_sign_inside_the_braces_and_one_space_after_it() -> None:
    inside = runbook(task(f"${{LAMPS=}}=    {IMPORT}    LAMPS", "Log    ${LAMPS}"))
    assert [variable.name for variable in inside.user_variables] == ["LAMPS"]
    assert only_tool(inside).variables == ("LAMPS",)
    # With one space Robot sees a single cell.
    close = runbook(task(f"${{NEXT}}= {IMPORT}    NEXT_STEPS", "...    default=1", "Log    ${NEXT}"))
    assert [(v.name, v.default) for v in close.user_variables] == [("NEXT_STEPS", "1")]
    assert only_tool(close).variables == ("NEXT_STEPS",)


def test_6_a_description_in_two_cells_is_joined_and_told() -> None:
    bundle = runbook(
        task(f"{IMPORT}    LAMP", "...    description=which lamp", "...    to look at", "...    type=string")
    )
    assert [(v.description, v.type) for v in bundle.user_variables] == [("which lamp to look at", "string")]
    (problem,) = [problem for problem in bundle.problems if problem.code == "surplus-cell"]
    assert (problem.severity, problem.line, problem.path) == ("warning", 3, "codebundles/a-bundle/runbook.robot")
    assert "LAMP" in problem.message


def test_7_values_hold_equals_signs_and_examples_stand_twice() -> None:
    lamp = imported(f"{IMPORT}    LAMP", "...    default=a=b==c", "...    example=one", "...    example=two")["LAMP"]
    assert (lamp.default, lamp.example) == ("a=b==c", "one")


@pytest.mark.parametrize("empty", ["default=", 'default=""', "default=''", "default=${EMPTY}"])
def test_8_four_spellings_of_empty_are_no_missing_default(empty: str) -> None:
    lamp = imported(f"{IMPORT}    LAMP", f"...    {empty}")["LAMP"]
    assert (lamp.default, lamp.required) == ("", False)
    assert imported(f"{IMPORT}    LAMP")["LAMP"].required


def test_8_quotes_and_escapes_in_a_default_are_kept() -> None:
    found = imported(
        f"{IMPORT}    A    default='x'", rf"{IMPORT}    B    default=\${{OUT}}", f"{IMPORT}    C    default=${{A}}"
    )
    assert [variable.default for variable in found.values()] == ["'x'", "${OUT}", "${A}"]


def test_9_backslashes_are_kept_in_patterns_and_resolved_elsewhere() -> None:
    lamp = imported(rf"{IMPORT}    LAMP    pattern=\w*    default=\d+\n    description=a \ b")["LAMP"]
    assert (lamp.pattern, lamp.default, lamp.description) == (r"\w*", "d+\n", "a  b")


def test_10_a_default_need_not_match_its_pattern_and_no_pattern_is_run() -> None:
    lamp = imported(f"{IMPORT}    LAMP    pattern=^(a+)+$    default={'a' * 60}!")["LAMP"]
    assert lamp.default == "a" * 60 + "!"


def test_11_an_import_in_a_loop_is_dynamic() -> None:
    bundle = runbook(task("FOR    ${name}    IN    a    b", "    Import Secret    ${name}", "END"))
    assert "dynamic-import" in codes(bundle)
    assert [(p.severity, p.line) for p in bundle.problems if p.code == "dynamic-import"] == [("note", 4)]


def test_12_documentation_keeps_its_lines_and_lists() -> None:
    text = """\
*** Settings ***
Documentation    What it does:
...              - one thing
...                  - a part of it
...
...              and more.
*** Tasks ***
Look
    [Documentation]    First    cell
    ...    second row
    Log    x
"""
    bundle = runbook(text)
    assert bundle.doc == "What it does:\n- one thing\n    - a part of it\n\nand more."
    assert bundle.doc == RobotSuite.from_string(text).doc
    assert only_tool(bundle).documentation == RobotSuite.from_string(text).tests[0].doc == "First    cell\nsecond row"


def test_13_tags_on_rows_with_spaces_forced_and_equal_but_for_case() -> None:
    text = """\
*** Settings ***
Force Tags    LAMP    Look Out    access:read-only
*** Tasks ***
Look
    [Tags]
    ...    Proxy Logs
    ...    lamp
    ...    data:config
    ...    ${LAMP_ID}
    Log    x
Other
    Log    x
"""
    bundle = runbook(text)
    assert [list(tool.tags) for tool in bundle.tools] == [
        list(test.tags) for test in RobotSuite.from_string(text).tests
    ]
    look, other = bundle.tools
    assert set(look.tags) == {"${LAMP_ID}", "access:read-only", "data:config", "LAMP", "Look Out", "Proxy Logs"}
    assert (look.access, look.data) == ("read-only", ("config",))
    assert (set(other.tags), other.access) == ({"LAMP", "Look Out", "access:read-only"}, "read-only")


def test_14_metadata_in_several_cells_is_one_name() -> None:
    bundle = runbook(SETTINGS.replace("A Bundle", "A    Bundle    Of Lamps") + "*** Tasks ***\nLook\n    Log    x\n")
    assert bundle.display_name == "A Bundle Of Lamps"


def test_15_of_repeated_metadata_the_last_counts_as_in_robot() -> None:
    text = SOUND.replace(
        "Metadata         Supports",
        "Metadata         Display Name    Another\nMetadata         Supports    Slack\nMetadata         Supports",
    )
    bundle = runbook(text)
    robot = RobotSuite.from_string(text).metadata
    assert bundle.display_name == robot["Display Name"] == "Another"
    assert (bundle.support_tags, robot["Supports"]) == (("Kubernetes",), "Kubernetes")
    told = [problem.message for problem in bundle.problems if problem.code == "repeated-metadata"]
    assert told == [
        f"the metadata '{name}' stands 2 times; the last one counts" for name in ("Display Name", "Supports")
    ]


def test_16_what_is_missing_is_null_and_told() -> None:
    bundle = runbook("*** Tasks ***\nLook\n    Log    x\n", name="lamp-post_check")
    assert (bundle.display_name, bundle.author, bundle.doc, bundle.readme) == (None, None, None, None)
    assert bundle.title == "Lamp Post Check"
    missing = [p.message for p in bundle.problems if p.code == "no-metadata"]
    assert missing == [f"the metadata '{name}' is missing" for name in ("Display Name", "Author", "Supports")]
    assert {"no-documentation", "undocumented-tools", "no-readme"} <= codes(bundle)


def test_17_where_the_files_disagree_the_runbook_s_name_stands() -> None:
    bundle = parse(
        {"runbook.robot": SOUND, "sli.robot": SOUND.replace("A Bundle", "Other").replace("Somebody", "Else")}
    )
    assert (bundle.display_name, bundle.author) == ("A Bundle", "Somebody")
    alone = parse({"sli.robot": SOUND.replace("A Bundle", "Other")})
    assert (alone.display_name, [tool.kind for tool in alone.tools]) == ("Other", ["monitor"])
    # Where the runbook says nothing the monitor does.
    silent = parse({"runbook.robot": task("Log    x"), "sli.robot": SOUND})
    assert (silent.display_name, silent.author, silent.doc) == ("A Bundle", "Somebody", "What the bundle is for.")


def test_18_names_of_tasks_are_trimmed_and_typing_errors_kept() -> None:
    bundle = runbook("*** Tasks ***\n| \u00a0 Look at  `$${LAMP}`   now | Log | x |\nCheck `${A}`now\n    Log    x\n")
    assert [tool.name for tool in bundle.tools][-1] == "Check `${A}`now"
    assert all(tool.name == tool.name.strip() for tool in bundle.tools)
    padded = runbook("*** Tasks ***\n|  Look  |\n|  | Log | x |\n")
    assert [tool.name for tool in padded.tools] == ["Look"]


def test_19_a_remark_in_the_first_column_is_no_task() -> None:
    text = "*** Tasks ***\nOne\n    Log    x\n# Commented Task\n#    Log    y\n    Log    z\nTwo\n    Log    x\n"
    assert [(tool.name, tool.line) for tool in runbook(text).tools] == [("One", 2), ("Two", 7)]


@pytest.mark.parametrize("gap", ["  ", "   ", "\t", "      ", "\u00a0\u00a0", " \t "])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_20_separators_indents_and_line_ends_vary(gap: str, end: str) -> None:
    rows = [
        "\ufeff*** Tasks ***",
        "Look",
        f"{gap}[Tags]{gap}é{gap}🔦",
        f"{gap}{IMPORT}{gap}LAMP",
        f"{gap}...{gap}default=—",
    ]
    bundle = runbook(end.join(rows))
    assert [(v.name, v.default, v.line) for v in bundle.user_variables] == [("LAMP", "—", 4)]
    assert only_tool(bundle).tags == ("é", "🔦")
    assert "control-characters" not in codes(bundle)


def test_21_a_remark_between_continued_rows_is_no_value() -> None:
    lamp = imported(f"{IMPORT}    LAMP", "...    type=string", "# ...    default=off", "...    description=which")[
        "LAMP"
    ]
    assert (lamp.type, lamp.description, lamp.default) == ("string", "which", None)


def test_22_return_in_a_task_and_the_old_return_setting_lose_nothing() -> None:
    text = """\
*** Tasks ***
One
    IF    $x
        RETURN
    END
    K
Two
    Import Secret    key
*** Keywords ***
K
    Import Secret    other
    [Return]    1
"""
    bundle = runbook(text)
    assert [tool.name for tool in bundle.tools] == ["One", "Two"]
    assert [secret.name for secret in bundle.secrets] == ["key", "other"]
    (problem,) = [problem for problem in bundle.problems if problem.code == "robot-says"]
    assert (problem.severity, problem.line) == ("note", 4)


def test_23_an_unreachable_setup_is_read_and_flagged() -> None:
    keyword = "*** Keywords ***\nSuite Initialization\n    Import Secret    key\n"
    bundle = runbook(SOUND + keyword)
    assert [secret.name for secret in bundle.secrets] == ["key"]
    (problem,) = [problem for problem in bundle.problems if problem.code == "unreached-import"]
    assert (problem.severity, problem.line) == ("note", SOUND.count("\n") + 2)
    reached = runbook(
        SOUND.replace("Metadata         Author", "Suite Setup    Suite Initialization\nMetadata  Author") + keyword
    )
    assert "unreached-import" not in codes(reached)


def test_24_the_skill_template_is_a_claim_that_facts_overrule() -> None:
    skill = "---\nname: x\naccess: read-write\n---\n# Words\n"
    tagged = parse({"runbook.robot": task("[Tags]    access:read-only", "Log    x"), "SKILL-TEMPLATE.md": skill})
    assert (tagged.access_level, tagged.access_level_source) == ("read-only", "declared")
    assert [p.severity for p in tagged.problems if p.code == "access-contradicts"] == ["warning"]
    untagged = parse({"runbook.robot": task("Log    x"), "SKILL-TEMPLATE.md": skill.replace("\n", "\r\n")})
    assert (untagged.access_level, untagged.access_level_claimed) == ("unknown", "read-write")
    broken = parse({"runbook.robot": task("Log    x"), "SKILL-TEMPLATE.md": "---\nname: x\ndescription: a: b\n---\n"})
    assert (broken.access_level, broken.access_level_claimed) == ("unknown", None)
    assert [(p.severity, p.line) for p in broken.problems if p.code == "skill-not-read"] == [("note", 3)]


def test_25_text_that_other_formats_would_obey_is_kept_as_it_is() -> None:
    hostile = "<post-process> {uid|id} $500/month {% raw %} {{ 7*7 }} `x` <script>alert(1)</script>"
    bundle = runbook(task(f"[Documentation]    {hostile}", f"{IMPORT}    LAMP    description={hostile}"))
    assert only_tool(bundle).documentation == bundle.user_variables[0].description == hostile


def test_27_credentials_among_the_variables_never_show_a_value() -> None:
    lamp = imported(f"{IMPORT}    LAMP_API_KEY    default=hunter2    example=hunter3")["LAMP_API_KEY"]
    assert (lamp.sensitive, lamp.default, lamp.example, lamp.required) == (True, "***", "***", False)


def test_28_a_variable_without_type_and_description_is_kept() -> None:
    lamp = imported(f"{IMPORT}    LAMP", f"{IMPORT}    N    type=int")
    assert [(v.type, v.description) for v in lamp.values()] == [(None, None), ("int", None)]


def test_imports_are_found_wherever_a_call_may_stand() -> None:
    text = f"""\
*** Settings ***
Suite Setup    Prepare
*** Tasks ***
Look
    TRY
        Import Secret    try
    EXCEPT
        Import Secret    except
    ELSE
        Import Secret    else
    FINALLY
        Import Secret    finally
    END
    FOR    ${{x}}    IN    1
        WHILE    True
            Import Secret    loops
        END
    END
    IF    $x
        Import Secret    if
    ELSE IF    $y
        Import Secret    elseif
    END
    IF    $x    Import Secret    inline    ELSE    Import Secret    inline_else
    GROUP    Several
        Import Secret    group
    END
    ${{ok}}=    Run Keyword And Return Status    Import Secret    status    optional=True
    Run Keyword If    $x    {IMPORT}    A    default=1    ELSE    {IMPORT}    B    description=2
    Run Keywords    Import Secret    first    AND    Import Secret    second
    Wait Until Keyword Succeeds    3x    1s    Import Secret    waited
    BuiltIn.Run Keyword    Import Secret    builtin
*** Keywords ***
Prepare
    Import Service    kubectl
    Import Platform Variable    RW_SESSION
"""
    bundle = runbook(text)
    assert [secret.name for secret in bundle.secrets] == [
        "try", "except", "else", "finally", "loops", "if", "elseif", "inline", "inline_else", "group", "status",
        "first", "second", "waited", "builtin",
    ]  # fmt: skip
    # Whether the suite can do without one is for test_needs.
    assert [secret.name for secret in bundle.secrets if secret.required] == [
        "finally", "group", "first", "second", "waited", "builtin",
    ]  # fmt: skip
    assert [(v.name, v.default, v.description) for v in bundle.user_variables] == [("A", "1", None), ("B", None, "2")]
    assert [service.name for service in bundle.services] == ["kubectl"]
    assert [variable.name for variable in bundle.platform_variables] == ["RW_SESSION"]
    assert "surplus-cell" not in codes(bundle)


def test_sub_metrics_are_found_by_every_spelling() -> None:
    rows = [
        "RW.Core.Push Metric    ${a}    sub_name=first",
        "Push Metric    ${b}    metric_type=untyped    sub_name=second",
        "Run Keyword If    $x    RW.Core.Push Metric    1    sub_name=third",
        "...    ELSE    RW.Core.Push Metric    0    sub_name=fourth",
        "RW.Core.Push Metric    ${c}    sub_name=templated_${name}",
        "RW.Core.Push Metric    ${c}    sub_name=first",
        "RW.Core.Push Metric    ${final}",
    ]
    bundle = parse({"sli.robot": task(*rows)})
    assert bundle.sub_metrics == ("first", "fourth", "second", "templated_${name}", "third")


def test_headers_with_two_stars_repeated_sections_and_sections_in_any_order() -> None:
    text = """\
** Tasks **
One
    Import Secret    a
*** Keywords ***
K
    Import Secret    b
** Settings ***
Documentation    Late.
***Tasks***
Two
    K
*** task ***
Three
    Log    x
"""
    bundle = runbook(text)
    assert [tool.name for tool in bundle.tools] == [test.name for test in RobotSuite.from_string(text).tests]
    assert [tool.name for tool in bundle.tools][:2] == ["One", "Two"]
    assert bundle.doc == "Late."
    assert [secret.name for secret in bundle.secrets] == ["a", "b"]
