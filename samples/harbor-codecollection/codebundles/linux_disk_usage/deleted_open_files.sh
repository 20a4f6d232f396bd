#!/usr/bin/env bash
# Shows deleted files that a process still holds open, the largest first. Needs: HOST and the settings of on_host.sh.
set -euo pipefail

source ./on_host.sh

# Without anything to show lsof fails as it does without permission, so permission is asked for first.
on_host "sudo -n -l lsof > /dev/null && sudo -n lsof -n -P +L1 2>/dev/null | sort --reverse --numeric-sort --key=7 | head -n 20"
