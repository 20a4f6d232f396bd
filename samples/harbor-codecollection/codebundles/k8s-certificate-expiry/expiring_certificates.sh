#!/usr/bin/env bash
# Lists cert-manager certificates that end within EXPIRY_WARNING_DAYS.
# Needs: KUBE_CONTEXT, NAMESPACE. Writes: expiring_certificates.json
set -euo pipefail

: "${KUBE_CLI:=kubectl}" "${EXPIRY_WARNING_DAYS:=30}" "${IGNORED_ISSUERS:=}"
ignored=${IGNORED_ISSUERS//\"/}

"$KUBE_CLI" --context "$KUBE_CONTEXT" --namespace "$NAMESPACE" get certificates.cert-manager.io --output json |
  jq --argjson days "$EXPIRY_WARNING_DAYS" --arg ignored "$ignored" '
    ($ignored | split(",")) as $skip
    | [ .items[]
        | select(.status.notAfter != null)
        | select(.spec.issuerRef.name | IN($skip[]) | not)
        | { name: .metadata.name, issuer: .spec.issuerRef.name,
            dns_names: ((.spec.dnsNames // []) | join(", ")), not_after: .status.notAfter,
            days_left: (((.status.notAfter | fromdateiso8601) - now) / 86400 | floor) }
        | select(.days_left <= $days) ]
    | sort_by(.days_left)' > expiring_certificates.json

echo "Certificates in namespace $NAMESPACE that end within $EXPIRY_WARNING_DAYS days: $(jq length expiring_certificates.json)"
jq -r '.[] | "  \(.name)  days left: \(.days_left)  issuer: \(.issuer)  names: \(.dns_names)"' expiring_certificates.json
