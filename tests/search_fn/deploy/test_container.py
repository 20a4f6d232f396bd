"""What the container is told to run, and what Kubernetes lets it do."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
import uvicorn
import yaml

from search_fn import server
from search_fn.settings import PACKAGE

DEPLOY = PACKAGE / "search_fn" / "deploy"


@pytest.fixture(scope="module")
def kinds() -> dict[str, Any]:
    documents = yaml.safe_load_all((DEPLOY / "kubernetes.yaml").read_text(encoding="utf-8"))
    return {document["kind"]: document for document in documents}


def test_the_image_runs_the_server_with_its_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    text = Path(DEPLOY / "Dockerfile").read_text(encoding="utf-8")
    commands = [json.loads(found) for found in re.findall(r"^CMD (\[.*\])$", text, re.MULTILINE)]
    (arguments,) = [command[3:] for command in commands if command[:3] == ["python", "-m", "search_fn.server"]]
    started: list[Any] = []
    monkeypatch.setattr(uvicorn.Server, "run", lambda self: started.append(self.config))
    server.main(arguments)
    assert (started[0].port, started[0].limit_concurrency) == (8080, 200)
    assert not started[0].host.startswith("127.")
    assert started[0].http is server.Protocol


def test_the_pod_may_do_little(kinds: dict[str, Any]) -> None:
    pod = kinds["Deployment"]["spec"]["template"]["spec"]
    (container,) = pod["containers"]
    assert re.fullmatch(r"[^@:]+@sha256:[0-9a-f]{64}", container["image"])
    assert pod["automountServiceAccountToken"] is False
    assert pod["securityContext"]["runAsNonRoot"] is True
    allowed = container["securityContext"]
    assert (allowed["readOnlyRootFilesystem"], allowed["allowPrivilegeEscalation"]) == (True, False)
    assert "volumes" not in pod


def test_the_network_lets_requests_in_and_nothing_out(kinds: dict[str, Any]) -> None:
    policy = kinds["NetworkPolicy"]["spec"]
    assert policy["podSelector"] == kinds["Deployment"]["spec"]["selector"]
    assert set(policy["policyTypes"]) == {"Ingress", "Egress"}
    assert policy["egress"] == []
    assert policy["ingress"] == [{"ports": [{"protocol": "TCP", "port": "http"}]}]
