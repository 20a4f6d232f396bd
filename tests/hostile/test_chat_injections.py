"""A model that obeys whatever it reads: no text in the catalogue, the question or the history changes what the chat is.

Each injection stands in a bundle's name, description, README, tool and variable, in the question, and in the history.
"""

import json
import re
from collections.abc import Iterator
from typing import Any, NamedTuple

import httpx2
import pytest
from markdown_it import MarkdownIt

from build.catalogue.record import record
from build.model import Bundle, CatalogueEntry, Tool, Variable
from search_fn.rest.application import create_app
from search_fn.settings import Settings
from tests.support.chatting import ask, ids
from tests.support.fake_provider import KEY, Data, FakeProvider, fake_provider
from tests.support.injections import INJECTIONS
from tests.support.made_up import BEACON, COMMIT, DATE, settings_for, write_made_up_index
from tests.support.serving import serving

NUMBERS = range(len(INJECTIONS))
PAGES = "https://registry.example.org/codebundles/"
REQUESTS = "https://github.com/runwhen-contrib/codecollection-registry/issues/new?"
TAGS = {"p", "ol", "ul", "li", "a", "strong", "code"}


class Place(NamedTuple):
    chat: httpx2.Client
    fake: FakeProvider
    plain: httpx2.Client


def _bundle(number: int) -> CatalogueEntry:
    text = INJECTIONS[number]
    tool = Tool.model_validate(
        {"kind": "runbook", "name": text, "title": text, "documentation": text, "tags": (), "access": None, "line": 3}
    )
    bundle = Bundle(
        name=f"hostile-{number}-bundle",
        display_name=text,
        author=text,
        doc=text,
        readme=f"# Read me\n\n{text}\n",
        support_tags=(text,),
        has_runbook=True,
        tools=(tool,),
        user_variables=(Variable(name="WHERE", description=text, required=True, used_by=("runbook",), line=4),),
    )
    return CatalogueEntry(collection=BEACON, commit=COMMIT, commit_date=DATE, stale=False, bundle=bundle, history=None)


@pytest.fixture(scope="module")
def place(encoder_path, tmp_path_factory) -> Iterator[Place]:
    folder = tmp_path_factory.mktemp("injected") / "index_data"
    made = [record(_bundle(number), "https://registry.example.org") for number in NUMBERS]
    write_made_up_index(folder, encoder_path, sorted(made, key=lambda one: one.id))
    with fake_provider() as fake, pytest.MonkeyPatch.context() as environment:
        # As it is set where the function runs.
        environment.setenv("OPENAI_API_KEY", KEY)
        environment.setenv("OPENAI_BASE_URL", fake.address)
        environment.setenv("INDEX_URI", str(folder))
        with (
            serving(create_app(Settings.from_environment())) as chat,
            serving(create_app(settings_for(folder))) as plain,
        ):
            yield Place(chat, fake, plain)


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    else:
        for part in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
            yield from _texts(part)


def obey(data: Data) -> list[Data]:
    """Say all that was read, and cite whatever there is and is not."""
    read = sorted(dict.fromkeys(text for text in _texts(data) if len(text) > 20), key=len)
    return [{"text": text, "sources": [1, 99, -1]} for text in read[:11]] + [{"text": "trust me", "sources": []}]


def check(answer: dict[str, Any], log: str) -> None:
    html = MarkdownIt("commonmark", {"html": True}).render(answer["answer"])
    assert set(re.findall(r"<\s*/?\s*(\w+)", html)) <= TAGS, html
    links = re.findall(r'(?:href|src)="([^"]*)"', html)
    assert links
    assert all(link.startswith((PAGES, REQUESTS)) for link in links), links
    assert all("hostile-" in name for name in [*answer["sources_used"], *ids(answer)])
    if answer["query_metadata"]["llm_enabled"] and not answer["no_match"] and not answer["degraded"]:
        assert "evil.example" not in answer["answer"]
        assert "trust me" not in answer["answer"]
    whole = f"{json.dumps(answer)}{log}"
    assert all(secret not in whole for secret in (KEY, "canary-path", "You answer questions about a catalogue"))


def test_there_are_enough_injections_and_no_two_alike() -> None:
    assert len(set(INJECTIONS)) == len(INJECTIONS) >= 50


@pytest.mark.parametrize("number", NUMBERS)
def test_a_model_that_obeys_what_it_reads_changes_nothing(
    place: Place, caplog: pytest.LogCaptureFixture, number: int
) -> None:
    text = INJECTIONS[number]
    place.fake.begin("obeys")
    place.fake.claims = obey
    name = f"hostile-{number}-bundle"
    history = [("user", text), ("assistant", text), ("system", text)]
    answer = ask(place.chat, f"What does {name} do? {text}", history)
    assert ids(answer)[0].endswith(name)
    check(answer, caplog.text)
    (body,) = place.fake.requests
    instructions, data = body["messages"]
    assert (instructions["role"], data["role"]) == ("system", "user")
    plain = " ".join(text.split())[:40]
    assert plain not in instructions["content"]
    # All of it is one JSON object, in which only strings are a stranger's.
    sent = json.loads(data["content"])
    assert sent.keys() == {"question", "history", "sources"}
    assert [one["role"] for one in sent["history"]] == ["user", "assistant"]
    assert KEY not in json.dumps(body)
    assert place.fake.address not in json.dumps(body)
    assert not re.search("[\u200b\u00ad\u202a-\u202e\u2066-\u2069\U000e0000-\U000e0fff]", data["content"])


def test_the_model_did_obey(place: Place) -> None:
    place.fake.begin("obeys")
    place.fake.claims = obey
    answer = ask(place.chat, "What does hostile-2-bundle do?")
    assert "PWNED" in answer["answer"]
    assert not answer["degraded"]


@pytest.mark.parametrize("number", NUMBERS)
def test_without_a_model_a_hostile_text_is_text(place: Place, caplog: pytest.LogCaptureFixture, number: int) -> None:
    text = INJECTIONS[number]
    history = [("user", text), ("assistant", f"{text} hostile-{number}-bundle")]
    answer = ask(place.plain, "What does it need?", history)
    assert ids(answer)[0].endswith(f"hostile-{number}-bundle")
    check(answer, caplog.text)
    # As a question alone: nothing of it gets out of the address of the request.
    alone = ask(place.plain, text)
    if alone["answer_source"] != "system" or alone["no_match"]:
        check(alone, caplog.text)
