#!/usr/bin/env bash
# Lists containers that wait for something other than a normal start.
# Needs: KUBE_CONTEXT, NAMESPACE. Writes: waiting_containers.json
set -euo pipefail

: "${KUBE_CLI:=kubectl}" "${WORKLOAD_FILTER:=}"

"$KUBE_CLI" --context "$KUBE_CONTEXT" --namespace "$NAMESPACE" get pods --output json |
  jq --arg filter "$WORKLOAD_FILTER" '
    [ .items[]
      | select(.metadata.name | startswith($filter))
      | .metadata.name as $pod
      | .status.containerStatuses[]?
      | select(.state.waiting.reason != null)
      | select(.state.waiting.reason | IN("ContainerCreating", "PodInitializing") | not)
      | { pod: $pod, container: .name, reason: .state.waiting.reason, message: (.state.waiting.message // "") } ]' \
    > waiting_containers.json

echo "Waiting containers in namespace $NAMESPACE: $(jq length waiting_containers.json)"
jq -r '.[] | "  \(.pod)/\(.container)  \(.reason)  \(.message)"' waiting_containers.json
