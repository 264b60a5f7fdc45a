-- phase: expand
-- Row-level security (data-and-api.md 1.16, docs/adr/0005). Every table with tenant_id shows and
-- takes only rows of app.tenant; unset means no rows. FORCE holds for the owner too. A migration
-- that adds such a table repeats the three statements for it; a test reads pg_class.
-- tenant_hosts stays open: it is how the tenant of a request is found.

DO $$
DECLARE
    t text;
BEGIN
    FOR t IN
        SELECT c.relname FROM pg_class c
        JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'tenant_id' AND NOT a.attisdropped
        WHERE c.relnamespace = current_schema()::regnamespace AND c.relkind IN ('r', 'p')
          AND c.relname <> 'tenant_hosts'
    LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', t);
        EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', t);
        EXECUTE format('CREATE POLICY tenant ON %I USING (tenant_id = current_setting(''app.tenant'', true))'
                       ' WITH CHECK (tenant_id = current_setting(''app.tenant'', true))', t);
    END LOOP;
END $$;

-- The dispatcher: app.tenant = '*' sees the rows of all tenants, on the tables of io only.
CREATE POLICY dispatch ON jobs USING (current_setting('app.tenant', true) = '*');
CREATE POLICY dispatch ON job_attempts USING (current_setting('app.tenant', true) = '*');
CREATE POLICY dispatch ON outbox USING (current_setting('app.tenant', true) = '*');
CREATE POLICY dispatch ON stream_items USING (current_setting('app.tenant', true) = '*');
CREATE POLICY dispatch ON idempotency_keys USING (current_setting('app.tenant', true) = '*');
-- The abandon sweep finds sessions of all tenants; it changes them one tenant at a time.
CREATE POLICY dispatch ON sessions FOR SELECT USING (current_setting('app.tenant', true) = '*');

-- The roles of a real installation (operations.md B2). A store owned by one role has none of them.
DO $$
BEGIN
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'ainative_app') THEN
        EXECUTE format('GRANT USAGE ON SCHEMA %I TO ainative_app', current_schema());
        GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO ainative_app;
        ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO ainative_app;
        REVOKE UPDATE, DELETE ON trace_events, trace_texts, trace_checkpoints, audit_log FROM ainative_app;
        REVOKE DELETE ON audit_checkpoints FROM ainative_app;
        GRANT UPDATE (text, salt, erased_at) ON trace_texts TO ainative_app;
        REVOKE INSERT, UPDATE, DELETE ON schema_migrations FROM ainative_app;
    END IF;
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'ainative_read') THEN
        EXECUTE format('GRANT USAGE ON SCHEMA %I TO ainative_read', current_schema());
        GRANT SELECT ON ALL TABLES IN SCHEMA public TO ainative_read;
        ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT SELECT ON TABLES TO ainative_read;
    END IF;
END $$;
