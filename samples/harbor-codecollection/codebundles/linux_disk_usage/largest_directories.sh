#!/usr/bin/env bash
# Shows the twenty largest directories below SCAN_PATH. Needs: HOST and the settings of on_host.sh.
set -euo pipefail

: "${SCAN_PATH:=/var}"
source ./on_host.sh

path=$(printf '%q' "$SCAN_PATH")
on_host "sudo -n -l du > /dev/null && sudo -n du --one-file-system --max-depth=3 --human-readable $path 2>/dev/null | sort --reverse --human-numeric-sort | head -n 20"
