#!/usr/bin/env bash
# Keeps the lines that match LOG_ERROR_PATTERN from the log before the last restart of each restarting container.
# Needs: KUBE_CONTEXT, NAMESPACE, LOG_ERROR_PATTERN. Writes: crash_logs.json
set -euo pipefail

: "${KUBE_CLI:=kubectl}"

bash ./restarting_containers.sh > /dev/null

findings='[]'
while IFS=$'\t' read -r pod container; do
  log=$("$KUBE_CLI" --context "$KUBE_CONTEXT" --namespace "$NAMESPACE" logs "$pod" --container "$container" \
    --previous --tail=200 --limit-bytes=256000 2> /dev/null) || { echo "  $pod/$container: no log of the last run"; continue; }
  matches=$(grep -E -i -c -- "$LOG_ERROR_PATTERN" <<< "$log" || true)
  echo "  $pod/$container: $matches matching lines"
  if (( matches > 0 )); then
    lines=$(grep -E -i -m 10 -- "$LOG_ERROR_PATTERN" <<< "$log")
    findings=$(jq --arg pod "$pod" --arg container "$container" --arg lines "$lines" --argjson matches "$matches" \
      '. + [{ pod: $pod, container: $container, matches: $matches, lines: $lines }]' <<< "$findings")
  fi
done < <(jq -r '.[] | [.pod, .container] | @tsv' restarting_containers.json)

echo "$findings" > crash_logs.json
echo "Containers with errors in their last log in namespace $NAMESPACE: $(jq length crash_logs.json)"
