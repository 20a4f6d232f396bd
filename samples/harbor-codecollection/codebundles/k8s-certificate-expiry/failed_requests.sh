#!/usr/bin/env bash
# Lists certificate requests that cert-manager gave up on.
# Needs: KUBE_CONTEXT, NAMESPACE. Writes: failed_requests.json
set -euo pipefail

: "${KUBE_CLI:=kubectl}"

"$KUBE_CLI" --context "$KUBE_CONTEXT" --namespace "$NAMESPACE" get certificaterequests.cert-manager.io --output json |
  jq '[ .items[]
        | . as $request
        | .status.conditions[]?
        | select(.type == "Ready" and .status == "False" and (.reason | IN("Failed", "Denied")))
        | { name: $request.metadata.name,
            certificate: ($request.metadata.annotations["cert-manager.io/certificate-name"] // "unknown"),
            reason, message: (.message // "") } ]' > failed_requests.json

echo "Failed certificate requests in namespace $NAMESPACE: $(jq length failed_requests.json)"
jq -r '.[] | "  \(.name)  certificate: \(.certificate)  \(.reason): \(.message)"' failed_requests.json
