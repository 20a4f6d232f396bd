-- Ends sessions that are idle in a transaction for longer than :minutes.
SELECT coalesce(json_agg(r), '[]')
FROM (
  SELECT pid, usename, application_name, pg_terminate_backend(pid) AS ended
  FROM pg_stat_activity
  WHERE state = 'idle in transaction'
    AND state_change < now() - make_interval(mins => :minutes)
) AS r;
