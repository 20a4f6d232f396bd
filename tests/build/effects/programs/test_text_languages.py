import pytest

from build.effects.programs.judge import UNKNOWN, judge


def commands(*words: str) -> list[str]:
    verdict = judge(words)
    assert verdict.effect == "reads", verdict
    return [inner.text for inner in verdict.runs]


@pytest.mark.parametrize(
    ("program", "expected"),
    [
        ('{print $1 "|" $2}', []),
        ("/a|b/ {print}", []),
        ('$1 ~ /x|y/ || $2 {gsub(/^ *| *$/, "", $1); print}', []),
        ('{print $1 # | "kubectl delete pod"\n}', []),
        ('{system("kubectl delete pod " $1)}', [f"kubectl delete pod {UNKNOWN}"]),
        ('{print | "sort -k1"}', ["sort -k1"]),
        ('{printf "%s", $1 | "sh"}', ["sh"]),
        ('{cmd = "date -d " $1; cmd | getline t; close(cmd)}', [f"date -d {UNKNOWN}"]),
        ('BEGIN {while (("kubectl get " x) | getline line > 0) print line}', [f"kubectl get {UNKNOWN}"]),
        ('{ "date" | getline d }', ["date"]),
        ("{ print | cmd }", [UNKNOWN]),
    ],
)
def test_the_commands_of_awk_are_those_of_system_and_pipes(program: str, expected: list[str]) -> None:
    assert commands("awk", "-F", "|", program, "file") == expected
    assert commands("gawk", "-e", program) == expected


def test_a_program_of_awk_in_a_file_runs_nothing_that_is_known() -> None:
    assert commands("awk", "-f", "program.awk", "file") == []


@pytest.mark.parametrize(
    ("script", "expected"),
    [("s/a/b/g", []), ("/e s/d", []), ("1e kubectl get pods", ["kubectl get pods"]), ("/x/ e date; p", ["date"])],
)
def test_the_commands_of_sed_are_those_of_e(script: str, expected: list[str]) -> None:
    assert commands("sed", "-n", script, "file") == expected


def test_lines_that_sed_makes_and_runs_are_unclear() -> None:
    assert judge(("sed", "-e", "s/x/kubectl delete pod/e")).effect == "unclear"


def test_perl_that_only_handles_text_reads() -> None:
    assert commands("perl", "-pe", "s/a/b/", "file") == []
    assert commands("perl", "-e", "system('kubectl get pods');") == ["kubectl get pods"]
    assert judge(("perl", "-i", "-pe", "s/a/b/", "/etc/hosts")).effect == "changes"


@pytest.mark.parametrize("words", [("-e", "unlink $x"), ("-e", "system($x)"), ("script.pl",), ()])
def test_other_perl_is_unclear(words: tuple[str, ...]) -> None:
    assert judge(("perl", *words)).effect == "unclear"
