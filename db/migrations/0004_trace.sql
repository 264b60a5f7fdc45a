-- phase: expand
-- Trace and what is measured from it (data-and-api.md 1.7, 1.8). Written in the words of PostgreSQL; the runner rewrites them for SQLite.

CREATE TABLE trace_events (
    tenant_id TEXT NOT NULL CHECK (octet_length(tenant_id) = 36), -- class: P1
    session_id TEXT NOT NULL CHECK (octet_length(session_id) = 36), -- class: P3
    seq BIGINT NOT NULL, -- class: P3
    id TEXT NOT NULL CHECK (octet_length(id) = 36), -- class: P1
    type TEXT NOT NULL CHECK (octet_length(type) <= 48), -- class: P3
    actor TEXT NOT NULL CHECK (actor IN ('student', 'tutor', 'judge', 'teacher', 'system')), -- class: P3
    at BIGINT NOT NULL, -- class: P3
    client_at BIGINT, -- class: P3
    payload BYTEA NOT NULL CHECK (octet_length(payload) <= 8192), -- class: P3
    text_hash BYTEA CHECK (octet_length(text_hash) = 32), -- class: P3
    policy_hash BYTEA CHECK (octet_length(policy_hash) = 32), -- class: P3
    prompt_hash BYTEA CHECK (octet_length(prompt_hash) = 32), -- class: P3
    formula_hash BYTEA CHECK (octet_length(formula_hash) = 32), -- class: P3
    hash BYTEA NOT NULL CHECK (octet_length(hash) = 32), -- class: P3
    PRIMARY KEY (tenant_id, session_id, seq),
    UNIQUE (tenant_id, session_id, id)
);
CREATE INDEX trace_events_q21 ON trace_events (tenant_id, session_id, type, seq); -- events of one type in a session

CREATE TABLE trace_texts (
    tenant_id TEXT NOT NULL CHECK (octet_length(tenant_id) = 36), -- class: P1
    session_id TEXT NOT NULL CHECK (octet_length(session_id) = 36), -- class: P3
    seq BIGINT NOT NULL, -- class: P3
    text BYTEA CHECK (octet_length(text) <= 65536), -- class: P3
    salt BYTEA CHECK (octet_length(salt) <= 16), -- class: P4
    erased_at BIGINT, -- class: P3
    PRIMARY KEY (tenant_id, session_id, seq)
);

CREATE TABLE trace_heads (
    tenant_id TEXT NOT NULL CHECK (octet_length(tenant_id) = 36), -- class: P1
    session_id TEXT NOT NULL, -- class: P1
    next_seq BIGINT NOT NULL, -- class: P3
    hash BYTEA NOT NULL CHECK (octet_length(hash) = 32), -- class: P3
    PRIMARY KEY (tenant_id, session_id),
    FOREIGN KEY (tenant_id, session_id) REFERENCES sessions (tenant_id, id) ON DELETE CASCADE
);

CREATE TABLE trace_clients (
    tenant_id TEXT NOT NULL CHECK (octet_length(tenant_id) = 36), -- class: P1
    session_id TEXT NOT NULL, -- class: P1
    client TEXT NOT NULL CHECK (octet_length(client) <= 16), -- class: P3
    last_seq BIGINT NOT NULL, -- class: P3
    skew_us BIGINT NOT NULL, -- class: P3
    PRIMARY KEY (tenant_id, session_id, client),
    FOREIGN KEY (tenant_id, session_id) REFERENCES sessions (tenant_id, id) ON DELETE CASCADE
);

CREATE TABLE trace_checkpoints (
    tenant_id TEXT NOT NULL CHECK (octet_length(tenant_id) = 36), -- class: P1
    session_id TEXT NOT NULL CHECK (octet_length(session_id) = 36), -- class: P3
    seq BIGINT NOT NULL, -- class: P3
    hash BYTEA NOT NULL CHECK (octet_length(hash) = 32), -- class: P3
    kind TEXT NOT NULL CHECK (kind IN ('session', 'day')), -- class: P3
    kid TEXT NOT NULL CHECK (octet_length(kid) <= 64), -- class: P3
    prev_digest BYTEA CHECK (octet_length(prev_digest) = 32), -- class: P3
    signed_at BIGINT NOT NULL, -- class: P3
    signature BYTEA NOT NULL CHECK (octet_length(signature) <= 64), -- class: P3
    PRIMARY KEY (tenant_id, session_id, seq)
);

CREATE TABLE indicators (
    tenant_id TEXT NOT NULL CHECK (octet_length(tenant_id) = 36), -- class: P1
    id TEXT NOT NULL CHECK (octet_length(id) = 36), -- class: P1
    subject_kind TEXT NOT NULL CHECK (subject_kind IN ('session', 'student_course', 'item_cohort', 'group')), -- class: P3
    subject_id TEXT NOT NULL CHECK (octet_length(subject_id) = 36), -- class: P3
    name TEXT NOT NULL CHECK (octet_length(name) <= 60), -- class: P3
    state TEXT NOT NULL CHECK (state IN ('ok', 'insufficient', 'not_applicable')), -- class: P3
    value DOUBLE PRECISION, -- class: P3
    low DOUBLE PRECISION, -- class: P3
    high DOUBLE PRECISION, -- class: P3
    n BIGINT NOT NULL, -- class: P3
    formula_version TEXT NOT NULL CHECK (octet_length(formula_version) <= 20), -- class: P3
    formula_hash BYTEA NOT NULL CHECK (octet_length(formula_hash) = 32), -- class: P3
    evidence TEXT NOT NULL CHECK (octet_length(evidence) <= 32768), -- class: P3
    up_to_seq BIGINT, -- class: P3
    is_current BIGINT NOT NULL DEFAULT 1 CHECK (is_current IN (0, 1)), -- class: P3
    created_at BIGINT NOT NULL, -- class: P1
    PRIMARY KEY (tenant_id, id),
    CHECK ((state = 'ok') = (value IS NOT NULL))
);
CREATE UNIQUE INDEX indicators_one_current ON indicators (tenant_id, subject_kind, subject_id, name) WHERE is_current = 1;
CREATE INDEX indicators_q22 ON indicators (tenant_id, subject_id, name) WHERE is_current = 1; -- indicators of a subject

CREATE TABLE mastery (
    tenant_id TEXT NOT NULL CHECK (octet_length(tenant_id) = 36), -- class: P1
    user_id TEXT NOT NULL, -- class: P2
    skill_id TEXT NOT NULL, -- class: P1
    p_known DOUBLE PRECISION NOT NULL, -- class: P3
    n BIGINT NOT NULL, -- class: P3
    model_version TEXT NOT NULL CHECK (octet_length(model_version) <= 20), -- class: P3
    last_evidence_at BIGINT NOT NULL, -- class: P3
    PRIMARY KEY (tenant_id, user_id, skill_id),
    CHECK (p_known BETWEEN 0 AND 1),
    FOREIGN KEY (tenant_id, user_id) REFERENCES users (tenant_id, id) ON DELETE CASCADE,
    FOREIGN KEY (tenant_id, skill_id) REFERENCES skills (tenant_id, id)
);
