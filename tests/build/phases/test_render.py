"""The site is laid into the folder that it is given."""

import json
from pathlib import Path

from build.model import API_ROOT
from build.phases.index import Indexed, describe_interface
from build.phases.render import render_site
from build.site import api
from tests.support.catalogues import html_of, sound
from tests.support.runs import run_of


def test_pages_and_the_files_beside_them_are_there(tmp_path: Path) -> None:
    run, site, catalogue, openapi = run_of(tmp_path), tmp_path / "new", sound(), describe_interface()
    site.mkdir()
    documents = api.documents(catalogue, 7, openapi) | api.page_documents(catalogue)
    render_site(run, Indexed(catalogue, documents, openapi), site, html_of)
    for record in catalogue.records:
        page = site / "codebundles" / record.id
        assert record.title in (page / "index.html").read_text(encoding="utf-8")
        assert (page / "index.md").is_file()
    assert json.loads((site / API_ROOT / "index.json").read_text("utf-8"))["build_id"] == catalogue.build_id
    assert (site / "robots.txt").is_file()
    assert list(run.report.seconds) == ["render", "site"]


def test_for_the_index_alone_nothing_is_rendered(tmp_path: Path) -> None:
    run = run_of(tmp_path)
    render_site(run, Indexed(sound(), {}, {"info": {}, "paths": {}}), None)
    assert run.report.seconds == {}
    assert not run.options.cache.exists()
