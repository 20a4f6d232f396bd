"""Fifteen tasks that agents have, done by calling tools alone: which are answered whole, in how many calls and tokens.

    python tests/bench/tasks.py ADDRESS [--show]

ADDRESS is where the function answers, over the seven public collections. What a whole answer has is read from the
catalogue's records and not from the tools. Tokens are characters / 4, as text and as JSON. `--show` prints the texts.
Exit status 1 where fewer than 13 are whole.
"""

import json
import sys
from collections.abc import Callable
from typing import Any, NamedTuple

import httpx2

Answered = tuple[dict[str, Any], str]
AT_LEAST = 13


class TaskFailedError(Exception):
    """A call that the server refused."""


class Agent:
    """Calls tools, and counts."""

    def __init__(self, client: httpx2.Client) -> None:
        self._client = client
        self.calls, self.text, self.json = 0, 0, 0
        self.texts: list[str] = []

    def call(self, name: str, **arguments: Any) -> Answered:
        """Return what a tool answers, as data and as text. Raises TaskFailedError: it is refused."""
        message = {"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": {"name": name, "arguments": arguments}}
        answer = self._client.post("/mcp", json=message, headers={"accept": "application/json"}).json()
        self.calls += 1
        if "error" in answer:
            raise TaskFailedError(answer["error"]["message"])
        result = answer["result"]
        text = "\n".join(part["text"] for part in result["content"])
        data = result.get("structuredContent", {})
        self.text += len(text)
        self.json += len(json.dumps(data, ensure_ascii=False, separators=(",", ":")))
        self.texts.append(f"{name} {json.dumps(arguments)}\n{text}")
        if result.get("isError"):
            raise TaskFailedError(text)
        return data, text

    def pages(self, name: str, listed: str, **arguments: Any) -> tuple[list[Any], str]:
        """Return the rows and texts of all pages."""
        rows: list[Any] = []
        texts: list[str] = []
        cursor: str | None = ""
        while cursor is not None:
            data, text = self.call(name, **arguments, **({"cursor": cursor} if cursor else {}))
            rows += data[listed]
            texts.append(text)
            cursor = data.get("next_cursor")
        return rows, "\n".join(texts)


class Catalogue:
    """What is true, as the records have it."""

    def __init__(self, client: httpx2.Client) -> None:
        self._client = client
        self.summaries = client.get("/api/v1/codebundles", params={"limit": 500}).json()["codebundles"]

    def record(self, name: str) -> dict[str, Any]:
        """Return everything about one bundle."""
        collection, bundle = name.split("/")
        found: dict[str, Any] = self._client.get(f"/api/v1/collections/{collection}/codebundles/{bundle}").json()
        return found

    def ids(self, wanted: Callable[[dict[str, Any]], bool]) -> set[str]:
        """Return the ids of the bundles whose summary is wanted."""
        return {one["id"] for one in self.summaries if wanted(one)}


def first(data: dict[str, Any]) -> str:
    """Return the id of the first result."""
    return str(data["results"][0]["id"])


def both(answered: Answered, words: list[str]) -> bool:
    """Whether an answer has all words, as data and as text: a client shows a model one of them."""
    data, text = answered
    unescaped = json.dumps(data, ensure_ascii=False)
    return all(word in text and json.dumps(word, ensure_ascii=False)[1:-1] in unescaped for word in words)


def needs_of(record: dict[str, Any]) -> list[str]:
    """Return the names that whoever runs a bundle has to know."""
    parts = ("tools", "user_variables", "secrets")
    return [one["name"] for part in parts for one in record[part]]


def images(agent: Agent, truth: Catalogue) -> bool:
    data, _ = agent.call("find_codebundle", query="AKS cannot pull images from the container registry", max_results=3)
    assert "rw-cli-codecollection/azure-acr-health" in [one["id"] for one in data["results"]]
    details = agent.call("get_codebundle_details", slug="rw-cli-codecollection/azure-acr-health")
    record = truth.record("rw-cli-codecollection/azure-acr-health")
    return both(details, [*needs_of(record), record["access_level"], "kind: Runbook", "configProvided"])


def permissions(agent: Agent, truth: Catalogue) -> bool:
    data, _ = agent.call("find_codebundle", query="AWS EC2 instances health", platform="AWS", max_results=1)
    record = truth.record(first(data))
    details = agent.call("get_codebundle_details", slug=first(data))
    listed = [one["permission"] for one in record.get("permissions", [])]
    return bool(listed) and both(details, listed)


def issues(agent: Agent, _: Catalogue) -> bool:
    answered = agent.call("keyword_usage_help", query="post an issue", max_results=3)
    return both(answered, ["Add Issue", "severity", "next_steps"])


def rules(agent: Agent, _: Catalogue) -> bool:
    data, text = agent.call("get_development_requirements", feature="generation rules")
    return bool(data["results"]) and "http" in text and "generation rule" in text.lower()


def postgres(agent: Agent, truth: Catalogue) -> bool:
    names = ["rw-cli-codecollection/k8s-postgres-healthcheck", "rw-cli-codecollection/azure-db-health"]
    data, _ = agent.call("find_codebundle", query="postgres health check", max_results=5)
    found = [one["id"] for one in data["results"]][:2]
    names = found if len(found) == 2 else names
    return all(
        both(agent.call("get_codebundle_details", slug=name), needs_of(truth.record(name))) for name in names
    )  # fmt: skip


def changed(agent: Agent, truth: Catalogue) -> bool:
    newest = max(truth.summaries, key=lambda one: one["git_updated_at"] or "")["git_updated_at"][:10]
    return both(agent.call("list_codebundles", sort="updated", max_results=10), [newest])


def code(agent: Agent, truth: Catalogue) -> bool:
    name = "rw-cli-codecollection/k8s-deployment-healthcheck"
    tool = truth.record(name)["tools"][0]
    _, text = agent.call("get_codebundle_file", slug=name, tool=tool["name"])
    return tool["name"] in text and "[Documentation]" in text


def writing_on_gcp(agent: Agent, truth: Catalogue) -> bool:
    true = truth.ids(lambda one: "GCP" in one["platforms"] and one["access_level"] == "read-write")
    rows, _ = agent.pages("list_codebundles", "results", platform="Google Cloud", access="read-write")
    return {row["id"] for row in rows} == true


def all_of_gcp(agent: Agent, truth: Catalogue) -> bool:
    true = truth.ids(lambda one: "GCP" in one["platforms"])
    rows, text = agent.pages("list_codebundles", "results", platform="GCP", format="summary", max_results=100)
    return {row["id"] for row in rows} == true and all(name in text for name in true)


def tags(agent: Agent, truth: Catalogue) -> bool:
    rows, text = agent.pages("list_codebundles", "values", values="tag", max_results=500)
    every = {tag for one in truth.summaries for tag in one["support_tags"]}
    return every <= {row["value"] for row in rows} and all(tag in text for tag in every)


def discovered(agent: Agent, truth: Catalogue) -> bool:
    wanted = "aws_rds_instances"
    true = truth.ids(lambda one: wanted in one["configuration_type"]["resource_types"])
    rows, _ = agent.pages("list_codebundles", "results", resource_type=wanted)
    return bool(true) and {row["id"] for row in rows} == true


def rabbitmq(agent: Agent, _: Catalogue) -> bool:
    data = agent.call("find_codebundle", query="rabbitmq queue backlog", max_results=3)[0]
    asked = agent.call("request_codebundle", platform="Kubernetes", tasks=["Check the backlog of RabbitMQ queues"])[0]
    doubted = not data["confident"] or any("rabbitmq" in note for note in data["notes"])
    return doubted and "github.com" in asked["url"] and not asked["similar"]


def run_locally(agent: Agent, _: Catalogue) -> bool:
    data, text = agent.call("find_documentation", query="run a runbook locally", max_results=3)
    return bool(data["results"]) and "http" in text and "codecollection-devtools" in text


def latency(agent: Agent, truth: Catalogue) -> bool:
    data, _ = agent.call("find_codebundle", query="HTTP latency", kind="monitor", max_results=3)
    return all(truth.record(one["id"])["sli_count"] for one in data["results"]) and "http" in first(data)


def cli_keywords(agent: Agent, _: Catalogue) -> bool:
    whole = agent.call("find_library_info", query="RW.CLI")
    listed, text = agent.call("find_library_info")
    return both(whole, ["Run Cli", "Run Bash File"]) and "RW.CLI" in text and bool(listed["results"])


class Task(NamedTuple):
    """What somebody wants, and how its answer is looked for."""

    wanted: str
    work: Callable[[Agent, Catalogue], bool]


TASKS = (
    Task("AKS can't pull images: read-only, variables, secrets, configuration", images),
    Task("AWS permissions of a bundle", permissions),
    Task("the keyword that posts an issue", issues),
    Task("how a generation rule is written", rules),
    Task("compare two Postgres bundles", postgres),
    Task("what changed lately", changed),
    Task("robot code of a task", code),
    Task("read-write bundles for GCP", writing_on_gcp),
    Task("all of GCP", all_of_gcp),
    Task("which tags there are", tags),
    Task("bundles discovered for aws_rds_instances", discovered),
    Task("RabbitMQ: is there one, else request it", rabbitmq),
    Task("run a bundle locally", run_locally),
    Task("monitors of HTTP latency", latency),
    Task("the library RW.CLI, and which there are", cli_keywords),
)


def main(address: str, *options: str) -> int:
    """Print the table."""
    whole = 0
    print("| task | whole | calls | tokens, text | JSON |\n|---|---|--:|--:|--:|")
    with httpx2.Client(base_url=address, timeout=60) as client:
        truth = Catalogue(client)
        for number, task in enumerate(TASKS, 1):
            agent = Agent(client)
            try:
                done, why = task.work(agent, truth), ""
            except (TaskFailedError, AssertionError, KeyError, IndexError) as error:
                done, why = False, f" ({str(error)[:80]})"
            whole += done
            verdict = "yes" if done else f"no{why}"
            print(f"| {number} {task.wanted} | {verdict} | {agent.calls} | {agent.text // 4:,} | {agent.json // 4:,} |")
            if "--show" in options:
                print(*agent.texts, sep="\n\n", file=sys.stderr)
    print(f"\n{whole} of {len(TASKS)} whole")
    return int(whole < AT_LEAST)


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
