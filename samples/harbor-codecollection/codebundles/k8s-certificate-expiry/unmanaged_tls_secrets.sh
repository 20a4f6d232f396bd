#!/usr/bin/env bash
# Lists TLS secrets that do not belong to a certificate resource. Only tls.crt is looked at.
# Needs: KUBE_CONTEXT, NAMESPACE, openssl. Writes: unmanaged_tls_secrets.json
set -euo pipefail

: "${KUBE_CLI:=kubectl}"

certificates=$("$KUBE_CLI" --context "$KUBE_CONTEXT" --namespace "$NAMESPACE" get secrets \
    --field-selector type=kubernetes.io/tls --output json |
  jq -r '.items[]
    | select(.metadata.annotations["cert-manager.io/certificate-name"] == null)
    | [.metadata.name, .data["tls.crt"]] | @tsv')

findings='[]'
while IFS=$'\t' read -r name certificate; do
  [[ -n $name ]] || continue
  pem=$(base64 --decode <<< "$certificate")
  subject=$(openssl x509 -noout -subject <<< "$pem")
  end=$(openssl x509 -noout -enddate <<< "$pem")
  not_after=$(date --utc --date "${end#notAfter=}" +%Y-%m-%dT%H:%M:%SZ)
  findings=$(jq --arg name "$name" --arg subject "${subject#subject=}" --arg not_after "$not_after" \
    '. + [{ name: $name, subject: $subject, not_after: $not_after }]' <<< "$findings")
done <<< "$certificates"

echo "$findings" > unmanaged_tls_secrets.json
echo "TLS secrets in namespace $NAMESPACE without a certificate resource: $(jq length unmanaged_tls_secrets.json)"
jq -r '.[] | "  \(.name)  ends: \(.not_after)  \(.subject)"' unmanaged_tls_secrets.json
