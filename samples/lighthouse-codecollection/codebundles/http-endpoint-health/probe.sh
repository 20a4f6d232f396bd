#!/usr/bin/env bash
# Requests ENDPOINT_URL once and prints status and times as JSON. An address that cannot be reached has status 0.
set -euo pipefail

: "${EXPECTED_TEXT:=}" "${VERIFY_TLS:=true}" "${API_TOKEN:=}"
options=(--silent --max-time 30 --output answer.txt --write-out '%{json}')
if [[ $VERIFY_TLS == false ]]; then
  options+=(--insecure)
fi
if [[ -n $API_TOKEN ]]; then
  # Through a file: arguments of a process can be read by every user of the machine.
  (umask 077 && printf 'Authorization: Bearer %s\n' "$API_TOKEN" > headers.txt)
  options+=(--header @headers.txt)
fi

: > answer.txt
times=$(curl "${options[@]}" "$ENDPOINT_URL" || true)
text_found=true
if [[ -n $EXPECTED_TEXT ]] && ! grep -q -F -- "$EXPECTED_TEXT" answer.txt; then
  text_found=false
fi

jq --argjson text_found "$text_found" '
  def ms: . * 1000 | round;
  { status: .http_code, text_found: $text_found, error: (.errormsg // ""), total_ms: (.time_total | ms),
    phases_ms: {
      lookup: (.time_namelookup | ms),
      connect: ((.time_connect - .time_namelookup) | [., 0] | max | ms),
      tls: ((.time_appconnect - .time_connect) | [., 0] | max | ms),
      wait: ((.time_starttransfer - ([.time_connect, .time_appconnect] | max)) | [., 0] | max | ms),
      transfer: ((.time_total - .time_starttransfer) | [., 0] | max | ms) } }' <<< "$times"
