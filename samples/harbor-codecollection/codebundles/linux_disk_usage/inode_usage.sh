#!/usr/bin/env bash
# Lists filesystems that use at least DISK_WARNING_PERCENT of their inodes. Needs: HOST and the settings of on_host.sh.
# Writes: inode_usage.json
set -euo pipefail

: "${DISK_WARNING_PERCENT:=85}" "${EXCLUDED_MOUNTS:=}"
source ./on_host.sh

on_host 'df -P -i -x tmpfs -x devtmpfs -x squashfs' > inodes.txt
cat inodes.txt
# Filesystems that make inodes as they need them show "-": they cannot run out.
jq --raw-input --slurp --argjson limit "$DISK_WARNING_PERCENT" --arg excluded "$EXCLUDED_MOUNTS" '
  [ split("\n")[1:][]
    | select(length > 0)
    | [splits(" +")]
    | select(.[4] != "-")
    | { device: .[0], free_inodes: (.[3] | tonumber), used_percent: (.[4] | rtrimstr("%") | tonumber), mount: (.[5:] | join(" ")) }
    | select(.used_percent >= $limit)
    | select($excluded == "" or (.mount | test($excluded) | not)) ]' inodes.txt > inode_usage.json
