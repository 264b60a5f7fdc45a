-- phase: expand
-- The trace and the audit log only grow. The one change allowed is erasing a text: text and salt
-- become NULL, erased_at is set, once (data-and-api.md 1.7). Archiving detaches whole months and so
-- never meets these triggers.

CREATE FUNCTION append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'append_only' USING ERRCODE = 'check_violation', TABLE = TG_TABLE_NAME;
END $$;

CREATE TRIGGER trace_events_append_only BEFORE UPDATE OR DELETE ON trace_events
    FOR EACH ROW EXECUTE FUNCTION append_only();
CREATE TRIGGER trace_events_no_truncate BEFORE TRUNCATE ON trace_events EXECUTE FUNCTION append_only();

CREATE TRIGGER trace_texts_only_erase BEFORE UPDATE ON trace_texts FOR EACH ROW
    WHEN (NOT (OLD.erased_at IS NULL AND NEW.erased_at IS NOT NULL AND NEW.text IS NULL AND NEW.salt IS NULL
               AND NEW.tenant_id = OLD.tenant_id AND NEW.session_id = OLD.session_id AND NEW.seq = OLD.seq))
    EXECUTE FUNCTION append_only();
CREATE TRIGGER trace_texts_no_delete BEFORE DELETE ON trace_texts
    FOR EACH ROW EXECUTE FUNCTION append_only();
CREATE TRIGGER trace_texts_no_truncate BEFORE TRUNCATE ON trace_texts EXECUTE FUNCTION append_only();

CREATE TRIGGER trace_checkpoints_append_only BEFORE UPDATE OR DELETE ON trace_checkpoints
    FOR EACH ROW EXECUTE FUNCTION append_only();
CREATE TRIGGER trace_checkpoints_no_truncate BEFORE TRUNCATE ON trace_checkpoints EXECUTE FUNCTION append_only();

CREATE TRIGGER audit_log_append_only BEFORE UPDATE OR DELETE ON audit_log
    FOR EACH ROW EXECUTE FUNCTION append_only();
CREATE TRIGGER audit_log_no_truncate BEFORE TRUNCATE ON audit_log EXECUTE FUNCTION append_only();
CREATE TRIGGER audit_checkpoints_no_delete BEFORE DELETE ON audit_checkpoints
    FOR EACH ROW EXECUTE FUNCTION append_only();
