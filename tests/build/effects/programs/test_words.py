import pytest

from build.effects.programs.words import Option, Split, split

VALUES = ("-n", "--namespace", "-o", "-var")


@pytest.mark.parametrize(
    ("line", "positionals", "options", "rest"),
    [
        ("get pods", ("get", "pods"), (), None),
        ("-n x get", ("get",), (("-n", "x"),), None),
        ("-nx get", ("get",), (("-n", "x"),), None),
        ("-n=x get", ("get",), (("-n", "x"),), None),
        ("-itn x get", ("get",), (("-i", None), ("-t", None), ("-n", "x")), None),
        ("-itnx get", ("get",), (("-i", None), ("-t", None), ("-n", "x")), None),
        ("--namespace x get", ("get",), (("--namespace", "x"),), None),
        ("--namespace=x=y get", ("get",), (("--namespace", "x=y"),), None),
        ("--flag get", ("get",), (("--flag", None),), None),
        ("get -- a -b", ("get",), (), ("a", "-b")),
        ("get --namespace -x", ("get",), (("--namespace", "-x"),), None),
        ("get -n", ("get",), (("-n", None),), None),
        ("tail -50 x", ("tail", "x"), (("-50", None),), None),
        ("cat -", ("cat", "-"), (), None),
        ("", (), (), None),
    ],
)
def test_options_as_gnu_writes_them(
    line: str, positionals: tuple[str, ...], options: tuple[tuple[str, str | None], ...], rest: tuple[str, ...] | None
) -> None:
    assert split(line.split(), VALUES) == Split(positionals, tuple(Option(*option) for option in options), rest)


@pytest.mark.parametrize(
    ("line", "positionals", "options"),
    [
        ("apply -auto-approve x", ("apply", "x"), (("-auto-approve", None),)),
        ("apply -var a=b x", ("apply", "x"), (("-var", "a=b"),)),
        ("apply -var=a=b x", ("apply", "x"), (("-var", "a=b"),)),
    ],
)
def test_long_options_with_one_hyphen(
    line: str, positionals: tuple[str, ...], options: tuple[tuple[str, str | None], ...]
) -> None:
    assert split(line.split(), VALUES, style="long") == Split(positionals, tuple(Option(*one) for one in options), None)


@pytest.mark.parametrize(
    ("line", "count", "positionals", "rest"),
    [
        ("-n x sudo -n y", 0, (), ("sudo", "-n", "y")),
        ("30 kubectl -n y", 1, ("30",), ("kubectl", "-n", "y")),
        ("-n x -- 30 ls -la", 1, (), ("30", "ls", "-la")),
        ("-n x", 0, (), None),
    ],
)
def test_what_follows_the_programs_own_words_is_left_as_it_is(
    line: str, count: int, positionals: tuple[str, ...], rest: tuple[str, ...] | None
) -> None:
    parts = split(line.split(), VALUES, positionals=count)
    assert (parts.positionals, parts.rest) == (positionals, rest)


def test_the_last_value_counts() -> None:
    parts = split(["-n", "a", "--namespace=b", "-x"], VALUES)
    assert parts.value("-n", "--namespace") == "b"
    assert parts.values("-n", "--namespace") == ["a", "b"]
    assert parts.value("-o") is None
    assert parts.has("-x")
    assert not parts.has("-o")
