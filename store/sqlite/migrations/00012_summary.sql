-- +goose Up
-- The summary of a call is told once, some time after its end. What it tells of enrolments is recorded here, as long as their task.

-- +goose StatementBegin
CREATE TABLE summary ( -- calls that had a task, until their summary is posted
    transaction_id TEXT PRIMARY KEY,
    ended          INTEGER -- NULL: live
) STRICT;
CREATE INDEX summary_by_end ON summary (ended) WHERE ended IS NOT NULL;
INSERT INTO summary SELECT DISTINCT t.transaction_id, NULL FROM task t JOIN call c ON c.transaction_id = t.transaction_id WHERE c.ended IS NULL;

CREATE TABLE enrolment ( -- each request that created or renewed a profile from a task
    task_id    TEXT    NOT NULL,
    profile_id TEXT    NOT NULL,
    renewed    INTEGER NOT NULL, -- 0: created
    requested  INTEGER NOT NULL
) STRICT;
CREATE INDEX enrolment_by_task ON enrolment (task_id, requested);

CREATE TRIGGER task_summarised AFTER INSERT ON task BEGIN
    INSERT OR IGNORE INTO summary VALUES (new.transaction_id, (SELECT ended FROM call WHERE transaction_id = new.transaction_id));
END;
CREATE TRIGGER call_summarised AFTER UPDATE OF ended ON call WHEN old.ended IS NULL AND new.ended IS NOT NULL BEGIN
    UPDATE summary SET ended = new.ended WHERE transaction_id = new.transaction_id;
END;
CREATE TRIGGER call_unsummarised AFTER DELETE ON call BEGIN
    DELETE FROM summary WHERE transaction_id = old.transaction_id;
END;
CREATE TRIGGER task_enrolments_depart AFTER DELETE ON task BEGIN
    DELETE FROM enrolment WHERE task_id = old.id;
    DELETE FROM summary WHERE transaction_id = old.transaction_id AND NOT EXISTS (SELECT 1 FROM task WHERE transaction_id = old.transaction_id);
END;
-- +goose StatementEnd
