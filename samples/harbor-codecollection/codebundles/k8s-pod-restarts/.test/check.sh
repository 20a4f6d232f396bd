#!/usr/bin/env bash
# Runs every script against the recorded answers, in a folder of its own.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cp "$here"/../*.sh "$work"
cd "$work"
export KUBE_CLI="$here/client.sh" KUBE_CONTEXT=test NAMESPACE=checkout LOG_ERROR_PATTERN='fatal|exit code=[1-9]'
for script in restarting_containers waiting_containers oom_kills crash_logs failing_probes; do
  bash "$script.sh"
  found=$(jq length "$script.json")
  [[ $found == 1 ]] || { echo "$script: 1 finding expected, $found found" >&2; exit 1; }
done
echo "all scripts found what they should"
