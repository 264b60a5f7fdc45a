-- phase: expand
-- Sessions, turns, runs, submissions, grades (data-and-api.md 1.6). Written in the words of PostgreSQL; the runner rewrites them for SQLite.

CREATE TABLE prompts (
    slug TEXT NOT NULL CHECK (octet_length(slug) <= 80), -- class: P1
    purpose TEXT NOT NULL CHECK (octet_length(purpose) <= 40), -- class: P1
    description TEXT CHECK (octet_length(description) <= 1000), -- class: P1
    PRIMARY KEY (slug)
);

CREATE TABLE prompt_versions (
    id TEXT NOT NULL CHECK (octet_length(id) = 36), -- class: P1
    slug TEXT NOT NULL, -- class: P1
    version TEXT NOT NULL CHECK (octet_length(version) <= 20), -- class: P1
    body TEXT NOT NULL CHECK (octet_length(body) <= 32000), -- class: P1
    variables TEXT NOT NULL CHECK (octet_length(variables) <= 4096), -- class: P1
    sha256 BYTEA NOT NULL CHECK (octet_length(sha256) = 32), -- class: P1
    signature BYTEA CHECK (octet_length(signature) <= 64), -- class: P1
    tests TEXT CHECK (octet_length(tests) <= 8192), -- class: P1
    state TEXT NOT NULL DEFAULT 'draft' CHECK (state IN ('draft', 'tested', 'retired')), -- class: P1
    created_at BIGINT NOT NULL, -- class: P1
    PRIMARY KEY (id),
    UNIQUE (slug, version),
    FOREIGN KEY (slug) REFERENCES prompts (slug) ON DELETE CASCADE
);

CREATE TABLE sessions (
    tenant_id TEXT NOT NULL CHECK (octet_length(tenant_id) = 36), -- class: P1
    id TEXT NOT NULL CHECK (octet_length(id) = 36), -- class: P1
    user_id TEXT NOT NULL, -- class: P2
    course_id TEXT, -- class: P1
    activity_id TEXT, -- class: P1
    item_position BIGINT, -- class: P3
    kind TEXT NOT NULL CHECK (kind IN ('exercise', 'simulator')), -- class: P3
    version_id TEXT, -- class: P1
    scenario_version_id TEXT CHECK (octet_length(scenario_version_id) = 36), -- class: P1; scenario_versions comes later, then with its foreign key
    purpose TEXT NOT NULL DEFAULT 'work' CHECK (purpose IN ('work', 'trial', 'exam')), -- class: P3
    channel TEXT NOT NULL DEFAULT 'web' CHECK (channel IN ('web', 'editor', 'lti')), -- class: P3
    state TEXT NOT NULL DEFAULT 'opened' CHECK (state IN ('opened', 'paused', 'resumed', 'closed', 'abandoned')), -- class: P3
    policy_hash BYTEA NOT NULL CHECK (octet_length(policy_hash) = 32), -- class: P3
    experiment_arm TEXT CHECK (octet_length(experiment_arm) <= 80), -- class: P3
    salt BYTEA NOT NULL CHECK (octet_length(salt) <= 16), -- class: P4
    opened_at BIGINT NOT NULL, -- class: P3
    active_at BIGINT NOT NULL, -- class: P3
    ended_at BIGINT, -- class: P3
    end_reason TEXT CHECK (end_reason IN ('submitted', 'student', 'teacher', 'deadline', 'idle')), -- class: P3
    last_run_at BIGINT, -- class: P3
    best_score_mp BIGINT, -- class: P3
    created_at BIGINT NOT NULL, -- class: P1
    updated_at BIGINT NOT NULL, -- class: P1
    rev BIGINT NOT NULL DEFAULT 1, -- class: P1
    PRIMARY KEY (tenant_id, id),
    CHECK ((version_id IS NULL) <> (scenario_version_id IS NULL)),
    FOREIGN KEY (tenant_id, user_id) REFERENCES users (tenant_id, id),
    FOREIGN KEY (tenant_id, course_id) REFERENCES courses (tenant_id, id),
    FOREIGN KEY (tenant_id, activity_id) REFERENCES activities (tenant_id, id),
    FOREIGN KEY (tenant_id, version_id) REFERENCES exercise_versions (tenant_id, id)
);
CREATE UNIQUE INDEX sessions_one_open ON sessions (tenant_id, user_id, activity_id, item_position, purpose) WHERE state IN ('opened', 'paused', 'resumed') AND activity_id IS NOT NULL;
CREATE INDEX sessions_q11 ON sessions (tenant_id, user_id, id); -- a student's sessions, newest first
CREATE INDEX sessions_q12 ON sessions (tenant_id, course_id, active_at) WHERE state IN ('opened', 'resumed'); -- live sessions of a course
CREATE INDEX sessions_q13 ON sessions (tenant_id, activity_id, user_id, item_position); -- find or resume my session of an item
CREATE INDEX sessions_q14 ON sessions (active_at) WHERE state IN ('opened', 'resumed', 'paused'); -- abandon sweep

CREATE TABLE session_leases (
    tenant_id TEXT NOT NULL CHECK (octet_length(tenant_id) = 36), -- class: P1
    session_id TEXT NOT NULL, -- class: P1
    client TEXT NOT NULL CHECK (octet_length(client) <= 16), -- class: P1
    login_session_id TEXT, -- class: P1
    device TEXT CHECK (octet_length(device) <= 60), -- class: P1
    fence BIGINT NOT NULL, -- class: P1
    taken_at BIGINT NOT NULL, -- class: P1
    expires_at BIGINT NOT NULL, -- class: P1
    PRIMARY KEY (tenant_id, session_id),
    FOREIGN KEY (tenant_id, session_id) REFERENCES sessions (tenant_id, id) ON DELETE CASCADE,
    FOREIGN KEY (tenant_id, login_session_id) REFERENCES login_sessions (tenant_id, id)
);

CREATE TABLE snapshots (
    tenant_id TEXT NOT NULL CHECK (octet_length(tenant_id) = 36), -- class: P1
    id TEXT NOT NULL CHECK (octet_length(id) = 36), -- class: P1
    session_id TEXT NOT NULL, -- class: P1
    tree_hash BYTEA NOT NULL CHECK (octet_length(tree_hash) = 32), -- class: P3
    files TEXT NOT NULL CHECK (octet_length(files) <= 65536), -- class: P3
    bytes BIGINT NOT NULL, -- class: P3
    cause TEXT NOT NULL CHECK (cause IN ('open', 'autosave', 'run', 'submit', 'turn', 'paste', 'restore', 'conflict', 'pause', 'close')), -- class: P3
    created_at BIGINT NOT NULL, -- class: P1
    PRIMARY KEY (tenant_id, id),
    UNIQUE (tenant_id, session_id, tree_hash),
    FOREIGN KEY (tenant_id, session_id) REFERENCES sessions (tenant_id, id) ON DELETE CASCADE
);

CREATE TABLE workspaces (
    tenant_id TEXT NOT NULL CHECK (octet_length(tenant_id) = 36), -- class: P1
    session_id TEXT NOT NULL, -- class: P1
    snapshot_id TEXT NOT NULL, -- class: P1
    open_path TEXT CHECK (octet_length(open_path) <= 200), -- class: P3
    created_at BIGINT NOT NULL, -- class: P1
    updated_at BIGINT NOT NULL, -- class: P1
    rev BIGINT NOT NULL DEFAULT 1, -- class: P1
    PRIMARY KEY (tenant_id, session_id),
    FOREIGN KEY (tenant_id, session_id) REFERENCES sessions (tenant_id, id) ON DELETE CASCADE,
    FOREIGN KEY (tenant_id, snapshot_id) REFERENCES snapshots (tenant_id, id)
);

CREATE TABLE turns (
    tenant_id TEXT NOT NULL CHECK (octet_length(tenant_id) = 36), -- class: P1
    id TEXT NOT NULL CHECK (octet_length(id) = 36), -- class: P1
    session_id TEXT NOT NULL, -- class: P1
    seq BIGINT NOT NULL, -- class: P3
    kind TEXT NOT NULL CHECK (kind IN ('question', 'hint', 'check', 'talk', 'editor')), -- class: P3
    state TEXT NOT NULL DEFAULT 'queued' CHECK (state IN ('queued', 'running', 'streaming', 'done', 'refused', 'cancelled', 'failed')), -- class: P3
    text TEXT NOT NULL CHECK (octet_length(text) <= 32000), -- class: P3
    snapshot_id TEXT, -- class: P1
    run_id TEXT CHECK (octet_length(run_id) = 36), -- class: P3
    reply TEXT CHECK (octet_length(reply) <= 65536), -- class: P3
    rung BIGINT, -- class: P3
    source TEXT CHECK (source IN ('rules', 'llm', 'canned')), -- class: P3
    citations TEXT NOT NULL CHECK (octet_length(citations) <= 16384), -- class: P3
    gate TEXT NOT NULL CHECK (octet_length(gate) <= 8192), -- class: P3
    prompt_version_id TEXT, -- class: P1
    policy_hash BYTEA NOT NULL CHECK (octet_length(policy_hash) = 32), -- class: P3
    degraded BIGINT NOT NULL DEFAULT 0 CHECK (degraded IN (0, 1)), -- class: P3
    error TEXT CHECK (octet_length(error) <= 200), -- class: P3
    first_token_ms BIGINT, -- class: P3
    total_ms BIGINT, -- class: P3
    useful TEXT CHECK (useful IN ('yes', 'no', 'partly')), -- class: P3
    feedback_note TEXT CHECK (octet_length(feedback_note) <= 1000), -- class: P3
    done_at BIGINT, -- class: P3
    created_at BIGINT NOT NULL, -- class: P1
    PRIMARY KEY (tenant_id, id),
    UNIQUE (tenant_id, session_id, seq),
    CHECK (rung BETWEEN 0 AND 4),
    FOREIGN KEY (tenant_id, session_id) REFERENCES sessions (tenant_id, id) ON DELETE CASCADE,
    FOREIGN KEY (tenant_id, snapshot_id) REFERENCES snapshots (tenant_id, id),
    FOREIGN KEY (prompt_version_id) REFERENCES prompt_versions (id)
);
CREATE UNIQUE INDEX turns_one_session_id ON turns (tenant_id, session_id) WHERE state IN ('queued', 'running', 'streaming');
CREATE INDEX turns_q15 ON turns (tenant_id, session_id, created_at); -- turns left this hour; conversation
CREATE INDEX turns_q48 ON turns (tenant_id, prompt_version_id, id); -- sessions served by one prompt version or policy

CREATE TABLE turn_labels (
    tenant_id TEXT NOT NULL CHECK (octet_length(tenant_id) = 36), -- class: P1
    turn_id TEXT NOT NULL, -- class: P1
    label TEXT NOT NULL CHECK (octet_length(label) <= 40), -- class: P3
    kind TEXT NOT NULL CHECK (kind IN ('intent', 'flag', 'state')), -- class: P3
    second TEXT CHECK (octet_length(second) <= 40), -- class: P3
    confidence DOUBLE PRECISION NOT NULL, -- class: P3
    spans TEXT NOT NULL CHECK (octet_length(spans) <= 2048), -- class: P3
    model_version TEXT NOT NULL CHECK (octet_length(model_version) <= 40), -- class: P3
    contested_at BIGINT, -- class: P3
    resolved TEXT CHECK (resolved IN ('kept', 'removed')), -- class: P3
    resolved_by TEXT, -- class: P2
    created_at BIGINT NOT NULL, -- class: P1
    PRIMARY KEY (tenant_id, turn_id, kind, label),
    FOREIGN KEY (tenant_id, turn_id) REFERENCES turns (tenant_id, id) ON DELETE CASCADE,
    FOREIGN KEY (tenant_id, resolved_by) REFERENCES users (tenant_id, id)
);

CREATE TABLE hint_states (
    tenant_id TEXT NOT NULL CHECK (octet_length(tenant_id) = 36), -- class: P1
    user_id TEXT NOT NULL, -- class: P2
    exercise_id TEXT NOT NULL, -- class: P1
    fault BYTEA NOT NULL CHECK (octet_length(fault) = 32), -- class: P3
    rung BIGINT NOT NULL, -- class: P3
    reason TEXT NOT NULL CHECK (octet_length(reason) <= 40), -- class: P3
    shown TEXT NOT NULL CHECK (octet_length(shown) <= 4096), -- class: P3
    turn_id TEXT, -- class: P1
    created_at BIGINT NOT NULL, -- class: P1
    updated_at BIGINT NOT NULL, -- class: P1
    rev BIGINT NOT NULL DEFAULT 1, -- class: P1
    PRIMARY KEY (tenant_id, user_id, exercise_id, fault),
    FOREIGN KEY (tenant_id, user_id) REFERENCES users (tenant_id, id) ON DELETE CASCADE,
    FOREIGN KEY (tenant_id, exercise_id) REFERENCES exercises (tenant_id, id),
    FOREIGN KEY (tenant_id, turn_id) REFERENCES turns (tenant_id, id)
);

CREATE TABLE disclosures (
    tenant_id TEXT NOT NULL CHECK (octet_length(tenant_id) = 36), -- class: P1
    user_id TEXT NOT NULL, -- class: P2
    exercise_id TEXT NOT NULL, -- class: P1
    disclosed_e6 BIGINT NOT NULL, -- class: P3
    hints BIGINT NOT NULL DEFAULT 0, -- class: P3
    created_at BIGINT NOT NULL, -- class: P1
    updated_at BIGINT NOT NULL, -- class: P1
    rev BIGINT NOT NULL DEFAULT 1, -- class: P1
    PRIMARY KEY (tenant_id, user_id, exercise_id),
    FOREIGN KEY (tenant_id, user_id) REFERENCES users (tenant_id, id) ON DELETE CASCADE,
    FOREIGN KEY (tenant_id, exercise_id) REFERENCES exercises (tenant_id, id)
);

CREATE TABLE probes (
    tenant_id TEXT NOT NULL CHECK (octet_length(tenant_id) = 36), -- class: P1
    id TEXT NOT NULL CHECK (octet_length(id) = 36), -- class: P1
    session_id TEXT NOT NULL, -- class: P1
    snapshot_id TEXT NOT NULL, -- class: P1
    turn_id TEXT, -- class: P1
    vector TEXT NOT NULL CHECK (octet_length(vector) <= 200), -- class: P3
    witness TEXT CHECK (octet_length(witness) <= 16384), -- class: P3
    outcome TEXT NOT NULL CHECK (outcome IN ('ok', 'busy', 'failed')), -- class: P3
    wall_ms BIGINT NOT NULL, -- class: P3
    created_at BIGINT NOT NULL, -- class: P1
    PRIMARY KEY (tenant_id, id),
    FOREIGN KEY (tenant_id, session_id) REFERENCES sessions (tenant_id, id) ON DELETE CASCADE,
    FOREIGN KEY (tenant_id, snapshot_id) REFERENCES snapshots (tenant_id, id),
    FOREIGN KEY (tenant_id, turn_id) REFERENCES turns (tenant_id, id)
);

CREATE TABLE gate_findings (
    tenant_id TEXT NOT NULL CHECK (octet_length(tenant_id) = 36), -- class: P1
    id TEXT NOT NULL CHECK (octet_length(id) = 36), -- class: P1
    turn_id TEXT NOT NULL, -- class: P1
    rule TEXT NOT NULL CHECK (octet_length(rule) <= 60), -- class: P3
    action TEXT NOT NULL CHECK (action IN ('replaced', 'cut', 'masked', 'refused')), -- class: P3
    similarity_e6 BIGINT NOT NULL, -- class: P3
    tests_passed BIGINT, -- class: P3
    span_hash BYTEA CHECK (octet_length(span_hash) = 32), -- class: P3
    ms BIGINT NOT NULL, -- class: P3
    detail TEXT NOT NULL CHECK (octet_length(detail) <= 4096), -- class: P3
    created_at BIGINT NOT NULL, -- class: P1
    PRIMARY KEY (tenant_id, id),
    FOREIGN KEY (tenant_id, turn_id) REFERENCES turns (tenant_id, id) ON DELETE CASCADE
);

CREATE TABLE help_requests (
    tenant_id TEXT NOT NULL CHECK (octet_length(tenant_id) = 36), -- class: P1
    id TEXT NOT NULL CHECK (octet_length(id) = 36), -- class: P1
    session_id TEXT, -- class: P1
    user_id TEXT NOT NULL, -- class: P2
    course_id TEXT NOT NULL, -- class: P1
    group_id TEXT, -- class: P1
    text TEXT CHECK (octet_length(text) <= 1000), -- class: P3
    state TEXT NOT NULL DEFAULT 'waiting' CHECK (state IN ('waiting', 'attended', 'answered', 'withdrawn')), -- class: P3
    attended_by TEXT, -- class: P2
    attended_at BIGINT, -- class: P3
    answered_at BIGINT, -- class: P3
    created_at BIGINT NOT NULL, -- class: P1
    updated_at BIGINT NOT NULL, -- class: P1
    rev BIGINT NOT NULL DEFAULT 1, -- class: P1
    PRIMARY KEY (tenant_id, id),
    FOREIGN KEY (tenant_id, session_id) REFERENCES sessions (tenant_id, id),
    FOREIGN KEY (tenant_id, user_id) REFERENCES users (tenant_id, id),
    FOREIGN KEY (tenant_id, course_id) REFERENCES courses (tenant_id, id),
    FOREIGN KEY (tenant_id, group_id) REFERENCES course_groups (tenant_id, id),
    FOREIGN KEY (tenant_id, attended_by) REFERENCES users (tenant_id, id)
);
CREATE UNIQUE INDEX help_requests_one_session_id ON help_requests (tenant_id, session_id) WHERE state = 'waiting';
CREATE INDEX help_requests_q47 ON help_requests (tenant_id, course_id, group_id, created_at) WHERE state = 'waiting'; -- help waiting in a group, oldest first

CREATE TABLE runs (
    tenant_id TEXT NOT NULL CHECK (octet_length(tenant_id) = 36), -- class: P1
    id TEXT NOT NULL CHECK (octet_length(id) = 36), -- class: P1
    session_id TEXT NOT NULL, -- class: P1
    snapshot_id TEXT NOT NULL, -- class: P1
    kind TEXT NOT NULL CHECK (kind IN ('free', 'visible_tests', 'input')), -- class: P3
    state TEXT NOT NULL DEFAULT 'queued' CHECK (state IN ('queued', 'running', 'done', 'failed', 'cancelled')), -- class: P3
    stdin TEXT CHECK (octet_length(stdin) <= 65536), -- class: P3
    exit_code BIGINT, -- class: P3
    signal BIGINT, -- class: P3
    verdict TEXT CHECK (verdict IN ('ok', 'compile_error', 'compile_limit', 'runtime_error', 'time_limit', 'idle_limit', 'memory_limit', 'process_limit', 'output_limit', 'violation', 'judge_error')), -- class: P3
    stdout TEXT CHECK (octet_length(stdout) <= 65536), -- class: P3
    stderr TEXT CHECK (octet_length(stderr) <= 65536), -- class: P3
    diagnostics TEXT CHECK (octet_length(diagnostics) <= 65536), -- class: P3
    wall_ms BIGINT, -- class: P3
    cpu_ms BIGINT, -- class: P3
    memory_kib BIGINT, -- class: P3
    done_at BIGINT, -- class: P3
    created_at BIGINT NOT NULL, -- class: P1
    PRIMARY KEY (tenant_id, id),
    FOREIGN KEY (tenant_id, session_id) REFERENCES sessions (tenant_id, id) ON DELETE CASCADE,
    FOREIGN KEY (tenant_id, snapshot_id) REFERENCES snapshots (tenant_id, id)
);
CREATE INDEX runs_q16 ON runs (tenant_id, session_id, id); -- runs of a session (error measures)

CREATE TABLE submissions (
    tenant_id TEXT NOT NULL CHECK (octet_length(tenant_id) = 36), -- class: P1
    id TEXT NOT NULL CHECK (octet_length(id) = 36), -- class: P1
    session_id TEXT NOT NULL, -- class: P1
    exercise_id TEXT NOT NULL, -- class: P1
    version_id TEXT NOT NULL, -- class: P1
    user_id TEXT NOT NULL, -- class: P2
    activity_id TEXT, -- class: P1
    snapshot_id TEXT NOT NULL, -- class: P1
    attempt BIGINT NOT NULL, -- class: P3
    language TEXT NOT NULL CHECK (octet_length(language) <= 20), -- class: P3
    variant_seed BYTEA CHECK (octet_length(variant_seed) <= 8), -- class: P3
    late_ms BIGINT NOT NULL DEFAULT 0, -- class: P3
    note TEXT CHECK (octet_length(note) <= 2000), -- class: P3
    prediction TEXT CHECK (octet_length(prediction) <= 4096), -- class: P3
    declaration TEXT CHECK (octet_length(declaration) <= 2048), -- class: P3
    created_at BIGINT NOT NULL, -- class: P1
    PRIMARY KEY (tenant_id, id),
    UNIQUE (tenant_id, session_id, attempt),
    FOREIGN KEY (tenant_id, session_id) REFERENCES sessions (tenant_id, id),
    FOREIGN KEY (tenant_id, exercise_id) REFERENCES exercises (tenant_id, id),
    FOREIGN KEY (tenant_id, version_id) REFERENCES exercise_versions (tenant_id, id),
    FOREIGN KEY (tenant_id, user_id) REFERENCES users (tenant_id, id),
    FOREIGN KEY (tenant_id, activity_id) REFERENCES activities (tenant_id, id),
    FOREIGN KEY (tenant_id, snapshot_id) REFERENCES snapshots (tenant_id, id)
);
CREATE UNIQUE INDEX submissions_one_attempt ON submissions (tenant_id, user_id, activity_id, exercise_id, attempt) WHERE activity_id IS NOT NULL;
CREATE INDEX submissions_q17 ON submissions (tenant_id, activity_id, exercise_id, id); -- submissions of an activity (queue, similarity, regrade)
CREATE INDEX submissions_q18 ON submissions (tenant_id, user_id, id); -- submissions of a student

CREATE TABLE gradings (
    tenant_id TEXT NOT NULL CHECK (octet_length(tenant_id) = 36), -- class: P1
    id TEXT NOT NULL CHECK (octet_length(id) = 36), -- class: P1
    submission_id TEXT NOT NULL, -- class: P1
    version_id TEXT NOT NULL, -- class: P1
    cause TEXT NOT NULL CHECK (cause IN ('submit', 'regrade')), -- class: P3
    state TEXT NOT NULL DEFAULT 'queued' CHECK (state IN ('queued', 'running', 'done', 'failed', 'cancelled')), -- class: P3
    passed BIGINT, -- class: P3
    total BIGINT, -- class: P3
    score_mp BIGINT, -- class: P3
    hint_penalty_mp BIGINT NOT NULL DEFAULT 0, -- class: P3
    late_penalty_mp BIGINT NOT NULL DEFAULT 0, -- class: P3
    verdict TEXT CHECK (verdict IN ('accepted', 'partial', 'rejected', 'compile_error', 'compile_limit', 'construct_violation', 'violation', 'judge_error')), -- class: P3
    diagnostics TEXT CHECK (octet_length(diagnostics) <= 65536), -- class: P3
    explanation TEXT CHECK (octet_length(explanation) <= 16384), -- class: P3
    grader_version TEXT NOT NULL CHECK (octet_length(grader_version) <= 40), -- class: P3
    toolchain TEXT CHECK (octet_length(toolchain) <= 100), -- class: P3
    keeper TEXT CHECK (octet_length(keeper) <= 40), -- class: P3
    layers BIGINT, -- class: P3
    is_current BIGINT NOT NULL DEFAULT 1 CHECK (is_current IN (0, 1)), -- class: P3
    duration_ms BIGINT, -- class: P3
    done_at BIGINT, -- class: P3
    created_at BIGINT NOT NULL, -- class: P1
    PRIMARY KEY (tenant_id, id),
    CHECK (passed BETWEEN 0 AND total),
    FOREIGN KEY (tenant_id, submission_id) REFERENCES submissions (tenant_id, id) ON DELETE CASCADE,
    FOREIGN KEY (tenant_id, version_id) REFERENCES exercise_versions (tenant_id, id)
);
CREATE UNIQUE INDEX gradings_one_submission_id ON gradings (tenant_id, submission_id) WHERE is_current = 1;

CREATE TABLE test_results (
    tenant_id TEXT NOT NULL CHECK (octet_length(tenant_id) = 36), -- class: P1
    owner_kind TEXT NOT NULL CHECK (owner_kind IN ('run', 'grading')), -- class: P3
    owner_id TEXT NOT NULL CHECK (octet_length(owner_id) = 36), -- class: P3
    test_id TEXT NOT NULL, -- class: P1
    verdict TEXT NOT NULL CHECK (verdict IN ('passed', 'wrong_answer', 'presentation', 'runtime_error', 'time_limit', 'idle_limit', 'memory_limit', 'process_limit', 'output_limit', 'violation', 'skipped', 'unstable', 'judge_error')), -- class: P3
    points_mp BIGINT NOT NULL, -- class: P3
    wall_ms BIGINT NOT NULL, -- class: P3
    cpu_ms BIGINT NOT NULL, -- class: P3
    memory_kib BIGINT NOT NULL, -- class: P3
    exit_code BIGINT, -- class: P3
    signal BIGINT, -- class: P3
    seed BIGINT, -- class: P3
    tries BIGINT NOT NULL DEFAULT 1, -- class: P3
    actual TEXT CHECK (octet_length(actual) <= 4096), -- class: P3
    message TEXT CHECK (octet_length(message) <= 1000), -- class: P3
    PRIMARY KEY (tenant_id, owner_id, test_id),
    FOREIGN KEY (tenant_id, test_id) REFERENCES exercise_tests (tenant_id, id)
);

CREATE TABLE grades (
    tenant_id TEXT NOT NULL CHECK (octet_length(tenant_id) = 36), -- class: P1
    id TEXT NOT NULL CHECK (octet_length(id) = 36), -- class: P1
    user_id TEXT NOT NULL, -- class: P2
    activity_id TEXT NOT NULL, -- class: P1
    item_position BIGINT NOT NULL, -- class: P3
    score_mp BIGINT NOT NULL, -- class: P3
    max_mp BIGINT NOT NULL, -- class: P3
    source TEXT NOT NULL CHECK (source IN ('grading', 'evaluation', 'manual')), -- class: P3
    source_id TEXT CHECK (octet_length(source_id) = 36), -- class: P3
    state TEXT NOT NULL CHECK (state IN ('proposed', 'confirmed', 'released', 'withdrawn')), -- class: P3
    is_current BIGINT NOT NULL DEFAULT 1 CHECK (is_current IN (0, 1)), -- class: P3
    decided_by TEXT, -- class: P2
    decided_at BIGINT, -- class: P3
    comment TEXT CHECK (octet_length(comment) <= 4000), -- class: P3
    created_at BIGINT NOT NULL, -- class: P1
    PRIMARY KEY (tenant_id, id),
    FOREIGN KEY (tenant_id, user_id) REFERENCES users (tenant_id, id),
    FOREIGN KEY (tenant_id, activity_id) REFERENCES activities (tenant_id, id),
    FOREIGN KEY (tenant_id, decided_by) REFERENCES users (tenant_id, id)
);
CREATE UNIQUE INDEX grades_one_current ON grades (tenant_id, user_id, activity_id, item_position) WHERE is_current = 1;
CREATE INDEX grades_q19 ON grades (tenant_id, activity_id, user_id) WHERE is_current = 1; -- gradebook of an activity
