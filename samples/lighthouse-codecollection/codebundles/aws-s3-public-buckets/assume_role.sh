#!/usr/bin/env bash
# Sourced by the other scripts: changes into AWS_ROLE_ARN where one is given.
export AWS_REGION
if [[ -n ${AWS_ROLE_ARN:-} ]]; then
  credentials=$(aws sts assume-role --role-arn "$AWS_ROLE_ARN" --role-session-name lighthouse --query Credentials --output json)
  unset AWS_ROLE_ARN
  AWS_ACCESS_KEY_ID=$(jq -r .AccessKeyId <<< "$credentials")
  AWS_SECRET_ACCESS_KEY=$(jq -r .SecretAccessKey <<< "$credentials")
  AWS_SESSION_TOKEN=$(jq -r .SessionToken <<< "$credentials")
  export AWS_ACCESS_KEY_ID AWS_SECRET_ACCESS_KEY AWS_SESSION_TOKEN
fi

# Prints the answer of an S3 call, or the second argument when what is asked for was never set.
# Any other error, such as a missing permission, is an error.
setting() {
  local unset=$1 absent=$2 answer
  shift 2
  if answer=$("$@" --output json 2> aws_error.txt); then
    echo "$answer"
  elif grep -q -- "$unset" aws_error.txt; then
    echo "$absent"
  else
    cat aws_error.txt >&2
    return 1
  fi
}
