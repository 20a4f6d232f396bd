from build.effects.programs.verdict import UNKNOWN, Inner, Verdict, readable, unclear


def test_words_for_people() -> None:
    assert readable(f"--name={UNKNOWN}") == "--name=…"
    assert len(readable("x" * 500)) == 60


def test_what_is_unclear_says_why() -> None:
    assert unclear("runs x") == Verdict("unclear", "runs x")


def test_what_runs_is_on_this_machine_unless_said() -> None:
    assert Inner("shell", "ls") == Inner("shell", "ls", (), remote=False)
