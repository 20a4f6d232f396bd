*** Settings ***
Documentation       Scores the disks of a Linux host by free space and free inodes.
Metadata            Author    harbor-maintainers
Metadata            Display Name    Linux Disk Usage
Metadata            Supports    Linux

Library             RW.Core
Library             RW.CLI

Suite Setup         Suite Initialization


*** Tasks ***
Measure Free Space on Host `${HOST}`
    [Documentation]    Pushes 1 while every filesystem is less full than the threshold.
    [Tags]    access:read-only    linux    disk    filesystem    data:metrics
    ${space_score}=    Score Of    filesystem_usage
    Set Suite Variable    ${space_score}
    RW.Core.Push Metric    ${space_score}    sub_name=free_space

Measure Free Inodes on Host `${HOST}`
    [Documentation]    Pushes 1 while every filesystem uses a smaller share of its inodes than the threshold, then the mean of both checks.
    [Tags]    access:read-only    linux    disk    inodes    data:metrics
    ${inode_score}=    Score Of    inode_usage
    RW.Core.Push Metric    ${inode_score}    sub_name=free_inodes
    ${score}=    Evaluate    (${space_score} + ${inode_score}) / 2
    RW.Core.Push Metric    ${score}


*** Keywords ***
Suite Initialization
    ${ssh_private_key}=    RW.Core.Import Secret    ssh_private_key
    ...    type=string
    ...    description=The private key to sign in with.
    ...    pattern=.*
    ${ssh_known_hosts}=    RW.Core.Import Secret    ssh_known_hosts
    ...    type=string
    ...    description=The host keys that are trusted, as in a known_hosts file.
    ...    pattern=.*
    ...    optional=True
    ${HOST}=    RW.Core.Import User Variable    HOST
    ...    type=string
    ...    description=The name or address of the host.
    ...    pattern=[A-Za-z0-9.:-]+
    ...    example=db-1.example.org
    ${SSH_USER}=    RW.Core.Import User Variable    SSH_USER
    ...    type=string
    ...    description=The user to sign in as.
    ...    pattern=[a-z_][a-z0-9_-]*
    ...    example=harbor
    ...    default=ops
    ${SSH_PORT}=    RW.Core.Import User Variable    SSH_PORT
    ...    type=integer
    ...    description=The port of the SSH server.
    ...    pattern=^[0-9]+$
    ...    example=2222
    ...    default=22
    ${DISK_WARNING_PERCENT}=    RW.Core.Import User Variable    DISK_WARNING_PERCENT
    ...    type=integer
    ...    description=Used space or inodes, in percent, from which a filesystem counts as full.
    ...    pattern=^[0-9]{1,3}$
    ...    example=90
    ...    default=85
    ${EXCLUDED_MOUNTS}=    RW.Core.Import User Variable    EXCLUDED_MOUNTS
    ...    type=string
    ...    description=Mount points to leave out, as an extended regular expression. Empty leaves none out.
    ...    pattern=.*
    ...    example=^/(snap|mnt/backup)
    ...    default=${EMPTY}
    ${env}=    Create Dictionary
    ...    HOST=${HOST}
    ...    SSH_USER=${SSH_USER}
    ...    SSH_PORT=${SSH_PORT}
    ...    SSH_KEY_FILE=./${ssh_private_key.key}
    ...    DISK_WARNING_PERCENT=${DISK_WARNING_PERCENT}
    ...    EXCLUDED_MOUNTS=${EXCLUDED_MOUNTS}
    Set Suite Variable    ${ssh_private_key}
    Set Suite Variable    ${ssh_known_hosts}
    Set Suite Variable    ${env}

Score Of
    [Documentation]    Returns 1 when the check's script found no filesystem above the threshold, else 0.
    [Arguments]    ${check}
    ${result}=    RW.CLI.Run Bash File
    ...    bash_file=${check}.sh
    ...    env=${env}
    ...    secret_file__ssh_private_key=${ssh_private_key}
    ...    secret_file__ssh_known_hosts=${ssh_known_hosts}
    Should Be Equal As Integers    ${result.returncode}    0    msg=${result.stderr}    values=False
    ${count}=    RW.CLI.Run Cli    cmd=jq length ${check}.json    include_in_history=False
    ${score}=    Evaluate    1 if int($count.stdout) == 0 else 0
    RETURN    ${score}
