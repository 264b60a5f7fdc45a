-- phase: expand
-- The summaries of the traces that are there already. A payload is canonical bencode (evidence.md B.1).
-- A migration is no tenant's: row security would hide every row, so the owner steps around it in this transaction.

ALTER TABLE trace_heads NO FORCE ROW LEVEL SECURITY;
ALTER TABLE trace_events NO FORCE ROW LEVEL SECURITY;

UPDATE trace_heads SET
    at = coalesce((SELECT e.at FROM trace_events e WHERE e.tenant_id = trace_heads.tenant_id AND e.session_id = trace_heads.session_id AND e.seq = trace_heads.next_seq - 1), 0),
    levels = CASE WHEN EXISTS (SELECT 1 FROM trace_events e WHERE e.tenant_id = trace_heads.tenant_id AND e.session_id = trace_heads.session_id
            AND e.type IN ('session_opened', 'session_paused', 'session_resumed', 'session_closed', 'session_abandoned',
            'statement_viewed', 'resource_viewed', 'file_created', 'file_renamed', 'file_deleted',
            'draft_restored', 'submission_made', 'evaluation_proposed', 'evaluation_released',
            'feedback_viewed', 'text_erased')) THEN 1 ELSE 0 END +
        CASE WHEN EXISTS (SELECT 1 FROM trace_events e WHERE e.tenant_id = trace_heads.tenant_id AND e.session_id = trace_heads.session_id
            AND e.type IN ('code_edited', 'text_copied', 'snapshot_taken', 'code_run', 'run_finished',
            'browser_run_finished', 'tests_run', 'tests_finished', 'own_test_added', 'diagnostics_shown',
            'debugger_used', 'commit_recorded', 'focus_lost', 'focus_regained', 'connection_lost',
            'connection_regained', 'draft_conflict', 'trace_gap')) THEN 2 ELSE 0 END +
        CASE WHEN EXISTS (SELECT 1 FROM trace_events e WHERE e.tenant_id = trace_heads.tenant_id AND e.session_id = trace_heads.session_id
            AND e.type IN ('prompt_sent', 'prompt_refused', 'delegation_signalled', 'injection_signalled',
            'help_without_attempt', 'reply_sent', 'gate_acted', 'reply_interrupted', 'reply_viewed',
            'reply_rated', 'hint_requested', 'hint_given', 'hint_outcome', 'ai_suggestion_decided',
            'teacher_intervened', 'teacher_commented')) THEN 4 ELSE 0 END +
        CASE WHEN EXISTS (SELECT 1 FROM trace_events e WHERE e.tenant_id = trace_heads.tenant_id AND e.session_id = trace_heads.session_id
            AND e.type IN ('goal_set', 'plan_stated', 'plan_revised', 'prediction_made', 'prediction_resolved',
            'justification_given', 'explanation_given', 'alternative_discarded', 'reply_criticised',
            'viva_asked', 'viva_answered', 'reflection_written', 'stuck_declared', 'label_contested')) THEN 8 ELSE 0 END,
    pastes = (SELECT count(*) FROM trace_events e WHERE e.tenant_id = trace_heads.tenant_id AND e.session_id = trace_heads.session_id AND e.type = 'code_edited'
        AND position(convert_to('6:origin15:pasted_external', 'UTF8') IN e.payload) > 0),
    run_seq = coalesce((SELECT max(e.seq) FROM trace_events e WHERE e.tenant_id = trace_heads.tenant_id AND e.session_id = trace_heads.session_id AND e.type = 'run_finished'), 0),
    tests_seq = coalesce((SELECT max(e.seq) FROM trace_events e WHERE e.tenant_id = trace_heads.tenant_id AND e.session_id = trace_heads.session_id AND e.type = 'tests_finished'), 0),
    reply_seq = coalesce((SELECT max(e.seq) FROM trace_events e WHERE e.tenant_id = trace_heads.tenant_id AND e.session_id = trace_heads.session_id AND e.type = 'reply_sent'), 0),
    plan_seq = coalesce((SELECT max(e.seq) FROM trace_events e WHERE e.tenant_id = trace_heads.tenant_id AND e.session_id = trace_heads.session_id AND e.type IN ('plan_stated', 'plan_revised')), 0),
    reflection_seq = coalesce((SELECT max(e.seq) FROM trace_events e WHERE e.tenant_id = trace_heads.tenant_id AND e.session_id = trace_heads.session_id AND e.type = 'reflection_written'), 0);

ALTER TABLE trace_heads FORCE ROW LEVEL SECURITY;
ALTER TABLE trace_events FORCE ROW LEVEL SECURITY;
