#!/usr/bin/env bash
# Lists filesystems that are at least DISK_WARNING_PERCENT full. Needs: HOST and the settings of on_host.sh.
# Writes: filesystem_usage.json
set -euo pipefail

: "${DISK_WARNING_PERCENT:=85}" "${EXCLUDED_MOUNTS:=}"
source ./on_host.sh

on_host 'df -P -k -x tmpfs -x devtmpfs -x squashfs' > df.txt
cat df.txt
jq --raw-input --slurp --argjson limit "$DISK_WARNING_PERCENT" --arg excluded "$EXCLUDED_MOUNTS" '
  [ split("\n")[1:][]
    | select(length > 0)
    | [splits(" +")]
    | { device: .[0], free_kib: (.[3] | tonumber), used_percent: (.[4] | rtrimstr("%") | tonumber), mount: (.[5:] | join(" ")) }
    | select(.used_percent >= $limit)
    | select($excluded == "" or (.mount | test($excluded) | not)) ]' df.txt > filesystem_usage.json
