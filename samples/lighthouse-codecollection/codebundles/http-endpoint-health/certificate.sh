#!/usr/bin/env bash
# Prints subject, issuer and end of the certificate that ENDPOINT_URL shows as JSON. Needs: openssl.
set -euo pipefail

[[ $ENDPOINT_URL =~ ^https://([^/:?#]+)(:([0-9]+))? ]] || { echo "not an https address: $ENDPOINT_URL" >&2; exit 2; }
host=${BASH_REMATCH[1]}
port=${BASH_REMATCH[3]:-443}

pem=$(openssl s_client -connect "$host:$port" -servername "$host" < /dev/null 2> /dev/null | openssl x509)
end=$(openssl x509 -noout -enddate <<< "$pem")
seconds=$(date --utc --date "${end#notAfter=}" +%s)
jq --null-input \
  --arg subject "$(openssl x509 -noout -subject <<< "$pem" | sed 's/^subject=//')" \
  --arg issuer "$(openssl x509 -noout -issuer <<< "$pem" | sed 's/^issuer=//')" \
  --arg not_after "${end#notAfter=}" --argjson ends "$seconds" \
  '{ subject: $subject, issuer: $issuer, not_after: $not_after, days_left: (($ends - now) / 86400 | floor) }'
