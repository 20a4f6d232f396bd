"""The recipes of docs/alerts.md in a real Prometheus and Alertmanager on loopback, and the pages that they lead to."""

import json
import shutil
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import unquote
from urllib.request import urlopen

import pytest
import yaml

from build.catalogue.alerts import alerts
from tests.support.alerts import records_for
from tests.support.image_registry import free_port
from tests.support.place import ROOT

RECIPES = ROOT / "docs" / "recipes"
_PROGRAMS = ("prometheus", "prometheus-alertmanager")
_PATIENCE = 120

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(
        not all(map(shutil.which, _PROGRAMS)),
        reason="there is no Prometheus or Alertmanager: apt-get install prometheus prometheus-alertmanager",
    ),
]


class Heard:
    """A site with the pages of alerts, and a webhook, on loopback."""

    def __init__(self, pages: dict[str, str]) -> None:
        self.pages = pages
        self.messages: list[dict[str, Any]] = []
        self.address = ""


@contextmanager
def site_and_webhook(pages: dict[str, str]) -> Iterator[Heard]:
    heard = Heard(pages)

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            text = heard.pages.get(unquote(self.path).strip("/") + "/index.html")
            self._answer(200 if text else 404, text or "")

        def do_POST(self) -> None:
            heard.messages.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
            self._answer(200, "ok")

        def _answer(self, status: int, text: str) -> None:
            body = text.encode()
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    heard.address = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield heard
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@contextmanager
def running(folder: Path, *command: str) -> Iterator[None]:
    with (folder / f"{command[0]}.log").open("w") as log:
        process = subprocess.Popen(command, cwd=folder, stdout=log, stderr=log)
        try:
            yield
        finally:
            process.terminate()
            process.wait()


def test_what_fires_leads_to_the_page_of_its_name(tmp_path: Path) -> None:
    known = alerts(records_for({"pod-restarts": ["KubePodCrashLooping"], "names": ["DNS resolution failing"]}))
    pages = {f"alerts/{one.name}/index.html": f"The page of {one.name}" for one in known}
    with site_and_webhook(pages) as heard:
        manager, server = free_port(), free_port()
        recipe = (RECIPES / "prometheus-alerting.yml").read_text(encoding="utf-8")
        recipe = recipe.replace("https://registry.example.com", heard.address)
        (tmp_path / "prometheus.yml").write_text(
            "global: {evaluation_interval: 1s}\nrule_files: [rules.yml]\n"
            + recipe.replace("alertmanager.example.com:9093", f"127.0.0.1:{manager}")
        )
        annotations = {"by_label": "{{ $labels.alertname }}"}
        rules = [{"alert": one.name, "expr": "vector(1)", "annotations": annotations} for one in known]
        (tmp_path / "rules.yml").write_text(yaml.safe_dump({"groups": [{"name": "g", "rules": rules}]}))
        config = yaml.safe_load((RECIPES / "alertmanager.yml").read_text(encoding="utf-8"))
        config["route"] |= {"group_wait": "0s", "group_interval": "1s"}
        (receiver,) = config["receivers"]
        (slack,) = receiver["slack_configs"]
        slack["api_url"] = f"{heard.address}/slack"
        slack["title_link"] = slack["title_link"].replace("https://registry.example.com", heard.address)
        receiver["webhook_configs"] = [{"url": f"{heard.address}/hook"}]
        (tmp_path / "alertmanager.yml").write_text(yaml.safe_dump(config))
        with (
            running(
                tmp_path, "prometheus-alertmanager", "--config.file=alertmanager.yml", "--storage.path=am",
                f"--web.listen-address=127.0.0.1:{manager}", "--cluster.listen-address=",
            ),
            running(
                tmp_path, "prometheus", "--config.file=prometheus.yml", "--storage.tsdb.path=tsdb",
                f"--web.listen-address=127.0.0.1:{server}", "--rules.alert.resend-delay=1s",
            ),
        ):  # fmt: skip
            end = time.monotonic() + _PATIENCE
            while time.monotonic() < end and not (len(_fired(heard)) == len(_linked(heard)) == len(known)):
                time.sleep(0.2)
        fired, linked = _fired(heard), _linked(heard)
        assert fired.keys() == linked.keys() == {one.name for one in known}
        for one in known:
            assert fired[one.name]["labels"]["runbook_url"] == f"{heard.address}/alerts/{one.name}/"
            # Why the recipe is no annotation.
            assert fired[one.name]["annotations"]["by_label"] == ""
            with urlopen(linked[one.name], timeout=10) as page:  # noqa: S310 - of our own server
                text = page.read().decode()
            assert text == f"The page of {one.name}"


def test_grafanas_template_makes_the_link(tmp_path: Path) -> None:
    """Alertmanager's own renderer, whose language and functions Grafana's notification templates have."""
    recipe = yaml.safe_load((RECIPES / "grafana-alerting.yml").read_text(encoding="utf-8"))
    (template,), (contact,) = recipe["templates"], recipe["contactPoints"]
    (tmp_path / "grafana.tmpl").write_text(template["template"], encoding="utf-8")
    text = contact["receivers"][0]["settings"]["text"]
    data = {"commonLabels": {"alertname": "DNS resolution failing"}}
    (tmp_path / "data.json").write_text(json.dumps(data), encoding="utf-8")
    made = subprocess.run(
        ["amtool", "template", "render", "--template.glob=grafana.tmpl", f"--template.text={text}",
         "--template.data=data.json"],
        cwd=tmp_path, capture_output=True, encoding="utf-8", check=False,
    )  # fmt: skip
    assert made.stdout.strip() == "What to run: https://registry.example.com/alerts/DNS%20resolution%20failing/", made


def _fired(heard: Heard) -> dict[str, Any]:
    """Alerts by name, as a webhook gets them."""
    sent = [one for message in heard.messages for one in message.get("alerts", ())]
    return {one["labels"]["alertname"]: one for one in sent}


def _linked(heard: Heard) -> dict[str, str]:
    """The links of messages in Slack by their titles."""
    attached = [one for message in heard.messages for one in message.get("attachments", ())]
    return {one["title"]: one["title_link"] for one in attached}
