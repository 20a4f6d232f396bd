#!/usr/bin/env bash
# FastAPI 0.165.0: an application that nobody holds any more is never freed, nor what its routes close over.
#
# Whether a route's function is a coroutine, a generator or an asynchronous generator is remembered in three caches of the
# module fastapi.dependencies.models (`functools.lru_cache`, by the function's identity). They hold the function itself. A
# function that is defined inside a factory (`create_app`) holds what it closes over: the application, its state, whatever
# that has open. Neither dropping the application nor the garbage collector frees it; only other routes push it out, 4,096
# functions later. 0.115.14 frees it.
#
# One process with one application notices nothing. A test suite that makes an application a test keeps all of them: with an
# index of 140 MB in each, 5 GB. Clearing these caches before the next application is made keeps it at one.
#
# Source: this run. Packages: fastapi, from the package index that pip is set up for.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

cat > applications.py <<'PY'
import asyncio
import gc
import weakref

import fastapi


class Index:
    """Stands for what is large."""


def create_app(index):
    app = fastapi.FastAPI(openapi_url=None)

    @app.get("/")
    async def read():
        return {"index": type(index).__name__}

    return app


async def ask(app):
    sent = []
    scope = {
        "type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "method": "GET", "scheme": "http", "path": "/",
        "raw_path": b"/", "root_path": "", "query_string": b"", "headers": [], "client": None, "server": None,
    }

    async def receive():
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message):
        sent.append(message)

    await app(scope, receive, send)
    return sent[0]["status"]


alive = weakref.WeakSet()
for _ in range(5):
    index = Index()
    alive.add(index)
    assert asyncio.run(ask(create_app(index))) == 200
    del index
gc.collect()
print(len(alive))
PY

left_of_five() { # FASTAPI_VERSION
    python3 -m venv "env-$1"
    "env-$1/bin/pip" install --quiet --disable-pip-version-check "fastapi==$1"
    "env-$1/bin/python" applications.py
}

before=$(left_of_five 0.115.14)
now=$(left_of_five 0.165.0)
echo "of five applications that nobody holds, alive after gc.collect(): fastapi 0.115.14: $before, fastapi 0.165.0: $now"
[ "$before" = 0 ] && [ "$now" = 5 ] || { echo "this has changed: say so here, or remove this file"; exit 1; }
