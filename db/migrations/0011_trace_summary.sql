-- phase: expand
-- What a session's view says of its trace, kept in the row of the head by the unit that appends: it does not
-- grow dearer with the trace. A *_seq is the number of the newest such event, 0 when there is none.

ALTER TABLE trace_heads ADD COLUMN at BIGINT NOT NULL DEFAULT 0; -- class: P3; of the last event
ALTER TABLE trace_heads ADD COLUMN levels BIGINT NOT NULL DEFAULT 0; -- class: P3; 1, 2, 4, 8: n1 to n4 occurred
ALTER TABLE trace_heads ADD COLUMN pastes BIGINT NOT NULL DEFAULT 0; -- class: P3; edits of origin pasted_external
ALTER TABLE trace_heads ADD COLUMN run_seq BIGINT NOT NULL DEFAULT 0; -- class: P3; run_finished
ALTER TABLE trace_heads ADD COLUMN tests_seq BIGINT NOT NULL DEFAULT 0; -- class: P3; tests_finished
ALTER TABLE trace_heads ADD COLUMN reply_seq BIGINT NOT NULL DEFAULT 0; -- class: P3; reply_sent
ALTER TABLE trace_heads ADD COLUMN plan_seq BIGINT NOT NULL DEFAULT 0; -- class: P3; plan_stated, plan_revised
ALTER TABLE trace_heads ADD COLUMN reflection_seq BIGINT NOT NULL DEFAULT 0; -- class: P3; reflection_written
