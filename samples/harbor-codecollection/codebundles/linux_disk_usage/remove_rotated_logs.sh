#!/usr/bin/env bash
# Deletes rotated logs below /var/log that are older than LOG_MAX_AGE_DAYS. Needs: HOST and the settings of on_host.sh.
set -euo pipefail

: "${LOG_MAX_AGE_DAYS:=14}"
[[ $LOG_MAX_AGE_DAYS =~ ^[0-9]+$ ]] || { echo "LOG_MAX_AGE_DAYS is not a number: $LOG_MAX_AGE_DAYS" >&2; exit 2; }
source ./on_host.sh

echo "Removed:"
on_host "sudo -n find /var/log -xdev -type f \\( -name '*.gz' -o -name '*.xz' -o -name '*.[0-9]' \\) -mtime +$LOG_MAX_AGE_DAYS -print -delete"
