import pytest

from build.effects.programs.judge import UNKNOWN, judge
from build.effects.programs.local import WRITERS, is_systems


@pytest.mark.parametrize(
    "path",
    [
        "/etc/x",
        "/usr/bin/x",
        "/var/lib/x",
        "/",
        "/*",
        "/opt/x",
        "/sys/x",
        "/proc/sys/vm/x",
        "/dev/sda",
        "/data",
        "/boot",
    ],
)
def test_what_is_the_systems(path: str) -> None:
    assert is_systems(path)


@pytest.mark.parametrize(
    "path",
    [
        "x",
        "./x",
        "../x",
        "~/x",
        "/tmp/x",
        "/var/tmp/x",
        "/home/runwhen/x",
        "/dev/null",
        "/dev/stderr",
        "/dev/fd/3",
        UNKNOWN,
        f"{UNKNOWN}/x",
        "/workspace/x",
        "",
    ],
)
def test_what_is_the_runs_own(path: str) -> None:
    assert not is_systems(path)


@pytest.mark.parametrize("program", [name for name in WRITERS if name not in ("rsync", "scp", "dd")])
def test_a_writer_changes_what_is_the_systems(program: str) -> None:
    mode = ["755"] if program in ("chmod", "chown", "chgrp") else []
    assert judge([program, "-f", *mode, "/etc/x"]).effect == "changes"
    assert judge([program, "-f", *mode, UNKNOWN, "./x"]).effect == "reads"
    assert judge([program, "--help"]).effect == "reads"
    # In a pod, or on another machine, no file is the run's own.
    assert judge([program, *mode, "/tmp/x"], remote=True).effect == "changes"


@pytest.mark.parametrize(
    ("words", "effect"),
    [
        (["cp", "/etc/hosts", "."], "reads"),
        (["mv", "/etc/hosts", "."], "changes"),
        (["dd", "if=/dev/zero", "of=/dev/sda"], "changes"),
        (["dd", "if=x", "of=/dev/null"], "reads"),
        (["sed", "-i", "s/a/b/", "/etc/x"], "changes"),
        (["sed", "-i.bak", "s/a/b/", "x"], "reads"),
        (["sed", "s/a/b/", "/etc/x"], "reads"),
        (["yq", "-i", ".a=1", "/etc/x"], "changes"),
        (["yq", ".a", "/etc/x"], "reads"),
        (["scp", "x", "host:/y"], "changes"),
        (["scp", "host:/y", "x"], "reads"),
        (["rsync", "-a", "host:/y", "./x"], "reads"),
        (["rsync", "-a", "x", "me@host:y"], "changes"),
    ],
)
def test_where_it_is_written_to(words: list[str], effect: str) -> None:
    assert judge(words).effect == effect


@pytest.mark.parametrize(
    "line", ["apt-get install -y jq", "pip install x", "npm ci", "yum update", "kill 5", "dnf install x"]
)
def test_the_runs_own_machine_may_be_set_up(line: str) -> None:
    """Packages and processes of the container that a tool runs in are no change of anybody's systems."""
    assert judge(line.split()).effect == "reads"
    assert judge(line.split(), remote=True).effect == "changes"


@pytest.mark.parametrize(
    "line",
    ["apt list --upgradable", "rpm -qa", "dpkg -l", "pip list", "yum check-update", "apt-get -s upgrade", "kill -0 5"],
)
def test_packages_of_another_machine_may_be_listed(line: str) -> None:
    assert judge(line.split(), remote=True).effect == "reads"


@pytest.mark.parametrize(
    ("line", "here", "there"),
    [
        ("dd if=/dev/zero of=/tmp/x", "changes", "changes"),
        ("dd if=/dev/sda of=/dev/null", "reads", "reads"),
        ("dd if=/dev/zero of=/dev/null", "reads", "changes"),
        ("dd if=x of=y", "reads", "changes"),
    ],
)
def test_what_is_filled(line: str, here: str, there: str) -> None:
    assert judge(line.split()).effect == here
    assert judge(line.split(), remote=True).effect == there
