#!/usr/bin/env bash
# Prints the four settings of the account's public access block as JSON. Needs: AWS_REGION and an access key.
set -euo pipefail

source ./assume_role.sh

account=$(aws sts get-caller-identity --query Account --output text)
setting NoSuchPublicAccessBlockConfiguration '{}' aws s3control get-public-access-block --account-id "$account" |
  jq '{ BlockPublicAcls: false, IgnorePublicAcls: false, BlockPublicPolicy: false, RestrictPublicBuckets: false }
      + (.PublicAccessBlockConfiguration // {})'
