-- +goose Up
-- Media insights pipelines, and the tasks that are started on them: one of a kind is active on each stream of a pipeline.

-- +goose StatementBegin
CREATE TABLE pipeline (
    id                TEXT    PRIMARY KEY,
    arn               TEXT    NOT NULL UNIQUE,
    token             TEXT    UNIQUE, -- NULL: none
    created           INTEGER NOT NULL,
    ended             INTEGER, -- NULL: live
    configuration_arn TEXT    NOT NULL,
    document          TEXT    NOT NULL
) STRICT;
CREATE INDEX pipeline_in_order ON pipeline (created, id);
CREATE INDEX pipeline_by_arn ON pipeline (document ->> '$.ARN'); -- where tags look
CREATE INDEX pipeline_live ON pipeline (configuration_arn) WHERE ended IS NULL;
CREATE INDEX pipeline_by_end ON pipeline (ended) WHERE ended IS NOT NULL;

CREATE TRIGGER pipeline_departs AFTER DELETE ON pipeline BEGIN
    INSERT OR REPLACE INTO departed (id, created) VALUES (old.id, old.created);
END;

ALTER TABLE task ADD COLUMN source TEXT NOT NULL DEFAULT ''; -- pipeline and stream; empty: started on the connector
DROP INDEX task_active_once;
CREATE UNIQUE INDEX task_active_once ON task (kind, transaction_id, source) WHERE active = 1;
-- +goose StatementEnd
