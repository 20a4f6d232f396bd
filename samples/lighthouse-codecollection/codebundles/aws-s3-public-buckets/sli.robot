*** Settings ***
Documentation       Scores the S3 buckets of an AWS account: none public that should not be, the account's public access block complete.
Metadata            Author    lighthouse-maintainers
Metadata            Display Name    AWS S3 Public Buckets
Metadata            Supports    AWS, S3, Security

Library             RW.Core
Library             RW.CLI

Suite Setup         Suite Initialization


*** Tasks ***
Count Public Buckets in Account `${AWS_ACCOUNT}`
    [Documentation]    Pushes 1 while no more buckets are public than allowed, else 0.
    [Tags]    access:read-only    aws    s3    security    data:metrics
    ${result}=    RW.CLI.Run Bash File
    ...    bash_file=public_buckets.sh
    ...    env=${env}
    ...    secret__AWS_ACCESS_KEY_ID=${AWS_ACCESS_KEY_ID}
    ...    secret__AWS_SECRET_ACCESS_KEY=${AWS_SECRET_ACCESS_KEY}
    ...    timeout_seconds=600
    Should Be Equal As Integers    ${result.returncode}    0    msg=${result.stderr}    values=False
    ${count}=    RW.CLI.Run Cli    cmd=jq length public_buckets.json    include_in_history=False
    ${bucket_score}=    Evaluate    1 if int($count.stdout) <= int("${MAX_PUBLIC_BUCKETS}") else 0
    Set Suite Variable    ${bucket_score}
    RW.Core.Push Metric    ${bucket_score}    sub_name=public_buckets

Check the Public Access Block of Account `${AWS_ACCOUNT}`
    [Documentation]    Pushes the share of the block's four settings that are on.
    [Tags]    access:read-only    aws    s3    security    data:metrics
    ${result}=    RW.CLI.Run Bash File
    ...    bash_file=account_block.sh
    ...    env=${env}
    ...    secret__AWS_ACCESS_KEY_ID=${AWS_ACCESS_KEY_ID}
    ...    secret__AWS_SECRET_ACCESS_KEY=${AWS_SECRET_ACCESS_KEY}
    Should Be Equal As Integers    ${result.returncode}    0    msg=${result.stderr}    values=False
    ${block_score}=    Evaluate    statistics.mean(json.loads($result.stdout).values())    json, statistics
    Set Suite Variable    ${block_score}
    RW.Core.Push Metric    ${block_score}    sub_name=account_block

Score Buckets of Account `${AWS_ACCOUNT}`
    [Documentation]    Pushes the worse of both: a complete block does not make up for a public bucket.
    [Tags]    access:read-only    aws    s3    score    data:metrics
    ${score}=    Evaluate    min(${bucket_score}, ${block_score})
    RW.Core.Push Metric    ${score}


*** Keywords ***
Suite Initialization
    ${AWS_ACCESS_KEY_ID}=    RW.Core.Import Secret    AWS_ACCESS_KEY_ID
    ...    type=string
    ...    description=The id of an access key that may read the settings of buckets.
    ...    pattern=.*
    ${AWS_SECRET_ACCESS_KEY}=    RW.Core.Import Secret    AWS_SECRET_ACCESS_KEY
    ...    type=string
    ...    description=The secret of the access key.
    ...    pattern=.*
    ${AWS_REGION}=    RW.Core.Import User Variable    AWS_REGION
    ...    type=string
    ...    description=The region that requests are sent to. Buckets of all regions are counted.
    ...    pattern=^[a-z]{2}(-[a-z]+)+-[0-9]$
    ...    example=eu-central-1
    ${AWS_ACCOUNT}=    RW.Core.Import User Variable    AWS_ACCOUNT_NAME
    ...    type=string
    ...    description=What the account is called in reports and issues.
    ...    pattern=.+
    ...    example=lighthouse-prod
    ${ALLOWED_PUBLIC_BUCKETS}=    RW.Core.Import User Variable    ALLOWED_PUBLIC_BUCKETS
    ...    type=string
    ...    description=Buckets, separated by commas, that are meant to be public and not counted.
    ...    pattern=.*
    ...    example=www.example.org,downloads.example.org
    ...    default=''
    ${MAX_PUBLIC_BUCKETS}=    RW.Core.Import User Variable    MAX_PUBLIC_BUCKETS
    ...    type=integer
    ...    description=Public buckets, beside the allowed ones, that are still healthy.
    ...    pattern=^[0-9]+$
    ...    example=0
    ...    default=0
    ${env}=    Create Dictionary
    ...    AWS_REGION=${AWS_REGION}
    ...    ALLOWED_PUBLIC_BUCKETS=${ALLOWED_PUBLIC_BUCKETS}
    Set Suite Variable    ${AWS_ACCESS_KEY_ID}
    Set Suite Variable    ${AWS_SECRET_ACCESS_KEY}
    Set Suite Variable    ${AWS_ACCOUNT}
    Set Suite Variable    ${env}
