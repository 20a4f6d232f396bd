"""What is signed is what was built: the rules of the publishing workflow, read from its files and run from them."""

import os
import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.support.place import ROOT

GITHUB = ROOT / ".github"
PUBLISH = GITHUB / "workflows" / "publish.yml"
DOCKERFILE = ROOT / "search_fn" / "deploy" / "Dockerfile"
FILES = ("site.tar", "index.tar", "sbom.json", "hashes.json", "report.json")
# Jobs through which a publication goes from its build to its signature.
BETWEEN = ("read", "enhance", "build", "checks", "attest")
PROPOSED = f'enhancements enhancements "Keep it" "{GITHUB}/scripts/enhancements.md"'
BOT = "41898282+github-actions[bot]@users.noreply.github.com"
DIGEST = "sha256:" + "1f" * 32


def loaded(path: Path) -> dict[str, Any]:
    content: dict[str, Any] = yaml.safe_load(path.read_text(encoding="utf-8"))
    return content


JOBS: dict[str, dict[str, Any]] = loaded(PUBLISH)["jobs"]


def every_step() -> Iterator[tuple[str, dict[str, Any]]]:
    """Each step of each workflow and action, with where it stands."""
    for path in sorted(GITHUB.rglob("*.yml")):
        content = loaded(path)
        for name, job in (content.get("jobs") or {}).items():
            yield from ((f"{path.name}: {name}", step) for step in job.get("steps", ()))
        yield from ((path.parent.name, step) for step in (content.get("runs") or {}).get("steps", ()))


STEPS = list(every_step())


def step_named(job: str, name: str) -> dict[str, Any]:
    step: dict[str, Any]
    (step,) = [step for step in JOBS[job]["steps"] if name in (step.get("name"), step.get("id"))]
    return step


def bash(script: str, folder: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run a step's script as the workflow's shell does."""
    return subprocess.run(
        ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", script],
        cwd=folder,
        env={**os.environ, **environment},
        capture_output=True,
        encoding="utf-8",
        check=False,
        timeout=60,
    )


def test_there_are_steps_to_look_at() -> None:
    assert len(STEPS) > 60
    assert {"publish.yml: build", "ci.yml: sessions", "install"} <= {place for place, _ in STEPS}


def test_the_sites_hidden_folders_are_deployed() -> None:
    """Skills lie below .well-known, which the action leaves out unless it is told not to."""
    uploads = [step for _, step in STEPS if str(step.get("uses", "")).startswith("actions/upload-pages-artifact@")]
    assert [step["with"]["include-hidden-files"] for step in uploads] == [True]


def test_actions_are_pinned_by_commit() -> None:
    used = {step["uses"] for _, step in STEPS if "uses" in step}
    assert len(used) > 8
    assert [one for one in used if not re.fullmatch(r"[\w./-]+@[0-9a-f]{40}|\$/\.github/actions/\w+", one)] == []


# What is signed


def test_the_signature_names_the_workflow_and_the_commit() -> None:
    """With the repository alone, a registry that calls this workflow never deploys, and an older archive passes."""
    for job in ("pages", "function"):
        step = step_named(job, "Only what the jobs before have attested")
        words = shlex.split(step["run"].replace("\\\n", " "))
        assert words[words.index("--signer-workflow") + 1] == "$SIGNER"
        assert words[words.index("--source-digest") + 1] == "$GITHUB_SHA"
        assert words[words.index("--repo") + 1] == "$GITHUB_REPOSITORY"
        # The signer is where this file lies, whoever calls it.
        path = PUBLISH.relative_to(ROOT).as_posix()
        assert step["env"]["SIGNER"] == f"${{{{ job.workflow_repository }}}}/{path}"


def test_both_archives_are_verified_and_one_failure_ends_the_job(tmp_path: Path) -> None:
    step = step_named("pages", "Only what the jobs before have attested")
    gh = tmp_path / "gh"
    gh.write_text('#!/bin/sh\necho "$@" >> asked\n[ "$3" != "$REFUSED" ]\n', encoding="utf-8")
    gh.chmod(0o755)
    environment = {
        "PATH": f"{tmp_path}:{os.environ['PATH']}",
        "GITHUB_REPOSITORY": "ours/registry",
        "GITHUB_SHA": "c" * 40,
        "SIGNER": "theirs/code/.github/workflows/publish.yml",
    }
    for refused, status in (("", 0), ("site.tar", 1), ("index.tar", 1)):
        (tmp_path / "asked").unlink(missing_ok=True)
        ended = bash(step["run"], tmp_path, REFUSED=refused, **environment)
        assert ended.returncode == status, (refused, ended.stderr)
    asked = (tmp_path / "asked").read_text(encoding="utf-8").splitlines()
    assert [line.split()[2] for line in asked] == ["site.tar", "index.tar"]
    assert "--signer-workflow theirs/code/.github/workflows/publish.yml" in asked[0]


# What was built


def downloads(job: dict[str, Any]) -> list[int]:
    return [
        place
        for place, step in enumerate(job["steps"])
        if step.get("uses", "").startswith("actions/download-artifact@") and step["with"]["name"] == "publication"
    ]


def test_each_job_compares_what_it_downloaded_before_it_uses_it() -> None:
    takers = {name: job for name, job in JOBS.items() if downloads(job)}
    assert set(takers) == {"checks", "attest", "pages", "function", "tell"}
    for name, job in takers.items():
        (place,) = downloads(job)
        step = job["steps"][place + 1]
        assert step["run"] == 'sha256sum --check --strict <<< "$SHA256"', name
        assert step["env"] == {"SHA256": "${{ needs.build.outputs.sha256 }}"}, name
        # Outputs of a job that is not needed are empty.
        needs = job["needs"]
        assert "build" in ([needs] if isinstance(needs, str) else needs), name


def test_the_build_puts_out_the_digest_of_each_file_that_it_uploads(tmp_path: Path) -> None:
    """The step that writes the digests and the one that compares them, run one after the other."""
    assert JOBS["build"]["outputs"]["sha256"] == "${{ steps.digests.outputs.sha256 }}"
    uploaded = [step["with"]["path"] for step in JOBS["build"]["steps"] if "upload-artifact" in step.get("uses", "")]
    assert uploaded[0].split() == list(FILES)
    for name in FILES:
        (tmp_path / name).write_text(f"what was built: {name}", encoding="utf-8")
    output = tmp_path / "output"
    wrote = bash(step_named("build", "digests")["run"], tmp_path, GITHUB_OUTPUT=str(output))
    assert wrote.returncode == 0, wrote.stderr
    first, *digests, last = output.read_text(encoding="utf-8").splitlines()
    assert (first, last) == ("sha256<<end", "end")
    assert [line.split()[1] for line in digests] == list(FILES)

    compare = step_named("pages", "Only what the build job has put out")["run"]
    wanted = "\n".join(digests)
    assert bash(compare, tmp_path, SHA256=wanted).returncode == 0
    assert bash(compare, tmp_path, SHA256="").returncode == 1
    (tmp_path / "site.tar").write_text("something else", encoding="utf-8")
    assert bash(compare, tmp_path, SHA256=wanted).returncode == 1
    (tmp_path / "site.tar").unlink()
    assert bash(compare, tmp_path, SHA256=wanted).returncode == 1


@pytest.mark.parametrize("job", BETWEEN)
def test_nothing_unpinned_is_installed_between_build_and_signature(job: str) -> None:
    for step in JOBS[job]["steps"]:
        for line in step.get("run", "").splitlines():
            if re.search(r"\b(pip3?|uv|npm|apt-get|apt|brew|curl|wget)\b.*\b(install|add|https?:)", line):
                assert "pip install" in line, line
                assert "--require-hashes" in line, line
                assert "--no-deps" in line, line
        if step.get("uses", "").startswith("$/.github/actions/install"):
            assert (ROOT / "requirements" / f"{step.get('with', {}).get('lock', 'build')}.txt").is_file()


def test_the_action_installs_by_hash_alone() -> None:
    installs = [step["run"] for place, step in STEPS if place == "install" and "run" in step]
    assert installs == [
        'python -m pip install --quiet --no-deps --require-hashes -r "$REGISTRY/requirements/$LOCK.txt"'
    ]


def test_ci_asks_for_known_vulnerabilities() -> None:
    """`nox -s audit` needs network, so that CI is where it runs."""
    sessions = loaded(GITHUB / "workflows" / "ci.yml")["jobs"]["sessions"]["strategy"]["matrix"]["session"]
    assert "audit" in sessions
    for page in ("docs/operating/index.md", "SECURITY.md"):
        text = " ".join((ROOT / page).read_text(encoding="utf-8").split())
        assert re.search(r"`nox -s audit`[^.|]*needs network", text), page


# Base images


def bases(text: str) -> list[str]:
    """The images that a Dockerfile starts from, without its own stages."""
    stages = set(re.findall(r"^FROM .* AS (\S+)$", text, re.MULTILINE))
    return [name for name in re.findall(r"^FROM (\S+)", text, re.MULTILINE) if name not in stages]


def pin(folder: Path, text: str, *options: str) -> tuple[subprocess.CompletedProcess[str], str]:
    """The script's end and what the Dockerfile is then; a `docker` that knows one image answers."""
    docker = folder / "docker"
    docker.write_text(
        f'#!/bin/sh\necho "$4" >> "{folder}/asked"\n'
        f'case "$4" in *python*) echo {DIGEST} ;; *) echo "not found" >&2; exit 1 ;; esac\n',
        encoding="utf-8",
    )
    docker.chmod(0o755)
    path = folder / "Dockerfile"
    path.write_text(text, encoding="utf-8")
    ended = subprocess.run(
        [sys.executable, str(GITHUB / "scripts" / "pin_images.py"), str(path), *options],
        env={**os.environ, "PATH": f"{folder}:{os.environ['PATH']}"},
        capture_output=True,
        encoding="utf-8",
        check=False,
        timeout=60,
    )
    return ended, path.read_text(encoding="utf-8")


def test_base_images_are_pinned_before_the_image_is_built(tmp_path: Path) -> None:
    text = DOCKERFILE.read_text(encoding="utf-8")
    assert len(bases(text)) == 3
    ended, done = pin(tmp_path, text, "--renew")
    assert ended.returncode == 0, ended.stderr
    assert [name.partition("@")[2] for name in bases(done)] == [DIGEST] * 3
    # Nothing but the digests has changed, and one tag is asked for once: both stages get the same image.
    assert re.sub("@sha256:[0-9a-f]{64}", "", done) == re.sub("@sha256:[0-9a-f]{64}", "", text)
    assert len((tmp_path / "asked").read_text(encoding="utf-8").splitlines()) == 2
    deploy = step_named("function", "Deploy")["run"]
    assert 0 < deploy.index("pin_images.py Dockerfile") < deploy.index("sam build")


def test_a_digest_that_somebody_chose_stays(tmp_path: Path) -> None:
    chosen = f"FROM example.org/python:3@sha256:{'0' * 64} AS package\nFROM package\n"
    ended, done = pin(tmp_path, chosen)
    assert (ended.returncode, done) == (0, chosen)
    assert not (tmp_path / "asked").exists()
    assert bases(pin(tmp_path, chosen, "--renew")[1]) == [f"example.org/python:3@{DIGEST}"]


def test_an_image_without_a_digest_changes_nothing(tmp_path: Path) -> None:
    text = "FROM example.org/python:3 AS package\nFROM example.org/unknown:1\n"
    ended, done = pin(tmp_path, text)
    assert ended.returncode == 1
    assert "example.org/unknown:1: the registry gives no digest: not found" in ended.stderr
    assert done == text


# What the deployment's own test may do


class _Template(yaml.SafeLoader):
    """CloudFormation's short forms: `!Ref X` is {"Ref": "X"}."""


def _short_form(loader: _Template, suffix: str, node: yaml.Node) -> dict[str, Any]:
    if isinstance(node, yaml.ScalarNode):
        return {suffix: loader.construct_scalar(node)}
    if isinstance(node, yaml.SequenceNode):
        return {suffix: loader.construct_sequence(node, deep=True)}
    assert isinstance(node, yaml.MappingNode)
    return {suffix: loader.construct_mapping(node, deep=True)}


_Template.add_multi_constructor("!", _short_form)


def test_the_smoke_tests_role_reaches_only_its_own() -> None:
    text = (ROOT / "search_fn" / "deploy" / "template.yaml").read_text(encoding="utf-8")
    resources = yaml.load(text, _Template)["Resources"]  # noqa: S506 - a subclass of the safe loader
    smoke = resources["SmokeTest"]["Properties"]
    # Without a role of its own SAM makes one that may write to every log group.
    assert smoke["Role"] == {"GetAtt": "SmokeTestRole.Arn"}
    assert "Policies" not in smoke
    assert smoke["LoggingConfig"] == {"LogGroup": {"Ref": "SmokeTestLogs"}}
    role = resources["SmokeTestRole"]["Properties"]
    assert "ManagedPolicyArns" not in role
    (policy,) = role["Policies"]
    allowed = {tuple(one["Action"]): one["Resource"] for one in policy["PolicyDocument"]["Statement"]}
    assert set(allowed) == {
        ("codedeploy:PutLifecycleEventHookExecutionStatus",),
        ("lambda:InvokeFunction",),
        ("logs:CreateLogStream", "logs:PutLogEvents"),
    }
    assert allowed["lambda:InvokeFunction",] == {"Sub": "${Function.Arn}:*"}
    assert allowed["logs:CreateLogStream", "logs:PutLogEvents"] == {"GetAtt": "SmokeTestLogs.Arn"}
    hook = allowed["codedeploy:PutLifecycleEventHookExecutionStatus",]["Sub"]
    assert hook.endswith(":deploymentgroup:${ServerlessDeploymentApplication}/${FunctionDeploymentGroup}")


# What a model wrote, as a pull request


def git(folder: Path, *words: str, email: str = "somebody@example.org") -> str:
    identity = {f"GIT_{who}_{what}": email for who in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")}
    return subprocess.run(
        ["git", *words],
        cwd=folder,
        env={**os.environ, **identity, "GIT_CONFIG_GLOBAL": os.devnull},
        capture_output=True,
        encoding="utf-8",
        check=True,
        timeout=60,
    ).stdout.strip()


@pytest.fixture
def origin(tmp_path: Path) -> Path:
    """A bare repository with one commit on `main`."""
    folder, first = tmp_path / "origin.git", tmp_path / "first"
    git(tmp_path, "init", "--quiet", "--bare", "--initial-branch=main", str(folder))
    git(tmp_path, "init", "--quiet", "--initial-branch=main", str(first))
    (first / "enhancements").mkdir()
    (first / "enhancements" / "old.json").write_text("{}", encoding="utf-8")
    git(first, "add", ".")
    git(first, "commit", "--quiet", "--message", "Begin")
    git(first, "push", "--quiet", str(folder), "main")
    return folder


def propose(origin: Path, text: str, meanwhile: str = "", status: int = 0) -> subprocess.CompletedProcess[str]:
    """The script in a checkout of its own, with what a model wrote this time, and a `gh` that knows one request."""
    folder = origin.parent / f"own-{text}"
    git(origin.parent, "clone", "--quiet", str(origin), str(folder))
    (folder / "enhancements" / "new.json").write_text(text, encoding="utf-8")
    gh = origin.parent / "gh"
    gh.write_text(
        f'#!/bin/sh\n[ "$2" = view ] && cat "{origin.parent}/state" 2>/dev/null\n'
        f'[ "$2" = create ] && echo OPEN > "{origin.parent}/state"; exit 0\n',
        encoding="utf-8",
    )
    gh.chmod(0o755)
    if meanwhile:
        # After the script has looked, and before it pushes.
        hook = folder / ".git" / "hooks" / "post-commit"
        hook.parent.mkdir(exist_ok=True)
        hook.write_text(f"#!/bin/sh\nunset $(git rev-parse --local-env-vars)\n{meanwhile}\n", encoding="utf-8")
        hook.chmod(0o755)
    environment = {"PATH": f"{origin.parent}:{os.environ['PATH']}", "GIT_CONFIG_GLOBAL": os.devnull}
    ended = bash(f'"{GITHUB}/scripts/propose" {PROPOSED}', folder, **environment)
    assert ended.returncode == status, ended.stderr
    return ended


def proposed(origin: Path) -> str:
    return git(origin, "show", "enhancements:enhancements/new.json")


def test_its_own_proposal_is_replaced(origin: Path) -> None:
    propose(origin, "one")
    assert proposed(origin) == "one"
    assert (origin.parent / "state").read_text(encoding="utf-8") == "OPEN\n"
    assert git(origin, "log", "-1", "--format=%ae %ce", "enhancements") == f"{BOT} {BOT}"
    ended = propose(origin, "two")
    assert (proposed(origin), ended.stdout) == ("two", "")
    # One commit on top of main, not a pile of them.
    assert git(origin, "rev-list", "--count", "main..enhancements") == "1"


def reviewed(origin: Path, email: str) -> Path:
    """A checkout of the proposal with a commit of this person's, not yet pushed."""
    review = origin.parent / "review"
    git(origin.parent, "clone", "--quiet", "--branch", "enhancements", str(origin), str(review))
    (review / "enhancements" / "new.json").write_text("put right", encoding="utf-8")
    git(review, "commit", "--quiet", "--all", "--message", "Put it right", email=email)
    return review


@pytest.mark.parametrize("email", ["reviewer@example.org", f"not-{BOT}"])
def test_a_reviewers_commit_is_left_and_told(origin: Path, email: str) -> None:
    propose(origin, "one")
    review = reviewed(origin, email)
    git(review, "push", "--quiet")
    before = git(origin, "rev-parse", "enhancements")
    ended = propose(origin, "two")
    assert git(origin, "rev-parse", "enhancements") == before
    assert proposed(origin) == "put right"
    assert "::warning title=propose::" in ended.stdout
    assert f"commits of {email} and was left as it is" in ended.stdout
    # Once it is merged, the branch is the job's own again.
    git(review, "push", "--quiet", "origin", "enhancements:main")
    propose(origin, "three")
    assert proposed(origin) == "three"


def test_a_commit_that_comes_in_between_is_not_overwritten_either(origin: Path) -> None:
    propose(origin, "one")
    review = reviewed(origin, "reviewer@example.org")
    ended = propose(origin, "two", meanwhile=f'git -C "{review}" push --quiet', status=1)
    assert "stale info" in ended.stderr
    assert proposed(origin) == "put right"


def test_the_same_again_is_no_proposal(origin: Path) -> None:
    (folder := origin.parent / "own").mkdir()
    git(folder, "clone", "--quiet", str(origin), ".")
    assert bash(f'"{GITHUB}/scripts/propose" {PROPOSED}', folder).returncode == 0
    assert git(origin, "branch", "--list") == "* main"


def test_the_workflow_proposes_by_the_script_with_the_whole_history() -> None:
    checkout, *steps = JOBS["propose"]["steps"]
    assert checkout["with"]["fetch-depth"] == 0
    script, *where, _, body = shlex.split(steps[-1]["run"])
    assert (Path(script).name, where) == ("propose", ["enhancements", "enhancements"])
    assert (GITHUB / "scripts" / Path(body).name).is_file()
    assert steps[-1]["working-directory"] == checkout["with"]["path"]
    runs = [step.get("run", "") for job in JOBS.values() for step in job["steps"]]
    assert not [run for run in runs if "push --force" in run]


# That it is alive


def test_the_schedule_that_is_kept_is_that_of_the_file_that_was_called(tmp_path: Path) -> None:
    """Another registry's workflow calls this one, by whatever name its own file has."""
    job = JOBS["keep-alive"]
    assert (job["if"], job["permissions"]) == ("github.event_name == 'schedule'", {"actions": "write"})
    gh = tmp_path / "gh"
    gh.write_text('#!/bin/sh\necho "$@" >> asked\n', encoding="utf-8")
    gh.chmod(0o755)
    ended = bash(
        step_named("keep-alive", "Enable")["run"],
        tmp_path,
        PATH=f"{tmp_path}:{os.environ['PATH']}",
        GITHUB_REPOSITORY="theirs/registry",
        GITHUB_WORKFLOW_REF="theirs/registry/.github/workflows/our-registry.yaml@refs/heads/main",
    )
    assert ended.returncode == 0, ended.stderr
    asked = (tmp_path / "asked").read_text(encoding="utf-8").splitlines()
    assert asked == [
        f"api --method PUT repos/theirs/registry/actions/workflows/{name}/enable"
        for name in ("our-registry.yaml", "images.yml")
    ]


def test_a_run_in_which_nothing_changed_deploys_when_it_looked_and_no_function() -> None:
    """Checks are skipped then, and what they would have let through is let through; where they failed, it is not."""
    attest, pages, function = (" ".join(JOBS[name]["if"].split()) for name in ("attest", "pages", "function"))
    assert "needs.build.outputs.changed == 'true' || inputs.force" in JOBS["checks"]["if"]
    assert "needs.checks.result == 'success' || (needs.checks.result == 'skipped' && needs.build.result" in attest
    assert "needs.attest.result == 'success'" in pages
    assert "changed" not in pages
    assert "(needs.build.outputs.changed == 'true' || inputs.force)" in function


def test_a_run_for_one_collection_is_no_sign_that_the_schedule_is_kept() -> None:
    only = JOBS["build"]["steps"][[step.get("id") for step in JOBS["build"]["steps"]].index("build")]["env"]["ONLY"]
    assert f"!({only.removeprefix('${{ ').removesuffix(' }}')})" in JOBS["heartbeat"]["if"]


# Images, every quarter of an hour


IMAGES = loaded(GITHUB / "workflows" / "images.yml")


def test_images_are_read_every_quarter_of_an_hour_by_a_job_that_may_only_read() -> None:
    # YAML takes `on` for a truth.
    triggers: dict[Any, Any] = {**IMAGES}
    (schedule,) = triggers[True]["schedule"]
    minutes = sorted(int(minute) for minute in schedule["cron"].removesuffix(" * * * *").split(","))
    assert [after - before for before, after in pairwise([*minutes, minutes[0] + 60])] == [15] * 4
    assert IMAGES["permissions"] == {}
    assert IMAGES["jobs"]["look"]["permissions"] == {"contents": "read"}


def test_images_are_published_by_the_one_workflow_and_only_where_they_changed() -> None:
    jobs = IMAGES["jobs"]
    for name in ("push", "publish"):
        assert jobs[name]["needs"] == "look"
        assert jobs[name]["if"].startswith("needs.look.outputs.changed == 'true'")
    assert jobs["publish"]["uses"] == f"./{PUBLISH.relative_to(ROOT).as_posix()}"
    # It may what its jobs may, and no more.
    wanted = {name for job in JOBS.values() for name, may in job["permissions"].items() if may == "write"}
    assert jobs["publish"]["permissions"] == dict.fromkeys(sorted(wanted), "write")


@pytest.mark.parametrize(("published", "changed"), [('["images"]', "true"), ("[]", "false")])
def test_the_job_says_whether_images_changed(tmp_path: Path, published: str, changed: str) -> None:
    (step,) = [step for step in IMAGES["jobs"]["look"]["steps"] if step.get("id") == "look"]
    script = tmp_path / "registry" / ".github" / "scripts" / "build"
    script.parent.mkdir(parents=True)
    script.write_text(
        f'#!/bin/sh\n[ "$*" = "images --json" ] && echo \'{{"published": {published}}}\'\n', encoding="utf-8"
    )
    script.chmod(0o755)
    output = tmp_path / "output"
    ended = bash(step["run"], tmp_path, GITHUB_OUTPUT=str(output))
    assert ended.returncode == 0, ended.stderr
    assert output.read_text(encoding="utf-8") == f"changed={changed}\n"
