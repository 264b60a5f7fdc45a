-- phase: expand
-- Lists that sorted or read too much: the live view asks for each student's newest session of a course every few
-- seconds, staff page through the sessions of a course, the sweep takes a tenant's longest idle sessions first.

CREATE INDEX sessions_newest ON sessions (tenant_id, user_id, course_id, active_at);
CREATE INDEX sessions_course ON sessions (tenant_id, course_id, id);
CREATE INDEX sessions_stale ON sessions (tenant_id, active_at) WHERE state IN ('opened', 'resumed', 'paused');
