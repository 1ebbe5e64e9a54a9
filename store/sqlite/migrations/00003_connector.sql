-- +goose Up
-- +goose StatementBegin
CREATE TABLE origination (
    connector_id TEXT PRIMARY KEY REFERENCES connector ON DELETE CASCADE,
    document     TEXT NOT NULL
) STRICT;

CREATE TABLE logging (
    connector_id TEXT PRIMARY KEY REFERENCES connector ON DELETE CASCADE,
    document     TEXT NOT NULL
) STRICT;

CREATE TABLE credential (
    connector_id TEXT NOT NULL REFERENCES connector ON DELETE CASCADE,
    username     TEXT NOT NULL,
    wrapped      BLOB NOT NULL, -- a data key, encrypted under the key file
    sealed       BLOB NOT NULL, -- the document, encrypted under that key
    PRIMARY KEY (connector_id, username)
) STRICT;

CREATE INDEX connector_by_arn ON connector (document ->> '$.ARN');
CREATE INDEX configuration_by_arn ON configuration (document ->> '$.ARN');
CREATE INDEX domain_by_arn ON domain (document ->> '$.ARN');
-- +goose StatementEnd
