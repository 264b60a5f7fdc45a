-- phase: expand
-- The trace and the audit log only grow. The one change allowed is erasing a text: text and salt
-- become NULL, erased_at is set, once (data-and-api.md 1.7). Archiving replaces these triggers in
-- a migration of its own.

CREATE TRIGGER trace_events_no_update BEFORE UPDATE ON trace_events
BEGIN SELECT RAISE(ABORT, 'append_only'); END;
CREATE TRIGGER trace_events_no_delete BEFORE DELETE ON trace_events
BEGIN SELECT RAISE(ABORT, 'append_only'); END;

CREATE TRIGGER trace_texts_only_erase BEFORE UPDATE ON trace_texts
WHEN NOT (OLD.erased_at IS NULL AND NEW.erased_at IS NOT NULL AND NEW.text IS NULL AND NEW.salt IS NULL
          AND NEW.tenant_id = OLD.tenant_id AND NEW.session_id = OLD.session_id AND NEW.seq = OLD.seq)
BEGIN SELECT RAISE(ABORT, 'append_only'); END;
CREATE TRIGGER trace_texts_no_delete BEFORE DELETE ON trace_texts
BEGIN SELECT RAISE(ABORT, 'append_only'); END;

CREATE TRIGGER trace_checkpoints_no_update BEFORE UPDATE ON trace_checkpoints
BEGIN SELECT RAISE(ABORT, 'append_only'); END;
CREATE TRIGGER trace_checkpoints_no_delete BEFORE DELETE ON trace_checkpoints
BEGIN SELECT RAISE(ABORT, 'append_only'); END;

CREATE TRIGGER audit_log_no_update BEFORE UPDATE ON audit_log
BEGIN SELECT RAISE(ABORT, 'append_only'); END;
CREATE TRIGGER audit_log_no_delete BEFORE DELETE ON audit_log
BEGIN SELECT RAISE(ABORT, 'append_only'); END;
CREATE TRIGGER audit_checkpoints_no_delete BEFORE DELETE ON audit_checkpoints
BEGIN SELECT RAISE(ABORT, 'append_only'); END;
