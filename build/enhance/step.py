"""Ask a model about the bundles that are new or changed, within a budget, and store its answers."""

import hashlib
import json
import time
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from threading import Event, Lock
from typing import TYPE_CHECKING, Any

from pydantic import ValidationError

from build.enhance import prompt
from build.enhance.answer import SCHEMA, Answer, Enhancement, Tokens, keep_valid
from build.enhance.store import load, store
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
from search_fn.provider import Provider
from search_fn.retries import retry_after

if TYPE_CHECKING:
    from openai import OpenAI

# A bundle to ask about, and the key that its answer will have.
Due = tuple[CatalogueEntry, str]
# Calls at the same time, and calls about one bundle.
THREADS = 4
ATTEMPTS = 4
# Seconds: before the second call about a bundle (doubled with each further one), the longest pause that a provider may
# ask for, and the time limit of a call.
PAUSE, LONGEST_PAUSE, TIMEOUT = 1.0, 60.0, 120.0
# Tokens of an answer at most, which are reserved in the budget.
ANSWER_TOKENS = 4_000
# Failures in a row at which the step ends: a provider that fails so often fails for the other bundles too.
GIVE_UP = 5


class _CallError(Exception):
    """A call without a usable answer. `pause` are the seconds for which the provider asks to wait, None where a retry
    cannot help. `counts` is added to the provider's failures in a row; GIVE_UP ends the step at once.
    """

    def __init__(self, message: str, pause: float | None = 0, counts: int = 0) -> None:
        super().__init__(message)
        self.pause, self.counts = pause, counts


class _StoppedError(Exception):
    """The step has ended: no budget is left, or it was interrupted."""


def due(entries: Iterable[CatalogueEntry], options: Options, model: str | None, *, force: bool = False) -> list[Due]:
    """Return the bundles without a current answer, with the key that it will have.

    Args:
        entries: All bundles.
        options: Where answers are stored, and which bundles the run is limited to.
        model: The model that is asked: an answer is current if it is this model's, to this prompt, about the present
            files. None compares the files alone.
        force: Whether bundles with a current answer are asked about too.
    """
    question = f"{model}\0{prompt.INSTRUCTIONS}\0{prompt.INPUT_TOKENS}\0{json.dumps(SCHEMA)}"
    bundles = []
    for entry in entries:
        content = prompt.content_of(entry)
        key = hashlib.sha256(f"{content}\0{question}".encode()).hexdigest()
        stored, _ = load(options.enhancements, entry)
        is_current = stored is not None and (stored.key == key if model else stored.content == content)
        is_selected = not options.only or bool({entry.id, entry.collection.slug} & set(options.only))
        if is_selected and (force or not is_current):
            bundles.append((entry, key))
    return bundles


def material(entry: CatalogueEntry, options: Options) -> prompt.Material:
    """Return what is sent about a bundle, with the content of its files read from the cache."""
    oids = {file.oid for file in prompt.sent_files(entry)}
    return prompt.material(entry, read_blobs(entry.collection, options.cache, oids))


def enhance(
    bundles: Sequence[Due],
    options: Options,
    provider: Provider,
    track: Tracker,
    tell: Callable[[str], None] = lambda sentence: None,
) -> tuple[list[Problem], Asked]:
    """Ask about each bundle and store the answers as they come.

    Args:
        bundles: Bundles with the keys of their answers, as `due` returns them.
        options: The budget, and where answers are stored.
        provider: Who is asked.
        track: Shows the progress.
        tell: Gets a sentence when the provider asks for a pause, from any thread.

    Returns:
        A problem for each bundle without an answer, and counts for the report; `left` counts the bundles that were not
        asked about, for want of budget or since the provider failed.
    """
    step = _Step(options, provider, tell)
    outcomes: list[Problem | bool] = []
    if bundles:
        with provider.client(max_retries=0) as client, ThreadPoolExecutor(THREADS) as pool:
            try:
                answers = pool.map(lambda one: step.enhance(client, *one), bundles)
                outcomes = list(track(answers, len(bundles)))
            finally:
                step.end("it was interrupted")
    problems = [outcome for outcome in outcomes if isinstance(outcome, Problem)]
    left = outcomes.count(False)
    return problems, {
        "calls": step.calls,
        "answered": outcomes.count(True),
        "failed": len(problems),
        "left": left,
        "prompt_tokens": step.prompt_tokens,
        "completion_tokens": step.completion_tokens,
        "stopped": step.stopped if left else None,
    }


class _Step:
    """One run of the step: what it has spent, and why it ended. Safe to share between threads."""

    def __init__(self, options: Options, provider: Provider, tell: Callable[[str], None]) -> None:
        self.calls = self.prompt_tokens = self.completion_tokens = 0
        self.stopped: str | None = None
        self._options, self._provider, self._tell = options, provider, tell
        self._ended, self._lock = Event(), Lock()
        self._until = time.monotonic() + options.max_seconds if options.max_seconds is not None else float("inf")
        self._reserved = self._failed = 0

    def end(self, why: str) -> None:
        """Let no further call begin; the first reason is kept."""
        self.stopped = self.stopped or why
        self._ended.set()

    def enhance(self, client: "OpenAI", entry: CatalogueEntry, key: str) -> Problem | bool:
        """Ask about one bundle and store the answer.

        Args:
            client: The provider's.
            entry: The bundle.
            key: The key of the answer.

        Returns:
            True for an answer, a problem where there is none, False where the step has ended.
        """
        if self._ended.is_set():
            return False
        try:
            answer = self._ask(client, entry, key, material(entry, self._options))
        except _StoppedError:
            return False
        except _CallError as failure:
            self._failed = self._failed + failure.counts if failure.counts else 0
            if self._failed >= GIVE_UP:
                self.end(f"{failure}; the other bundles are left")
            message = f"the model gave no answer that can be used: {failure}"
            return problem("not-enhanced", message, collection=entry.collection.slug, bundle=entry.bundle.name)
        self._failed = 0
        store(self._options.enhancements, entry, answer)
        return True

    def _ask(self, client: "OpenAI", entry: CatalogueEntry, key: str, sent: prompt.Material) -> Enhancement:
        """Return an answer, with retries.

        Raises:
            _CallError: The last call had no usable answer.
            _StoppedError: The step has ended.
        """
        for attempt in range(ATTEMPTS):
            try:
                return self._ask_once(client, entry, key, sent)
            except _CallError as failure:
                if failure.pause is None or failure.pause > LONGEST_PAUSE or attempt == ATTEMPTS - 1:
                    raise
                requested, reason = failure.pause, str(failure)
            pause = max(requested, PAUSE * 2**attempt)
            if time.monotonic() + pause >= self._until:
                self.end("--max-seconds is reached")
            elif requested and not self._ended.is_set():
                self._tell(f"{reason}; {entry.id} is asked about again in {pause:.0f} s")
            self._ended.wait(pause)
        raise _StoppedError

    def _ask_once(self, client: "OpenAI", entry: CatalogueEntry, key: str, sent: prompt.Material) -> Enhancement:
        """Return the answer of one call.

        Raises:
            _CallError: The call has no usable answer.
            _StoppedError: The budget has no room for it.
        """
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
            raise _status_error(error) from None
        except (openai.OpenAIError, ValueError, RecursionError) as error:
            # Only the error's type is passed on: its text can repeat the key or the address.
            message = f"the provider did not answer, or not by its protocol ({type(error).__name__})"
            raise _CallError(message, 0, 1) from None
        finally:
            with self._lock:
                self._reserved -= reserved
                self.prompt_tokens += used.prompt
                self.completion_tokens += used.completion
        valid, problems = keep_valid(answer, entry, sent.texts)
        if not valid.description:
            raise _CallError("it describes nothing")
        return Enhancement(
            key=key,
            content=prompt.content_of(entry),
            model=self._provider.model,
            date=datetime.now(UTC).date().isoformat(),
            tokens=used,
            seconds=round(time.monotonic() - begin, 2),
            answer=valid,
            problems=problems,
        )

    def _begin(self, tokens: int) -> float:
        """Reserve a call in the budget and return the seconds that it may take.

        Raises:
            _StoppedError: The budget has no room for it.
        """
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
                raise _StoppedError
            self.calls += 1
            self._reserved += tokens
        return min(TIMEOUT, left)


def _status_error(error: Any) -> _CallError:
    """Return the error for an HTTP status: whether a retry can help, after which pause, and how much it counts."""
    status, pause = error.status_code, retry_after(error.response.headers) or 0.0
    message = f"the provider answered {status}"
    if status in (401, 403, 404) or error.code == "insufficient_quota":
        return _CallError(f"{message}: check the key, the model's name and the endpoint", None, GIVE_UP)
    if status in (408, 409, 429) or status >= 500:
        return _CallError(f"{message} and asks for a pause of {pause:.0f} s" if pause else message, pause, 1)
    return _CallError(message, None)


def _read(completion: Any) -> Answer:
    try:
        choice = completion.choices[0]
        refusal, finish, content = choice.message.refusal, choice.finish_reason, choice.message.content
    except (AttributeError, IndexError, TypeError):
        raise _CallError("the provider did not answer by its protocol", 0, 1) from None
    if refusal or finish == "content_filter":
        raise _CallError("the model refused")
    if finish == "length":
        raise _CallError("the answer was cut")
    try:
        return Answer.model_validate_json(content or "")
    except ValidationError:
        raise _CallError("the answer does not have the shape that was asked for") from None
