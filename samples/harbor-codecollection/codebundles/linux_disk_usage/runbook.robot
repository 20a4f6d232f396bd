*** Settings ***
Documentation       Finds out what fills the disks of a Linux host, over SSH, and frees space that rotated logs take.
Metadata            Author    harbor-maintainers
Metadata            Display Name    Linux Disk Usage
Metadata            Supports    Linux

Library             RW.Core
Library             RW.CLI

Suite Setup         Suite Initialization


*** Tasks ***
Show Filesystem Usage on Host `${HOST}`
    [Documentation]    Shows every mounted filesystem and raises an issue for each that is fuller than the threshold.
    [Tags]    access:read-only    linux    disk    filesystem    data:state
    ${result}=    Run On Host    filesystem_usage.sh
    ${filesystems}=    Read Findings    filesystem_usage.json
    RW.Core.Add Pre To Report    ${result.stdout}
    FOR    ${filesystem}    IN    @{filesystems}
        RW.Core.Add Issue
        ...    severity=2
        ...    expected=Filesystems of host `${HOST}` are less than ${DISK_WARNING_PERCENT} % full
        ...    actual=`${filesystem["mount"]}` is ${filesystem["used_percent"]} % full
        ...    title=Disk `${filesystem["mount"]}` of host `${HOST}` is almost full
        ...    reproduce_hint=${result.cmd}
        ...    details=Device ${filesystem["device"]}, ${filesystem["free_kib"]} KiB free
        ...    next_steps=Find the largest directories on host `${HOST}`\nFind deleted files that are still open on host `${HOST}`
    END

Check Inode Usage on Host `${HOST}`
    [Documentation]    A filesystem without free inodes reports "No space left on device" while it has space: many small files do that.
    [Tags]    access:read-only    linux    disk    inodes    data:state
    ${result}=    Run On Host    inode_usage.sh
    ${filesystems}=    Read Findings    inode_usage.json
    RW.Core.Add Pre To Report    ${result.stdout}
    FOR    ${filesystem}    IN    @{filesystems}
        RW.Core.Add Issue
        ...    severity=2
        ...    expected=Filesystems of host `${HOST}` use less than ${DISK_WARNING_PERCENT} % of their inodes
        ...    actual=`${filesystem["mount"]}` uses ${filesystem["used_percent"]} %
        ...    title=Disk `${filesystem["mount"]}` of host `${HOST}` runs out of inodes
        ...    reproduce_hint=${result.cmd}
        ...    details=Device ${filesystem["device"]}, ${filesystem["free_inodes"]} inodes free
        ...    next_steps=Look for directories with very many small files: sessions, caches, mail queues
    END

Find Largest Directories on Host `${HOST}` under `${SCAN_PATH}`
    [Documentation]    Lists the twenty largest directories down to three levels, without crossing into another filesystem.
    [Tags]    access:read-only    linux    disk    directories    data:state
    ${result}=    Run On Host    largest_directories.sh
    RW.Core.Add Pre To Report    ${result.stdout}

Find Deleted Files Still Held Open on Host `${HOST}`
    [Documentation]    Lists files that are gone from their directory while a process keeps them open: their space comes back when it restarts.
    [Tags]    access:read-only    linux    disk    lsof    processes    data:state
    ${result}=    Run On Host    deleted_open_files.sh
    RW.Core.Add Pre To Report    ${result.stdout}

Remove Rotated Logs Older Than `${LOG_MAX_AGE_DAYS}` Days on Host `${HOST}`
    [Documentation]    Deletes compressed and numbered logs below /var/log that are older than the limit, and lists them.
    ...                Logs that are still written to are left alone.
    [Tags]    access:read-write    linux    disk    logs    cleanup
    ${result}=    Run On Host    remove_rotated_logs.sh
    RW.Core.Add Pre To Report    ${result.stdout}


*** Keywords ***
Suite Initialization
    ${ssh_private_key}=    RW.Core.Import Secret    ssh_private_key
    ...    type=string
    ...    description=The private key to sign in with.
    ...    pattern=.*
    Import Known Hosts
    ${HOST}=    RW.Core.Import User Variable    HOST
    ...    type=string
    ...    description=The name or address of the host.
    ...    pattern=[A-Za-z0-9.:-]+
    ...    example=db-1.example.org
    ${SSH_USER}=    RW.Core.Import User Variable    SSH_USER
    ...    type=string
    ...    description=The user to sign in as. Looking into every directory needs sudo without a password.
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
    ...    description=Used space or inodes, in percent, from which an issue is raised.
    ...    pattern=^[0-9]{1,3}$
    ...    example=90
    ...    default=85
    ${EXCLUDED_MOUNTS}=    RW.Core.Import User Variable    EXCLUDED_MOUNTS
    ...    type=string
    ...    description=Mount points to leave out, as an extended regular expression. Empty leaves none out.
    ...    pattern=.*
    ...    example=^/(snap|mnt/backup)
    ...    default=${EMPTY}
    ${SCAN_PATH}=    RW.Core.Import User Variable    SCAN_PATH
    ...    type=string
    ...    description=Where to look for large directories.
    ...    pattern=^/.*
    ...    example=/home
    ...    default=/var
    ${LOG_MAX_AGE_DAYS}=    RW.Core.Import User Variable    LOG_MAX_AGE_DAYS
    ...    type=integer
    ...    description=Age in days from which a rotated log is removed.
    ...    pattern=^[0-9]+$
    ...    example=30
    ...    default=14
    ${env}=    Create Dictionary
    ...    HOST=${HOST}
    ...    SSH_USER=${SSH_USER}
    ...    SSH_PORT=${SSH_PORT}
    ...    SSH_KEY_FILE=./${ssh_private_key.key}
    ...    DISK_WARNING_PERCENT=${DISK_WARNING_PERCENT}
    ...    EXCLUDED_MOUNTS=${EXCLUDED_MOUNTS}
    ...    SCAN_PATH=${SCAN_PATH}
    ...    LOG_MAX_AGE_DAYS=${LOG_MAX_AGE_DAYS}
    Set Suite Variable    ${ssh_private_key}
    Set Suite Variable    ${env}

Import Known Hosts
    [Documentation]    The store may answer late right after a restart, so it is asked three times. Without host keys, the
    ...                first one that the host shows is believed.
    ${known_hosts}=    Set Variable    ${None}
    FOR    ${attempt}    IN RANGE    3
        TRY
            ${known_hosts}=    RW.Core.Import Secret    ssh_known_hosts
            ...    type=string
            ...    description=The host keys that are trusted, as in a known_hosts file.
            ...    pattern=.*
            ...    optional=True
            BREAK
        EXCEPT    AS    ${reason}
            Log    Attempt ${attempt}: ${reason}
            Sleep    1s
        END
    END
    Set Suite Variable    ${ssh_known_hosts}    ${known_hosts}

Run On Host
    [Documentation]    Runs one of the scripts beside this file, which runs its command over SSH; fails the task when that fails.
    [Arguments]    ${script}
    ${result}=    RW.CLI.Run Bash File
    ...    bash_file=${script}
    ...    env=${env}
    ...    secret_file__ssh_private_key=${ssh_private_key}
    ...    secret_file__ssh_known_hosts=${ssh_known_hosts}
    ...    timeout_seconds=300
    Should Be Equal As Integers    ${result.returncode}    0    msg=${result.stderr}    values=False
    RETURN    ${result}

Read Findings
    [Arguments]    ${file}
    ${content}=    RW.CLI.Run Cli    cmd=cat ${file}    include_in_history=False
    ${findings}=    Evaluate    json.loads($content.stdout)    json
    RETURN    ${findings}
