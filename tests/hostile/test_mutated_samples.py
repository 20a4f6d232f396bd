"""Whole bundles of the samples, damaged in many ways: each is read or told, and what is read can be published."""

import hashlib
import json
import time
from collections.abc import Iterator
from random import Random

import pytest
import yaml

from build.catalogue.record import record
from build.fetch.tree import is_read
from build.model import Bundle
from build.parse.bundle import parse_bundle
from build.site.text_files import twin
from build.storage import canonical
from tests.support.bundles import source
from tests.support.catalogues import HARBOR, entry, facts, made_up, pages_of
from tests.support.hostile_run import strings, unseen
from tests.support.mutation import Files, mutated, sample_bundles

SAMPLES = sample_bundles()


def cases(count: int) -> Iterator[tuple[str, Files]]:
    """As many damaged bundles, the same ones each time; every sample has its turn."""
    names = sorted(SAMPLES)
    for number in range(count):
        name = names[number % len(names)]
        yield f"{name} {number}", mutated(SAMPLES[name], Random(number))


def parsed(files: Files) -> Bundle:
    """What the build makes of the files: those that it does not read have a name alone."""
    found = source(files, "damaged")
    kept = tuple(f if is_read(f.path) else f.model_copy(update={"content": None}) for f in found.files)
    return parse_bundle("beacon", found.model_copy(update={"files": kept}))


def check(files: Files, bundle: Bundle) -> None:
    told = {(problem.code, (problem.path or "").removeprefix("codebundles/damaged/")) for problem in bundle.problems}
    for path, content in files.items():
        if not is_read(path):
            continue
        try:
            text = content.decode("utf-8-sig")
        except UnicodeDecodeError:
            assert ("not-utf8", path) in told
            continue
        if not content.strip():
            assert ("empty-file", path) in told
        if unseen(text) - {"U+FEFF"}:
            assert {("control-characters", path), ("hidden-characters", path)} & told
        if "generation-rules" in path:
            try:
                yaml.load(text, Loader=yaml.CSafeLoader)
            except (yaml.YAMLError, ValueError, TypeError):
                # What is unseen is taken out first, which may mend it, and is told.
                assert {(f"{what}-characters", path) for what in ("control", "hidden")} & told or (
                    ("rules-not-read", path) in told
                )
    for path, kind in (("runbook.robot", "runbook"), ("sli.robot", "monitor")):
        if path in files and not any(tool.kind == kind for tool in bundle.tools):
            assert {("no-tasks", path), ("not-parsed", path)} & told
    for problem in bundle.problems:
        assert problem.message
        assert (problem.collection, problem.bundle) == ("beacon", "damaged")
        lines = files.get((problem.path or "").removeprefix("codebundles/damaged/"), b"").count(b"\n") + 2
        assert problem.line is None or 1 <= problem.line <= lines
    for tool in bundle.tools:
        content = files["runbook.robot" if tool.kind == "runbook" else "sli.robot"]
        assert 1 <= tool.line <= content.count(b"\n") + 1


def publish(bundle: Bundle) -> None:
    """Record, twin and pages of the bundle, as they would be published."""
    shown = entry(bundle)
    made = record(shown)
    published = json.loads(canonical(made))
    assert published == made.model_dump(mode="json")
    assert {c for value in strings(published) for c in unseen(value)} == set()
    catalogue = made_up([shown], [facts(HARBOR, bundles=1, tools=len(bundle.tools))])
    assert "<!--" not in pages_of(catalogue)[f"codebundles/{shown.id}/index.md"]
    assert not unseen(twin(made))


def read_or_told(count: int) -> None:
    slowest = 0.0
    for name, files in cases(count):
        start = time.perf_counter()
        try:
            bundle = parsed(files)
            check(files, bundle)
            publish(bundle)
        except Exception as error:
            error.add_note(f"in case {name}")
            raise
        slowest = max(slowest, time.perf_counter() - start)
    # A bundle takes hundredths of a second; this is for what grows without end.
    assert slowest < 20


def test_the_samples_are_damaged_in_many_ways_and_the_same_each_time() -> None:
    assert len(SAMPLES) >= 13
    digests = {hashlib.sha256(repr(sorted(files.items())).encode()).digest() for _, files in cases(200)}
    assert len(digests) > 190
    assert [files for _, files in cases(20)] == [files for _, files in cases(20)]


def test_undamaged_samples_pass_every_check() -> None:
    for files in SAMPLES.values():
        bundle = parsed(files)
        check(files, bundle)
        publish(bundle)
        assert not {"not-parsed", "not-utf8"} & {problem.code for problem in bundle.problems}


def test_damaged_samples_are_read_or_told() -> None:
    read_or_told(40)


@pytest.mark.slow
def test_very_many_damaged_samples_are_read_or_told() -> None:
    read_or_told(1_500)
