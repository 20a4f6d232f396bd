#!/usr/bin/env bash
# httpx 0.28.1 and httpx2 2.16.2: a request that is cancelled during the TLS handshake leaves its socket open, and closing
# the client does not close it.
#
# httpcore's start_tls() closes the connection on `except Exception`. Its own time limit arrives there as an exception and the
# socket is closed at once; a cancellation (`asyncio.timeout`, `wait_for`, a cancelled task or task group) is a
# BaseException and passes by. The pool has forgotten the connection by then and says that it has none, so neither its limits
# nor `async with` see it. Only the collector of cycles closes it, with a ResourceWarning, whenever it next comes by; until then
# the peer waits for the rest of the handshake.
#
# Who bounds a request from outside, against a peer that accepts and is slow to answer, gathers open sockets. A `timeout` of
# the client's own that is shorter than the outer one keeps them closed.
#
# Below, a server on loopback that reads the first message of five handshakes and does not answer. Source: this run.
# Packages: httpx, httpcore, httpx2, httpcore2, anyio, from the package index that pip is set up for.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

cat > handshakes.py <<'PY'
import asyncio
import gc
import importlib
import ssl
import sys
import warnings

httpx = importlib.import_module(sys.argv[1])
CALLS = 5


async def closed(server_ends, seconds):
    """Return how many connections the server has seen the end of; wait for all, but not longer than this."""
    if server_ends:
        await asyncio.wait(server_ends, timeout=seconds)
    return sum(end.done() for end in server_ends)


async def main():
    greeted = asyncio.Queue()
    ends = []

    async def hear(reader, writer):
        end = asyncio.get_running_loop().create_future()
        ends.append(end)
        await reader.read(1)
        greeted.put_nowait(None)
        try:
            await reader.read()
        except ConnectionError:
            pass
        end.set_result(None)
        writer.close()

    server = await asyncio.start_server(hear, "127.0.0.1", 0)
    address = f"https://127.0.0.1:{server.sockets[0].getsockname()[1]}/"
    context = ssl.create_default_context()

    async with httpx.AsyncClient(verify=context, trust_env=False, timeout=1) as client:
        for _ in range(CALLS):
            try:
                await client.get(address)
            except httpx.ConnectTimeout:
                pass
    print("own limit:", await closed(ends, 20), "of", len(ends), "closed with the client")

    ends.clear()
    while not greeted.empty():
        greeted.get_nowait()
    async with httpx.AsyncClient(verify=context, trust_env=False, timeout=60) as client:
        for _ in range(CALLS):
            call = asyncio.ensure_future(client.get(address))
            await greeted.get()
            call.cancel()
            await asyncio.wait([call])
            assert call.cancelled()
    del client, call
    print("cancelled:", await closed(ends, 2), "of", len(ends), "closed with the client")
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        gc.collect()
    left = sum(str(warning.message).startswith("unclosed <socket") for warning in caught)
    print("cancelled:", await closed(ends, 20), "of", len(ends), "closed after gc.collect(), warnings of sockets:", left)
    server.close()


gc.disable()  # else it is chance whether the collector has come by
asyncio.run(main())
PY

cat > expected <<'TXT'
own limit: 5 of 5 closed with the client
cancelled: 0 of 5 closed with the client
cancelled: 5 of 5 closed after gc.collect(), warnings of sockets: 5
TXT

python3 -m venv env
env/bin/pip install --quiet --disable-pip-version-check \
    httpx==0.28.1 httpcore==1.0.9 httpx2==2.16.2 httpcore2==2.16.2 anyio==4.16.0
for name in httpx httpx2; do
    echo "$name:"
    env/bin/python handshakes.py "$name" | tee seen
    diff expected seen || { echo "this has changed: say so here, or remove this file"; exit 1; }
done
