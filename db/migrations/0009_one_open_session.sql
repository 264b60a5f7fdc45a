-- phase: expand
-- Practice sessions have no activity, so the unique index of 0003 does not cover them: at most one that is not closed
-- for a student, an exercise version and a purpose.
CREATE UNIQUE INDEX sessions_one_open_practice ON sessions (tenant_id, user_id, version_id, purpose) WHERE state IN ('opened', 'paused', 'resumed') AND activity_id IS NULL;
