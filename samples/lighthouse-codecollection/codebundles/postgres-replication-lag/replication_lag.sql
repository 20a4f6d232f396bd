-- Connected replicas and how far each is behind, seen from the primary.
SELECT coalesce(json_agg(r), '[]')
FROM (
  SELECT application_name AS replica,
         state,
         coalesce(extract(epoch FROM replay_lag), 0)::int AS lag_seconds,
         pg_wal_lsn_diff(pg_current_wal_lsn(), replay_lsn)::bigint AS lag_bytes
  FROM pg_stat_replication
  ORDER BY lag_seconds DESC
) AS r;
