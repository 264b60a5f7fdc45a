-- phase: expand
-- Jobs, streams, audit, notices (data-and-api.md 1.12). Written in the words of PostgreSQL; the runner rewrites them for SQLite.

CREATE TABLE jobs (
    tenant_id TEXT NOT NULL CHECK (octet_length(tenant_id) = 36), -- class: P1
    id TEXT NOT NULL CHECK (octet_length(id) = 36), -- class: P1
    kind TEXT NOT NULL CHECK (octet_length(kind) <= 60), -- class: P1
    queue TEXT NOT NULL CHECK (octet_length(queue) <= 40), -- class: P1
    state TEXT NOT NULL DEFAULT 'available' CHECK (state IN ('scheduled', 'available', 'running', 'retryable', 'completed', 'cancelled', 'dead')), -- class: P1
    priority BIGINT NOT NULL DEFAULT 1, -- class: P1
    cancel_at BIGINT, -- class: P1
    payload TEXT NOT NULL CHECK (octet_length(payload) <= 65536), -- class: P3
    result TEXT CHECK (octet_length(result) <= 65536), -- class: P3
    progress_mp BIGINT NOT NULL DEFAULT 0, -- class: P1
    target_kind TEXT CHECK (octet_length(target_kind) <= 40), -- class: P1
    target_id TEXT CHECK (octet_length(target_id) = 36), -- class: P1
    started_by TEXT CHECK (octet_length(started_by) = 36), -- class: P2
    unique_key BYTEA CHECK (octet_length(unique_key) = 32), -- class: P1
    run_at BIGINT NOT NULL, -- class: P1
    attempt BIGINT NOT NULL DEFAULT 0, -- class: P1
    max_attempts BIGINT NOT NULL, -- class: P1
    lease_owner TEXT CHECK (octet_length(lease_owner) <= 80), -- class: P1
    lease_until BIGINT, -- class: P1
    fence BIGINT NOT NULL DEFAULT 0, -- class: P1
    trace_parent TEXT CHECK (octet_length(trace_parent) <= 55), -- class: P1
    last_error TEXT CHECK (octet_length(last_error) <= 2000), -- class: P1
    finished_at BIGINT, -- class: P1
    created_at BIGINT NOT NULL, -- class: P1
    PRIMARY KEY (tenant_id, id),
    CHECK ((finished_at IS NOT NULL) = (state IN ('completed', 'cancelled', 'dead')))
);
CREATE UNIQUE INDEX jobs_one_kind_unique_key ON jobs (tenant_id, kind, unique_key) WHERE unique_key IS NOT NULL AND state IN ('scheduled', 'available', 'running', 'retryable');
CREATE INDEX jobs_q33 ON jobs (queue, priority, run_at) WHERE state IN ('scheduled', 'available', 'retryable'); -- claim next job
CREATE INDEX jobs_q34 ON jobs (lease_until) WHERE state = 'running'; -- expired leases
CREATE INDEX jobs_q35 ON jobs (tenant_id, state, kind, id); -- dead letters; jobs of a target
CREATE INDEX jobs_q36 ON jobs (tenant_id, target_id, id); -- jobs of one object

CREATE TABLE job_attempts (
    tenant_id TEXT NOT NULL CHECK (octet_length(tenant_id) = 36), -- class: P1
    job_id TEXT NOT NULL, -- class: P1
    attempt BIGINT NOT NULL, -- class: P1
    worker TEXT NOT NULL CHECK (octet_length(worker) <= 80), -- class: P1
    started_at BIGINT NOT NULL, -- class: P1
    ended_at BIGINT, -- class: P1
    outcome TEXT CHECK (outcome IN ('done', 'error', 'timeout', 'lost')), -- class: P1
    error TEXT CHECK (octet_length(error) <= 2000), -- class: P1
    PRIMARY KEY (tenant_id, job_id, attempt),
    FOREIGN KEY (tenant_id, job_id) REFERENCES jobs (tenant_id, id) ON DELETE CASCADE
);

CREATE TABLE job_schedules (
    name TEXT NOT NULL CHECK (octet_length(name) <= 60), -- class: P1
    kind TEXT NOT NULL CHECK (octet_length(kind) <= 60), -- class: P1
    cron TEXT NOT NULL CHECK (octet_length(cron) <= 60), -- class: P1
    payload TEXT NOT NULL CHECK (octet_length(payload) <= 4096), -- class: P1
    last_slot BIGINT NOT NULL, -- class: P1
    next_at BIGINT NOT NULL, -- class: P1
    PRIMARY KEY (name)
);

CREATE TABLE job_kinds (
    kind TEXT NOT NULL CHECK (octet_length(kind) <= 60), -- class: P1
    paused BIGINT NOT NULL DEFAULT 0 CHECK (paused IN (0, 1)), -- class: P1
    workers BIGINT, -- class: P1
    rev BIGINT NOT NULL DEFAULT 1, -- class: P1
    changed_by TEXT CHECK (octet_length(changed_by) = 36), -- class: P1
    PRIMARY KEY (kind)
);

CREATE TABLE nodes (
    id TEXT NOT NULL CHECK (octet_length(id) <= 80), -- class: P1
    roles TEXT NOT NULL CHECK (octet_length(roles) <= 60), -- class: P1
    address TEXT NOT NULL CHECK (octet_length(address) <= 255), -- class: P1
    version TEXT NOT NULL CHECK (octet_length(version) <= 40), -- class: P1
    started_at BIGINT NOT NULL, -- class: P1
    seen_at BIGINT NOT NULL, -- class: P1
    PRIMARY KEY (id)
);

CREATE TABLE leases (
    name TEXT NOT NULL CHECK (octet_length(name) <= 60), -- class: P1
    owner TEXT NOT NULL CHECK (octet_length(owner) <= 80), -- class: P1
    fence BIGINT NOT NULL, -- class: P1
    until BIGINT NOT NULL, -- class: P1
    PRIMARY KEY (name)
);

CREATE TABLE outbox (
    tenant_id TEXT NOT NULL CHECK (octet_length(tenant_id) = 36), -- class: P1
    id TEXT NOT NULL CHECK (octet_length(id) = 36), -- class: P1
    topic TEXT NOT NULL CHECK (octet_length(topic) <= 80), -- class: P1
    key TEXT NOT NULL CHECK (octet_length(key) <= 80), -- class: P1
    body TEXT NOT NULL CHECK (octet_length(body) <= 65536), -- class: P3
    published_at BIGINT, -- class: P1
    tries BIGINT NOT NULL DEFAULT 0, -- class: P1
    last_error TEXT CHECK (octet_length(last_error) <= 500), -- class: P1
    created_at BIGINT NOT NULL, -- class: P1
    PRIMARY KEY (tenant_id, id)
);
CREATE INDEX outbox_q37 ON outbox (id) WHERE published_at IS NULL; -- outbox not published, in order

CREATE TABLE stream_items (
    tenant_id TEXT NOT NULL CHECK (octet_length(tenant_id) = 36), -- class: P1
    stream TEXT NOT NULL CHECK (octet_length(stream) <= 60), -- class: P1
    seq BIGINT NOT NULL, -- class: P1
    event TEXT NOT NULL CHECK (octet_length(event) <= 40), -- class: P1
    data TEXT NOT NULL CHECK (octet_length(data) <= 16384), -- class: P3
    expires_at BIGINT NOT NULL, -- class: P1
    PRIMARY KEY (tenant_id, stream, seq)
);
CREATE INDEX stream_items_q41 ON stream_items (expires_at); -- expiry sweeps

CREATE TABLE idempotency_keys (
    tenant_id TEXT NOT NULL CHECK (octet_length(tenant_id) = 36), -- class: P1
    user_id TEXT NOT NULL CHECK (octet_length(user_id) = 36), -- class: P2
    route TEXT NOT NULL CHECK (octet_length(route) <= 120), -- class: P1
    key TEXT NOT NULL CHECK (octet_length(key) <= 100), -- class: P1
    request_hash BYTEA NOT NULL CHECK (octet_length(request_hash) = 32), -- class: P1
    status BIGINT, -- class: P1
    body BYTEA CHECK (octet_length(body) <= 65536), -- class: P3
    expires_at BIGINT NOT NULL, -- class: P1
    created_at BIGINT NOT NULL, -- class: P1
    PRIMARY KEY (tenant_id, user_id, route, key)
);
CREATE INDEX idempotency_keys_q42 ON idempotency_keys (expires_at); -- expiry of keys

CREATE TABLE audit_log (
    tenant_id TEXT NOT NULL CHECK (octet_length(tenant_id) = 36), -- class: P1
    month BIGINT NOT NULL, -- class: P1
    seq BIGINT NOT NULL, -- class: P1
    id TEXT NOT NULL CHECK (octet_length(id) = 36), -- class: P1
    at BIGINT NOT NULL, -- class: P1
    actor_id TEXT CHECK (octet_length(actor_id) = 36), -- class: P2
    actor_kind TEXT NOT NULL CHECK (actor_kind IN ('user', 'token', 'system', 'lti')), -- class: P1
    actor_role TEXT CHECK (octet_length(actor_role) <= 20), -- class: P1
    action TEXT NOT NULL CHECK (octet_length(action) <= 80), -- class: P1
    target_kind TEXT CHECK (octet_length(target_kind) <= 40), -- class: P1
    target_id TEXT CHECK (octet_length(target_id) = 36), -- class: P2
    outcome TEXT NOT NULL CHECK (outcome IN ('ok', 'denied', 'error')), -- class: P1
    severity TEXT NOT NULL CHECK (severity IN ('info', 'notice', 'warning', 'critical')), -- class: P1
    ip TEXT CHECK (octet_length(ip) <= 45), -- class: P2
    login_session_id TEXT CHECK (octet_length(login_session_id) = 36), -- class: P1
    request_id TEXT NOT NULL CHECK (octet_length(request_id) <= 64), -- class: P1
    detail TEXT NOT NULL CHECK (octet_length(detail) <= 16384), -- class: P2
    prev_hash BYTEA NOT NULL CHECK (octet_length(prev_hash) = 32), -- class: P1
    hash BYTEA NOT NULL CHECK (octet_length(hash) = 32), -- class: P1
    PRIMARY KEY (tenant_id, month, seq)
);
CREATE INDEX audit_log_q38 ON audit_log (tenant_id, target_id, at); -- audit by target / actor
CREATE INDEX audit_log_q39 ON audit_log (tenant_id, actor_id, at); -- what one person did

CREATE TABLE audit_checkpoints (
    tenant_id TEXT NOT NULL CHECK (octet_length(tenant_id) = 36), -- class: P1
    month BIGINT NOT NULL, -- class: P1
    seq BIGINT NOT NULL, -- class: P1
    hash BYTEA NOT NULL CHECK (octet_length(hash) = 32), -- class: P1
    kid TEXT NOT NULL CHECK (octet_length(kid) <= 64), -- class: P1
    signature BYTEA NOT NULL CHECK (octet_length(signature) <= 64), -- class: P1
    archive_url TEXT CHECK (octet_length(archive_url) <= 500), -- class: P1
    sealed_at BIGINT, -- class: P1
    created_at BIGINT NOT NULL, -- class: P1
    PRIMARY KEY (tenant_id, month, seq)
);

CREATE TABLE notifications (
    tenant_id TEXT NOT NULL CHECK (octet_length(tenant_id) = 36), -- class: P1
    id TEXT NOT NULL CHECK (octet_length(id) = 36), -- class: P1
    user_id TEXT NOT NULL, -- class: P2
    kind TEXT NOT NULL CHECK (octet_length(kind) <= 60), -- class: P2
    data TEXT NOT NULL CHECK (octet_length(data) <= 8192), -- class: P3
    link TEXT CHECK (octet_length(link) <= 300), -- class: P2
    read_at BIGINT, -- class: P2
    emailed_at BIGINT, -- class: P2
    created_at BIGINT NOT NULL, -- class: P1
    PRIMARY KEY (tenant_id, id),
    FOREIGN KEY (tenant_id, user_id) REFERENCES users (tenant_id, id) ON DELETE CASCADE
);
CREATE INDEX notifications_q40 ON notifications (tenant_id, user_id, id) WHERE read_at IS NULL; -- unread notifications
