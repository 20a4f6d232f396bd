-- Transactions that are open for longer than :minutes.
SELECT coalesce(json_agg(r), '[]')
FROM (
  SELECT pid,
         usename,
         application_name,
         state,
         (extract(epoch FROM now() - xact_start) / 60)::int AS minutes
  FROM pg_stat_activity
  WHERE xact_start < now() - make_interval(mins => :minutes)
    AND backend_type = 'client backend'
  ORDER BY xact_start
) AS r;
