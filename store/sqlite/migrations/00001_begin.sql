-- +goose Up
-- Each row keeps its item whole in document, as JSON. Beside it stand only the columns that something is searched,
-- ordered or constrained by, and those that change without the document. Times are nanoseconds since 1970, UTC.
-- Embeddings are in sealed alone.

-- +goose StatementBegin
CREATE TABLE key_check ( -- opens only under the key file that this database was made with
    only    INTEGER PRIMARY KEY CHECK (only = 1),
    wrapped BLOB    NOT NULL,
    sealed  BLOB    NOT NULL,
    opened  INTEGER NOT NULL -- when the database was opened last, in seconds
) STRICT;

CREATE TABLE departed ( -- where deleted items stood in their lists, for pages that go on after them
    id      TEXT    PRIMARY KEY,
    created INTEGER NOT NULL,
    gone    INTEGER NOT NULL DEFAULT (unixepoch())
) STRICT;

CREATE TABLE connector (
    id       TEXT    PRIMARY KEY,
    created  INTEGER NOT NULL,
    document TEXT    NOT NULL
) STRICT;
CREATE INDEX connector_in_order ON connector (created, id);

CREATE TABLE streaming (
    connector_id      TEXT PRIMARY KEY REFERENCES connector ON DELETE CASCADE,
    configuration_arn TEXT, -- NULL: no call analytics
    document          TEXT NOT NULL
) STRICT;
CREATE INDEX streaming_by_configuration ON streaming (configuration_arn) WHERE configuration_arn IS NOT NULL;

CREATE TABLE termination (
    connector_id TEXT PRIMARY KEY REFERENCES connector ON DELETE CASCADE,
    document     TEXT NOT NULL
) STRICT;

CREATE TABLE configuration (
    id       TEXT    PRIMARY KEY,
    name     TEXT    NOT NULL UNIQUE,
    arn      TEXT    NOT NULL UNIQUE,
    created  INTEGER NOT NULL,
    document TEXT    NOT NULL
) STRICT;
CREATE INDEX configuration_in_order ON configuration (created, id);

CREATE TABLE domain (
    id         TEXT    PRIMARY KEY,
    token      TEXT    UNIQUE, -- NULL: none
    created    INTEGER NOT NULL,
    generation INTEGER NOT NULL DEFAULT 1, -- grows with every change to the profiles, by the triggers below
    wrapped    BLOB    NOT NULL, -- the data key, encrypted under the key file
    document   TEXT    NOT NULL
) STRICT;
CREATE INDEX domain_in_order ON domain (created, id);

CREATE TABLE profile (
    id        TEXT    PRIMARY KEY,
    domain_id TEXT    NOT NULL REFERENCES domain ON DELETE CASCADE,
    created   INTEGER NOT NULL,
    expires   INTEGER NOT NULL,
    sealed    BLOB, -- NULL: erased
    document  TEXT    NOT NULL
) STRICT;
CREATE INDEX profile_in_order ON profile (domain_id, created, id);
CREATE INDEX profile_by_expiry ON profile (expires) WHERE sealed IS NOT NULL;

CREATE TABLE task (
    id             TEXT    PRIMARY KEY,
    kind           INTEGER NOT NULL,
    transaction_id TEXT    NOT NULL,
    domain_id      TEXT    NOT NULL, -- the domain may be gone
    token          TEXT, -- NULL: none
    active         INTEGER NOT NULL,
    created        INTEGER NOT NULL,
    ended          INTEGER, -- NULL: still active
    made           INTEGER, -- the voiceprint; NULL: not yet
    sealed         BLOB, -- the voiceprint; NULL: not made, or erased
    erased         INTEGER NOT NULL DEFAULT 0, -- a voiceprint that has been erased does not come back
    enrolled       TEXT    NOT NULL DEFAULT '', -- the profile created from the voiceprint
    renewed        TEXT    NOT NULL DEFAULT '', -- the profile renewed from it, the last one
    document       TEXT    NOT NULL
) STRICT;
CREATE UNIQUE INDEX task_active_once ON task (kind, transaction_id) WHERE active = 1;
CREATE UNIQUE INDEX task_token ON task (kind, token) WHERE token IS NOT NULL;
CREATE INDEX task_by_call ON task (transaction_id);
CREATE INDEX task_by_end ON task (ended) WHERE active = 0;
CREATE INDEX task_with_voiceprint ON task (made) WHERE sealed IS NOT NULL;

CREATE TABLE call (
    transaction_id TEXT    PRIMARY KEY,
    started        INTEGER NOT NULL,
    ended          INTEGER, -- NULL: live
    document       TEXT    NOT NULL
) STRICT;
CREATE INDEX call_live ON call (started, transaction_id) WHERE ended IS NULL;
CREATE INDEX call_by_end ON call (ended) WHERE ended IS NOT NULL;

CREATE TABLE outbox (
    seq      INTEGER PRIMARY KEY AUTOINCREMENT, -- never given twice
    id       TEXT    NOT NULL,
    key      TEXT    NOT NULL,
    target   TEXT    NOT NULL,
    payload  BLOB    NOT NULL,
    created  INTEGER NOT NULL,
    next_try INTEGER, -- NULL: waits behind an earlier notice of its key and target
    tries    INTEGER NOT NULL DEFAULT 0,
    reason   TEXT    NOT NULL DEFAULT '' -- why the last try failed
) STRICT;
CREATE INDEX outbox_lane ON outbox (key, target, seq);
CREATE INDEX outbox_next ON outbox (next_try) WHERE next_try IS NOT NULL;

CREATE TRIGGER connector_departs AFTER DELETE ON connector BEGIN
    INSERT OR REPLACE INTO departed (id, created) VALUES (old.id, old.created);
END;
CREATE TRIGGER configuration_departs AFTER DELETE ON configuration BEGIN
    INSERT OR REPLACE INTO departed (id, created) VALUES (old.id, old.created);
END;
CREATE TRIGGER domain_departs AFTER DELETE ON domain BEGIN
    INSERT OR REPLACE INTO departed (id, created) VALUES (old.id, old.created);
END;
CREATE TRIGGER profile_departs AFTER DELETE ON profile BEGIN
    INSERT OR REPLACE INTO departed (id, created) VALUES (old.id, old.created);
END;

CREATE TRIGGER profile_added AFTER INSERT ON profile BEGIN
    UPDATE domain SET generation = generation + 1 WHERE id = new.domain_id;
END;
CREATE TRIGGER profile_changed AFTER UPDATE ON profile BEGIN
    UPDATE domain SET generation = generation + 1 WHERE id = new.domain_id;
END;
CREATE TRIGGER profile_deleted AFTER DELETE ON profile BEGIN
    UPDATE domain SET generation = generation + 1 WHERE id = old.domain_id;
END;
-- +goose StatementEnd
