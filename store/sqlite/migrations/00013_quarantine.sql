-- +goose Up
-- Rows that cannot be read.

-- +goose StatementBegin
CREATE TABLE quarantine (
    kind     TEXT    NOT NULL, -- the table of the row; voiceprint: that of a task
    id       TEXT    NOT NULL,
    reason   TEXT    NOT NULL,
    found    INTEGER NOT NULL,
    document BLOB, -- as it was; NULL: it still stands in its table
    PRIMARY KEY (kind, id)
) STRICT;
CREATE INDEX quarantine_by_time ON quarantine (found);
-- +goose StatementEnd
