#!/usr/bin/env bash
# Lists buckets whose policy does not deny requests without TLS. Needs: AWS_REGION and an access key. Writes: insecure_buckets.json
set -euo pipefail

: "${BUCKET_PREFIX:=}"
source ./assume_role.sh

buckets=$(aws s3api list-buckets --output json |
  jq -r --arg prefix "$BUCKET_PREFIX" '.Buckets[].Name | select(startswith($prefix))')
for bucket in $buckets; do
  setting NoSuchBucketPolicy '{"Policy": "{}"}' aws s3api get-bucket-policy --bucket "$bucket" |
    jq --arg bucket "$bucket" '
      .Policy | fromjson | [ .Statement[]? | select(.Effect == "Deny")
        | .Condition.Bool["aws:SecureTransport"] | select(. != null) | tostring | select(test("false")) ]
      | if length == 0 then { bucket: $bucket } else empty end'
done | jq --slurp . > insecure_buckets.json

echo "Buckets that accept unencrypted connections: $(jq length insecure_buckets.json)"
jq -r '.[] | "  \(.bucket)"' insecure_buckets.json
