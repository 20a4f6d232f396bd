import shlex

import pytest

from build.effects.programs.judge import UNKNOWN, Inner, judge


def runs(line: str, stdin: str | None = None) -> list[tuple[str, str]]:
    verdict = judge([word.replace("§", UNKNOWN) for word in shlex.split(line)], stdin)
    assert verdict.effect == "reads", verdict
    return [(inner.language, inner.text or " ".join(inner.words)) for inner in verdict.runs]


@pytest.mark.parametrize(
    ("line", "language", "inner"),
    [
        ("sudo systemctl restart x", "words", "systemctl restart x"),
        ("sudo -u postgres -E psql -c 'select 1'", "words", "psql -c select 1"),
        ("sudo A=b C=d ls", "words", "ls"),
        ("env A=b helm list", "words", "helm list"),
        ("env -u A -i § kubectl get pods", "words", "kubectl get pods"),
        ("timeout 30 kubectl get pods", "words", "kubectl get pods"),
        ("timeout -k 5 --signal=KILL 30s az vm list -o json", "words", "az vm list -o json"),
        ("nohup ./x -y", "words", "./x -y"),
        ("nice -n 10 tar x", "words", "tar x"),
        ("time curl -s https://x", "words", "curl -s https://x"),
        ("exec bash -c ls", "words", "bash -c ls"),
        ("stdbuf -oL tail -f x", "words", "tail -f x"),
        ("watch -n 5 kubectl get pods", "shell", "kubectl get pods"),
        ("flock -w 5 /tmp/lock kubectl apply -f x", "words", "kubectl apply -f x"),
        ("nsenter -t 1 -m -- systemctl status kubelet", "words", "systemctl status kubelet"),
        ("chroot /host systemctl status kubelet", "words", "systemctl status kubelet"),
        ("su - postgres -c 'psql -l'", "shell", "psql -l"),
        ("sh -c 'kubectl get pods'", "shell", "kubectl get pods"),
        ("bash -euo pipefail -c 'ls' a b", "shell", "ls"),
        ("bash -lc ls", "shell", "ls"),
        ("/bin/sh -ec 'x'", "shell", "x"),
        ("eval kubectl get pods", "shell", "kubectl get pods"),
        ("python3 -c 'import x'", "python", "import x"),
        ("python -u -W ignore -c 'print(1)'", "python", "print(1)"),
        ("command kubectl get pods", "words", "kubectl get pods"),
        ("xargs -n1 -P 4 kubectl delete pod", "words", f"kubectl delete pod {UNKNOWN}"),
        ("xargs -I{} kubectl delete pod {} -n x", "words", f"kubectl delete pod {UNKNOWN} -n x"),
        ("xargs -I % sh -c 'echo %'", "words", f"sh -c echo {UNKNOWN}"),
        ("xargs -r -d '\\n' rm", "words", f"rm {UNKNOWN}"),
        ("ssh § uptime", "shell", "uptime"),
        ("ssh -p 22 -o A=b -i key me@§ sudo reboot", "shell", "sudo reboot"),
        ("find . -name x -exec rm {} ;", "words", f"rm {UNKNOWN}"),
        ("find . -type f -exec grep -l x {} +", "words", f"grep -l x {UNKNOWN}"),
        ("busybox wget -qO- http://x", "words", "wget -qO- http://x"),
        ("docker exec -it -u root § sh -c ls", "words", "sh -c ls"),
        ("kubectl exec § -c x -- sh -c ls", "words", "sh -c ls"),
        ("kubectl exec -it § -n x -- env", "words", "env"),
        ("oc rsh -n x § cat y", "words", "cat y"),
        ("crictl exec § ls", "words", "ls"),
        ("az vm run-command invoke -g x -n y --command-id RunShellScript --scripts ls -o json", "shell", "ls"),
        ("az vm run-command invoke --scripts 'df -h' 'free -m' -g x", "shell", "df -h\nfree -m"),
        ("az aks command invoke -g x -n y --command 'kubectl get pods'", "shell", "kubectl get pods"),
        ("gcloud compute ssh § --zone x --command 'df -h'", "shell", "df -h"),
        ("gcloud composer environments run § --location x dags list -- -o json", "words", "airflow dags list -o json"),
        ("bq query --use_legacy_sql=false 'SELECT 1'", "sql", "SELECT 1"),
        ("psql -c 'SELECT 1'", "sql", "SELECT 1"),
    ],
)
def test_what_is_run_in_turn(line: str, language: str, inner: str) -> None:
    assert runs(line) == [(language, inner)]


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("bash", ("shell", "ls /")),
        ("sh -s -- a", ("shell", "ls /")),
        ("bash -", ("shell", "ls /")),
        ("python3 -", ("python", "ls /")),
        ("python3", ("python", "ls /")),
        ("ssh host", ("shell", "ls /")),
        ("ssh host bash -s", ("shell", "bash -s")),
        ("kubectl exec -i x -- sh", ("shell", "ls /")),
        ("kubectl exec -i x -- python3 -", ("python", "ls /")),
        ("sudo bash", ("shell", "ls /")),
        ("psql -d x", ("sql", "ls /")),
        ("kubectl exec -i x -- psql -U y", ("sql", "ls /")),
        ("docker exec -i x mysql", ("sql", "ls /")),
        ("bq query", ("sql", "ls /")),
        ("timeout 5 sh", ("shell", "ls /")),
    ],
)
def test_what_is_run_from_stdin(line: str, expected: tuple[str, str]) -> None:
    assert runs(line, "ls /") == [expected]


@pytest.mark.parametrize(
    "line", ["kubectl exec x -- sh", "ssh h x", "docker exec x y", "az vm run-command invoke --scripts x"]
)
def test_what_runs_elsewhere_is_marked(line: str) -> None:
    assert [inner.remote for inner in judge(line.split()).runs] == [True]


def test_what_runs_elsewhere_runs_all_that_it_runs_there() -> None:
    assert judge(["sh", "-c", "ls"], remote=True).runs == (Inner("shell", "ls", remote=True),)
    assert judge(["sh", "-c", "ls"]).runs == (Inner("shell", "ls"),)


@pytest.mark.parametrize(
    "line", ["bash x.sh", "python3 x.py", "python3 -m x", "ssh host", "bash", "python3", "node x.js", "pwsh -c x"]
)
def test_what_is_not_read_here_is_unclear(line: str) -> None:
    verdict = judge(line.split())
    assert verdict.effect == "unclear"
    assert verdict.because


@pytest.mark.parametrize(
    "line",
    ["command -v x", "sudo -v", "env", "bash -n x.sh", "bash --version", "python3 -m json.tool", "python3 -V", "xargs"],
)
def test_what_runs_nothing(line: str) -> None:
    verdict = judge(line.split())
    assert (verdict.effect, verdict.runs, verdict.listed) == ("reads", (), False)


def test_files_that_find_deletes() -> None:
    assert judge(["find", "/var/log", "-delete"]).effect == "changes"
    assert judge(["find", ".", "-delete"]).effect == "reads"
