"""The step that asks a model about the bundles that are new or changed, within a budget, and keeps its answers."""

import hashlib
import json
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from threading import Event, Lock
from typing import TYPE_CHECKING, Any

from pydantic import ValidationError

from build.enhance import prompt
from build.enhance.answer import SCHEMA, Answer, Enhancement, Tokens, checked
from build.enhance.store import load, store
from build.errors import UsageError
from build.fetch.collections import read_blobs
from build.model import (
    CatalogueEntry,
    Problem,
)
from build.options import Options
from build.problems import problem
from build.progress import Tracker
from build.runs import (
    Asked,
)
from search_fn.provider import Provider, ProviderMisconfigured
from search_fn.retries import retry_after

if TYPE_CHECKING:
    from openai import OpenAI

# A bundle to ask about, and the key that its answer will have.
Due = tuple[CatalogueEntry, str]
THREADS = 4
ATTEMPTS = 4
# Seconds.
PAUSE, LONGEST_PAUSE, TIMEOUT = 1.0, 60.0, 120.0
ANSWER_TOKENS = 4_000
# A provider that fails for so many bundles in a row will fail for the others too.
GIVE_UP = 5


class _Failed(Exception):
    """There is no answer. `pause`: seconds for which the provider asks to be left alone, None where to ask again does
    not help. `counts` against the provider; with GIVE_UP it is of no use to ask about other bundles.
    """

    def __init__(self, message: str, pause: float | None = 0, counts: int = 0) -> None:
        super().__init__(message)
        self.pause, self.counts = pause, counts


class _Stopped(Exception):
    """The step has come to its end."""


def provider_of(environment: Mapping[str, str]) -> Provider | None:
    """The provider that the environment names; none where AI_ENHANCEMENT_ENABLED is false. Raises UsageError: it names
    half a provider.
    """
    if environment.get("AI_ENHANCEMENT_ENABLED", "").strip().lower() in ("false", "0", "no", "off"):
        return None
    try:
        return Provider.from_environment(environment)
    except ProviderMisconfigured as error:
        raise UsageError(str(error)) from None


def due(entries: Iterable[CatalogueEntry], options: Options, model: str | None, *, force: bool = False) -> list[Due]:
    """The bundles that have no answer of this model to this question about their files; without a model, those that
    have none about them at all.
    """
    question = f"{model}\0{prompt.INSTRUCTIONS}\0{prompt.INPUT_TOKENS}\0{json.dumps(SCHEMA)}"
    found = []
    for entry in entries:
        content = prompt.content_of(entry)
        key = hashlib.sha256(f"{content}\0{question}".encode()).hexdigest()
        kept, _ = load(options.enhancements, entry)
        stands = kept and not force and (kept.key == key if model else kept.content == content)
        if not stands and (not options.only or {entry.id, entry.collection.slug} & set(options.only)):
            found.append((entry, key))
    return found


def material(entry: CatalogueEntry, options: Options) -> prompt.Material:
    """What is sent of a bundle."""
    oids = {file.oid for file in prompt.sent_files(entry)}
    return prompt.material(entry, read_blobs(entry.collection, options.cache, oids))


def enhance(
    wanted: Sequence[Due],
    options: Options,
    provider: Provider,
    track: Tracker,
    tell: Callable[[str], None] = lambda said: None,
) -> tuple[list[Problem], Asked]:
    """Ask about each bundle and keep the answers as they come: what went wrong, and counts for the report, in which
    `left` are the bundles that a budget or the provider left no room for. `tell` gets a sentence when the provider asks
    for a pause, from any thread.
    """
    step = _Step(options, provider, tell)
    found: list[Problem | bool] = []
    if wanted:
        with provider.client(max_retries=0) as client, ThreadPoolExecutor(THREADS) as pool:
            try:
                answers = pool.map(lambda one: step.enhance(client, *one), wanted)
                found = list(track(answers, len(wanted)))
            finally:
                step.end("it was interrupted")
    problems = [told for told in found if isinstance(told, Problem)]
    left = found.count(False)
    return problems, {
        "calls": step.calls,
        "answered": found.count(True),
        "failed": len(problems),
        "left": left,
        "prompt_tokens": step.prompt_tokens,
        "completion_tokens": step.completion_tokens,
        "stopped": step.stopped if left else None,
    }


class _Step:
    """One run of the step: what it has spent, and why it ended. Threads share it."""

    def __init__(self, options: Options, provider: Provider, tell: Callable[[str], None]) -> None:
        self.calls = self.prompt_tokens = self.completion_tokens = 0
        self.stopped: str | None = None
        self._options, self._provider, self._tell = options, provider, tell
        self._ended, self._lock = Event(), Lock()
        self._until = time.monotonic() + options.max_seconds if options.max_seconds is not None else float("inf")
        self._reserved = self._failed = 0

    def end(self, why: str) -> None:
        """Begin no further call."""
        self.stopped = self.stopped or why
        self._ended.set()

    def enhance(self, client: "OpenAI", entry: CatalogueEntry, key: str) -> Problem | bool:
        """Ask about one bundle and keep the answer: True; a problem where there is none; False where the step ended."""
        if self._ended.is_set():
            return False
        try:
            answer = self._answered(client, entry, key, material(entry, self._options))
        except _Stopped:
            return False
        except _Failed as failure:
            self._failed = self._failed + failure.counts if failure.counts else 0
            if self._failed >= GIVE_UP:
                self.end(f"{failure}; the other bundles are left")
            said = f"the model gave no answer that can be used: {failure}"
            return problem("not-enhanced", said, collection=entry.collection.slug, bundle=entry.bundle.name)
        self._failed = 0
        store(self._options.enhancements, entry, answer)
        return True

    def _answered(self, client: "OpenAI", entry: CatalogueEntry, key: str, sent: prompt.Material) -> Enhancement:
        for attempt in range(ATTEMPTS):
            try:
                return self._asked(client, entry, key, sent)
            except _Failed as failure:
                if failure.pause is None or failure.pause > LONGEST_PAUSE or attempt == ATTEMPTS - 1:
                    raise
                asked, said = failure.pause, str(failure)
            pause = max(asked, PAUSE * 2**attempt)
            if time.monotonic() + pause >= self._until:
                self.end("--max-seconds is reached")
            elif asked and not self._ended.is_set():
                self._tell(f"{said}; {entry.id} is asked about again in {pause:.0f} s")
            self._ended.wait(pause)
        raise _Stopped

    def _asked(self, client: "OpenAI", entry: CatalogueEntry, key: str, sent: prompt.Material) -> Enhancement:
        """One call: _Failed without an answer that can be used, _Stopped without room in the budget."""
        import openai

        reserved, used = sent.tokens + ANSWER_TOKENS, Tokens(prompt=0, completion=0)
        timeout, begin = self._begin(reserved), time.monotonic()
        try:
            completion = client.chat.completions.create(
                model=self._provider.model,
                messages=[
                    {"role": "system", "content": prompt.INSTRUCTIONS},
                    {"role": "user", "content": sent.message},
                ],
                response_format={
                    "type": "json_schema",
                    "json_schema": {"name": "codebundle", "strict": True, "schema": SCHEMA},
                },
                max_completion_tokens=ANSWER_TOKENS,
                timeout=timeout,
            )
            if usage := getattr(completion, "usage", None):
                used = Tokens(prompt=usage.prompt_tokens, completion=usage.completion_tokens)
            answer = _read(completion)
        except openai.APIStatusError as error:
            raise _refused(error) from None
        except (openai.OpenAIError, ValueError, RecursionError) as error:
            # No more of it: it can repeat the key or the address.
            said = f"the provider did not answer, or not by its protocol ({type(error).__name__})"
            raise _Failed(said, 0, 1) from None
        finally:
            with self._lock:
                self._reserved -= reserved
                self.prompt_tokens += used.prompt
                self.completion_tokens += used.completion
        kept, problems = checked(answer, entry, sent.texts)
        if not kept.description:
            raise _Failed("it describes nothing")
        return Enhancement(
            key=key,
            content=prompt.content_of(entry),
            model=self._provider.model,
            date=datetime.now(UTC).date().isoformat(),
            tokens=used,
            seconds=round(time.monotonic() - begin, 2),
            answer=kept,
            problems=problems,
        )

    def _begin(self, tokens: int) -> float:
        """Take a call out of the budget; how many seconds it may take."""
        options, left = self._options, self._until - time.monotonic()
        with self._lock:
            spent = self.prompt_tokens + self.completion_tokens + self._reserved
            if options.max_calls is not None and self.calls >= options.max_calls:
                self.end("--max-calls is reached")
            if options.max_tokens is not None and spent + tokens > options.max_tokens:
                self.end("--max-tokens is reached")
            if left <= 0:
                self.end("--max-seconds is reached")
            if self._ended.is_set():
                raise _Stopped
            self.calls += 1
            self._reserved += tokens
        return min(TIMEOUT, left)


def _refused(error: Any) -> _Failed:
    """What an HTTP status means."""
    status, pause = error.status_code, retry_after(error.response.headers) or 0.0
    said = f"the provider answered {status}"
    if status in (401, 403, 404) or error.code == "insufficient_quota":
        return _Failed(f"{said}: check the key, the model's name and the endpoint", None, GIVE_UP)
    if status in (408, 409, 429) or status >= 500:
        return _Failed(f"{said} and asks for a pause of {pause:.0f} s" if pause else said, pause, 1)
    return _Failed(said, None)


def _read(completion: Any) -> Answer:
    try:
        choice = completion.choices[0]
        refusal, finish, content = choice.message.refusal, choice.finish_reason, choice.message.content
    except (AttributeError, IndexError, TypeError):
        raise _Failed("the provider did not answer by its protocol", 0, 1) from None
    if refusal or finish == "content_filter":
        raise _Failed("the model refused")
    if finish == "length":
        raise _Failed("the answer was cut")
    try:
        return Answer.model_validate_json(content or "")
    except ValidationError:
        raise _Failed("the answer has not the shape that was asked for") from None
