#!/usr/bin/env bash
# Lists buckets that everyone can reach. Needs: AWS_REGION and an access key. Writes: public_buckets.json
set -euo pipefail

: "${BUCKET_PREFIX:=}" "${ALLOWED_PUBLIC_BUCKETS:=}"
source ./assume_role.sh
allowed=,${ALLOWED_PUBLIC_BUCKETS//\'/},

buckets=$(aws s3api list-buckets --output json |
  jq -r --arg prefix "$BUCKET_PREFIX" '.Buckets[].Name | select(startswith($prefix))')

findings='[]'
for bucket in $buckets; do
  block=$(setting NoSuchPublicAccessBlockConfiguration '{}' aws s3api get-public-access-block --bucket "$bucket")
  policy=$(setting NoSuchBucketPolicy '{}' aws s3api get-bucket-policy-status --bucket "$bucket")
  acl=$(aws s3api get-bucket-acl --bucket "$bucket" --output json)
  through=$(jq -rn --argjson block "$block" --argjson policy "$policy" --argjson acl "$acl" '
    ($block.PublicAccessBlockConfiguration // {}) as $block
    | [ (if $policy.PolicyStatus.IsPublic and ($block.RestrictPublicBuckets | not) then "policy" else empty end),
        (if any($acl.Grants[]; (.Grantee.URI // "") | test("global/(AllUsers|AuthenticatedUsers)$")) and ($block.IgnorePublicAcls | not)
         then "access control list" else empty end) ]
    | join(" and ")')
  [[ -n $through ]] || continue
  if [[ $allowed == *,"$bucket",* ]]; then
    echo "  $bucket is public through its $through, as allowed"
    continue
  fi
  region=$(aws s3api get-bucket-location --bucket "$bucket" --output json | jq -r '.LocationConstraint // "us-east-1"')
  findings=$(jq --arg bucket "$bucket" --arg through "$through" --arg region "$region" \
    '. + [{ bucket: $bucket, through: $through, region: $region }]' <<< "$findings")
done

echo "$findings" > public_buckets.json
echo "Public buckets: $(jq length public_buckets.json)"
jq -r '.[] | "  \(.bucket)  \(.region)  through its \(.through)"' public_buckets.json
