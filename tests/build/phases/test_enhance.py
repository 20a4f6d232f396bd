"""A model is asked where one is configured, and what it does is told; tests/build/enhance has how it is asked."""

import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from build.model import Bundle
from build.phases import enhance as phase
from build.phases.context import RunContext
from build.phases.enhance import enhance_bundles
from build.problems import problem
from search_fn.provider import Provider
from tests.support.catalogues import entry
from tests.support.runs import options

PROVIDER = Provider("openai", "m", "a-key")


def test_without_a_model_nothing_is_asked_and_nothing_is_timed(tmp_path: Path) -> None:
    run = RunContext(options(tmp_path), Console(quiet=True), [])
    enhance_bundles(run, [entry(Bundle(name="lamp"))], None)
    assert (run.report.seconds, run.report.enhanced, run.problems) == ({}, {}, [])


def test_what_is_due_is_asked_about_and_what_went_wrong_is_the_runs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []
    odd = problem("not-enhanced", "it is tired", collection="harbor", bundle="lamp")

    def enhance(wanted: Any, options: Any, provider: Provider, track: Any, tell: Callable[[str], None]) -> Any:
        asked.extend(found.id for found, _ in track(wanted, len(wanted)))
        tell("the provider [asks] for a pause")
        return [odd], {"calls": 1}

    monkeypatch.setattr(phase, "enhance", enhance)
    said = io.StringIO()
    run = RunContext(options(tmp_path), Console(file=said, width=200), [])
    enhance_bundles(run, [entry(Bundle(name="lamp")), entry(Bundle(name="crane"))], PROVIDER)
    assert asked == ["harbor/lamp", "harbor/crane"]
    assert (run.problems, run.report.enhanced) == ([odd], {"calls": 1})
    assert list(run.report.seconds) == ["enhance"]
    assert "enhance       the provider [asks] for a pause\n" in said.getvalue()
