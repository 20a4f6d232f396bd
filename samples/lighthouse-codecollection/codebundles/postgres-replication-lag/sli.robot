*** Settings ***
Documentation       Scores PostgreSQL replication: lag below the limit, enough replicas connected, no slot left behind.
Metadata            Author    lighthouse-maintainers
Metadata            Display Name    PostgreSQL Replication Lag
Metadata            Supports    Database,PostgreSQL,Kubernetes

Library             RW.Core
Library             RW.CLI

Suite Setup         Suite Initialization

Force Tags          postgresql    database    replication


*** Tasks ***
Measure Replication Lag of Primary `${DB_HOST}`
    [Documentation]    Pushes 1 while the slowest replica lags no more than the limit, else 0.
    [Tags]    access:read-only    lag    data:sql-query
    ${replicas}=    Query    replication_lag.sql
    ${lag_ok}=    Evaluate    int(all(replica["lag_seconds"] <= int("${MAX_LAG_SECONDS}") for replica in $replicas))
    Set Suite Variable    ${lag_ok}
    RW.Core.Push Metric    ${lag_ok}    sub_name=lag_within_limit

Measure Connected Replicas of Primary `${DB_HOST}`
    [Documentation]    Pushes 1 while enough replicas are connected: a replica that is gone has no lag.
    [Tags]    access:read-only    replicas    data:sql-query
    ${replicas}=    Query    replication_lag.sql
    ${replicas_ok}=    Evaluate    int(len($replicas) >= int("${MIN_REPLICAS}"))
    Set Suite Variable    ${replicas_ok}
    RW.Core.Push Metric    ${replicas_ok}    sub_name=replicas_connected

Measure Inactive Slots of Primary `${DB_HOST}`
    [Documentation]    Pushes 1 while every replication slot is read.
    [Tags]    access:read-only    slots    data:sql-query
    ${slots}=    Query    inactive_slots.sql
    ${slots_ok}=    Evaluate    int(len($slots) == 0)
    Set Suite Variable    ${slots_ok}
    RW.Core.Push Metric    ${slots_ok}    sub_name=slots_read

Score Replication of Primary `${DB_HOST}`
    [Documentation]    Pushes the mean of the three checks.
    [Tags]    access:read-only    score    data:metrics
    ${score}=    Evaluate    round((${lag_ok} + ${replicas_ok} + ${slots_ok}) / 3, 2)
    RW.Core.Push Metric    ${score}


*** Keywords ***
Suite Initialization
    ${postgres_password}=    RW.Core.Import Secret    postgres_password
    ...    type=string
    ...    description=The password of DB_USER.
    ...    pattern=.*
    ${postgres_ca_certificate}=    RW.Core.Import Secret    postgres_ca_certificate
    ...    type=string
    ...    description=The certificate of the authority that signed the server's; needed for verify-full.
    ...    pattern=.*
    ...    optional=True
    ${DB_HOST}=    RW.Core.Import User Variable    DB_HOST
    ...    type=string
    ...    description=The name or address of the primary.
    ...    pattern=[A-Za-z0-9.:-]+
    ...    example=orders-db-rw.shop.svc
    ${DB_PORT}=    RW.Core.Import User Variable    DB_PORT
    ...    type=integer
    ...    description=The port of the primary.
    ...    pattern=^[0-9]+$
    ...    example=6432
    ...    default=5432
    ${DB_NAME}=    RW.Core.Import User Variable    DB_NAME
    ...    type=string
    ...    description=The database to connect to; replication is the same seen from any.
    ...    pattern=.+
    ...    example=orders
    ...    default="postgres"
    ${DB_USER}=    RW.Core.Import User Variable    DB_USER
    ...    type=string
    ...    description=A user with the role pg_monitor.
    ...    pattern=.+
    ...    example=lighthouse
    ${SSL_MODE}=    RW.Core.Import User Variable    SSL_MODE
    ...    type=string
    ...    description=How the connection is encrypted and the server checked.
    ...    enum=[disable,require,verify-full]
    ...    example=verify-full
    ...    default=require
    ${MAX_LAG_SECONDS}=    RW.Core.Import User Variable    MAX_LAG_SECONDS
    ...    type=integer
    ...    description=Seconds of lag that are still healthy.
    ...    pattern=^[0-9]+$
    ...    example=10
    ...    default=30
    ${MIN_REPLICAS}=    RW.Core.Import User Variable    MIN_REPLICAS
    ...    type=integer
    ...    description=Replicas that must be connected.
    ...    pattern=^[0-9]+$
    ...    example=2
    ...    default=1
    ${env}=    Create Dictionary
    ...    DB_HOST=${DB_HOST}
    ...    DB_PORT=${DB_PORT}
    ...    DB_NAME=${DB_NAME}
    ...    DB_USER=${DB_USER}
    ...    SSL_MODE=${SSL_MODE}
    Set Suite Variable    ${postgres_password}
    Set Suite Variable    ${postgres_ca_certificate}
    Set Suite Variable    ${env}

Query
    [Documentation]    Runs one of the queries beside this file and returns its rows.
    [Arguments]    ${file}
    ${query_env}=    Create Dictionary    &{env}    SQL_FILE=${file}
    ${result}=    RW.CLI.Run Bash File
    ...    bash_file=query.sh
    ...    env=${query_env}
    ...    secret__postgres_password=${postgres_password}
    ...    secret_file__postgres_ca_certificate=${postgres_ca_certificate}
    Should Be Equal As Integers    ${result.returncode}    0    msg=${result.stderr}    values=False
    ${rows}=    Evaluate    json.loads($result.stdout)    json
    RETURN    ${rows}
