#!/usr/bin/env bash
# nh3 0.3.8: attributes that `set_tag_attribute_values` adds come in another order with every call, so equal input gives
# unequal bytes.
#
# The mapping is copied into a hash map of Rust, which draws a seed for each cleaner; `clean()` makes a cleaner a call. Three
# attributes come in all of their six orders, in one process and between processes; PYTHONHASHSEED has no say in it. One
# `nh3.Cleaner` stays with the order that it drew, and the next process draws another. `link_rel`, attributes from the
# input and a mapping of a single attribute are not shuffled.
#
# A build that is compared byte by byte, or whose files are named by their digest, differs from itself. What helps: add
# the attributes to the input, in the order wanted, and allow them in `attributes`; they keep their places, and
# `set_tag_attribute_values` only changes their values.
#
# Source: this run. Packages: nh3, from the package index that pip is set up for.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

cat > orders.py <<'PY'
import sys

import nh3

FORCED = {"target": "_blank", "title": "t", "lang": "en"}
BARE = '<a href="https://example.org/">x</a>'
BROUGHT = '<a lang="" title="" target="" href="https://example.org/">x</a>'


def options(*, allowed=(), forced=FORCED, link_rel=None):
    return {
        "tags": {"a"},
        "attributes": {"a": {"href", *allowed}},
        "set_tag_attribute_values": {"a": forced},
        "link_rel": link_rel,
    }


if sys.argv[1] == "once":
    print(nh3.clean(BARE, **options()))
else:
    same = nh3.Cleaner(**options())
    brought = {nh3.clean(BROUGHT, **options(allowed=FORCED)) for _ in range(400)}
    assert brought == {'<a lang="en" title="t" target="_blank" href="https://example.org/">x</a>'}, brought
    print(
        len({nh3.clean(BARE, **options()) for _ in range(400)}),
        len({nh3.Cleaner(**options()).clean(BARE) for _ in range(400)}),
        len({same.clean(BARE) for _ in range(400)}),
        len({nh3.clean(BARE, **options(forced={"title": "t"}, link_rel="noopener")) for _ in range(400)}),
        len(brought),
    )
PY

python3 -m venv env
env/bin/pip install --quiet --disable-pip-version-check nh3==0.3.8
orders=$(env/bin/python orders.py many)
echo "orders in 400 calls, of clean(), of a new Cleaner each, of one Cleaner, of one attribute and rel, of attributes"
echo "that the input brings: $orders"

for _ in $(seq 30); do PYTHONHASHSEED=0 env/bin/python orders.py once; done | sort -u > processes
echo "in 30 processes with PYTHONHASHSEED=0:"
cat processes
[ "$orders" = "6 6 1 1 1" ] && [ "$(wc -l < processes)" -gt 1 ] ||
    { echo "this has changed: say so here, or remove this file"; exit 1; }
