-- +goose Up
-- What is set up, read back, and changes nothing else. Ids are unique within a kind.

-- +goose StatementBegin
CREATE TABLE resource (
    kind     TEXT    NOT NULL,
    id       TEXT    NOT NULL,
    name     TEXT, -- NULL: none
    owner    TEXT, -- a connector or resource; NULL: none
    created  INTEGER NOT NULL,
    document TEXT    NOT NULL,
    PRIMARY KEY (kind, id)
) STRICT;
CREATE UNIQUE INDEX resource_name ON resource (kind, name) WHERE name IS NOT NULL;
CREATE INDEX resource_in_order ON resource (kind, created, id);
CREATE INDEX resource_by_owner ON resource (owner) WHERE owner IS NOT NULL;
CREATE INDEX resource_by_id ON resource (id);
CREATE INDEX resource_by_arn ON resource (document ->> '$.ARN');

CREATE TABLE resource_use ( -- what may not be deleted because a resource uses it
    kind TEXT NOT NULL,
    id   TEXT NOT NULL,
    used TEXT NOT NULL, -- a connector or resource
    PRIMARY KEY (kind, id, used),
    FOREIGN KEY (kind, id) REFERENCES resource ON DELETE CASCADE
) STRICT;
CREATE INDEX resource_use_by_used ON resource_use (used);

CREATE TRIGGER resource_departs AFTER DELETE ON resource WHEN old.owner IS NULL BEGIN
    INSERT OR REPLACE INTO departed (id, created) VALUES (old.id, old.created);
END;
-- What has an owner may share its id, and owns nothing itself.
CREATE TRIGGER resource_takes_its_own AFTER DELETE ON resource WHEN old.owner IS NULL BEGIN
    DELETE FROM resource WHERE owner = old.id;
END;
CREATE TRIGGER connector_takes_its_own AFTER DELETE ON connector BEGIN
    DELETE FROM resource WHERE owner = old.id;
END;
-- +goose StatementEnd
