-- phase: expand
-- Tenants, people, sign-in (data-and-api.md 1.2). Written in the words of PostgreSQL; the runner rewrites them for SQLite.

CREATE TABLE tenants (
    id TEXT NOT NULL CHECK (octet_length(id) = 36), -- class: P1
    slug TEXT NOT NULL CHECK (octet_length(slug) <= 63), -- class: P1
    name TEXT NOT NULL CHECK (octet_length(name) <= 200), -- class: P1
    state TEXT NOT NULL DEFAULT 'active' CHECK (state IN ('active', 'suspended', 'closing')), -- class: P1
    locale TEXT NOT NULL DEFAULT 'es' CHECK (octet_length(locale) <= 35), -- class: P1
    timezone TEXT NOT NULL CHECK (octet_length(timezone) <= 64), -- class: P1
    settings TEXT NOT NULL CHECK (octet_length(settings) <= 65536), -- class: P1
    retention TEXT NOT NULL CHECK (octet_length(retention) <= 8192), -- class: P1
    pseudonym_key BYTEA NOT NULL CHECK (octet_length(pseudonym_key) <= 80), -- class: P4
    created_at BIGINT NOT NULL, -- class: P1
    updated_at BIGINT NOT NULL, -- class: P1
    rev BIGINT NOT NULL DEFAULT 1, -- class: P1
    PRIMARY KEY (id),
    UNIQUE (slug)
);

CREATE TABLE tenant_hosts (
    host TEXT NOT NULL CHECK (octet_length(host) <= 253), -- class: P0
    tenant_id TEXT NOT NULL, -- class: P1
    PRIMARY KEY (host),
    FOREIGN KEY (tenant_id) REFERENCES tenants (id) ON DELETE CASCADE
);

CREATE TABLE users (
    tenant_id TEXT NOT NULL CHECK (octet_length(tenant_id) = 36), -- class: P1
    id TEXT NOT NULL CHECK (octet_length(id) = 36), -- class: P1
    email TEXT CHECK (octet_length(email) <= 254), -- class: P2
    email_verified_at BIGINT, -- class: P2
    name TEXT NOT NULL CHECK (octet_length(name) <= 200), -- class: P2
    sort_name TEXT NOT NULL CHECK (octet_length(sort_name) <= 400), -- class: P2
    external_ref TEXT CHECK (octet_length(external_ref) <= 100), -- class: P2
    locale TEXT NOT NULL DEFAULT 'es' CHECK (octet_length(locale) <= 35), -- class: P2
    timezone TEXT CHECK (octet_length(timezone) <= 64), -- class: P2
    prefs TEXT NOT NULL CHECK (octet_length(prefs) <= 8192), -- class: P2
    state TEXT NOT NULL DEFAULT 'invited' CHECK (state IN ('invited', 'pending', 'active', 'locked', 'disabled', 'erased')), -- class: P2
    failed_count BIGINT NOT NULL DEFAULT 0, -- class: P2
    locked_until BIGINT, -- class: P2
    last_login_at BIGINT, -- class: P2
    is_test BIGINT NOT NULL DEFAULT 0 CHECK (is_test IN (0, 1)), -- class: P2
    erased_at BIGINT, -- class: P2
    created_at BIGINT NOT NULL, -- class: P1
    updated_at BIGINT NOT NULL, -- class: P1
    rev BIGINT NOT NULL DEFAULT 1, -- class: P1
    PRIMARY KEY (tenant_id, id)
);
CREATE UNIQUE INDEX users_one_email ON users (tenant_id, email) WHERE email IS NOT NULL;
CREATE UNIQUE INDEX users_one_external_ref ON users (tenant_id, external_ref) WHERE external_ref IS NOT NULL;
CREATE INDEX users_q3 ON users (tenant_id, sort_name, id); -- users list by name; staff search

CREATE TABLE user_roles (
    tenant_id TEXT NOT NULL CHECK (octet_length(tenant_id) = 36), -- class: P1
    user_id TEXT NOT NULL, -- class: P2
    role TEXT NOT NULL CHECK (role IN ('student', 'teacher', 'admin', 'researcher')), -- class: P2
    granted_by TEXT, -- class: P2
    created_at BIGINT NOT NULL, -- class: P1
    PRIMARY KEY (tenant_id, user_id, role),
    FOREIGN KEY (tenant_id, user_id) REFERENCES users (tenant_id, id) ON DELETE CASCADE,
    FOREIGN KEY (tenant_id, granted_by) REFERENCES users (tenant_id, id)
);

CREATE TABLE passwords (
    tenant_id TEXT NOT NULL CHECK (octet_length(tenant_id) = 36), -- class: P1
    user_id TEXT NOT NULL, -- class: P2
    phc TEXT NOT NULL CHECK (octet_length(phc) <= 255), -- class: P4
    must_change BIGINT NOT NULL DEFAULT 0 CHECK (must_change IN (0, 1)), -- class: P2
    created_at BIGINT NOT NULL, -- class: P1
    updated_at BIGINT NOT NULL, -- class: P1
    rev BIGINT NOT NULL DEFAULT 1, -- class: P1
    PRIMARY KEY (tenant_id, user_id),
    FOREIGN KEY (tenant_id, user_id) REFERENCES users (tenant_id, id) ON DELETE CASCADE
);

CREATE TABLE trusted_devices (
    tenant_id TEXT NOT NULL CHECK (octet_length(tenant_id) = 36), -- class: P1
    id TEXT NOT NULL CHECK (octet_length(id) = 36), -- class: P1
    user_id TEXT NOT NULL, -- class: P2
    token_mac BYTEA NOT NULL CHECK (octet_length(token_mac) = 32), -- class: P4
    label TEXT NOT NULL CHECK (octet_length(label) <= 100), -- class: P2
    expires_at BIGINT NOT NULL, -- class: P2
    revoked_at BIGINT, -- class: P2
    created_at BIGINT NOT NULL, -- class: P1
    PRIMARY KEY (tenant_id, id),
    UNIQUE (token_mac),
    FOREIGN KEY (tenant_id, user_id) REFERENCES users (tenant_id, id) ON DELETE CASCADE
);

CREATE TABLE login_sessions (
    tenant_id TEXT NOT NULL CHECK (octet_length(tenant_id) = 36), -- class: P1
    id TEXT NOT NULL CHECK (octet_length(id) = 36), -- class: P1
    user_id TEXT NOT NULL, -- class: P2
    token_mac BYTEA NOT NULL CHECK (octet_length(token_mac) = 32), -- class: P4
    kind TEXT NOT NULL CHECK (kind IN ('browser', 'client', 'lti')), -- class: P2
    aal TEXT NOT NULL DEFAULT '1' CHECK (aal IN ('1', '1r', '2')), -- class: P2
    amr TEXT NOT NULL CHECK (octet_length(amr) <= 100), -- class: P2
    auth_at BIGINT NOT NULL, -- class: P2
    step_up_until BIGINT, -- class: P2
    device_id TEXT, -- class: P1
    ip TEXT NOT NULL CHECK (octet_length(ip) <= 45), -- class: P2
    user_agent TEXT NOT NULL CHECK (octet_length(user_agent) <= 300), -- class: P2
    idle_expires_at BIGINT NOT NULL, -- class: P2
    expires_at BIGINT NOT NULL, -- class: P2
    seen_at BIGINT NOT NULL, -- class: P2
    ended_at BIGINT, -- class: P2
    end_reason TEXT CHECK (end_reason IN ('logout', 'idle', 'absolute', 'revoked', 'reuse', 'disabled')), -- class: P2
    created_at BIGINT NOT NULL, -- class: P1
    PRIMARY KEY (tenant_id, id),
    UNIQUE (token_mac),
    FOREIGN KEY (tenant_id, user_id) REFERENCES users (tenant_id, id) ON DELETE CASCADE,
    FOREIGN KEY (tenant_id, device_id) REFERENCES trusted_devices (tenant_id, id)
);
CREATE INDEX login_sessions_q2 ON login_sessions (tenant_id, user_id, expires_at) WHERE ended_at IS NULL; -- a user's live login sessions

CREATE TABLE one_time_tokens (
    tenant_id TEXT NOT NULL CHECK (octet_length(tenant_id) = 36), -- class: P1
    id TEXT NOT NULL CHECK (octet_length(id) = 36), -- class: P1
    user_id TEXT, -- class: P2
    kind TEXT NOT NULL CHECK (kind IN ('setup', 'verify_email', 'email_change', 'reset', 'recovery', 'sms_code', 'webauthn', 'oidc_state', 'lti_state', 'lti_nonce', 'download')), -- class: P2
    token_mac BYTEA NOT NULL CHECK (octet_length(token_mac) = 32), -- class: P4
    data TEXT NOT NULL CHECK (octet_length(data) <= 8192), -- class: P2
    tries BIGINT NOT NULL DEFAULT 0, -- class: P2
    used_at BIGINT, -- class: P2
    expires_at BIGINT NOT NULL, -- class: P2
    created_at BIGINT NOT NULL, -- class: P1
    PRIMARY KEY (tenant_id, id),
    UNIQUE (token_mac),
    FOREIGN KEY (tenant_id, user_id) REFERENCES users (tenant_id, id)
);

CREATE TABLE consents (
    tenant_id TEXT NOT NULL CHECK (octet_length(tenant_id) = 36), -- class: P1
    id TEXT NOT NULL CHECK (octet_length(id) = 36), -- class: P1
    user_id TEXT NOT NULL, -- class: P2
    purpose TEXT NOT NULL CHECK (purpose IN ('ai_external', 'research', 'publication', 'model_improvement', 'cross_course_history', 'reflection_analysis', 'sms', 'contact')), -- class: P2
    text_version TEXT NOT NULL CHECK (octet_length(text_version) <= 32), -- class: P2
    channel TEXT NOT NULL CHECK (octet_length(channel) <= 20), -- class: P2
    granted BIGINT NOT NULL CHECK (granted IN (0, 1)), -- class: P2
    recorded_at BIGINT NOT NULL, -- class: P2
    created_at BIGINT NOT NULL, -- class: P1
    PRIMARY KEY (tenant_id, id),
    FOREIGN KEY (tenant_id, user_id) REFERENCES users (tenant_id, id) ON DELETE CASCADE
);

CREATE TABLE signing_keys (
    kid TEXT NOT NULL CHECK (octet_length(kid) <= 64), -- class: P0
    use TEXT NOT NULL CHECK (use IN ('access', 'download', 'lti', 'checkpoint', 'webhook')), -- class: P1
    alg TEXT NOT NULL CHECK (octet_length(alg) <= 16), -- class: P1
    public_jwk TEXT NOT NULL CHECK (octet_length(public_jwk) <= 4096), -- class: P0
    private_sealed BYTEA NOT NULL CHECK (octet_length(private_sealed) <= 4096), -- class: P4
    not_before BIGINT NOT NULL, -- class: P1
    sign_until BIGINT NOT NULL, -- class: P1
    verify_until BIGINT NOT NULL, -- class: P1
    created_at BIGINT NOT NULL, -- class: P1
    PRIMARY KEY (kid)
);

CREATE TABLE secret_items (
    name TEXT NOT NULL CHECK (octet_length(name) <= 100), -- class: P1
    version BIGINT NOT NULL, -- class: P1
    env TEXT NOT NULL CHECK (octet_length(env) <= 20), -- class: P1
    box BYTEA NOT NULL CHECK (octet_length(box) <= 8192), -- class: P4
    not_after BIGINT, -- class: P1
    state TEXT NOT NULL CHECK (state IN ('next', 'active', 'retiring', 'destroyed')), -- class: P1
    created_at BIGINT NOT NULL, -- class: P1
    PRIMARY KEY (name, version)
);
