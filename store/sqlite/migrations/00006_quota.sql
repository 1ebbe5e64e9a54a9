-- +goose Up
-- How many there are of what is made often and may be many, kept as it comes and goes: counting rows would hold up whoever
-- makes one more.

-- +goose StatementBegin
CREATE TABLE tally (
    what TEXT    PRIMARY KEY, -- profiles of <domain>, calls of <connector> (live), tasks (active), pipelines (live)
    n    INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
INSERT INTO tally SELECT 'profiles of ' || domain_id, count(*) FROM profile GROUP BY domain_id;
INSERT INTO tally SELECT 'calls of ' || coalesce(document ->> '$.ConnectorID', ''), count(*) FROM call WHERE ended IS NULL GROUP BY 1;
INSERT INTO tally SELECT 'tasks', count(*) FROM task WHERE active = 1;
INSERT INTO tally SELECT 'pipelines', count(*) FROM pipeline WHERE ended IS NULL;

CREATE TRIGGER profile_counted AFTER INSERT ON profile BEGIN
    INSERT INTO tally VALUES ('profiles of ' || new.domain_id, 1) ON CONFLICT (what) DO UPDATE SET n = n + 1;
END;
CREATE TRIGGER profile_uncounted AFTER DELETE ON profile BEGIN
    UPDATE tally SET n = n - 1 WHERE what = 'profiles of ' || old.domain_id;
END;
CREATE TRIGGER domain_uncounted AFTER DELETE ON domain BEGIN
    DELETE FROM tally WHERE what = 'profiles of ' || old.id;
END;

-- A call keeps its connector.
CREATE TRIGGER call_counted AFTER INSERT ON call WHEN new.ended IS NULL BEGIN
    INSERT INTO tally VALUES ('calls of ' || coalesce(new.document ->> '$.ConnectorID', ''), 1) ON CONFLICT (what) DO UPDATE SET n = n + 1;
END;
CREATE TRIGGER call_counted_again AFTER UPDATE OF ended ON call WHEN old.ended IS NOT NULL AND new.ended IS NULL BEGIN
    INSERT INTO tally VALUES ('calls of ' || coalesce(new.document ->> '$.ConnectorID', ''), 1) ON CONFLICT (what) DO UPDATE SET n = n + 1;
END;
CREATE TRIGGER call_uncounted AFTER UPDATE OF ended ON call WHEN old.ended IS NULL AND new.ended IS NOT NULL BEGIN
    UPDATE tally SET n = n - 1 WHERE what = 'calls of ' || coalesce(old.document ->> '$.ConnectorID', '');
END;
CREATE TRIGGER connector_uncounted AFTER DELETE ON connector BEGIN
    DELETE FROM tally WHERE what = 'calls of ' || old.id;
END;

CREATE TRIGGER task_counted AFTER INSERT ON task WHEN new.active = 1 BEGIN
    UPDATE tally SET n = n + 1 WHERE what = 'tasks';
END;
CREATE TRIGGER task_recounted AFTER UPDATE OF active ON task WHEN old.active <> new.active BEGIN
    UPDATE tally SET n = n + new.active - old.active WHERE what = 'tasks';
END;
CREATE TRIGGER task_uncounted AFTER DELETE ON task WHEN old.active = 1 BEGIN
    UPDATE tally SET n = n - 1 WHERE what = 'tasks';
END;

CREATE TRIGGER pipeline_counted AFTER INSERT ON pipeline WHEN new.ended IS NULL BEGIN
    UPDATE tally SET n = n + 1 WHERE what = 'pipelines';
END;
CREATE TRIGGER pipeline_recounted AFTER UPDATE OF ended ON pipeline BEGIN
    UPDATE tally SET n = n + (new.ended IS NULL) - (old.ended IS NULL) WHERE what = 'pipelines';
END;
CREATE TRIGGER pipeline_uncounted AFTER DELETE ON pipeline WHEN old.ended IS NULL BEGIN
    UPDATE tally SET n = n - 1 WHERE what = 'pipelines';
END;
-- +goose StatementEnd
