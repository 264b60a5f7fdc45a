-- phase: expand
-- Courses, exercises, skills, policies (data-and-api.md 1.3 to 1.5). Written in the words of PostgreSQL; the runner rewrites them for SQLite.

CREATE TABLE subjects (
    tenant_id TEXT NOT NULL CHECK (octet_length(tenant_id) = 36), -- class: P1
    id TEXT NOT NULL CHECK (octet_length(id) = 36), -- class: P1
    code TEXT NOT NULL CHECK (octet_length(code) <= 50), -- class: P1
    name TEXT NOT NULL CHECK (octet_length(name) <= 200), -- class: P1
    description TEXT CHECK (octet_length(description) <= 4000), -- class: P1
    language TEXT NOT NULL CHECK (octet_length(language) <= 20), -- class: P1
    state TEXT NOT NULL DEFAULT 'active' CHECK (state IN ('active', 'archived')), -- class: P1
    created_at BIGINT NOT NULL, -- class: P1
    updated_at BIGINT NOT NULL, -- class: P1
    rev BIGINT NOT NULL DEFAULT 1, -- class: P1
    PRIMARY KEY (tenant_id, id),
    UNIQUE (tenant_id, code)
);

CREATE TABLE courses (
    tenant_id TEXT NOT NULL CHECK (octet_length(tenant_id) = 36), -- class: P1
    id TEXT NOT NULL CHECK (octet_length(id) = 36), -- class: P1
    subject_id TEXT NOT NULL, -- class: P1
    name TEXT NOT NULL CHECK (octet_length(name) <= 200), -- class: P1
    term TEXT NOT NULL CHECK (octet_length(term) <= 50), -- class: P1
    starts_at BIGINT NOT NULL, -- class: P1
    ends_at BIGINT NOT NULL, -- class: P1
    state TEXT NOT NULL DEFAULT 'draft' CHECK (state IN ('draft', 'active', 'closed', 'archived')), -- class: P1
    copied_from TEXT, -- class: P1
    settings TEXT NOT NULL CHECK (octet_length(settings) <= 16384), -- class: P1
    created_at BIGINT NOT NULL, -- class: P1
    updated_at BIGINT NOT NULL, -- class: P1
    rev BIGINT NOT NULL DEFAULT 1, -- class: P1
    PRIMARY KEY (tenant_id, id),
    CHECK (ends_at > starts_at),
    FOREIGN KEY (tenant_id, subject_id) REFERENCES subjects (tenant_id, id),
    FOREIGN KEY (tenant_id, copied_from) REFERENCES courses (tenant_id, id)
);

CREATE TABLE units (
    tenant_id TEXT NOT NULL CHECK (octet_length(tenant_id) = 36), -- class: P1
    id TEXT NOT NULL CHECK (octet_length(id) = 36), -- class: P1
    course_id TEXT NOT NULL, -- class: P1
    position BIGINT NOT NULL, -- class: P1
    title TEXT NOT NULL CHECK (octet_length(title) <= 200), -- class: P1
    description TEXT CHECK (octet_length(description) <= 8000), -- class: P1
    objectives TEXT NOT NULL CHECK (octet_length(objectives) <= 8192), -- class: P1
    opens_at BIGINT, -- class: P1
    requires_unit_id TEXT, -- class: P1
    state TEXT NOT NULL DEFAULT 'draft' CHECK (state IN ('draft', 'published', 'archived')), -- class: P1
    created_at BIGINT NOT NULL, -- class: P1
    updated_at BIGINT NOT NULL, -- class: P1
    rev BIGINT NOT NULL DEFAULT 1, -- class: P1
    PRIMARY KEY (tenant_id, id),
    FOREIGN KEY (tenant_id, course_id) REFERENCES courses (tenant_id, id) ON DELETE CASCADE,
    FOREIGN KEY (tenant_id, requires_unit_id) REFERENCES units (tenant_id, id)
);
CREATE UNIQUE INDEX units_one_course_id_position ON units (tenant_id, course_id, position) WHERE state <> 'archived';

CREATE TABLE blobs (
    tenant_id TEXT NOT NULL CHECK (octet_length(tenant_id) = 36), -- class: P1
    sha256 BYTEA NOT NULL CHECK (octet_length(sha256) = 32), -- class: P1
    bytes BIGINT NOT NULL, -- class: P1
    media_type TEXT NOT NULL CHECK (octet_length(media_type) <= 100), -- class: P1
    place TEXT NOT NULL DEFAULT 'disk' CHECK (place IN ('inline', 'disk', 'object')), -- class: P1
    body BYTEA CHECK (octet_length(body) <= 1048576), -- class: P1
    created_at BIGINT NOT NULL, -- class: P1
    PRIMARY KEY (tenant_id, sha256)
);

CREATE TABLE course_groups (
    tenant_id TEXT NOT NULL CHECK (octet_length(tenant_id) = 36), -- class: P1
    id TEXT NOT NULL CHECK (octet_length(id) = 36), -- class: P1
    course_id TEXT NOT NULL, -- class: P1
    name TEXT NOT NULL CHECK (octet_length(name) <= 100), -- class: P1
    join_code TEXT CHECK (octet_length(join_code) <= 16), -- class: P1
    join_until BIGINT, -- class: P1
    capacity BIGINT, -- class: P1
    state TEXT NOT NULL DEFAULT 'active' CHECK (state IN ('active', 'archived')), -- class: P1
    created_at BIGINT NOT NULL, -- class: P1
    updated_at BIGINT NOT NULL, -- class: P1
    rev BIGINT NOT NULL DEFAULT 1, -- class: P1
    PRIMARY KEY (tenant_id, id),
    UNIQUE (tenant_id, course_id, name),
    FOREIGN KEY (tenant_id, course_id) REFERENCES courses (tenant_id, id) ON DELETE CASCADE
);
CREATE UNIQUE INDEX course_groups_one_join_code ON course_groups (tenant_id, join_code) WHERE join_code IS NOT NULL;

CREATE TABLE enrolments (
    tenant_id TEXT NOT NULL CHECK (octet_length(tenant_id) = 36), -- class: P1
    id TEXT NOT NULL CHECK (octet_length(id) = 36), -- class: P1
    course_id TEXT NOT NULL, -- class: P1
    group_id TEXT, -- class: P1
    user_id TEXT NOT NULL, -- class: P2
    role TEXT NOT NULL CHECK (role IN ('student', 'assistant', 'teacher')), -- class: P3
    grants TEXT CHECK (octet_length(grants) <= 1024), -- class: P3
    state TEXT NOT NULL DEFAULT 'active' CHECK (state IN ('active', 'suspended', 'removed')), -- class: P3
    source TEXT NOT NULL CHECK (source IN ('manual', 'code', 'invitation', 'lti', 'import')), -- class: P3
    created_at BIGINT NOT NULL, -- class: P1
    updated_at BIGINT NOT NULL, -- class: P1
    rev BIGINT NOT NULL DEFAULT 1, -- class: P1
    PRIMARY KEY (tenant_id, id),
    UNIQUE (tenant_id, course_id, user_id),
    FOREIGN KEY (tenant_id, course_id) REFERENCES courses (tenant_id, id),
    FOREIGN KEY (tenant_id, group_id) REFERENCES course_groups (tenant_id, id),
    FOREIGN KEY (tenant_id, user_id) REFERENCES users (tenant_id, id)
);
CREATE INDEX enrolments_q4 ON enrolments (tenant_id, user_id, state, course_id); -- my courses
CREATE INDEX enrolments_q5 ON enrolments (tenant_id, course_id, group_id, role); -- roster of a course or group

CREATE TABLE skills (
    tenant_id TEXT NOT NULL CHECK (octet_length(tenant_id) = 36), -- class: P1
    id TEXT NOT NULL CHECK (octet_length(id) = 36), -- class: P1
    code TEXT NOT NULL CHECK (octet_length(code) <= 80), -- class: P1
    title TEXT NOT NULL CHECK (octet_length(title) <= 1024), -- class: P1
    description TEXT CHECK (octet_length(description) <= 2000), -- class: P1
    parent_id TEXT, -- class: P1
    params TEXT NOT NULL CHECK (octet_length(params) <= 4096), -- class: P1
    state TEXT NOT NULL DEFAULT 'active' CHECK (state IN ('active', 'archived')), -- class: P1
    created_at BIGINT NOT NULL, -- class: P1
    updated_at BIGINT NOT NULL, -- class: P1
    rev BIGINT NOT NULL DEFAULT 1, -- class: P1
    PRIMARY KEY (tenant_id, id),
    UNIQUE (tenant_id, code),
    FOREIGN KEY (tenant_id, parent_id) REFERENCES skills (tenant_id, id)
);

CREATE TABLE skill_prerequisites (
    tenant_id TEXT NOT NULL CHECK (octet_length(tenant_id) = 36), -- class: P1
    skill_id TEXT NOT NULL, -- class: P1
    needs_id TEXT NOT NULL, -- class: P1
    PRIMARY KEY (tenant_id, skill_id, needs_id),
    CHECK (skill_id <> needs_id),
    FOREIGN KEY (tenant_id, skill_id) REFERENCES skills (tenant_id, id) ON DELETE CASCADE,
    FOREIGN KEY (tenant_id, needs_id) REFERENCES skills (tenant_id, id) ON DELETE CASCADE
);

CREATE TABLE misconceptions (
    tenant_id TEXT NOT NULL CHECK (octet_length(tenant_id) = 36), -- class: P1
    id TEXT NOT NULL CHECK (octet_length(id) = 36), -- class: P1
    skill_id TEXT NOT NULL, -- class: P1
    code TEXT NOT NULL CHECK (octet_length(code) <= 80), -- class: P1
    title TEXT NOT NULL CHECK (octet_length(title) <= 1024), -- class: P1
    description TEXT NOT NULL CHECK (octet_length(description) <= 8192), -- class: P1
    detector TEXT NOT NULL CHECK (octet_length(detector) <= 16384), -- class: P1
    question TEXT CHECK (octet_length(question) <= 4096), -- class: P1
    language TEXT CHECK (octet_length(language) <= 20), -- class: P1
    state TEXT NOT NULL DEFAULT 'active' CHECK (state IN ('active', 'archived')), -- class: P1
    created_at BIGINT NOT NULL, -- class: P1
    updated_at BIGINT NOT NULL, -- class: P1
    rev BIGINT NOT NULL DEFAULT 1, -- class: P1
    PRIMARY KEY (tenant_id, id),
    UNIQUE (tenant_id, code),
    FOREIGN KEY (tenant_id, skill_id) REFERENCES skills (tenant_id, id)
);

CREATE TABLE exercises (
    tenant_id TEXT NOT NULL CHECK (octet_length(tenant_id) = 36), -- class: P1
    id TEXT NOT NULL CHECK (octet_length(id) = 36), -- class: P1
    slug TEXT NOT NULL CHECK (octet_length(slug) <= 80), -- class: P1
    owner_id TEXT NOT NULL, -- class: P2
    visibility TEXT NOT NULL DEFAULT 'private' CHECK (visibility IN ('private', 'course', 'tenant')), -- class: P1
    course_id TEXT, -- class: P1
    current_version_id TEXT CHECK (octet_length(current_version_id) = 36), -- class: P1
    draft_version_id TEXT CHECK (octet_length(draft_version_id) = 36), -- class: P1
    package_id TEXT CHECK (octet_length(package_id) <= 48), -- class: P1
    state TEXT NOT NULL DEFAULT 'active' CHECK (state IN ('active', 'archived')), -- class: P1
    source TEXT CHECK (octet_length(source) <= 200), -- class: P1
    licence TEXT CHECK (octet_length(licence) <= 100), -- class: P1
    created_at BIGINT NOT NULL, -- class: P1
    updated_at BIGINT NOT NULL, -- class: P1
    rev BIGINT NOT NULL DEFAULT 1, -- class: P1
    PRIMARY KEY (tenant_id, id),
    UNIQUE (tenant_id, slug),
    FOREIGN KEY (tenant_id, owner_id) REFERENCES users (tenant_id, id),
    FOREIGN KEY (tenant_id, course_id) REFERENCES courses (tenant_id, id)
);
CREATE INDEX exercises_q7 ON exercises (tenant_id, state, visibility, course_id, id); -- exercise catalogue by course and state

CREATE TABLE exercise_versions (
    tenant_id TEXT NOT NULL CHECK (octet_length(tenant_id) = 36), -- class: P1
    id TEXT NOT NULL CHECK (octet_length(id) = 36), -- class: P1
    exercise_id TEXT NOT NULL, -- class: P1
    number BIGINT NOT NULL, -- class: P1
    state TEXT NOT NULL DEFAULT 'draft' CHECK (state IN ('draft', 'published', 'retired')), -- class: P1
    kind TEXT NOT NULL DEFAULT 'code' CHECK (kind IN ('code', 'fix', 'predict', 'explain', 'parsons', 'tests', 'sql', 'shell')), -- class: P1
    title TEXT NOT NULL CHECK (octet_length(title) <= 2048), -- class: P1
    summary TEXT CHECK (octet_length(summary) <= 2048), -- class: P1
    story TEXT CHECK (octet_length(story) <= 65536), -- class: P1
    statement TEXT NOT NULL CHECK (octet_length(statement) <= 131072), -- class: P1
    languages TEXT NOT NULL CHECK (octet_length(languages) <= 1024), -- class: P1
    difficulty TEXT NOT NULL CHECK (difficulty IN ('easy', 'medium', 'hard')), -- class: P1
    minutes BIGINT NOT NULL, -- class: P1
    bloom TEXT CHECK (bloom IN ('remember', 'understand', 'apply', 'analyse', 'evaluate', 'create')), -- class: P1
    points_mp BIGINT NOT NULL DEFAULT 100000, -- class: P1
    tags TEXT NOT NULL CHECK (octet_length(tags) <= 4096), -- class: P1
    objectives TEXT NOT NULL CHECK (octet_length(objectives) <= 8192), -- class: P1
    files TEXT NOT NULL CHECK (octet_length(files) <= 8192), -- class: P1
    entry TEXT NOT NULL CHECK (octet_length(entry) <= 2048), -- class: P1
    groups TEXT CHECK (octet_length(groups) <= 4096), -- class: P1
    constructs TEXT NOT NULL CHECK (octet_length(constructs) <= 16384), -- class: P1
    limits TEXT NOT NULL CHECK (octet_length(limits) <= 2048), -- class: P1
    variant TEXT CHECK (octet_length(variant) <= 4096), -- class: P1
    run TEXT NOT NULL CHECK (octet_length(run) <= 1024), -- class: P1
    tutor_rules TEXT NOT NULL CHECK (octet_length(tutor_rules) <= 16384), -- class: P3
    closing_rule TEXT CHECK (octet_length(closing_rule) <= 4000), -- class: P3
    content_hash BYTEA CHECK (octet_length(content_hash) = 32), -- class: P1
    published_at BIGINT, -- class: P1
    published_by TEXT, -- class: P2
    created_at BIGINT NOT NULL, -- class: P1
    PRIMARY KEY (tenant_id, id),
    UNIQUE (tenant_id, exercise_id, number),
    FOREIGN KEY (tenant_id, exercise_id) REFERENCES exercises (tenant_id, id) ON DELETE CASCADE,
    FOREIGN KEY (tenant_id, published_by) REFERENCES users (tenant_id, id)
);
CREATE UNIQUE INDEX exercise_versions_one_exercise_id ON exercise_versions (tenant_id, exercise_id) WHERE state = 'draft';

CREATE TABLE exercise_files (
    tenant_id TEXT NOT NULL CHECK (octet_length(tenant_id) = 36), -- class: P1
    version_id TEXT NOT NULL, -- class: P1
    path TEXT NOT NULL CHECK (octet_length(path) <= 200), -- class: P1
    role TEXT NOT NULL CHECK (role IN ('starter', 'solution', 'wrong', 'tests', 'media')), -- class: P1
    language TEXT CHECK (octet_length(language) <= 20), -- class: P1
    variant_name TEXT CHECK (octet_length(variant_name) <= 60), -- class: P1
    sha256 BYTEA NOT NULL CHECK (octet_length(sha256) = 32), -- class: P3
    read_only BIGINT NOT NULL DEFAULT 0 CHECK (read_only IN (0, 1)), -- class: P1
    PRIMARY KEY (tenant_id, version_id, path, role),
    FOREIGN KEY (tenant_id, version_id) REFERENCES exercise_versions (tenant_id, id) ON DELETE CASCADE
);

CREATE TABLE exercise_tests (
    tenant_id TEXT NOT NULL CHECK (octet_length(tenant_id) = 36), -- class: P1
    id TEXT NOT NULL CHECK (octet_length(id) = 36), -- class: P1
    version_id TEXT NOT NULL, -- class: P1
    number BIGINT NOT NULL, -- class: P1
    test_key TEXT NOT NULL CHECK (octet_length(test_key) <= 60), -- class: P1
    title TEXT NOT NULL CHECK (octet_length(title) <= 1024), -- class: P1
    kind TEXT NOT NULL CHECK (kind IN ('stdio', 'call', 'expression', 'files', 'unit', 'property', 'checker', 'interactive', 'sql', 'http', 'state', 'student_tests')), -- class: P1
    visibility TEXT NOT NULL CHECK (visibility IN ('visible', 'hidden', 'after_due')), -- class: P1
    body TEXT NOT NULL CHECK (octet_length(body) <= 65536), -- class: P3
    compare TEXT NOT NULL DEFAULT 'trimmed' CHECK (compare IN ('exact', 'trimmed', 'tokens', 'fold', 'number', 'regex', 'json', 'csv', 'lines_any_order')), -- class: P1
    test_group TEXT CHECK (octet_length(test_group) <= 60), -- class: P1
    after_number BIGINT, -- class: P1
    points_mp BIGINT NOT NULL DEFAULT 1000, -- class: P1
    limits TEXT CHECK (octet_length(limits) <= 1024), -- class: P1
    seed BIGINT, -- class: P1
    feedback TEXT CHECK (octet_length(feedback) <= 2048), -- class: P3
    PRIMARY KEY (tenant_id, id),
    UNIQUE (tenant_id, version_id, number),
    FOREIGN KEY (tenant_id, version_id) REFERENCES exercise_versions (tenant_id, id) ON DELETE CASCADE
);

CREATE TABLE exercise_hints (
    tenant_id TEXT NOT NULL CHECK (octet_length(tenant_id) = 36), -- class: P1
    id TEXT NOT NULL CHECK (octet_length(id) = 36), -- class: P1
    version_id TEXT NOT NULL, -- class: P1
    rung BIGINT NOT NULL, -- class: P1
    number BIGINT NOT NULL, -- class: P1
    text TEXT NOT NULL CHECK (octet_length(text) <= 8192), -- class: P3
    when_test TEXT CHECK (octet_length(when_test) <= 60), -- class: P1
    penalty_mp BIGINT NOT NULL DEFAULT 0, -- class: P1
    misconception_id TEXT, -- class: P1
    PRIMARY KEY (tenant_id, id),
    UNIQUE (tenant_id, version_id, rung, number),
    CHECK (rung BETWEEN 1 AND 4),
    FOREIGN KEY (tenant_id, version_id) REFERENCES exercise_versions (tenant_id, id) ON DELETE CASCADE,
    FOREIGN KEY (tenant_id, misconception_id) REFERENCES misconceptions (tenant_id, id)
);

CREATE TABLE rubric_criteria (
    tenant_id TEXT NOT NULL CHECK (octet_length(tenant_id) = 36), -- class: P1
    id TEXT NOT NULL CHECK (octet_length(id) = 36), -- class: P1
    version_id TEXT NOT NULL, -- class: P1
    number BIGINT NOT NULL, -- class: P1
    title TEXT NOT NULL CHECK (octet_length(title) <= 1024), -- class: P1
    description TEXT CHECK (octet_length(description) <= 4096), -- class: P1
    weight_mp BIGINT NOT NULL, -- class: P1
    kind TEXT NOT NULL CHECK (kind IN ('product', 'process')), -- class: P1
    source TEXT NOT NULL CHECK (source IN ('tests', 'static', 'process', 'teacher')), -- class: P1
    PRIMARY KEY (tenant_id, id),
    UNIQUE (tenant_id, version_id, number),
    FOREIGN KEY (tenant_id, version_id) REFERENCES exercise_versions (tenant_id, id) ON DELETE CASCADE
);

CREATE TABLE rubric_levels (
    tenant_id TEXT NOT NULL CHECK (octet_length(tenant_id) = 36), -- class: P1
    id TEXT NOT NULL CHECK (octet_length(id) = 36), -- class: P1
    criterion_id TEXT NOT NULL, -- class: P1
    number BIGINT NOT NULL, -- class: P1
    title TEXT NOT NULL CHECK (octet_length(title) <= 1024), -- class: P1
    description TEXT NOT NULL CHECK (octet_length(description) <= 4096), -- class: P1
    points_mp BIGINT NOT NULL, -- class: P1
    PRIMARY KEY (tenant_id, id),
    UNIQUE (tenant_id, criterion_id, number),
    FOREIGN KEY (tenant_id, criterion_id) REFERENCES rubric_criteria (tenant_id, id) ON DELETE CASCADE
);

CREATE TABLE exercise_skills (
    tenant_id TEXT NOT NULL CHECK (octet_length(tenant_id) = 36), -- class: P1
    version_id TEXT NOT NULL, -- class: P1
    skill_id TEXT NOT NULL, -- class: P1
    share_mp BIGINT NOT NULL DEFAULT 1000, -- class: P1
    PRIMARY KEY (tenant_id, version_id, skill_id),
    FOREIGN KEY (tenant_id, version_id) REFERENCES exercise_versions (tenant_id, id) ON DELETE CASCADE,
    FOREIGN KEY (tenant_id, skill_id) REFERENCES skills (tenant_id, id)
);
CREATE INDEX exercise_skills_q8 ON exercise_skills (tenant_id, skill_id, version_id); -- versions using a skill (remediation, mastery)

CREATE TABLE exercise_misconceptions (
    tenant_id TEXT NOT NULL CHECK (octet_length(tenant_id) = 36), -- class: P1
    version_id TEXT NOT NULL, -- class: P1
    misconception_id TEXT NOT NULL, -- class: P1
    probability_mp BIGINT NOT NULL, -- class: P1
    question TEXT CHECK (octet_length(question) <= 2000), -- class: P1
    PRIMARY KEY (tenant_id, version_id, misconception_id),
    FOREIGN KEY (tenant_id, version_id) REFERENCES exercise_versions (tenant_id, id) ON DELETE CASCADE,
    FOREIGN KEY (tenant_id, misconception_id) REFERENCES misconceptions (tenant_id, id)
);

CREATE TABLE exercise_validations (
    tenant_id TEXT NOT NULL CHECK (octet_length(tenant_id) = 36), -- class: P1
    id TEXT NOT NULL CHECK (octet_length(id) = 36), -- class: P1
    version_id TEXT NOT NULL, -- class: P1
    job_id TEXT NOT NULL CHECK (octet_length(job_id) = 36), -- class: P1
    reference_passes BIGINT NOT NULL CHECK (reference_passes IN (0, 1)), -- class: P1
    starter_fails BIGINT NOT NULL CHECK (starter_fails IN (0, 1)), -- class: P1
    flaky_tests BIGINT NOT NULL, -- class: P1
    mutants BIGINT NOT NULL, -- class: P1
    mutants_killed BIGINT NOT NULL, -- class: P1
    duration_ms BIGINT NOT NULL, -- class: P1
    report TEXT NOT NULL CHECK (octet_length(report) <= 262144), -- class: P3
    created_at BIGINT NOT NULL, -- class: P1
    PRIMARY KEY (tenant_id, id),
    FOREIGN KEY (tenant_id, version_id) REFERENCES exercise_versions (tenant_id, id) ON DELETE CASCADE
);

CREATE TABLE activities (
    tenant_id TEXT NOT NULL CHECK (octet_length(tenant_id) = 36), -- class: P1
    id TEXT NOT NULL CHECK (octet_length(id) = 36), -- class: P1
    course_id TEXT NOT NULL, -- class: P1
    unit_id TEXT, -- class: P1
    title TEXT NOT NULL CHECK (octet_length(title) <= 200), -- class: P1
    instructions TEXT CHECK (octet_length(instructions) <= 20000), -- class: P1
    kind TEXT NOT NULL DEFAULT 'assignment' CHECK (kind IN ('practice', 'assignment', 'exam', 'simulation')), -- class: P1
    state TEXT NOT NULL DEFAULT 'draft' CHECK (state IN ('draft', 'published', 'closed', 'archived')), -- class: P1
    grading TEXT NOT NULL DEFAULT 'best' CHECK (grading IN ('best', 'last', 'first', 'mean')), -- class: P1
    max_submissions BIGINT, -- class: P1
    duration_min BIGINT, -- class: P1
    late_policy TEXT NOT NULL CHECK (octet_length(late_policy) <= 4096), -- class: P1
    published_at BIGINT, -- class: P1
    created_at BIGINT NOT NULL, -- class: P1
    updated_at BIGINT NOT NULL, -- class: P1
    rev BIGINT NOT NULL DEFAULT 1, -- class: P1
    PRIMARY KEY (tenant_id, id),
    FOREIGN KEY (tenant_id, course_id) REFERENCES courses (tenant_id, id),
    FOREIGN KEY (tenant_id, unit_id) REFERENCES units (tenant_id, id)
);
CREATE INDEX activities_q9 ON activities (tenant_id, course_id, state, id); -- activities of a course

CREATE TABLE activity_items (
    tenant_id TEXT NOT NULL CHECK (octet_length(tenant_id) = 36), -- class: P1
    activity_id TEXT NOT NULL, -- class: P1
    position BIGINT NOT NULL, -- class: P1
    exercise_id TEXT, -- class: P1
    version_id TEXT, -- class: P1
    scenario_version_id TEXT CHECK (octet_length(scenario_version_id) = 36), -- class: P1; scenario_versions comes later, then with its foreign key
    points_mp BIGINT NOT NULL, -- class: P1
    PRIMARY KEY (tenant_id, activity_id, position),
    CHECK ((version_id IS NULL) <> (scenario_version_id IS NULL)),
    FOREIGN KEY (tenant_id, activity_id) REFERENCES activities (tenant_id, id) ON DELETE CASCADE,
    FOREIGN KEY (tenant_id, exercise_id) REFERENCES exercises (tenant_id, id),
    FOREIGN KEY (tenant_id, version_id) REFERENCES exercise_versions (tenant_id, id)
);

CREATE TABLE activity_groups (
    tenant_id TEXT NOT NULL CHECK (octet_length(tenant_id) = 36), -- class: P1
    activity_id TEXT NOT NULL, -- class: P1
    group_id TEXT NOT NULL, -- class: P1
    opens_at BIGINT NOT NULL, -- class: P1
    due_at BIGINT, -- class: P1
    closes_at BIGINT, -- class: P1
    PRIMARY KEY (tenant_id, activity_id, group_id),
    CHECK (due_at IS NULL OR due_at > opens_at),
    FOREIGN KEY (tenant_id, activity_id) REFERENCES activities (tenant_id, id) ON DELETE CASCADE,
    FOREIGN KEY (tenant_id, group_id) REFERENCES course_groups (tenant_id, id)
);
CREATE INDEX activity_groups_q10 ON activity_groups (tenant_id, group_id, due_at); -- what is open or due for my group

CREATE TABLE policies (
    tenant_id TEXT NOT NULL CHECK (octet_length(tenant_id) = 36), -- class: P1
    id TEXT NOT NULL CHECK (octet_length(id) = 36), -- class: P1
    scope TEXT NOT NULL CHECK (scope IN ('institution', 'course', 'activity')), -- class: P1
    scope_id TEXT NOT NULL CHECK (octet_length(scope_id) = 36), -- class: P1
    version BIGINT NOT NULL, -- class: P1
    body TEXT NOT NULL CHECK (octet_length(body) <= 32768), -- class: P1
    body_hash BYTEA NOT NULL CHECK (octet_length(body_hash) = 32), -- class: P1
    is_current BIGINT NOT NULL CHECK (is_current IN (0, 1)), -- class: P1
    set_by TEXT NOT NULL, -- class: P2
    note TEXT CHECK (octet_length(note) <= 1000), -- class: P1
    created_at BIGINT NOT NULL, -- class: P1
    PRIMARY KEY (tenant_id, id),
    UNIQUE (tenant_id, scope, scope_id, version),
    FOREIGN KEY (tenant_id, set_by) REFERENCES users (tenant_id, id)
);
CREATE UNIQUE INDEX policies_one_scope_scope_id ON policies (tenant_id, scope, scope_id) WHERE is_current = 1;
