*** Settings ***
Documentation       Finds S3 buckets of an AWS account that are open to the public, and buckets that accept unencrypted connections.
Metadata            Author    lighthouse-maintainers
Metadata            Display Name    AWS S3 Public Buckets
Metadata            Supports    AWS, S3, Security

Library             RW.Core
Library             RW.CLI

Suite Setup         Suite Initialization


*** Tasks ***
List Buckets Open to the Public in Account `${AWS_ACCOUNT}`
    [Documentation]    Lists buckets whose policy or access control list lets everyone in and that no public access block protects.
    ...                Buckets in `ALLOWED_PUBLIC_BUCKETS`, such as websites, are listed without an issue.
    [Tags]    access:read-only    aws    s3    buckets    public access    security    data:config
    ${result}=    RW.CLI.Run Bash File
    ...    bash_file=public_buckets.sh
    ...    env=${env}
    ...    secret__AWS_ACCESS_KEY_ID=${AWS_ACCESS_KEY_ID}
    ...    secret__AWS_SECRET_ACCESS_KEY=${AWS_SECRET_ACCESS_KEY}
    ...    secret__AWS_ROLE_ARN=${AWS_ROLE_ARN}
    ...    timeout_seconds=600
    ${buckets}=    Read Findings    ${result}    public_buckets.json
    RW.Core.Add Pre To Report    ${result.stdout}
    FOR    ${bucket}    IN    @{buckets}
        RW.Core.Add Issue
        ...    severity=1
        ...    expected=Buckets of account `${AWS_ACCOUNT}` are private
        ...    actual=Bucket `${bucket["bucket"]}` is open to everyone through its ${bucket["through"]}
        ...    title=S3 bucket `${bucket["bucket"]}` in account `${AWS_ACCOUNT}` is public
        ...    reproduce_hint=${result.cmd}
        ...    details=Region: ${bucket["region"]}
        ...    next_steps=Ask the owner whether the bucket serves a website\nBlock public access: aws s3api put-public-access-block
    END

Check the Public Access Block of Account `${AWS_ACCOUNT}`
    [Documentation]    Shows whether the whole account refuses public buckets, which protects buckets that are made tomorrow.
    [Tags]    access:read-only    aws    s3    public access    security    data:config
    ${result}=    RW.CLI.Run Bash File
    ...    bash_file=account_block.sh
    ...    env=${env}
    ...    secret__AWS_ACCESS_KEY_ID=${AWS_ACCESS_KEY_ID}
    ...    secret__AWS_SECRET_ACCESS_KEY=${AWS_SECRET_ACCESS_KEY}
    ...    secret__AWS_ROLE_ARN=${AWS_ROLE_ARN}
    Should Be Equal As Integers    ${result.returncode}    0    msg=${result.stderr}    values=False
    RW.Core.Add Pre To Report    Public access block of account ${AWS_ACCOUNT}:\n${result.stdout}
    ${block}=    Evaluate    json.loads($result.stdout)    json
    IF    not all($block.values())
        RW.Core.Add Issue
        ...    severity=3
        ...    expected=Account `${AWS_ACCOUNT}` blocks public access to all buckets
        ...    actual=At least one of the four settings is off
        ...    title=Public access block of account `${AWS_ACCOUNT}` is incomplete
        ...    reproduce_hint=${result.cmd}
        ...    details=${result.stdout}
        ...    next_steps=List the public buckets of account `${AWS_ACCOUNT}`, then turn the block on
    END

List Buckets That Accept Unencrypted Connections in Account `${AWS_ACCOUNT}`
    [Documentation]    Lists buckets without a policy statement that denies requests without TLS (aws:SecureTransport).
    [Tags]    access:read-only    aws    s3    encryption    tls    security    data:config
    ${result}=    RW.CLI.Run Bash File
    ...    bash_file=insecure_buckets.sh
    ...    env=${env}
    ...    secret__AWS_ACCESS_KEY_ID=${AWS_ACCESS_KEY_ID}
    ...    secret__AWS_SECRET_ACCESS_KEY=${AWS_SECRET_ACCESS_KEY}
    ...    secret__AWS_ROLE_ARN=${AWS_ROLE_ARN}
    ...    timeout_seconds=600
    ${buckets}=    Read Findings    ${result}    insecure_buckets.json
    RW.Core.Add Pre To Report    ${result.stdout}
    IF    len($buckets) > 0
        RW.Core.Add Issue
        ...    severity=4
        ...    expected=Buckets of account `${AWS_ACCOUNT}` refuse connections without TLS
        ...    actual=Buckets that accept them: ${{len($buckets)}}
        ...    title=S3 buckets in account `${AWS_ACCOUNT}` accept unencrypted connections
        ...    reproduce_hint=${result.cmd}
        ...    details=${result.stdout}
        ...    next_steps=Add a statement to the buckets' policies that denies requests where aws:SecureTransport is false
    END


*** Keywords ***
Suite Initialization
    Import Credentials
    ${AWS_REGION}=    RW.Core.Import User Variable    AWS_REGION
    ...    type=string
    ...    description=The region that requests are sent to. Buckets of all regions are listed.
    ...    pattern=^[a-z]{2}(-[a-z]+)+-[0-9]$
    ...    example=eu-central-1
    ${AWS_ACCOUNT}=    RW.Core.Import User Variable    AWS_ACCOUNT_NAME
    ...    type=string
    ...    description=What the account is called in reports and issues.
    ...    pattern=.+
    ...    example=lighthouse-prod
    ${BUCKET_PREFIX}=    RW.Core.Import User Variable    BUCKET_PREFIX
    ...    type=string
    ...    description=Only buckets whose name starts with this. Empty looks at all of them.
    ...    pattern=.*
    ...    example=media-
    ...    default=
    ${ALLOWED_PUBLIC_BUCKETS}=    RW.Core.Import User Variable    ALLOWED_PUBLIC_BUCKETS
    ...    type=string
    ...    description=Buckets, separated by commas, that are meant to be public.
    ...    pattern=.*
    ...    example=www.example.org,downloads.example.org
    ...    default=''
    ${env}=    Create Dictionary
    ...    AWS_REGION=${AWS_REGION}
    ...    BUCKET_PREFIX=${BUCKET_PREFIX}
    ...    ALLOWED_PUBLIC_BUCKETS=${ALLOWED_PUBLIC_BUCKETS}
    Set Suite Variable    ${AWS_ACCOUNT}
    Set Suite Variable    ${env}

Import Credentials
    ${AWS_ACCESS_KEY_ID}=    RW.Core.Import Secret    AWS_ACCESS_KEY_ID
    ...    type=string
    ...    description=The id of an access key that may read the settings of buckets.
    ...    pattern=.*
    ${AWS_SECRET_ACCESS_KEY}=    RW.Core.Import Secret    AWS_SECRET_ACCESS_KEY
    ...    type=string
    ...    description=The secret of the access key.
    ...    pattern=.*
    ${AWS_ROLE_ARN}=    RW.Core.Import Secret    AWS_ROLE_ARN
    ...    type=string
    ...    description=A role to assume, where the key itself may do nothing else.
    ...    pattern=^arn:aws:iam::[0-9]{12}:role/.+
    ...    optional=True
    Set Suite Variable    ${AWS_ACCESS_KEY_ID}
    Set Suite Variable    ${AWS_SECRET_ACCESS_KEY}
    Set Suite Variable    ${AWS_ROLE_ARN}

Read Findings
    [Documentation]    Fails the task when the script failed, so that a check that could not run does not look healthy.
    [Arguments]    ${result}    ${file}
    Should Be Equal As Integers    ${result.returncode}    0    msg=${result.stderr}    values=False
    ${content}=    RW.CLI.Run Cli    cmd=cat ${file}    include_in_history=False
    ${findings}=    Evaluate    json.loads($content.stdout)    json
    RETURN    ${findings}
