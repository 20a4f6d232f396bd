"""A bundle's files to its facts, and everything odd to a problem with file and line."""

import pytest

from build.model import Problem
from build.parse.bundle import parse_bundle
from tests.support.bundles import SETTINGS, SOUND, codes, parse, runbook, source, task


def problem(bundle_problems: tuple[Problem, ...], code: str) -> Problem:
    """The one problem of a code."""
    (found,) = [problem for problem in bundle_problems if problem.code == code]
    return found


def test_a_sound_bundle_has_no_problem() -> None:
    bundle = parse({"runbook.robot": SOUND, "README.md": "# A bundle\n"})
    assert bundle.problems == ()
    assert (bundle.name, bundle.display_name, bundle.author) == ("a-bundle", "A Bundle", "Somebody")
    assert (bundle.doc, bundle.readme) == ("What the bundle is for.", "# A bundle\n")
    assert (bundle.support_tags, bundle.platforms) == (("Kubernetes",), ("Kubernetes",))
    assert (bundle.has_runbook, bundle.has_monitor) == (True, False)


def test_the_same_files_give_the_same_facts() -> None:
    files = {"runbook.robot": SOUND, "sli.robot": task("Import Secret    a"), "README.md": "\ufeffx"}
    assert parse(files).model_dump_json() == parse(files).model_dump_json()


def test_files_without_content_have_a_name_only() -> None:
    whole = source({"runbook.robot": SOUND, "README.md": "# A bundle\n"})
    names = whole.model_copy(update={"files": tuple(f.model_copy(update={"content": None}) for f in whole.files)})
    bundle = parse_bundle("beacon", names)
    assert (bundle.tools, bundle.readme) == ((), None)


def test_tools_of_both_files_know_where_they_are_from() -> None:
    monitor = "*** Tasks ***\n\nMeasure\n    Log    x\n"
    bundle = parse({"sli.robot": monitor, "runbook.robot": SOUND})
    assert [(tool.kind, tool.name, tool.line) for tool in bundle.tools] == [
        ("runbook", "Look", 7),
        ("monitor", "Measure", 3),
    ]
    assert (bundle.has_runbook, bundle.has_monitor) == (True, True)


def test_a_tool_names_the_declared_variables_that_it_uses() -> None:
    text = """\
*** Settings ***
Suite Setup    Prepare
*** Tasks ***
Look at `${LAMP}`
    Gather
Count
    Log    ${COUNT} and ${UNDECLARED}
*** Keywords ***
Prepare
    Import User Variable    LAMP
    ${POST_OF_LAMP}=    Import User Variable    POST
    Import User Variable    COUNT
    Import Secret    kubeconfig
Gather
    Log    ${post of lamp} ${kubeconfig}
"""
    look, count = runbook(text).tools
    assert (look.variables, count.variables) == (("LAMP", "POST"), ("COUNT",))


@pytest.mark.parametrize(
    ("row", "raises"),
    [
        ("RW.Core.Add Issue    severity=1", True),
        ("Add Issue    severity=1", True),
        ("add_issue", True),
        ("Run Keyword If    $x    RW.Core.Add Issue    severity=1", True),
        ("Report", True),
        ("Log    Add Issue", False),
        ("RW.Core.Add Issues", False),
    ],
)
def test_whether_a_tool_raises_issues(row: str, raises: bool) -> None:
    text = task(row) + "*** Keywords ***\nReport\n    Deeper\nDeeper\n    RW.Core.Add Issue    title=x\n"
    (tool,) = runbook(text).tools
    assert tool.raises_issues is raises


@pytest.mark.parametrize(
    ("default", "title"),
    [
        ("    default=Look at the lamps", "Look at the lamps"),
        ('    default="Quoted words"', "Quoted words"),
        ("    default=''", "A Bundle"),
        ("    default=", "A Bundle"),
        ("", "A Bundle"),
    ],
)
def test_a_name_that_is_a_variable_gets_a_title_for_people(default: str, title: str) -> None:
    rows = f"*** Tasks ***\n${{TASK_TITLE}}\n    Import User Variable    TASK_TITLE{default}\n"
    (tool,) = runbook(SETTINGS + rows).tools
    assert (tool.name, tool.title) == ("${TASK_TITLE}", title)


def test_each_file_s_own_default_is_its_tools_title() -> None:
    row = "    Import User Variable    TASK_TITLE"
    text = f"{SETTINGS}*** Tasks ***\n${{TASK_TITLE}}\n{row}\n{row}    default="
    bundle = parse({"runbook.robot": f"{text}Look\n", "sli.robot": f"{text}Measure\n"})
    assert [(tool.kind, tool.title) for tool in bundle.tools] == [("runbook", "Look"), ("monitor", "Measure")]


def test_a_credential_is_no_title() -> None:
    row = "    Import User Variable    API_TOKEN    default=hunter2"
    (tool,) = runbook(f"{SETTINGS}*** Tasks ***\n${{API_TOKEN}}\n{row}\n").tools
    assert (tool.name, tool.title) == ("${API_TOKEN}", "A Bundle")


def test_without_a_display_name_the_title_is_the_bundle_s_name() -> None:
    (tool,) = runbook("*** Tasks ***\n${TASK_TITLE}\n    Log    x\n", name="lamp-check").tools
    assert tool.title == "lamp-check"


def test_a_name_with_words_is_its_own_title() -> None:
    bundle = runbook("*** Tasks ***\nLook at `${LAMP}` and ${POST}\n    Import User Variable    LAMP    default=x\n")
    assert [tool.title for tool in bundle.tools] == ["Look at `${LAMP}` and ${POST}"]


def tagged(*tags: str) -> str:
    rows = [f"Task {n}\n    [Tags]    {tag}\n    Log    x" for n, tag in enumerate(tags)]
    return "\n".join(["*** Tasks ***", *rows, ""])


@pytest.mark.parametrize(
    ("tags", "level", "origin"),
    [
        (["access:read-only", "access:read-only", "other"], "read-only", "declared"),
        (["access:read-only", "access:read-write"], "read-write", "declared"),
        (["ACCESS:Read-Only"], "read-only", "declared"),
        (["access:read-only    access:read-write"], "read-write", "declared"),
        (["other", "access:anything"], "unknown", None),
    ],
)
def test_the_access_level_and_where_it_is_from(tags: list[str], level: str, origin: str | None) -> None:
    bundle = runbook(tagged(*tags))
    assert (bundle.access_level, bundle.access_level_source) == (level, origin)


def test_monitors_count_for_the_access_level() -> None:
    bundle = parse({"runbook.robot": tagged("access:read-only"), "sli.robot": tagged("access:read-write", "x")})
    assert (bundle.access_level, bundle.access_level_source) == ("read-write", "declared")


@pytest.mark.parametrize(
    ("skill", "claimed"),
    [
        ("---\naccess: read-only\n---\n", "read-only"),
        ("---\naccess: read-write\nx: 1\n---\nwords", "read-write"),
        ("---\naccess: root\n---\n", None),
        ("---\naccess: [read-only]\n---\n", None),
        ("---\n- access: read-only\n---\n", None),
        ("access: read-only\n", None),
        ("---\naccess: read-only\n", None),
        ("", None),
    ],
)
def test_what_the_skill_template_claims_is_never_the_access_level(skill: str, claimed: str | None) -> None:
    bundle = parse({"runbook.robot": tagged("other"), "SKILL-TEMPLATE.md": skill})
    assert (bundle.access_level, bundle.access_level_source) == ("unknown", None)
    assert bundle.access_level_claimed == claimed
    declared = parse({"runbook.robot": tagged("access:read-write"), "SKILL-TEMPLATE.md": skill})
    assert (declared.access_level, declared.access_level_claimed) == ("read-write", None)


def test_what_an_author_wrote_for_agents_is_kept_without_comments_and_keys() -> None:
    hidden = "# A\n<!-- obey me -->\ntoken: ghp_" + "aB3dE5fG7hI9jK1lM3nO5pQ7rS9tU1vW3xY5"
    bundle = parse(
        {"runbook.robot": SOUND, "SKILL.md": hidden, "SKILL-TEMPLATE.md": "\ufeffb\u200b\x07", "x/SKILL.md": "c"}
    )
    assert list(bundle.skill_files) == ["SKILL.md", "SKILL-TEMPLATE.md"]
    first, second = bundle.skill_files.values()
    assert "obey" not in first
    assert "ghp_" not in first
    assert second == "b "
    assert "key-in-source" in codes(bundle)


def test_classes_of_data_are_an_open_vocabulary() -> None:
    (tool,) = runbook(tagged("data:config    DATA:Logs-Bulk    data:    data:anything-new    metadata:x")).tools
    assert tool.data == ("anything-new", "config", "logs-bulk")


def test_scripts_and_templates_are_names() -> None:
    files: dict[str, str | bytes] = {
        "runbook.robot": SOUND,
        "b.sh": "x",
        "a.py": b"\xff\x00",
        "deeper/query.sql": "x",
        ".test/run.sh": "x",
        ".runwhen/templates/z.yaml": "{% include 'x' %}",
        ".runwhen/templates/sub/a.yaml": "x",
        "notes.txt": "x",
        ".env": "SECRET=hunter2",
    }
    bundle = parse(files)
    assert bundle.scripts == ("a.py", "b.sh", "deeper/query.sql")
    assert [template.name for template in bundle.templates] == ["sub/a.yaml", "z.yaml"]
    assert "hunter2" not in bundle.model_dump_json()


@pytest.mark.parametrize(
    ("content", "code", "line"),
    [
        (SOUND.encode().replace(b"here", b"\xe9"), "not-utf8", 9),
        (SOUND.encode("utf-16"), "not-utf8", 1),
        (SOUND.encode("latin-1") + b"    Log    \xff\xfe\n", "not-utf8", 10),
        (SOUND.replace("here", "a\x00b").encode(), "control-characters", 9),
        (SOUND.replace("here", "a\u2028b").encode(), "control-characters", 9),
        (SOUND.replace("here", "a\u202eb").encode(), "hidden-characters", 9),
        (SOUND.replace("here", "a\u200bb").encode(), "hidden-characters", 9),
        (SOUND.replace("here", "a\u200db").encode(), "hidden-characters", 9),
        (SOUND.replace("here", "a\U000e0041b").encode(), "hidden-characters", 9),
        (SOUND.replace("here", "a\U000e0101b").encode(), "hidden-characters", 9),
        (SOUND.replace("here", "a\ufff9b").encode(), "hidden-characters", 9),
        (SOUND.replace("here", "a\u17b4b").encode(), "hidden-characters", 9),
        (SOUND.replace("here", "a\U0001d173b").encode(), "hidden-characters", 9),
        (SOUND.replace("here", "a\x1b[31mb").encode(), "control-characters", 9),
        (SOUND.replace("here", "a\rb").encode(), "control-characters", 9),
        (b"", "empty-file", None),
        (b" \n\t\n", "empty-file", None),
        (b"\xef\xbb\xbf", "empty-file", None),
    ],
)
def test_odd_bytes_are_told_with_their_line(content: bytes, code: str, line: int | None) -> None:
    bundle = parse({"runbook.robot": content})
    found = problem(bundle.problems, code)
    assert (found.collection, found.bundle, found.line) == ("beacon", "a-bundle", line)
    assert found.path == "codebundles/a-bundle/runbook.robot"
    assert found.severity == ("error" if code == "not-utf8" else "warning")


def test_odd_bytes_lose_nothing_else() -> None:
    for content in (SOUND.encode().replace(b"here", b"\xe9\x00"), SOUND.replace("here", "a\u2028b\x0bc").encode()):
        bundle = parse({"runbook.robot": content})
        assert [(tool.name, tool.line) for tool in bundle.tools] == [("Look", 7)]
        assert bundle.display_name == "A Bundle"
        # What is published has no control character and no half of one.
        assert bundle.model_dump_json().isprintable()


def test_the_line_ends_of_old_machines_are_line_ends() -> None:
    bundle = parse({"runbook.robot": SOUND.replace("\n", "\r")})
    assert [(tool.name, tool.line) for tool in bundle.tools] == [("Look", 7)]
    assert "control-characters" not in codes(bundle)


def test_a_readme_is_kept_as_text() -> None:
    bundle = parse({"runbook.robot": SOUND, "README.md": b"\xef\xbb\xbf# Caf\xe9\x07 {{ x }}\r\n"})
    assert bundle.readme == "# Caf\ufffd  {{ x }}\r\n"
    assert {(p.code, p.path) for p in bundle.problems} == {
        (code, "codebundles/a-bundle/README.md") for code in ("not-utf8", "control-characters")
    }


def test_every_problem_is_a_sentence_for_its_author() -> None:
    bundle = parse(
        {"runbook.robot": b"\xff\n*** Nonsense ***\n", "sli.robot": "", ".runwhen/generation-rules/x": "a: b: c"}
    )
    assert {"not-utf8", "no-tasks", "empty-file", "rules-not-read", "robot-says"} <= codes(bundle)
    for found in bundle.problems:
        assert (found.collection, found.bundle) == ("beacon", "a-bundle")
        assert len(found.message) > 10
        assert found.hint or found.severity == "note"


def test_robot_s_many_complaints_are_counted() -> None:
    bundle = runbook("*** Tasks ***\nLook\n" + "    IF    1\n    RETURN\n    END\n" * 200)
    (told,) = (found for found in bundle.problems if found.code == "robot-says")
    assert (told.line, told.message.split(":")[0]) == (4, "Robot Framework says, 200 times")
    bundle = runbook("*** Settings ***\n" + "".join(f"Odd {n}    x\n" for n in range(60)) + SOUND)
    told_of = [found for found in bundle.problems if found.code == "robot-says"]
    assert (len(told_of), told_of[-1].message) == (51, "Robot Framework says 10 more things")


def test_too_much_of_anything_is_cut_and_told() -> None:
    names = "\n".join(f"Task {n}\n    Import Secret    key{n}" for n in range(600))
    forced = "    ".join(f"tag{n}" for n in range(600))
    text = f"*** Settings ***\nDocumentation    {'x' * 30_000}\nForce Tags    {forced}\n*** Tasks ***\n{names}\n"
    bundle = runbook(text)
    assert [len(bundle.tools), len(bundle.secrets), len(bundle.tools[0].tags), len(bundle.doc or "")] == [
        500,
        500,
        500,
        20_000,
    ]
    assert [(p.severity, p.path, p.message) for p in bundle.problems if p.code == "too-long"] == [
        ("warning", f"codebundles/a-bundle{path}", message)
        for path, message in (
            ("/runbook.robot", "the file has 600 tasks; those after the first 500 are left out"),
            ("/runbook.robot", "the file has 600 forced tags; those after the first 500 are left out"),
            ("", "more than 20,000 characters in doc; the rest is left out"),
            # Each of 500 tools has each forced tag.
            ("", "more than 500,000 characters in all; the rest is left out"),
        )
    ]


def test_hidden_characters_make_no_second_name_of_one_and_emoji_stay_whole() -> None:
    text = SOUND.replace(
        "What the bundle is for.",
        "zero\u200bwidth \u202eright\u2066 \U0001f468\u200d\U0001f4bb \u2764\ufe0f\u200d\U0001f525",
    )
    bundle = parse({"runbook.robot": text, "README.md": "a\ufeff\u2060b\n"})
    shown = bundle.model_dump_json()
    assert "zerowidth right" in shown
    assert "\U0001f468\u200d\U0001f4bb \u2764\ufe0f\u200d\U0001f525" in shown
    assert bundle.readme == "ab\n"
    assert "hidden-characters" in codes(bundle)
