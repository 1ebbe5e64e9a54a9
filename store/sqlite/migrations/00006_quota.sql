-- +goose Up
-- What is counted whenever something is made: the live calls of a connector, and the profiles of a domain.

-- +goose StatementBegin
CREATE INDEX call_live_of_connector ON call (document ->> '$.ConnectorID') WHERE ended IS NULL;

ALTER TABLE domain ADD COLUMN profiles INTEGER NOT NULL DEFAULT 0; -- kept by the triggers below
UPDATE domain SET profiles = (SELECT count(*) FROM profile WHERE domain_id = domain.id);
CREATE TRIGGER profile_counted AFTER INSERT ON profile BEGIN
    UPDATE domain SET profiles = profiles + 1 WHERE id = new.domain_id;
END;
CREATE TRIGGER profile_uncounted AFTER DELETE ON profile BEGIN
    UPDATE domain SET profiles = profiles - 1 WHERE id = old.domain_id;
END;
-- +goose StatementEnd
