-- Replication slots that nobody reads and the write-ahead log that they keep.
SELECT coalesce(json_agg(r), '[]')
FROM (
  SELECT slot_name,
         slot_type,
         pg_wal_lsn_diff(pg_current_wal_lsn(), restart_lsn)::bigint AS retained_bytes
  FROM pg_replication_slots
  WHERE NOT active
  ORDER BY retained_bytes DESC NULLS LAST
) AS r;
