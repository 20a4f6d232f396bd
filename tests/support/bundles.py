"""Bundles out of texts, parsed without a repository."""

from collections.abc import Mapping
from datetime import UTC, datetime

from build.model import Bundle, BundleSource, SourceFile
from build.parse.bundle import parse_bundle

SETTINGS = """\
*** Settings ***
Documentation    What the bundle is for.
Metadata         Author    Somebody
Metadata         Display Name    A Bundle
Metadata         Supports    Kubernetes
"""
SOUND = SETTINGS + "*** Tasks ***\nLook\n    [Documentation]    Looks.\n    Log    here\n"

TEMPLATE = """apiVersion: runwhen.com/v1
kind: ServiceLevelIndicator
metadata:
  name: {{slx_name}}
  {% include "common.yaml" %}
spec:
  codeBundle:
    pathToRobot: codebundles/a-bundle/sli.robot
  kind: Nested
"""


def source(files: Mapping[str, str | bytes], name: str = "a-bundle") -> BundleSource:
    """Return what fetching gives for a folder with these files."""
    contents = {path: text.encode() if isinstance(text, str) else text for path, text in files.items()}
    return BundleSource(
        name=name,
        tree="7" * 40,
        commit="c" * 40,
        commit_date=datetime(2026, 1, 2, tzinfo=UTC),
        files=tuple(
            SourceFile(path=path, oid=f"{position:040x}", content=content)
            for position, (path, content) in enumerate(contents.items())
        ),
    )


def parse(files: Mapping[str, str | bytes], name: str = "a-bundle") -> Bundle:
    """Return the facts of a bundle with these files."""
    return parse_bundle("beacon", source(files, name))


def runbook(text: str, name: str = "a-bundle") -> Bundle:
    """Return the facts of a bundle with a runbook and nothing else."""
    return parse({"runbook.robot": text}, name)


def task(*rows: str) -> str:
    """Return a robot file whose one task has these rows."""
    return "\n".join(["*** Tasks ***", "Look", *(f"    {row}" for row in rows), ""])


def codes(bundle: Bundle) -> set[str]:
    """Return the codes of a bundle's problems."""
    return {problem.code for problem in bundle.problems}
